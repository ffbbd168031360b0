//! Operations on each element by itself.

use super::{
    Real,
    clamp::Clamp,
    operation::{Call, Operation},
    runs::Run,
};
use crate::nn::{Activation, Tensor};
use pulp::{Arch, Simd, WithSimd};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// A loop that is compiled for the processor.
struct Map<'a, T, F>(&'a mut [T], F);

impl<T: Real, F: Fn(T) -> T> WithSimd for Map<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for x in self.0 {
            *x = self.1(*x);
        }
    }
}

fn map<T: Real>(arch: Arch, values: &mut [T], f: impl Fn(T) -> T) {
    arch.dispatch(Map(values, f));
}

/// In place: the same elements.
pub(super) struct Identity;

impl<T: Real> Operation<T> for Identity {
    fn apply(&self, _: Call<'_, T>, _: &mut [T]) {}
}

/// In place: a function of each element, polynomials excepted.
pub(super) struct Function(pub(super) Activation);

impl<T: Real> Operation<T> for Function {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let arch = call.arch;
        let number = |x: f32| T::from_f64(x.into());
        let (zero, one, half) = (T::zero(), T::one(), T::from_f64(0.5));
        let sigmoid = |x: T| one / (one + (-x).exp());
        let unit = Clamp {
            low: zero,
            high: one,
        };
        match self.0 {
            Activation::Relu | Activation::Clip { .. } => {
                if let Some(clamp) = Clamp::of(&self.0) {
                    map(arch, out, |x| clamp.apply(x));
                }
            }
            Activation::LeakyRelu { slope } => {
                let slope = number(slope);
                map(arch, out, |x| if x > zero { x } else { slope * x });
            }
            Activation::Sigmoid => map(arch, out, sigmoid),
            Activation::Tanh => map(arch, out, T::tanh),
            Activation::HardSigmoid { slope, offset } => {
                let (slope, offset) = (number(slope), number(offset));
                map(arch, out, |x| unit.apply(slope * x + offset));
            }
            Activation::HardSwish => {
                let sixth = T::from_f64(1.0 / 6.0);
                map(arch, out, |x| x * unit.apply(x * sixth + half));
            }
            Activation::Gelu => {
                let root = T::from_f64(FRAC_1_SQRT_2);
                map(arch, out, |x| half * x * (-x * root).erfc());
            }
            Activation::GeluTanh => {
                let root = T::from_f64(FRAC_2_SQRT_PI * FRAC_1_SQRT_2);
                let cubic = T::from_f64(0.044_715);
                map(arch, out, |x| {
                    half * x * (one + (root * (x + cubic * x * x * x)).tanh())
                });
            }
            Activation::Silu => map(arch, out, |x| x * sigmoid(x)),
            Activation::Quadratic { a, b, c } => {
                let (a, b, c) = (number(a), number(b), number(c));
                map(arch, out, |x| (a * x + b) * x + c);
            }
            // `StandIn` makes these.
            Activation::Polynomial(_) => {}
        }
    }
}

/// In place: scale\[c\]·x + shift\[c\] on the elements of channel c.
pub(super) struct Affine<T> {
    factors: Vec<[T; 2]>,
    /// Elements of a channel.
    channel: usize,
}

impl<T: Real> Affine<T> {
    pub(super) fn new(scale: &Tensor, shift: &Tensor, channel: usize) -> Self {
        let pairs = scale.values().iter().zip(shift.values());
        let number = |&x: &f32| T::from_f64(x.into());
        Self {
            factors: pairs.map(|(a, b)| [number(a), number(b)]).collect(),
            channel,
        }
    }
}

impl<T: Real> Operation<T> for Affine<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let channels = out.chunks_exact_mut(self.channel.max(1));
        for (channel, &[scale, shift]) in channels.zip(self.factors.iter().cycle()) {
            let clamp = call.clamp;
            map(call.arch, channel, |x| clamp.apply(scale * x + shift));
        }
    }

    fn clamps(&self) -> bool {
        true
    }
}

/// In place: sum or product with another array, whose runs say which element meets which.
pub(super) struct Combine {
    pub(super) runs: Vec<Run>,
    pub(super) product: bool,
    /// Elements of the result.
    pub(super) elements: usize,
}

impl<T: Real> Operation<T> for Combine {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        for (n, mut out) in out.chunks_exact_mut(self.elements.max(1)).enumerate() {
            let other = call.arguments[0].image(n);
            for run in &self.runs {
                let Some((to, rest)) = out.split_at_mut_checked(run.length) else {
                    break;
                };
                let from = &other[run.start..];
                let clamp = call.clamp;
                match self.product {
                    true => zip(call.arch, to, from, run.step, |x, y| clamp.apply(x * y)),
                    false => zip(call.arch, to, from, run.step, |x, y| clamp.apply(x + y)),
                }
                out = rest;
            }
        }
    }

    fn clamps(&self) -> bool {
        true
    }
}

/// x ← f(x, y) with every `step`-th y.
fn zip<T: Real>(arch: Arch, xs: &mut [T], ys: &[T], step: usize, f: impl Fn(T, T) -> T) {
    match step {
        0 => {
            let y = ys[0];
            map(arch, xs, |x| f(x, y));
        }
        1 => arch.dispatch(Zip(xs, ys, f)),
        _ => {
            for (x, &y) in xs.iter_mut().zip(ys.iter().step_by(step)) {
                *x = f(*x, y);
            }
        }
    }
}

struct Zip<'a, T, F>(&'a mut [T], &'a [T], F);

impl<T: Real, F: Fn(T, T) -> T> WithSimd for Zip<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (x, &y) in self.0.iter_mut().zip(self.1) {
            *x = self.2(*x, y);
        }
    }
}

/// In place: along rows of the last axis, exp(x − largest)/Σ or x − largest − log Σ.
pub(super) struct Softmax {
    pub(super) row: usize,
    pub(super) log: bool,
}

impl<T: Real> Operation<T> for Softmax {
    fn apply(&self, _: Call<'_, T>, out: &mut [T]) {
        for row in out.chunks_exact_mut(self.row.max(1)) {
            let largest = row.iter().copied().fold(T::neg_infinity(), T::max);
            let sum = row.iter().fold(T::zero(), |s, &x| s + (x - largest).exp());
            for x in row {
                *x = match self.log {
                    true => *x - largest - sum.ln(),
                    false => (*x - largest).exp() / sum,
                };
            }
        }
    }
}
