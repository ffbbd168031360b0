//! What a network says of one image.

use serde::Serialize;

use crate::nn::accuracy::largest;

/// Classes that are shown.
const SHOWN: usize = 5;

/// A label, and how sure the network is of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Verdict {
    /// The class of the largest logit; none where one is no number.
    label: Option<usize>,
    /// Its name, where classes have names.
    name: Option<String>,
    /// exp(xₖ)/Σ exp(xᵢ) of the logits.
    probabilities: Vec<f64>,
    logits: Vec<f64>,
}

impl Verdict {
    pub(super) fn new(logits: Vec<f64>, classes: &[String]) -> Self {
        let label = largest(&logits);
        Self {
            name: label.and_then(|label| classes.get(label)).cloned(),
            label,
            probabilities: probabilities(&logits),
            logits,
        }
    }

    /// The most probable classes, a line for each.
    pub(super) fn told(&self, classes: &[String]) -> String {
        let mut order: Vec<usize> = (0..self.logits.len()).collect();
        order.sort_by(|a, b| self.logits[*b].total_cmp(&self.logits[*a]));
        let name = |class: usize| {
            let name = classes.get(class);
            name.map_or(String::new(), |name| format!(" {name}"))
        };
        let mut told = match self.label {
            Some(label) => format!("label {label}{}", name(label)),
            None => "no label: a logit is no number, so that the keys are other ones or a range was left".into(),
        };
        for class in order.into_iter().take(SHOWN) {
            told += &format!(
                "\n  {:>6.2} %  {class}{}, logit {:.4}",
                100.0 * self.probabilities[class],
                name(class),
                self.logits[class]
            );
        }
        told
    }
}

/// Softmax; the largest logit is taken off first, so that nothing overflows.
fn probabilities(logits: &[f64]) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|x| (x - most).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|p| p / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_class_comes_first() {
        let classes = ["cat", "dog", "owl"].map(String::from);
        let verdict = Verdict::new(vec![1000.0, 1000.0 + 2f64.ln(), 0.0], &classes);
        let told = verdict.told(&classes);
        assert!(
            told.starts_with("label 1 dog\n   66.67 %  1 dog, logit 1000.6931\n"),
            "{told}"
        );
        assert!((verdict.probabilities[0] - 1.0 / 3.0).abs() < 1e-12);
        let nameless = Verdict::new(vec![f64::NAN, 1.0], &[]);
        assert!(nameless.told(&[]).starts_with("no label"));
    }
}
