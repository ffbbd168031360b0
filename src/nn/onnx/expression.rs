//! Functions of one number that a model writes as several nodes, such as x·σ(x), and which activation they are.

use crate::nn::Activation;
use std::rc::Rc;

/// A function of the elements of one array.
#[derive(Debug)]
pub(super) struct Expression {
    /// Different for each.
    pub(super) id: usize,
    /// The node that it is the result of.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Operations, those in common counted each time.
    pub(super) size: usize,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// The element itself.
    X,
    Number(f64),
    Activation(Activation, Rc<Expression>),
    Unary(Unary, Rc<Expression>),
    Binary(Binary, Rc<Expression>, Rc<Expression>),
}

/// A function that is no activation by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Negative,
    Absolute,
    Reciprocal,
    Root,
    Exponential,
    Logarithm,
    Erf,
    Softplus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Larger,
    Smaller,
}

/// What an expression is in the network.
#[derive(Debug)]
pub(super) enum Meaning {
    /// The element itself.
    Identity,
    /// scale·x + shift.
    Affine(f64, f64),
    Activation(Activation),
}

impl Unary {
    pub(super) fn apply(self, x: f64) -> f64 {
        match self {
            Self::Negative => -x,
            Self::Absolute => x.abs(),
            Self::Reciprocal => x.recip(),
            Self::Root => x.sqrt(),
            Self::Exponential => x.exp(),
            Self::Logarithm => x.ln(),
            Self::Erf => libm::erf(x),
            Self::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
        }
    }
}

impl Binary {
    pub(super) fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Power => a.powf(b),
            Self::Larger => a.max(b),
            Self::Smaller => a.min(b),
        }
    }
}

impl Expression {
    /// The activation that it is, if it is one.
    pub(super) fn meaning(&self) -> Option<Meaning> {
        match &self.kind {
            Kind::X => return Some(Meaning::Identity),
            Kind::Activation(activation, of) if matches!(of.kind, Kind::X) => {
                return Some(Meaning::Activation(activation.clone()));
            }
            _ => {}
        }
        if let Some([c, b, a]) = self.polynomial() {
            return Some(match a == 0.0 {
                true if b == 1.0 && c == 0.0 => Meaning::Identity,
                true => Meaning::Affine(b, c),
                false => Meaning::Activation(Activation::Quadratic {
                    a: a as f32,
                    b: b as f32,
                    c: c as f32,
                }),
            });
        }
        self.recognised().map(Meaning::Activation)
    }

    /// The value at x.
    fn value(&self, x: f64) -> f64 {
        match &self.kind {
            Kind::X => x,
            Kind::Number(number) => *number,
            // Only polynomials can fail, and a model has none.
            Kind::Activation(f, a) => f.function().map_or(f64::NAN, |f| f(a.value(x))),
            Kind::Unary(f, a) => f.apply(a.value(x)),
            Kind::Binary(f, a, b) => f.apply(a.value(x), b.value(x)),
        }
    }

    /// Coefficients in rising degree of a polynomial of degree 2 at most.
    fn polynomial(&self) -> Option<[f64; 3]> {
        match &self.kind {
            Kind::X => Some([0.0, 1.0, 0.0]),
            Kind::Number(number) => Some([*number, 0.0, 0.0]),
            Kind::Unary(Unary::Negative, a) => Some(a.polynomial()?.map(|c| -c)),
            Kind::Binary(f, a, b) => {
                let (a, b) = (a.polynomial()?, b.polynomial()?);
                let number = |p: [f64; 3]| (p[1] == 0.0 && p[2] == 0.0).then_some(p[0]);
                match f {
                    Binary::Add => Some([a[0] + b[0], a[1] + b[1], a[2] + b[2]]),
                    Binary::Subtract => Some([a[0] - b[0], a[1] - b[1], a[2] - b[2]]),
                    Binary::Divide => number(b).map(|b| a.map(|c| c / b)),
                    Binary::Power if number(b)? == 2.0 => product(a, a),
                    Binary::Multiply => product(a, b),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The activation whose values it has. GELU and its form by tanh are 5·10⁻⁴ apart, so constants that were rounded to
    /// f16 do no harm; the nearest one counts.
    fn recognised(&self) -> Option<Activation> {
        const TOLERANCE: f64 = 1e-4;
        const STEP: f64 = 0.0625;
        let near = (-160..=160).map(|k| f64::from(k) * STEP + 1e-3);
        let points: Vec<f64> = near.chain([-1e4, -50.0, 50.0, 1e4]).collect();
        let values: Vec<f64> = points.iter().map(|&x| self.value(x)).collect();
        let distance = |f: &Activation| {
            let f = f.function().ok()?;
            let pairs = points.iter().zip(&values);
            let mut largest = 0f64;
            for (&x, y) in pairs {
                let apart = (f(x) - y).abs() / (1.0 + x.abs() / 10.0);
                // Not a number: no activation at all.
                if apart.is_nan() || apart > TOLERANCE {
                    return None;
                }
                largest = largest.max(apart);
            }
            Some(largest)
        };
        let candidates = self.candidates().into_iter();
        let known = candidates.filter_map(|f| Some((distance(&f)?, f)));
        known.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, f)| f)
    }

    /// Activations that may be this one, numbers in them read off its values.
    fn candidates(&self) -> Vec<Activation> {
        let at = |x: f64| self.value(x) as f32;
        let slope = (self.value(0.01) - self.value(-0.01)) / 0.02;
        vec![
            Activation::Relu,
            Activation::Silu,
            Activation::Gelu,
            Activation::GeluTanh,
            Activation::HardSwish,
            Activation::Sigmoid,
            Activation::Tanh,
            Activation::LeakyRelu { slope: -at(-1.0) },
            Activation::Clip {
                low: at(-1e6),
                high: at(1e6),
            },
            Activation::HardSigmoid {
                slope: slope as f32,
                offset: at(0.0),
            },
        ]
    }
}

/// The product of two polynomials, where its degree is 2 at most.
fn product(a: [f64; 3], b: [f64; 3]) -> Option<[f64; 3]> {
    let high = [a[1] * b[2], a[2] * b[1], a[2] * b[2]];
    let low = [
        a[0] * b[0],
        a[0] * b[1] + a[1] * b[0],
        a[0] * b[2] + a[1] * b[1] + a[2] * b[0],
    ];
    high.iter().all(|&c| c == 0.0).then_some(low)
}
