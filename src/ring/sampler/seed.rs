//! Seeds, and what they are for.

use std::{fmt, marker::PhantomData};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use zeroize::Zeroizing;

use super::{SamplerError, Stream, stream::forget};

/// Length of a seed.
pub const SEED_BYTES: usize = 32;

type Key = Zeroizing<[u8; SEED_BYTES]>;

/// What the numbers of a seed or of a stream are used for.
pub trait Purpose: sealed::Sealed {}

/// A purpose whose numbers are never published.
pub trait Confidential: Purpose {}

mod sealed {
    /// Keeps the list of purposes closed.
    pub trait Sealed {
        /// Separates this purpose from the others.
        const DOMAIN: [u8; 8];
    }
}

macro_rules! purpose {
    ($(#[$text:meta])* $name:ident, $domain:literal) => {
        $(#[$text])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $name {}
        impl sealed::Sealed for $name {
            const DOMAIN: [u8; 8] = *$domain;
        }
        impl Purpose for $name {}
    };
}

purpose!(
    /// Uniform halves of keys and ciphertexts. Their seeds are published in place of them.
    Mask,
    b"mask\0\0\0\0"
);
purpose!(
    /// Secret keys, and the ephemeral secrets of encryption.
    Secret,
    b"secret\0\0"
);
purpose!(
    /// Error terms.
    Noise,
    b"noise\0\0\0"
);
impl Confidential for Secret {}
impl Confidential for Noise {}

/// PRF(PRF(key, domain), index), where PRF(key, x) is the first 32 bytes of ChaCha20 under nonce x.
fn derive(key: &Key, domain: [u8; 8], index: u64) -> Key {
    let step = |key: &Key, nonce: u64| {
        let mut rng = ChaCha20Rng::from_seed(**key);
        rng.set_stream(nonce);
        let mut next = Key::default();
        rng.fill_bytes(&mut *next);
        forget(&mut rng);
        next
    };
    step(&step(key, u64::from_le_bytes(domain)), index)
}

/// What everything of one run is derived from. Its text form shows nothing of it.
#[derive(Clone)]
pub struct MasterSeed(Key);

impl MasterSeed {
    /// A seed from the operating system.
    pub fn from_os() -> Result<Self, SamplerError> {
        let mut key = Key::default();
        getrandom::fill(&mut *key).map_err(|e| SamplerError::Entropy {
            reason: e.to_string(),
        })?;
        Ok(Self(key))
    }

    /// A seed of the caller's: for tests and for runs that must be repeatable. Whoever knows it knows all secrets.
    pub fn from_bytes(bytes: [u8; SEED_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A seed for one role under one set of parameters. Numbers that are drawn for one say nothing about those of another:
    /// the same masks with the same errors under two moduli would give the secret away.
    pub fn bound(&self, role: [u8; 8], parameters: [u8; 32]) -> Self {
        let start = derive(&self.0, role, 0);
        let words = parameters.chunks_exact(8).map(|chunk| {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            u64::from_le_bytes(word)
        });
        Self(words.fold(start, |key, word| derive(&key, *b"bound\0\0\0", word)))
    }

    /// The seed for a purpose.
    pub fn seed<P: Purpose>(&self) -> Seed<P> {
        Seed::of(derive(&self.0, P::DOMAIN, 0))
    }
}

impl fmt::Debug for MasterSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSeed(..)")
    }
}

/// A seed for one purpose. Its text form shows nothing of it.
#[derive(Clone)]
pub struct Seed<P> {
    key: Key,
    purpose: PhantomData<P>,
}

impl<P: Purpose> Seed<P> {
    fn of(key: Key) -> Self {
        Self {
            key,
            purpose: PhantomData,
        }
    }

    /// The stream with a number. Each call gives it from its start: use a number once.
    pub fn stream(&self, index: u64) -> Stream<P> {
        Stream::new(&derive(&self.key, *b"stream\0\0", index))
    }

    /// The seed with a number: for instance one for each key.
    pub fn child(&self, index: u64) -> Self {
        Self::of(derive(&self.key, *b"child\0\0\0", index))
    }
}

impl Seed<Mask> {
    /// A published seed.
    pub fn from_bytes(bytes: [u8; SEED_BYTES]) -> Self {
        Self::of(Zeroizing::new(bytes))
    }

    /// What is published.
    pub fn to_bytes(&self) -> [u8; SEED_BYTES] {
        *self.key
    }
}

impl<P> fmt::Debug for Seed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}
