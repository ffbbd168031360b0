//! What the holder of the secret does: images into ciphertexts, and ciphertexts into logits.

use num_complex::Complex64;

use super::description::Interface;
use crate::{
    ckks::{
        Ciphertext, Ciphertexts, Context, Decryptor, Encryptor,
        keys::{PublicKey, SecretKey},
    },
    cli::error::Outcome,
    nn::lower::Reading,
    quantity::Level,
    ring::sampler::MasterSeed,
};

/// An image, elements in the order of its shape, as the ciphertexts that the network takes.
pub(super) fn encrypted(
    context: &Context,
    key: &PublicKey,
    interface: &Interface,
    image: &[f32],
    seed: &MasterSeed,
) -> Outcome<Ciphertexts> {
    let level = Level::new(interface.input_level as u64)?;
    let scale = context.parameters().scheme().scale(level);
    let mut encryptor = Encryptor::new(context, seed);
    let mut sent = vec![];
    for slots in interface.input.packed(image) {
        let plaintext = context.encode(&complex(slots), level, scale)?;
        sent.push(encryptor.encrypt(key, &plaintext)?);
    }
    Ok(Ciphertexts::new(sent)?)
}

/// The logits of a result.
pub(super) fn decrypted(
    context: &Context,
    secret: &SecretKey,
    reading: &Reading,
    result: &[Ciphertext],
) -> Outcome<Vec<f64>> {
    Ok(reading.unpacked(&slots(context, secret, result)?))
}

/// The real slots of each ciphertext.
pub(super) fn slots(
    context: &Context,
    secret: &SecretKey,
    result: &[Ciphertext],
) -> Outcome<Vec<Vec<f64>>> {
    let decryptor = Decryptor::new(context, secret)?;
    let slots = result.iter().map(|x| Ok(real(&decryptor.decrypt(x)?)));
    slots.collect()
}

/// Real slots as complex ones.
pub(super) fn complex(slots: Vec<f64>) -> Vec<Complex64> {
    slots.into_iter().map(|x| Complex64::new(x, 0.0)).collect()
}

/// Their real parts.
pub(super) fn real(slots: &[Complex64]) -> Vec<f64> {
    slots.iter().map(|x| x.re).collect()
}
