//! Running a circuit: the same nodes on numbers, on ciphertexts, or on a noise model.

use super::dag::{Dag, Node};
use super::relinearize::relinearized;
use super::scalar::Scalar;
use crate::error::ApproxError;

/// What an interpreter of circuits must be able to do; `S` is the plaintext scalar.
///
/// Rescaling and bringing operands to a common level belong to the interpreter: a [`Dag`] fixes only how many levels
/// each path consumes.
pub trait Arithmetic<S> {
    /// A number, a ciphertext, an error bound.
    type Value: Clone;
    /// What a failed operation returns; a wrong number of inputs becomes one too.
    type Error: From<ApproxError>;
    /// a + b. Either may be a product that is not relinearised yet.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn add(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error>;
    /// a − b. Either may be a product that is not relinearised yet.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn sub(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error>;
    /// a · b, one level, without relinearisation. Both operands are relinearised.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mul(&mut self, a: &Self::Value, b: &Self::Value) -> Result<Self::Value, Self::Error>;
    /// a · c, one level.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mul_scalar(&mut self, a: &Self::Value, c: &S) -> Result<Self::Value, Self::Error>;
    /// a + c.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn add_scalar(&mut self, a: &Self::Value, c: &S) -> Result<Self::Value, Self::Error>;
    /// Brings a product, or a sum of products, back to two components. Interpreters to which this means nothing, or
    /// which relinearise in [`Arithmetic::mul`], keep the default: it returns its argument.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn relinearize(&mut self, a: Self::Value) -> Result<Self::Value, Self::Error> {
        Ok(a)
    }
}

/// The interpreter on plain numbers: every [`Scalar`] type evaluates its own circuits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl<S: Scalar> Arithmetic<S> for Plain {
    type Value = S;
    type Error = ApproxError;
    fn add(&mut self, a: &S, b: &S) -> Result<S, ApproxError> {
        Ok(a.plus(b))
    }
    fn sub(&mut self, a: &S, b: &S) -> Result<S, ApproxError> {
        Ok(a.minus(b))
    }
    fn mul(&mut self, a: &S, b: &S) -> Result<S, ApproxError> {
        Ok(a.times(b))
    }
    fn mul_scalar(&mut self, a: &S, c: &S) -> Result<S, ApproxError> {
        Ok(a.times(c))
    }
    fn add_scalar(&mut self, a: &S, c: &S) -> Result<S, ApproxError> {
        Ok(a.plus(c))
    }
}

impl<S> Dag<S> {
    /// Runs the circuit on `inputs`. Relinearises exactly where [`Cost`](super::Cost) counts it, and drops each value
    /// after its last use, because a ciphertext is megabytes.
    ///
    /// # Errors
    /// What the interpreter returns, and [`ApproxError::OutOfRange`] for a wrong number of inputs.
    pub fn evaluate<A: Arithmetic<S>>(
        &self,
        arithmetic: &mut A,
        inputs: &[A::Value],
    ) -> Result<A::Value, A::Error> {
        let expected = self.inputs().len();
        let mismatch = || ApproxError::OutOfRange {
            name: "inputs",
            value: inputs.len().to_string(),
            bound: format!("exactly {expected}"),
        };
        if inputs.len() != expected {
            return Err(mismatch().into());
        }
        let mut last_use: Vec<usize> = (0..self.nodes().len()).collect();
        for (id, node) in self.nodes().iter().enumerate() {
            for operand in node.operands() {
                last_use[operand] = id;
            }
        }
        last_use[self.output()] = usize::MAX;
        let relinearize = relinearized(self);
        let mut values: Vec<Option<A::Value>> = Vec::with_capacity(self.nodes().len());
        for (id, node) in self.nodes().iter().enumerate() {
            // Operands come first and live until their last use, so a missing one cannot happen.
            let value = |k: usize| values[k].as_ref().ok_or_else(mismatch);
            let result = match node {
                Node::Input(k) => inputs[*k].clone(),
                Node::Add(a, b) => arithmetic.add(value(*a)?, value(*b)?)?,
                Node::Sub(a, b) => arithmetic.sub(value(*a)?, value(*b)?)?,
                Node::Mul(a, b) => arithmetic.mul(value(*a)?, value(*b)?)?,
                Node::MulScalar(a, c) => arithmetic.mul_scalar(value(*a)?, c)?,
                Node::AddScalar(a, c) => arithmetic.add_scalar(value(*a)?, c)?,
            };
            values.push(Some(if relinearize[id] {
                arithmetic.relinearize(result)?
            } else {
                result
            }));
            for operand in node.operands().chain([id]) {
                if last_use[operand] <= id {
                    values[operand] = None;
                }
            }
        }
        Ok(values.swap_remove(self.output()).ok_or_else(mismatch)?)
    }
}
