//! Domains as they are written, refused, mirrored and stored.

use proptest::prelude::*;
use rug::Float;

use super::Domain;
use crate::ApproxError;

fn parse(text: &str) -> Domain {
    Domain::parse(text, 256).expect("a domain")
}

#[test]
fn every_way_to_write_the_sign_domain_is_the_same_domain() {
    let sign = parse("[-1,-2^-9]∪[2^-9,1]");
    for text in [
        "[-1, -1/512] U [1/512, 1]",
        "[2^-9,1]u[-1,-2^-9]",
        " [ -1 , -0.001953125 ] ∪ [ 1.953125e-3 , 3-2 ] ",
        "[-max(1,0), -min(2^-9,1)]∪[2^-9, cos(0)]",
    ] {
        assert_eq!(parse(text), sign, "{text}");
    }
    assert!(sign.is_symmetric());
    assert_eq!(sign.positive_half(), Some(parse("[2^-9,1]")));
    assert_eq!(sign.to_string(), "[-1,-1.953125e-3]∪[1.953125e-3,1]");
    assert_eq!(*sign.hull().lo(), -1);
    assert!(sign.contains(&Float::with_val(256, 0.5)) && !sign.contains(&Float::new(256)));
}

#[test]
fn an_end_is_rounded_to_the_nearest_number() {
    let thirds = Domain::parse("[1/3, sqrt(2)]", 53).expect("a domain");
    assert_eq!(
        thirds.intervals()[0].lo().to_f64().to_bits(),
        (1.0_f64 / 3.0).to_bits()
    );
    assert_eq!(
        thirds.intervals()[0].hi().to_f64().to_bits(),
        2.0_f64.sqrt().to_bits()
    );
    assert_eq!(
        *Domain::parse("[0, pi]", 53).expect("a domain").hull().hi(),
        std::f64::consts::PI
    );
}

#[test]
fn bad_domains_are_refused_with_their_kind() {
    let error = |text: &str| Domain::parse(text, 64).expect_err(text);
    assert!(matches!(error(""), ApproxError::EmptyDomain { .. }));
    assert!(matches!(error("[1,1]"), ApproxError::EmptyDomain { .. }));
    assert!(matches!(
        error("[1,0]"),
        ApproxError::InvertedInterval { .. }
    ));
    assert!(matches!(
        error("[0,1]∪[0.5,2]"),
        ApproxError::OverlappingIntervals { .. }
    ));
    assert!(matches!(
        error("[0,1]∪[1,2]"),
        ApproxError::OverlappingIntervals { .. }
    ));
    assert!(matches!(error("[0,1/0]"), ApproxError::NonFinite { .. }));
    assert!(matches!(error("[log(0),1]"), ApproxError::NonFinite { .. }));
    for (text, column) in [
        ("[0;1]", 2),
        ("[0,1] [2,3]", 7),
        ("[0,x]", 4),
        ("[0,1", 4),
        ("(0,1)", 1),
        ("[0,1]∪", 7),
        ("[0, 1+*]", 7),
    ] {
        let ApproxError::Parse { place, .. } = error(text) else {
            unreachable!("{text} gave another error: {}", error(text));
        };
        assert_eq!(place, format!("column {column}"), "{text}");
    }
}

#[test]
fn integers_and_their_neighbourhoods() {
    let delta = Float::with_val(128, 0.125);
    let domain = Domain::mod1(2, &delta).expect("disjoint");
    assert_eq!(
        domain,
        Domain::parse(
            "[-17/8,-15/8]∪[-9/8,-7/8]∪[-1/8,1/8]∪[7/8,9/8]∪[15/8,17/8]",
            128
        )
        .expect("a domain")
    );
    assert!(domain.is_symmetric());
    assert_eq!(domain.positive_half().expect("half").intervals().len(), 3);
    for bad in [0.0, 0.5, -1.0, f64::NAN] {
        assert!(matches!(
            Domain::mod1(1, &Float::with_val(53, bad)),
            Err(ApproxError::OutOfRange { .. })
        ));
    }
    assert!(Domain::mod1(u32::MAX, &delta).is_err());
}

#[test]
fn stored_text_brings_back_every_bit() {
    for (text, prec) in [
        ("[-1/3,pi]∪[4,2^70]", 256),
        ("[0.1,0.7]", 53),
        ("[1/3,1/2]", 300),
    ] {
        let domain = Domain::parse(text, prec).expect("a domain");
        let stored = serde_json::to_string(&domain).expect("stored");
        let back: Domain = serde_json::from_str(&stored).expect("read");
        assert_eq!(back, domain);
        assert_eq!(back.prec(), prec);
    }
    assert!(serde_json::from_str::<Domain>("\"[0,1]@1\"").is_err());
    for prec in [0, 1, u32::MAX] {
        assert!(matches!(
            Domain::parse("[0,1]", prec),
            Err(ApproxError::OutOfRange { .. })
        ));
    }
}

proptest! {
    #[test]
    fn display_is_lossless(a in -1e3..1e3f64, w in 1e-9..1e3f64, scale in -80..80i32, prec in 53..300u32) {
        let end = |x: f64| (Float::with_val(prec, x) / 3u32) << scale;
        let domain = Domain::interval(end(a), end(a + w)).expect("an interval");
        prop_assert_eq!(Domain::parse(&domain.to_string(), prec).expect("its own text"), domain);
    }

    #[test]
    fn no_text_panics(text in "[\\[\\],∪Uu0-9x./^* e()-]{0,24}") {
        let _ = Domain::parse(&text, 64);
    }
}
