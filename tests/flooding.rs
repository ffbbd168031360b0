//! Noise of published decryptions: how wide it is, and that every one is counted.

use crate::ckks::{Party, level, party, toy};
use equiripple::{
    ckks::{
        Ciphertext, CkksError, Flooding, FloodingError, SerialError, keys::KeyId, serial::Queries,
    },
    quantity::{ErrorBits, Scale},
    ring::sampler::{MasterSeed, Noise, WideGaussian},
};
use num_complex::Complex64;
use std::{fs, sync::Barrier, thread};

fn flooding(queries: u64, log2_security: u32, bits: f64) -> Flooding {
    Flooding::new(queries, log2_security, ErrorBits::new(bits).unwrap()).unwrap()
}

fn encrypted(p: &mut Party, slots: usize) -> Ciphertext {
    let values = vec![Complex64::new(0.25, -0.5); slots];
    let scale = p.context.parameters().scheme().scale(level(1)).clone();
    let plaintext = p.context.encode(&values, level(1), &scale).unwrap();
    let key = p.generator.public_key().unwrap();
    p.encryptor.encrypt(&key, &plaintext).unwrap()
}

#[test]
fn wide_gaussians_have_their_variance_in_every_bit() {
    for (sigma, seed) in [
        (17.0, 1),
        (1000.0, 2),
        (3.3e9, 3),
        (2f64.powi(60), 4),
        (1e29, 5),
    ] {
        let gaussian = WideGaussian::new(sigma).unwrap();
        let seed = MasterSeed::from_bytes([seed; 32]).seed::<Noise>();
        let mut stream = seed.stream(0);
        const COUNT: usize = 1 << 14;
        let samples: Vec<i128> = (0..COUNT).map(|_| gaussian.sample(&mut stream)).collect();
        let moment = |k| {
            let powers = samples.iter().map(|x| (*x as f64 / sigma).powi(k));
            powers.sum::<f64>() / COUNT as f64
        };
        // Five standard deviations of each estimate: 1, √2 and √96 over 2^7.
        assert!(moment(1).abs() < 5.0 / 128.0, "{sigma}: {}", moment(1));
        assert!(
            (moment(2) - 1.0).abs() < 7.1 / 128.0,
            "{sigma}: {}",
            moment(2)
        );
        assert!(
            (moment(4) - 3.0).abs() < 49.0 / 128.0,
            "{sigma}: {}",
            moment(4)
        );
        for bit in 0..3 {
            let ones = samples.iter().filter(|x| (**x >> bit) & 1 == 1).count() as f64;
            let share = ones / COUNT as f64;
            assert!(
                (share - 0.5).abs() < 2.5 / 128.0,
                "{sigma} bit {bit}: {share}"
            );
        }
    }
    assert!(WideGaussian::new(15.0).is_err());
    assert!(WideGaussian::new(1.3e30).is_err());
    assert!(WideGaussian::new(f64::NAN).is_err());
}

#[test]
fn flooded_slots_have_the_variance_that_is_said() {
    let mut p = party(toy(12, 1, 45, 1), &[], 7);
    for slots in [1 << 11, 64] {
        let a = encrypted(&mut p, slots);
        let scale = a.shape().scale;
        let exact = p.decryptor.decrypt(&a).unwrap();
        let flooding = flooding(5, 30, 28.0);
        // √60 · 2^15 · 2^-28 in a coefficient.
        let expected = 60f64.sqrt() * (2.0 * slots as f64).sqrt() * 2f64.powi(-13);
        let said = flooding.slot_deviation(&scale, slots).unwrap();
        assert!((said / expected - 1.0).abs() < 1e-12);
        let (mut sum, mut count) = (0.0, 0);
        let mut first = None;
        for seed in 0..(1u8 << 6) {
            let seed = MasterSeed::from_bytes([seed; 32]);
            let found = p.decryptor.decrypt_flooded(&a, &flooding, &seed).unwrap();
            assert_eq!(
                found,
                p.decryptor.decrypt_flooded(&a, &flooding, &seed).unwrap()
            );
            assert_ne!(first.as_ref(), Some(&found));
            let squares = found.iter().zip(&exact).map(|(x, y)| (x - y).norm_sqr());
            sum += squares.sum::<f64>();
            count += slots;
            first.get_or_insert(found);
        }
        let off = sum / f64::from(count as u32) / (said * said) - 1.0;
        // E|e|⁴ = 2: the estimate is off by count^-1/2.
        assert!(
            off.abs() < 5.0 / f64::from(count as u32).sqrt(),
            "{slots}: {off}"
        );
    }
}

