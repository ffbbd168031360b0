//! Stand-ins on processors without these kernels: types without values.

use super::{Backend, Modulus, NttConstants};

#[derive(Clone, Debug)]
pub(in crate::ring) enum IfmaNtt {}

impl IfmaNtt {
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
pub(in crate::ring) enum IfmaPointwise {}

impl IfmaPointwise {
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
