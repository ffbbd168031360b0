//! Keys to an ephemeral sparse secret and back, for raising the modulus.

use super::{KeyId, KeyRequest, SwitchingKey};
use crate::{
    ckks::{Context, error::CkksError, params::ParametersId},
    quantity::Level,
    ring::{
        RnsBasis, RnsPoly,
        poly::Evaluation,
        sampler::{Mask, Seed},
    },
};

/// Special primes of both keys.
const SPECIAL: usize = 1;

/// The keys of sparse-secret encapsulation (Bossuat, Troncoso-Pastoriza, Hubaux, ePrint 2022/024), for a main secret s
/// and an ephemeral one s' of small weight, and the first special prime p1.
///
/// The one to s' is a switching key of level 0. It is all that is published under s', so the security gate of the
/// parameters judges s' by the modulus q0·p1. The one back is a pair under s, over all q and p1, which is part of QP.
#[derive(Clone, Debug)]
pub struct EncapsulationKeys {
    parameters: ParametersId,
    id: KeyId,
    pub(in crate::ckks) to_sparse: SwitchingKey,
    pub(in crate::ckks) from_sparse: SinglePair,
}

/// (b, a) with b = −a·s + e + p1·s' over all q and p1, a uniform from a seed. It switches polynomials with coefficients
/// below q0, which need no digits.
#[derive(Clone, Debug)]
pub(in crate::ckks) struct SinglePair {
    pub(in crate::ckks) seed: Seed<Mask>,
    pub(in crate::ckks) b: RnsPoly<Evaluation>,
    pub(in crate::ckks) a: RnsPoly<Evaluation>,
}

impl SinglePair {
    /// Expands the uniform half.
    pub(in crate::ckks) fn new(seed: Seed<Mask>, b: RnsPoly<Evaluation>) -> Self {
        Self {
            a: RnsPoly::uniform(b.basis(), &seed),
            seed,
            b,
        }
    }
}

impl EncapsulationKeys {
    /// Refuses keys of another shape.
    pub(in crate::ckks) fn new(
        context: &Context,
        id: KeyId,
        to_sparse: SwitchingKey,
        from_sparse: SinglePair,
    ) -> Result<Self, CkksError> {
        context.parameters().scheme().encapsulation()?;
        let request = Self::to_sparse_request();
        to_sparse.check(&*context.switch(request.level, request.special)?)?;
        Self::from_sparse_basis(context)?.check(from_sparse.b.basis())?;
        Ok(Self {
            parameters: context.parameters().id(),
            id,
            to_sparse,
            from_sparse,
        })
    }

    /// Level and special primes of the key to the ephemeral secret.
    pub(in crate::ckks) fn to_sparse_request() -> KeyRequest {
        KeyRequest {
            level: Level::default(),
            special: SPECIAL,
        }
    }

    /// All q, and p1.
    pub(in crate::ckks) fn from_sparse_basis(context: &Context) -> Result<RnsBasis, CkksError> {
        context.joined_basis(context.parameters().max_level(), SPECIAL)
    }

    /// The primes of both keys.
    pub(in crate::ckks) fn bases(context: &Context) -> Result<[RnsBasis; 2], CkksError> {
        context.parameters().scheme().encapsulation()?;
        let request = Self::to_sparse_request();
        let to_sparse = context.extended_basis(request.level, request.special)?;
        Ok([to_sparse, Self::from_sparse_basis(context)?])
    }

    /// Bytes of such keys in memory.
    ///
    /// # Errors
    /// When the parameters have none.
    pub fn size(context: &Context) -> Result<u64, CkksError> {
        let limbs = Self::bases(context)?.map(|basis| basis.limbs() as u64);
        let degree = context.parameters().log_n().degree();
        Ok(2 * limbs.iter().sum::<u64>() * (degree * size_of::<u64>()) as u64)
    }

    /// The parameters that they were made for.
    #[must_use]
    pub fn parameters(&self) -> ParametersId {
        self.parameters
    }

    /// Public name of the main secret.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let pair = [&self.from_sparse.b, &self.from_sparse.a].into_iter();
        let words = pair.map(|poly| poly.basis().limbs() * poly.basis().degree());
        self.to_sparse.bytes() + words.sum::<usize>() * size_of::<u64>()
    }
}
