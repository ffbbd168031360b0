//! The keys that an evaluator holds: public, but useless without ciphertexts.

use super::{EncapsulationKeys, KeyId, SwitchingKey};
use crate::{
    ckks::{Context, error::CkksError, params::ParametersId},
    quantity::Level,
};
use std::{collections::BTreeMap, sync::Arc};

/// Where a key is to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRequest {
    /// Highest level of its use: a lower one makes the key smaller.
    pub level: Level,
    /// Number of special primes, and of primes in a digit.
    pub special: usize,
}

impl KeyRequest {
    /// All levels and all special primes.
    #[must_use]
    pub fn full(context: &Context) -> Self {
        let parameters = context.parameters();
        Self {
            level: parameters.max_level(),
            special: parameters.moduli().p().len(),
        }
    }

    /// Whether these parameters have such keys: their special modulus must be as large as every digit, by the bits of the
    /// primes, or key switching would drown the message.
    ///
    /// # Errors
    /// When there are fewer levels or special primes, or a digit is larger than the special modulus.
    pub fn check(self, context: &Context) -> Result<(), CkksError> {
        context.extended_basis(self.level, self.special)?;
        Ok(())
    }
}

/// A switching key and what it is for.
#[derive(Clone, Debug)]
pub enum EvaluationKey {
    /// From s² to s.
    Relinearization(SwitchingKey),
    /// For X → X^k, with k.
    Galois(usize, SwitchingKey),
}

impl EvaluationKey {
    /// The key itself.
    #[must_use]
    pub const fn key(&self) -> &SwitchingKey {
        match self {
            Self::Relinearization(key) | Self::Galois(_, key) => key,
        }
    }

    /// Puts it to others of the same secret.
    ///
    /// # Errors
    /// When it belongs to other parameters or another secret.
    pub fn add_to(self, keys: &mut EvaluationKeys) -> Result<(), CkksError> {
        match self {
            Self::Relinearization(key) => keys.add_relinearization(key),
            Self::Galois(exponent, key) => keys.add_galois(exponent, key),
        }
    }
}

/// Relinearisation, rotation and conjugation keys of one secret, each for one or more levels, and those that raise the
/// modulus.
#[derive(Clone, Debug)]
pub struct EvaluationKeys {
    parameters: ParametersId,
    id: KeyId,
    relinearization: Vec<Arc<SwitchingKey>>,
    galois: BTreeMap<usize, Vec<Arc<SwitchingKey>>>,
    encapsulation: Option<Arc<EncapsulationKeys>>,
}

impl EvaluationKeys {
    /// No keys yet.
    #[must_use]
    pub fn new(parameters: ParametersId, id: KeyId) -> Self {
        Self {
            parameters,
            id,
            relinearization: vec![],
            galois: BTreeMap::new(),
            encapsulation: None,
        }
    }

    /// The parameters that the keys were made for.
    #[must_use]
    pub fn parameters(&self) -> ParametersId {
        self.parameters
    }

    /// Public name of the secret.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Adds a relinearisation key.
    ///
    /// # Errors
    /// When it belongs to other parameters or another secret, or is none.
    pub fn add_relinearization(&mut self, key: SwitchingKey) -> Result<(), CkksError> {
        self.check(&key, 0)?;
        self.relinearization.push(Arc::new(key));
        Ok(())
    }

    /// Adds a key for X → X^`exponent`.
    ///
    /// # Errors
    /// When it belongs to other parameters, another secret or another automorphism.
    pub fn add_galois(&mut self, exponent: usize, key: SwitchingKey) -> Result<(), CkksError> {
        self.check(&key, exponent)?;
        self.galois.entry(exponent).or_default().push(Arc::new(key));
        Ok(())
    }

    /// Takes the keys to the ephemeral secret and back, in place of others.
    ///
    /// # Errors
    /// When they belong to other parameters or another secret.
    pub fn set_encapsulation(&mut self, keys: EncapsulationKeys) -> Result<(), CkksError> {
        self.check_owner(keys.parameters(), keys.id())?;
        self.encapsulation = Some(Arc::new(keys));
        Ok(())
    }

