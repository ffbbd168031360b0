//! Powers of the root, in the order and the form in which the passes read them.

use std::arch::x86_64::*;

use super::{
    super::NttConstants,
    Vector, WORD_BITS,
    lanes::{Factors, broadcast, load},
};
use crate::ring::{Modulus, ntt::portable::reversed_powers};

/// The powers ψ^rev(i), those of the last four levels apart.
#[derive(Clone, Debug)]
pub(super) struct Twiddles {
    /// Of all levels but the last four, in the order of i.
    pub(super) head: Vec<Factor>,
    /// Of the last four levels, for 16 elements each.
    pub(super) tail: Vec<TailTwiddles>,
    /// N⁻¹ and N⁻¹·ψ^rev(1).
    pub(super) last: [Factor; 2],
}

/// A factor w and ⌊w·2^52 / q⌋.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factor {
    value: u64,
    quotient: u64,
}

/// Factors of 16 elements, four cache lines.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct TailTwiddles {
    /// Two of the level of distance 4, four of distance 2, one of distance 8, and 0.
    mixed: [Vector; 2],
    /// Of distance 1, in the order of the lanes there.
    neighbours: [Vector; 2],
}

/// Block of distance 1 that each lane works on.
const NEIGHBOURS: [usize; 8] = [0, 1, 4, 5, 2, 3, 6, 7];

impl Factor {
    fn new(value: u64, modulus: &Modulus) -> Self {
        let quotient = (u128::from(value) << WORD_BITS) / u128::from(modulus.value());
        Self {
            value,
            quotient: quotient as u64,
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn everywhere(self) -> Factors {
        Factors {
            value: broadcast(self.value),
            quotient: broadcast(self.quotient),
        }
    }
}

impl Twiddles {
    /// Powers of ψ = `root`, or of its inverse.
    pub(super) fn new(constants: &NttConstants, root: u64) -> Self {
        let modulus = &constants.modulus;
        let n = constants.degree;
        let powers = reversed_powers(modulus, root, n);
        let factor = |w: u64| Factor::new(w, modulus);
        let split = |w: [u64; 8]| {
            let factors = w.map(factor);
            [factors.map(|f| f.value), factors.map(|f| f.quotient)]
        };
        let tail = |i: usize| {
            let [four, two, one] = [n / 8 + 2 * i, n / 4 + 4 * i, n / 2 + 8 * i];
            let mut mixed = [0; 8];
            mixed[..2].copy_from_slice(&powers[four..four + 2]);
            mixed[2..6].copy_from_slice(&powers[two..two + 4]);
            mixed[6] = powers[n / 16 + i];
            TailTwiddles {
                mixed: split(mixed),
                neighbours: split(NEIGHBOURS.map(|block| powers[one + block])),
            }
        };
        let scale = constants.degree_inverse;
        Self {
            head: powers[..n / 16].iter().map(|w| factor(*w)).collect(),
            tail: (0..n / 16).map(tail).collect(),
            last: [scale, modulus.mul(scale, powers[1])].map(factor),
        }
    }
}

impl TailTwiddles {
    /// Factors of the levels of distance 8, 4, 2 and 1.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn levels(&self) -> [Factors; 4] {
        let [value, quotient] = [load(&self.mixed[0]), load(&self.mixed[1])];
        let eight = _mm512_set1_epi64(6);
        let four = _mm512_setr_epi64(0, 0, 0, 0, 1, 1, 1, 1);
        let two = _mm512_setr_epi64(2, 2, 4, 4, 3, 3, 5, 5);
        let mut levels = [Factors {
            value: load(&self.neighbours[0]),
            quotient: load(&self.neighbours[1]),
        }; 4];
        for (level, lanes) in levels.iter_mut().zip([eight, four, two]) {
            level.value = _mm512_permutexvar_epi64(lanes, value);
            level.quotient = _mm512_permutexvar_epi64(lanes, quotient);
        }
        levels
    }
}
