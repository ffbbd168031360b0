//! Chebyshev series on a closed interval, with a rigorous bound of the rounding error of their evaluation.

use rug::{Assign, Float, ops::Pow};
use serde::{Deserialize, Serialize};

use crate::{ApproxError, Result, error::shown};

/// Which Chebyshev polynomials a series holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Parity {
    /// `T_0, T_1, T_2, …`
    Full,
    /// `T_1, T_3, T_5, …`
    Odd,
    /// `T_0, T_2, T_4, …`
    Even,
}

impl Parity {
    /// Degree of the Chebyshev polynomial that belongs to coefficient `k`.
    pub fn degree_of(self, k: usize) -> usize {
        match self {
            Parity::Full => k,
            Parity::Odd => 2 * k + 1,
            Parity::Even => 2 * k,
        }
    }

    /// Number of coefficients of a series of degree at most `degree`.
    pub fn len_for(self, degree: usize) -> usize {
        match self {
            Parity::Full => degree + 1,
            Parity::Odd => degree.div_ceil(2),
            Parity::Even => degree / 2 + 1,
        }
    }

    /// The name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Parity::Full => "full",
            Parity::Odd => "odd",
            Parity::Even => "even",
        }
    }
}

/// `p(x) = Σ c_k T_{δ(k)}(s)` with `s = (2x − a − b)/(b − a)` on `[a, b]`; odd and even series need `a = −b`.
///
/// ```
/// use equiripple_approx::poly::{Chebyshev, Parity};
/// use rug::Float;
/// // T_3 on [−1, 1]: 4x³ − 3x at ½ is −1.
/// let p = Chebyshev::on_unit(Parity::Odd, vec![Float::with_val(64, 0), Float::with_val(64, 1)]);
/// assert_eq!(p.eval(&Float::with_val(64, 0.5), 64), -1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Chebyshev {
    parity: Parity,
    lo: Float,
    hi: Float,
    coeffs: Vec<Float>,
}

impl Chebyshev {
    /// A series on `[lo, hi]`.
    ///
    /// # Errors
    /// An inverted interval, no coefficient, a coefficient that is not finite, or an odd or even series on an
    /// interval that is not symmetric.
    pub fn new(parity: Parity, lo: Float, hi: Float, coeffs: Vec<Float>) -> Result<Self> {
        if lo.is_nan() || hi.is_nan() || lo >= hi || !lo.is_finite() || !hi.is_finite() {
            return Err(ApproxError::InvertedInterval {
                lo: shown(&lo),
                hi: shown(&hi),
            });
        }
        if coeffs.is_empty() {
            return Err(ApproxError::Degree {
                degree: 0,
                min: 0,
                max: usize::MAX,
                why: "a series needs a coefficient".into(),
            });
        }
        if let Some(k) = coeffs.iter().position(|c| !c.is_finite()) {
            return Err(ApproxError::NonFinite {
                what: format!("coefficient {k}"),
                at: coeffs[k].to_string(),
            });
        }
        if parity != Parity::Full && Float::with_val(64, &lo + &hi) != 0 {
            let why = format!(
                "the interval [{}, {}] is not symmetric about 0",
                shown(&lo),
                shown(&hi)
            );
            return Err(ApproxError::Parity {
                parity: parity.name(),
                why,
            });
        }
        Ok(Self {
            parity,
            lo,
            hi,
            coeffs,
        })
    }

    /// A series on `[−1, 1]`; an empty list of coefficients is the zero polynomial.
    pub fn on_unit(parity: Parity, mut coeffs: Vec<Float>) -> Self {
        if coeffs.is_empty() {
            coeffs.push(Float::new(64));
        }
        Self {
            parity,
            lo: Float::with_val(64, -1),
            hi: Float::with_val(64, 1),
            coeffs,
        }
    }

    /// Parity of the series.
    pub fn parity(&self) -> Parity {
        self.parity
    }

    /// The coefficients, in rising degree.
    pub fn coeffs(&self) -> &[Float] {
        &self.coeffs
    }

    /// The interval that is mapped to `[−1, 1]`.
    pub fn interval(&self) -> (&Float, &Float) {
        (&self.lo, &self.hi)
    }

    /// Nominal degree: the largest degree that the series has a coefficient for, be it zero.
    pub fn degree(&self) -> usize {
        self.parity.degree_of(self.coeffs.len() - 1)
    }

    /// Widest coefficient, in bits.
    pub fn prec(&self) -> u32 {
        self.coeffs.iter().map(Float::prec).max().unwrap_or(53)
    }

