//! Encoding to plaintexts, encryption and decryption.

use super::{
    Ciphertext, Context, Plaintext,
    error::{CkksError, EncodeError},
    keys::{PublicKey, SecretKey},
};
use crate::{
    quantity::{Level, Scale},
    ring::{
        RnsBasis, RnsPoly,
        poly::Evaluation,
        sampler::{Confidential, Mask, MasterSeed, Noise, Secret, Seed, Stream, ternary},
    },
};
use num_complex::Complex64;
use zeroize::Zeroizing;

impl Context {
    /// Encodes complex slots at a level and scale.
    ///
    /// # Errors
    /// When there is no such level, the number of slots is no power of two up to N/2, a slot is not finite, or the scale
    /// or a value times the scale exceeds the modulus of the level.
    pub fn encode(
        &self,
        slots: &[Complex64],
        level: Level,
        scale: &Scale,
    ) -> Result<Plaintext, CkksError> {
        let scheme = self.parameters().scheme();
        scheme.encodes_slots(slots, level, scale)?;
        let coefficients = self.encoder().encode(slots, scale)?;
        self.plaintext(&coefficients, slots.len(), level, scale)
    }

    /// Encodes real slots; their imaginary parts are exactly 0.
    ///
    /// # Errors
    /// As [`Context::encode`].
    pub fn encode_real(
        &self,
        slots: &[f64],
        level: Level,
        scale: &Scale,
    ) -> Result<Plaintext, CkksError> {
        let scheme = self.parameters().scheme();
        scheme.encodes(slots.len(), level, scale)?;
        let coefficients = self.encoder().encode_real(slots, scale)?;
        self.plaintext(&coefficients, slots.len(), level, scale)
    }

    fn plaintext(
        &self,
        coefficients: &[i128],
        slots: usize,
        level: Level,
        scale: &Scale,
    ) -> Result<Plaintext, CkksError> {
        let basis = self.basis(level)?;
        self.parameters().scheme().fits(level, scale)?;
        let largest = coefficients.iter().map(|c| c.unsigned_abs()).max();
        let log2 = (largest.unwrap_or(0) as f64).log2();
        let log2_modulus = self.parameters().scheme().log_q(level);
        // Centred residues represent magnitudes below Q/2.
        if log2 >= log2_modulus - 1.0 {
            return Err(CkksError::Overflow {
                log2,
                log2_modulus,
                level,
            });
        }
        Ok(Plaintext {
            parameters: self.parameters().id(),
            scale: scale.clone(),
            level,
            slots,
            poly: RnsPoly::from_signed(&basis, coefficients)?.into_evaluation()?,
        })
    }
}

/// Encrypts under a public or a secret key. Its randomness follows from a seed; no number is used twice.
#[derive(Debug)]
pub struct Encryptor {
    context: Context,
    mask: Seed<Mask>,
    secret: Seed<Secret>,
    noise: Seed<Noise>,
    done: u64,
}

impl Encryptor {
    /// Randomness from `seed`, which must not serve anything else. For real use take one from the operating system.
    #[must_use]
    pub fn new(context: &Context, seed: &MasterSeed) -> Self {
        let seed = seed.bound(*b"encrypt\0", context.parameters().id().to_bytes());
        Self {
            context: context.clone(),
            mask: seed.seed(),
            secret: seed.seed(),
            noise: seed.seed(),
            done: 0,
        }
    }

    /// (b·v + e0 + m, a·v + e1) for ternary v, at the level of the plaintext.
    ///
    /// # Errors
    /// When key or plaintext are of other parameters.
    pub fn encrypt(
        &mut self,
        key: &PublicKey,
        plaintext: &Plaintext,
    ) -> Result<Ciphertext, CkksError> {
        self.context.check(key.parameters)?;
        self.context.check(plaintext.parameters)?;
        let number = self.next();
        let basis = self.context.basis(plaintext.level)?;
        let degree = basis.degree();
        let mut stream = self.secret.stream(number);
        let v = evaluation(&basis, &ternary(&mut stream, degree))?;
        let mut noise = self.noise.stream(number);
        let limbs = basis.limbs();
        let mut half = |poly: &RnsPoly<Evaluation>| {
            let mut product = poly.clone();
            product.truncate(limbs)?;
            product.mul_assign(&v)?;
            product.add_assign(&*self.error(&basis, &mut noise)?)?;
            Ok::<_, CkksError>(product)
        };
        let (mut c0, c1) = (half(&key.b)?, half(&key.a)?);
        c0.add_assign(&plaintext.poly)?;
        Ok(ciphertext(plaintext, key.id, vec![c0, c1]))
    }

    /// (m + e − a·s, a) for a uniform a, at the level of the plaintext: less noise than under the public key.
    ///
    /// # Errors
    /// When key or plaintext are of other parameters.
    pub fn encrypt_secret(
        &mut self,
        key: &SecretKey,
        plaintext: &Plaintext,
    ) -> Result<Ciphertext, CkksError> {
        self.context.check(key.parameters())?;
        self.context.check(plaintext.parameters)?;
        let number = self.next();
        let basis = self.context.basis(plaintext.level)?;
        let c1 = RnsPoly::uniform(&basis, &self.mask.child(number));
        let mut c0 = c1.clone();
        c0.mul_assign(&*key.over(&basis)?)?;
        c0.neg_assign();
        let mut noise = self.noise.stream(number);
        c0.add_assign(&*self.error(&basis, &mut noise)?)?;
        c0.add_assign(&plaintext.poly)?;
        Ok(ciphertext(plaintext, key.id(), vec![c0, c1]))
    }

