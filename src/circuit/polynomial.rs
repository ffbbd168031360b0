//! Polynomial circuits on ciphertexts, with exact scales.
//!
//! A value is *settled* at the canonical scale S_l of its level, or *pending*: at S_l² and not rescaled yet. Products of
//! settled values are pending. A product with a constant is only noted down, until it is known where it goes: in a sum
//! with a pending value of level l, the settled factor a is multiplied by the integer next to c·S_l²/S_a, at level l, and
//! added, all at once. So a sum of many terms is rescaled once, and terms are multiplied at the lowest level. Operands
//! of a product at different levels are the only ones that take a rescaling of their own. Every value has the scale that
//! its place dictates, to the 128 bits of [`Scale`], and nothing drifts.
//!
//! This holds along levels of one size. Where the size of the primes changes, a rescaled product is at S_l²/q_l, which is
//! not the canonical scale below; sums across such a place are refused as a mismatch, so circuits stay within one run.

use super::{CircuitError, Evaluator};
use crate::quantity::{Level, Scale};
use equiripple_approx::{
    ApproxError,
    evaltree::{Arithmetic, Dag},
};
use std::sync::Arc;

/// Runs a polynomial circuit. Inputs are settled: of canonical scale at their levels, with two components.
///
/// # Errors
/// When an input is not settled, the inputs are of a wrong number, levels run out, or the interpreter refuses something.
pub fn evaluate<E: Evaluator>(
    evaluator: &E,
    circuit: &Dag<f64>,
    inputs: &[E::Ciphertext],
) -> Result<E::Ciphertext, E::Error> {
    let scheme = evaluator.scheme();
    let mut values = Vec::with_capacity(inputs.len());
    for input in inputs {
        let shape = evaluator.shape(input);
        shape.linear()?;
        let canonical = scheme.scale(shape.level);
        if !shape.scale.matches(canonical) {
            return Err(CircuitError::NotCanonical {
                found: shape.scale.to_string(),
                level: shape.level,
                canonical: canonical.to_string(),
            }
            .into());
        }
        values.push(Value::Settled(Arc::new(input.clone())));
    }
    let mut interpreter = Interpreter { evaluator };
    let run = circuit.evaluate(&mut interpreter, &values);
    let output = run.map_err(|refusal| refusal.0)?;
    drop(values);
    Ok(Arc::unwrap_or_clone(interpreter.settled(&output)?))
}

/// What a node of the circuit has computed. Copies share the ciphertext.
enum Value<C> {
    /// At the scale of its level.
    Settled(Arc<C>),
    /// At the square of the scale of its level.
    Pending(Arc<C>),
    /// A settled value that is still to be multiplied by a constant.
    Scaled(Arc<C>, f64),
}

impl<C> Clone for Value<C> {
    fn clone(&self) -> Self {
        match self {
            Self::Settled(a) => Self::Settled(Arc::clone(a)),
            Self::Pending(a) => Self::Pending(Arc::clone(a)),
            Self::Scaled(a, c) => Self::Scaled(Arc::clone(a), *c),
        }
    }
}

/// Where a sum is formed.
#[derive(Clone, Copy)]
enum Place {
    Settled(Level),
    Pending(Level),
}

impl Place {
    /// Larger where more can still be done: settled at l, pending at l, settled at l−1, ….
    fn height(self) -> (Level, bool) {
        match self {
            Self::Settled(level) => (level, true),
            Self::Pending(level) => (level, false),
        }
    }
}

/// An interpreter's error, which a refused circuit becomes too.
struct Refusal<E>(E);

impl<E: From<CircuitError>> From<ApproxError> for Refusal<E> {
    fn from(error: ApproxError) -> Self {
        Self(CircuitError::from(error).into())
    }
}

struct Interpreter<'a, E> {
    evaluator: &'a E,
}

