//! The error of a result as a list of labelled terms, so that the one to work on can be read off.

use serde::Serialize;

/// What the value of a term means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Largest modulus over the domain. Suprema add up: signs may agree at the worst input.
    Supremum,
    /// Standard deviation at the worst input. Independent, so squares add up.
    StandardDeviation,
}

/// One source of error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Term {
    /// Short name, the same in all reports.
    pub name: &'static str,
    /// What `value` means.
    pub measure: Measure,
    /// The size.
    pub value: f64,
    /// log2 of the value; none for zero.
    pub log2: Option<f64>,
    /// How it is computed.
    pub formula: &'static str,
    /// With which figures, and what would make it smaller.
    pub explanation: String,
    /// Whether the value is a proven bound; else it is an estimate.
    pub rigorous: bool,
}

/// All terms, the binding one, and what they come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorReport {
    /// The terms.
    pub terms: Vec<Term>,
    /// Index of the term that contributes most to the total.
    pub binding: usize,
    /// Standard deviations that count.
    pub sigmas: f64,
    /// Sum of the suprema, plus `sigmas` times the root of the sum of the variances.
    pub total: f64,
    /// log2 of the total; none for zero.
    pub total_log2: Option<f64>,
}

impl Term {
    /// A term, its logarithm filled in.
    #[must_use]
    pub fn new(
        name: &'static str,
        measure: Measure,
        value: f64,
        formula: &'static str,
        explanation: String,
    ) -> Self {
        Self {
            name,
            measure,
            value,
            log2: log2(value),
            formula,
            explanation,
            rigorous: false,
        }
    }

    /// What it adds to the total at most.
    #[must_use]
    pub fn contribution(&self, sigmas: f64) -> f64 {
        match self.measure {
            Measure::Supremum => self.value,
            Measure::StandardDeviation => sigmas * self.value,
        }
    }
}

impl ErrorReport {
    /// Adds the terms up and finds the binding one: the first of the largest. With no terms, all is zero.
    #[must_use]
    pub fn new(terms: Vec<Term>, sigmas: f64) -> Self {
        let (mut suprema, mut variance) = (0.0, 0.0);
        let (mut binding, mut most) = (0, 0.0);
        for (k, term) in terms.iter().enumerate() {
            match term.measure {
                Measure::Supremum => suprema += term.value,
                Measure::StandardDeviation => variance += term.value * term.value,
            }
            let contribution = term.contribution(sigmas);
            if contribution > most {
                (binding, most) = (k, contribution);
            }
        }
        let total = suprema + sigmas * f64::sqrt(variance);
        Self {
            terms,
            binding,
            sigmas,
            total,
            total_log2: log2(total),
        }
    }

    /// The binding term; none in an empty report.
    #[must_use]
    pub fn binding_term(&self) -> Option<&Term> {
        self.terms.get(self.binding)
    }
}

/// JSON knows no −∞.
fn log2(value: f64) -> Option<f64> {
    (value > 0.0).then(|| value.log2())
}
