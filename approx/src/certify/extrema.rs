//! All critical points of a polynomial, enclosed, and with them its exact range over any interval.

use rug::{
    Float,
    float::Round,
    ops::{AddAssignRound, SubAssignRound},
};

use super::critical::{mirrored, root_boxes};
use crate::{
    ApproxError, Result,
    poly::{Chebyshev, Parity, double_angle, growth_bits, series_derivative},
};

/// Fewest bits that values are computed with.
const LEAST_BITS: u32 = 128;

/// A small interval that holds critical points, and the polynomial's value there: `value ± radius`.
#[derive(Debug, Clone)]
pub struct Critical {
    /// Lower end of the enclosure.
    pub lo: Float,
    /// Upper end of the enclosure.
    pub hi: Float,
    /// A point inside.
    pub at: Float,
    /// The value at [`Self::at`].
    pub value: Float,
    /// Bound of `|p(x) − value|` for every x in the enclosure, rounding included.
    pub radius: Float,
}

/// What is known of the range of a polynomial or a composition.
///
/// Some value is at most `inner.0`, and some value is at least `inner.1`. Both are as far out as can be proved; where
/// the range is narrower than what rounding can tell, `inner.0 > inner.1`.
#[derive(Debug, Clone)]
pub struct Range {
    /// Lower and upper bounds of all values.
    pub outer: (Float, Float),
    /// Upper bound of the least value, lower bound of the largest one.
    pub inner: (Float, Float),
}

/// A polynomial with the enclosures of its critical points on `[lo, hi]`.
#[derive(Debug, Clone)]
pub struct Extrema {
    poly: Chebyshev,
    prec: u32,
    rounding: Float,
    /// Bound of `|p'|` on the interval.
    steepest: Float,
    critical: Vec<Critical>,
}

