//! The circuit as nodes.

use super::magnitudes::constants;
use crate::circuit::{Evaluator, polynomial};
use equiripple_approx::{
    ApproxError,
    evaltree::{Cost, Dag, Node, Plan, PlanOptions},
};
use rug::Float;

/// Bits in which constants are computed before they are rounded to doubles, once each.
const BITS: u32 = 192;

/// The circuit of a modular reduction at one amplitude.
#[derive(Debug, Clone)]
pub struct EvalModCircuit {
    exponential: Dag<f64>,
    arcsine: Option<Dag<f64>>,
}

impl EvalModCircuit {
    /// amplitude·y of real slots x = 2t/(q0·W), as [`polynomial::evaluate`] takes them: at the canonical scale of their
    /// level, with two components.
    ///
    /// With E = [`EvalModCircuit::exponential`] of i·x that is 2·Im E = (Ē − E)·i: the noise of imaginary parts goes with
    /// the real part of E.
    ///
    /// # Errors
    /// As [`polynomial::evaluate`], and when the key of the conjugation is missing.
    pub fn evaluate<E: Evaluator>(
        &self,
        evaluator: &E,
        x: &E::Ciphertext,
    ) -> Result<E::Ciphertext, E::Error> {
        let run = |circuit, input: E::Ciphertext| {
            polynomial::evaluate(evaluator, circuit, std::slice::from_ref(&input))
        };
        let exponential = run(&self.exponential, evaluator.mul_i(x)?)?;
        let conjugate = evaluator.conjugate(&exponential)?;
        let sine = evaluator.mul_i(&evaluator.sub(&conjugate, &exponential)?)?;
        match &self.arcsine {
            Some(arcsine) => run(arcsine, sine),
            None => Ok(sine),
        }
    }

    /// With input i·x, half of the amplitude times exp(2πi·t/q0); half of that alone where an arcsine follows.
    #[must_use]
    pub const fn exponential(&self) -> &Dag<f64> {
        &self.exponential
    }

    /// With input sin(2πt/q0), the amplitude times y.
    #[must_use]
    pub const fn arcsine(&self) -> Option<&Dag<f64>> {
        self.arcsine.as_ref()
    }

    /// Of both parts.
    pub(super) fn cost(&self) -> Result<Cost, ApproxError> {
        Ok(match &self.arcsine {
            Some(arcsine) => Cost::of(&self.exponential.then(arcsine)?),
            None => Cost::of(&self.exponential),
        })
    }
}

/// What the nodes are made of.
pub(super) struct Parts<'a> {
    /// c_k of Σ c_k·iᵏ·T_k: the polynomial before the double angles.
    pub(super) exponential: &'a [f64],
    /// r.
    pub(super) double_angles: u32,
    /// Of T_1, T_3, …: the arcsine; T_1 alone where there is none.
    pub(super) arcsine: &'a [Float],
}

impl Parts<'_> {
    /// Whether there is an arcsine.
    pub(super) fn inverts(&self) -> bool {
        self.arcsine.len() > 1
    }

    /// The circuit with that amplitude: a·p with a = (amplitude/2)^(1/2^r) becomes amplitude/2 times what squarings make
    /// of p. With an arcsine its coefficients take the amplitude.
    pub(super) fn circuit(&self, amplitude: f64) -> Result<EvalModCircuit, ApproxError> {
        let doubled = if self.inverts() { 1.0 } else { amplitude };
        let root = (Float::with_val(BITS, doubled) / 2u32).root(1 << self.double_angles);
        // Its powers are those of the double.
        let mut exponential = self.polynomial(&Float::with_val(BITS, root.to_f64()))?;
        for _ in 0..self.double_angles {
            let v = exponential.output();
            exponential.push(Node::Mul(v, v))?;
        }
        let arcsine = self
            .inverts()
            .then(|| self.inverse(amplitude))
            .transpose()?;
        Ok(EvalModCircuit {
            exponential: exponential.map(Float::to_f64),
            arcsine: arcsine.map(|dag| dag.map(Float::to_f64)),
        })
    }

    /// factor·p.
    fn polynomial(&self, factor: &Float) -> Result<Dag<Float>, ApproxError> {
        let scaled = self
            .exponential
            .iter()
            .map(|c| Float::with_val(BITS, factor * c));
        Plan::lucas(&scaled.collect::<Vec<_>>(), PlanOptions::default())
    }

    /// The arcsine of what it is given, times the amplitude.
    fn inverse(&self, amplitude: f64) -> Result<Dag<Float>, ApproxError> {
        let scaled = self
            .arcsine
            .iter()
            .map(|c| Float::with_val(BITS, c * amplitude));
        Plan::odd(&scaled.collect::<Vec<_>>(), PlanOptions::default())
    }

    /// At amplitude 1, bounds of the sums of the constants' magnitudes, each times what the circuit multiplies it with: of
    /// p, where Lucas polynomials are at most 2, and of the arcsine over multiples of T_k(s).
    pub(super) fn constants(&self) -> Result<(f64, f64), ApproxError> {
        let of_inverse = if self.inverts() {
            constants(&self.inverse(1.0)?, 1.0)?
        } else {
            0.0
        };
        let one = Float::with_val(BITS, 1);
        Ok((constants(&self.polynomial(&one)?, 2.0)?, of_inverse))
    }
}