    /// The same series with every coefficient replaced.
    pub fn map_coeffs(&self, f: impl FnMut(&Float) -> Float) -> Self {
        Self {
            coeffs: self.coeffs.iter().map(f).collect(),
            ..self.clone()
        }
    }

    /// All coefficients of `T_0 … T_d`, the zeros of the missing parity included.
    pub fn dense_coeffs(&self) -> Vec<Float> {
        let prec = self.prec();
        let mut dense = vec![Float::new(prec); self.degree() + 1];
        for (k, c) in self.coeffs.iter().enumerate() {
            dense[self.parity.degree_of(k)] = c.clone();
        }
        dense
    }

    /// Bits that `x − (a+b)/2` loses in an interval that is short for its distance from zero.
    pub(crate) fn cancelled_bits(&self) -> u32 {
        let far = self.lo.get_exp().max(self.hi.get_exp()).unwrap_or(0);
        let width = Float::with_val(53, &self.hi - &self.lo);
        (far - width.get_exp().unwrap_or(far)).max(0) as u32
    }

    /// `s = (2x − a − b)/(b − a)`, exact on `[−1, 1]`; elsewhere with an error far below `2^-prec`.
    pub(crate) fn map(&self, x: &Float, prec: u32) -> Float {
        if self.lo == -1 && self.hi == 1 {
            return Float::with_val(prec.max(x.prec()), x);
        }
        let wide = prec + 64 + self.cancelled_bits();
        let num = Float::with_val(wide, x * 2u32) - &self.lo - &self.hi;
        num / Float::with_val(wide, &self.hi - &self.lo)
    }

    /// `p(x)` by Clenshaw's recurrence in `prec` bits; [`Self::rounding_bound`] bounds the error.
    pub fn eval(&self, x: &Float, prec: u32) -> Float {
        let s = self.map(x, prec);
        if self.parity == Parity::Full {
            return clenshaw(&self.coeffs, &s, prec).0;
        }
        let t = double_angle(&s, prec);
        let (even, b0_minus_b1) = clenshaw(&self.coeffs, &t, prec);
        if self.parity == Parity::Even {
            even
        } else {
            b0_minus_b1 * s
        }
    }

    /// `p(x)` in f64, for searching and plotting.
    pub fn eval_f64(&self, x: f64) -> f64 {
        FastChebyshev::new(self).eval(x)
    }

    /// `Σ|c_k|`, rounded up: a bound of `|p|` on the interval.
    pub fn norm1(&self) -> f64 {
        let sum = self.coeffs.iter().fold(Float::new(96), |acc, c| {
            acc + Float::with_val(96, c.abs_ref())
        });
        sum.to_f64_round(rug::float::Round::Up) * (1.0 + 1e-12)
    }

    /// Bound of `|eval(x, prec) − p(x)|` for all `|s| ≤ reach`, as a [`Float`] rounded up.
    ///
    /// Clenshaw's recurrence with rounding errors `δ_k` evaluates the series with coefficients `c_k + δ_k` exactly,
    /// so the errors reach the result through `|T_k| ≤ 1` alone. The partial sums are `|b_k| ≤ n·Σ|c|`, each step
    /// rounds at most four times, and the argument `t = 2s²−1` carries an error of 4 ulp more: `32 n² Σ|c| 2^-prec`
    /// is above their sum. Outside `[−1, 1]` both bounds grow by `T_d(reach)`, hence the square.
    pub fn rounding_bound(&self, prec: u32, reach: f64) -> Float {
        let n = self.coeffs.len() as f64 + 1.0;
        let growth = if reach > 1.0 {
            (self.degree() as f64 * reach.acosh()).cosh()
        } else {
            1.0
        };
        let mut bound = Float::with_val(64, 32.0 * n * n * self.norm1() * growth * growth * 1.01);
        bound >>= prec;
        bound
    }

    /// `p'`, on the same interval. Coefficients carry 64 bits more than those of `p`.
    pub fn derivative(&self) -> Self {
        let prec = self.prec() + 64;
        let dense = self.dense_coeffs();
        let scale = Float::with_val(prec, 2u32) / Float::with_val(prec, &self.hi - &self.lo);
        let mut out = series_derivative(&dense, prec);
        for c in &mut out {
            *c *= &scale;
        }
        let parity = match self.parity {
            Parity::Full => Parity::Full,
            Parity::Odd => Parity::Even,
            Parity::Even => Parity::Odd,
        };
        let coeffs: Vec<Float> = match parity {
            Parity::Full => out,
            Parity::Even => out.into_iter().step_by(2).collect(),
            Parity::Odd => out.into_iter().skip(1).step_by(2).collect(),
        };
        let coeffs = if coeffs.is_empty() {
            vec![Float::new(prec)]
        } else {
            coeffs
        };
        Self {
            parity,
            coeffs,
            lo: self.lo.clone(),
            hi: self.hi.clone(),
        }
    }

