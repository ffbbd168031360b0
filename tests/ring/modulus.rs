//! Reduction, inverses and powers modulo a word.

use equiripple::ring::{Modulus, RingError, ShoupFactor, prime::is_prime};
use proptest::prelude::*;

use super::{
    Words,
    arithmetic::{check, moduli},
};

#[test]
fn words_are_reduced() {
    let mut words = Words(2);
    for modulus in moduli() {
        let q = modulus.value();
        let multiples = [1, 2, 3, u64::MAX / q].map(|i| i.wrapping_mul(q));
        let mut cases: Vec<u64> = vec![0, 1, u64::MAX, 1 << 63, i64::MAX as u64];
        cases.extend(
            multiples
                .iter()
                .flat_map(|m| [m.wrapping_sub(1), *m, m.wrapping_add(1)]),
        );
        cases.extend((0..2_000).map(|_| words.next()));
        for x in cases {
            assert_eq!(modulus.reduce(x), x % q, "{x} mod {q}");
            let signed = x as i64;
            let expected = i128::from(signed).rem_euclid(q.into()) as u64;
            assert_eq!(modulus.reduce_i64(signed), expected, "{signed} mod {q}");
            let factor = ShoupFactor::new(x % q, &modulus);
            let product = u128::from(x) * u128::from(x % q) % u128::from(q);
            assert_eq!(u128::from(modulus.mul_shoup(x, factor)), product);
            let wide = (u128::from(x) << 64) | u128::from(words.next());
            assert_eq!(u128::from(modulus.reduce_u128(wide)), wide % u128::from(q));
            let expected = (wide as i128).rem_euclid(q.into()) as u64;
            assert_eq!(modulus.reduce_i128(wide as i128), expected);
        }
    }
}

#[test]
fn floats_are_rounded_and_reduced_exactly() {
    for modulus in moduli() {
        let q = modulus.value();
        let residue = |x: i128| x.rem_euclid(q.into()) as u64;
        let cases = [
            (0.0, 0),
            (-0.4, 0),
            (0.5, 0),
            (1.5, 2),
            (2.5, 2),
            (-1.5, -2),
            (-7.0, -7),
            (1e15, 10i128.pow(15)),
        ];
        for (x, rounded) in cases {
            assert_eq!(modulus.reduce_f64(x), Ok(residue(rounded)), "{x} mod {q}");
        }
        for e in [52, 53, 63, 64, 126, 127, 128, 500, 1023] {
            let power = modulus.pow(2 % q, e);
            let x = 2f64.powi(e as i32);
            assert_eq!(modulus.reduce_f64(x), Ok(power), "2^{e} mod {q}");
            assert_eq!(
                modulus.reduce_f64(-x),
                Ok(modulus.neg(power)),
                "-2^{e} mod {q}"
            );
            // 3·2^(e−1)
            let half = modulus.pow(2 % q, e - 1);
            assert_eq!(modulus.reduce_f64(1.5 * x), Ok(modulus.add(power, half)));
        }
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(matches!(
                modulus.reduce_f64(x),
                Err(RingError::NotFinite { .. })
            ));
        }
    }
}

#[test]
fn inverses_and_powers() {
    let mut words = Words(3);
    for modulus in moduli() {
        let q = modulus.value();
        for a in words.residues(50, q) {
            match modulus.inv(a) {
                Ok(inverse) => assert_eq!(modulus.mul(a, inverse), 1 % q),
                Err(RingError::NotInvertible { factor, .. }) => {
                    assert!(factor > 1 && a.is_multiple_of(factor) && q.is_multiple_of(factor));
                }
                Err(other) => panic!("{other}"),
            }
            if is_prime(q) {
                assert_eq!(modulus.pow(a, q), a);
                assert_eq!(modulus.inv(a).is_ok(), a != 0);
            }
            assert_eq!(modulus.reduce_i64(modulus.centered(a)), a);
            assert!(modulus.centered(a).unsigned_abs() <= q / 2);
        }
        assert_eq!(modulus.pow(0, 0), 1);
    }
}

#[test]
fn moduli_out_of_range_are_refused() {
    for value in [0, 1, 2, 4, 1 << 60, 1 << 61, (1 << 61) + 1, u64::MAX] {
        let refused = Modulus::new(value).unwrap_err();
        assert_eq!(refused, RingError::Modulus { value });
        assert!(refused.to_string().contains(&value.to_string()));
    }
}

proptest! {
    #[test]
    fn any_odd_modulus(half in 1u64..(1 << 60), a: u64, b: u64, c: u64) {
        let q = 2 * half + 1;
        check(&Modulus::new(q).unwrap(), a % q, b % q, c % q);
    }
}
