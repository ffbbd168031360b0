//! The probability of an overflow against published figures, elementary cases and a draw.

use equiripple::bootstrap::{
    BootstrapError, Overflow, OverflowLiteral,
    overflow::{coefficient_overflow, largest_integer},
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rug::Rational;

fn exact(weight: u32, integer: u32, message: (i32, u32)) -> f64 {
    coefficient_overflow(weight, integer, &Rational::from(message))
        .unwrap()
        .to_f64()
}

fn log2(weight: u32, coefficients: u64, integers: u32) -> f64 {
    let literal = OverflowLiteral {
        hamming_weight: weight,
        coefficients,
        integers,
        log_message_ratio: 20.0,
    };
    match Overflow::new(&literal).unwrap() {
        Overflow::Possible { log2_probability } => log2_probability,
        Overflow::Impossible => f64::NEG_INFINITY,
    }
}

#[test]
fn known_figures() {
    assert!((exact(8, 3, (0, 1)) - 1.2697e-3).abs() < 1e-7);
    // |I| ≥ K is beyond K' = K − 1.
    for (weight, integers, known) in [(32, 12, -42.8), (32, 15, -132.7), (192, 52, -126.0)] {
        let found = log2(weight, 1 << 16, integers);
        assert!((found - known).abs() < 0.06, "{weight} {integers}: {found}");
    }
    assert!(log2(192, 1 << 16, 53) < -128.0);
}

#[test]
fn elementary_cases() {
    // |U − μ| ≥ ½ for one uniform in [−½, ½], and for the sum of two.
    assert!((exact(1, 1, (1, 8)) - 0.125).abs() < 1e-15);
    assert!((exact(2, 1, (0, 1)) - 0.25).abs() < 1e-15);
    // A message moves the probability outwards on both sides together.
    assert!(exact(32, 16, (1, 64)) > exact(32, 16, (0, 1)));
    assert!(exact(31, 16, (0, 1)) == 0.0 && exact(31, 16, (1, 64)) > 0.0);
    // Nothing exceeds what is possible.
    for weight in [1, 2, 31, 32, 33] {
        let most = largest_integer(weight);
        assert!(exact(weight, most, (31, 64)) > 0.0, "{weight}");
        assert!(exact(weight, most + 1, (31, 64)) == 0.0, "{weight}");
        assert!(log2(weight, 1 << 16, most).is_infinite());
        assert!(log2(weight, 1 << 16, most - 1) <= 0.0);
    }
    assert_eq!([31, 32, 33].map(largest_integer), [16, 16, 17]);
}

#[test]
fn a_job_adds_up() {
    let one = Overflow::Possible {
        log2_probability: -132.0,
    };
    assert!((one.log2_of_job(1024).unwrap() + 122.0).abs() < 1e-12);
    assert!(Overflow::Impossible.log2_of_job(1024).is_none());
}

/// How often the integer next to U − μ is `integer` or more in magnitude.
fn drawn(weight: u32, integer: u32, message: f64, draws: u32, seed: u64) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut uniform = || (rng.next_u64() >> 11) as f64 * 2f64.powi(-53) - 0.5;
    let mut beyond = 0;
    for _ in 0..draws {
        let u: f64 = (0..weight).map(|_| uniform()).sum();
        beyond += u32::from((u - message).round().abs() >= f64::from(integer));
    }
    f64::from(beyond) / f64::from(draws)
}

#[test]
fn draws_agree() {
    const DRAWS: u32 = 1_000_000;
    for (seed, (weight, integer, message)) in [
        (8, 3, (0, 1)),
        (8, 2, (1, 16)),
        (3, 1, (1, 4)),
        (5, 2, (0, 1)),
        (16, 4, (1, 64)),
    ]
    .into_iter()
    .enumerate()
    {
        let expected = exact(weight, integer, message);
        let mu = f64::from(message.0) / f64::from(message.1);
        let found = drawn(weight, integer, mu, DRAWS, seed as u64);
        // Five deviations of a binomial frequency: a tenth, at most, of what is measured.
        let deviation = (expected * (1.0 - expected) / f64::from(DRAWS)).sqrt();
        assert!(10.0 * deviation < expected);
        assert!(
            (found - expected).abs() < 5.0 * deviation,
            "{weight} {integer}: {found} {expected}"
        );
    }
}

#[test]
fn the_form_with_one_more_uniform_is_too_small() {
    // P(|sum of 9 uniforms| ≥ 3) = 2·F_9(3/2).
    let quoted = 2.0 / 362_880.0 * (1.5f64.powi(9) - 9.0 * 0.5f64.powi(9));
    assert!(exact(8, 3, (0, 1)) > 5.0 * quoted);
}

#[test]
fn questions_without_sense_are_refused() {
    let good = OverflowLiteral {
        hamming_weight: 32,
        coefficients: 1 << 16,
        integers: 15,
        log_message_ratio: 10.0,
    };
    let bad = [
        OverflowLiteral {
            hamming_weight: 0,
            ..good.clone()
        },
        OverflowLiteral {
            hamming_weight: 4097,
            ..good.clone()
        },
        OverflowLiteral {
            coefficients: 0,
            ..good.clone()
        },
        OverflowLiteral {
            log_message_ratio: f64::NAN,
            ..good.clone()
        },
        OverflowLiteral {
            log_message_ratio: 1.0,
            ..good
        },
    ];
    for literal in bad {
        let refused = Overflow::new(&literal);
        assert!(
            matches!(refused, Err(BootstrapError::OutOfRange { .. })),
            "{literal:?}"
        );
    }
    for (integer, message) in [(0, (0, 1)), (1, (-1, 4)), (1, (1, 2))] {
        assert!(coefficient_overflow(8, integer, &Rational::from(message)).is_err());
    }
}