    /// Coefficients of `1, x, x², …` at `prec` bits (the conversion itself runs in more).
    pub fn to_monomial(&self, prec: u32) -> Vec<Float> {
        let dense = self.dense_coeffs();
        let reach = (2.0 + Float::with_val(53, &self.lo + &self.hi).abs().to_f64())
            / Float::with_val(53, &self.hi - &self.lo).to_f64();
        let wide = prec + 64 + (dense.len() as f64 * (1.3 + reach.max(1.0).log2())) as u32;
        // s = αx + β, and T_{k+1}(s) = 2s·T_k(s) − T_{k−1}(s) on coefficient vectors.
        let width = Float::with_val(wide, &self.hi - &self.lo);
        let alpha = Float::with_val(wide, 2u32) / &width;
        let beta = -(Float::with_val(wide, &self.lo + &self.hi) / &width);
        let mut sum = vec![Float::new(wide); dense.len()];
        let mut previous: Vec<Float> = vec![];
        let mut current = vec![Float::with_val(wide, 1)];
        for (k, c) in dense.iter().enumerate() {
            for (s, t) in sum.iter_mut().zip(&current) {
                *s += Float::with_val(wide, t * c);
            }
            let factor = if k == 0 { 1u32 } else { 2 };
            let mut next = vec![Float::new(wide); current.len() + 1];
            for (i, t) in current.iter().enumerate() {
                next[i + 1] += Float::with_val(wide, t * &alpha) * factor;
                next[i] += Float::with_val(wide, t * &beta) * factor;
            }
            for (n, p) in next.iter_mut().zip(&previous) {
                *n -= p;
            }
            previous = std::mem::replace(&mut current, next);
        }
        sum.into_iter().map(|c| Float::with_val(prec, c)).collect()
    }

    /// The series on `[lo, hi]` of the polynomial with coefficients `monomial` of `1, x, x², …`.
    ///
    /// # Errors
    /// As [`Self::new`]; a coefficient of the wrong parity that is not zero is [`ApproxError::Parity`].
    pub fn from_monomial(
        parity: Parity,
        lo: Float,
        hi: Float,
        monomial: &[Float],
        prec: u32,
    ) -> Result<Self> {
        let spread = (1.0 + lo.to_f64().abs().max(hi.to_f64().abs())).log2();
        let wide = prec + 64 + (monomial.len() as f64 * (1.0 + spread)) as u32;
        let half = Float::with_val(wide, &hi - &lo) / 2u32;
        let mid = Float::with_val(wide, &hi + &lo) / 2u32;
        // Horner's rule on Chebyshev vectors: acc ← acc·(half·s + mid) + a_k.
        let mut acc: Vec<Float> = vec![];
        for a in monomial.iter().rev() {
            let mut next = vec![Float::new(wide); acc.len() + 1];
            for (k, c) in acc.iter().enumerate() {
                let h = Float::with_val(wide, c * &half);
                next[k] += Float::with_val(wide, c * &mid);
                if k == 0 {
                    next[1] += h;
                } else {
                    let h = h / 2u32;
                    next[k + 1] += &h;
                    next[k - 1] += &h;
                }
            }
            next[0] += a;
            acc = next;
        }
        if let Some(k) = (0..monomial.len()).find(|k| {
            parity != Parity::Full && (k % 2 == 0) == (parity == Parity::Odd) && monomial[*k] != 0
        }) {
            let why = format!("the coefficient of x^{k} is {}", monomial[k]);
            return Err(ApproxError::Parity {
                parity: parity.name(),
                why,
            });
        }
        let (skip, step) = match parity {
            Parity::Full => (0, 1),
            Parity::Odd => (1, 2),
            Parity::Even => (0, 2),
        };
        let coeffs = acc
            .into_iter()
            .skip(skip)
            .step_by(step)
            .map(|c| Float::with_val(prec, c))
            .collect();
        Self::new(parity, lo, hi, coeffs)
    }
}

/// `2s² − 1` with two roundings.
pub(crate) fn double_angle(s: &Float, prec: u32) -> Float {
    let mut t = Float::with_val(prec, s.square_ref());
    t *= 2u32;
    t -= 1u32;
    t
}

