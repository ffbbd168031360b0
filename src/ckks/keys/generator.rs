//! Making keys from a seed.

use super::{
    EncapsulationKeys, EvaluationKeys, KeyId, KeyRequest, PublicKey, SecretKey, SwitchingKey,
    encapsulation::SinglePair,
};
use crate::{
    ckks::{Context, error::CkksError, security::SecretKind},
    ring::{
        AlignedWords, Modulus, NttTable, RnsBasis, RnsPoly, inner_product,
        poly::Evaluation,
        sampler::{Mask, MasterSeed, Noise, Secret, Seed, fill_uniform, sparse_ternary, ternary},
    },
};
use rayon::prelude::*;
use zeroize::Zeroizing;

/// Makes the keys of one secret.
#[derive(Debug)]
pub struct KeyGenerator {
    pub(super) context: Context,
    mask: Seed<Mask>,
    noise: Seed<Noise>,
    secrets: Seed<Secret>,
    secret: SecretKey,
}

/// What a key is for, as the first byte of its number.
#[derive(Clone, Copy)]
enum Purpose {
    Public = 1,
    Relinearization = 2,
    Galois = 3,
    Name = 4,
    Ephemeral = 5,
    ToSparse = 6,
    FromSparse = 7,
}

/// The number of a key's seed: every key that differs in anything has its own masks and errors.
fn number(purpose: Purpose, request: Option<KeyRequest>, exponent: usize) -> u64 {
    let [level, special] = request.map_or([0, 0], |r| [r.level.get().into(), r.special as u64]);
    (purpose as u64) << 56 | level << 48 | special << 40 | exponent as u64
}

impl KeyGenerator {
    /// Draws the secret. Every number is derived from `seed` and the parameters: the same seed under other parameters gives
    /// independent keys.
    ///
    /// # Errors
    /// When the secret's weight does not fit, which validated parameters exclude.
    pub fn new(context: &Context, seed: &MasterSeed) -> Result<Self, CkksError> {
        let parameters = context.parameters();
        let degree = parameters.log_n().degree();
        let seed = seed.bound(*b"keys\0\0\0\0", parameters.id().to_bytes());
        let mask = seed.seed::<Mask>();
        let name = mask.child(number(Purpose::Name, None, 0)).to_bytes();
        let mut id = [0; 16];
        id.copy_from_slice(&name[..16]);
        let secrets = seed.seed::<Secret>();
        let mut stream = secrets.stream(0);
        let coefficients = match parameters.secret() {
            SecretKind::UniformTernary => ternary(&mut stream, degree),
            SecretKind::Sparse(weight) => sparse_ternary(&mut stream, degree, weight as usize)?,
        };
        Ok(Self {
            secret: SecretKey::new(parameters.id(), KeyId::from_bytes(id), coefficients),
            context: context.clone(),
            mask,
            noise: seed.seed(),
            secrets,
        })
    }