impl Extrema {
    /// Isolates the critical points of `poly` on `[lo, hi]` (its mirror image included when `poly` has a parity).
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] when `[lo, hi]` reaches beyond 1.5 times the interval of the series, where its
    /// Chebyshev form would lose too much; [`ApproxError::InvertedInterval`], and [`ApproxError::NonFinite`] when the
    /// coefficients are too large for f64.
    pub fn new(poly: &Chebyshev, lo: &Float, hi: &Float, prec: u32) -> Result<Self> {
        if lo > hi {
            return Err(ApproxError::InvertedInterval {
                lo: lo.to_string(),
                hi: hi.to_string(),
            });
        }
        let (a, b) = poly.interval();
        let [from, to] =
            [lo, hi].map(|x| poly.map(x, LEAST_BITS).abs().to_f64_round(Round::Up) * (1.0 + 1e-15));
        let reach = from.max(to);
        if from.is_nan() || to.is_nan() || reach > 1.5 {
            return Err(ApproxError::OutOfRange {
                name: "input of a stage",
                value: format!("[{:.6}, {:.6}]", lo.to_f64(), hi.to_f64()),
                bound: format!(
                    "within the interval of its series, [{:.6}, {:.6}]",
                    a.to_f64(),
                    b.to_f64()
                ),
            });
        }
        let degree = poly.degree();
        // Beyond the interval both the partial sums and the weight of their errors grow.
        let prec = prec.max(LEAST_BITS) + 2 * growth_bits(degree, reach);
        // Short coefficients alone would leave the derivative's with fewer bits than its values are computed with.
        let derivative = poly
            .map_coeffs(|c| Float::with_val(c.prec().max(prec), c))
            .derivative();
        let rounding = poly.rounding_bound(prec, reach);
        let growth = if reach > 1.0 {
            (degree as f64 * reach.acosh()).cosh()
        } else {
            1.0
        };
        let steepest = Float::with_val(64, derivative.norm1() * growth * 1.001);
        if !steepest.is_finite() || !rounding.is_finite() {
            return Err(ApproxError::NonFinite {
                what: "the bound of a stage's slope".into(),
                at: format!("[{:.6}, {:.6}]", lo.to_f64(), hi.to_f64()),
            });
        }
        let mut extrema = Self {
            poly: poly.clone(),
            prec,
            rounding,
            steepest,
            critical: vec![],
        };
        extrema.isolate(&derivative, lo, hi, reach);
        Ok(extrema)
    }

    fn isolate(&mut self, derivative: &Chebyshev, lo: &Float, hi: &Float, reach: f64) {
        let prec = self.prec;
        // Reach in the angle variable t = 2s²−1 of odd and even series.
        let t_reach = if self.poly.parity() == Parity::Full {
            reach
        } else {
            (2.0 * reach * reach - 1.0).max(1.0)
        };
        // The ends in s and t are rounded: moved outward by more than that, no critical point is lost between them.
        let wide = prec + 64;
        let slack = Float::with_val(64, 1u32) >> (prec + 32);
        match self.poly.parity() {
            Parity::Full => {
                let s_lo = Float::with_val(wide, &self.poly.map(lo, prec) - &slack);
                let s_hi = Float::with_val(wide, &self.poly.map(hi, prec) + &slack);
                let series = derivative.coeffs();
                for b in root_boxes(series, &s_lo, &s_hi, prec, reach) {
                    let (x_lo, x_hi) = (
                        self.out_of_unit(&b.lo, Round::Down),
                        self.out_of_unit(&b.hi, Round::Up),
                    );
                    self.push(x_lo, x_hi, b.largest);
                }
            }
            parity => {
                let largest = if Float::with_val(64, lo + hi) < 0 {
                    lo
                } else {
                    hi
                };
                let zero = Float::new(prec);
                let smallest = if *lo > 0 {
                    lo
                } else if *hi < 0 {
                    hi
                } else {
                    &zero
                };
                let t = |x: &Float| double_angle(&self.poly.map(x, prec), wide);
                let t_lo = (t(smallest) - &slack).max(&Float::with_val(wide, -1));
                let t_hi = t(largest) + &slack;
                // Odd: p'(x) itself is a series in t. Even: p is, and its derivative by t has the same roots but 0.
                let (series, chain) = if parity == Parity::Odd {
                    (derivative.coeffs().to_vec(), 1.0)
                } else {
                    (
                        series_derivative(self.poly.coeffs(), prec + 64),
                        4.0 * reach,
                    )
                };
                for b in root_boxes(&series, &t_lo, &t_hi, prec, t_reach) {
                    let (s_lo, s_hi) = (
                        root_of(&b.lo, prec, Round::Down),
                        root_of(&b.hi, prec, Round::Up),
                    );
                    let (x_lo, x_hi) = (
                        self.out_of_unit(&s_lo, Round::Down),
                        self.out_of_unit(&s_hi, Round::Up),
                    );
                    self.push(x_lo, x_hi, b.largest * chain);
                }
                if parity == Parity::Even && *smallest == 0 {
                    self.push(Float::new(prec), Float::new(prec), 0.0);
                }
            }
        }
        self.critical.sort_by(|a, b| a.lo.total_cmp(&b.lo));
    }

    /// `x` for `s`, rounded outward.
    fn out_of_unit(&self, s: &Float, round: Round) -> Float {
        let (a, b) = self.poly.interval();
        if *a == -1 && *b == 1 {
            return s.clone();
        }
        let wide = self.prec + 64 + self.poly.cancelled_bits();
        let half = Float::with_val(wide, b - a) / 2u32;
        let mid = Float::with_val(wide, b + a) / 2u32;
        // Far above the rounding of half·s + mid, far below the resolution of s.
        let slack = Float::with_val(64, &half >> (self.prec + 32));
        let mut x = Float::with_val(wide, s * half) + mid;
        match round {
            Round::Down => x.sub_assign_round(&slack, Round::Down),
            _ => x.add_assign_round(&slack, Round::Up),
        };
        x
    }

    /// Adds an enclosure with `|p'| ≤ slope` (in units of s) inside.
    fn push(&mut self, lo: Float, hi: Float, slope: f64) {
        // Exact enough to lie inside.
        let bits = Float::with_val(64, &hi - &lo);
        let bits = match (hi.get_exp().max(lo.get_exp()), bits.get_exp()) {
            (Some(size), Some(width)) => (size - width).max(0) as u32 + 8,
            _ => 8,
        };
        let at = Float::with_val(self.prec.max(bits), &lo + &hi) / 2u32;
        let value = self.poly.eval(&at, self.prec);
        let (a, b) = self.poly.interval();
        let per_x = 2.0 / Float::with_val(53, b - a).to_f64_round(Round::Down) * 1.000_001;
        let slope = Float::with_val(64, slope * per_x.max(1.0)).min(&self.steepest);
        let mut radius = Float::with_val_round(64, &hi - &lo, Round::Up).0 * slope * 1.000_001;
        radius += &self.rounding;
        radius *= 1.000_001;
        self.critical.push(Critical {
            lo,
            hi,
            at,
            value,
            radius,
        });
    }

    /// The polynomial.
    pub fn poly(&self) -> &Chebyshev {
        &self.poly
    }

    /// Bits used for evaluation.
    pub fn prec(&self) -> u32 {
        self.prec
    }

    /// Bound of the rounding error of one evaluation.
    pub fn rounding(&self) -> &Float {
        &self.rounding
    }

    /// Bound of `|p'|`.
    pub fn steepest(&self) -> &Float {
        &self.steepest
    }

    /// The enclosures, in rising order; of a polynomial with a parity, those of the non-negative half.
    pub fn critical(&self) -> &[Critical] {
        &self.critical
    }

    /// The range over `[lo, hi]`, a part of the interval that the critical points were isolated on.
    pub fn range(&self, lo: &Float, hi: &Float) -> Range {
        let ends = [lo, hi].map(|x| self.poly.eval(x, self.prec));
        let mut range = Range {
            outer: (ends[0].clone().min(&ends[1]), ends[0].clone().max(&ends[1])),
            inner: (ends[0].clone().min(&ends[1]), ends[0].clone().max(&ends[1])),
        };
        for round in [&mut range.outer, &mut range.inner] {
            round.0.set_prec(self.prec + 8);
            round.1.set_prec(self.prec + 8);
        }
        widen(&mut range.outer, &self.rounding);
        narrow(&mut range.inner, &self.rounding);
        for (c, mirror) in self.images() {
            let (c_lo, c_hi) = if mirror {
                mirrored(&c.lo, &c.hi)
            } else {
                (c.lo.clone(), c.hi.clone())
            };
            if c_hi < *lo || c_lo > *hi {
                continue;
            }
            let flip = mirror && self.poly.parity() == Parity::Odd;
            let value = if flip {
                Float::with_val(self.prec, -&c.value)
            } else {
                c.value.clone()
            };
            let mut hull = (value.clone(), value);
            widen(&mut hull, &c.radius);
            range.outer = (range.outer.0.min(&hull.0), range.outer.1.max(&hull.1));
            if c_lo >= *lo && c_hi <= *hi {
                // Some value is below value + radius, and it is above value − radius.
                range.inner = (range.inner.0.min(&hull.1), range.inner.1.max(&hull.0));
            }
        }
        range
    }

    /// Every critical point, and its mirror image when the polynomial has a parity.
    fn images(&self) -> impl Iterator<Item = (&Critical, bool)> {
        let both = self.poly.parity() != Parity::Full;
        self.critical
            .iter()
            .flat_map(move |c| std::iter::once((c, false)).chain(both.then_some((c, true))))
    }
}

