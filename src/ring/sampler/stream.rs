//! A stream of random words.

use std::{fmt, hint::black_box, marker::PhantomData};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::{Purpose, SEED_BYTES};

/// The words of ChaCha20 under one key, for one purpose. Made by [`super::Seed::stream`].
pub struct Stream<P> {
    rng: ChaCha20Rng,
    purpose: PhantomData<P>,
}

impl<P: Purpose> Stream<P> {
    pub(super) fn new(key: &[u8; SEED_BYTES]) -> Self {
        Self {
            rng: ChaCha20Rng::from_seed(*key),
            purpose: PhantomData,
        }
    }

    /// 64 uniform bits.
    #[inline]
    pub(super) fn word(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// 128 uniform bits, the low word first.
    #[inline]
    pub(super) fn wide(&mut self) -> u128 {
        let low = u128::from(self.word());
        low | u128::from(self.word()) << 64
    }

    /// A uniform number below `bound`, by rejection. Pre: `bound` > 0.
    #[inline]
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        debug_assert!(bound > 0);
        let mask = u64::MAX.checked_shr((bound - 1).leading_zeros());
        let mask = mask.unwrap_or(0);
        loop {
            let x = self.word() & mask;
            if x < bound {
                return x;
            }
        }
    }
}

/// Overwrites the state of a generator; the compiler is told that it is looked at afterwards.
pub(super) fn forget(rng: &mut ChaCha20Rng) {
    *rng = ChaCha20Rng::from_seed([0; SEED_BYTES]);
    black_box(rng);
}

impl<P> Drop for Stream<P> {
    fn drop(&mut self) {
        forget(&mut self.rng);
    }
}

impl<P> fmt::Debug for Stream<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(..)")
    }
}
