//! Sums of products of pairs with factors that may repeat.

use super::{Pointwise, RingError, ntt::check_length};

/// A pair of polynomials modulo one prime, and the factor of both.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// What is multiplied.
    pub pair: [&'a [u64]; 2],
    /// Word i is the factor at 2^`log_repeats` positions in a row.
    pub factor: &'a [u64],
    /// log2 of the positions that share a word.
    pub log_repeats: u32,
}

impl Pointwise {
    /// out ← out + Σ pair·factor. Pre: all < q. Post: < q.
    ///
    /// # Errors
    /// When lengths do not belong together.
    pub fn add_products(
        &self,
        terms: &[Term<'_>],
        mut out: [&mut [u64]; 2],
    ) -> Result<(), RingError> {
        let degree = out[0].len();
        check_length(out[1], degree)?;
        for term in terms {
            term.pair
                .iter()
                .try_for_each(|half| check_length(half, degree))?;
            let repeats = 1usize.checked_shl(term.log_repeats).unwrap_or(usize::MAX);
            check_length(term.factor, degree.div_ceil(repeats))?;
        }
        let done = self.vector.map_or(0, |v| v.add_products(terms, &mut out));
        if done == degree {
            return Ok(());
        }
        for term in terms {
            for (half, out) in term.pair.iter().zip(&mut out) {
                self.add_product(&half[done..], term, done, &mut out[done..])?;
            }
        }
        Ok(())
    }

    /// out ← out + x·factor from position `start` of the factor on.
    fn add_product(
        &self,
        x: &[u64],
        term: &Term<'_>,
        start: usize,
        out: &mut [u64],
    ) -> Result<(), RingError> {
        if term.log_repeats == 0 {
            return self.mul_add_assign(out, x, &term.factor[start..]);
        }
        for (i, (x, out)) in x.iter().zip(out).enumerate() {
            let factor = term.factor[(start + i) >> term.log_repeats];
            *out = self.modulus().mul_add(*x, factor, *out);
        }
        Ok(())
    }
}
