//! Kernels of several limbs.

use std::cell::RefCell;

use equiripple::ring::{
    Backend, BasisConversion, Modulus,
    prime::{Direction, ntt_primes},
};

use super::{BITS, Kernel, Result};

/// Special primes, and the primes converted to.
const SPECIAL: usize = 6;
const TARGETS: usize = 28;

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

pub(crate) fn kernels(backend: Backend, degree: usize) -> Result<Vec<Kernel<'static>>> {
    let primes = ntt_primes(degree, BITS, SPECIAL + TARGETS, Direction::Down, &[])?;
    let (special, rest) = primes.split_at(SPECIAL);
    let name = |work: &str| format!("{work}, {}", backend.name());

    let conversion = BasisConversion::with_backend(special, rest, backend)?;
    let from = Limbs::new(special, degree);
    let to = RefCell::new(Limbs::new(rest, degree));
    let convert = move |_: &mut [u64]| {
        let mut to = to.borrow_mut();
        let done = conversion.convert(&from.slices(), &mut to.slices_mut());
        done.unwrap_or_default();
    };
    let work = format!("conversion {SPECIAL} to {TARGETS}");
    Ok(vec![Kernel::new(name(&work), convert)])
}
