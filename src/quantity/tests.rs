//! Tests of the units.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

#[test]
fn counts_keep_their_ranges() {
    assert_eq!(LogN::new(16).unwrap().degree(), 65536);
    assert_eq!(LogN::new(16).unwrap().max_slots(), 32768);
    for log_n in [0, 2, 18, 256, u64::MAX] {
        assert!(LogN::new(log_n).is_err());
    }
    assert!(Level::new(63).is_ok() && Level::new(64).is_err());
    let (level, depth) = (Level::new(9).unwrap(), Depth::new(4).unwrap());
    assert_eq!(level.after(depth).unwrap().get(), 5);
    let spent = Level::new(3).unwrap().after(depth).unwrap_err();
    assert!(spent.to_string().contains("bootstrap"), "{spent}");
    assert!(depth.then(Depth::new(60).unwrap()).is_err());
}

#[test]
fn scales_multiply_and_divide_exactly_enough() {
    let scale = Scale::power_of_two(40).unwrap();
    let prime = (1 << 40) + 0x6001;
    let squared = scale.times(&scale).unwrap();
    let down = squared.rescaled(prime).unwrap();
    assert!(!down.matches(&scale));
    let back = down
        .times(&Scale::from_f64(1_099_511_652_353.0).unwrap())
        .unwrap();
    assert!(back.matches(&squared));
    assert_eq!(squared.log2().to_bits(), 80f64.to_bits());
    assert_eq!(scale.to_string(), "2^40.000000");
}

#[test]
fn scales_out_of_bounds_are_refused() {
    assert!(Scale::power_of_two(4097).is_err());
    for value in [0.0, -1.0, 0.5, f64::NAN, f64::INFINITY] {
        assert!(Scale::from_f64(value).is_err(), "{value}");
    }
    let one = Scale::from_f64(1.0).unwrap();
    assert!(one.rescaled(3).is_err() && one.rescaled(0).is_err());
    let most = Scale::power_of_two(4096).unwrap();
    assert!(most.times(&most).is_err());
}

#[test]
fn what_is_written_is_what_is_read() {
    let scale = Scale::power_of_two(40).unwrap().rescaled(12_289).unwrap();
    let text = serde_json::to_string(&scale).unwrap();
    assert_eq!(serde_json::from_str::<Scale>(&text).unwrap(), scale);
    for bad in [
        "\"0\"",
        "\"-1\"",
        "\"nan\"",
        "\"inf\"",
        "\"zz\"",
        "\"1e@99999999\"",
    ] {
        assert!(serde_json::from_str::<Scale>(bad).is_err(), "{bad}");
    }
    let long = format!("\"{}\"", "1".repeat(1000));
    assert!(serde_json::from_str::<Scale>(&long).is_err());
    assert!(serde_json::from_str::<LogN>("18").is_err());
    assert_eq!(
        serde_json::to_string(&LogN::new(15).unwrap()).unwrap(),
        "15"
    );
}

#[test]
fn error_bits_are_finite() {
    assert_eq!(ErrorBits::of(0.25).unwrap().to_string(), "2.00 bits");
    assert!(ErrorBits::of(0.0).is_err() && ErrorBits::of(f64::NAN).is_err());
    assert!(ErrorBits::new(f64::INFINITY).is_err());
    let bits = ErrorBits::new(10.0).unwrap();
    assert!((bits.error() - 1.0 / 1024.0).abs() < f64::EPSILON);
}
