//! How much memory a bootstrap takes, told before it runs.
//!
//! Keys and encoded transforms are counted exactly, for a level with l primes, α special ones and d = ⌈l/α⌉ digits:
//! 2·d·(l+α)·N·8 bytes for a key, and min(2p, N)·(l+α)·8 for a diagonal of period p. Tables of the context and what is
//! alive while it computes are modelled; together they are a small part where N is large.

use super::{
    CkksError, Context,
    keys::{BootstrapKey, EncapsulationKeys, KeyRequest, bootstrap_keys},
    serial,
};
use crate::{
    bootstrap::{Factor, Plan},
    circuit::LinearTransform,
    quantity::Level,
};
use serde::Serialize;

/// Bytes of a residue.
const WORD: u64 = 8;
/// Limbs that a prime takes in the context: roots and their quotients, forward and inverse.
const TABLE_LIMBS: u64 = 4;
/// Ciphertexts of its highest level that are alive in the modular reduction of one part.
const REDUCTION: u64 = 14;
/// Bytes of an entry of a transform in the clear.
const COMPLEX: u64 = 16;
/// What a process takes without any of it.
const PROCESS: u64 = 12 << 20;

/// Bytes of a bootstrap, by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BootstrapMemory {
    /// Number of evaluation keys, the pair of the ephemeral secret counted as one.
    pub keys: usize,
    /// These keys in memory, to the byte.
    pub key_bytes: u64,
    /// The same in files, to the byte.
    pub key_file_bytes: u64,
    /// The encoded transforms, to the byte; of all plans, if there are several.
    pub transform_bytes: u64,
    /// Ciphertexts, digits and sums at their height, as modelled; of the plan that takes the most.
    pub working_bytes: u64,
    /// Tables of the context, the plans, and the process itself, as modelled.
    pub table_bytes: u64,
}

impl BootstrapMemory {
    /// Of the bootstraps of these plans, one at a time, on so many threads.
    ///
    /// # Errors
    /// When these parameters have no keys for it.
    pub fn new(context: &Context, plans: &[&Plan], threads: usize) -> Result<Self, CkksError> {
        let keys = bootstrap_keys(context, plans)?;
        let (mut key_bytes, mut key_file_bytes) = (
            EncapsulationKeys::size(context)?,
            serial::encapsulation_file_bytes(context)?,
        );
        for (_, request) in &keys {
            key_bytes += switching_key_bytes(context, *request)?;
            key_file_bytes += serial::evaluation_file_bytes(context, *request)?;
        }
        let (mut transform_bytes, mut working_bytes, mut clear_bytes) = (0, 0, 0);
        for plan in plans {
            let mut highest = 0;
            for factor in plan.factors() {
                let special = special_of(context, &keys, &factor.transform, factor.level);
                transform_bytes +=
                    diagonal_bytes(context, &factor.transform, factor.level, special);
                let periods = factor.transform.diagonals().values().map(Vec::len);
                clear_bytes += periods.sum::<usize>() as u64 * COMPLEX;
                highest = highest.max(running_bytes(context, factor, special, threads));
            }
            // Memory of the transforms stays with the process when the modular reduction begins.
            working_bytes = working_bytes.max(highest + reduction_bytes(context, plan, threads));
        }
        let primes = context.parameters().chain();
        let primes = primes.q_bits().len() + primes.p_bits().len();
        Ok(Self {
            keys: keys.len() + 1,
            key_bytes,
            key_file_bytes,
            transform_bytes,
            working_bytes,
            table_bytes: TABLE_LIMBS * primes as u64 * limb(context) + clear_bytes + PROCESS,
        })
    }

    /// All of it: the most that a process takes that loads the keys and bootstraps.
    #[must_use]
    pub const fn peak(&self) -> u64 {
        self.key_bytes + self.transform_bytes + self.working_bytes + self.table_bytes
    }
}

