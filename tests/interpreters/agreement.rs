//! The analyzer's deviations against the simulator's errors, circuit by circuit.

use super::{
    LOG_N, SLOTS, TOP, analyzer,
    circuits::{Back, Circuit, InnerSum, POINTS, Plain, Polynomial, Real, RealPart, Transform},
    deviation, grid, level, repeated, scattered, simulator,
};
use equiripple::{
    analyze::{ErrorReport, Part, Secret},
    circuit::{LinearTransform, RealTransform, Scheme, activation::Activation},
};
use num_complex::Complex64;

/// Runs of the simulator. With 64 slots a point they give 1536 samples of every error.
const SEEDS: u64 = 24;

/// Between deviations at one point. Samples of complex errors estimate them to 0.05 bits, about.
const MOST_BITS: f64 = 0.1;

/// Encryption under the secret key errs least, so the errors of the circuit itself show.
///
/// Compares deviations point by point; returns the analyzer's report, and the largest error met.
fn compare(circuit: &impl Circuit, inputs: &[Vec<Complex64>]) -> (ErrorReport, f64) {
    compare_within(MOST_BITS, circuit, inputs)
}

fn compare_within(
    most: f64,
    circuit: &impl Circuit,
    inputs: &[Vec<Complex64>],
) -> (ErrorReport, f64) {
    let analyzer = analyzer();
    let encrypted = inputs.iter().zip(0..);
    let encrypted: Vec<_> = encrypted
        .map(|(x, nonce)| {
            analyzer
                .encrypt_secret(x, SLOTS, level(TOP), nonce)
                .unwrap()
        })
        .collect();
    let analyzed = circuit.run(&analyzer, &encrypted).unwrap();
    let report = analyzer.report(&analyzed);
    let period = report.deviations.len();
    let exact = repeated(analyzer.values(&analyzed));
    let runs: Vec<Vec<Complex64>> = (0..SEEDS)
        .map(|seed| {
            let simulator = simulator(seed);
            let encrypted = inputs.iter().zip(0..).map(|(x, nonce)| {
                simulator
                    .encrypt_secret(&repeated(x), level(TOP), nonce)
                    .unwrap()
            });
            let encrypted: Vec<_> = encrypted.collect();
            let result = circuit.run(&simulator, &encrypted).unwrap();
            assert_eq!(result.shape(), analyzed.shape());
            simulator.decrypt(&result).to_vec()
        })
        .collect();
    let off = |point: usize| {
        let pairs = runs
            .iter()
            .flat_map(|run| run.iter().zip(&exact).skip(point).step_by(period));
        (deviation(pairs) / report.deviations[point]).log2().abs()
    };
    let worst = (0..period).map(off).fold(0.0, f64::max);
    assert!(worst < most, "{worst} bits");
    let errors = runs.iter().flat_map(|run| run.iter().zip(&exact));
    let largest = errors.map(|(x, y)| (x - y).norm()).fold(0.0, f64::max);
    (report, largest)
}

fn activation(function: &str, degrees: &[usize]) -> ErrorReport {
    let circuit = Polynomial::new(function, degrees, Activation::Table);
    compare(&circuit, &[grid(POINTS)]).0
}

#[test]
fn degree_27() {
    activation("relu", &[27]);
}

#[test]
fn degree_59() {
    activation("relu", &[59]);
}

#[test]
fn composite_relu() {
    let report = activation("relu", &[7, 7, 13]);
    // What is listed is all there is.
    let worst = report.deviations[report.worst];
    let squares: f64 = report.terms.iter().map(|term| term.1 * term.1).sum();
    assert!((squares.sqrt() / worst - 1.0).abs() < 1e-9);
    assert!(report.terms.is_sorted_by(|a, b| a.1 >= b.1));
}

#[test]
fn maximum() {
    let circuit = Polynomial::new("relu", &[7, 7], Activation::Max);
    let half: Vec<_> = grid(POINTS).iter().map(|x| x * 0.5).collect();
    let turned: Vec<_> = (0..POINTS).map(|i| half[i * 7 % POINTS]).collect();
    compare(&circuit, &[half, turned]);
}

