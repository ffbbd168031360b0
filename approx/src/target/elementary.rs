//! Functions of power series, each by the recurrence that its differential equation gives.

use std::cmp::Ordering;

use super::series::{Series, convolve, divisor, self_convolution};
use super::{Function, Scalar};

impl<N: Scalar> Series<N> {
    /// `f(u)` for a named function; `None` where it is undefined.
    pub(super) fn apply(self, function: Function) -> Option<Self> {
        if self.is_constant() {
            let value = self.head().value(function)?;
            return Some(Self::constant(value, self.valid));
        }
        Some(match function {
            Function::Exp => self.exp()?,
            Function::Log => self.log()?,
            Function::Sqrt => self.pow_ratio(1, 2)?,
            Function::InvSqrt => self.pow_ratio(-1, 2)?,
            Function::Inverse => Self::constant(self.integer(1), self.valid).div(&self)?,
            Function::Sin => self.pair(Function::Sin, Function::Cos, -1)?.0,
            Function::Cos => self.pair(Function::Sin, Function::Cos, -1)?.1,
            Function::Sinh => self.pair(Function::Sinh, Function::Cosh, 1)?.0,
            Function::Cosh => self.pair(Function::Sinh, Function::Cosh, 1)?.1,
            Function::Tan => self.tan()?,
            Function::Tanh => self.tanh()?,
            Function::Atan => self.atan()?,
            Function::Erf => self.erf(Function::Erf, 1)?,
            Function::Erfc => self.erf(Function::Erfc, -1)?,
            Function::Sigmoid => self.sigmoid()?,
            Function::Softplus => {
                self.integral(self.head().value(function)?, &self.sigmoid()?.terms)
            }
            Function::Silu => self.mul(&self.sigmoid()?),
            Function::Gelu => self.gelu()?,
            Function::Abs | Function::Relu | Function::Sign | Function::Mod1 => {
                self.piecewise(function)?
            }
        })
    }

    /// `k·u_k`, so that products with it are products with `u'`.
    fn rates(&self) -> Vec<N> {
        let mut rates = self.terms.clone();
        for (rate, k) in rates.iter_mut().zip(0i64..) {
            rate.scale(k);
        }
        rates
    }

    /// The series `y` with `y' = w u'` and the given value at the centre; `w` may end one order early.
    fn integral(&self, value: N, w: &[N]) -> Self {
        let rates = self.rates();
        let mut terms = vec![value];
        for k in 1..self.valid {
            terms.push(self.step(&rates, w, k));
        }
        Self {
            terms,
            valid: self.valid,
        }
    }

    /// `(1/k) Σ_{j≥1} j u_j w_{k−j}`, the order-k coefficient of `∫ w u'`.
    fn step(&self, rates: &[N], w: &[N], k: usize) -> N {
        let mut sum = self.zero();
        convolve(&mut sum, rates, w, k, 1);
        sum.unscale(divisor(k));
        sum
    }

    fn exp(&self) -> Option<Self> {
        let rates = self.rates();
        let mut terms = vec![self.head().value(Function::Exp)?];
        for k in 1..self.valid {
            let term = self.step(&rates, &terms, k);
            terms.push(term);
        }
        Some(Self {
            terms,
            valid: self.valid,
        })
    }

    /// `k u_0 y_k = k u_k − Σ_{1≤j<k} j y_j u_{k−j}`
    pub(super) fn log(&self) -> Option<Self> {
        let value = self.head().value(Function::Log)?;
        let mut terms = vec![value];
        let mut rates = vec![self.zero()];
        for (k, factor) in (1..self.valid).zip(1i64..) {
            let mut sum = self.zero();
            convolve(&mut sum, &rates, &self.terms, k, 1);
            let rate = match self.terms.get(k) {
                Some(term) => {
                    let mut term = term.clone();
                    term.scale(factor);
                    term.sub(&sum)
                }
                None => sum.neg(),
            };
            let rate = rate.div(self.head())?;
            let mut term = rate.clone();
            term.unscale(divisor(k));
            terms.push(term);
            rates.push(rate);
        }
        Some(Self {
            terms,
            valid: self.valid,
        })
    }

    /// `s' = c u'` and `c' = ±s u'`.
    fn pair(&self, sine: Function, cosine: Function, sign: i64) -> Option<(Self, Self)> {
        let rates = self.rates();
        let mut s = vec![self.head().value(sine)?];
        let mut c = vec![self.head().value(cosine)?];
        for k in 1..self.valid {
            let next = self.step(&rates, &c, k);
            let mut partner = self.step(&rates, &s, k);
            partner.scale(sign);
            s.push(next);
            c.push(partner);
        }
        let series = |terms| Self {
            terms,
            valid: self.valid,
        };
        Some((series(s), series(c)))
    }

