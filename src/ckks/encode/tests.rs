//! Tests of the encoding against evaluation by definition, and of what it is made for.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn log_n(log_n: u64) -> LogN {
    LogN::new(log_n).unwrap()
}

fn scale(log2: u32) -> Scale {
    Scale::power_of_two(log2).unwrap()
}

/// Uniform in (−1, 1), from a fixed seed.
fn random(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let draw = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..n).map(draw).collect()
}

fn random_slots(n: usize, seed: u64) -> Vec<Complex64> {
    let parts = random(2 * n, seed);
    parts
        .chunks(2)
        .map(|p| Complex64::new(p[0], p[1]))
        .collect()
}

fn distance(a: &[Complex64], b: &[Complex64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let apart = a.iter().zip(b).map(|(x, y)| (x - y).norm());
    apart.fold(0.0, f64::max)
}

#[test]
fn round_trips_keep_45_bits_at_every_size() {
    for log in 4..=16 {
        let encoder = Encoder::new(log_n(log));
        for slots in [1, 2, 1 << (log / 2), 1 << (log - 1)] {
            let sent = random_slots(slots, log);
            let coefficients = encoder.encode(&sent, &scale(60)).unwrap();
            let back = encoder.decode(&coefficients, slots, &scale(60)).unwrap();
            let bits = -distance(&sent, &back).log2();
            assert!(bits >= 45.0, "N = 2^{log}, {slots} slots: {bits} bits");
        }
    }
}

#[test]
fn slots_are_the_polynomial_at_powers_of_zeta() {
    for log in [3, 4, 6, 9] {
        let encoder = Encoder::new(log_n(log));
        let sent = random_slots(1 << (log - 1), 7);
        let coefficients = encoder.encode(&sent, &scale(50)).unwrap();
        let evaluated = naive::slots(&coefficients, 50f64.exp2());
        assert!(distance(&sent, &evaluated) < 1e-12);
        let decoded = encoder.decode(&coefficients, sent.len(), &scale(50));
        assert!(distance(&decoded.unwrap(), &evaluated) < 1e-12);
    }
}

#[test]
fn few_slots_repeat_and_touch_only_multiples_of_the_gap() {
    let encoder = Encoder::new(log_n(8));
    for slots in [1, 2, 8, 64] {
        let sent = random_slots(slots, 3);
        let coefficients = encoder.encode(&sent, &scale(50)).unwrap();
        let gap = 128 / slots;
        let off = coefficients.iter().enumerate().filter(|c| c.0 % gap != 0);
        assert!(off.into_iter().all(|c| *c.1 == 0));
        for repeat in naive::slots(&coefficients, 50f64.exp2()).chunks(slots) {
            assert!(distance(&sent, repeat) < 1e-12);
        }
    }
}

#[test]
fn real_slots_are_exactly_conjugate_symmetric() {
    for log in [3, 5, 10, 14] {
        let encoder = Encoder::new(log_n(log));
        for slots in [1, 4, 1 << (log - 1)] {
            let sent = random(slots, 11);
            let c = encoder.encode_real(&sent, &scale(60)).unwrap();
            let n = c.len();
            assert_eq!(c[n / 2], 0);
            assert!((1..n).all(|i| c[n - i] == -c[i]));
            let back = encoder.decode_real(&c, slots, &scale(60)).unwrap();
            let apart = sent.iter().zip(&back).map(|(x, y)| (x - y).abs());
            assert!(apart.fold(0.0, f64::max) < (-45f64).exp2());
        }
    }
}

#[test]
fn automorphisms_rotate_and_conjugate() {
    let encoder = Encoder::new(log_n(7));
    for slots in [8, 64] {
        let sent = random_slots(slots, 5);
        let coefficients = encoder.encode(&sent, &scale(50)).unwrap();
        let decode = |c: &[i128]| encoder.decode(c, slots, &scale(50)).unwrap();
        let mut exponent = 1;
        for r in 0..64 {
            let mut rotated = sent.clone();
            rotated.rotate_left(r % slots);
            let image = naive::automorphism(&coefficients, exponent);
            assert!(distance(&decode(&image), &rotated) < 1e-12, "by {r}");
            exponent = exponent * 5 % 256;
        }
        let conjugate: Vec<_> = sent.iter().map(Complex64::conj).collect();
        let image = naive::automorphism(&coefficients, 255);
        assert!(distance(&decode(&image), &conjugate) < 1e-12);
    }
}

#[test]
fn products_of_polynomials_are_products_of_slots() {
    for log in [4, 8] {
        let encoder = Encoder::new(log_n(log));
        for slots in [2, 1 << (log - 1)] {
            let (a, b) = (random_slots(slots, 1), random_slots(slots, 2));
            let expected: Vec<_> = a.iter().zip(&b).map(|(x, y)| x * y).collect();
            let encode = |slots: &[Complex64]| encoder.encode(slots, &scale(45)).unwrap();
            let product = naive::product(&encode(&a), &encode(&b));
            let back = encoder.decode(&product, slots, &scale(90)).unwrap();
            assert!(distance(&back, &expected) < 1e-11);
        }
    }
}

#[test]
fn constants_encode_exactly() {
    let encoder = Encoder::new(log_n(10));
    let c = encoder.encode_real(&[0.5; 512], &scale(100)).unwrap();
    assert_eq!(c[0], 1 << 99);
    assert!(c[1..].iter().all(|x| *x == 0));
}

#[test]
fn what_cannot_be_encoded_is_refused() {
    let encoder = Encoder::new(log_n(5));
    for count in [0, 3, 32] {
        let refused = encoder.encode_real(&vec![0.0; count], &scale(40));
        assert!(
            matches!(refused, Err(EncodeError::SlotCount { found, max: 16 }) if found == count)
        );
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = encoder.encode_real(&[0.0, bad], &scale(40));
        assert!(matches!(
            refused,
            Err(EncodeError::NonFinite { slot: 1, .. })
        ));
        let refused = encoder.encode(&[Complex64::new(0.0, bad)], &scale(40));
        assert!(matches!(
            refused,
            Err(EncodeError::NonFinite { slot: 0, .. })
        ));
    }
    assert!(matches!(
        encoder.decode(&[0; 31], 16, &scale(40)),
        Err(EncodeError::CoefficientCount {
            found: 31,
            degree: 32
        })
    ));
    assert!(encoder.decode(&[0; 32], 17, &scale(40)).is_err());
}

#[test]
fn coefficients_never_overflow_silently() {
    let encoder = Encoder::new(log_n(5));
    let value = 100f64.exp2();
    let c = encoder.encode_real(&[value; 16], &scale(20)).unwrap();
    assert_eq!(c[0], 1 << 120);
    for (value, log2) in [
        (value, 21),
        (value, 100),
        (f64::MAX, 0),
        (1.0, 4000),
        (0.0, 4000),
    ] {
        let refused = encoder.encode_real(&[value; 16], &scale(log2));
        assert!(
            matches!(refused, Err(EncodeError::TooLarge { max_log2: 120, .. })),
            "{value} at 2^{log2}"
        );
    }
}

#[test]
fn encoding_is_deterministic() {
    let sent = random_slots(256, 9);
    let once = Encoder::new(log_n(12)).encode(&sent, &scale(50));
    assert_eq!(once, Encoder::new(log_n(12)).encode(&sent, &scale(50)));
}