#[test]
fn linear_transform() {
    let diagonals = (-5..7).map(|r| (5 * r, repeated(&scattered(POINTS))));
    let transform = Transform(LinearTransform::new(SLOTS, diagonals).unwrap());
    compare(&transform, &[scattered(POINTS)]);
}

#[test]
fn real_transform() {
    let real = |r: i64| {
        repeated(&grid(POINTS))
            .iter()
            .map(|x| x * (r as f64).cos())
            .collect()
    };
    let diagonals = (0..60).map(|r| (r % 6 + 32 * (r / 6), real(r)));
    let matrix = LinearTransform::new(SLOTS, diagonals).unwrap();
    let paired = RealTransform::new(&matrix).unwrap();
    assert!(paired.conjugates());
    let x = scattered(POINTS);
    // Real errors are half as many numbers.
    compare_within(1.5 * MOST_BITS, &Real(paired), std::slice::from_ref(&x));
    // And it is that of the matrix.
    let real: Vec<Complex64> = repeated(&x).iter().map(|x| (2.0 * x.re).into()).collect();
    let analyzer = analyzer();
    let a = analyzer
        .encrypt(&repeated(&x), SLOTS, level(TOP), 0)
        .unwrap();
    let y = Real(RealTransform::new(&matrix).unwrap())
        .run(&analyzer, &[a])
        .unwrap();
    for (found, wanted) in analyzer.values(&y).iter().cycle().zip(matrix.apply(&real)) {
        assert!(
            (found - wanted).norm() < 1e-9,
            "{found} instead of {wanted}"
        );
    }
}

#[test]
fn sums_and_rotations() {
    compare(&InnerSum, &[scattered(POINTS)]);
    compare(&Back, &[scattered(POINTS)]);
    compare(&Plain, &[scattered(POINTS)]);
}

#[test]
fn all_error_of_a_real_part_is_real() {
    let (report, _) = compare(&RealPart, &[scattered(POINTS)]);
    let (all, real) = (report.deviations[0], report.real_deviations[0]);
    // All of the encryption error, half of that of key switching.
    let switch = report
        .terms
        .iter()
        .find(|t| t.0.to_string().starts_with("key switch"));
    let expected = (all * all - switch.unwrap().1.powi(2) / 2.0).sqrt();
    assert!((real / expected - 1.0).abs() < 1e-9);
}

#[test]
fn bounds_hold_in_every_run() {
    let circuit = Polynomial::new("relu", &[7, 7, 13], Activation::Table);
    let (report, largest) = compare(&circuit, &[grid(POINTS)]);
    let bits = |part, secret| report.bound(part, secret, -20.0).unwrap().get();
    assert!(bits(Part::Real, Secret::Mean) > bits(Part::Complex, Secret::Mean));
    assert!(bits(Part::Complex, Secret::Mean) > bits(Part::Complex, Secret::Random));
    assert!(report.bound(Part::Real, Secret::Mean, 0.0).is_err());
    let bound = report
        .bound(Part::Complex, Secret::Random, -20.0)
        .unwrap()
        .error();
    assert!(
        largest < bound && largest > bound / 4.0,
        "{largest} {bound}"
    );
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let circuit = Polynomial::new("relu", &[7, 7], Activation::Table);
    let transform = LinearTransform::new(1 << 15, (0..9).map(|r| (r, scattered(1 << 15)))).unwrap();
    // Slots enough for several threads.
    let mut literal = super::scheme().literal().clone();
    literal.log_n = equiripple::quantity::LogN::new(LOG_N + 4).unwrap();
    let scheme = Scheme::new(literal).unwrap();
    let run = |threads| {
        crate::on_threads(threads, || {
            let simulator = equiripple::sim::Simulator::new(scheme.clone(), 3);
            let x = simulator
                .encrypt(&scattered(1 << 15), level(TOP), 0)
                .unwrap();
            let y = circuit.run(&simulator, &[x]).unwrap();
            let y = Transform(transform.clone()).run(&simulator, &[y]).unwrap();
            simulator.decrypt(&y).to_vec()
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(8));
}
