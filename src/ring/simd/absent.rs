//! Stand-ins on processors without these kernels: types without values.

use super::{Backend, Modulus, NttConstants};
use crate::ring::ShoupFactor;

#[derive(Clone, Debug)]
pub(in crate::ring) enum IfmaNtt {}

impl IfmaNtt {
    pub(in crate::ring) fn new(_: Backend, _: &NttConstants) -> Option<Self> {
        None
    }
}

#[derive(Clone, Copy, Debug)]
pub(in crate::ring) enum IfmaPointwise {}

impl IfmaPointwise {
    pub(in crate::ring) fn new(_: Backend, _: &Modulus) -> Option<Self> {
        None
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::ring) enum IfmaPermutation {}

impl IfmaPermutation {
    pub(in crate::ring) fn new(_: Backend) -> Option<Self> {
        None
    }
}

/// Methods that cannot be called.
macro_rules! never {
    ($name:ty: $($method:ident($($argument:ty),*) -> $result:ty;)*) => {
        impl $name {
            $(pub(in crate::ring) fn $method(&self, $(_: $argument),*) -> $result {
                match *self {}
            })*
        }
    };
}

never! { IfmaNtt:
    forward(&mut [u64]) -> ();
    inverse(&mut [u64]) -> ();
}

never! { IfmaPermutation:
    map(&[u32], &[[u64; 8]; 8], &[u64], &mut [u64]) -> usize;
    map_add(u64, &[u32], &[[u64; 8]; 8], &[u64], &mut [u64]) -> usize;
}

never! { IfmaPointwise:
    add_assign(&mut [u64], &[u64]) -> usize;
    sub_assign(&mut [u64], &[u64]) -> usize;
    neg_assign(&mut [u64]) -> usize;
    mul_assign(&mut [u64], &[u64]) -> usize;
    mul_add_assign(&mut [u64], &[u64], &[u64]) -> usize;
    mul_scalar_assign(&mut [u64], ShoupFactor) -> usize;
    mul_scalar_add_assign(&mut [u64], &[u64], ShoupFactor) -> usize;
    sub_mul_scalar_assign(&mut [u64], &[u64], ShoupFactor) -> usize;
    reduce_centered(&mut [u64], &[u64], &Modulus) -> usize;
    tensor([&[u64]; 2], [&[u64]; 2], &mut [&mut [u64]; 3]) -> usize;
    tensor_square([&[u64]; 2], &mut [&mut [u64]; 3]) -> usize;
    digits(ShoupFactor, f64, &[u64], &mut [u64], &mut [f64]) -> usize;
    combine(&[u64], &[u64], &mut [u64]) -> usize;
}

impl IfmaPointwise {
    pub(in crate::ring) fn add_products(
        &self,
        _: &[crate::ring::sum_products::Term<'_>],
        _: &mut [&mut [u64]; 2],
    ) -> usize {
        match *self {}
    }

    pub(in crate::ring) fn inner_product<const ADD: bool>(
        &self,
        _: &[&[u64]],
        _: &[u64],
        _: usize,
        _: &mut [&mut [u64]; 2],
    ) -> usize {
        match *self {}
    }
}

#[derive(Clone, Debug)]
pub(in crate::ring) enum Avx2Ntt {}

impl Avx2Ntt {
    pub(in crate::ring) fn new(_: Backend, _: &NttConstants) -> Option<Self> {
        None
    }

    pub(in crate::ring) fn forward(&self, _: &mut [u64]) {
        match *self {}
    }

    pub(in crate::ring) fn inverse(&self, _: &mut [u64]) {
        match *self {}
    }
}

#[derive(Clone, Copy, Debug)]
pub(in crate::ring) enum Avx2Pointwise {}

impl Avx2Pointwise {
    pub(in crate::ring) fn new(_: Backend, _: &Modulus) -> Option<Self> {
        None
    }

    pub(in crate::ring) fn mul_assign(&self, _: &mut [u64], _: &[u64]) -> usize {
        match *self {}
    }

    pub(in crate::ring) fn mul_add_assign(&self, _: &mut [u64], _: &[u64], _: &[u64]) -> usize {
        match *self {}
    }
}
