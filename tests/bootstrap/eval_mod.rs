//! Circuits of the modular reduction against the function itself, and certified errors against sampled ones.

use equiripple::{
    bootstrap::{BootstrapError, EvalMod, EvalModLiteral},
    circuit::{Evaluator, Scheme, SchemeLiteral},
    quantity::{Level, LogN, Scale},
    sim::Simulator,
};
use equiripple_approx::{
    ApproxError,
    evaltree::{Arithmetic, Cost, Dag, Plain},
};
use num_complex::Complex64;
use rug::{Complex, Float};

fn literal(log_ratio: f64, integers: u32, degree: u32) -> EvalModLiteral {
    EvalModLiteral {
        log_message_ratio: log_ratio,
        integers,
        degree,
        double_angles: 3,
        arcsine: 0,
    }
}

fn with_arcsine(arcsine: u32, literal: EvalModLiteral) -> EvalModLiteral {
    EvalModLiteral { arcsine, ..literal }
}

fn with_double_angles(double_angles: u32, literal: EvalModLiteral) -> EvalModLiteral {
    EvalModLiteral {
        double_angles,
        ..literal
    }
}

/// Bits in which circuits are run, so that what is sampled is their own error.
const BITS: u32 = 160;

/// Every integer with messages on a grid that holds −bound, 0 and bound: 2x and z.
fn inputs(eval_mod: &EvalMod, steps: i32, bound: f64) -> Vec<(Float, Float)> {
    let literal = eval_mod.literal();
    let ratio = literal.log_message_ratio.exp2();
    let integers = literal.integers as i32;
    let mut inputs = vec![];
    for integer in -integers..=integers {
        for step in -steps..=steps {
            let z = Float::with_val(BITS, step) * bound / steps;
            let t = Float::with_val(BITS, &z / ratio) + integer;
            inputs.push((t / eval_mod.half_width() * 2, z));
        }
    }
    inputs
}

/// Circuits with real constants on complex numbers.
struct Slots;

impl Arithmetic<Float> for Slots {
    type Value = Complex;
    type Error = ApproxError;

    fn add(&mut self, a: &Complex, b: &Complex) -> Result<Complex, ApproxError> {
        Ok(Complex::with_val(BITS, a + b))
    }

    fn sub(&mut self, a: &Complex, b: &Complex) -> Result<Complex, ApproxError> {
        Ok(Complex::with_val(BITS, a - b))
    }

    fn mul(&mut self, a: &Complex, b: &Complex) -> Result<Complex, ApproxError> {
        Ok(Complex::with_val(BITS, a * b))
    }

    fn mul_scalar(&mut self, a: &Complex, c: &Float) -> Result<Complex, ApproxError> {
        Ok(Complex::with_val(BITS, a * c))
    }

    fn add_scalar(&mut self, a: &Complex, c: &Float) -> Result<Complex, ApproxError> {
        Ok(Complex::with_val(BITS, a + c))
    }
}

/// The circuit with that amplitude.
struct Exact {
    exponential: Dag<Float>,
    arcsine: Option<Dag<Float>>,
}

impl Exact {
    fn new(eval_mod: &EvalMod, amplitude: f64) -> Self {
        let circuit = eval_mod.circuit(amplitude).unwrap();
        let exact = |dag: &Dag<f64>| dag.map(|c| Float::with_val(BITS, c));
        Self {
            exponential: exact(circuit.exponential()),
            arcsine: circuit.arcsine().map(exact),
        }
    }

    /// exp(2πi·t/q0), as far as it is exact.
    fn exponential(&self, x: &Float) -> Complex {
        let turned = Complex::with_val(BITS, (0, x));
        let result = self.exponential.evaluate(&mut Slots, &[turned]);
        result.unwrap() * 2
    }

    fn run(&self, x: &Float) -> Float {
        let (_, sine) = self.exponential(x).into_real_imag();
        match &self.arcsine {
            Some(arcsine) => arcsine.evaluate(&mut Plain, &[sine]).unwrap(),
            None => sine,
        }
    }
}

/// The largest |z − gain·y|, y from the circuit with that amplitude.
fn sampled(eval_mod: &EvalMod, amplitude: f64, steps: i32, bound: f64) -> f64 {
    let circuit = Exact::new(eval_mod, amplitude);
    let error = |(x, z): (Float, Float)| {
        let y = circuit.run(&x) / amplitude;
        (z - y * eval_mod.gain()).to_f64().abs()
    };
    inputs(eval_mod, steps, bound)
        .into_iter()
        .map(error)
        .fold(0.0, f64::max)
}

