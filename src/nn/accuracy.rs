//! A network against its labels, and another one against the first.

use super::inference::Real;
use serde::Serialize;
use std::cmp::Ordering;

/// A share of images, with what is known of it from a sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// Images that count.
    pub hits: u64,
    /// Images in all.
    pub images: u64,
}

/// Of a normal distribution: 95 % lie within so many deviations.
const DEVIATIONS: f64 = 1.959_963_985;

/// Of a normal distribution: 95 % lie below so many deviations.
const ONE_SIDED: f64 = 1.644_853_627;

impl Share {
    /// hits / images.
    #[must_use]
    pub fn value(self) -> f64 {
        self.hits as f64 / self.images.max(1) as f64
    }

    /// The interval of Wilson (1927) that holds the share of all possible images with a probability of 95 %.
    ///
    /// ```
    /// use equiripple::nn::accuracy::Share;
    /// let (low, high) = Share { hits: 90, images: 100 }.interval();
    /// assert!((low - 0.8256).abs() < 1e-4 && (high - 0.9448).abs() < 1e-4);
    /// ```
    #[must_use]
    pub fn interval(self) -> (f64, f64) {
        let (n, p) = (self.images.max(1) as f64, self.value());
        let square = DEVIATIONS * DEVIATIONS / n;
        let middle = p + square / 2.0;
        let half = (square * (p * (1.0 - p) + square / 4.0)).sqrt();
        let within = |x: f64| (x / (1.0 + square)).clamp(0.0, 1.0);
        (within(middle - half), within(middle + half))
    }
}

/// How often the label is the first, or among the first five, of the logits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Images with a label.
    pub labelled: u64,
    /// Of those: the largest logit is that of the label.
    pub top1: u64,
    /// Of those: fewer than five logits are larger than that of the label.
    pub top5: u64,
}

impl Score {
    /// One image more. A label beyond the logits is never right.
    pub fn add<T: Real>(&mut self, logits: &[T], label: Option<u32>) {
        let Some(label) = label else { return };
        self.labelled += 1;
        if let Some(own) = logits.get(label as usize) {
            // Equal logits count as larger where they come first, so exactly one image is first.
            let before = |(k, x): (usize, &T)| match x.partial_cmp(own) {
                Some(Ordering::Equal) => k < label as usize,
                order => order == Some(Ordering::Greater),
            };
            let rank = logits.iter().enumerate().filter(|l| before(*l)).count();
            self.top1 += u64::from(rank == 0 && !own.is_nan());
            self.top5 += u64::from(rank < 5 && !own.is_nan());
        }
    }

    /// Share of the labelled images whose label comes first.
    #[must_use]
    pub const fn first(&self) -> Share {
        Share {
            hits: self.top1,
            images: self.labelled,
        }
    }

    /// Share of the labelled images whose label is among the first five.
    #[must_use]
    pub const fn among_five(&self) -> Share {
        Share {
            hits: self.top5,
            images: self.labelled,
        }
    }
}

/// Logits of one network beside those of the network that it stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Images in all.
    pub images: u64,
    /// Of the network itself.
    pub plain: Score,
    /// Of what stands for it.
    pub other: Score,
    /// Images for which both have the same largest logit.
    pub agreeing: u64,
    /// The largest difference of two logits; not a number, if a logit is none.
    pub max_logit_error: f64,
    squares: f64,
    logits: u64,
    margins: f64,
    /// The least difference of the two largest logits of the plain network among images on which both agree, and the
    /// largest among those on which they do not.
    pub closest_agreeing: Option<f64>,
    /// See `closest_agreeing`.
    pub clearest_disagreeing: Option<f64>,
}

impl Comparison {
    /// One image more.
    pub fn add<T: Real>(&mut self, plain: &[T], other: &[T], label: Option<u32>) {
        self.images += 1;
        self.plain.add(plain, label);
        self.other.add(other, label);
        for (x, y) in plain.iter().zip(other) {
            let error = (x.widened() - y.widened()).abs();
            self.squares += error * error;
            self.logits += 1;
            if error.is_nan() || error > self.max_logit_error {
                self.max_logit_error = error;
            }
        }
        let margin = margin(plain);
        self.margins += margin;
        if largest(plain) == largest(other) {
            self.agreeing += 1;
            let closest = self.closest_agreeing.unwrap_or(f64::INFINITY);
            self.closest_agreeing = Some(closest.min(margin));
        } else {
            let clearest = self.clearest_disagreeing.unwrap_or(0.0);
            self.clearest_disagreeing = Some(clearest.max(margin));
        }
    }

