//! All interpreters refuse the same, and by name.

use super::{SLOTS, TOP, analyzer, grid, level, repeated, simulator};
use crate::ckks::{Party, party, raisable, toy};
use equiripple::{
    analyze::{Analyzer, CostTable},
    circuit::{CircuitError, Evaluator, LinearTransform, ModRaise},
    ckks::CkksError,
    quantity::Scale,
    sim::Simulator,
};
use num_complex::Complex64;
use std::fmt::Debug;

/// Refused operations by name: every circuit error, or none where the operation was done.
type Refusals = Vec<(&'static str, Option<CircuitError>)>;

/// What is refused, in some order.
fn refusals<E: ModRaise>(
    e: &E,
    a: &E::Ciphertext,
    low: &E::Ciphertext,
    fewer: &E::Ciphertext,
    circuit_error: impl Fn(E::Error) -> CircuitError,
) -> Refusals
where
    E::Error: Debug,
{
    let scale = e.shape(a).scale;
    let top = e.shape(a).level;
    let raised = e.mul_scalar(a, 1.0, &scale).unwrap();
    let product = e.mul(a, a).unwrap();
    let ones = vec![Complex64::new(1.0, 0.0); e.shape(a).slots];
    let plain = e.encode(&ones, level(2), &scale).unwrap();
    let transform = LinearTransform::new(ones.len(), [(1, ones.clone())]).unwrap();
    let prepared = e.prepare(&transform, level(2), &scale).unwrap();
    let other = LinearTransform::new(4 * ones.len(), [(1, ones.repeat(4))]).unwrap();
    let bottom = e.drop_to(a, level(0)).unwrap();
    let large = e
        .mul_scalar(a, 1e6, &Scale::from_f64(1.0).unwrap())
        .unwrap();
    let nan = vec![Complex64::new(f64::NAN, 0.0); ones.len()];
    let wide = scale.times(&scale).unwrap();
    let beyond = level(u64::from(top.get()) + 1);
    let results = [
        ("sum of levels", e.add(a, low)),
        ("difference of scales", e.sub(a, &raised)),
        ("sum of slot counts", e.add(a, fewer)),
        ("product of a product", e.mul(&product, a)),
        ("product of levels", e.mul(a, low)),
        ("rotated product", e.rotate(&product, 1)),
        ("conjugated product", e.conjugate(&product)),
        (
            "hoisted product",
            e.rotate_many(&product, &[1]).map(|mut all| all.remove(0)),
        ),
        ("plaintext of another level", e.add_plain(a, &plain)),
        (
            "plaintext of another scale",
            e.add_plain(&e.drop_to(&raised, level(2)).unwrap(), &plain),
        ),
        ("product with another level", e.mul_plain(a, &plain)),
        ("product with other slots", e.mul_plain(fewer, &plain)),
        ("factor no number", e.mul_scalar(a, f64::NAN, &scale)),
        ("summand too large", e.add_scalar(a, 1e40)),
        ("levels gained", e.drop_to(low, top)),
        ("no level to rescale", e.rescale(&bottom)),
        ("no level to relinearize", e.relinearize_rescale(&bottom)),
        ("product without room", e.mul(&bottom, &bottom)),
        ("factor without room", e.mul_scalar(&bottom, 1.0, &scale)),
        ("drop without room", e.drop_to(&raised, level(0))),
        ("values without room", e.drop_to(&large, level(0))),
        ("scaled sum of levels", e.add_scaled(a, low, 1.0, &scale)),
        ("scaled sum of scales", e.add_scaled(a, a, 1.0, &scale)),
        ("transform of another level", e.transform(a, &prepared)),
        ("transformed product", e.transform(&product, &prepared)),
        ("transform of other slots", e.transform(fewer, &prepared)),
        (
            "transform of too many slots",
            e.prepare(&other, level(1), &scale).map(|_| a.clone()),
        ),
        (
            "transform without room",
            e.prepare(&transform, level(0), &wide).map(|_| a.clone()),
        ),
        (
            "transform above the chain",
            e.prepare(&transform, beyond, &scale).map(|_| a.clone()),
        ),
        ("reading without room", e.reinterpret(&bottom, &wide)),
        ("raised from above", e.mod_raise(a, top, 1.0)),
        (
            "raised to nothing",
            e.mod_raise(&bottom, e.shape(&bottom).level, 1.0),
        ),
        ("raised beyond the chain", e.mod_raise(&bottom, beyond, 1.0)),
        ("raised product", e.mod_raise(&product, top, 1.0)),
        ("raised to no bound", e.mod_raise(&bottom, top, 0.0)),
        ("raised to a bound below 0", e.mod_raise(&bottom, top, -1.0)),
        (
            "plaintext no number",
            e.encode(&nan, level(1), &scale).map(|_| a.clone()),
        ),
        (
            "plaintext of three slots",
            e.encode(&ones[..3], level(1), &scale).map(|_| a.clone()),
        ),
        (
            "plaintext above the chain",
            e.encode(&ones, beyond, &scale).map(|_| a.clone()),
        ),
        (
            "plaintext without room",
            e.encode(&ones, level(0), &wide).map(|_| a.clone()),
        ),
    ];
    let error = |result: Result<_, _>| result.err().map(&circuit_error);
    results
        .into_iter()
        .map(|(name, result)| (name, error(result)))
        .collect()
}

fn circuit(error: CkksError) -> CircuitError {
    match error {
        CkksError::Circuit(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn all_three_refuse_alike() {
    let mut party = party(raisable(12, 5), &[1], 1);
    let scheme = party.evaluator.scheme().clone();
    let simulator = Simulator::new(scheme.clone(), 1);
    let analyzer = Analyzer::new(scheme, CostTable::shipped().unwrap());
    let top = 5;
    let period = grid(2);
    let full = repeated(&period);
    let inputs = [(SLOTS, top), (SLOTS, 3), (64, top)];
    let key = party.generator.public_key().unwrap();
    let [a, low, fewer] = inputs.map(|(slots, l)| {
        let scale = party.evaluator.scheme().scale(level(l)).clone();
        let encoded = party.context.encode(&full[..slots], level(l), &scale);
        party.encryptor.encrypt(&key, &encoded.unwrap()).unwrap()
    });
    let encrypted = refusals(&party.evaluator, &a, &low, &fewer, circuit);
    let [a, low, fewer] =
        inputs.map(|(slots, l)| simulator.encrypt(&full[..slots], level(l), 0).unwrap());
    let simulated = refusals(&simulator, &a, &low, &fewer, |e| e);
    let [a, low, fewer] =
        inputs.map(|(slots, l)| analyzer.encrypt(&period, slots, level(l), 0).unwrap());
    let analyzed = refusals(&analyzer, &a, &low, &fewer, |e| e);
    for (((name, s), (_, a)), (_, c)) in simulated.iter().zip(&analyzed).zip(&encrypted) {
        // Only shadows see values, the simulator with noise.
        let overflow = |e| matches!(e, &Some(CircuitError::Overflow { .. }));
        if *name == "values without room" {
            assert!(
                overflow(s) && overflow(a) && c.is_none(),
                "{name}: {s:?} | {a:?} | {c:?}"
            );
            continue;
        }
        assert!(s.is_some(), "{name} is not refused");
        assert_eq!(s, a, "{name}");
        assert_eq!(s, c, "{name}");
    }
}

#[test]
fn without_an_ephemeral_secret_nothing_is_raised() {
    let mut party = party(toy(8, 2, 40, 1), &[], 1);
    let scheme = party.evaluator.scheme().clone();
    let values = grid(2);
    let encoded = party
        .context
        .encode(&values, level(0), scheme.scale(level(0)));
    let key = party.generator.public_key().unwrap();
    let a = party.encryptor.encrypt(&key, &encoded.unwrap()).unwrap();
    let refused = party.evaluator.mod_raise(&a, level(2), 1.0).unwrap_err();
    assert_eq!(circuit(refused), CircuitError::NoEncapsulation);
    let simulator = Simulator::new(scheme.clone(), 1);
    let a = simulator.encrypt(&values, level(0), 0).unwrap();
    let refused = simulator.mod_raise(&a, level(2), 1.0).unwrap_err();
    assert_eq!(refused, CircuitError::NoEncapsulation);
    let analyzer = Analyzer::new(scheme, CostTable::shipped().unwrap());
    let a = analyzer.encrypt(&values, 2, level(0), 0).unwrap();
    let refused = analyzer.mod_raise(&a, level(2), 1.0).unwrap_err();
    assert_eq!(refused, CircuitError::NoEncapsulation);
}

#[test]
fn coefficients_beyond_the_bound_are_refused_by_shadows() {
    let (simulator, analyzer) = (simulator(1), analyzer());
    // 1 + 2·i·Y^1: coefficients 1 of Y^0, and 2 of Y^(n + 1) with n = 4.
    let mut values = [Complex64::new(1.0, 0.0), Complex64::new(0.0, 2.0)].to_vec();
    values.resize(4, Complex64::default());
    let roots = equiripple::embedding::Roots::new(4);
    equiripple::embedding::forward(&mut values, &roots);
    let bottom = level(0);
    let a = simulator.encrypt(&values, bottom, 0).unwrap();
    let b = analyzer.encrypt(&values, 4, bottom, 0).unwrap();
    for (bound, expected) in [(2.1, None), (1.9, Some(5)), (0.9, Some(0))] {
        let coefficient = |refused: Option<CircuitError>| {
            refused.map(|error| match error {
                CircuitError::CoefficientBound {
                    coefficient,
                    magnitude,
                    bound: b,
                } => {
                    assert!(
                        magnitude > b && (b - bound).abs() < 1e-12,
                        "{magnitude} {b}"
                    );
                    coefficient
                }
                other => panic!("{other}"),
            })
        };
        let simulated = simulator.mod_raise(&a, level(TOP), bound).err();
        assert_eq!(coefficient(simulated), expected);
        let analyzed = analyzer.mod_raise(&b, level(TOP), bound).err();
        assert_eq!(coefficient(analyzed), expected);
    }
    let none = simulator.mod_raise(&a, level(TOP), f64::NAN).unwrap_err();
    assert!(matches!(none, CircuitError::RaiseBound { .. }));
    assert!(simulator.mod_raise(&a, level(TOP), f64::INFINITY).is_ok());
}

#[test]
fn keys_and_parameters_are_checked() {
    let mut own = party(toy(10, 3, 40, 2), &[1], 1);
    let mut other_key = party(toy(10, 3, 40, 2), &[1], 3);
    let mut other_parameters = party(toy(10, 4, 40, 2), &[1], 1);
    let fresh = |p: &mut Party| {
        let scale = p.evaluator.scheme().scale(level(3)).clone();
        let encoded = p.context.encode(&grid(2), level(3), &scale).unwrap();
        let key = p.generator.public_key().unwrap();
        (p.encryptor.encrypt(&key, &encoded).unwrap(), encoded)
    };
    let (a, _) = fresh(&mut own);
    let (foreign, _) = fresh(&mut other_key);
    let (strange, plain) = fresh(&mut other_parameters);
    let e = &own.evaluator;
    for b in [&foreign, &strange] {
        let refused = [
            e.add(&a, b),
            e.add(b, &a),
            e.mul(b, b),
            e.rotate(b, 1),
            e.rescale(b),
            e.drop_to(b, level(1)),
            e.neg(b),
        ];
        for result in refused {
            let error = result.unwrap_err();
            let by_key = matches!(error, CkksError::Key { .. }) && b.key() != a.key();
            let parameters = matches!(error, CkksError::Parameters { .. });
            let by_parameters = parameters && b.parameters() != a.parameters();
            assert!(by_key || by_parameters, "{error}");
        }
        assert!(own.decryptor.decrypt(b).is_err());
    }
    let refused = [e.add_plain(&a, &plain), e.mul_plain(&a, &plain)];
    for result in refused {
        assert!(matches!(result, Err(CkksError::Parameters { .. })));
    }
    let four = own.context.encode(&grid(4), level(3), &a.shape().scale);
    let key = own.generator.public_key().unwrap();
    let four = own.encryptor.encrypt(&key, &four.unwrap()).unwrap();
    let missing = e.rotate(&four, 2).unwrap_err();
    assert!(matches!(missing, CkksError::MissingKey { .. }), "{missing}");
    let transform = LinearTransform::new(4, [(2, grid(4))]).unwrap();
    let missing = e.prepare(&transform, level(3), &a.shape().scale);
    assert!(matches!(missing, Err(CkksError::MissingKey { .. })));
}

#[test]
fn overflow_is_refused_and_never_wraps() {
    let simulator = simulator(2);
    let values = vec![Complex64::new(0.0, 0.5); SLOTS];
    // A single large slot would be spread over all coefficients.
    let mut values: Vec<Complex64> = values.iter().map(|z| z * 1026.0).collect();
    // q0 of 50 bits over a scale of 40: 2^9 in either direction.
    let refused = simulator.encrypt(&values, level(0), 0).unwrap_err();
    let CircuitError::Overflow {
        bound,
        magnitude,
        level: at,
        ..
    } = refused
    else {
        panic!("{refused}")
    };
    assert_eq!(at, level(0));
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
