//! Both shadows refuse the same, and by name.

use super::{SLOTS, TOP, analyzer, grid, level, repeated, simulator};
use equiripple::{
    circuit::{CircuitError, Evaluator, LinearTransform},
    quantity::Scale,
};
use num_complex::Complex64;

/// What is refused, in some order.
fn refusals<E: Evaluator<Error = CircuitError>>(
    e: &E,
    a: &E::Ciphertext,
    low: &E::Ciphertext,
    fewer: &E::Ciphertext,
) -> Vec<CircuitError> {
    let scale = e.shape(a).scale;
    let raised = e.mul_scalar(a, 1.0, &scale).unwrap();
    let product = e.mul(a, a).unwrap();
    let ones = vec![Complex64::new(1.0, 0.0); SLOTS];
    let plain = e.encode(&ones, level(2), &scale).unwrap();
    let transform = LinearTransform::new(SLOTS, [(1, ones.clone())]).unwrap();
    let prepared = e.prepare(&transform, level(2), &scale).unwrap();
    let bottom = e.drop_to(a, level(0)).unwrap();
    let large = e
        .mul_scalar(a, 1e6, &Scale::from_f64(1.0).unwrap())
        .unwrap();
    let nan = vec![Complex64::new(f64::NAN, 0.0); SLOTS];
    let results = [
        e.add(a, low),
        e.sub(a, &raised),
        e.add(a, fewer),
        e.mul(&product, a),
        e.mul(a, low),
        e.rotate(&product, 1),
        e.conjugate(&product),
        e.rotate_many(&product, &[1]).map(|mut all| all.remove(0)),
        e.add_plain(a, &plain),
        e.add_plain(&e.drop_to(&raised, level(2)).unwrap(), &plain),
        e.mul_plain(a, &plain),
        e.mul_plain(fewer, &plain),
        e.mul_scalar(a, f64::NAN, &scale),
        e.add_scalar(a, 1e40),
        e.drop_to(low, level(TOP)),
        e.rescale(&bottom),
        e.mul(&bottom, &bottom),
        e.drop_to(&large, level(0)),
        e.transform(a, &prepared),
        e.transform(&product, &prepared),
        e.encode(&nan, level(1), &scale).map(|_| a.clone()),
        e.encode(&ones[..3], level(1), &scale).map(|_| a.clone()),
        e.encode(&ones, level(TOP + 1), &scale).map(|_| a.clone()),
    ];
    let refused = |(i, result): (usize, Result<E::Ciphertext, CircuitError>)| match result {
        Ok(_) => panic!("number {i} is not refused"),
        Err(error) => error,
    };
    results.into_iter().enumerate().map(refused).collect()
}

#[test]
fn both_refuse_alike() {
    let (simulator, analyzer) = (simulator(1), analyzer());
    let period = grid(2);
    let full = repeated(&period);
    let sim = |values, l, nonce| simulator.encrypt(values, level(l), nonce).unwrap();
    let simulated = refusals(
        &simulator,
        &sim(&full, TOP, 0),
        &sim(&full, 3, 1),
        &sim(&full[..64], TOP, 2),
    );
    let ana = |slots, l, nonce| analyzer.encrypt(&period, slots, level(l), nonce).unwrap();
    let analyzed = refusals(
        &analyzer,
        &ana(SLOTS, TOP, 0),
        &ana(SLOTS, 3, 1),
        &ana(64, TOP, 2),
    );
    assert_eq!(simulated.len(), analyzed.len());
    for (s, a) in simulated.iter().zip(&analyzed) {
        // Magnitudes of overflows are with and without noise.
        let overflows = |e: &CircuitError| matches!(e, CircuitError::Overflow { slot: 0, .. });
        assert!(s == a || overflows(s) && overflows(a), "{s} | {a}");
    }
    assert!(
        simulated
            .iter()
            .any(|e| matches!(e, CircuitError::Overflow { .. }))
    );
}

#[test]
fn overflow_is_refused_and_never_wraps() {
    let simulator = simulator(2);
    let mut values = vec![Complex64::new(0.5, 0.0); SLOTS];
    values[77] = Complex64::new(0.0, 513.0);
    // q0 of 50 bits over a scale of 40: 2^9 in either direction.
    let refused = simulator.encrypt(&values, level(0), 0).unwrap_err();
    let CircuitError::Overflow {
        slot,
        bound,
        magnitude,
        level: at,
    } = refused
    else {
        panic!("{refused}")
    };
    assert_eq!((slot, at), (77, level(0)));
    assert!((bound / 512.0 - 1.0).abs() < 1e-4 && (magnitude - 513.0).abs() < 1e-3);
    assert!(simulator.encrypt(&values, level(1), 0).is_ok());
    values[77] = Complex64::new(f64::INFINITY, 0.0);
    assert!(simulator.encrypt(&values, level(5), 0).is_err());
    values[77] = Complex64::new(f64::NAN, 0.0);
    assert!(simulator.encrypt(&values, level(5), 0).is_err());
}

#[test]
fn inputs_are_refused_by_shape() {
    let (simulator, analyzer) = (simulator(1), analyzer());
    let x = grid(4);
    assert!(simulator.encrypt(&x[..3], level(1), 0).is_err());
    assert!(simulator.encrypt(&repeated(&x), level(TOP + 1), 0).is_err());
    assert!(
        simulator
            .encrypt(&vec![x[0]; 2 * SLOTS], level(1), 0)
            .is_err()
    );
    assert!(analyzer.encrypt(&x[..3], SLOTS, level(1), 0).is_err());
    assert!(analyzer.encrypt(&x, 2, level(1), 0).is_err());
    assert!(analyzer.encrypt(&x, SLOTS + 1, level(1), 0).is_err());
}
