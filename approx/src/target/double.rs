//! Expressions in double precision, for plots and first guesses.

use std::f64::consts::{E, FRAC_1_SQRT_2, PI};

use super::{Expr, Function, Operator};

/// The value in doubles; NaN or an infinity where it is undefined. No step allocates unless a constant is exact.
pub fn eval_f64(expr: &Expr, x: f64) -> f64 {
    match expr {
        Expr::Number(value) => value.to_f64(),
        Expr::Pi => PI,
        Expr::E => E,
        Expr::X => x,
        Expr::Neg(a) => -eval_f64(a, x),
        Expr::Call(function, a) => call(*function, eval_f64(a, x)),
        Expr::Binary(operator, a, b) => {
            let (a, b) = (eval_f64(a, x), eval_f64(b, x));
            match operator {
                Operator::Add => a + b,
                Operator::Sub => a - b,
                Operator::Mul => a * b,
                Operator::Div => a / b,
                Operator::Pow => a.powf(b),
                Operator::Max => a.max(b),
                Operator::Min => a.min(b),
            }
        }
    }
}

fn call(function: Function, u: f64) -> f64 {
    match function {
        Function::Exp => u.exp(),
        Function::Log => u.ln(),
        Function::Sqrt => u.sqrt(),
        Function::Sin => u.sin(),
        Function::Cos => u.cos(),
        Function::Tan => u.tan(),
        Function::Sinh => u.sinh(),
        Function::Cosh => u.cosh(),
        Function::Tanh => u.tanh(),
        Function::Atan => u.atan(),
        Function::Erf => erf(u),
        Function::Erfc => erfc(u),
        Function::Abs => u.abs(),
        Function::Sign => f64::from(i8::from(u > 0.0) - i8::from(u < 0.0)),
        Function::Relu => u.max(0.0),
        Function::Sigmoid => sigmoid(u),
        Function::Silu => u * sigmoid(u),
        Function::Gelu => 0.5 * u * erfc(-u * FRAC_1_SQRT_2),
        Function::Softplus => u.max(0.0) + (-u.abs()).exp().ln_1p(),
        Function::Inverse => u.recip(),
        Function::InvSqrt => u.sqrt().recip(),
        Function::Mod1 => u - u.round(),
    }
}

fn sigmoid(u: f64) -> f64 {
    let decay = (-u.abs()).exp();
    let numerator = if u < 0.0 { decay } else { 1.0 };
    numerator / (1.0 + decay)
}

/// `exp(−x²)` without the loss from rounding `x²`: the head of `x` squares exactly.
fn gaussian(x: f64) -> f64 {
    let head = f64::from(x as f32);
    (-head * head).exp() * (-(x - head) * (x + head)).exp()
}

/// `erf x` by its series of positive terms `(2/√π) e^{−x²} Σ 2^n x^{2n+1}/(2n+1)!!`, or from [`erfc`] where that is small.
fn erf(x: f64) -> f64 {
    if x.abs() >= 1.5 || x.is_nan() {
        return (1.0 - erfc(x.abs())).copysign(x);
    }
    let (mut term, mut sum, mut n) = (x, x, 1.0);
    while term.abs() > sum.abs() * 1e-18 {
        n += 2.0;
        term *= 2.0 * x * x / n;
        sum += term;
    }
    2.0 / PI.sqrt() * gaussian(x) * sum
}

/// `erfc x` by Laplace's continued fraction from x = 1 on, else from [`erf`].
fn erfc(x: f64) -> f64 {
    if x < 1.0 {
        return if x < -1.5 {
            2.0 - erfc(-x)
        } else {
            1.0 - erf(x)
        };
    }
    if x > 28.0 {
        return 0.0;
    }
    // Its truncation error falls like exp(−2√(2n)·x): 2n·x² = 18² and a margin.
    let mut k = (10.0 + 180.0 / (x * x)).floor();
    let mut tail = x;
    while k >= 1.0 {
        tail = x + 0.5 * k / tail;
        k -= 1.0;
    }
    gaussian(x) / (PI.sqrt() * tail)
}
