//! Files of keys, plaintexts and ciphertexts: what is written is read, and nothing else is.

mod encapsulation;
mod refused;

use super::{level, party, slots, toy};
use equiripple::{
    circuit::Evaluator,
    ckks::{
        Ciphertext, Ciphertexts, CkksEvaluator, Context, Decryptor, Encryptor, Plaintext,
        SerialError,
        keys::{EvaluationKey, EvaluationKeys, KeyRequest, PublicKey, SecretKey},
        params::ParametersLiteral,
        security::SecretKind,
        serial::{self, Kind, Stored},
    },
    ring::sampler::MasterSeed,
};
use sha2::{Digest, Sha256};
use std::{fs, os::unix::fs::PermissionsExt, sync::Arc};

/// One of everything, of one secret.
struct All {
    context: Context,
    secret: SecretKey,
    public: PublicKey,
    relinearization: EvaluationKey,
    rotation: EvaluationKey,
    plaintext: Plaintext,
    ciphertext: Ciphertext,
    product: Ciphertext,
    both: Ciphertexts,
}

fn all(literal: ParametersLiteral) -> All {
    let p = party(literal, &[], 1);
    let request = KeyRequest::full(&p.context);
    let relinearization = p.generator.relinearization_key(request).unwrap();
    let rotation = p.generator.rotation_key(1, request).unwrap();
    let exponent = p.context.rotation_exponent(1);
    let top = p.context.parameters().max_level();
    let scale = p.context.parameters().default_scale();
    let plaintext = p.context.encode(&slots(4, 1), top, scale).unwrap();
    let public = p.generator.public_key().unwrap();
    let mut encryptor = Encryptor::new(&p.context, &MasterSeed::from_bytes([2; 32]));
    let ciphertext = encryptor.encrypt(&public, &plaintext).unwrap();
    let product = p.evaluator.mul(&ciphertext, &ciphertext).unwrap();
    All {
        secret: p.generator.secret_key().clone(),
        public,
        relinearization: EvaluationKey::Relinearization(relinearization),
        rotation: EvaluationKey::Galois(exponent, rotation),
        plaintext,
        both: Ciphertexts::new(vec![product.clone(), ciphertext.clone()]).unwrap(),
        product,
        ciphertext,
        context: p.context,
    }
}

/// 16 coefficients, so that every byte and bit can be tried.
fn tiny() -> All {
    all(toy(4, 2, 40, 1))
}

fn bytes<T: Stored>(value: &T, context: &Context) -> Vec<u8> {
    let mut bytes = vec![];
    serial::store(value, context, &mut bytes).unwrap();
    bytes
}

fn read<T: Stored>(bytes: &[u8], context: &Context) -> Result<T, SerialError> {
    serial::load(&mut &bytes[..], bytes.len() as u64, context)
}

/// Every file, with its name.
fn files(a: &All) -> Vec<(&'static str, Vec<u8>)> {
    let c = &a.context;
    vec![
        ("secret", bytes(&a.secret, c)),
        ("public", bytes(&a.public, c)),
        ("relinearization", bytes(&a.relinearization, c)),
        ("rotation", bytes(&a.rotation, c)),
        ("plaintext", bytes(&a.plaintext, c)),
        ("ciphertext", bytes(&a.ciphertext, c)),
        ("product", bytes(&a.product, c)),
        ("both", bytes(&a.both, c)),
    ]
}

/// Reads as what its name says; what loads is used.
fn accept(a: &All, name: &str, bytes: &[u8]) -> Result<(), SerialError> {
    let c = &a.context;
    match name {
        "secret" => {
            let key = read::<SecretKey>(bytes, c)?;
            let _ = Decryptor::new(c, &key).unwrap().decrypt(&a.product);
        }
        "public" => {
            let key = read::<PublicKey>(bytes, c)?;
            let mut encryptor = Encryptor::new(c, &MasterSeed::from_bytes([3; 32]));
            encryptor.encrypt(&key, &a.plaintext).unwrap();
        }
        "relinearization" | "rotation" => {
            let key = read::<EvaluationKey>(bytes, c)?;
            let mut keys = EvaluationKeys::new(c.parameters().id(), key.key().id());
            key.add_to(&mut keys).unwrap();
            let evaluator = CkksEvaluator::new(c, Arc::new(keys)).unwrap();
            let _ = evaluator.relinearize_rescale(&a.product);
            let _ = evaluator.rotate(&a.ciphertext, 1);
        }
        "plaintext" => {
            let plaintext = read::<Plaintext>(bytes, c)?;
            let mut encryptor = Encryptor::new(c, &MasterSeed::from_bytes([3; 32]));
            encryptor.encrypt(&a.public, &plaintext).unwrap();
        }
        "both" => {
            let both: Ciphertexts = read(bytes, c)?;
            both.as_slice().iter().for_each(|x| use_ciphertext(a, x));
        }
        _ => use_ciphertext(a, &read(bytes, c)?),
    }
    Ok(())
}