/// Bytes of a relinearisation, rotation or conjugation key in memory.
///
/// # Errors
/// When these parameters have no such keys.
pub fn switching_key_bytes(context: &Context, request: KeyRequest) -> Result<u64, CkksError> {
    request.check(context)?;
    let limbs = u64::from(request.level.get()) + 1;
    let special = request.special as u64;
    let digits = limbs.div_ceil(special);
    Ok(2 * digits * (limbs + special) * limb(context))
}

/// Bytes of N residues.
fn limb(context: &Context) -> u64 {
    context.parameters().log_n().degree() as u64 * WORD
}

/// Limbs of a polynomial over the primes of a level and so many special ones.
fn limbs(level: Level, special: usize) -> u64 {
    u64::from(level.get()) + 1 + special as u64
}

/// Bytes of a transform encoded for a level under these keys, to the byte.
#[must_use]
pub fn transform_bytes(
    context: &Context,
    keys: &[(BootstrapKey, KeyRequest)],
    transform: &LinearTransform,
    level: Level,
) -> u64 {
    let special = special_of(context, keys, transform, level);
    diagonal_bytes(context, transform, level, special)
}

/// Bytes of a transform of which coefficients are kept.
#[must_use]
pub fn compact_bytes(transform: &LinearTransform) -> u64 {
    let diagonals = transform.diagonals().values();
    diagonals
        .map(|d| 2 * d.len() as u64 * size_of::<i64>() as u64)
        .sum()
}

/// The special primes of the keys that serve a transform, as the evaluator picks them: of the smallest key of its first
/// rotation such that all have one of that kind.
fn special_of(
    context: &Context,
    keys: &[(BootstrapKey, KeyRequest)],
    transform: &LinearTransform,
    level: Level,
) -> usize {
    let rotations = transform.steps().rotations();
    let serving = |k: usize| {
        let serves = move |(key, request): &&(BootstrapKey, KeyRequest)| {
            *key == BootstrapKey::Rotation(k) && request.level >= level
        };
        keys.iter().filter(serves).map(|(_, request)| *request)
    };
    let mut candidates: Vec<KeyRequest> = rotations
        .first()
        .into_iter()
        .flat_map(|k| serving(*k))
        .collect();
    candidates.sort_by_key(|request| {
        let bytes = switching_key_bytes(context, *request).unwrap_or(u64::MAX);
        (request.level, bytes, request.special)
    });
    let all_have = |special: usize| {
        let has = |k: &usize| serving(*k).any(|request| request.special == special);
        rotations.iter().all(has)
    };
    let mut kinds = candidates.into_iter().map(|request| request.special);
    let found = kinds.find(|special| all_have(*special));
    found.unwrap_or_else(|| KeyRequest::full(context).special)
}

/// The encoded diagonals.
fn diagonal_bytes(
    context: &Context,
    transform: &LinearTransform,
    level: Level,
    special: usize,
) -> u64 {
    let degree = context.parameters().log_n().degree();
    let periods = transform.diagonals().values().map(Vec::len);
    let distinct: usize = periods.map(|period| (2 * period).min(degree)).sum();
    limbs(level, special) * distinct as u64 * WORD
}

/// While a transform runs: its input, the digits, two sums for each giant step, and on each thread two limbs for each
/// baby step.
fn running_bytes(context: &Context, factor: &Factor, special: usize, threads: usize) -> u64 {
    let steps = factor.transform.steps();
    let all = limbs(factor.level, special);
    let own = limbs(factor.level, 0);
    let digits = own.div_ceil(special.max(1) as u64);
    let sums = 2 * (steps.groups.len() as u64 + 1);
    let on_threads = threads as u64 * 2 * (steps.babies().len() as u64 + 2);
    (2 * 2 * own + (digits + sums) * all + on_threads) * limb(context)
}

/// While the modular reduction runs, on two parts at once where there are two, and threads for them.
fn reduction_bytes(context: &Context, plan: &Plan, threads: usize) -> u64 {
    let parts = plan.reductions().min(threads.max(1)) as u64;
    parts * REDUCTION * 2 * limbs(plan.reduction_level(), 0) * limb(context)
}
