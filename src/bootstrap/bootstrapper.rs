//! The bootstrap itself, for every interpreter.

use super::{Plan, SlotKind, plan::Factor};
use crate::circuit::{CircuitError, ModRaise};

/// A [`Plan`] with its transforms encoded by an interpreter.
#[derive(Debug)]
pub struct Bootstrapper<E: ModRaise> {
    plan: Plan,
    slots_to_coeffs: Vec<E::Transform>,
    coeffs_to_slots: Vec<E::Transform>,
    join: Vec<E::Transform>,
}

impl<E: ModRaise> Bootstrapper<E> {
    /// Encodes the transforms of a plan.
    ///
    /// # Errors
    /// When the interpreter refuses one, for a missing rotation key for instance.
    pub fn new(evaluator: &E, plan: Plan) -> Result<Self, E::Error> {
        let encode = |factors: &[Factor]| {
            let encoded = factors
                .iter()
                .map(|f| evaluator.prepare(&f.transform, f.level, &f.scale));
            encoded.collect::<Result<Vec<_>, E::Error>>()
        };
        Ok(Self {
            slots_to_coeffs: encode(&plan.slots_to_coeffs)?,
            coeffs_to_slots: encode(&plan.coeffs_to_slots)?,
            join: encode(&plan.join)?,
            plan,
        })
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The encoded transforms.
    pub fn transforms(&self) -> impl Iterator<Item = &E::Transform> {
        let after = self.coeffs_to_slots.iter().chain(&self.join);
        self.slots_to_coeffs.iter().chain(after)
    }

    /// The same messages at [`Plan::output_level`]: of one ciphertext, or of two for [`SlotKind::Pair`]. Expects messages
    /// whose real and imaginary parts are in [−1, 1], at [`Plan::input_level`] and its canonical scale;
    /// [`lowered`](crate::circuit::lowered) brings them there.
    ///
    /// A message beyond its range comes out as another one: shadows refuse it, a ciphertext does not show it.
    ///
    /// # Errors
    /// When number, level, scale or slots of the ciphertexts are others, a key is missing, or a shadow meets a message out
    /// of range.
    pub fn bootstrap(
        &self,
        evaluator: &E,
        inputs: &[E::Ciphertext],
    ) -> Result<Vec<E::Ciphertext>, E::Error> {
        for input in inputs {
            self.check(evaluator, input)?;
        }
        let raised = match inputs {
            [one] if self.plan.inputs() == 1 => one.clone(),
            [re, im] if self.plan.inputs() == 2 => evaluator.add(re, &evaluator.mul_i(im)?)?,
            _ => {
                return Err(CircuitError::Inputs {
                    found: inputs.len(),
                    need: self.plan.inputs(),
                }
                .into());
            }
        };
        let parts = self.reduced(evaluator, raised)?;
        self.finished(evaluator, parts)
    }

    /// Refuses what is not where the plan begins.
    fn check(&self, evaluator: &E, a: &E::Ciphertext) -> Result<(), CircuitError> {
        let shape = evaluator.shape(a);
        shape.linear()?;
        shape.check_slots(self.plan.slots)?;
        let (found, need) = (shape.level, self.plan.input_level);
        if found != need {
            return Err(CircuitError::InputLevel { found, need });
        }
        let canonical = evaluator.scheme().scale(need);
        if !shape.scale.matches(canonical) {
            return Err(CircuitError::NotCanonical {
                found: shape.scale.to_string(),
                level: need,
                canonical: canonical.to_string(),
            });
        }
        Ok(())
    }

    /// From exhausted to reduced: the real and imaginary parts of slots or, in the other order, of coefficients.
    fn reduced(
        &self,
        evaluator: &E,
        mut a: E::Ciphertext,
    ) -> Result<Parts<E::Ciphertext>, E::Error> {
        let plan = &self.plan;
        if plan.slots_to_coeffs_first() {
            a = transformed(evaluator, a, &self.slots_to_coeffs)?;
        }
        a = evaluator.mod_raise(&a, plan.raised_level, plan.bound)?;
        let scale = evaluator.shape(&a).scale.times(&plan.reading);
        a = evaluator.reinterpret(&a, &scale.map_err(CircuitError::from)?)?;
        if let Some((last, before)) = self.coeffs_to_slots.split_last() {
            a = transformed(evaluator, a, before)?;
            if plan.in_halves() {
                a = evaluator.with_slots(&a, 2 * plan.slots)?;
            }
            a = transformed(evaluator, a, std::slice::from_ref(last))?;
        }
        let conjugate = evaluator.conjugate(&a)?;
        let real = evaluator.add(&a, &conjugate)?;
        if plan.reductions() == 1 {
            return Ok(Parts::One(self.reduce(evaluator, &real)?));
        }
        // (w̄ − w)·i is twice the imaginary part of w.
        let imaginary = evaluator.mul_i(&evaluator.sub(&conjugate, &a)?)?;
        drop((a, conjugate));
        let (real, imaginary) = rayon::join(
            || self.reduce(evaluator, &real),
            || self.reduce(evaluator, &imaginary),
        );
        Ok(Parts::Two(real?, imaginary?))
    }

    /// The modular reduction of real slots.
    fn reduce(&self, evaluator: &E, x: &E::Ciphertext) -> Result<E::Ciphertext, E::Error> {
        let reduced = self.plan.reduction.evaluate(evaluator, x)?;
        evaluator.reinterpret(&reduced, &self.plan.reduced_scale)
    }

    /// From reduced parts to the messages.
    fn finished(
        &self,
        evaluator: &E,
        parts: Parts<E::Ciphertext>,
    ) -> Result<Vec<E::Ciphertext>, E::Error> {
        let plan = &self.plan;
        let first = plan.slots_to_coeffs_first();
        let mut whole = match parts {
            Parts::One(real) if plan.kind == SlotKind::Real && first => return Ok(vec![real]),
            Parts::Two(real, imaginary) if plan.kind == SlotKind::Pair && first => {
                return Ok(vec![real, imaginary]);
            }
            Parts::One(halves) => halves,
            Parts::Two(real, imaginary) => evaluator.add(&real, &evaluator.mul_i(&imaginary)?)?,
        };
        let (joining, rest) = if first {
            (&self.join[..], &[][..])
        } else {
            self.slots_to_coeffs.split_at(1)
        };
        whole = transformed(evaluator, whole, joining)?;
        whole = evaluator.with_slots(&whole, plan.slots)?;
        whole = transformed(evaluator, whole, rest)?;
        if plan.kind == SlotKind::Complex {
            return Ok(vec![whole]);
        }
        let conjugate = evaluator.conjugate(&whole)?;
        let mut messages = vec![evaluator.add(&whole, &conjugate)?];
        if plan.kind == SlotKind::Pair {
            messages.push(evaluator.mul_i(&evaluator.sub(&conjugate, &whole)?)?);
        }
        Ok(messages)
    }
}

/// What the modular reduction acts on.
enum Parts<C> {
    /// Real parts alone, or both in the halves of one ciphertext.
    One(C),
    /// Real and imaginary parts.
    Two(C, C),
}

/// Transforms one after another, each with its rescaling.
fn transformed<E: ModRaise>(
    evaluator: &E,
    mut a: E::Ciphertext,
    transforms: &[E::Transform],
) -> Result<E::Ciphertext, E::Error> {
    for transform in transforms {
        a = evaluator.rescale(&evaluator.transform(&a, transform)?)?;
    }
    Ok(a)
}
