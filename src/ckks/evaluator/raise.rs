//! Raising the modulus.

use super::{CkksEvaluator, arithmetic::two, rotate::rotation};
use crate::{
    circuit::{Evaluator, ModRaise},
    ckks::{
        Ciphertext,
        error::CkksError,
        keys::EncapsulationKeys,
        keyswitch::{Digits, Finish, Pair, mod_down, raise},
    },
    quantity::Level,
};

impl ModRaise for CkksEvaluator {
    /// As [`ModRaise`] says. The message is not seen, so nothing that exceeds `bound` is refused.
    ///
    /// # Errors
    /// When the shape is refused, the parameters have no ephemeral secret, or a key is missing: the
    /// [`EncapsulationKeys`], or with fewer than N/2 slots one of
    /// [`Scheme::trace_rotations`](crate::circuit::Scheme::trace_rotations) at `level`.
    fn mod_raise(&self, a: &Ciphertext, level: Level, bound: f64) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?.raised(self.scheme(), level, bound)?;
        let rotations = self.scheme().trace_rotations(shape.slots);
        let traced = shape.traced(self.scheme())?;
        let keys = self.keys.encapsulation();
        let keys = keys.ok_or_else(|| CkksError::MissingKey {
            key: "encapsulation".into(),
            level,
        })?;
        for k in &rotations {
            let exponent = self.context.rotation_exponent(*k);
            self.keys.galois_at(exponent, level, || rotation(*k))?;
        }
        let [c0, c1] = self.encapsulated(a, keys)?;
        let raised = raise(&self.context, &keys.from_sparse, level, [&c0, &c1])?;
        let mut sum = a.with(shape, raised.into());
        for k in rotations {
            let exponent = self.context.rotation_exponent(k);
            let rotated = self.automorphism(&sum, exponent, || rotation(k))?;
            sum = self.add(&sum, &rotated)?;
        }
        sum.scale = traced.scale;
        Ok(sum)
    }
}

impl CkksEvaluator {
    /// The components under the ephemeral secret, at level 0.
    fn encapsulated(&self, a: &Ciphertext, keys: &EncapsulationKeys) -> Result<Pair, CkksError> {
        let [c0, c1] = two(a)?;
        let key = &keys.to_sparse;
        let tables = self.context.switch(a.level, key.special())?;
        let product = Digits::switch(&self.context, key, a.level, c1, None)?;
        let finish = Finish {
            plus: [Some(c0), None],
            automorphism: None,
        };
        mod_down(&tables, &product, finish)
    }
}