    /// `y' = (1+y²) u'`
    fn tan(&self) -> Option<Self> {
        let rates = self.rates();
        let mut terms = vec![self.head().value(Function::Tan)?];
        let mut w = vec![terms[0].sqr().add(&self.integer(1))];
        for k in 1..self.valid {
            let term = self.step(&rates, &w, k);
            terms.push(term);
            w.push(self_convolution(&terms, k, 0));
        }
        Some(Self {
            terms,
            valid: self.valid,
        })
    }

    fn atan(&self) -> Option<Self> {
        let one = Self::constant(self.integer(1), self.valid);
        let w = one.div(&self.sqr().add(one.clone()))?;
        Some(self.integral(self.head().value(Function::Atan)?, &w.terms))
    }

    /// `σ' = σ(u)σ(−u)u'`. With `p = σ(u)`, the product is `w_m = −(tanh(u_0/2) p_m + Σ_{0<i<m} p_i p_{m−i})` for
    /// `m ≥ 1`: no difference of near-equal numbers, however far out the centre lies.
    fn sigmoid(&self) -> Option<Self> {
        let rates = self.rates();
        let head = self.head();
        let value = head.value(Function::Sigmoid)?;
        let mut half = head.clone();
        half.unscale(divisor(2));
        let slope = half.value(Function::Tanh)?;
        let mut w = vec![value.mul(&head.neg().value(Function::Sigmoid)?)];
        let mut terms = vec![value];
        for k in 1..self.valid {
            let term = self.step(&rates, &w, k);
            terms.push(term);
            let mut sum = self_convolution(&terms, k, 1);
            sum.add_mul(&slope, &terms[k]);
            w.push(sum.neg());
        }
        Some(Self {
            terms,
            valid: self.valid,
        })
    }

    /// `tanh u = 2σ(2u) − 1`, so all but the value are twice those of the logistic function: in the tails this
    /// keeps the digits that `1 − tanh²` would cancel.
    fn tanh(mut self) -> Option<Self> {
        let value = self.head().value(Function::Tanh)?;
        for term in &mut self.terms {
            term.scale(2);
        }
        let mut result = self.sigmoid()?;
        for term in &mut result.terms {
            term.scale(2);
        }
        result.terms[0] = value;
        Some(result)
    }

    /// `±(2/√π) exp(−u²) u'`
    fn erf(&self, function: Function, sign: i64) -> Option<Self> {
        let mut factor = self.integer(2 * sign);
        factor = factor.div(&N::pi(self.head().precision()).value(Function::Sqrt)?)?;
        let mut w = self.sqr().neg().exp()?;
        for term in &mut w.terms {
            *term = term.mul(&factor);
        }
        Some(self.integral(self.head().value(function)?, &w.terms))
    }

    /// `(u/2) erfc(−u/√2)`
    fn gelu(&self) -> Option<Self> {
        let root2 = self.integer(2).value(Function::Sqrt)?;
        let scaled = self.clone().neg().div(&Self::constant(root2, self.valid))?;
        let mut result = self.mul(&scaled.erf(Function::Erfc, -1)?);
        for term in &mut result.terms {
            term.unscale(divisor(2));
        }
        Some(result)
    }

    /// The smooth branch if there is one about the whole centre, else the value alone.
    fn piecewise(self, function: Function) -> Option<Self> {
        let head = self.head();
        let branch = head.branch();
        Some(match function {
            Function::Abs if branch == Some(true) => self,
            Function::Abs if branch == Some(false) => self.neg(),
            Function::Relu if branch == Some(true) => self,
            Function::Relu if branch == Some(false) => Self::constant(self.zero(), self.valid),
            Function::Sign if matches!(head.sign(), Some(Ordering::Less | Ordering::Greater)) => {
                Self::constant(head.value(function)?, self.valid)
            }
            Function::Mod1 => match head.nearest_integer() {
                Some(n) => {
                    let valid = self.valid;
                    let value = head.value(function)?;
                    let mut result = self.sub(Self::constant(n, valid));
                    result.terms[0] = value;
                    result
                }
                None => Self::value_only(head.value(function)?),
            },
            _ => Self::value_only(head.value(function)?),
        })
    }
}