#[test]
fn certified_errors_are_above_sampled_ones_and_close() {
    let mut literals = vec![];
    for log_ratio in [8.0, 10.0, 12.0] {
        for (integers, degree) in [(15, 30), (15, 31), (16, 31)] {
            literals.push(literal(log_ratio, integers, degree));
            literals.push(with_arcsine(3, literal(log_ratio, integers, degree)));
        }
    }
    literals.extend([
        literal(4.0, 4, 15),
        literal(9.37, 12, 30),
        literal(20.0, 8, 31),
        with_arcsine(7, literal(8.0, 15, 31)),
        with_double_angles(2, literal(10.0, 15, 47)),
        with_double_angles(1, literal(10.0, 8, 40)),
        with_double_angles(0, literal(10.0, 3, 30)),
        with_double_angles(4, literal(10.0, 25, 50)),
        with_double_angles(4, literal(10.0, 20, 70)),
    ]);
    for literal in literals {
        let eval_mod = EvalMod::new(&literal).unwrap();
        for (bound, certified) in [
            (1.0, eval_mod.error()),
            (eval_mod.message_bound(), eval_mod.headroom_error()),
        ] {
            let found = sampled(&eval_mod, 1.0, 40, bound);
            assert!(
                found <= certified.total(),
                "{literal:?}: {found} {certified:?}"
            );
            // The parts need not be largest at one place, and roundings may be smaller.
            let close = certified.total() - certified.rounding;
            assert!(
                close <= 1.4 * found + certified.rounding,
                "{literal:?}: {found} {certified:?}"
            );
        }
    }
}

#[test]
fn errors_are_as_small_as_designs_promise() {
    // For messages with headroom. At equal depth the cosine and double angles leave 2^-28.19 with the first, 2^-25.39 with
    // the last.
    let designs = [(15, 30, -31.08), (16, 30, -26.44), (16, 31, -29.78)];
    for (integers, degree, log2_error) in designs {
        let eval_mod = EvalMod::new(&literal(10.0, integers, degree)).unwrap();
        let found = eval_mod.headroom_error().polynomial.log2();
        assert!((found - log2_error).abs() < 0.02, "{found}");
    }
    // (2π/R)²/24, the error of the cubic with the best slope.
    let eval_mod = EvalMod::new(&literal(10.0, 15, 30)).unwrap();
    let cubic = (std::f64::consts::TAU / 1024.0).powi(2) / 24.0;
    assert!((eval_mod.error().sine / cubic - 1.0).abs() < 1e-3);
    // An arcsine leaves it to the polynomial.
    let eval_mod = EvalMod::new(&with_arcsine(3, literal(10.0, 15, 30))).unwrap();
    assert!(eval_mod.error().sine < eval_mod.error().polynomial);
}

#[test]
fn squarings_end_on_the_unit_circle() {
    let eval_mod = EvalMod::new(&literal(10.0, 16, 31)).unwrap();
    let circuit = Exact::new(&eval_mod, 1.0);
    for (x, z) in inputs(&eval_mod, 5, 1.0) {
        let angle = std::f64::consts::TAU * z.to_f64() / 1024.0;
        let found = circuit.exponential(&x);
        let (re, im) = (found.real().to_f64(), found.imag().to_f64());
        // The radius may err by more than the angle: it is worth z·2π/R of it.
        assert!((re - angle.cos()).abs() < 2f64.powi(-25), "{x}: {re}");
        assert!((im - angle.sin()).abs() < 2f64.powi(-34), "{x}: {im}");
    }
}

#[test]
fn an_amplitude_is_a_factor_and_costs_no_level() {
    for arcsine in [0, 3, 7] {
        let eval_mod = EvalMod::new(&with_arcsine(arcsine, literal(9.0, 15, 30))).unwrap();
        let certified = eval_mod.error();
        for amplitude in [
            1.0,
            0.3,
            81.5,
            2f64.powi(-20),
            2f64.powi(40),
            eval_mod.gain(),
        ] {
            let circuit = Exact::new(&eval_mod, amplitude);
            let plain = Exact::new(&eval_mod, 1.0);
            for (x, _) in inputs(&eval_mod, 3, 1.0) {
                let difference = circuit.run(&x) / amplitude - plain.run(&x);
                let bound = 2.0 * certified.rounding / eval_mod.gain();
                assert!(difference.to_f64().abs() <= bound, "{amplitude} {x}");
            }
            let levels = |dag: &Dag<Float>| Cost::of(dag).depth as u32;
            let depth = levels(&circuit.exponential) + circuit.arcsine.as_ref().map_or(0, levels);
            assert_eq!(depth, eval_mod.depth());
            let found = sampled(&eval_mod, amplitude, 10, 1.0);
            assert!(found <= certified.total(), "{amplitude}: {found}");
        }
        assert!(certified.rounding < 2f64.powi(-37));
        for amplitude in [0.0, -1.0, f64::NAN, f64::INFINITY, 2f64.powi(65)] {
            let refused = eval_mod.circuit(amplitude);
            assert!(matches!(refused, Err(BootstrapError::OutOfRange { .. })));
        }
    }
}

