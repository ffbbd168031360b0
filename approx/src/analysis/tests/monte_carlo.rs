//! The noise model against circuits that really are run with noise.

use rug::Float;

use super::{random::Random, series};
use crate::{
    ApproxError,
    analysis::{Composition, NoiseModel, Sensitivity, Shape, circuit, rounded_circuit},
    composite::{ReluDesign, design_relu},
    evaltree::{Arithmetic, Dag, PlanOptions},
    poly::{Chebyshev, Parity},
    remez::Budget,
};

/// Adds a Gaussian to every product.
struct Noisy {
    random: Random,
    std: f64,
}

impl Noisy {
    fn noise(&mut self) -> f64 {
        self.std * self.random.gaussian()
    }
}

impl Arithmetic<f64> for Noisy {
    type Value = f64;
    type Error = ApproxError;
    fn add(&mut self, a: &f64, b: &f64) -> Result<f64, ApproxError> {
        Ok(a + b)
    }
    fn sub(&mut self, a: &f64, b: &f64) -> Result<f64, ApproxError> {
        Ok(a - b)
    }
    fn mul(&mut self, a: &f64, b: &f64) -> Result<f64, ApproxError> {
        Ok(a * b + self.noise())
    }
    fn mul_scalar(&mut self, a: &f64, c: &f64) -> Result<f64, ApproxError> {
        Ok(a * c + self.noise())
    }
    fn add_scalar(&mut self, a: &f64, c: &f64) -> Result<f64, ApproxError> {
        Ok(a + c)
    }
}

/// Standard deviation of the output about `exact`.
fn measured(dag: &Dag<f64>, inputs: &[f64], model: &NoiseModel, exact: f64) -> f64 {
    const RUNS: u32 = 8000;
    let one = model.variances();
    let mut noisy = Noisy {
        random: Random(7),
        std: one.rescale.sqrt(),
    };
    let mut sum = 0.0;
    for _ in 0..RUNS {
        let mut fresh = || one.input.sqrt() * noisy.random.gaussian();
        let inputs: Vec<f64> = inputs.iter().map(|x| x + fresh()).collect();
        let error = dag.evaluate(&mut noisy, &inputs).expect("as many inputs") - exact;
        sum += error * error;
    }
    (sum / f64::from(RUNS)).sqrt()
}

fn agree(stages: &[Chebyshev], shape: Shape<'_>, inputs: &[&[f64]]) {
    let composition = Composition::new(stages, shape).expect("fits");
    let dag = circuit(&composition, PlanOptions::default()).expect("no constants");
    let model = NoiseModel::default();
    for inputs in inputs {
        let s = Sensitivity::at(&rounded_circuit(&dag, 200.0), inputs).expect("inputs");
        let predicted = model.propagate(&s);
        let predicted = (predicted.input + predicted.rescale).sqrt();
        let found = measured(&dag.map(Float::to_f64), inputs, &model, s.value);
        assert!(
            super::close(found, predicted, 0.04),
            "{shape:?} at {inputs:?}: {found:e} against {predicted:e}"
        );
    }
}

#[test]
fn noise_of_relu_is_as_predicted() {
    let design = ReluDesign::new(&[15, 15], true);
    let relu = design_relu(&design, Budget::unlimited()).expect("converges");
    let stages: Vec<Chebyshev> = relu.polys().cloned().collect();
    let offset = &relu.offset;
    let xs: [&[f64]; 7] = [
        &[-1.0],
        &[-0.3],
        &[-0.002],
        &[0.0],
        &[0.01],
        &[0.37],
        &[0.98],
    ];
    agree(&stages, Shape::Relu { offset }, &xs);
    agree(
        &stages,
        Shape::Max { offset },
        &[&[0.2, -0.3], &[0.5, 0.49]],
    );
    agree(&stages, Shape::Sign { epsilon: 0.01 }, &[&[0.0], &[0.5]]);
}

#[test]
fn noise_of_a_general_polynomial_is_as_predicted() {
    let lo = Float::with_val(53, -2);
    let hi = Float::with_val(53, 6);
    let c: Vec<Float> = (1..12)
        .map(|k| Float::with_val(53, 1.0 / f64::from(k * k)))
        .collect();
    let first = Chebyshev::new(Parity::Full, lo, hi, c).expect("an interval");
    let stages = [first, series(Parity::Even, &[0.1, 0.5, 0.2])];
    let target = |x: f64| x;
    agree(
        &stages,
        Shape::Plain { target: &target },
        &[&[-1.5], &[5.0]],
    );
}

#[test]
fn values_used_twice_are_not_taken_as_independent() {
    // T_2 = 2x² − 1 has slope 4x: independent factors would give 2√2·x.
    let stages = [super::chebyshev(2)];
    let target = |x: f64| x;
    let composition = Composition::new(&stages, Shape::Plain { target: &target }).expect("fits");
    let dag = circuit(&composition, PlanOptions::default()).expect("degree 2");
    let s = Sensitivity::at(&rounded_circuit(&dag, 40.0), &[0.5]).expect("one input");
    assert!(super::close(s.inputs, 4.0, 1e-15) && super::close(s.products, 4.0, 1e-15));
}

#[test]
fn encoding_of_scalars_is_as_a_circuit_with_rounded_scalars() {
    let c = [0.7, 0.21, -0.13, 0.05];
    let stages = [series(Parity::Odd, &c), series(Parity::Odd, &c)];
    let composition = Composition::new(&stages, Shape::Sign { epsilon: 0.1 }).expect("odd");
    let dag = circuit(&composition, PlanOptions::default()).expect("degree 7");
    let rounded = rounded_circuit(&dag, 25.0);
    for x in [0.1, 0.45, 1.0] {
        let s = Sensitivity::at(&rounded, &[x]).expect("one input");
        let moved = rounded.map(|c| c.value + c.error);
        let mut plain = crate::evaltree::Plain;
        let difference = moved.evaluate(&mut plain, &[x]).expect("one input") - s.value;
        assert!(s.rounding.abs() > 1e-10, "{}", s.rounding);
        assert!(
            super::close(difference, s.rounding, 1e-5),
            "{difference:e} {:e}",
            s.rounding
        );
    }
}
