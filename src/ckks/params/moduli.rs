//! The primes of a chain, and the canonical scales that follow from them.
//!
//! Every prime of b bits is below 2^b, so the gate on bit sizes holds for the moduli themselves. The special primes are
//! the largest of their size. Levels of equal size have scales S_(l−1) = S_l²/q_l, and each q_l is chosen, from the top
//! level down, as the prime nearest to S_l²/C among those around a centre C: then S_(l−1) is nearest to C, and the
//! squaring does not amplify what the primes before were off by (compare Kim, Papadimitriou, Polyakov, ePrint 2020/1118).

use super::{chain::Chain, literal::ParametersLiteral};
use crate::{
    ckks::error::ParametersError,
    quantity::{LogN, Scale},
    ring::{
        Modulus, RingError,
        prime::{Direction, ntt_primes},
    },
};
use std::collections::BTreeMap;

/// The primes q0, …, qL and those of P, with the canonical scale of every level.
#[derive(Debug, Clone, PartialEq)]
pub struct Moduli {
    q: Vec<Modulus>,
    p: Vec<Modulus>,
    scales: Vec<Scale>,
}

/// Candidates of one size, from the largest down.
struct Pool {
    primes: Vec<u64>,
    /// The prime in the middle.
    centre: u64,
}

impl Moduli {
    pub(super) fn new(
        literal: &ParametersLiteral,
        log_n: LogN,
        chain: &Chain,
    ) -> Result<Self, ParametersError> {
        let mut pools = pools(log_n, chain)?;
        let p = chain.p_bits().iter().map(|b| take(&mut pools, *b, None));
        let p = p.collect::<Result<Vec<_>, _>>()?;
        for pool in pools.values_mut() {
            pool.centre = pool.primes.get(pool.primes.len() / 2).copied().unwrap_or(0);
        }
        let bits = chain.q_bits();
        let mut q = vec![0; bits.len()];
        let mut scales = vec![];
        for level in (0..bits.len()).rev() {
            let scale = match scales.last() {
                Some(above) if level == 0 || bits[level] == bits[level + 1] => {
                    Scale::times(above, above)?.rescaled(q[level + 1])?
                }
                _ if level == 0 => Scale::power_of_two(literal.scale_bits)?,
                _ => Scale::from_f64(pools[&bits[level]].centre as f64)?,
            };
            let near = (level > 0).then(|| {
                let centre = pools[&bits[level]].centre as f64;
                scale.to_f64() * (scale.to_f64() / centre)
            });
            q[level] = take(&mut pools, bits[level], near)?;
            scales.push(scale);
        }
        scales.reverse();
        let modulus = |q: u64| Modulus::new(q).map_err(ParametersError::from);
        Ok(Self {
            q: q.into_iter().map(modulus).collect::<Result<_, _>>()?,
            p: p.into_iter().map(modulus).collect::<Result<_, _>>()?,
            scales,
        })
    }

    /// q0, …, qL.
    #[must_use]
    pub fn q(&self) -> &[Modulus] {
        &self.q
    }

    /// The special primes.
    #[must_use]
    pub fn p(&self) -> &[Modulus] {
        &self.p
    }

    /// The canonical scale of each level, from level 0.
    #[must_use]
    pub fn scales(&self) -> &[Scale] {
        &self.scales
    }
}

/// For each size twice as many primes as the chain takes, or as many as there are.
fn pools(log_n: LogN, chain: &Chain) -> Result<BTreeMap<u32, Pool>, ParametersError> {
    let mut needed = BTreeMap::<u32, usize>::new();
    for bits in chain.q_bits().iter().chain(chain.p_bits()) {
        *needed.entry(*bits).or_default() += 1;
    }
    let pool = |(bits, needed): (u32, usize)| {
        let find = |count| ntt_primes(log_n.degree(), bits, count, Direction::Down, &[]);
        let primes = match find(2 * needed) {
            Err(RingError::PrimesExhausted { found, .. }) if found >= needed => find(found),
            other => other,
        }?;
        let primes = primes.iter().map(Modulus::value).collect();
        Ok((bits, Pool { primes, centre: 0 }))
    };
    needed.into_iter().map(pool).collect()
}

/// Removes the prime nearest to a number from the pool of its size, or the largest.
fn take(
    pools: &mut BTreeMap<u32, Pool>,
    bits: u32,
    near: Option<f64>,
) -> Result<u64, ParametersError> {
    let primes = pools.get_mut(&bits).map(|pool| &mut pool.primes);
    let distance = |q: &u64| near.map_or(0.0, |x| (*q as f64 - x).abs());
    // `min_by` keeps the first of equals, which is the largest.
    let best = primes.and_then(|primes| {
        let nearest = primes
            .iter()
            .enumerate()
            .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))
            .map(|best| best.0)?;
        Some(primes.remove(nearest))
    });
    // Pools hold as many as the chain takes.
    best.ok_or(ParametersError::Ring(RingError::Bits { bits }))
}