/// `√((t+1)/2)` rounded outward, after moving `t` by more than its own rounding error.
fn root_of(t: &Float, prec: u32, round: Round) -> Float {
    let mut u = Float::with_val(prec + 32, t + 1u32) / 2u32;
    let slack = Float::with_val(64, 1u32) >> (prec + 8);
    match round {
        Round::Down => u.sub_assign_round(&slack, Round::Down),
        _ => u.add_assign_round(&slack, Round::Up),
    };
    if u <= 0 {
        return Float::new(prec);
    }
    Float::with_val_round(prec, u.sqrt_ref(), round).0
}

/// Moves both ends out by `by`.
pub(crate) fn widen(ends: &mut (Float, Float), by: &Float) {
    ends.0.sub_assign_round(by, Round::Down);
    ends.1.add_assign_round(by, Round::Up);
}

/// Moves both ends in by `by`.
fn narrow(ends: &mut (Float, Float), by: &Float) {
    ends.0.add_assign_round(by, Round::Up);
    ends.1.sub_assign_round(by, Round::Down);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poly::pow2;

    fn series(parity: Parity, c: &[f64]) -> Chebyshev {
        Chebyshev::on_unit(parity, c.iter().map(|c| Float::with_val(53, *c)).collect())
    }

    #[test]
    fn chebyshev_polynomials_have_range_one() {
        for n in 1..40 {
            let mut c = vec![0.0; n + 1];
            c[n] = 1.0;
            let p = series(Parity::Full, &c);
            let (lo, hi) = (Float::with_val(53, -1), Float::with_val(53, 1));
            let extrema = Extrema::new(&p, &lo, &hi, 192).expect("inside");
            assert_eq!(extrema.critical().len(), n - 1, "T_{n}");
            let range = extrema.range(&lo, &hi);
            for (end, sign) in [(&range.outer.0, -1), (&range.outer.1, 1)] {
                assert!(
                    Float::with_val(64, end - sign).abs() < 1e-40,
                    "T_{n}: {end}"
                );
            }
            assert!(range.outer.0 <= -1 && range.outer.1 >= 1);
        }
    }

    #[test]
    fn double_root_of_the_slope_is_kept() {
        // x³: the slope has a double root at 0, in every parity that can hold it.
        let full = series(Parity::Full, &[0.0, 0.75, 0.0, 0.25]);
        let odd = series(Parity::Odd, &[0.75, 0.25]);
        for p in [full, odd] {
            let extrema = Extrema::new(&p, &Float::with_val(53, -1), &Float::with_val(53, 1), 128)
                .expect("inside");
            let range = extrema.range(&Float::with_val(53, -0.5), &Float::with_val(53, 0.25));
            assert!(
                (range.outer.0.to_f64() + 0.125).abs() < 1e-12
                    && (range.outer.1.to_f64() - 0.015625).abs() < 1e-12
            );
        }
    }

    #[test]
    fn even_polynomial_knows_its_critical_point_at_zero() {
        let p = series(Parity::Even, &[0.5, 0.5]); // x²
        let extrema = Extrema::new(&p, &Float::with_val(53, -1), &Float::with_val(53, 1), 128)
            .expect("inside");
        let range = extrema.range(&Float::with_val(53, -0.5), &pow2(-2));
        assert!(
            range.outer.0.to_f64().abs() < 1e-30 && (range.outer.1.to_f64() - 0.25).abs() < 1e-30
        );
    }
}
