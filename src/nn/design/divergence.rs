//! How far the classes that a network sees are from those of another.

/// The mean over images of Kullback and Leibler's divergence Σ p·log(p/q) of class probabilities, p = softmax of the first
/// logits and q of the others, in nats; infinite where a logit is no number.
///
/// It is 0 where both agree, and of second order in the differences: errors of different layers that have nothing to do
/// with each other add up in it.
///
/// ```
/// use equiripple::nn::design::divergence;
/// assert!(divergence(&[1.0, 0.0], &[1.0, 0.0], 2).abs() < 1e-12);
/// // Two classes at even odds, against 3 to 1: log 2 − (log 3)/2.
/// let found = divergence(&[0.0, 0.0], &[3f32.ln(), 0.0], 2);
/// assert!((found - (2f64.ln() - 3f64.sqrt().ln())).abs() < 1e-6);
/// ```
#[must_use]
pub fn divergence(plain: &[f32], other: &[f32], classes: usize) -> f64 {
    let classes = classes.max(1);
    let images = plain.chunks_exact(classes).zip(other.chunks_exact(classes));
    let (mut sum, mut count) = (0.0, 0.0);
    for (p, q) in images {
        let (p, q) = (log_softmax(p), log_softmax(q));
        let terms = p.iter().zip(&q).map(|(p, q)| p.exp() * (p - q));
        sum += terms.sum::<f64>();
        count += 1.0;
    }
    let mean = sum / f64::max(count, 1.0);
    if mean.is_nan() {
        f64::INFINITY
    } else {
        mean.max(0.0)
    }
}

fn log_softmax(logits: &[f32]) -> Vec<f64> {
    let logits = logits.iter().map(|x| f64::from(*x));
    let most = logits.clone().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logits.clone().map(|x| (x - most).exp()).sum();
    logits.map(|x| x - most - sum.ln()).collect()
}
