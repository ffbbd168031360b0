//! Names of random events.

/// What happened, in 256 bits: everything that leads to an error goes into its name, and the error is drawn by the name.
///
/// So the same circuit on the same seed errs in the same way, in whatever order and on however many threads it runs. Four
/// lanes of 64 bits absorb word after word through the finalizer of SplitMix64 (Steele, Lea, Flood 2014), which is a
/// bijection; two histories meet by chance with probability 2^-256. Nothing here is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event([u64; LANES]);

const LANES: usize = 4;
/// 2^64 over the golden ratio: what SplitMix64 steps by.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

const fn finalize(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

impl Event {
    /// The beginning of everything that has this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self([0; LANES]).then(seed)
    }

    /// After this, `word`.
    #[must_use]
    pub fn then(self, word: u64) -> Self {
        let mut lanes = self.0;
        for (lane, offset) in lanes.iter_mut().zip(1..) {
            *lane = finalize(lane.wrapping_add(STEP.wrapping_mul(offset)) ^ word);
        }
        Self(lanes)
    }

    /// After this, all these words.
    #[must_use]
    pub fn then_all(self, words: impl IntoIterator<Item = u64>) -> Self {
        words.into_iter().fold(self, Self::then)
    }

    /// After this, the outcome of another event.
    #[must_use]
    pub fn with(self, other: &Self) -> Self {
        self.then_all(other.0)
    }

    /// As a key of a generator.
    #[must_use]
    pub fn bytes(&self) -> [u8; 8 * LANES] {
        let mut bytes = [0; 8 * LANES];
        for (to, lane) in bytes.chunks_exact_mut(8).zip(self.0) {
            to.copy_from_slice(&lane.to_le_bytes());
        }
        bytes
    }
}
