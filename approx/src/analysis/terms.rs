//! The terms of the error report.

use super::{
    analyze::AnalyzeOptions,
    composition::Composition,
    noise_report::NoiseReport,
    report::{Measure, Term},
};

/// What the terms are drawn from.
pub(super) struct Subject<'a> {
    pub(super) composition: &'a Composition<'a>,
    pub(super) noise: &'a NoiseReport,
    pub(super) options: &'a AnalyzeOptions,
}

impl Subject<'_> {
    pub(super) fn terms(&self, approximation: f64, rigorous: bool) -> Vec<Term> {
        let (noise, scale) = (self.noise, self.options.noise.scale_log2);
        let input = noise.injected.input.sqrt();
        let reach = self.options.sigmas * input;
        let kind = if rigorous { "certified" } else { "sampled" };
        let mut terms = vec![
            Term::new(
                "approximation",
                Measure::Supremum,
                approximation,
                "sup |target - r|",
                format!("{kind}; higher degrees or more stages make it smaller"),
            ),
            Term::new(
                "coefficient rounding",
                Measure::Supremum,
                noise.rounding.0,
                "sup |sum over scalars c of d(out)/dc * (round(c*scale)/scale - c)|",
                format!(
                    "largest at x = {}, scale 2^{scale}; round the coefficients to that grid before certifying, and it is part of the approximation",
                    noise.rounding.1
                ),
            ),
            Term::new(
                "input noise",
                Measure::StandardDeviation,
                noise.largest.input.sqrt(),
                "sup |d(out)/d(inputs)| * std(input)",
                format!(
                    "std 2^{:.2} on the input, gain {:.4}",
                    input.log2(),
                    (noise.largest.input / noise.injected.input).sqrt()
                ),
            ),
            Term::new(
                "rescale noise",
                Measure::StandardDeviation,
                noise.largest.rescale.sqrt(),
                "sqrt(sup sum over products of (d(out)/d(product))^2) * std(rescale)",
                format!(
                    "std 2^{:.2} after each product; a larger scale makes it smaller",
                    noise.injected.rescale.sqrt().log2()
                ),
            ),
            Term::new(
                "relinearization noise",
                Measure::StandardDeviation,
                noise.largest.relinearization.sqrt(),
                "sqrt(sup sum over ciphertext products of (d(out)/d(product))^2) * std(key switch)",
                format!(
                    "std 2^{:.2} after each ciphertext product, at the squared scale",
                    noise.injected.relinearization.sqrt().log2()
                ),
            ),
            Term::new(
                "out of range",
                Measure::Supremum,
                self.beyond(
                    reach,
                    approximation + self.options.sigmas * noise.largest.input.sqrt(),
                ),
                "sup |target - r| over the domain widened by sigmas * std(input), minus that over the domain and sigmas * input noise",
                format!(
                    "input noise moves inputs up to {reach:.3e} beyond the ends; shrink inputs into the domain by as much"
                ),
            ),
        ];
        terms[0].rigorous = rigorous;
        terms
    }

    /// By how much the error within `reach` beyond the ends exceeds `inside`: the error in the domain, and what slopes
    /// there make of the same step, which the term of the input noise has already.
    fn beyond(&self, reach: f64, inside: f64) -> f64 {
        const STEPS: u32 = 64;
        let (lo, hi) = self.composition.domain_f64();
        (1..=STEPS)
            .map(|i| reach * f64::from(i) / f64::from(STEPS))
            .flat_map(|d| [lo - d, hi + d])
            .map(|x| self.composition.error(x).abs() - inside)
            // A target that ends with the domain (a root, a logarithm) has no error beyond it.
            .filter(|e| e.is_finite())
            .fold(0.0, f64::max)
    }
}
