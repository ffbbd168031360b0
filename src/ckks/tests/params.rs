//! Literals become parameters or say why not.

use crate::{
    circuit::CircuitError,
    ckks::{
        error::{ParametersError, SecurityError},
        params::{Encapsulation, LevelBits, Parameters, ParametersLiteral, SpecialPrimes},
        security::{KeyPurpose, SecretKind, SecurityLevel},
    },
    quantity::Level,
};

/// A chain for bootstrapping at N = 2^16: 13 application levels, 3 + 8 + 3 of bootstrapping.
fn bootstrapping() -> ParametersLiteral {
    ParametersLiteral {
        log_n: 16,
        q0_bits: 50,
        levels: LevelBits::Each([vec![40; 16], vec![50; 11]].concat()),
        scale_bits: 40,
        special: SpecialPrimes { count: 6, bits: 50 },
        secret: SecretKind::UniformTernary,
        encapsulation: Some(Encapsulation { hamming_weight: 32 }),
        bootstrapping: None,
        sigma: 3.19,
        security: SecurityLevel::Bits128,
        insecure_toy: false,
    }
}

fn refused(change: impl FnOnce(&mut ParametersLiteral)) -> ParametersError {
    let mut literal = bootstrapping();
    change(&mut literal);
    Parameters::new(literal).unwrap_err()
}

#[test]
fn a_bootstrapping_chain_is_summed_up() {
    let parameters = Parameters::new(bootstrapping()).unwrap();
    let chain = parameters.chain();
    assert_eq!(
        (chain.log_q(), chain.log_p(), chain.log_qp()),
        (1240, 300, 1540)
    );
    assert_eq!(chain.digits(), 5);
    assert_eq!(parameters.max_level().get(), 27);
    let sizes = parameters.sizes(parameters.max_level()).unwrap();
    assert_eq!(sizes.key_switch_transforms, 238);
    assert_eq!(sizes.switching_key_bytes, 170 << 20);
    assert_eq!(sizes.ciphertext_bytes, 28 << 20);
    let slots_to_coeffs = parameters.sizes(Level::new(3).unwrap()).unwrap();
    assert_eq!(slots_to_coeffs.switching_key_bytes, 10 << 20);
    assert!(parameters.sizes(Level::new(28).unwrap()).is_err());
    assert!(parameters.is_secure());
    assert_eq!(parameters.security().len(), 2);
}

#[test]
fn every_published_key_passes_the_gate() {
    let long = refused(|l| {
        l.levels = LevelBits::Uniform {
            levels: 35,
            bits: 40,
        }
    });
    assert!(matches!(long, ParametersError::Security(_)), "{long}");
    assert!(long.to_string().contains("insecure_toy"), "{long}");
    let sparse = refused(|l| l.secret = SecretKind::Sparse(192));
    assert!(matches!(
        sparse,
        ParametersError::Security(SecurityError::NotListed { .. })
    ));
    // q0·p1 of 122 bits, where the table has 121.
    let ephemeral = refused(|l| (l.q0_bits, l.special.bits) = (61, 61));
    assert!(matches!(
        ephemeral,
        ParametersError::Security(SecurityError::ModulusTooLarge { log_qp: 122.0, .. })
    ));
    let heavier = refused(|l| l.encapsulation = Some(Encapsulation { hamming_weight: 33 }));
    assert!(matches!(
        heavier,
        ParametersError::Security(SecurityError::NotListed { .. })
    ));
    let higher = refused(|l| l.security = SecurityLevel::Bits192);
    assert!(matches!(higher, ParametersError::Security(_)));
    assert!(matches!(
        refused(|l| l.log_n = 12),
        ParametersError::Security(_)
    ));
}

#[test]
fn toys_must_be_asked_for_and_say_what_they_are() {
    let literal = ParametersLiteral {
        log_n: 10,
        encapsulation: None,
        bootstrapping: None,
        insecure_toy: true,
        ..bootstrapping()
    };
    let toy = Parameters::new(literal).unwrap();
    assert!(!toy.is_secure());
    assert!(toy.security()[0].to_string().contains("INSECURE"));
}

#[test]
fn bad_literals_give_typed_errors() {
    use ParametersError as E;
    let out = |error, name| matches!(error, E::OutOfRange { field, .. } if field == name);
    assert!(out(refused(|l| l.q0_bits = 62), "q0_bits"));
    assert!(out(refused(|l| l.special.count = 0), "special.count"));
    assert!(out(
        refused(|l| l.special.count = u32::MAX),
        "special.count"
    ));
    assert!(out(refused(|l| l.special.bits = 0), "special.bits"));
    assert!(out(refused(|l| l.scale_bits = 1000), "scale_bits"));
    assert!(out(
        refused(|l| l.levels = LevelBits::Each(vec![40, 0])),
        "levels"
    ));
    for sigma in [3.18, 0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(out(refused(|l| l.sigma = sigma), "sigma"));
    }
    let many = LevelBits::Uniform {
        levels: u32::MAX,
        bits: 40,
    };
    assert!(matches!(refused(|l| l.levels = many), E::Quantity(_)));
    assert!(matches!(refused(|l| l.log_n = 40), E::Quantity(_)));
    assert!(matches!(
        refused(|l| l.scale_bits = 50),
        E::NoHeadroom { .. }
    ));
    // A chain that would end at a level without room for its scale.
    assert!(matches!(
        refused(|l| l.levels = LevelBits::Each(vec![50; 12])),
        E::NoHeadroom { .. }
    ));
    assert!(matches!(
        refused(|l| l.special.bits = 40),
        E::SpecialTooSmall {
            special_bits: 240,
            digit: 0,
            digit_bits: 250
        }
    ));
    // All digits fit, but one special prime alone is below q0.
    assert!(matches!(
        refused(|l| l.q0_bits = 51),
        E::EncapsulationTooSmall {
            q0_bits: 51,
            special_bits: 50
        }
    ));
    assert!(matches!(
        refused(|l| l.encapsulation = Some(Encapsulation { hamming_weight: 0 })),
        E::HammingWeight { .. }
    ));
    let small = LevelBits::Uniform {
        levels: 8,
        bits: 22,
    };
    assert!(matches!(
        refused(|l| l.levels = small),
        E::TooFewPrimes {
            bits: 22,
            needed: 8,
            ..
        }
    ));
    assert!(matches!(
        refused(|l| l.secret = SecretKind::Sparse(0)),
        E::HammingWeight { .. }
    ));
}

