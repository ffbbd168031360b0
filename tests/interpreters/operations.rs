//! Errors of single operations of the simulator: their deviations over 2048 slots against the formulas.

use super::{SLOTS, TOP, deviation, level, scattered, simulator};
use equiripple::{
    circuit::{Evaluator, LinearTransform, noise::Noise},
    quantity::Scale,
    sim::{Ciphertext, Simulator},
};
use num_complex::Complex64;

fn fresh(simulator: &Simulator) -> Ciphertext {
    let values = scattered(SLOTS);
    simulator.encrypt(&values, level(TOP), 1).unwrap()
}

/// Checks that `after` is `exact` up to errors of a coefficient of that variance, at the scale of `after`.
fn check(simulator: &Simulator, after: &Ciphertext, exact: &[Complex64], variance: f64) {
    let shape = after.shape();
    let noise = Noise::new(simulator.scheme());
    let expected = noise.slot(variance, SLOTS, &shape.scale).sqrt();
    let found = deviation(simulator.decrypt(after).iter().zip(exact));
    let ratio = found / expected;
    assert!((ratio - 1.0).abs() < 1.0 / 16.0, "{ratio}");
}

#[test]
fn encryption() {
    let simulator = simulator(1);
    let scheme = simulator.scheme().clone();
    let noise = Noise::new(&scheme);
    let values = scattered(SLOTS);
    let public = noise.public_key_encryption().total() + noise.encoding().total();
    check(&simulator, &fresh(&simulator), &values, public);
    let secret = simulator.encrypt_secret(&values, level(3), 2).unwrap();
    let variance = noise.secret_key_encryption().total() + noise.encoding().total();
    check(&simulator, &secret, &values, variance);
}

#[test]
fn rescaling_of_two_and_three_components() {
    let simulator = simulator(2);
    let scheme = simulator.scheme().clone();
    let noise = Noise::new(&scheme);
    let a = fresh(&simulator);
    let raised = simulator.mul_scalar(&a, 1.0, &a.shape().scale).unwrap();
    let after = simulator.rescale(&raised).unwrap();
    check(
        &simulator,
        &after,
        simulator.decrypt(&raised),
        noise.division(2).total(),
    );
    let product = simulator.mul(&a, &a).unwrap();
    let after = simulator.rescale(&product).unwrap();
    check(
        &simulator,
        &after,
        simulator.decrypt(&product),
        noise.division(3).total(),
    );
    // 1 + h + 2h² of h = 2N/3.
    let h = 4096.0 * 2.0 / 3.0;
    assert!((noise.division(3).total() * 12.0 / (1.0 + h + 2.0 * h * h) - 1.0).abs() < 1e-12);
}

#[test]
fn key_switching() {
    let simulator = simulator(3);
    let scheme = simulator.scheme().clone();
    let noise = Noise::new(&scheme);
    let a = fresh(&simulator);
    let values = simulator.decrypt(&a).to_vec();
    let mut left = values.clone();
    left.rotate_left(5);
    let switched = noise.key_switch(level(TOP)).total();
    check(
        &simulator,
        &simulator.rotate(&a, 5).unwrap(),
        &left,
        switched,
    );
    let conjugates: Vec<_> = values.iter().map(Complex64::conj).collect();
    check(
        &simulator,
        &simulator.conjugate(&a).unwrap(),
        &conjugates,
        switched,
    );
    // At the scale 2^80 an error shows in f64 only beside a small message.
    let small: Vec<_> = values.iter().map(|x| x * 1e-6).collect();
    let a = simulator.encrypt(&small, level(TOP), 2).unwrap();
    let product = simulator.mul(&a, &a).unwrap();
    let exact = simulator.decrypt(&product);
    let linear = simulator.relinearize(&product).unwrap();
    check(&simulator, &linear, exact, switched);
    let merged = simulator.relinearize_rescale(&product).unwrap();
    check(
        &simulator,
        &merged,
        exact,
        noise.key_switch_rescale(level(TOP)).total(),
    );
}