impl<E: Evaluator> Interpreter<'_, E> {
    fn level(&self, a: &E::Ciphertext) -> Level {
        self.evaluator.shape(a).level
    }

    fn place(&self, a: &Value<E::Ciphertext>) -> Place {
        match a {
            Value::Settled(a) => Place::Settled(self.level(a)),
            Value::Pending(a) | Value::Scaled(a, _) => Place::Pending(self.level(a)),
        }
    }

    /// The value, settled as high as it can be.
    fn settled(&self, a: &Value<E::Ciphertext>) -> Result<Arc<E::Ciphertext>, E::Error> {
        let rescaled = match a {
            Value::Settled(a) => return Ok(Arc::clone(a)),
            // Rescaling three components would round against s², which is larger than s by the square root of N.
            Value::Pending(a) if self.evaluator.shape(a).components > 2 => {
                self.evaluator.relinearize_rescale(a)
            }
            Value::Pending(a) => self.evaluator.rescale(a),
            Value::Scaled(a, c) => {
                let level = self.evaluator.shape(a).below()?;
                return self.scaled_to(a, *c, level);
            }
        };
        Ok(Arc::new(rescaled?))
    }

    /// A settled value times a constant, settled at a lower level.
    fn scaled_to(
        &self,
        a: &E::Ciphertext,
        c: f64,
        level: Level,
    ) -> Result<Arc<E::Ciphertext>, E::Error> {
        let above = Level::new(u64::from(level.get()) + 1).map_err(CircuitError::from)?;
        let scheme = self.evaluator.scheme();
        // The scale that rescaling brings to S_l.
        let wanted = scheme.scale(level).times_modulus(scheme.modulus(above));
        let raised = self.scaled(a, c, above, &wanted.map_err(CircuitError::from)?)?;
        Ok(Arc::new(self.evaluator.rescale(&raised)?))
    }

    /// A settled value times a constant, at a level and scale.
    fn scaled(
        &self,
        a: &E::Ciphertext,
        c: f64,
        level: Level,
        wanted: &Scale,
    ) -> Result<E::Ciphertext, E::Error> {
        self.evaluator
            .mul_scalar_at(a, c, &self.factor(a, wanted)?, level)
    }

    /// The scale that leads from that of `a` to the wanted one.
    fn factor(&self, a: &E::Ciphertext, wanted: &Scale) -> Result<Scale, CircuitError> {
        Ok(wanted.over(&self.evaluator.shape(a).scale)?)
    }

    /// Settled at `level`, which is not above its place.
    fn settled_at(
        &self,
        a: &Value<E::Ciphertext>,
        level: Level,
    ) -> Result<Arc<E::Ciphertext>, E::Error> {
        if let Value::Scaled(a, c) = a {
            return self.scaled_to(a, *c, level);
        }
        let a = self.settled(a)?;
        if self.level(&a) <= level {
            return Ok(a);
        }
        self.scaled_to(&a, 1.0, level)
    }

    /// a + sign·b, both pending at `level`, which is not above their places.
    fn pending_sum(
        &self,
        a: &Value<E::Ciphertext>,
        b: &Value<E::Ciphertext>,
        sign: f64,
        level: Level,
    ) -> Result<E::Ciphertext, E::Error> {
        let scale = self.evaluator.scheme().scale(level);
        let wanted = scale.times(scale).map_err(CircuitError::from)?;
        let pending = |v: &Value<E::Ciphertext>| match v {
            Value::Pending(a) => self.level(a) == level,
            _ => false,
        };
        // What is pending already is the sum that the other one joins.
        if pending(b) && !pending(a) {
            let sum = self.pending_sum(b, a, sign, level)?;
            return if sign < 0.0 {
                self.evaluator.neg(&sum)
            } else {
                Ok(sum)
            };
        }
        let first = match a {
            Value::Pending(a) if self.level(a) == level => Arc::clone(a),
            Value::Scaled(a, c) => Arc::new(self.scaled(a, *c, level, &wanted)?),
            other => Arc::new(self.scaled(&*self.settled(other)?, 1.0, level, &wanted)?),
        };
        match b {
            Value::Pending(b) if self.level(b) == level && sign < 0.0 => {
                self.evaluator.sub(&first, b)
            }
            Value::Pending(b) if self.level(b) == level => self.evaluator.add(&first, b),
            Value::Scaled(b, c) => {
                let factor = self.factor(b, &wanted)?;
                self.evaluator.add_scaled(&first, b, sign * c, &factor)
            }
            other => {
                let b = self.settled(other)?;
                let factor = self.factor(&b, &wanted)?;
                self.evaluator.add_scaled(&first, &b, sign, &factor)
            }
        }
    }

    fn sum(
        &self,
        a: &Value<E::Ciphertext>,
        b: &Value<E::Ciphertext>,
        sign: f64,
    ) -> Result<Value<E::Ciphertext>, Refusal<E::Error>> {
        let places = [self.place(a), self.place(b)];
        let [p, q] = places;
        let lower = if p.height() < q.height() { p } else { q };
        let sum = || match lower {
            Place::Pending(level) => {
                let sum = self.pending_sum(a, b, sign, level)?;
                Ok(Value::Pending(Arc::new(sum)))
            }
            Place::Settled(level) => {
                let (a, b) = (self.settled_at(a, level)?, self.settled_at(b, level)?);
                let sum = if sign < 0.0 {
                    self.evaluator.sub(&a, &b)
                } else {
                    self.evaluator.add(&a, &b)
                };
                Ok(Value::Settled(Arc::new(sum?)))
            }
        };
        sum().map_err(Refusal)
    }
}

impl<E: Evaluator> Arithmetic<f64> for Interpreter<'_, E> {
    type Value = Value<E::Ciphertext>;
    type Error = Refusal<E::Error>;

    fn add(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error> {
        self.sum(a, b, 1.0)
    }

    fn sub(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error> {
        self.sum(a, b, -1.0)
    }

    fn mul(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error> {
        let product = || {
            let (x, y) = (self.settled(a)?, self.settled(b)?);
            let level = self.level(&x).min(self.level(&y));
            let lowered = |x| self.settled_at(&Value::Settled(x), level);
            self.evaluator.mul(&*lowered(x)?, &*lowered(y)?)
        };
        Ok(Value::Pending(Arc::new(product().map_err(Refusal)?)))
    }

    fn mul_scalar(&mut self, a: &Self::Value, c: &f64) -> Result<Self::Value, Self::Error> {
        Ok(Value::Scaled(self.settled(a).map_err(Refusal)?, *c))
    }

    fn add_scalar(&mut self, a: &Self::Value, c: &f64) -> Result<Self::Value, Self::Error> {
        let sum = || match a {
            Value::Settled(a) => Ok(Value::Settled(Arc::new(self.evaluator.add_scalar(a, *c)?))),
            Value::Pending(a) => Ok(Value::Pending(Arc::new(self.evaluator.add_scalar(a, *c)?))),
            Value::Scaled(..) => {
                let a = self.settled(a)?;
                Ok(Value::Settled(Arc::new(self.evaluator.add_scalar(&a, *c)?)))
            }
        };
        sum().map_err(Refusal)
    }

    fn relinearize(&mut self, a: Self::Value) -> Result<Self::Value, Self::Error> {
        match &a {
            Value::Pending(_) => Ok(Value::Settled(self.settled(&a).map_err(Refusal)?)),
            _ => Ok(a),
        }
    }
}
