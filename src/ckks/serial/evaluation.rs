//! Keys of relinearisation, rotations and conjugation.
//!
//! Payload: four bytes for the exponent of the automorphism, 0 for relinearisation; one for the level, one for the number
//! of special primes, the 32 bytes of the seed of all a_j; then for each prime the residues of b_j, digit after digit.

use super::{
    Header, Kind, SerialError, Sink, Source,
    error::range,
    format::Format,
    header::{DIGEST, HEADER},
    residues,
};
use crate::{
    ckks::{
        CkksError, Context,
        keys::{EvaluationKey, KeyId, KeyRequest, SwitchingKey, uniform_limb},
        params::ParametersId,
    },
    quantity::Level,
    ring::{
        AlignedWords, Modulus, NttTable, RnsBasis,
        sampler::{Mask, SEED_BYTES, Seed},
    },
};
use rayon::prelude::*;
use std::{fs::File, path::Path};

/// Limbs that are held as they are stored.
const AT_ONCE: usize = 8;
/// Residues of b and then of a that follow each other in a key in memory.
const RUN: usize = 8;

/// What an evaluation key says at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluationHead {
    /// Public name of the secret.
    pub key: KeyId,
    /// k of X → X^k; none for relinearisation.
    pub exponent: Option<usize>,
    /// Level and special primes.
    pub request: KeyRequest,
}

impl EvaluationHead {
    /// Refuses what keys of these parameters cannot be.
    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        let (exponent, level, special) = (source.u32()?, source.u8()?, source.u8()?.into());
        let order = 2 * context.parameters().log_n().degree() as u64;
        range("the exponent", exponent.into(), 0, order - 1)?;
        if exponent > 0 && exponent.is_multiple_of(2) {
            return Err(SerialError::Form {
                field: "the exponent",
                found: exponent.into(),
                need: "odd, or 0 for relinearisation",
            });
        }
        let max_level = context.parameters().max_level().get().into();
        range("the level", level.into(), 0, max_level)?;
        let level = Level::new(level.into())?;
        let request = KeyRequest { level, special };
        request.check(context)?;
        Ok(Self {
            key: header.key,
            exponent: (exponent > 0).then_some(exponent as usize),
            request,
        })
    }
}

/// What a file of an evaluation key holds, by its first bytes alone.
///
/// # Errors
/// When it does not begin as an evaluation key of these parameters.
pub fn evaluation_head(path: &Path, context: &Context) -> Result<EvaluationHead, SerialError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut source = Source::new(&mut file);
    let header = source.header()?;
    header.expect(EvaluationKey::KIND, length, context)?;
    source.limit(header.payload);
    EvaluationHead::read(context, &header, &mut source)
}

/// Bytes of the file of an evaluation key.
///
/// # Errors
/// When these parameters have no such keys.
pub fn evaluation_file_bytes(context: &Context, request: KeyRequest) -> Result<u64, CkksError> {
    let basis = context.extended_basis(request.level, request.special)?;
    let digits = (basis.limbs() - request.special).div_ceil(request.special);
    let head = size_of::<u32>() + 2 + SEED_BYTES;
    Ok((HEADER + head + DIGEST) as u64 + residues::poly_len(&basis) * digits as u64)
}

impl Format for EvaluationKey {
    const KIND: Kind = Kind::EvaluationKey;

    fn owner(&self) -> (ParametersId, KeyId) {
        (self.key().parameters, self.key().id)
    }

