//! Arithmetic of limbs beyond transforms and products.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use equiripple::ring::{
    Backend, BasisConversion, Modulus, Pointwise,
    poly::Automorphism,
    prime::{Direction, ntt_primes},
};

use super::{BITS, Kernel, Result};

/// Special primes, and the primes converted to.
const SPECIAL: usize = 6;
const TARGETS: usize = 28;
/// Digits of an inner product, and as many keys as do not fit into a cache.
const DIGITS: usize = 5;
const KEYS: usize = 24;

/// Memory for some limbs, each beginning at a cache line.
struct Limbs {
    words: Vec<u64>,
    count: usize,
    degree: usize,
}

impl Limbs {
    /// Limb i holds residues modulo modulus i.
    fn new(moduli: &[Modulus], degree: usize) -> Self {
        let count = moduli.len();
        let words = vec![0; count * degree + 8];
        let mut limbs = Self {
            words,
            count,
            degree,
        };
        for (limb, q) in limbs.slices_mut().iter_mut().zip(moduli) {
            for (i, x) in limb.iter_mut().enumerate() {
                *x = q.pow(3, i as u64 + 100);
            }
        }
        limbs
    }

    fn skip(&self) -> usize {
        self.words.as_ptr().align_offset(64).min(7)
    }

    fn slices(&self) -> Vec<&[u64]> {
        let words = &self.words[self.skip()..][..self.count * self.degree];
        words.chunks_exact(self.degree).collect()
    }

    fn slices_mut(&mut self) -> Vec<&mut [u64]> {
        let skip = self.skip();
        let words = &mut self.words[skip..][..self.count * self.degree];
        words.chunks_exact_mut(self.degree).collect()
    }
}

/// The kernels of one backend. They work on their own memory, not on the common buffer.
pub(crate) fn kernels(backend: Backend, degree: usize) -> Result<Vec<Kernel<'static>>> {
    let primes = ntt_primes(degree, BITS, SPECIAL + TARGETS, Direction::Down, &[])?;
    let mut kernels = arithmetic(backend, primes[0], degree);
    kernels.push(conversion(backend, &primes, degree)?);
    kernels.push(inner_product(backend, primes[0], degree));
    kernels.extend(automorphisms(backend, primes[0], degree)?);
    for kernel in &mut kernels {
        kernel.name = format!("{}, {}", kernel.name, backend.name());
    }
    Ok(kernels)
}

fn arithmetic(backend: Backend, modulus: Modulus, degree: usize) -> Vec<Kernel<'static>> {
    let pointwise = Pointwise::with_backend(modulus, backend);
    let from = Rc::new(Limbs::new(&[modulus; 4], degree));
    let products = RefCell::new(Limbs::new(&[modulus; 3], degree));
    let other = Rc::clone(&from);
    let sum = move |a: &mut [u64]| {
        let b = other.slices()[0];
        pointwise.add_assign(a, b).unwrap_or_default();
    };
    let other = Rc::clone(&from);
    let division = move |a: &mut [u64]| {
        let b = other.slices()[0];
        pointwise
            .sub_mul_scalar_assign(a, b, 12345)
            .unwrap_or_default();
    };
    let tensor = move |_: &mut [u64]| {
        let (mut products, from) = (products.borrow_mut(), from.slices());
        if let ([a0, a1, b0, b1], [d0, d1, d2]) = (&from[..], &mut products.slices_mut()[..]) {
            let done = pointwise.tensor([a0, a1], [b0, b1], [d0, d1, d2]);
            done.unwrap_or_default();
        }
    };
    vec![
        Kernel::new("sum".into(), sum),
        Kernel::new("(x − y)·c".into(), division),
        Kernel::new("tensor".into(), tensor),
    ]
}

fn conversion(backend: Backend, primes: &[Modulus], degree: usize) -> Result<Kernel<'static>> {
    let (special, rest) = primes.split_at(SPECIAL);
    let conversion = BasisConversion::with_backend(special, rest, backend)?;
    let from = Limbs::new(special, degree);
    let to = RefCell::new(Limbs::new(rest, degree));
    let run = move |_: &mut [u64]| {
        let mut to = to.borrow_mut();
        let done = conversion.convert(&from.slices(), &mut to.slices_mut());
        done.unwrap_or_default();
    };
    Ok(Kernel::new(
        format!("conversion {SPECIAL} to {TARGETS}"),
        run,
    ))
}

/// With another key in each run, so that it comes from memory.
fn inner_product(backend: Backend, modulus: Modulus, degree: usize) -> Kernel<'static> {
    let pointwise = Pointwise::with_backend(modulus, backend);
    let digits = Limbs::new(&[modulus; DIGITS], degree);
    let out = RefCell::new(Limbs::new(&[modulus; 2], degree));
    let keys = vec![1; KEYS * 2 * DIGITS * degree + 8];
    let start = keys.as_ptr().align_offset(64).min(7);
    let next = Cell::new(0);
    let run = move |_: &mut [u64]| {
        let size = 2 * DIGITS * degree;
        let key = &keys[start + next.get() * size..][..size];
        next.set((next.get() + 1) % KEYS);
        if let [b, a] = &mut out.borrow_mut().slices_mut()[..] {
            let done = pointwise.inner_product(&digits.slices(), key, DIGITS, [b, a]);
            done.unwrap_or_default();
        }
    };
    Kernel::new(format!("inner product, {DIGITS} digits, cold key"), run)
}

fn automorphisms(
    backend: Backend,
    modulus: Modulus,
    degree: usize,
) -> Result<[Kernel<'static>; 2]> {
    let map = Rc::new(Automorphism::with_backend(5, degree, backend)?);
    let from = Rc::new(Limbs::new(&[modulus], degree));
    let (same, other) = (Rc::clone(&map), Rc::clone(&from));
    let image = move |a: &mut [u64]| {
        let from = other.slices()[0];
        same.map_values(from, a).unwrap_or_default();
    };
    let sum = move |a: &mut [u64]| {
        let from = from.slices()[0];
        map.map_values_add(&modulus, from, a).unwrap_or_default();
    };
    Ok([
        Kernel::new("automorphism".into(), image),
        Kernel::new("automorphism and sum".into(), sum),
    ])
}
