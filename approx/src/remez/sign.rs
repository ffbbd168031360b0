//! Odd minimax polynomials for sign on `[−b,−a] ∪ [a,b]`, without scanning the error curve.
//!
//! With `m = (d+1)/2` coefficients in the basis `x·T_k(w)`, `w = (2x²−a²−b²)/(b²−a²)`, the derivative `p'` is a
//! polynomial of degree `m−1` in `w`. The levelled error alternates on the `m+1` reference points, so `p'` has a root
//! between consecutive zeros of the error: `m−1` of them, all there are. The next reference is therefore exactly
//! `{a, the roots, b}`: no grid, no missed extremum, no choice.

use rug::{Assign, Float, float::Constant};

use super::{Budget, Outcome, linear};
use crate::{
    ApproxError, Result,
    error::shown,
    poly::{Chebyshev, Parity, clenshaw, compose_affine, growth_bits, series_derivative},
};

/// Stop when the largest error exceeds the levelled one by less than this fraction.
const LEVELLED: f64 = 1e-25;
const MAX_ITERATIONS: usize = 60;
const DEFAULT_PRECISION: u32 = 256;

/// The best odd polynomial of degree `degree` for sign on `[−hi,−lo] ∪ [lo,hi]`, as a series on `[−r, r]`,
/// `r = max(1, hi)`. `precision` fixes the working precision; without it 256 bits are used, and more where needed.
///
/// ```
/// use equiripple_approx::remez::{Budget, sign::minimax};
/// use rug::Float;
/// let p = minimax(15, &Float::with_val(64, 0.0625), &Float::with_val(64, 1), None, Budget::unlimited())?;
/// assert!((p.largest.to_f64().log2() + 1.999269).abs() < 1e-6);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// An even degree or one above 4095, ends that do not satisfy `0 < lo < hi`, too little precision, no convergence.
pub fn minimax(
    degree: usize,
    lo: &Float,
    hi: &Float,
    precision: Option<u32>,
    budget: Budget,
) -> Result<Outcome> {
    if degree.is_multiple_of(2) || degree > 4095 {
        let why = "sign is odd, so its polynomials are".to_string();
        return Err(ApproxError::Degree {
            degree,
            min: 1,
            max: 4095,
            why,
        });
    }
    if !(*lo > 0 && lo < hi && hi.is_finite()) {
        return Err(ApproxError::InvertedInterval {
            lo: shown(lo),
            hi: shown(hi),
        });
    }
    if let Some(bits) = precision {
        return Exchange::new(degree, lo, hi, bits)?.run(budget);
    }
    // The change of basis to T_k on [−r, r] cancels this many bits when the domain is narrow.
    let spread = (Float::with_val(64, hi - lo) / hi).to_f64().max(1e-300);
    let mut bits = DEFAULT_PRECISION.max(160 + growth_bits(degree.div_ceil(2), 2.0 / spread));
    loop {
        match Exchange::new(degree, lo, hi, bits)?.run(budget) {
            Err(
                ApproxError::NotConverged { .. }
                | ApproxError::Singular { .. }
                | ApproxError::Precision { .. },
            ) if bits < 16_384 => bits *= 2,
            outcome => return outcome,
        }
    }
}

/// One run of the exchange at a fixed precision.
struct Exchange {
    degree: usize,
    prec: u32,
    a: Float,
    b: Float,
    /// `a²+b²` and `b²−a²`.
    sum: Float,
    width: Float,
}

/// Coefficients of `q` in `T_k(w)`, and the levelled error.
struct Levelled {
    q: Vec<Float>,
    error: Float,
}

impl Exchange {
    fn new(degree: usize, lo: &Float, hi: &Float, prec: u32) -> Result<Self> {
        let needed = 64.max(lo.prec().max(hi.prec()).min(4096));
        if prec < 64 {
            let why = "the exchange needs room below the levelled error".into();
            return Err(ApproxError::Precision {
                precision: prec,
                needed,
                why,
            });
        }
        let (a, b) = (Float::with_val(prec, lo), Float::with_val(prec, hi));
        let (a2, b2) = (
            Float::with_val(prec, a.square_ref()),
            Float::with_val(prec, b.square_ref()),
        );
        let sum = Float::with_val(prec, &a2 + &b2);
        let width = b2 - a2;
        if width <= 0 {
            let why = "the ends of the interval round to the same number".into();
            return Err(ApproxError::Precision {
                precision: prec,
                needed: needed.max(2 * prec),
                why,
            });
        }
        Ok(Self {
            degree,
            prec,
            a,
            b,
            sum,
            width,
        })
    }