/// q0 and levels of 50 bits with S_(l−1) = S_l²/q_l.
fn scheme(levels: u32) -> Scheme {
    let mut scales = vec![Scale::power_of_two(50).unwrap()];
    let mut q = vec![];
    for l in 0..levels {
        let square = scales[l as usize].times(&scales[l as usize]).unwrap();
        let wanted = 50f64.exp2() * (1.0 + f64::from(l).sin() * 2f64.powi(-20));
        let modulus = (square.to_f64() / wanted) as u64 | 1;
        scales.push(square.rescaled(modulus).unwrap());
        q.push(modulus);
    }
    q.push((1 << 55) - 55);
    q.reverse();
    scales.reverse();
    Scheme::new(SchemeLiteral {
        log_n: LogN::new(12).unwrap(),
        q,
        p: vec![(1 << 52) - 47, (1 << 52) - 143, (1 << 52) - 173],
        scales,
        sigma: 3.19,
        secret_variance: 2.0 / 3.0,
        encapsulation: None,
    })
    .unwrap()
}

#[test]
fn simulated_ciphertexts_take_the_depth_and_give_the_message() {
    for (arcsine, degree, double_angles) in
        [(0, 30, 3), (0, 31, 3), (0, 47, 2), (3, 31, 3), (7, 31, 3)]
    {
        let literal = with_arcsine(arcsine, literal(8.0, 15, degree));
        let eval_mod = EvalMod::new(&with_double_angles(double_angles, literal)).unwrap();
        let simulator = Simulator::new(scheme(eval_mod.depth()), 7);
        let inputs = inputs(&eval_mod, 32, 1.0);
        let slots: Vec<Complex64> = inputs[..2048.min(inputs.len())]
            .iter()
            .map(|(x, _)| Complex64::from(x.to_f64()))
            .cycle()
            .take(2048)
            .collect();
        let top = simulator.scheme().max_level();
        let x = simulator.encrypt_secret(&slots, top, 0).unwrap();
        let circuit = eval_mod.circuit(1.0).unwrap();
        let y = circuit.evaluate(&simulator, &x).unwrap();
        let shape = simulator.shape(&y);
        assert_eq!(shape.level, Level::new(0).unwrap(), "{arcsine} {degree}");
        let pairs = simulator.decrypt(&y).iter().zip(inputs.iter().cycle());
        let worst = pairs
            .map(|(found, (_, z))| (found * eval_mod.gain() - z.to_f64()).norm())
            .fold(0.0, f64::max);
        // Noise of 50-bit levels, enlarged by the double angles and the gain.
        let bound = eval_mod.error().total() + 2f64.powi(-20);
        assert!(worst < bound, "{arcsine} {degree}: {worst} {bound}");
    }
}

#[test]
fn depth_is_that_of_degree_double_angles_and_arcsine() {
    for (degree, double_angles, arcsine, depth) in [
        (31, 3, 0, 8),
        (30, 3, 3, 10),
        (31, 3, 7, 11),
        (32, 3, 0, 9),
        (63, 2, 0, 8),
    ] {
        let literal = with_arcsine(arcsine, literal(10.0, 15, degree));
        let eval_mod = EvalMod::new(&with_double_angles(double_angles, literal)).unwrap();
        assert_eq!(
            eval_mod.depth(),
            depth,
            "{degree} {double_angles} {arcsine}"
        );
    }
}

#[test]
fn literals_without_sense_are_refused() {
    let good = literal(10.0, 15, 30);
    let bad = [
        literal(3.9, 15, 30),
        literal(20.1, 15, 30),
        literal(f64::NAN, 15, 30),
        literal(10.0, 0, 30),
        literal(10.0, 65, 30),
        literal(10.0, 15, 1),
        literal(10.0, 15, 128),
        with_double_angles(7, good.clone()),
        with_arcsine(1, good.clone()),
        with_arcsine(5, good.clone()),
    ];
    for literal in bad {
        let refused = EvalMod::new(&literal).unwrap_err();
        assert!(
            matches!(refused, BootstrapError::OutOfRange { .. }),
            "{refused}"
        );
    }
    let unknown = r#"{"log_message_ratio":10,"integers":15,"degree":30,"double_angles":3,"arc":3}"#;
    assert!(serde_json::from_str::<EvalModLiteral>(unknown).is_err());
    let text = serde_json::to_string(&good).unwrap();
    assert_eq!(serde_json::from_str::<EvalModLiteral>(&text).unwrap(), good);
}

#[test]
fn too_low_a_degree_says_what_it_leaves() {
    for degree in [2, 3, 5, 12, 18] {
        let refused = EvalMod::new(&literal(10.0, 15, degree)).unwrap_err();
        let BootstrapError::Inaccurate { log2_error, .. } = refused else {
            panic!("{degree}: {refused}");
        };
        assert!(log2_error > -4.0, "{degree}");
        assert!(refused.to_string().contains("larger degree"), "{refused}");
    }
}
