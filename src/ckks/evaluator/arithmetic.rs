//! Sums, products, relinearisation and rescaling.

use super::CkksEvaluator;
use crate::{
    circuit::{CircuitError, Shape},
    ckks::{
        Ciphertext, Plaintext,
        error::CkksError,
        keyswitch::{Digits, Finish, mod_down, mod_down_rescale},
    },
    quantity::{Level, Scale},
    ring::{RnsPoly, poly::Evaluation},
};
use rayon::prelude::*;

type Poly = RnsPoly<Evaluation>;

impl CkksEvaluator {
    /// a + b or a − b, components that one of them lacks counting as 0.
    pub(super) fn combined(
        &self,
        a: &Ciphertext,
        b: &Ciphertext,
        subtract: bool,
    ) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?.sum(&self.own(b)?)?;
        let count = a.components.len().max(b.components.len());
        let component = |i: usize| -> Result<Poly, CkksError> {
            match (a.components.get(i), b.components.get(i), subtract) {
                (Some(x), Some(y), false) => Ok(x.sum(y)?),
                (Some(x), Some(y), true) => Ok(x.difference(y)?),
                (Some(x), None, _) | (None, Some(x), false) => Ok(x.clone()),
                (None, Some(y), true) => Ok(y.negated()),
                // There is no component beyond both.
                (None, None, _) => Err(CircuitError::NotRelinearized { components: count }.into()),
            }
        };
        let components = (0..count).map(component);
        Ok(a.with(shape, components.collect::<Result<_, CkksError>>()?))
    }

    pub(super) fn negated(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let components = a.components.iter().map(Poly::negated);
        Ok(a.with(self.own(a)?, components.collect()))
    }

    pub(super) fn plus_scalar(&self, a: &Ciphertext, c: f64) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?;
        let constant = integer(c, &shape.scale)?;
        let mut components = a.components.clone();
        if let Some(first) = components.first_mut() {
            *first = first.plus_constant(constant);
        }
        Ok(a.with(shape, components))
    }

    pub(super) fn times_scalar(
        &self,
        a: &Ciphertext,
        c: f64,
        scale: &Scale,
        level: Level,
    ) -> Result<Ciphertext, CkksError> {
        let own = self.own(a)?.dropped(level)?;
        self.scheme_fits(&own)?;
        let factor = integer(c, scale)?;
        let shape = own.scaled(scale)?;
        self.scheme_fits(&shape)?;
        let limbs = usize::from(level.get()) + 1;
        let components = a.components.iter();
        let components = components.map(|c| Ok(c.truncated(limbs)?.scaled(factor)));
        Ok(a.with(shape, components.collect::<Result<_, CkksError>>()?))
    }

    pub(super) fn reinterpreted(
        &self,
        a: &Ciphertext,
        scale: &Scale,
    ) -> Result<Ciphertext, CkksError> {
        let scheme = self.context.parameters().scheme();
        let shape = self.own(a)?.reinterpreted(scheme, scale)?;
        Ok(a.with(shape, a.components.clone()))
    }

    pub(super) fn times_i(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let components = a.components.iter().map(Poly::times_i);
        Ok(a.with(self.own(a)?, components.collect()))
    }

    pub(super) fn plus_scaled(
        &self,
        sum: &Ciphertext,
        a: &Ciphertext,
        c: f64,
        scale: &Scale,
    ) -> Result<Ciphertext, CkksError> {
        let own = self.own(sum)?;
        let shape = own.sum(&self.own(a)?.dropped(own.level)?.scaled(scale)?)?;
        let factor = integer(c, scale)?;
        let limbs = usize::from(own.level.get()) + 1;
        let mut components = Vec::with_capacity(shape.components);
        for i in 0..shape.components {
            components.push(match (sum.components.get(i), a.components.get(i)) {
                (Some(x), Some(y)) => x.plus_scaled(&y.truncated(limbs)?, factor)?,
                (Some(x), None) => x.clone(),
                (None, Some(y)) => y.truncated(limbs)?.scaled(factor),
                (None, None) => continue,
            });
        }
        Ok(sum.with(shape, components))
    }

    pub(super) fn plus_plain(
        &self,
        a: &Ciphertext,
        v: &Plaintext,
    ) -> Result<Ciphertext, CkksError> {
        self.context.check(v.parameters)?;
        let own = self.own(a)?;
        own.sum(&v.shape())?;
        let mut components = a.components.clone();
        if let Some(first) = components.first_mut() {
            *first = first.sum(&v.poly)?;
        }
        Ok(a.with(own, components))
    }

    pub(super) fn times_plain(
        &self,
        a: &Ciphertext,
        v: &Plaintext,
    ) -> Result<Ciphertext, CkksError> {
        self.context.check(v.parameters)?;
        let shape = self.own(a)?.times_plain(&v.shape())?;
        self.scheme_fits(&shape)?;
        let components = a.components.iter().map(|c| Ok(c.product(&v.poly)?));
        Ok(a.with(shape, components.collect::<Result<_, CkksError>>()?))
    }

    /// (a0·b0, a0·b1 + a1·b0, a1·b1).
    pub(super) fn product(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?.product(&self.own(b)?)?;
        self.scheme_fits(&shape)?;
        let [a0, a1] = two(a)?;
        let [b0, b1] = two(b)?;
        let basis = a0.basis();
        basis.check(b0.basis())?;
        let mut d: [Poly; 3] = std::array::from_fn(|_| RnsPoly::unspecified(basis));
        let [d0, d1, d2] = &mut d;
        let outputs = d0
            .par_limbs_mut()
            .zip(d1.par_limbs_mut())
            .zip(d2.par_limbs_mut());
        let square = std::ptr::eq(a, b);
        outputs
            .enumerate()
            .try_for_each(|(i, (((table, d0), (_, d1)), (_, d2)))| {
                let pointwise = table.pointwise();
                if square {
                    pointwise.tensor_square([a0.limb(i), a1.limb(i)], [d0, d1, d2])
                } else {
                    let (a, b) = ([a0, a1], [b0, b1]);
                    pointwise.tensor(a.map(|a| a.limb(i)), b.map(|b| b.limb(i)), [d0, d1, d2])
                }
            })?;
        Ok(a.with(shape, d.into()))
    }

    pub(super) fn relinearized(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?;
        let [d0, d1, d2] = match &a.components[..] {
            [d0, d1, d2] => [d0, d1, d2],
            _ => return Ok(a.clone()),
        };
        let key = self.keys.relinearization_at(shape.level)?;
        let tables = self.context.switch(shape.level, key.special())?;
        let product = Digits::switch(&self.context, key, shape.level, d2, None)?;
        let finish = Finish {
            plus: [Some(d0), Some(d1)],
            automorphism: None,
        };
        let components = mod_down(&tables, &product, finish)?;
        let shape = Shape {
            components: 2,
            ..shape
        };
        Ok(a.with(shape, components.into()))
    }

    /// The division by P of the key switch and the one by q_l are one: P·d0 and P·d1 are added before.
    pub(super) fn relinearized_rescaled(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let [d0, d1, d2] = match &a.components[..] {
            [d0, d1, d2] => [d0, d1, d2],
            _ => return self.rescaled(a),
        };
        let own = self.own(a)?;
        let shape = own.rescaled(self.context.parameters().scheme().modulus(own.level))?;
        let key = self.keys.relinearization_at(own.level)?;
        let tables = self.context.switch(own.level, key.special())?;
        let plus = Some([d0, d1]);
        let product = Digits::switch(&self.context, key, own.level, d2, plus)?;
        let components = mod_down_rescale(&tables, &product)?;
        let shape = Shape {
            components: 2,
            ..shape
        };
        Ok(a.with(shape, components.into()))
    }

    pub(super) fn rescaled(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let own = self.own(a)?;
        let shape = own.rescaled(self.context.parameters().scheme().modulus(own.level))?;
        let components = a.components.iter().map(|c| Ok(c.rescaled()?));
        Ok(a.with(shape, components.collect::<Result<_, CkksError>>()?))
    }

    pub(super) fn dropped(&self, a: &Ciphertext, level: Level) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?.dropped(level)?;
        self.scheme_fits(&shape)?;
        let limbs = usize::from(level.get()) + 1;
        let components = a.components.iter().map(|c| Ok(c.truncated(limbs)?));
        Ok(a.with(shape, components.collect::<Result<_, CkksError>>()?))
    }

    fn scheme_fits(&self, shape: &Shape) -> Result<(), CkksError> {
        let scheme = self.context.parameters().scheme();
        Ok(scheme.fits(shape.level, &shape.scale)?)
    }
}

/// The two components of a relinearised ciphertext.
pub(super) fn two(a: &Ciphertext) -> Result<[&Poly; 2], CkksError> {
    match &a.components[..] {
        [c0, c1] => Ok([c0, c1]),
        other => Err(CircuitError::NotRelinearized {
            components: other.len(),
        }
        .into()),
    }
}

/// c as a multiple of 1/scale.
fn integer(c: f64, scale: &Scale) -> Result<i128, CircuitError> {
    let rounded = c.is_finite().then(|| scale.round(c)).flatten();
    rounded.ok_or_else(|| CircuitError::Constant {
        found: c.to_string(),
    })
}
