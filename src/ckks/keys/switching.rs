//! A key that switches a product with one secret to another secret.

use super::KeyId;
use crate::{
    ckks::{error::CkksError, keyswitch::SwitchTables, params::ParametersId},
    quantity::Level,
    ring::{
        AlignedWords,
        sampler::{Mask, Seed},
    },
};

/// For each digit j an encryption (b_j, a_j) of P·g_j·s' under s, over q0, …, ql and α special primes. It serves all
/// levels up to l. The uniform a_j come from a seed.
#[derive(Clone, Debug)]
pub struct SwitchingKey {
    pub(in crate::ckks) parameters: ParametersId,
    pub(in crate::ckks) id: KeyId,
    /// Of the automorphism; 0 for relinearisation.
    pub(in crate::ckks) exponent: usize,
    pub(in crate::ckks) level: Level,
    pub(in crate::ckks) special: usize,
    pub(in crate::ckks) seed: Seed<Mask>,
    /// For each limb one stream, in which the digits are interleaved in the order in which they are read.
    pub(in crate::ckks) words: AlignedWords,
    pub(in crate::ckks) digits: usize,
    pub(in crate::ckks) degree: usize,
}

impl SwitchingKey {
    /// Highest level at which it serves.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// α, the number of special primes that it works with.
    #[must_use]
    pub fn special(&self) -> usize {
        self.special
    }

    /// Public name of the secret that it leads to.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }

    /// The stream of limb i of a basis with `limbs` primes of Q, and the number of digits in it.
    pub(in crate::ckks) fn limb(&self, i: usize, limbs: usize) -> (&[u64], usize) {
        let own = usize::from(self.level.get()) + 1;
        let place = if i < limbs { i } else { own + i - limbs };
        let length = 2 * self.digits * self.degree;
        (
            &self.words[place * length..(place + 1) * length],
            self.digits,
        )
    }

    /// Refuses tables of a higher level or of other special primes.
    pub(in crate::ckks) fn check(&self, tables: &SwitchTables) -> Result<(), CkksError> {
        let own = usize::from(self.level.get()) + 1;
        let special = tables.basis().limbs() - tables.limbs();
        if tables.limbs() <= own
            && special == self.special
            && tables.basis().degree() == self.degree
        {
            return Ok(());
        }
        Err(CkksError::SwitchingKey {
            limbs: tables.limbs(),
            special,
            key_limbs: own,
            key_special: self.special,
        })
    }
}