    fn w_of(&self, x: &Float) -> Float {
        let mut w = Float::with_val(self.prec, x.square_ref());
        w *= 2u32;
        w -= &self.sum;
        w /= &self.width;
        w
    }

    fn x_of(&self, w: &Float) -> Float {
        let mut z = Float::with_val(self.prec, w * &self.width);
        z += &self.sum;
        z /= 2u32;
        z.sqrt()
    }

    /// Chebyshev points in `x²`, where the extrema of high degrees come to lie (the equilibrium measure of two
    /// symmetric intervals is that of one interval in `x²`).
    fn start(&self, m: usize) -> Vec<Float> {
        let pi = Float::with_val(self.prec, Constant::Pi);
        let place = |j: usize| -(Float::with_val(self.prec, &pi * j as u32) / m as u32).cos();
        let mut points: Vec<Float> = (0..=m).map(|j| self.x_of(&place(j))).collect();
        points[0].assign(&self.a);
        points[m].assign(&self.b);
        points
    }

    /// Solves `p(x_i) + (−1)^i E = 1` on the reference.
    fn level(&self, reference: &[Float]) -> Result<Levelled> {
        let m = reference.len() - 1;
        let rows = reference
            .iter()
            .enumerate()
            .map(|(i, x)| {
                let twice_w = self.w_of(x) * 2u32;
                let mut row = Vec::with_capacity(m + 2);
                row.push(x.clone());
                if m > 1 {
                    row.push(Float::with_val(self.prec, &twice_w * x) / 2u32);
                }
                for k in 2..m {
                    let next = Float::with_val(self.prec, &twice_w * &row[k - 1]) - &row[k - 2];
                    row.push(next);
                }
                row.push(Float::with_val(self.prec, if i % 2 == 0 { 1 } else { -1 }));
                row.push(Float::with_val(self.prec, 1));
                row
            })
            .collect();
        let mut q = linear::solve(rows, self.prec)?;
        let error = q.pop().unwrap_or_else(|| Float::new(self.prec));
        Ok(Levelled { q, error })
    }

    /// `1 − x·q(w)`.
    fn error_at(&self, q: &[Float], x: &Float) -> Float {
        let value = clenshaw(q, &self.w_of(x), self.prec).0;
        1u32 - value * x
    }

    /// Series in `w` of `p' = q + 2(w + ζ) q_w` with `ζ = (a²+b²)/(b²−a²)`.
    fn slope(&self, q: &[Float]) -> Vec<Float> {
        let dq = series_derivative(q, self.prec);
        let twice_zeta = Float::with_val(self.prec, &self.sum * 2u32) / &self.width;
        let mut slope = q.to_vec();
        for (k, c) in dq.iter().enumerate().take(q.len() - 1) {
            slope[k] += Float::with_val(self.prec, c * &twice_zeta);
            // 2w·T_k = T_{k+1} + T_{|k−1|}.
            slope[k + 1] += c;
            slope[k.abs_diff(1)] += c;
        }
        slope
    }

    /// The `m−1` roots of the slope, one in each gap of `separators`; `None` if its sign does not alternate there.
    fn roots(&self, slope: &[Float], separators: &[Float]) -> Option<Vec<Float>> {
        let steep = series_derivative(slope, self.prec);
        let signs: Vec<Float> = separators
            .iter()
            .map(|w| clenshaw(slope, w, self.prec).0)
            .collect();
        if signs
            .windows(2)
            .any(|s| s[0].is_sign_negative() == s[1].is_sign_negative() || s[0].is_zero())
        {
            return None;
        }
        let brackets = separators.windows(2).zip(&signs);
        Some(
            brackets
                .map(|(gap, left)| self.root_in(slope, &steep, gap, left))
                .collect(),
        )
    }