    /// Public name of the secret.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.secret.id()
    }

    /// The secret key.
    #[must_use]
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret
    }

    /// The public key.
    ///
    /// # Errors
    /// None that a context can cause.
    pub fn public_key(&self) -> Result<PublicKey, CkksError> {
        let basis = self.context.basis(self.context.parameters().max_level())?;
        let number = number(Purpose::Public, None, 0);
        let seed = self.mask.child(number);
        let s = self.secret.over(&basis)?;
        let mut b = RnsPoly::uniform(&basis, &seed);
        b.mul_assign(&s)?;
        b.neg_assign();
        b.add_assign(&*self.error(&basis, number, 0)?)?;
        PublicKey::new(&self.context, self.id(), seed, b)
    }

    /// An empty collection for the keys of this generator.
    #[must_use]
    pub fn no_evaluation_keys(&self) -> EvaluationKeys {
        EvaluationKeys::new(self.context.parameters().id(), self.id())
    }

    /// The key from s² to s.
    ///
    /// # Errors
    /// As [`KeyRequest::check`].
    pub fn relinearization_key(&self, request: KeyRequest) -> Result<SwitchingKey, CkksError> {
        request.check(&self.context)?;
        let basis = self
            .context
            .extended_basis(request.level, request.special)?;
        let s = self.secret.over(&basis)?;
        let mut square = s.clone();
        square.mul_assign(&s)?;
        let number = number(Purpose::Relinearization, Some(request), 0);
        self.switching_key(request, &square, &s, number, 0)
    }

    /// The key of the rotation to the left by `k` slots.
    ///
    /// # Errors
    /// As [`KeyRequest::check`].
    pub fn rotation_key(&self, k: usize, request: KeyRequest) -> Result<SwitchingKey, CkksError> {
        self.galois_key(self.context.rotation_exponent(k), request)
    }

    /// The key of complex conjugation.
    ///
    /// # Errors
    /// As [`KeyRequest::check`].
    pub fn conjugation_key(&self, request: KeyRequest) -> Result<SwitchingKey, CkksError> {
        self.galois_key(self.context.conjugation_exponent(), request)
    }

    /// The key of φ: X → X^`exponent`, from s to φ⁻¹(s): the automorphism is then applied to what was switched.
    ///
    /// # Errors
    /// As [`KeyRequest::check`], and when the exponent is even.
    pub fn galois_key(
        &self,
        exponent: usize,
        request: KeyRequest,
    ) -> Result<SwitchingKey, CkksError> {
        request.check(&self.context)?;
        let basis = self
            .context
            .extended_basis(request.level, request.special)?;
        let s = self.secret.over(&basis)?;
        let order = 2 * basis.degree();
        let inverse = inverse_exponent(exponent, order);
        let back = self.context.automorphism(inverse)?;
        let rotated = Zeroizing::new(s.automorphism(&back)?);
        let exponent = exponent % order;
        let number = number(Purpose::Galois, Some(request), exponent);
        self.switching_key(request, &s, &rotated, number, exponent)
    }

    /// The keys to the ephemeral secret of bootstrapping and back, for all levels.
    ///
    /// # Errors
    /// When the parameters have no such secret.
    pub fn encapsulation_keys(&self) -> Result<EncapsulationKeys, CkksError> {
        let ephemeral = self.ephemeral()?;
        let to_sparse = self.sparse_key(&ephemeral)?;
        let from_sparse = self.return_pair(&ephemeral)?;
        EncapsulationKeys::new(&self.context, self.id(), to_sparse, from_sparse)
    }

    /// The ephemeral secret: independent of the main one, and zeroized after use.
    pub(in crate::ckks) fn ephemeral(&self) -> Result<SecretKey, CkksError> {
        let parameters = self.context.parameters();
        let weight = parameters.scheme().encapsulation()? as usize;
        let seed = self.secrets.child(number(Purpose::Ephemeral, None, 0));
        let degree = parameters.log_n().degree();
        let coefficients = sparse_ternary(&mut seed.stream(0), degree, weight)?;
        Ok(SecretKey::new(parameters.id(), self.id(), coefficients))
    }

    /// From the main secret to the ephemeral one, modulo q0 and p1: what the ephemeral one is published under.
    fn sparse_key(&self, ephemeral: &SecretKey) -> Result<SwitchingKey, CkksError> {
        let request = EncapsulationKeys::to_sparse_request();
        request.check(&self.context)?;
        let basis = self
            .context
            .extended_basis(request.level, request.special)?;
        let (from, to) = (self.secret.over(&basis)?, ephemeral.over(&basis)?);
        let number = number(Purpose::ToSparse, Some(request), 0);
        self.switching_key(request, &from, &to, number, 0)
    }

    /// From the ephemeral secret s' to the main one s, for what is below q0: −a·s + e + p1·s', over all q and p1.
    fn return_pair(&self, ephemeral: &SecretKey) -> Result<SinglePair, CkksError> {
        let basis = EncapsulationKeys::from_sparse_basis(&self.context)?;
        let number = number(Purpose::FromSparse, None, 0);
        let seed = self.mask.child(number);
        let mut b = RnsPoly::uniform(&basis, &seed);
        b.mul_assign(&*self.secret.over(&basis)?)?;
        b.neg_assign();
        b.add_assign(&*self.error(&basis, number, 0)?)?;
        let special = basis.tables()[basis.limbs() - 1].modulus();
        b.mul_scalar_add_assign(&*ephemeral.over(&basis)?, special.value().into())?;
        Ok(SinglePair::new(seed, b))
    }

    /// An error polynomial.
    fn error(
        &self,
        basis: &RnsBasis,
        number: u64,
        index: u64,
    ) -> Result<Zeroizing<RnsPoly<Evaluation>>, CkksError> {
        let errors = self.errors(number, index);
        let poly = RnsPoly::from_signed(basis, &errors)?;
        Ok(Zeroizing::new(poly.into_evaluation()?))
    }

    fn errors(&self, number: u64, index: u64) -> Zeroizing<Vec<i64>> {
        let degree = self.context.parameters().log_n().degree();
        let mut stream = self.noise.child(number).stream(index);
        self.context.gaussian().samples(&mut stream, degree)
    }

    /// Encryptions of P·g_j·`from` under `to`.
    fn switching_key(
        &self,
        request: KeyRequest,
        from: &RnsPoly<Evaluation>,
        to: &RnsPoly<Evaluation>,
        number: u64,
        exponent: usize,
    ) -> Result<SwitchingKey, CkksError> {
        let tables = self.context.switch(request.level, request.special)?;
        let (basis, digits) = (tables.basis(), tables.digit_count());
        let seed = self.mask.child(number);
        let errors: Vec<_> = (0..digits as u64)
            .into_par_iter()
            .map(|j| self.errors(number, j))
            .collect();
        let degree = basis.degree();
        let mut words = AlignedWords::zeros(basis.limbs() * 2 * digits * degree);
        let streams = words.par_chunks_exact_mut(2 * digits * degree).enumerate();
        streams.try_for_each(|(i, stream)| {
            let table = &basis.tables()[i];
            let own = tables.digit_of(i);
            for (j, errors) in errors.iter().enumerate() {
                let mask = uniform_limb(&seed, j, table);
                let mut b = noisy_limb(table, &mask, to.limb(i), errors)?;
                if own == Some(j) {
                    let special = tables.special()[i];
                    let pointwise = table.pointwise();
                    pointwise.mul_scalar_add_assign(&mut b, from.limb(i), special)?;
                }
                inner_product::write_digit(stream, digits, j, &b, &mask)?;
            }
            Ok::<(), CkksError>(())
        })?;
        Ok(SwitchingKey {
            parameters: self.context.parameters().id(),
            id: self.id(),
            exponent,
            level: request.level,
            special: request.special,
            seed,
            words,
            digits,
            degree,
        })
    }
}