    fn head(&self) -> Vec<u8> {
        let key = self.key();
        let mut bytes = (key.exponent as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(&[key.level.get(), key.special as u8]);
        bytes.extend_from_slice(&key.seed.to_bytes());
        bytes
    }

    fn body_len(&self, context: &Context) -> Result<u64, SerialError> {
        let key = self.key();
        let basis = context.extended_basis(key.level, key.special)?;
        Ok(residues::poly_len(&basis) * key.digits as u64)
    }

    fn write_body(&self, context: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError> {
        write_words(self.key(), context, sink)
    }

    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        let EvaluationHead {
            exponent, request, ..
        } = EvaluationHead::read(context, header, source)?;
        let basis = context.extended_basis(request.level, request.special)?;
        let seed = Seed::from_bytes(source.array()?);
        let mut key = empty(header, request, seed, &basis);
        key.exponent = exponent.unwrap_or(0);
        source.expect(residues::poly_len(&basis) * key.digits as u64)?;
        read_words(&mut key, &basis, source)?;
        Ok(match exponent {
            None => Self::Relinearization(key),
            Some(exponent) => Self::Galois(exponent, key),
        })
    }
}

/// The b_j, prime after prime.
pub(super) fn write_words(
    key: &SwitchingKey,
    context: &Context,
    sink: &mut Sink<'_>,
) -> Result<(), SerialError> {
    let basis = context.extended_basis(key.level, key.special)?;
    let streams = key.words.par_chunks_exact(2 * key.digits * key.degree);
    let limbs: Vec<_> = basis.moduli().zip(streams.collect::<Vec<_>>()).collect();
    for some in limbs.chunks(AT_ONCE) {
        let packed = some.par_iter().map(|(q, stream)| packed(key, q, stream));
        for bytes in packed.collect::<Vec<_>>() {
            sink.put(&bytes)?;
        }
    }
    Ok(())
}

/// The b_j modulo one prime.
fn packed(key: &SwitchingKey, q: &Modulus, stream: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.digits * residues::limb_len(key.degree, q));
    for j in 0..key.digits {
        let pairs = stream.chunks_exact(2 * RUN).skip(j).step_by(key.digits);
        residues::pack(pairs.flat_map(|pair| &pair[..RUN]), q.bits(), &mut bytes);
    }
    bytes
}

/// A key whose residues are still to be read. Pre: `basis` is the one of the request.
pub(super) fn empty(
    header: &Header,
    request: KeyRequest,
    seed: Seed<Mask>,
    basis: &RnsBasis,
) -> SwitchingKey {
    let KeyRequest { level, special } = request;
    SwitchingKey {
        parameters: header.parameters,
        id: header.key,
        exponent: 0,
        level,
        special,
        seed,
        words: AlignedWords::zeros(0),
        digits: (basis.limbs() - special).div_ceil(special),
        degree: basis.degree(),
    }
}

/// Reads the b_j and makes the a_j, some limbs at once.
pub(super) fn read_words(
    key: &mut SwitchingKey,
    basis: &RnsBasis,
    source: &mut Source<'_>,
) -> Result<(), SerialError> {
    let stream_len = 2 * key.digits * key.degree;
    let mut words = AlignedWords::zeros(basis.limbs() * stream_len);
    let streams = words.chunks_mut(AT_ONCE * stream_len);
    for (tables, streams) in basis.tables().chunks(AT_ONCE).zip(streams) {
        let mut stored = Vec::with_capacity(tables.len());
        for table in tables {
            let limb_len = residues::limb_len(key.degree, table.modulus());
            let mut bytes = vec![0; key.digits * limb_len];
            source.fill(&mut bytes)?;
            stored.push(bytes);
        }
        let limbs = streams.par_chunks_exact_mut(stream_len).zip(tables);
        limbs
            .zip(&stored)
            .try_for_each(|((stream, table), bytes)| expand(key, table, bytes, stream))?;
    }
    key.words = words;
    Ok(())
}

/// Fills the stream of one prime: for each run of positions the digits in turn, each with its b and then its a.
fn expand(
    key: &SwitchingKey,
    table: &NttTable,
    bytes: &[u8],
    stream: &mut [u64],
) -> Result<(), SerialError> {
    let q = table.modulus();
    let mut b = vec![0; key.degree];
    let digits = bytes.chunks_exact(residues::limb_len(key.degree, q));
    for (j, bytes) in digits.enumerate() {
        residues::unpack(bytes, q, &mut b)?;
        let a = uniform_limb(&key.seed, j, table);
        let pairs = stream.chunks_exact_mut(2 * RUN).skip(j).step_by(key.digits);
        let runs = b.chunks_exact(RUN).zip(a.chunks_exact(RUN));
        for (pair, (b, a)) in pairs.zip(runs) {
            pair[..RUN].copy_from_slice(b);
            pair[RUN..].copy_from_slice(a);
        }
    }
    Ok(())
}