    /// Newton's method inside a bracket, with bisection when a step leaves it. Since the error is flat at its
    /// extrema, a location good to half the precision gives the extremum to all of it.
    fn root_in(&self, slope: &[Float], steep: &[Float], gap: &[Float], left: &Float) -> Float {
        let (mut lo, mut hi) = (gap[0].clone(), gap[1].clone());
        let tolerance = Float::with_val(64, &hi - &lo) >> (self.prec / 3).min(100);
        let mut w = Float::with_val(self.prec, &lo + &hi) / 2u32;
        for _ in 0..200 {
            let value = clenshaw(slope, &w, self.prec).0;
            if value.is_sign_negative() == left.is_sign_negative() {
                lo.assign(&w);
            } else {
                hi.assign(&w);
            }
            let step = value / clenshaw(steep, &w, self.prec).0;
            let mut next = Float::with_val(self.prec, &w - &step);
            if !(next > lo && next < hi) {
                next = Float::with_val(self.prec, &lo + &hi) / 2u32;
            }
            let moved = Float::with_val(64, &next - &w).abs();
            w = next;
            if moved <= tolerance {
                break;
            }
        }
        w
    }

    /// Separators of the slope's roots: midpoints of the reference where they serve, else zeros of the error, which
    /// always do.
    fn next_reference(&self, levelled: &Levelled, reference: &[Float]) -> Result<Vec<Float>> {
        let m = reference.len() - 1;
        let slope = self.slope(&levelled.q);
        let places: Vec<Float> = reference.iter().map(|x| self.w_of(x)).collect();
        let middles: Vec<Float> = places
            .windows(2)
            .map(|p| Float::with_val(self.prec, &p[0] + &p[1]) / 2u32)
            .collect();
        let roots = self
            .roots(&slope, &middles)
            .or_else(|| self.roots(&slope, &self.zeros_of_error(levelled, reference)))
            .ok_or_else(|| self.failed(0, &levelled.error, &levelled.error))?;
        let mut next = Vec::with_capacity(m + 1);
        next.push(self.a.clone());
        next.extend(roots.iter().map(|w| self.x_of(w)));
        next.push(self.b.clone());
        Ok(next)
    }

    fn zeros_of_error(&self, levelled: &Levelled, reference: &[Float]) -> Vec<Float> {
        let zero_between = |pair: &[Float]| {
            let (mut lo, mut hi) = (pair[0].clone(), pair[1].clone());
            let left = self.error_at(&levelled.q, &lo).is_sign_negative();
            for _ in 0..40 {
                let mid = Float::with_val(self.prec, &lo + &hi) / 2u32;
                if self.error_at(&levelled.q, &mid).is_sign_negative() == left {
                    lo = mid
                } else {
                    hi = mid
                }
            }
            self.w_of(&lo)
        };
        reference.windows(2).map(zero_between).collect()
    }

    fn failed(&self, iterations: usize, levelled: &Float, largest: &Float) -> ApproxError {
        ApproxError::NotConverged {
            iterations,
            precision: self.prec,
            levelled: format!("{:.6e}", levelled.to_f64()),
            largest: format!("{:.6e}", largest.to_f64()),
        }
    }

