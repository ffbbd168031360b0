//! From q0 to all primes of a level, and from the ephemeral secret to the main one, in one pass.

use super::Pair;
use crate::{
    ckks::{Context, error::CkksError, keys::SinglePair},
    quantity::Level,
    ring::{AlignedWords, Modulus, NttTable, RnsPoly, poly::Evaluation},
};
use rayon::prelude::*;

type Poly = RnsPoly<Evaluation>;

/// (c0, c1) over q0, centred, as (c0 + c1·b/p1, c1·a/p1) over the primes of `level`, both divisions rounded.
///
/// With b = −a·s + e + p1·s' this is c0 + c1·s' + c1·e/p1 and two roundings, under s. The remainders r modulo p1 are known
/// from the limb of p1 alone, and (c1·b − r)/p1 + c0 = (c1·b − (r − p1·c0))/p1, so every limb takes three transforms: those
/// of c1, of r − p1·c0, and of the other remainder.
///
/// Pre: the components are over q0, the key over all primes of `level` at least.
pub(in crate::ckks) fn raise(
    context: &Context,
    key: &SinglePair,
    level: Level,
    components: [&Poly; 2],
) -> Result<Pair, CkksError> {
    let basis = context.basis(level)?;
    let lifted = Lifted::new(context, key, components)?;
    let mut raised: Pair = [RnsPoly::unspecified(&basis), RnsPoly::unspecified(&basis)];
    let [first, second] = &mut raised;
    let limbs = first.par_limbs_mut().zip(second.par_limbs_mut());
    limbs
        .enumerate()
        .try_for_each(|(i, ((table, out0), (_, out1)))| lifted.limb(i, table, [out0, out1]))?;
    Ok(raised)
}

/// What all limbs have in common.
struct Lifted<'a> {
    key: &'a SinglePair,
    q0: Modulus,
    p1: Modulus,
    /// Coefficients of both components modulo q0.
    components: [AlignedWords; 2],
    /// Coefficients of c1·b and c1·a modulo p1.
    remainders: [AlignedWords; 2],
}

impl<'a> Lifted<'a> {
    fn new(
        context: &Context,
        key: &'a SinglePair,
        components: [&Poly; 2],
    ) -> Result<Self, CkksError> {
        let bottom = context.basis(Level::default())?;
        let coefficients = |c: &Poly| {
            bottom.check(c.basis())?;
            let mut limb = AlignedWords::from(c.limb(0));
            bottom.tables()[0].inverse(&mut limb)?;
            Ok::<_, CkksError>(limb)
        };
        let [c0, c1] = components;
        let components = [coefficients(c0)?, coefficients(c1)?];
        let last = key.b.basis().limbs() - 1;
        let special = &key.b.basis().tables()[last];
        let (q0, p1) = (*bottom.tables()[0].modulus(), *special.modulus());
        let c1 = lift(special, &components[1], &q0)?;
        let remainder = |half: &Poly| {
            let mut product = AlignedWords::from(half.limb(last));
            special.pointwise().mul_assign(&mut product, &c1)?;
            special.inverse(&mut product)?;
            Ok::<_, CkksError>(product)
        };
        Ok(Self {
            remainders: [remainder(&key.b)?, remainder(&key.a)?],
            key,
            q0,
            p1,
            components,
        })
    }

    /// Both results modulo prime i.
    fn limb(&self, i: usize, table: &NttTable, out: [&mut [u64]; 2]) -> Result<(), CkksError> {
        let (q, pointwise) = (table.modulus(), table.pointwise());
        let special = q.reduce(self.p1.value());
        let inverse = q.inv(special)?;
        let [c0, c1] = &self.components;
        let c1 = lift(table, c1, &self.q0)?;
        let mut value = AlignedWords::unspecified(table.degree());
        let halves = [&self.key.b, &self.key.a].into_iter();
        for (k, (half, out)) in halves.zip(out).enumerate() {
            // First c0 modulo q, as long as `out` is free.
            pointwise.reduce_centered(&mut value, &self.remainders[k], &self.p1)?;
            if k == 0 {
                pointwise.reduce_centered(out, c0, &self.q0)?;
                pointwise.mul_scalar_add_assign(&mut value, out, q.neg(special))?;
            }
            table.forward(&mut value)?;
            out.copy_from_slice(half.limb(i));
            pointwise.mul_assign(out, &c1)?;
            pointwise.sub_mul_scalar_assign(out, &value, inverse)?;
        }
        Ok(())
    }
}

/// Coefficients modulo q0, centred, as values at the roots modulo another prime.
fn lift(table: &NttTable, coefficients: &[u64], q0: &Modulus) -> Result<AlignedWords, CkksError> {
    let mut limb = AlignedWords::unspecified(table.degree());
    table
        .pointwise()
        .reduce_centered(&mut limb, coefficients, q0)?;
    table.forward(&mut limb)?;
    Ok(limb)
}