fn use_ciphertext(a: &All, x: &Ciphertext) {
    let mut keys = EvaluationKeys::new(a.context.parameters().id(), x.key());
    if a.secret.id() == x.key() {
        a.relinearization.clone().add_to(&mut keys).unwrap();
        let _ = Decryptor::new(&a.context, &a.secret).unwrap().decrypt(x);
    }
    let evaluator = CkksEvaluator::new(&a.context, Arc::new(keys)).unwrap();
    let _ = evaluator.rescale(x);
    let _ = evaluator.drop_to(x, level(0));
    if let Ok(product) = evaluator.mul(x, x) {
        let _ = evaluator.relinearize_rescale(&product);
    }
}

/// The same file with another digest.
fn resealed(mut file: Vec<u8>) -> Vec<u8> {
    let end = file.len() - 32;
    let digest = Sha256::digest(&file[..end]);
    file[end..].copy_from_slice(&digest);
    file
}

fn again<T: Stored>(value: &T, context: &Context) -> Result<T, SerialError> {
    let written = bytes(value, context);
    let value = read(&written, context)?;
    assert_eq!(bytes(&value, context), written);
    Ok(value)
}

#[test]
fn what_is_written_is_read_and_computes_the_same() {
    for literal in [toy(4, 2, 40, 1), toy(10, 5, 40, 2), toy(10, 1, 40, 3)] {
        let a = all(literal);
        let c = &a.context;
        assert_eq!(again(&a.ciphertext, c).unwrap(), a.ciphertext);
        assert_eq!(again(&a.product, c).unwrap(), a.product);
        assert_eq!(again(&a.both, c).unwrap(), a.both);
        assert_eq!(again(&a.plaintext, c).unwrap(), a.plaintext);
        let secret = again(&a.secret, c).unwrap();
        let public = again(&a.public, c).unwrap();
        let mut encryptor = Encryptor::new(c, &MasterSeed::from_bytes([2; 32]));
        assert_eq!(
            encryptor.encrypt(&public, &a.plaintext).unwrap(),
            a.ciphertext
        );
        let with = |keys: [EvaluationKey; 2]| {
            let mut all = EvaluationKeys::new(c.parameters().id(), a.secret.id());
            keys.into_iter()
                .for_each(|key| key.add_to(&mut all).unwrap());
            CkksEvaluator::new(c, Arc::new(all)).unwrap()
        };
        let read = with([
            again(&a.relinearization, c).unwrap(),
            again(&a.rotation, c).unwrap(),
        ]);
        let made = with([a.relinearization.clone(), a.rotation.clone()]);
        let product = read.relinearize(&a.product).unwrap();
        assert_eq!(product, made.relinearize(&a.product).unwrap());
        let rotated = read.rotate(&a.ciphertext, 1).unwrap();
        assert_eq!(rotated, made.rotate(&a.ciphertext, 1).unwrap());
        let old = Decryptor::new(c, &a.secret).unwrap().decrypt(&product);
        let new = Decryptor::new(c, &secret).unwrap().decrypt(&product);
        assert_eq!(old.unwrap(), new.unwrap());
    }
}

#[test]
fn keys_of_lower_levels_and_sparse_secrets_come_back() {
    let mut literal = toy(8, 4, 40, 2);
    literal.secret = SecretKind::Sparse(32);
    let p = party(literal, &[], 5);
    for (l, special) in [(0, 1), (1, 2), (3, 1), (4, 2)] {
        let request = KeyRequest {
            level: level(l),
            special,
        };
        let key = p.generator.relinearization_key(request).unwrap();
        let key = again(&EvaluationKey::Relinearization(key), &p.context).unwrap();
        assert_eq!(
            (key.key().level(), key.key().special()),
            (level(l), special)
        );
    }
    let secret = bytes(p.generator.secret_key(), &p.context);
    again(p.generator.secret_key(), &p.context).unwrap();
    let mut heavier = secret;
    heavier[64..128].fill(0b0101_0101);
    let refused = read::<SecretKey>(&resealed(heavier), &p.context);
    assert!(matches!(refused, Err(SerialError::Secret)));
}

