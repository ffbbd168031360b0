//! Polynomial circuits on ciphertexts, with exact scales.
//!
//! A value is *settled* at the canonical scale S_l of its level, or *pending*: at S_l² and not rescaled yet. Products of
//! settled values are pending, so are products with constants (encoded at S_l), and sums of pending values are rescaled
//! once. A settled value joins a pending one through an exact integer factor of about S_l, at no level. Only operands of a
//! product at different levels take a rescaling of their own. So every value has the scale that its place dictates, to
//! the 128 bits of [`Scale`], and nothing drifts.

use super::{CircuitError, Evaluator};
use crate::quantity::{Level, Scale};
use equiripple_approx::{
    ApproxError,
    evaltree::{Arithmetic, Dag},
};

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
        values.push(Value {
            ciphertext: input.clone(),
            pending: false,
        });
    }
    let mut interpreter = Interpreter { evaluator };
    let run = circuit.evaluate(&mut interpreter, &values);
    let output = run.map_err(|refusal| refusal.0)?;
    interpreter.settled(&output)
}

/// A ciphertext, and whether it waits for its rescaling.
#[derive(Clone)]
struct Value<C> {
    ciphertext: C,
    pending: bool,
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
    fn level(&self, a: &Value<E::Ciphertext>) -> Level {
        self.evaluator.shape(&a.ciphertext).level
    }

    fn settled(&self, a: &Value<E::Ciphertext>) -> Result<E::Ciphertext, E::Error> {
        // Rescaling three components would round against s², which is larger than s by the square root of N.
        match (a.pending, self.evaluator.shape(&a.ciphertext).components) {
            (false, _) => Ok(a.ciphertext.clone()),
            (true, 2) => self.evaluator.rescale(&a.ciphertext),
            (true, _) => self.evaluator.relinearize_rescale(&a.ciphertext),
        }
    }

    /// A settled value at a lower or equal level, settled there.
    fn lowered(&self, a: E::Ciphertext, level: Level) -> Result<E::Ciphertext, E::Error> {
        let shape = self.evaluator.shape(&a);
        if shape.level <= level {
            return Ok(a);
        }
        let above = Level::new(u64::from(level.get()) + 1).map_err(CircuitError::from)?;
        let scheme = self.evaluator.scheme();
        // The scale that rescaling brings to S_l.
        let wanted = scheme
            .scale(level)
            .times_modulus(scheme.modulus(above))
            .map_err(CircuitError::from)?;
        let dropped = self.evaluator.drop_to(&a, above)?;
        let raised = self.to_scale(&dropped, &wanted)?;
        self.evaluator.rescale(&raised)
    }

    /// A settled value at a lower or equal level, pending there.
    fn pending_at(&self, a: &E::Ciphertext, level: Level) -> Result<E::Ciphertext, E::Error> {
        let scale = self.evaluator.scheme().scale(level);
        let wanted = scale.times(scale).map_err(CircuitError::from)?;
        self.to_scale(&self.evaluator.drop_to(a, level)?, &wanted)
    }

    fn to_scale(&self, a: &E::Ciphertext, wanted: &Scale) -> Result<E::Ciphertext, E::Error> {
        let factor = wanted.over(&self.evaluator.shape(a).scale);
        let factor = factor.map_err(CircuitError::from)?;
        self.evaluator.mul_scalar(a, 1.0, &factor)
    }

    /// Both operands at one level and scale, and whether they are pending.
    #[allow(clippy::type_complexity, reason = "a pair of operands and a flag")]
    fn aligned(
        &self,
        a: &Value<E::Ciphertext>,
        b: &Value<E::Ciphertext>,
    ) -> Result<(E::Ciphertext, E::Ciphertext, bool), E::Error> {
        let (at, bt) = (self.level(a), self.level(b));
        // In order of descent: settled at l, pending at l, settled at l−1, ….
        if (at, !a.pending) < (bt, !b.pending) {
            let (b, a, pending) = self.aligned(b, a)?;
            return Ok((a, b, pending));
        }
        // a is the higher one. Once settled it can join b whether b is pending or not.
        match (a.pending, b.pending) {
            (true, true) if at == bt => Ok((a.ciphertext.clone(), b.ciphertext.clone(), true)),
            (_, true) => {
                let a = self.pending_at(&self.settled(a)?, bt)?;
                Ok((a, b.ciphertext.clone(), true))
            }
            (_, false) => {
                let a = self.lowered(self.settled(a)?, bt)?;
                Ok((a, b.ciphertext.clone(), false))
            }
        }
    }
}

impl<E: Evaluator> Arithmetic<f64> for Interpreter<'_, E> {
    type Value = Value<E::Ciphertext>;
    type Error = Refusal<E::Error>;

    fn add(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error> {
        let (x, y, pending) = self.aligned(a, b).map_err(Refusal)?;
        let ciphertext = self.evaluator.add(&x, &y).map_err(Refusal)?;
        Ok(Value {
            ciphertext,
            pending,
        })
    }

    fn sub(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error> {
        let (x, y, pending) = self.aligned(a, b).map_err(Refusal)?;
        let ciphertext = self.evaluator.sub(&x, &y).map_err(Refusal)?;
        Ok(Value {
            ciphertext,
            pending,
        })
    }

    fn mul(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error> {
        let product = || {
            let (x, y) = (self.settled(a)?, self.settled(b)?);
            let level = self.evaluator.shape(&x).level;
            let level = level.min(self.evaluator.shape(&y).level);
            let (x, y) = (self.lowered(x, level)?, self.lowered(y, level)?);
            self.evaluator.mul(&x, &y)
        };
        Ok(Value {
            ciphertext: product().map_err(Refusal)?,
            pending: true,
        })
    }

    fn mul_scalar(&mut self, a: &Self::Value, c: &f64) -> Result<Self::Value, Self::Error> {
        let product = || {
            let x = self.settled(a)?;
            let level = self.evaluator.shape(&x).level;
            let scale = self.evaluator.scheme().scale(level);
            self.evaluator.mul_scalar(&x, *c, scale)
        };
        Ok(Value {
            ciphertext: product().map_err(Refusal)?,
            pending: true,
        })
    }

    fn add_scalar(&mut self, a: &Self::Value, c: &f64) -> Result<Self::Value, Self::Error> {
        let sum = self.evaluator.add_scalar(&a.ciphertext, *c);
        Ok(Value {
            ciphertext: sum.map_err(Refusal)?,
            pending: a.pending,
        })
    }

    fn relinearize(&mut self, a: Self::Value) -> Result<Self::Value, Self::Error> {
        let done = if a.pending {
            self.evaluator.relinearize_rescale(&a.ciphertext)
        } else {
            self.evaluator.relinearize(&a.ciphertext)
        };
        Ok(Value {
            ciphertext: done.map_err(Refusal)?,
            pending: false,
        })
    }
}