/// Clenshaw: `(Σ c_k T_k(t), b_0 − b_1)`; the second is the sum over `T_{2k+1}` divided by its argument when `t = 2s²−1`.
pub(crate) fn clenshaw(coeffs: &[Float], t: &Float, prec: u32) -> (Float, Float) {
    let twice = Float::with_val(prec, t * 2u32);
    let mut b1 = Float::new(prec);
    let mut b2 = Float::new(prec);
    let mut step = Float::new(prec);
    for c in coeffs.iter().rev() {
        step.assign(&twice * &b1);
        step += c;
        step -= &b2;
        std::mem::swap(&mut b2, &mut b1);
        std::mem::swap(&mut b1, &mut step);
    }
    // Now b1 = b_0 and b2 = b_1 of the recurrence.
    let value = Float::with_val(prec, &b1 - Float::with_val(prec, t * &b2));
    (value, b1 - b2)
}

/// Coefficients of the derivative of `Σ c_k T_k`: `c'_{k−1} = c'_{k+1} + 2k c_k`, the first halved.
pub(crate) fn series_derivative(coeffs: &[Float], prec: u32) -> Vec<Float> {
    let n = coeffs.len();
    if n < 2 {
        return vec![Float::new(prec)];
    }
    let mut out = vec![Float::new(prec); n - 1];
    for k in (1..n).rev() {
        let mut c = Float::with_val(prec, &coeffs[k] * (2 * k as u32));
        if k + 1 < n - 1 {
            c += &out[k + 1];
        }
        out[k - 1] = c;
    }
    out[0] /= 2u32;
    out
}

/// The Chebyshev series of `Σ c_k T_k(At + B)` in `t`, by the three-term recurrence on coefficient vectors.
pub(crate) fn compose_affine(coeffs: &[Float], a: &Float, b: &Float, prec: u32) -> Vec<Float> {
    let mut sum = vec![Float::new(prec); coeffs.len()];
    let mut previous: Vec<Float> = vec![];
    let mut current = vec![Float::with_val(prec, 1)];
    for (k, c) in coeffs.iter().enumerate() {
        for (s, t) in sum.iter_mut().zip(&current) {
            *s += Float::with_val(prec, t * c);
        }
        if k + 1 == coeffs.len() {
            break;
        }
        // (At + B)·T_j = A(T_{j+1} + T_{|j−1|})/2 + B T_j.
        let mut next = vec![Float::new(prec); current.len() + 1];
        for (j, t) in current.iter().enumerate() {
            let at = Float::with_val(prec, t * a);
            next[j] += Float::with_val(prec, t * b);
            if j == 0 {
                next[1] += at;
            } else {
                let half = at / 2u32;
                next[j + 1] += &half;
                next[j - 1] += half;
            }
        }
        if k > 0 {
            for n in &mut next {
                *n *= 2u32;
            }
            for (n, p) in next.iter_mut().zip(&previous) {
                *n -= p;
            }
        }
        previous = std::mem::replace(&mut current, next);
    }
    sum
}

/// `log2(T_d(reach))` rounded up to whole bits: how much larger a polynomial bounded by 1 may grow out to `reach`.
pub(crate) fn growth_bits(degree: usize, reach: f64) -> u32 {
    if reach <= 1.0 {
        0
    } else {
        (degree as f64 * reach.acosh() / std::f64::consts::LN_2).ceil() as u32
    }
}

/// `2^e` as a [`Float`].
pub fn pow2(e: i32) -> Float {
    Float::with_val(53, 2).pow(e)
}

/// A series with f64 coefficients, for searches and plots where speed counts and rigour does not.
#[derive(Debug, Clone)]
pub struct FastChebyshev {
    parity: Parity,
    scale: f64,
    shift: f64,
    coeffs: Vec<f64>,
}

impl FastChebyshev {
    /// Rounds the coefficients of `p` to f64.
    pub fn new(p: &Chebyshev) -> Self {
        let (lo, hi) = (p.lo.to_f64(), p.hi.to_f64());
        let coeffs = p.coeffs.iter().map(Float::to_f64).collect();
        Self {
            parity: p.parity,
            scale: 2.0 / (hi - lo),
            shift: -(lo + hi) / (hi - lo),
            coeffs,
        }
    }

    /// `p(x)`.
    pub fn eval(&self, x: f64) -> f64 {
        let s = self.scale * x + self.shift;
        let t = if self.parity == Parity::Full {
            s
        } else {
            2.0 * s * s - 1.0
        };
        let (mut b1, mut b2) = (0.0, 0.0);
        for c in self.coeffs.iter().rev() {
            (b1, b2) = (c + 2.0 * t * b1 - b2, b1);
        }
        if self.parity == Parity::Odd {
            s * (b1 - b2)
        } else {
            b1 - t * b2
        }
    }
}
