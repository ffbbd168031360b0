//! Messages that are bootstrapped, and how exactly they come back.

use std::fmt;

use clap::ValueEnum;
use num_complex::Complex64;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::{bootstrap::SlotKind, cli::bootstrapping};

/// How slots are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli::bench) enum Message {
    /// Parts uniform in [-1, 1]
    Uniform,
    /// All parts 1 or all parts -1, the ends of the range
    Ends,
    /// Positive parts of a Gaussian, cut at 1: what follows a ReLU
    Relu,
}

impl Message {
    /// Message number `number` of n slots.
    pub(super) fn slots(
        self,
        slots: usize,
        kind: SlotKind,
        seed: u64,
        number: u64,
    ) -> Vec<Complex64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        // 53 bits, in (0, 1].
        let mut uniform = || ((rng.next_u64() >> 11) + 1) as f64 * 0.5f64.powi(53);
        let part = || match self {
            Self::Uniform => 2.0 * uniform() - 1.0,
            Self::Ends if number.is_multiple_of(2) => 1.0,
            Self::Ends => -1.0,
            Self::Relu => {
                // Box and Muller; a third of the range is one deviation.
                let radius = (-2.0 * uniform().ln()).sqrt() / 3.0;
                (radius * (std::f64::consts::TAU * uniform()).cos()).clamp(0.0, 1.0)
            }
        };
        bootstrapping::drawn(slots, kind, part)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uniform => "uniform",
            Self::Ends => "ends",
            Self::Relu => "relu",
        })
    }
}

/// −log2 of the errors of parts.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Precision {
    pub(super) mean_bits: f64,
    pub(super) median_bits: f64,
    pub(super) min_bits: f64,
    /// −log2 of the root of the mean square.
    pub(super) deviation_bits: f64,
}

/// Errors of all messages so far.
#[derive(Default)]
pub(super) struct Errors {
    count: f64,
    sum_bits: f64,
    squares: f64,
    largest: f64,
    /// Errors by sixty-fourths of a bit.
    histogram: std::collections::BTreeMap<i64, u64>,
}

const SHARE: f64 = 64.0;
/// Errors below count as this.
const LEAST: f64 = 1e-18;

impl Errors {
    pub(super) fn add(&mut self, found: &[Complex64], exact: &[Complex64], kind: SlotKind) {
        for (x, y) in found.iter().zip(exact) {
            self.part((x.re - y.re).abs());
            // The result of real slots is real: an imaginary part counts as an error too.
            if kind == SlotKind::Complex {
                self.part((x.im - y.im).abs());
            }
        }
    }

    fn part(&mut self, error: f64) {
        let bits = -error.max(LEAST).log2();
        self.count += 1.0;
        self.sum_bits += bits;
        self.squares += error * error;
        self.largest = self.largest.max(error);
        *self
            .histogram
            .entry((bits * SHARE).floor() as i64)
            .or_default() += 1;
    }

    pub(super) fn precision(&self) -> Precision {
        let mut seen = 0;
        let half = (self.count / 2.0) as u64;
        let median = self.histogram.iter().find(|(_, count)| {
            seen += **count;
            seen > half
        });
        Precision {
            mean_bits: self.sum_bits / self.count,
            median_bits: median.map_or(0.0, |m| (*m.0 as f64 + 0.5) / SHARE),
            min_bits: -self.largest.max(LEAST).log2(),
            deviation_bits: -(self.squares / self.count).sqrt().max(LEAST).log2(),
        }
    }
}