    /// The keys to the ephemeral secret and back.
    #[must_use]
    pub fn encapsulation(&self) -> Option<&EncapsulationKeys> {
        self.encapsulation.as_deref()
    }

    /// All relinearisation keys.
    pub fn relinearization(&self) -> impl Iterator<Item = &SwitchingKey> {
        self.relinearization.iter().map(|key| &**key)
    }

    /// All keys of automorphisms, with the exponents.
    pub fn galois(&self) -> impl Iterator<Item = (usize, &SwitchingKey)> {
        self.galois
            .iter()
            .flat_map(|(exponent, keys)| keys.iter().map(move |key| (*exponent, &**key)))
    }

    /// Bytes of all keys in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let galois = self.galois().map(|key| key.1.bytes());
        self.relinearization()
            .map(SwitchingKey::bytes)
            .chain(galois)
            .chain(self.encapsulation().map(EncapsulationKeys::bytes))
            .sum()
    }

    /// The smallest relinearisation key that serves a level.
    pub(in crate::ckks) fn relinearization_at(
        &self,
        level: Level,
    ) -> Result<&Arc<SwitchingKey>, CkksError> {
        smallest(&self.relinearization, level).ok_or_else(|| CkksError::MissingKey {
            key: "relinearisation".into(),
            level,
        })
    }

    /// The smallest key of an automorphism that serves a level.
    pub(in crate::ckks) fn galois_at(
        &self,
        exponent: usize,
        level: Level,
        name: impl Fn() -> String,
    ) -> Result<&Arc<SwitchingKey>, CkksError> {
        let keys = self.galois.get(&exponent).map_or(&[][..], Vec::as_slice);
        smallest(keys, level).ok_or_else(|| CkksError::MissingKey { key: name(), level })
    }

    /// The smallest key of an automorphism that serves a level by so many special primes.
    pub(in crate::ckks) fn galois_by(
        &self,
        exponent: usize,
        level: Level,
        special: usize,
    ) -> Option<&Arc<SwitchingKey>> {
        let keys = self.galois.get(&exponent).map_or(&[][..], Vec::as_slice);
        smallest(keys.iter().filter(|key| key.special() == special), level)
    }

    /// The numbers of special primes of the keys of an automorphism that serve a level, those of the smallest key first.
    pub(in crate::ckks) fn special_at(&self, exponent: usize, level: Level) -> Vec<usize> {
        let keys = self.galois.get(&exponent).map_or(&[][..], Vec::as_slice);
        let serving = keys.iter().filter(|key| key.level >= level);
        let mut serving: Vec<_> = serving
            .map(|key| (key.level, key.bytes(), key.special()))
            .collect();
        serving.sort_unstable();
        let mut found = vec![];
        for (_, _, special) in serving {
            if !found.contains(&special) {
                found.push(special);
            }
        }
        found
    }

    fn check_owner(&self, parameters: ParametersId, id: KeyId) -> Result<(), CkksError> {
        if parameters != self.parameters {
            return Err(CkksError::Parameters {
                found: parameters,
                need: self.parameters,
            });
        }
        if id != self.id {
            return Err(CkksError::Key {
                found: id,
                need: self.id,
            });
        }
        Ok(())
    }

    fn check(&self, key: &SwitchingKey, exponent: usize) -> Result<(), CkksError> {
        self.check_owner(key.parameters, key.id)?;
        if key.exponent != exponent {
            return Err(CkksError::Automorphism {
                found: key.exponent,
                need: exponent,
            });
        }
        Ok(())
    }
}

fn smallest<'k>(
    keys: impl IntoIterator<Item = &'k Arc<SwitchingKey>>,
    level: Level,
) -> Option<&'k Arc<SwitchingKey>> {
    let serving = keys.into_iter().filter(|key| key.level >= level);
    serving.min_by_key(|key| (key.level, key.bytes()))
}