    fn next(&mut self) -> u64 {
        self.done += 1;
        self.done
    }

    fn error(
        &self,
        basis: &RnsBasis,
        stream: &mut Stream<impl Confidential>,
    ) -> Result<Zeroizing<RnsPoly<Evaluation>>, CkksError> {
        let gaussian = self.context.gaussian();
        evaluation(basis, &gaussian.samples(stream, basis.degree()))
    }
}

fn evaluation(
    basis: &RnsBasis,
    coefficients: &[i64],
) -> Result<Zeroizing<RnsPoly<Evaluation>>, CkksError> {
    let poly = RnsPoly::from_signed(basis, coefficients)?;
    Ok(Zeroizing::new(poly.into_evaluation()?))
}

fn ciphertext(
    plaintext: &Plaintext,
    key: super::keys::KeyId,
    components: Vec<RnsPoly<Evaluation>>,
) -> Ciphertext {
    Ciphertext {
        parameters: plaintext.parameters,
        key,
        scale: plaintext.scale.clone(),
        level: plaintext.level,
        slots: plaintext.slots,
        components,
    }
}

/// Bits beyond the scale up to which a decrypted message is exact.
const HEADROOM_BITS: f64 = 60.0;
/// log2 of a modulus that holds every coefficient that can be encoded, with both signs and some noise.
const ENCODED_BITS: f64 = 122.0;

/// Decrypts with a secret key.
#[derive(Debug)]
pub struct Decryptor {
    pub(super) context: Context,
    key: SecretKey,
}

impl Decryptor {
    /// For one secret key.
    ///
    /// # Errors
    /// When the key is of other parameters.
    pub fn new(context: &Context, key: &SecretKey) -> Result<Self, CkksError> {
        context.check(key.parameters())?;
        Ok(Self {
            context: context.clone(),
            key: key.clone(),
        })
    }

    /// The coefficients of Σ c_k·s^k, centred: Δ·m + e.
    ///
    /// Coefficients are taken modulo as many primes as scale·2^60 and 2^122 need, at most the level's. With the ciphertext
    /// they give the secret away: they are not to be published.
    ///
    /// # Errors
    /// When the ciphertext is of other parameters or another key, or a coefficient does not fit 2^120.
    pub fn coefficients(&self, ciphertext: &Ciphertext) -> Result<Vec<i128>, CkksError> {
        self.context.check(ciphertext.parameters)?;
        if ciphertext.key != self.key.id() {
            return Err(CkksError::Key {
                found: ciphertext.key,
                need: self.key.id(),
            });
        }
        let basis = self.context.basis(self.reading_level(ciphertext)?)?;
        let s = self.key.over(&basis)?;
        let mut power = s.clone();
        let mut components = ciphertext.components.iter();
        let mut sum = match components.next() {
            Some(first) => first.clone(),
            None => RnsPoly::zero(&basis),
        };
        sum.truncate(basis.limbs())?;
        for component in components {
            let mut component = component.clone();
            component.truncate(basis.limbs())?;
            sum.mul_add_assign(&component, &power)?;
            power.mul_assign(&s)?;
        }
        // As telling as the secret, for who has the ciphertext.
        let poly = Zeroizing::new(sum.into_coefficient()?);
        let crt = basis.crt()?;
        let coefficient = |i| {
            let exact = poly.coefficient(&crt, i)?;
            exact.to_i128().ok_or_else(|| {
                let log2 = f64::from(exact.significant_bits());
                CkksError::from(EncodeError::TooLarge {
                    log2,
                    max_log2: i128::BITS - 1,
                    log2_scale: ciphertext.scale.log2(),
                })
            })
        };
        // The full capacity at once, so that no copy is left behind by growth.
        let mut coefficients = Vec::with_capacity(basis.degree());
        for i in 0..basis.degree() {
            coefficients.push(coefficient(i)?);
        }
        Ok(coefficients)
    }

    /// The slots. Their errors tell about the key: what others see takes
    /// [`decrypt_flooded`](Decryptor::decrypt_flooded).
    ///
    /// # Errors
    /// As [`Decryptor::coefficients`].
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Vec<Complex64>, CkksError> {
        let coefficients = Zeroizing::new(self.coefficients(ciphertext)?);
        let encoder = self.context.encoder();
        Ok(encoder.decode(&coefficients, ciphertext.slots, &ciphertext.scale)?)
    }

    /// The lowest level whose modulus holds what the scale leads to expect.
    fn reading_level(&self, ciphertext: &Ciphertext) -> Result<Level, CkksError> {
        let scheme = self.context.parameters().scheme();
        let needed = (ciphertext.scale.log2() + HEADROOM_BITS).max(ENCODED_BITS);
        for level in 0..u64::from(ciphertext.level.get()) {
            let level = Level::new(level).map_err(crate::circuit::CircuitError::from)?;
            if scheme.log_q(level) >= needed {
                return Ok(level);
            }
        }
        Ok(ciphertext.level)
    }
}
