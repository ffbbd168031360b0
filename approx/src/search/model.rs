//! What error a ReLU by certain degrees will have, before it is made.
//!
//! With several stages: t is the least number such that a sign for [t/κ, 1] has an error of 2t, and log2 of ReLU's error
//! is close to an affine function of log2 t and of log2(d+1) for the last degree d. The constants were fitted to 44
//! designs of two to six stages with degrees from 3 to 63; there the model is off by 0.04 bits in the mean, and by less
//! than 0.09 at the worst. With one stage: Bernstein's constant, the error of |x| by degree n being near 0.2802/n.

use super::{curve::Curve, program::widened};

/// Model errors up to this, in bits, are allowed for: candidates this far from the target are tried.
pub(super) const DOUBT: f64 = 0.12;

/// κ, the ratio of ReLU's error to the ε of the stages.
const KAPPA: f64 = 0.1;

/// log2 of the error = `constant + slope·log2 t + last·log2(d+1)`, or, for one stage of degree n = d+1,
/// log2(`bernstein`/n) − `bend`/n².
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Model {
    constant: f64,
    slope: f64,
    last: f64,
    bernstein: f64,
    bend: f64,
}

impl Model {
    pub(super) fn new(offset: bool) -> Self {
        if offset {
            Self {
                constant: 0.0646,
                slope: 1.1142,
                last: -0.0965,
                bernstein: 0.14008,
                bend: 0.7,
            }
        } else {
            Self {
                constant: 0.964,
                slope: 1.1106,
                last: -0.1468,
                bernstein: 0.2254,
                bend: 0.5,
            }
        }
    }

    /// log2 of the error of a single stage.
    pub(super) fn of_single(self, degree: usize) -> f64 {
        let n = (degree + 1) as f64;
        (self.bernstein / n).log2() - self.bend / (n * n)
    }

    /// log2 t that leads to `log2_error` with this last degree.
    fn inverse(self, log2_error: f64, last_degree: usize) -> f64 {
        let log2_t =
            (log2_error - self.constant - self.last * log2_of_next(last_degree)) / self.slope;
        log2_t.min(-1.1)
    }

    /// ln s of the domain, in the middle of what last stages ask for.
    pub(super) fn start(self, log2_error: f64) -> f64 {
        start(self.inverse(log2_error, 15))
    }

    /// ln s that a promising composition comes to from [`Self::start`], whatever its last degree.
    pub(super) fn target(self, log2_error: f64, max_degree: usize) -> f64 {
        goal(self.inverse(log2_error + DOUBT, max_degree) + 0.1)
    }

    /// log2 of the error of a composition of two stages or more.
    pub(super) fn of_stages(self, stages: &[&Curve], last_degree: usize, margin: f64) -> f64 {
        let (mut low, mut high) = (-24.0, -1.1);
        for _ in 0..30 {
            let log2_t = 0.5 * (low + high);
            let mut at = start(log2_t);
            for (k, curve) in stages.iter().enumerate() {
                at = curve.at(at);
                if k + 1 < stages.len() {
                    at = widened(at, margin);
                }
            }
            if at <= goal(log2_t) {
                high = log2_t;
            } else {
                low = log2_t;
            }
        }
        self.constant + self.slope * high + self.last * log2_of_next(last_degree)
    }
}

fn log2_of_next(degree: usize) -> f64 {
    ((degree + 1) as f64).log2()
}

/// ln s of [t/κ, 1].
fn start(log2_t: f64) -> f64 {
    let epsilon = (log2_t.exp2() / KAPPA).min(0.9);
    (-epsilon.ln()).ln()
}

/// ln s of a sign with error 2t.
fn goal(log2_t: f64) -> f64 {
    (2.0 * (2.0 * log2_t.exp2()).atanh()).ln()
}
