//! Discrete Gaussian noise.

use rug::{Float, ops::Pow};
use zeroize::Zeroizing;

use super::{Confidential, SamplerError, Stream};

/// The standard deviation that security estimates of R-LWE assume, those of the security table too.
pub const SIGMA: f64 = 3.19;

/// Standard deviations that are served.
const RANGE: [f64; 2] = [0.5, 64.0];

/// Where the distribution is cut, in standard deviations: less than 2^-100 of it is beyond.
const CUT: f64 = 12.0;

/// Bits of a threshold; the 128th bit of a draw is the sign.
const THRESHOLD_BITS: u32 = 127;

/// Bits of the sums behind the thresholds: their errors are far below 2^-127.
const PRECISION: u32 = 256;

/// The distribution on the integers |x| ≤ B with P(x) proportional to exp(−x²/(2σ²)), B = ⌈12σ⌉: cumulative table and
/// inversion (Peikert 2010, §4.1). Every probability is within 2^-126 of the exact one.
#[derive(Clone, Debug)]
pub struct Gaussian {
    /// ⌊2^127·P(|x| ≤ k)⌋ for k = 0 .. B−1.
    thresholds: Vec<u128>,
}

impl Gaussian {
    /// The table for a parameter σ in [0.5, 64]; [`SIGMA`] is the usual one.
    pub fn new(sigma: f64) -> Result<Self, SamplerError> {
        let [low, high] = RANGE;
        if !(low..=high).contains(&sigma) {
            return Err(SamplerError::Deviation { sigma, low, high });
        }
        let bound = (CUT * sigma).ceil() as u32;
        let variance = Float::with_val(PRECISION, sigma).square();
        // Both signs together: the weight of |x| = k.
        let weight = |k: u32| {
            let square = Float::with_val(PRECISION, k).square();
            let halved: Float = -square / 2;
            Float::with_val(PRECISION, halved / &variance).exp() * if k == 0 { 1 } else { 2 }
        };
        let zero = Float::with_val(PRECISION, 0);
        let total = (0..=bound).fold(zero.clone(), |sum, k| sum + weight(k));
        let scale = Float::with_val(PRECISION, 2).pow(THRESHOLD_BITS) / total;
        let cumulative = (0..bound).scan(zero, |sum, k| {
            *sum += weight(k);
            Float::with_val(PRECISION, &*sum * &scale)
                .floor()
                .to_integer()
        });
        Ok(Self {
            thresholds: cumulative.map(|t| t.to_u128_wrapping()).collect(),
        })
    }

    /// B, the largest magnitude.
    pub fn bound(&self) -> usize {
        self.thresholds.len()
    }

    /// One number. The whole table is read whatever the draw is, and no branch is written that depends on it; what the
    /// compiler makes of the comparisons is not checked.
    pub fn sample<P: Confidential>(&self, stream: &mut Stream<P>) -> i64 {
        let draw = stream.wide();
        let (magnitude, sign) = (draw >> 1, (draw & 1) as i64);
        let reached = |sum, t: &u128| sum + i64::from(magnitude >= *t);
        let x = self.thresholds.iter().fold(0, reached);
        (x ^ -sign) + sign
    }

    /// `degree` independent numbers.
    pub fn samples<P: Confidential>(
        &self,
        stream: &mut Stream<P>,
        degree: usize,
    ) -> Zeroizing<Vec<i64>> {
        let mut samples = Zeroizing::new(vec![0; degree]);
        samples.fill_with(|| self.sample(stream));
        samples
    }
}