#[test]
fn plaintexts() {
    let simulator = simulator(4);
    let scheme = simulator.scheme().clone();
    let noise = Noise::new(&scheme);
    let a = fresh(&simulator);
    let v = scattered(SLOTS);
    let plain = simulator.encode(&v, level(TOP), &a.shape().scale).unwrap();
    let sum = simulator.add_plain(&a, &plain).unwrap();
    let pairs = simulator.decrypt(&a).iter().zip(&v);
    let exact: Vec<_> = pairs.map(|(x, y)| x + y).collect();
    check(&simulator, &sum, &exact, noise.encoding().total());
    // The rounding of a plaintext, times a message of magnitude ½.
    let half = vec![Complex64::new(0.3, 0.4); SLOTS];
    let b = simulator.encrypt(&half, level(TOP), 2).unwrap();
    let product = simulator.mul_plain(&b, &plain).unwrap();
    let pairs = simulator.decrypt(&b).iter().zip(&v);
    let exact: Vec<_> = pairs.map(|(x, y)| x * y).collect();
    let variance = noise.encoding().total() * (b.shape().scale.log2() * 2.0).exp2() / 4.0;
    check(&simulator, &product, &exact, variance);
}

#[test]
fn transforms() {
    let simulator = simulator(5);
    let scheme = simulator.scheme().clone();
    let noise = Noise::new(&scheme);
    let scale = Scale::power_of_two(40).unwrap();
    let half = vec![Complex64::new(0.3, 0.4); SLOTS];
    let a = simulator.encrypt(&half, level(TOP), 1).unwrap();
    let diagonals = (0..64).map(|r| (r, scattered(SLOTS)));
    let transform = LinearTransform::new(SLOTS, diagonals).unwrap();
    let prepared = simulator.prepare(&transform, level(TOP), &scale).unwrap();
    let after = simulator.transform(&a, &prepared).unwrap();
    let exact = transform.apply(simulator.decrypt(&a));
    let steps = transform.steps();
    let nonzero = |x: &&usize| **x != 0;
    let giants = steps.groups.keys().filter(nonzero).count() as f64;
    assert!(giants > 1.0 && steps.babies().len() > 2);
    // Diagonals are the same on average: the mean of |d|² times those that are key-switched.
    let mean = scattered(SLOTS)
        .iter()
        .map(Complex64::norm_sqr)
        .sum::<f64>()
        / SLOTS as f64;
    let switched = steps.groups.values().flatten().filter(nonzero).count() as f64;
    let square = |scale: &Scale| (2.0 * scale.log2()).exp2();
    let at = level(TOP);
    let variance = switched * mean * noise.key_error(at).total() * square(&scale)
        + 64.0 * 0.25 * noise.encoding().total() * square(&a.shape().scale)
        + giants * noise.giant_step(at).total()
        + noise.division(2).total();
    check(&simulator, &after, &exact, variance);
}

#[test]
fn scalars_err_by_their_rounding_alone() {
    let simulator = simulator(6);
    let a = fresh(&simulator);
    let small = Scale::from_f64(10.0).unwrap();
    let product = simulator.mul_scalar(&a, 0.33, &small).unwrap();
    for (x, y) in simulator
        .decrypt(&a)
        .iter()
        .zip(simulator.decrypt(&product))
    {
        assert!((x * 0.3 - y).norm() < 1e-15);
    }
    let sum = simulator.add_scalar(&a, 0.25).unwrap();
    for (x, y) in simulator.decrypt(&a).iter().zip(simulator.decrypt(&sum)) {
        assert!((x + 0.25 - y).norm() < 1e-12);
    }
}

#[test]
fn errors_are_circular_and_independent() {
    let simulator = simulator(7);
    let zeros = vec![Complex64::default(); SLOTS];
    let errors = |nonce| {
        let fresh = simulator.encrypt(&zeros, level(TOP), nonce).unwrap();
        simulator.decrypt(&fresh).to_vec()
    };
    let (e, f) = (errors(1), errors(2));
    let square: f64 = e.iter().map(Complex64::norm_sqr).sum();
    let mean = |sum: Complex64| sum.norm() / square;
    // Five deviations of 1/√2048.
    assert!(mean(e.iter().map(|x| x * x).sum()) < 0.11);
    assert!(mean(e.iter().zip(&f).map(|(x, y)| x * y.conj()).sum()) < 0.11);
    assert!(mean(e.iter().zip(&e[1..]).map(|(x, y)| x * y.conj()).sum()) < 0.11);
    assert_eq!(e, errors(1));
}

#[test]
fn hoisted_rotations_are_rotations() {
    let simulator = simulator(8);
    let a = fresh(&simulator);
    let many = simulator.rotate_many(&a, &[3, 0, -2]).unwrap();
    for (k, hoisted) in [3, 0, -2].into_iter().zip(&many) {
        let single = simulator.rotate(&a, k).unwrap();
        assert_eq!(simulator.decrypt(&single), simulator.decrypt(hoisted));
    }
    assert_eq!(simulator.decrypt(&many[1]), simulator.decrypt(&a));
}