#[test]
fn literals_are_read_from_text_with_defaults_and_checked_again() {
    let text = r#"{"log_n": 15, "q0_bits": 42, "levels": {"levels": 10, "bits": 32}, "scale_bits": 32,
        "special": {"count": 2, "bits": 48}}"#;
    let parameters: Parameters = serde_json::from_str(text).unwrap();
    assert_eq!(parameters.chain().log_qp(), 458);
    assert_eq!(parameters.secret(), SecretKind::UniformTernary);
    assert_eq!(parameters.security()[0].met, Some(SecurityLevel::Bits256));
    let again = serde_json::to_string(&parameters).unwrap();
    assert_eq!(
        serde_json::from_str::<Parameters>(&again).unwrap(),
        parameters
    );
    let insecure = again.replace("\"log_n\":15", "\"log_n\":13");
    let error = serde_json::from_str::<Parameters>(&insecure).unwrap_err();
    assert!(error.to_string().contains("128-bit security"), "{error}");
    let unknown = again.replace("q0_bits", "q0");
    assert!(serde_json::from_str::<Parameters>(&unknown).is_err());
}

#[test]
fn a_bootstrapping_chain_fits_half_the_degree() {
    let levels = [vec![31; 4], vec![30; 2], vec![48; 10]].concat();
    let parameters = Parameters::new(ParametersLiteral {
        log_n: 15,
        q0_bits: 42,
        levels: LevelBits::Each(levels),
        scale_bits: 31,
        special: SpecialPrimes { count: 3, bits: 48 },
        ..bootstrapping()
    })
    .unwrap();
    assert!(parameters.is_secure());
    let ephemeral = parameters.security()[1].key;
    assert_eq!(ephemeral.purpose, KeyPurpose::Encapsulation);
    assert!((ephemeral.log_qp - 90.0).abs() < f64::EPSILON);
}

#[test]
fn the_ephemeral_secret_is_part_of_the_identity_of_parameters() {
    let with = |encapsulation| {
        let literal = ParametersLiteral {
            encapsulation,
            insecure_toy: true,
            ..bootstrapping()
        };
        Parameters::new(literal).unwrap()
    };
    let weight = |hamming_weight| with(Some(Encapsulation { hamming_weight }));
    assert_ne!(with(None).id(), weight(32).id());
    assert_ne!(weight(31).id(), weight(32).id());
    assert_eq!(weight(31).scheme().encapsulation(), Ok(31));
    let none = with(None);
    assert_eq!(
        none.scheme().encapsulation(),
        Err(CircuitError::NoEncapsulation)
    );
}

#[test]
fn canonical_scales_stay_at_their_size_and_square_exactly() {
    for (q0_bits, levels, scale_bits) in [
        (50, vec![40; 27], 40),
        (50, [vec![40; 16], vec![50; 11]].concat(), 40),
        (50, vec![49; 27], 49),
        (50, vec![30; 20], 30),
        (50, vec![], 40),
    ] {
        let parameters = Parameters::new(ParametersLiteral {
            q0_bits,
            levels: LevelBits::Each(levels.clone()),
            scale_bits,
            encapsulation: None,
            bootstrapping: None,
            insecure_toy: true,
            ..bootstrapping()
        })
        .unwrap();
        let scheme = parameters.scheme();
        let (q, p) = (parameters.moduli().q(), parameters.moduli().p());
        let mut all: Vec<_> = q.iter().chain(p).map(|q| q.value()).collect();
        let bits = parameters.chain().q_bits();
        for (q, bits) in q.iter().zip(bits) {
            assert_eq!(q.bits(), *bits);
        }
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), q.len() + p.len());
        for l in 1..=levels.len() {
            let level = Level::new(l as u64).unwrap();
            let scale = scheme.scale(level);
            // At 30 bits the primes of this ring thin out over a tenth of the range.
            let tolerance = if scale_bits == 30 { 0.15 } else { 1e-3 };
            assert!((scale.log2() - f64::from(levels[l - 1])).abs() < tolerance);
            if l == 1 || levels[l - 2] == levels[l - 1] {
                let below = scheme.scale(Level::new(l as u64 - 1).unwrap());
                let square = scale.times(scale).unwrap();
                assert_eq!(*below, square.rescaled(scheme.modulus(level)).unwrap());
            }
        }
    }
}