    /// A batch of images more: logits of both, image after image, and labels.
    pub fn all<T: Real>(&mut self, plain: &[T], other: &[T], labels: &[Option<u32>]) {
        let count = labels.len().max(1);
        let rows = |logits: &[T]| (logits.len() / count).max(1);
        let pairs = plain
            .chunks_exact(rows(plain))
            .zip(other.chunks_exact(rows(other)));
        for ((plain, other), label) in pairs.zip(labels) {
            self.add(plain, other, *label);
        }
    }

    /// Share of the images for which both have the same largest logit.
    #[must_use]
    pub const fn agreement(&self) -> Share {
        Share {
            hits: self.agreeing,
            images: self.images,
        }
    }

    /// How much smaller the share of right first labels is than that of the plain network, and what it is below with a
    /// probability of 95 %: the counts of images that became right and wrong differ by the loss, and vary together by no more
    /// than the root of the count of images with another first label.
    ///
    /// ```
    /// use equiripple::nn::accuracy::Comparison;
    /// let mut comparison = Comparison::default();
    /// comparison.add(&[1.0, 0.0], &[0.0, 1.0], Some(0));
    /// for _ in 1..100 {
    ///     comparison.add(&[1.0, 0.0], &[2.0, 0.0], Some(0));
    /// }
    /// let (loss, most) = comparison.loss();
    /// assert!((loss - 0.01).abs() < 1e-12 && (most - 0.026449).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn loss(&self) -> (f64, f64) {
        let images = self.plain.labelled.max(1) as f64;
        let loss = (self.plain.top1 as f64 - self.other.top1 as f64) / images;
        let changed = (self.images - self.agreeing) as f64;
        (loss, loss + ONE_SIDED * changed.sqrt() / images)
    }

    /// Root of the mean square of the differences of logits.
    #[must_use]
    pub fn logit_deviation(&self) -> f64 {
        (self.squares / self.logits.max(1) as f64).sqrt()
    }

    /// Mean difference of the two largest logits of the plain network.
    #[must_use]
    pub fn mean_margin(&self) -> f64 {
        self.margins / self.images.max(1) as f64
    }
}

/// Index of the largest logit, the first of equal ones; none where one is not a number.
#[must_use]
pub fn largest<T: Real>(logits: &[T]) -> Option<usize> {
    let mut best = None;
    for (k, x) in logits.iter().enumerate() {
        if x.is_nan() {
            return None;
        }
        if best.is_none_or(|b: usize| *x > logits[b]) {
            best = Some(k);
        }
    }
    best
}

/// Difference of the two largest logits.
fn margin<T: Real>(logits: &[T]) -> f64 {
    let (mut first, mut second) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for x in logits.iter().map(|x| x.widened()) {
        if x > first {
            (first, second) = (x, first);
        } else if x > second {
            second = x;
        }
    }
    if second.is_finite() {
        first - second
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_count_ties_once() {
        let mut score = Score::default();
        for label in 0..3 {
            score.add(&[1.0, 1.0, 0.0], Some(label));
        }
        assert_eq!((score.labelled, score.top1, score.top5), (3, 1, 3));
        score.add(&[f64::NAN, 0.0], Some(0));
        score.add(&[0.0, 1.0], Some(7));
        score.add(&[0.0, 1.0], None);
        assert_eq!((score.labelled, score.top1), (5, 1));
    }

    #[test]
    fn networks_are_compared() {
        let mut comparison = Comparison::default();
        comparison.add(&[3.0, 1.0], &[2.5, 1.0], Some(0));
        comparison.add(&[0.0, 0.5], &[0.25, 0.0], Some(1));
        assert_eq!(comparison.agreeing, 1);
        assert_eq!((comparison.plain.top1, comparison.other.top1), (2, 1));
        assert!((comparison.max_logit_error - 0.5).abs() < 1e-12);
        assert_eq!(comparison.closest_agreeing, Some(2.0));
        assert_eq!(comparison.clearest_disagreeing, Some(0.5));
        comparison.add(&[1.0, 0.0], &[f64::NAN, 0.0], None);
        assert!(comparison.max_logit_error.is_nan() && comparison.agreeing == 1);
    }
}
