//! The gate refuses all that it must.

use crate::{
    ckks::{
        error::SecurityError,
        security::{KeyModulus, KeyPurpose, SecretKind, SecurityLevel, estimate, gate},
    },
    quantity::LogN,
};

const SECURE: [(u64, [u32; 3]); 5] = [
    (13, [214, 147, 114]),
    (14, [430, 297, 230]),
    (15, [868, 596, 462]),
    (16, [1747, 1199, 929]),
    (17, [3523, 2411, 1865]),
];

fn key(log_n: u64, log_qp: f64) -> KeyModulus {
    KeyModulus {
        log_n: LogN::new(log_n).unwrap(),
        log_qp,
        secret: SecretKind::UniformTernary,
        purpose: KeyPurpose::Main,
    }
}

fn sparse(log_n: u64, log_qp: f64, weight: u32, purpose: KeyPurpose) -> KeyModulus {
    KeyModulus {
        secret: SecretKind::Sparse(weight),
        purpose,
        ..key(log_n, log_qp)
    }
}

#[test]
fn every_row_holds_to_the_bit() {
    for (log_n, row) in SECURE {
        for (level, max) in SecurityLevel::ALL.into_iter().zip(row) {
            for below in [f64::from(max), f64::from(max) - 1.0] {
                let passed = gate(&[key(log_n, below)], level).unwrap();
                assert_eq!(passed[0].met, Some(level));
            }
            for above in [f64::from(max) + 1e-9, f64::from(max) + 1.0] {
                let refused = gate(&[key(log_n, above)], level).unwrap_err();
                assert!(
                    matches!(refused, SecurityError::ModulusTooLarge { max: m, .. } if m == max)
                );
            }
        }
    }
}

#[test]
fn older_maxima_and_known_default_sets_are_refused() {
    for (log_n, log_qp) in [
        (13, 218.0),
        (14, 438.0),
        (15, 881.0),
        (15, 880.0),
        (16, 1777.0),
        (16, 1767.0),
        (16, 1788.0),
        (16, 1793.0),
    ] {
        assert!(gate(&[key(log_n, log_qp)], SecurityLevel::Bits128).is_err());
    }
}

#[test]
fn sparse_secrets_pass_only_where_they_are_listed() {
    let level = SecurityLevel::Bits128;
    for (log_n, max) in [(15, 96.0), (16, 121.0)] {
        let ephemeral = |bits, weight| sparse(log_n, bits, weight, KeyPurpose::Encapsulation);
        assert!(gate(&[ephemeral(max, 32)], level).is_ok());
        assert!(gate(&[ephemeral(max + 1.0, 32)], level).is_err());
        assert!(gate(&[ephemeral(max, 31)], level).is_err());
        assert!(gate(&[ephemeral(max, 32)], SecurityLevel::Bits192).is_err());
        let main = sparse(log_n, max, 32, KeyPurpose::Main);
        assert!(matches!(
            gate(&[main], level),
            Err(SecurityError::NotListed { .. })
        ));
    }
    for weight in [1, 64, 192, 1024] {
        let main = sparse(16, 1000.0, weight, KeyPurpose::Main);
        assert!(gate(&[main], level).is_err());
    }
}

#[test]
fn one_bad_key_refuses_all() {
    let level = SecurityLevel::Bits128;
    let good = key(16, 1500.0);
    let bad = sparse(16, 171.0, 32, KeyPurpose::Encapsulation);
    assert!(gate(&[good], level).is_ok());
    assert!(gate(&[good, bad], level).is_err());
    assert_eq!(gate(&[], level), Err(SecurityError::NoKeys));
}

#[test]
fn moduli_that_are_no_numbers_and_small_rings_are_refused() {
    for log_qp in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = gate(&[key(16, log_qp)], SecurityLevel::Bits128);
        assert!(matches!(refused, Err(SecurityError::Modulus { .. })));
    }
    for log_n in [3, 10, 12] {
        let refused = gate(&[key(log_n, 20.0)], SecurityLevel::Bits128);
        assert!(matches!(refused, Err(SecurityError::NotListed { .. })));
    }
}

#[test]
fn estimates_are_interpolated_between_rows_only() {
    let between = estimate(key(16, 1500.0)).unwrap();
    assert_eq!(between.met, Some(SecurityLevel::Bits128));
    let bits = between.interpolated_bits.unwrap();
    assert!((145.0..155.0).contains(&bits), "{bits}");
    assert!(between.to_string().contains("interpolated"), "{between}");
    for outside in [900.0, 1800.0] {
        assert_eq!(estimate(key(16, outside)).unwrap().interpolated_bits, None);
    }
    assert!(
        estimate(key(16, 1800.0))
            .unwrap()
            .to_string()
            .contains("INSECURE")
    );
}
