//! What would be silently wrong is refused, and what is accepted works.

use super::{Party, distance, level, party, slots, toy};
use equiripple::{
    circuit::{CircuitError, Evaluator},
    ckks::{
        CkksError, Context, Parameters,
        keys::KeyRequest,
        params::{LevelBits, SpecialPrimes},
    },
};
use num_complex::Complex64;

fn encrypted(p: &mut Party, v: &[Complex64]) -> equiripple::ckks::Ciphertext {
    let top = p.context.parameters().max_level();
    let scale = p.context.parameters().default_scale().clone();
    let plaintext = p.context.encode(v, top, &scale).unwrap();
    let key = p.generator.public_key().unwrap();
    p.encryptor.encrypt(&key, &plaintext).unwrap()
}

#[test]
fn a_scale_above_the_modulus_is_refused_wherever_it_arises() {
    let mut p = party(toy(6, 3, 40, 1), &[], 1);
    let a = encrypted(&mut p, &slots(8, 1));
    let scale = p.evaluator.shape(&a).scale;
    let raised = p.evaluator.mul_scalar(&a, 1.0, &scale).unwrap();
    let exceeded = |error: CkksError| {
        matches!(
            error,
            CkksError::Circuit(CircuitError::ModulusExceeded { .. })
        )
    };
    assert!(exceeded(
        p.evaluator.drop_to(&raised, level(0)).unwrap_err()
    ));
    let square = scale.times(&scale).unwrap();
    let zero = [Complex64::new(0.0, 0.0)];
    assert!(exceeded(
        p.evaluator.encode(&zero, level(0), &square).unwrap_err()
    ));
}

#[test]
fn large_messages_decrypt_as_they_were_encrypted() {
    let mut literal = toy(6, 4, 50, 2);
    literal.q0_bits = 61;
    literal.special.bits = 61;
    let mut p = party(literal, &[], 1);
    for log2 in [0, 30, 59, 62, 65, 69] {
        let x: Vec<Complex64> = slots(4, 1)
            .iter()
            .map(|x| x * f64::from(log2).exp2())
            .collect();
        let a = encrypted(&mut p, &x);
        let found = p.decryptor.decrypt(&a).unwrap();
        let error = distance(&found, &x) / f64::from(log2).exp2();
        assert!(error < 1e-9, "2^{log2}: {error}");
    }
}

#[test]
fn every_accepted_number_of_special_primes_switches_keys() {
    for special in [1, 2, 31, 32] {
        let mut literal = toy(4, 33, 40, special);
        literal.q0_bits = 45;
        literal.special.bits = 50;
        let Ok(parameters) = Parameters::new(literal.clone()) else {
            continue;
        };
        let top = parameters.max_level();
        let mut p = party(literal, &[1], 1);
        let x = slots(8, 1);
        let a = encrypted(&mut p, &x);
        let product = p.evaluator.mul(&a, &a).unwrap();
        let product = p.evaluator.relinearize_rescale(&product).unwrap();
        let found = p.decryptor.decrypt(&product).unwrap();
        let expected: Vec<_> = x.iter().map(|x| x * x).collect();
        assert!(distance(&found, &expected) < 1e-6, "{special} at {top}");
    }
}

#[test]
fn a_key_whose_digits_exceed_its_special_primes_is_refused() {
    let mut literal = toy(6, 3, 25, 3);
    literal.q0_bits = 60;
    literal.levels = LevelBits::Each(vec![25, 25, 40]);
    literal.scale_bits = 24;
    literal.special = SpecialPrimes { count: 3, bits: 40 };
    let p = party(literal, &[], 1);
    let mut request = KeyRequest::full(&p.context);
    request.special = 1;
    assert!(p.generator.rotation_key(1, request).is_err());
}

#[test]
fn a_key_of_one_purpose_is_refused_for_another() {
    let p = party(toy(6, 2, 40, 1), &[], 1);
    let request = KeyRequest::full(&p.context);
    let key = p.generator.rotation_key(1, request).unwrap();
    let mut keys = p.generator.no_evaluation_keys();
    let other = p.context.rotation_exponent(2);
    assert!(keys.add_galois(other, key.clone()).is_err());
    assert!(keys.add_relinearization(key.clone()).is_err());
    let relinearization = p.generator.relinearization_key(request).unwrap();
    assert!(keys.add_galois(5, relinearization).is_err());
    keys.add_galois(p.context.rotation_exponent(1), key)
        .unwrap();
}

#[test]
fn accepted_deviations_make_a_context() {
    for sigma in [3.19, 64.0, 65.0, 1024.0] {
        let mut literal = toy(6, 2, 40, 1);
        literal.sigma = sigma;
        if let Ok(parameters) = Parameters::new(literal) {
            Context::new(parameters).unwrap();
        }
    }
}

#[test]
fn scales_stay_canonical_through_forty_squarings() {
    let mut p = party(toy(4, 45, 40, 4), &[], 1);
    let fresh = encrypted(&mut p, &[Complex64::new(1.0, 0.0)]);
    let scheme = p.evaluator.scheme().clone();
    let top = u64::from(scheme.max_level().get());
    for detour in 1..6 {
        // A way whose scale is right to the last bits only.
        let (above, below) = (level(top + 1 - detour), level(top - detour));
        let wanted = scheme.scale(below).times_modulus(scheme.modulus(above));
        let factor = wanted.unwrap().over(&fresh.shape().scale).unwrap();
        let dropped = p.evaluator.drop_to(&fresh, above).unwrap();
        let raised = p.evaluator.mul_scalar(&dropped, 1.0, &factor).unwrap();
        let mut a = p.evaluator.rescale(&raised).unwrap();
        for l in (1..u64::from(below.get())).rev() {
            a = p.evaluator.mul(&a, &a).unwrap();
            a = p.evaluator.relinearize_rescale(&a).unwrap();
            let (shape, canonical) = (a.shape(), scheme.scale(level(l)));
            assert!(shape.scale.matches(canonical), "detour {detour}, level {l}");
        }
    }
}
