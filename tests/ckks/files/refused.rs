//! Files that are damaged, hostile, or of something else.

use super::{
    super::{level, party, slots, toy},
    accept, again, all, bytes, files, read, resealed, tiny,
};
use equiripple::{
    ckks::{
        Ciphertext, CkksError, Decryptor, Encryptor, Parameters, SerialError,
        keys::{EvaluationKey, KeyGenerator, SecretKey},
        serial::{self, Kind},
    },
    ring::sampler::MasterSeed,
};
use proptest::prelude::*;
use std::fs;

#[test]
fn cut_off_and_extended_files_are_refused() {
    let a = tiny();
    for (name, file) in files(&a) {
        for length in 0..file.len() {
            assert!(
                accept(&a, name, &file[..length]).is_err(),
                "{name} {length}"
            );
            // The length is said to be right, and the bytes are missing.
            let mut short = &file[..length];
            let told = file.len() as u64;
            let refused = match name {
                "ciphertext" => serial::load::<Ciphertext>(&mut short, told, &a.context).is_err(),
                _ => serial::load::<EvaluationKey>(&mut short, told, &a.context).is_err(),
            };
            assert!(refused);
        }
        let longer = [&file[..], &[0]].concat();
        let refused = accept(&a, name, &longer);
        assert!(matches!(refused, Err(SerialError::Length { .. })), "{name}");
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let a = tiny();
    for (name, file) in files(&a) {
        for bit in 0..8 * file.len() {
            let mut flipped = file.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(accept(&a, name, &flipped).is_err(), "{name} bit {bit}");
        }
    }
}

#[test]
fn every_changed_byte_is_refused_or_usable() {
    let a = tiny();
    for (name, file) in files(&a) {
        for at in 0..file.len() - 32 {
            for value in [0, 1, 2, 3, 64, 127, 128, 255] {
                let mut changed = file.clone();
                changed[at] = value;
                let _ = accept(&a, name, &resealed(changed));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn garbage_is_refused(garbage in prop::collection::vec(any::<u8>(), 0..512), name in 0..8usize) {
        let a = all(toy(3, 1, 40, 1));
        let (name, file) = files(&a).swap_remove(name);
        prop_assert!(accept(&a, name, &garbage).is_err());
        // With a good header, and a digest.
        let behind = [&file[..64], &garbage[..], &[0; 32]].concat();
        let mut behind = behind;
        behind[56..64].copy_from_slice(&(garbage.len() as u64).to_le_bytes());
        let _ = accept(&a, name, &resealed(behind));
    }
}

#[test]
fn claims_of_2_to_the_60_bytes_are_refused_before_memory_is_taken() {
    let a = all(toy(10, 5, 40, 2));
    for (name, file) in files(&a) {
        let mut bomb = file[..1024.min(file.len())].to_vec();
        let refused = accept(&a, name, &bomb[..bomb.len() - 1]);
        assert!(matches!(refused, Err(SerialError::Length { .. })), "{name}");
        for claim in [1u64 << 60, u64::MAX, u64::MAX - 95] {
            bomb[56..64].copy_from_slice(&claim.to_le_bytes());
            let refused = accept(&a, name, &bomb);
            assert!(matches!(refused, Err(SerialError::Length { .. })), "{name}");
        }
    }
    // A stream that claims the length, too.
    let mut bomb = bytes(&a.ciphertext, &a.context)[..1024].to_vec();
    bomb[56..64].copy_from_slice(&(1u64 << 60).to_le_bytes());
    let length = (1 << 60) + 96;
    let refused = serial::load::<Ciphertext>(&mut &bomb[..], length, &a.context);
    assert!(matches!(refused, Err(SerialError::Payload { .. })));
}

#[test]
fn other_parameters_types_versions_and_files_are_named() {
    let a = tiny();
    let file = bytes(&a.ciphertext, &a.context);
    let other = all(toy(4, 3, 40, 1));
    let refused = read::<Ciphertext>(&file, &other.context);
    assert!(matches!(
        refused,
        Err(SerialError::Ckks(CkksError::Parameters { .. }))
    ));
    let refused = serial::store(&a.ciphertext, &other.context, &mut vec![]);
    assert!(matches!(
        refused,
        Err(SerialError::Ckks(CkksError::Parameters { .. }))
    ));
    let refused = read::<SecretKey>(&file, &a.context);
    let (found, need) = (Kind::Ciphertext, Kind::SecretKey);
    assert!(
        matches!(refused, Err(SerialError::Kind { found: f, need: n }) if (f, n) == (found, need))
    );
    let with = |at: usize, value: u8| {
        let mut changed = file.clone();
        changed[at] = value;
        read::<Ciphertext>(&resealed(changed), &a.context)
            .err()
            .unwrap()
    };
    assert!(matches!(with(0, b'X'), SerialError::Magic { found } if found == b"XQRP"));
    assert!(matches!(with(4, 2), SerialError::Version { found: 2 }));
    assert!(matches!(with(6, 9), SerialError::UnknownKind { found: 9 }));
    assert!(matches!(
        with(64, 3),
        SerialError::Field {
            field: "the level",
            found: 3,
            max: 2,
            ..
        }
    ));
    assert!(matches!(
        with(65, 1),
        SerialError::Field {
            found: 1,
            min: 2,
            max: 3,
            ..
        }
    ));
    assert!(matches!(with(66, 3), SerialError::Form { found: 3, .. }));
    assert!(matches!(
        with(66, 16),
        SerialError::Field {
            found: 16,
            max: 8,
            ..
        }
    ));
    let mut large = file.clone();
    let end = large.len() - 32;
    large[end - 5..end].fill(255);
    let refused = read::<Ciphertext>(&resealed(large), &a.context);
    assert!(matches!(refused, Err(SerialError::Residue { .. })));
    let mut key = bytes(&a.rotation, &a.context);
    key[64] = 4;
    let refused = read::<EvaluationKey>(&resealed(key), &a.context);
    assert!(matches!(refused, Err(SerialError::Form { found: 4, .. })));
}

#[test]
fn keys_of_another_secret_do_not_mix() {
    let a = tiny();
    let other = KeyGenerator::new(&a.context, &MasterSeed::from_bytes([9; 32])).unwrap();
    let secret = again(other.secret_key(), &a.context).unwrap();
    let ciphertext = again(&a.ciphertext, &a.context).unwrap();
    let refused = Decryptor::new(&a.context, &secret)
        .unwrap()
        .decrypt(&ciphertext);
    assert!(matches!(refused, Err(CkksError::Key { .. })));
    let mut keys = other.no_evaluation_keys();
    let key = again(&a.relinearization, &a.context).unwrap();
    assert!(matches!(key.add_to(&mut keys), Err(CkksError::Key { .. })));
}

#[test]
fn messages_that_do_not_fit_their_modulus_are_not_read() {
    let p = party(toy(4, 2, 40, 1), &[], 1);
    let scale = p.context.parameters().default_scale();
    let square = scale.times(scale).unwrap();
    let plaintext = p.context.encode(&slots(4, 1), level(2), &square).unwrap();
    let mut encryptor = Encryptor::new(&p.context, &MasterSeed::from_bytes([2; 32]));
    let secret = p.generator.secret_key();
    let ciphertext = encryptor.encrypt_secret(secret, &plaintext).unwrap();
    again(&ciphertext, &p.context).unwrap();
    // The level follows the header.
    let mut low = bytes(&ciphertext, &p.context);
    low[64] = 0;
    let refused = read::<Ciphertext>(&resealed(low), &p.context);
    assert!(matches!(
        refused,
        Err(SerialError::Ckks(CkksError::Circuit(_)))
    ));
}

#[test]
fn malformed_parameters_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("params.json");
    let literal = serde_json::to_string(&toy(10, 3, 40, 1)).unwrap();
    for text in [
        String::new(),
        "{".into(),
        "[".repeat(10_000),
        literal.replace("log_n", "logn"),
        literal.replace("10", "1e400"),
        literal.replace("\"levels\":3", "\"levels\":4000000000"),
        literal.replace("true", "false"),
        " ".repeat(1 << 20),
    ] {
        fs::write(&path, text).unwrap();
        assert!(serial::read_parameters(&path).is_err());
    }
    fs::write(&path, &literal).unwrap();
    let read = serial::read_parameters(&path).unwrap();
    assert_eq!(read, Parameters::new(toy(10, 3, 40, 1)).unwrap());
}
