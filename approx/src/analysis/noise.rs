//! Expected CKKS noise of a circuit, in slot values.
//!
//! Every noise is a polynomial with independent coefficients of some variance v, and a slot is its value at a root of
//! unity: of the N terms each has modulus 1, so the slot's real part, which is all that real messages feel to first
//! order, has variance N·v/2 (the complex modulus: N·v), divided by Δ². With a secret of Hamming weight h the
//! coefficient variances are
//!
//! * encoding: 1/12, rounding to integers;
//! * encryption: σ² with the secret key; σ²(1 + h + 2N/3) with a public key, whose mask is dense ternary too;
//! * rescaling: (1 + h)/12, since both components are rounded and the second meets the secret;
//! * hybrid key switching with d digits, none above the special modulus P: d·N·σ²/12, and (1 + h)/12 for the division
//!   by P. It happens before rescaling, at the scale Δ², so it counts 1/Δ² of the others.
//!
//! The same average-case variances are in Kim, Papadimitriou and Polyakov (ePrint 2020/1118) and in Costache, Curtis,
//! Hales, Murphy, Ogilvie and Player (ePrint 2022/162), there for complex slots.
//!
//! Assumed: every product is relinearised and rescaled on its own, at one scale Δ on all levels. Sums that are rescaled
//! once do better. (Rescaling before relinearising would round a third component against the *square* of the secret:
//! √(2h) times the noise, some 8 bits. This model does not cover it.) Averages run over secrets, so over slots: for one
//! secret s, rounding noise in a slot is proportional to |s| there, and [`NoiseModel::worst_slot`] says how far above.

use serde::{Deserialize, Serialize};

use super::{composition::out_of_range, sensitivity::Sensitivity};
use crate::Result;

/// What is on the input before anything is computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputNoise {
    /// Encoded and encrypted with a public key.
    PublicKey,
    /// Encoded and encrypted with the secret key.
    SecretKey,
    /// The log2 of a standard deviation in slots: of what a bootstrap or the layers before leave.
    Given(f64),
}

/// The parameters that noise depends on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoiseModel {
    /// log2 Δ.
    pub scale_log2: f64,
    /// log2 of the ring degree N.
    pub log_n: u32,
    /// Hamming weight h of the ternary secret; 2N/3, a dense one, when absent.
    pub secret_weight: Option<u32>,
    /// Standard deviation σ of the encryption error.
    pub sigma: f64,
    /// Digits of the key switch.
    pub digits: u32,
    /// What the input carries.
    pub input: InputNoise,
}

impl Default for NoiseModel {
    fn default() -> Self {
        Self {
            scale_log2: 40.0,
            log_n: 16,
            secret_weight: None,
            sigma: 3.19,
            digits: 5,
            input: InputNoise::PublicKey,
        }
    }
}

/// Variances of one operation each, or of their effects on a result; of the real part of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Variances {
    /// Noise of the input.
    pub input: f64,
    /// Rescaling after products, with ciphertexts and with scalars.
    pub rescale: f64,
    /// Relinearisation of products of two ciphertexts.
    pub relinearization: f64,
}

impl Variances {
    /// Their sum.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.input + self.rescale + self.relinearization
    }

    pub(super) fn max(self, other: Self) -> Self {
        Self {
            input: self.input.max(other.input),
            rescale: self.rescale.max(other.rescale),
            relinearization: self.relinearization.max(other.relinearization),
        }
    }
}

impl NoiseModel {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`](crate::ApproxError::OutOfRange) for a parameter that makes no sense.
    pub fn check(&self) -> Result<()> {
        let fail =
            |name, value: f64, bound: &str| Err(out_of_range(name, &value.to_string(), bound));
        if !(self.scale_log2 >= 1.0 && self.scale_log2 <= 200.0) {
            return fail("scale_log2", self.scale_log2, "from 1 to 200");
        }
        if !(3..=20).contains(&self.log_n) {
            return fail("log_n", self.log_n.into(), "from 3 to 20");
        }
        if let Some(h) = self.secret_weight
            && (h == 0 || f64::from(h) > self.degree())
        {
            return fail("secret_weight", h.into(), "from 1 to the ring degree");
        }
        if !(self.sigma >= 0.0 && self.sigma.is_finite()) {
            return fail("sigma", self.sigma, "at least 0 and finite");
        }
        match self.input {
            InputNoise::Given(log2) if !(-300.0..0.0).contains(&log2) => {
                fail("input noise", log2, "a log2 from -300 to below 0")
            }
            _ => Ok(()),
        }
    }

    fn degree(&self) -> f64 {
        f64::from(self.log_n).exp2()
    }

    /// h.
    fn weight(&self) -> f64 {
        self.secret_weight
            .map_or(self.degree() * 2.0 / 3.0, f64::from)
    }

    /// Variance of a slot's real part for coefficients of variance `v`, at scale Δ.
    fn slot(&self, v: f64) -> f64 {
        0.5 * self.degree() * v * (-2.0 * self.scale_log2).exp2()
    }

    /// The variances that one operation injects.
    #[must_use]
    pub fn variances(&self) -> Variances {
        let (n, h, error) = (self.degree(), self.weight(), self.sigma * self.sigma);
        let rounding = (1.0 + h) / 12.0;
        let key_switch = f64::from(self.digits) * n * error / 12.0 + rounding;
        Variances {
            input: match self.input {
                InputNoise::PublicKey => self.slot(1.0 / 12.0 + error * (1.0 + h + n * 2.0 / 3.0)),
                InputNoise::SecretKey => self.slot(1.0 / 12.0 + error),
                InputNoise::Given(log2) => (2.0 * log2).exp2(),
            },
            rescale: self.slot(rounding),
            relinearization: self.slot(key_switch) * (-2.0 * self.scale_log2).exp2(),
        }
    }

    /// Expected largest over average standard deviation of rounding noise among the N/2 slots of one secret.
    ///
    /// |s|² in a slot is h times an exponential variate, so the largest of N/2 is near ln(N/2) + γ.
    #[must_use]
    pub fn worst_slot(&self) -> f64 {
        const EULER: f64 = 0.577_215_664_901_532_9;
        ((0.5 * self.degree()).ln() + EULER).sqrt()
    }

    /// The effect on the output of what `s` tells is injected.
    #[must_use]
    pub fn propagate(&self, s: &Sensitivity) -> Variances {
        let one = self.variances();
        Variances {
            input: s.inputs * one.input,
            rescale: (s.products + s.scalar_products) * one.rescale,
            relinearization: s.products * one.relinearization,
        }
    }
}
