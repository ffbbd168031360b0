//! Files of the keys to the ephemeral secret and back.

use super::{
    super::{Party, level, party, slots, toy},
    bytes, digest, read, resealed,
};
use equiripple::{
    circuit::{CircuitError, ModRaise},
    ckks::{
        Ciphertext, CkksError, CkksEvaluator, Encryptor, SerialError,
        keys::{EncapsulationKeys, EvaluationKey, KeyRequest},
        params::{Encapsulation, ParametersLiteral},
        serial::{self, Kind},
    },
    ring::sampler::MasterSeed,
};
use std::{fs, sync::Arc};

fn literal(log_n: u8, levels: u32, hamming_weight: u32) -> ParametersLiteral {
    ParametersLiteral {
        encapsulation: Some(Encapsulation { hamming_weight }),
        ..toy(log_n, levels, 40, 2)
    }
}

/// 16 coefficients, so that every byte and bit can be tried.
fn tiny() -> (Party, Vec<u8>) {
    let p = party(literal(4, 2, 4), &[], 1);
    let keys = p.generator.encapsulation_keys().unwrap();
    let file = bytes(&keys, &p.context);
    (p, file)
}

fn exhausted(p: &Party) -> Ciphertext {
    let n = p.context.parameters().log_n().max_slots();
    let scale = p.context.parameters().scheme().scale(level(0));
    let plaintext = p.context.encode(&slots(n, 1), level(0), scale).unwrap();
    let mut encryptor = Encryptor::new(&p.context, &MasterSeed::from_bytes([2; 32]));
    let secret = p.generator.secret_key();
    encryptor.encrypt_secret(secret, &plaintext).unwrap()
}

/// Reads it; what loads is used.
fn accept(p: &Party, a: &Ciphertext, file: &[u8]) -> Result<Ciphertext, SerialError> {
    let loaded: EncapsulationKeys = read(file, &p.context)?;
    let mut keys = p.generator.no_evaluation_keys();
    keys.set_encapsulation(loaded)?;
    let evaluator = CkksEvaluator::new(&p.context, Arc::new(keys)).unwrap();
    Ok(evaluator.mod_raise(a, level(2), 2.0).unwrap())
}

#[test]
fn what_is_written_is_read_and_computes_the_same() {
    for (log_n, weight) in [(4, 4), (10, 32)] {
        let p = party(literal(log_n, 2, weight), &[], 1);
        let keys = p.generator.encapsulation_keys().unwrap();
        let file = bytes(&keys, &p.context);
        let again: EncapsulationKeys = read(&file, &p.context).unwrap();
        assert_eq!(bytes(&again, &p.context), file);
        let a = exhausted(&p);
        let made = p.evaluator.mod_raise(&a, level(2), 2.0).unwrap();
        assert_eq!(accept(&p, &a, &file).unwrap(), made);
    }
}

#[test]
fn golden_file() {
    assert_eq!(digest(&tiny().1), "99dee9225dbb71cbd9eeada6edce4cde");
}

#[test]
fn a_file_says_what_it_is_and_is_nothing_else() {
    let (p, file) = tiny();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("encapsulation.key");
    let keys = p.generator.encapsulation_keys().unwrap();
    serial::write(&path, &keys, &p.context).unwrap();
    assert_eq!(fs::read(&path).unwrap(), file);
    assert_eq!(serial::kind(&path).unwrap(), Kind::EncapsulationKeys);
    let refused = serial::evaluation_head(&path, &p.context).unwrap_err();
    assert!(refused.to_string().contains("encapsulation"), "{refused}");
    let refused = read::<EvaluationKey>(&file, &p.context);
    assert!(matches!(refused, Err(SerialError::Kind { .. })));
    let other = party(literal(4, 2, 5), &[], 1);
    let refused = read::<EncapsulationKeys>(&file, &other.context);
    assert!(matches!(
        refused,
        Err(SerialError::Ckks(CkksError::Parameters { .. }))
    ));
    // Said to be of parameters that have no ephemeral secret.
    let without = party(toy(4, 2, 40, 2), &[], 1);
    let mut file = file;
    file[8..40].copy_from_slice(&without.context.parameters().id().to_bytes());
    let refused = read::<EncapsulationKeys>(&resealed(file), &without.context);
    assert!(matches!(
        refused,
        Err(SerialError::Ckks(CkksError::Circuit(
            CircuitError::NoEncapsulation
        )))
    ));
}

#[test]
fn cut_off_extended_and_flipped_files_are_refused() {
    let (p, file) = tiny();
    let a = exhausted(&p);
    for length in 0..file.len() {
        assert!(accept(&p, &a, &file[..length]).is_err(), "{length}");
        let (mut short, told) = (&file[..length], file.len() as u64);
        let refused = serial::load::<EncapsulationKeys>(&mut short, told, &p.context);
        assert!(refused.is_err(), "{length}");
    }
    let refused = accept(&p, &a, &[&file[..], &[0]].concat());
    assert!(matches!(refused, Err(SerialError::Length { .. })));
    for bit in 0..8 * file.len() {
        let mut flipped = file.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(accept(&p, &a, &flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn every_changed_byte_is_refused_or_usable() {
    let (p, file) = tiny();
    let a = exhausted(&p);
    for at in 0..file.len() - 32 {
        for value in [0, 1, 2, 3, 64, 127, 128, 255] {
            let mut changed = file.clone();
            changed[at] = value;
            let _ = accept(&p, &a, &resealed(changed));
        }
    }
}

#[test]
fn claims_of_2_to_the_60_bytes_are_refused_before_memory_is_taken() {
    let (p, file) = tiny();
    for claim in [1u64 << 60, u64::MAX, u64::MAX - 95] {
        let mut bomb = file.clone();
        bomb[56..64].copy_from_slice(&claim.to_le_bytes());
        let refused = read::<EncapsulationKeys>(&bomb, &p.context);
        assert!(matches!(refused, Err(SerialError::Length { .. })));
    }
    let mut bomb = file;
    bomb[56..64].copy_from_slice(&(1u64 << 60).to_le_bytes());
    let length = (1 << 60) + 96;
    let refused = serial::load::<EncapsulationKeys>(&mut &bomb[..], length, &p.context);
    assert!(matches!(refused, Err(SerialError::Payload { .. })));
}

/// The key of level 0 has the shape of a relinearisation key: with its masks and errors, both would give secrets away.
#[test]
fn keys_of_one_shape_have_seeds_of_their_own() {
    let (p, file) = tiny();
    let request = KeyRequest {
        level: level(0),
        special: 1,
    };
    let key = p.generator.relinearization_key(request).unwrap();
    let key = bytes(&EvaluationKey::Relinearization(key), &p.context);
    let public = bytes(&p.generator.public_key().unwrap(), &p.context);
    let seeds = [
        &key[70..102],
        &public[64..96],
        &file[64..96],
        &file[96..128],
    ];
    for (i, seed) in seeds.iter().enumerate() {
        assert!(seeds[..i].iter().all(|other| other != seed));
    }
}
