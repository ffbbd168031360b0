//! Division by the special primes, with or without the prime of the level.

use super::tables::{Division, SwitchTables};
use crate::{
    ckks::error::CkksError,
    ring::{AlignedWords, RnsPoly, poly::Evaluation},
};
use rayon::prelude::*;

/// The polynomial nearest to x/P, over Q. Pre: x is over Q and P.
pub(in crate::ckks) fn mod_down(
    tables: &SwitchTables,
    x: RnsPoly<Evaluation>,
) -> Result<RnsPoly<Evaluation>, CkksError> {
    divide(tables, &tables.down, x)
}

/// The polynomial nearest to x/(P·ql), over Q/ql. Pre: x is over Q and P.
pub(in crate::ckks) fn mod_down_rescale(
    tables: &SwitchTables,
    x: RnsPoly<Evaluation>,
) -> Result<RnsPoly<Evaluation>, CkksError> {
    let division = tables.down_rescale.as_ref();
    let division = division.ok_or(crate::circuit::CircuitError::LevelsExhausted)?;
    divide(tables, division, x)
}

/// (x − \[x\]_D)/D for the product D of the last primes, with \[x\]_D centred.
fn divide(
    tables: &SwitchTables,
    division: &Division,
    mut x: RnsPoly<Evaluation>,
) -> Result<RnsPoly<Evaluation>, CkksError> {
    tables.basis.check(x.basis())?;
    let degree = x.basis().degree();
    let kept = division.inverse.len();
    let divisors = &tables.basis.tables()[kept..];
    let mut rest = AlignedWords::unspecified(divisors.len() * degree);
    let limbs = rest.par_chunks_exact_mut(degree).zip(divisors).enumerate();
    limbs.try_for_each(|(i, (limb, table))| {
        limb.copy_from_slice(x.limb(kept + i));
        table.inverse(limb)
    })?;
    let mut extended = AlignedWords::unspecified(kept * degree);
    let sources: Vec<_> = rest.chunks_exact(degree).collect();
    let mut targets: Vec<_> = extended.chunks_exact_mut(degree).collect();
    division.conversion.convert(&sources, &mut targets)?;
    x.truncate(kept)?;
    let limbs = x.par_limbs_mut().zip(targets).zip(&division.inverse);
    limbs.try_for_each(|(((table, x), rest), inverse)| {
        table.forward(rest)?;
        table.pointwise().sub_mul_scalar_assign(x, rest, *inverse)
    })?;
    Ok(x)
}
