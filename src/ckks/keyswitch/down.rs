//! Division by the special primes, with or without the prime of the level.

use super::{
    Pair,
    tables::{Division, SwitchTables},
};
use crate::{
    circuit::CircuitError,
    ckks::error::CkksError,
    ring::{
        AlignedWords, RnsPoly,
        convert::Split,
        poly::{Automorphism, Evaluation},
    },
};
use rayon::prelude::*;

type Poly = RnsPoly<Evaluation>;

/// Primes that remainders are extended to at once, as for digits.
const GROUP: usize = 3;

/// What is done with quotients while they are in the cache.
#[derive(Clone, Copy, Default)]
pub(in crate::ckks) struct Finish<'a> {
    /// Is added to each of the two.
    pub(in crate::ckks) plus: [Option<&'a Poly>; 2],
    /// Is applied in the end.
    pub(in crate::ckks) automorphism: Option<&'a Automorphism>,
}

/// The polynomials nearest to x/P, over Q. Pre: x is over Q and P.
pub(in crate::ckks) fn mod_down(
    tables: &SwitchTables,
    x: &Pair,
    finish: Finish<'_>,
) -> Result<Pair, CkksError> {
    divide(tables, &tables.down, x.each_ref(), finish)
}

/// The polynomial nearest to x/P for one polynomial.
pub(in crate::ckks) fn mod_down_one(tables: &SwitchTables, x: &Poly) -> Result<Poly, CkksError> {
    let [quotient] = divide(tables, &tables.down, [x], Finish::default())?;
    Ok(quotient)
}

/// The polynomials nearest to x/(P·ql), over Q/ql. Pre: x is over Q and P.
pub(in crate::ckks) fn mod_down_rescale(
    tables: &SwitchTables,
    x: &Pair,
) -> Result<Pair, CkksError> {
    let division = tables.down_rescale.as_ref();
    let division = division.ok_or(CircuitError::LevelsExhausted)?;
    divide(tables, division, x.each_ref(), Finish::default())
}

/// (x − \[x\]_D)/D for the product D of the last primes, with \[x\]_D centred.
fn divide<const K: usize>(
    tables: &SwitchTables,
    division: &Division,
    x: [&Poly; K],
    finish: Finish<'_>,
) -> Result<[Poly; K], CkksError> {
    let kept = division.inverse.len();
    let mut remainders = Vec::with_capacity(K);
    for x in x {
        tables.basis.check(x.basis())?;
        remainders.push(remainder(tables, division, x)?);
    }
    let basis = tables.basis.prefix(kept)?;
    let degree = basis.degree();
    let mut quotients: [Poly; K] = std::array::from_fn(|_| RnsPoly::unspecified(&basis));
    // Limb after limb, the polynomials of each together.
    let mut outputs: Vec<Option<&mut [u64]>> = vec![];
    outputs.resize_with(kept * K, || None);
    for (k, quotient) in quotients.iter_mut().enumerate() {
        for (i, limb) in quotient.limbs_mut().enumerate() {
            outputs[i * K + k] = Some(limb);
        }
    }
    let groups = outputs
        .par_chunks_mut(GROUP * K)
        .enumerate()
        .with_max_len(1);
    groups.try_for_each(|(group, outputs)| {
        let start = group * GROUP;
        let mut words = AlignedWords::unspecified(outputs.len() * degree);
        let mut values: Vec<&mut [u64]> = words.chunks_exact_mut(degree).collect();
        for (k, remainder) in remainders.iter().enumerate() {
            let limbs = values.iter_mut().skip(k).step_by(K).enumerate();
            let mut limbs: Vec<_> = limbs.map(|(i, limb)| (start + i, &mut **limb)).collect();
            division.conversion.combine(remainder, &mut limbs)?;
        }
        for (place, (value, output)) in values.iter_mut().zip(outputs).enumerate() {
            let (i, k) = (start + place / K, place % K);
            let table = &tables.basis.tables()[i];
            let pointwise = table.pointwise();
            table.forward(value)?;
            // (x − r)/D = (r − x)·(−1/D).
            let factor = table.modulus().neg(division.inverse[i]);
            pointwise.sub_mul_scalar_assign(value, x[k].limb(i), factor)?;
            if let Some(plus) = finish.plus.get(k).copied().flatten() {
                pointwise.add_assign(value, plus.limb(i))?;
            }
            match (output, finish.automorphism) {
                (Some(output), Some(automorphism)) => automorphism.map_values(value, output)?,
                (Some(output), None) => output.copy_from_slice(value),
                (None, _) => {}
            }
        }
        Ok::<(), CkksError>(())
    })?;
    Ok(quotients)
}

/// x modulo the divisor, ready to be extended to the other primes.
fn remainder(tables: &SwitchTables, division: &Division, x: &Poly) -> Result<Split, CkksError> {
    let kept = division.inverse.len();
    let (degree, divisors) = (x.basis().degree(), &tables.basis.tables()[kept..]);
    let mut rest = AlignedWords::unspecified(divisors.len() * degree);
    let limbs = rest.par_chunks_exact_mut(degree).zip(divisors).enumerate();
    limbs.try_for_each(|(i, (limb, table))| {
        limb.copy_from_slice(x.limb(kept + i));
        table.inverse(limb)
    })?;
    let sources: Vec<_> = rest.chunks_exact(degree).collect();
    Ok(division.conversion.split(&sources)?)
}