#[test]
fn flooding_without_sense_is_refused() {
    let bits = ErrorBits::new(20.0).unwrap();
    let refused = |queries, security| Flooding::new(queries, security, bits).unwrap_err();
    assert!(matches!(
        refused(0, 30),
        FloodingError::Queries { found: 0, .. }
    ));
    assert!(matches!(
        refused(1 << 33, 30),
        FloodingError::Queries { .. }
    ));
    assert!(matches!(
        refused(1, 29),
        FloodingError::Security {
            found: 29,
            min: 30,
            ..
        }
    ));
    assert!(matches!(refused(1, 129), FloodingError::Security { .. }));
    let scale = Scale::power_of_two(40).unwrap();
    let small = flooding(1, 30, 40.5).deviation(&scale).unwrap_err();
    assert!(
        matches!(small, FloodingError::ErrorTooSmall { .. }),
        "{small}"
    );
    let wide = flooding(1 << 20, 128, 10.0).deviation(&scale).unwrap_err();
    assert!(matches!(wide, FloodingError::TooWide { .. }), "{wide}");
    let mut p = party(toy(10, 1, 45, 1), &[], 9);
    let other = party(toy(10, 1, 45, 1), &[], 11);
    let a = encrypted(&mut p, 4);
    let seed = MasterSeed::from_bytes([0; 32]);
    let refused = other
        .decryptor
        .decrypt_flooded(&a, &flooding(1, 30, 20.0), &seed);
    assert!(matches!(refused, Err(CkksError::Key { .. })));
}

#[test]
fn every_decryption_is_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.key.queries");
    let key = KeyId::from_bytes([3; 16]);
    let rule = flooding(20, 30, 25.0);
    let start = Barrier::new(8);
    let count = || {
        start.wait();
        let mut left = vec![];
        loop {
            match Queries::open(&path, key, &rule) {
                Ok(query) => left.push(query.spend().unwrap()),
                Err(SerialError::QueriesSpent { queries: 20 }) => return left,
                Err(other) => panic!("{other}"),
            }
        }
    };
    let mut all: Vec<u64> = thread::scope(|s| {
        let threads: Vec<_> = (0..8).map(|_| s.spawn(count)).collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });
    all.sort_unstable();
    assert_eq!(all, (0..20).collect::<Vec<_>>());
}

#[test]
fn counts_of_others_and_damaged_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("count");
    let key = KeyId::from_bytes([3; 16]);
    let rule = flooding(20, 30, 25.0);
    // What is opened and not spent, as when decryption fails, does not count.
    drop(Queries::open(&path, key, &rule).unwrap());
    assert!(!path.exists());
    assert_eq!(
        Queries::open(&path, key, &rule).unwrap().spend().unwrap(),
        19
    );
    // The error may differ from one result to the next, for the noise is relative to it.
    let smaller = flooding(20, 30, 12.0);
    assert_eq!(
        Queries::open(&path, key, &smaller)
            .unwrap()
            .spend()
            .unwrap(),
        18
    );
    for other in [flooding(21, 30, 25.0), flooding(20, 31, 25.0)] {
        let refused = Queries::open(&path, key, &other).unwrap_err();
        assert!(
            matches!(refused, SerialError::OtherCount { .. }),
            "{refused}"
        );
    }
    let refused = Queries::open(&path, KeyId::from_bytes([4; 16]), &rule).unwrap_err();
    assert!(
        matches!(refused, SerialError::OtherCount { .. }),
        "{refused}"
    );
    let whole = fs::read(&path).unwrap();
    for damaged in [&whole[..0], &whole[..10], b"{\"used\": -1}"] {
        fs::write(&path, damaged).unwrap();
        let refused = Queries::open(&path, key, &rule).unwrap_err();
        assert!(matches!(refused, SerialError::Count { .. }), "{refused}");
    }
}
