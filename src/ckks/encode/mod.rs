//! Slots to polynomial and back: the canonical embedding.
//!
//! Slot j of a polynomial m is m(ζ^(5^j)) with ζ = exp(iπ/N). The powers 5^j and −5^j reach every odd exponent, so n = N/2
//! complex slots determine a real polynomial of degree below N. Fewer slots, n = 2^k < N/2, live in the polynomials of
//! X^(N/2n). Then X → X^(5^r) rotates the slots to the left by r, X → X^(−1) conjugates them, and products of polynomials
//! modulo X^N + 1 are products of slots (Cheon, Kim, Kim, Song 2017).

mod convert;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

use super::error::EncodeError;
use crate::{
    embedding::{self, Roots},
    quantity::{LogN, Scale},
};
use num_complex::Complex64;
use std::sync::Arc;

/// Encodes slots as integer polynomials and decodes them, for one ring degree; O(n log n).
#[derive(Debug, Clone)]
pub struct Encoder {
    log_n: LogN,
    roots: Arc<Roots>,
}

impl Encoder {
    /// Tables for the ring of degree 2^log_n.
    #[must_use]
    pub fn new(log_n: LogN) -> Self {
        Self {
            log_n,
            roots: Roots::shared(log_n.max_slots()),
        }
    }

    /// The ring degree that this encoder serves.
    #[must_use]
    pub const fn log_n(&self) -> LogN {
        self.log_n
    }

    /// The N coefficients of the polynomial whose slots are nearest Δ times those given.
    ///
    /// # Errors
    /// When the number of slots is no power of two up to N/2, a slot is not finite, or a coefficient exceeds 2^120.
    pub fn encode(&self, slots: &[Complex64], scale: &Scale) -> Result<Vec<i128>, EncodeError> {
        self.encode_within(slots, scale, self.log_n.degree())
    }

    /// Those of the coefficients that may differ from 0: of the powers of X^(N/2n), 2n of them.
    ///
    /// # Errors
    /// As for [`Encoder::encode`].
    pub(in crate::ckks) fn encode_in_subring(
        &self,
        slots: &[Complex64],
        scale: &Scale,
    ) -> Result<Vec<i128>, EncodeError> {
        self.encode_within(slots, scale, 2 * slots.len())
    }

    fn encode_within(
        &self,
        slots: &[Complex64],
        scale: &Scale,
        degree: usize,
    ) -> Result<Vec<i128>, EncodeError> {
        self.check_slots(slots.len())?;
        for (slot, value) in slots.iter().enumerate() {
            if !value.is_finite() {
                return Err(EncodeError::NonFinite {
                    slot,
                    value: value.to_string(),
                });
            }
        }
        let mut values = slots.to_vec();
        embedding::inverse(&mut values, &self.roots);
        convert::to_coefficients(&values, scale, degree)
    }

    /// As [`Encoder::encode`], for real slots: the coefficients then satisfy c\[N−i\] = −c\[i\] exactly, so that the
    /// slots have no imaginary part.
    ///
    /// # Errors
    /// As for [`Encoder::encode`].
    pub fn encode_real(&self, slots: &[f64], scale: &Scale) -> Result<Vec<i128>, EncodeError> {
        self.check_slots(slots.len())?;
        if let Some((slot, value)) = slots.iter().enumerate().find(|s| !s.1.is_finite()) {
            return Err(EncodeError::NonFinite {
                slot,
                value: value.to_string(),
            });
        }
        let mut values: Vec<_> = slots.iter().map(|x| Complex64::new(*x, 0.0)).collect();
        embedding::inverse(&mut values, &self.roots);
        convert::symmetrise(&mut values);
        convert::to_coefficients(&values, scale, self.log_n.degree())
    }

    /// The first `slots` slots of a polynomial, divided by the scale.
    ///
    /// With fewer than N/2 slots only the coefficients of powers of X^(N/2n) are read: what noise leaves elsewhere does
    /// not enter.
    ///
    /// # Errors
    /// When there are not N coefficients, or the number of slots is no power of two up to N/2.
    pub fn decode(
        &self,
        coefficients: &[i128],
        slots: usize,
        scale: &Scale,
    ) -> Result<Vec<Complex64>, EncodeError> {
        self.check_slots(slots)?;
        let degree = self.log_n.degree();
        if coefficients.len() != degree {
            return Err(EncodeError::CoefficientCount {
                found: coefficients.len(),
                degree,
            });
        }
        let mut values = convert::from_coefficients(coefficients, slots, scale);
        embedding::forward(&mut values, &self.roots);
        Ok(values)
    }

    /// The real parts of [`Encoder::decode`].
    ///
    /// # Errors
    /// As for [`Encoder::decode`].
    pub fn decode_real(
        &self,
        coefficients: &[i128],
        slots: usize,
        scale: &Scale,
    ) -> Result<Vec<f64>, EncodeError> {
        let values = self.decode(coefficients, slots, scale)?;
        Ok(values.into_iter().map(|value| value.re).collect())
    }

    const fn check_slots(&self, found: usize) -> Result<(), EncodeError> {
        let max = self.log_n.max_slots();
        if found.is_power_of_two() && found <= max {
            Ok(())
        } else {
            Err(EncodeError::SlotCount { found, max })
        }
    }
}