#[test]
fn sizes_are_those_of_the_files() {
    let a = all(toy(10, 5, 40, 2));
    let parameters = a.context.parameters();
    let sizes = parameters.sizes(parameters.max_level()).unwrap();
    for (name, file) in files(&a) {
        let by_formula = match name {
            "secret" => sizes.secret_key_file_bytes,
            "public" => sizes.public_key_file_bytes,
            "relinearization" | "rotation" => sizes.switching_key_file_bytes,
            "plaintext" => sizes.ciphertext_file_bytes / 2,
            "ciphertext" => sizes.ciphertext_file_bytes,
            "both" => sizes.ciphertext_file_bytes / 2 * 5,
            _ => sizes.ciphertext_file_bytes / 2 * 3,
        };
        let rest = file.len() as u64 - by_formula;
        assert!((96..256).contains(&rest), "{name}: {rest}");
    }
}

/// The first half of a file's SHA-256.
fn digest(file: &[u8]) -> String {
    let digest = Sha256::digest(file);
    digest[..16].iter().map(|b| format!("{b:02x}")).collect()
}

/// The same seed gives the same bytes, now and in later versions.
#[test]
fn golden_files() {
    let expected = [
        ("secret", "426965f72dcfd37dd949f8c908ca5bbb"),
        ("public", "2f3ecda1da614bbd83b2abfd01a58292"),
        ("relinearization", "efc8fb2cc0ac7f4777929e894df7529a"),
        ("rotation", "616b75df98f810e6f9ceac8b3d73cd77"),
        ("plaintext", "766b832cf2c64de671ff08561fb3d442"),
        ("ciphertext", "0e2e971291e36191d238654c876e03cb"),
        ("product", "3806bc91aae80e37d29949b3baa4a477"),
        ("both", "d3da099e576884f3621c1e3da2bd8870"),
    ];
    let files = files(&tiny());
    let found: Vec<_> = files
        .iter()
        .map(|(name, file)| (*name, digest(file)))
        .collect();
    let found: Vec<_> = found
        .iter()
        .map(|(name, digest)| (*name, &**digest))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn files_take_their_place_whole_and_secrets_stay_private() {
    let a = all(toy(8, 2, 40, 1));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (secret, c) = (path("secret.key"), &a.context);
    serial::write(&secret, &a.secret, c).unwrap();
    serial::write(&path("public.key"), &a.public, c).unwrap();
    serial::write(&path("ct"), &a.product, c).unwrap();
    serial::write(&path("ct"), &a.ciphertext, c).unwrap();
    serial::write(&path("relin.key"), &a.relinearization, c).unwrap();
    serial::write(&path("rotation.key"), &a.rotation, c).unwrap();
    serial::write_parameters(&path("params.json"), c.parameters()).unwrap();
    assert_eq!(
        serial::read::<Ciphertext>(&path("ct"), c).unwrap(),
        a.ciphertext
    );
    assert_eq!(serial::kind(&secret).unwrap(), Kind::SecretKey);
    assert_eq!(
        &serial::read_parameters(&path("params.json")).unwrap(),
        c.parameters()
    );
    let mode = fs::metadata(&secret).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Neither a secret key nor anything else is replaced by one.
    for taken in ["secret.key", "ct"] {
        let before = fs::read(path(taken)).unwrap();
        let refused = serial::write(&path(taken), &a.secret, c);
        assert!(matches!(refused, Err(SerialError::Exists)));
        assert_eq!(fs::read(path(taken)).unwrap(), before);
    }
    let refused = serial::write(&path("none/ct"), &a.ciphertext, c);
    assert!(matches!(refused, Err(SerialError::Io(_))));
    let secrets = fs::read(&secret).unwrap();
    let coefficients = &secrets[64..secrets.len() - 32];
    let mut names = vec![];
    for entry in fs::read_dir(folder.path()).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_string();
        if name != "secret.key" {
            let public = fs::read(&file).unwrap();
            // 32 coefficients: too many to be there by chance.
            for part in coefficients.chunks(8) {
                assert!(!public.windows(8).any(|w| w == part), "{name}");
            }
        }
        names.push(name);
    }
    names.sort();
    let expected = [
        "ct",
        "params.json",
        "public.key",
        "relin.key",
        "rotation.key",
        "secret.key",
    ];
    assert_eq!(names, expected);
}
