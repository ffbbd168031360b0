//! Everything that is computed once for a parameter set.

use super::{
    error::CkksError,
    keyswitch::SwitchTables,
    params::{Parameters, ParametersId},
};
use crate::{
    ckks::Encoder,
    quantity::Level,
    ring::{NttTable, RnsBasis, poly::Automorphism, sampler::Gaussian},
};
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Parameters with their transforms, encoder and key-switching constants. Copies share them.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    parameters: Parameters,
    q: RnsBasis,
    p: Vec<Arc<NttTable>>,
    encoder: Encoder,
    gaussian: Gaussian,
    automorphisms: Mutex<BTreeMap<usize, Arc<Automorphism>>>,
    switches: Mutex<BTreeMap<(Level, usize), Arc<SwitchTables>>>,
    /// By modulus and degree.
    subrings: Mutex<BTreeMap<(u64, usize), Arc<NttTable>>>,
}

impl Context {
    /// Makes the tables.
    ///
    /// # Errors
    /// When the environment forces a backend that this processor lacks.
    pub fn new(parameters: Parameters) -> Result<Self, CkksError> {
        let degree = parameters.log_n().degree();
        let q = RnsBasis::new(parameters.moduli().q(), degree)?;
        let p = parameters.moduli().p().par_iter();
        let p = p.map(|p| Ok(Arc::new(NttTable::new(*p, degree)?)));
        Ok(Self(Arc::new(Inner {
            p: p.collect::<Result<_, CkksError>>()?,
            q,
            encoder: Encoder::new(parameters.log_n()),
            gaussian: Gaussian::new(parameters.sigma())?,
            automorphisms: Mutex::default(),
            switches: Mutex::default(),
            subrings: Mutex::default(),
            parameters,
        })))
    }

    /// The parameters.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.0.parameters
    }

    /// Encodes and decodes slots.
    #[must_use]
    pub fn encoder(&self) -> &Encoder {
        &self.0.encoder
    }

    /// q0, …, ql.
    ///
    /// # Errors
    /// When the chain is shorter.
    pub fn basis(&self, level: Level) -> Result<RnsBasis, CkksError> {
        Ok(self.0.q.prefix(usize::from(level.get()) + 1)?)
    }

    /// q0, …, ql and the first `special` special primes, for key switching with as many primes in a digit.
    ///
    /// # Errors
    /// When there are fewer of either, or a digit is larger than the special primes.
    pub fn extended_basis(&self, level: Level, special: usize) -> Result<RnsBasis, CkksError> {
        let all = self.joined_basis(level, special)?;
        let (q, p) = all.tables().split_at(all.limbs() - special);
        let bits = |tables: &[Arc<NttTable>]| tables.iter().map(|t| t.modulus().bits()).sum();
        let log2_special: u32 = bits(p);
        for (digit, primes) in q.chunks(special).enumerate() {
            let log2_digit = bits(primes);
            if log2_digit > log2_special {
                return Err(CkksError::SpecialTooSmall {
                    special,
                    log2_special,
                    level,
                    digit,
                    log2_digit,
                });
            }
        }
        Ok(all)
    }

    /// q0, …, ql and the first `special` special primes, whatever their sizes.
    ///
    /// # Errors
    /// When there are fewer of either.
    pub(super) fn joined_basis(&self, level: Level, special: usize) -> Result<RnsBasis, CkksError> {
        let p = self.0.p.get(..special).filter(|p| !p.is_empty());
        let p = p.ok_or(CkksError::SpecialPrimes {
            found: special,
            max: self.0.p.len(),
        })?;
        let q = self.basis(level)?;
        let tables = q.tables().iter().chain(p).map(Arc::clone);
        Ok(RnsBasis::from_tables(tables.collect())?)
    }

    pub(super) fn gaussian(&self) -> &Gaussian {
        &self.0.gaussian
    }

    /// X → X^exponent.
    pub(super) fn automorphism(&self, exponent: usize) -> Result<Arc<Automorphism>, CkksError> {
        let degree = self.0.parameters.log_n().degree();
        cached(&self.0.automorphisms, exponent, || {
            Ok(Automorphism::new(exponent as u64, degree)?)
        })
    }

    /// Constants of key switching at a level with so many special primes.
    pub(super) fn switch(
        &self,
        level: Level,
        special: usize,
    ) -> Result<Arc<SwitchTables>, CkksError> {
        cached(&self.0.switches, (level, special), || {
            SwitchTables::new(self, level, special)
        })
    }

    /// The table of polynomials in X^(N/n), n = `degree`, for the modulus of `table`.
    pub(super) fn subring(
        &self,
        table: &Arc<NttTable>,
        degree: usize,
    ) -> Result<Arc<NttTable>, CkksError> {
        if degree == table.degree() {
            return Ok(Arc::clone(table));
        }
        cached(&self.0.subrings, (table.modulus().value(), degree), || {
            Ok(table.of_subring(degree)?)
        })
    }

    /// The exponent 5^k of the rotation to the left by k slots.
    #[must_use]
    pub fn rotation_exponent(&self, k: usize) -> usize {
        let order = 2 * self.0.parameters.log_n().degree();
        let (mut exponent, mut base, mut rest) = (1, 5 % order, k);
        while rest > 0 {
            if rest & 1 == 1 {
                exponent = exponent * base % order;
            }
            base = base * base % order;
            rest >>= 1;
        }
        exponent
    }

    /// The exponent −1 of conjugation.
    #[must_use]
    pub fn conjugation_exponent(&self) -> usize {
        2 * self.0.parameters.log_n().degree() - 1
    }

    /// Refuses what was made for other parameters.
    pub(super) fn check(&self, found: ParametersId) -> Result<(), CkksError> {
        let need = self.0.parameters.id();
        if found == need {
            return Ok(());
        }
        Err(CkksError::Parameters { found, need })
    }
}

/// The value of a key, made at its first use. Two threads may both make it; the first one in is kept, and both are equal.
fn cached<K: Ord, V>(
    cache: &Mutex<BTreeMap<K, Arc<V>>>,
    key: K,
    make: impl FnOnce() -> Result<V, CkksError>,
) -> Result<Arc<V>, CkksError> {
    let lock = || cache.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = lock().get(&key) {
        return Ok(Arc::clone(found));
    }
    let made = Arc::new(make()?);
    Ok(Arc::clone(lock().entry(key).or_insert(made)))
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Context({})", self.0.parameters.id())
    }
}
