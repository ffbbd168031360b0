//! Circuits that run on every interpreter.

use super::{level, scattered};
use equiripple::{
    circuit::{
        Evaluator, LinearTransform, RealTransform,
        activation::{Activation, from_table},
        polynomial, reduction,
    },
    quantity::Scale,
};
use equiripple_approx::{
    approximate::{Goal, Request, approximate},
    evaltree::{Dag, Plan, PlanOptions},
    remez::Budget,
    search,
};
use num_complex::Complex64;
use rug::Float;

/// Points of the domain.
pub(super) const POINTS: usize = 32;

/// A circuit on any interpreter.
pub(super) trait Circuit: Sync {
    fn run<E: Evaluator>(
        &self,
        evaluator: &E,
        inputs: &[E::Ciphertext],
    ) -> Result<E::Ciphertext, E::Error>;
}

/// An activation, or any polynomial.
pub(super) struct Polynomial(Dag<f64>);

impl Polynomial {
    pub(super) fn new(function: &str, degrees: &[usize], activation: Activation) -> Self {
        let mut request = Request::new(function.parse().unwrap(), Goal::Degrees(degrees.to_vec()));
        request.epsilon = (function == "sign").then(|| Float::with_val(53, 0.0625));
        let made = approximate(&request, Budget::unlimited(), &search::silent).unwrap();
        Self(from_table(&made.table, activation).unwrap())
    }

    /// A Chebyshev series without zero coefficients.
    pub(super) fn series(degree: u32) -> Self {
        let coefficient = |k| (1.7 * f64::from(k) + 1.0).sin() / f64::from(k + 1);
        let coefficients: Vec<f64> = (0..=degree).map(coefficient).collect();
        Self(Plan::general(&coefficients, PlanOptions::default()).unwrap())
    }
}

impl Circuit for Polynomial {
    fn run<E: Evaluator>(
        &self,
        evaluator: &E,
        inputs: &[E::Ciphertext],
    ) -> Result<E::Ciphertext, E::Error> {
        polynomial::evaluate(evaluator, &self.0, inputs)
    }
}

/// A square, and a transform of it, rescaled.
pub(super) struct Transform(pub(super) LinearTransform);

impl Circuit for Transform {
    fn run<E: Evaluator>(
        &self,
        evaluator: &E,
        inputs: &[E::Ciphertext],
    ) -> Result<E::Ciphertext, E::Error> {
        let x = evaluator.mul(&inputs[0], &inputs[0])?;
        let x = evaluator.relinearize_rescale(&x)?;
        let shape = evaluator.shape(&x);
        let scale = evaluator.scheme().scale(shape.level).clone();
        let prepared = evaluator.prepare(&self.0, shape.level, &scale)?;
        evaluator.rescale(&evaluator.transform(&x, &prepared)?)
    }
}

/// A transform of the real part, rescaled.
pub(super) struct Real(pub(super) RealTransform);

impl Circuit for Real {
    fn run<E: Evaluator>(
        &self,
        evaluator: &E,
        inputs: &[E::Ciphertext],
    ) -> Result<E::Ciphertext, E::Error> {
        let x = evaluator.add(&inputs[0], &evaluator.conjugate(&inputs[0])?)?;
        let shape = evaluator.shape(&x);
        let scale = evaluator.scheme().scale(shape.level).clone();
        let prepared = self.0.prepare(evaluator, shape.level, &scale, false)?;
        prepared.evaluate(evaluator, &x)
    }
}

macro_rules! circuit {
    ($($name:ident = |$evaluator:ident, $x:ident, $y:ident| $body:expr;)*) => {$(
        pub(super) struct $name;
        impl Circuit for $name {
            fn run<E: Evaluator>(
                &self,
                $evaluator: &E,
                inputs: &[E::Ciphertext],
            ) -> Result<E::Ciphertext, E::Error> {
                let ($x, $y) = (&inputs[0], inputs.last().unwrap());
                $body
            }
        }
    )*};
}

/// As many slots as there are, repeating.
fn repeated(slots: usize) -> Vec<Complex64> {
    scattered(POINTS).into_iter().cycle().take(slots).collect()
}

fn power(log2: u32) -> Scale {
    Scale::power_of_two(log2).unwrap()
}

circuit! {
    Identity = |e, x, _y| e.drop_to(x, e.shape(x).level);
    Sum = |e, x, y| e.add(x, y);
    Difference = |e, x, y| e.neg(&e.sub(x, y)?);
    PlusConstant = |e, x, _y| e.add_scaled(&e.add_scalar(x, 0.3)?, x, 2.0, &power(0));
    PlusPlain = |e, x, _y| {
        let shape = e.shape(x);
        e.add_plain(x, &e.encode(&scattered(shape.slots), shape.level, &shape.scale)?)
    };
    TimesPlain = |e, x, _y| {
        let shape = e.shape(x);
        let plain = e.encode(&scattered(shape.slots), shape.level, &shape.scale)?;
        e.rescale(&e.mul_plain(x, &plain)?)
    };
    // Rounded to 2^-12.
    TimesRoundedPlain = |e, x, _y| {
        let shape = e.shape(x);
        e.mul_plain(x, &e.encode(&scattered(shape.slots), shape.level, &power(12))?)
    };
    TimesConstant = |e, x, _y| e.rescale(&e.mul_scalar(x, -0.7, &e.shape(x).scale)?);
    Product = |e, x, y| e.rescale(&e.relinearize(&e.mul(x, y)?)?);
    Square = |e, x, _y| e.relinearize_rescale(&e.mul(x, x)?);
    RescaledProduct = |e, x, y| e.rescale(&e.mul(x, y)?);
    TimesI = |e, x, _y| e.mul_i(x);
    // Of three components, and a factor that is no power of two.
    Reinterpreted = |e, x, y| {
        let product = e.mul_i(&e.mul(x, y)?)?;
        let scale = e.shape(&product).scale.times(&Scale::from_f64(1.5).unwrap()).unwrap();
        e.relinearize_rescale(&e.reinterpret(&product, &scale)?)
    };
    Rotation = |e, x, _y| e.rotate(x, 3);
    Hoisted = |e, x, _y| {
        let all = e.rotate_many(x, &[1, 3, 0, -3])?;
        all[1..].iter().try_fold(all[0].clone(), |sum, a| e.add(&sum, a))
    };
    InnerSum = |e, x, _y| reduction::inner_sum(e, x, 3, 64);
    RealPart = |e, x, _y| e.add(x, &e.conjugate(x)?);
    // Errors of x and of its rotation back and forth are the same but for key switching.
    Back = |e, x, _y| e.sub(x, &e.rotate(&e.rotate(x, 3)?, -3)?);
    Plain = |e, x, _y| {
        let shape = e.shape(x);
        let v = repeated(shape.slots);
        let product = e.mul_plain(x, &e.encode(&v, shape.level, &power(12))?)?;
        let product = e.drop_to(&product, level(7))?;
        let v = e.encode(&v, level(7), &e.shape(&product).scale)?;
        e.neg(&e.add_plain(&product, &v)?)
    };
    // Squares until the levels end.
    Powers = |e, x, _y| {
        let mut x = x.clone();
        while e.shape(&x).level > level(0) {
            x = e.relinearize_rescale(&e.mul(&x, &x)?)?;
        }
        Ok(x)
    };
}