    fn run(&self, budget: Budget) -> Result<Outcome> {
        let m = self.degree.div_ceil(2);
        let mut reference = self.start(m);
        for iterations in 1..=MAX_ITERATIONS {
            budget.check("the exchange for sign")?;
            let mut levelled = self.level(&reference)?;
            levelled.error.abs_mut();
            reference = self.next_reference(&levelled, &reference)?;
            let errors = reference
                .iter()
                .map(|x| self.error_at(&levelled.q, x).abs());
            let largest = errors.fold(Float::new(self.prec), |a, e| a.max(&e));
            if !largest.is_finite() {
                return Err(self.failed(iterations, &levelled.error, &largest));
            }
            let excess = Float::with_val(64, &largest - &levelled.error) / &largest;
            // The rounding noise of the values 1 − p must lie below the stopping criterion.
            let noise = Float::with_val(64, 1u32) >> (self.prec - 16);
            if noise > Float::with_val(64, &largest * LEVELLED) {
                let needed = 2 * self.prec;
                let why = format!(
                    "the error is {:.3e}, close to the rounding noise",
                    largest.to_f64()
                );
                return Err(ApproxError::Precision {
                    precision: self.prec,
                    needed,
                    why,
                });
            }
            if excess < LEVELLED {
                let poly = self.odd_series(&levelled.q)?;
                return Ok(Outcome {
                    poly,
                    levelled: levelled.error,
                    largest,
                    iterations,
                    precision: self.prec,
                    reference,
                });
            }
        }
        Err(self.failed(MAX_ITERATIONS, &Float::new(53), &Float::new(53)))
    }

    /// `x·Σ q_k T_k(w)` as `Σ c_k T_{2k+1}(x/r)`: with `t = 2(x/r)²−1`, `w` is affine in `t`, and
    /// `x·T_k(t) = r (T_{2k+1} + T_{|2k−1|})(x/r)/2`.
    fn odd_series(&self, q: &[Float]) -> Result<Chebyshev> {
        // Folded stages end at 1 but for rounding: they stay series on [−1, 1].
        let r = if self.b <= 1.0 + 1e-9 {
            Float::with_val(self.prec, 1)
        } else {
            self.b.clone()
        };
        let r2 = Float::with_val(self.prec, r.square_ref());
        let slope = Float::with_val(self.prec, &r2 / &self.width);
        let shift = Float::with_val(self.prec, &r2 - &self.sum) / &self.width;
        let in_t = compose_affine(q, &slope, &shift, self.prec);
        let half = Float::with_val(self.prec, &r / 2u32);
        let mut coeffs = vec![Float::new(self.prec); in_t.len()];
        for (k, c) in in_t.iter().enumerate() {
            let c = Float::with_val(self.prec, c * &half);
            coeffs[k] += &c;
            coeffs[k.saturating_sub(1)] += c;
        }
        Chebyshev::new(Parity::Odd, Float::with_val(self.prec, -&r), r, coeffs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_bits(degree: usize, k: i32) -> f64 {
        let p = minimax(
            degree,
            &crate::poly::pow2(-k),
            &Float::with_val(53, 1),
            None,
            Budget::unlimited(),
        )
        .expect("converges");
        p.largest.to_f64().log2()
    }

    /// Reference optima for a single stage on `[2^-k, 1]`.
    #[test]
    fn reference_optima() {
        for (k, d, bits) in [
            (4, 15, -1.999269),
            (6, 15, -0.546964),
            (8, 27, -0.251426),
            (10, 27, -0.0637996),
            (10, 59, -0.1385373),
            (14, 59, -0.0087498),
            (20, 59, -0.00013681),
        ] {
            assert!(
                (error_bits(d, k) - bits).abs() < 1e-6,
                "k={k} d={d}: {}",
                error_bits(d, k)
            );
        }
    }

    #[test]
    fn degree_one_is_exact() {
        // p = c·x on [½, 1]: c·½ = 1−E and c = 1+E, so c = 4/3, E = 1/3.
        let p = minimax(
            1,
            &Float::with_val(53, 0.5),
            &Float::with_val(53, 1),
            None,
            Budget::unlimited(),
        )
        .expect("converges");
        assert!((p.largest * 3u32 - 1u32).abs() < 1e-60);
    }

    #[test]
    fn even_degree_and_bad_ends_are_errors() {
        let (half, one) = (Float::with_val(53, 0.5), Float::with_val(53, 1));
        assert!(matches!(
            minimax(4, &half, &one, None, Budget::unlimited()),
            Err(ApproxError::Degree { .. })
        ));
        assert!(matches!(
            minimax(5, &one, &half, None, Budget::unlimited()),
            Err(ApproxError::InvertedInterval { .. })
        ));
        assert!(matches!(
            minimax(27, &half, &one, Some(32), Budget::unlimited()),
            Err(ApproxError::Precision { .. })
        ));
    }
}