/// Uniform residues of digit j: stream q of child j of the key's seed.
pub(in crate::ckks) fn uniform_limb(seed: &Seed<Mask>, j: usize, table: &NttTable) -> AlignedWords {
    let mut limb = AlignedWords::unspecified(table.degree());
    let q: &Modulus = table.modulus();
    fill_uniform(&mut seed.child(j as u64).stream(q.value()), q, &mut limb);
    limb
}

/// e − a·s.
fn noisy_limb(
    table: &NttTable,
    mask: &[u64],
    secret: &[u64],
    errors: &[i64],
) -> Result<AlignedWords, CkksError> {
    let q = table.modulus();
    let mut b = AlignedWords::unspecified(table.degree());
    for (b, e) in b.iter_mut().zip(errors) {
        *b = q.reduce_i64(*e);
    }
    table.forward(&mut b)?;
    let mut product = Zeroizing::new(AlignedWords::from(mask));
    table.pointwise().mul_assign(&mut product, secret)?;
    table.pointwise().sub_assign(&mut b, &product)?;
    Ok(b)
}

/// 1/k modulo a power of two, k odd, by Newton's iteration.
fn inverse_exponent(k: usize, order: usize) -> usize {
    // Correct to 3 bits at first, and the number of bits doubles.
    let doubled = |x: usize, _| x.wrapping_mul(2usize.wrapping_sub(k.wrapping_mul(x)));
    (0..5).fold(k, doubled) % order
}
