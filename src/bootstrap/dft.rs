//! The Fourier transform between slots and coefficients, as a product of few sparse matrices.
//!
//! The slots of a polynomial are S·B·w for its values w ([`crate::embedding`]), with B the bit reversal and S the
//! product of log2 n butterfly stages. A stage that joins halves of length h has the diagonals 0, h and −h, of period 2h;
//! k stages in a row merge to one matrix of at most 2^(k+1) − 1 diagonals (Chen, Chillotti, Song 2019, ePrint 2018/1043;
//! Han, Hhan, Cheon 2018, ePrint 2018/1073). The two directions are S and its inverse, so B cancels: slots to
//! coefficients leaves the slots as coefficients in bit-reversed order, and coefficients to slots takes them from there.

use crate::{
    circuit::{CircuitError, LinearTransform},
    embedding::Roots,
};
use num_complex::Complex64;

/// S as `factors` matrices, in the order of their application. Entries have magnitude 1.
///
/// # Errors
/// When `slots` is no power of two from 2 on, or there are more factors than stages or none.
pub fn slots_to_coeffs(slots: usize, factors: usize) -> Result<Vec<LinearTransform>, CircuitError> {
    let roots = Roots::shared(slots);
    let stages = (0..stages(slots)).map(|k| butterflies(slots, &roots, 1 << k));
    merged(slots, stages.collect::<Result<_, _>>()?, factors)
}

/// S^(−1) as `factors` matrices, in the order of their application. Entries of a factor of k stages have magnitude 2^−k.
///
/// # Errors
/// As [`slots_to_coeffs`].
pub fn coeffs_to_slots(slots: usize, factors: usize) -> Result<Vec<LinearTransform>, CircuitError> {
    let roots = Roots::shared(slots);
    let stages = (0..stages(slots)).rev();
    let stages = stages.map(|k| inverse_butterflies(slots, &roots, 1 << k));
    merged(slots, stages.collect::<Result<_, _>>()?, factors)
}

/// log2 n; what is no power of two is refused when its first stage is made.
fn stages(slots: usize) -> u32 {
    slots.checked_ilog2().unwrap_or(0)
}

/// (a, b) → (a + ω·b, a − ω·b) for halves of that length.
fn butterflies(slots: usize, roots: &Roots, half: usize) -> Result<LinearTransform, CircuitError> {
    let (zero, one) = (Complex64::from(0.0), Complex64::from(1.0));
    let roots = roots.stage(half).iter();
    let own = vec![one; half].into_iter().chain(roots.clone().map(|r| -r));
    let above = roots.copied().chain(vec![zero; half]);
    let below = [vec![zero; half], vec![one; half]].concat();
    diagonals(slots, half, own.collect(), above.collect(), below)
}

/// (a, b) → ((a + b)/2, ω̄·(a − b)/2).
fn inverse_butterflies(
    slots: usize,
    roots: &Roots,
    half: usize,
) -> Result<LinearTransform, CircuitError> {
    let (zero, share) = (Complex64::from(0.0), Complex64::from(0.5));
    let roots = roots.stage(half).iter().map(|r| r.conj() * share);
    let own = vec![share; half]
        .into_iter()
        .chain(roots.clone().map(|r| -r));
    let above = [vec![share; half], vec![zero; half]].concat();
    let below = vec![zero; half].into_iter().chain(roots);
    diagonals(slots, half, own.collect(), above, below.collect())
}

/// The diagonals 0, h and −h; where h is half of all, the last two are one.
fn diagonals(
    slots: usize,
    half: usize,
    own: Vec<Complex64>,
    above: Vec<Complex64>,
    below: Vec<Complex64>,
) -> Result<LinearTransform, CircuitError> {
    let h = half as i64;
    if 2 * half == slots {
        let both = above.iter().zip(&below).map(|(a, b)| a + b).collect();
        return LinearTransform::new(slots, [(0, own), (h, both)]);
    }
    LinearTransform::new(slots, [(0, own), (h, above), (-h, below)])
}

/// Consecutive stages merged to `factors` groups, of sizes as equal as can be.
///
/// The group with the longest halves has half as many diagonals as others of its size, so the larger groups are there.
fn merged(
    slots: usize,
    stages: Vec<LinearTransform>,
    factors: usize,
) -> Result<Vec<LinearTransform>, CircuitError> {
    let count = stages.len();
    if factors == 0 || factors > count {
        return Err(CircuitError::Transform {
            slots,
            found: format!("{count} stages to be merged to {factors}"),
            remedy: "ask for one factor at least, and no more than there are stages",
        });
    }
    let longest_first = stages[0].diagonals().len() == 2 && count > 1;
    let mut sizes: Vec<usize> = (0..factors)
        .map(|i| count / factors + usize::from(i < count % factors))
        .collect();
    if !longest_first {
        sizes.reverse();
    }
    let mut stages = stages.into_iter();
    let group = |size: &usize| {
        let mut group = stages.by_ref().take(*size);
        // No group is empty: there are as many stages as factors at least.
        let first = group.next().ok_or(CircuitError::Transform {
            slots,
            found: "no stage".into(),
            remedy: "ask for fewer factors",
        })?;
        group.try_fold(first, |product, stage| product.then(&stage))
    };
    sizes.iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_without_stages_are_refused() {
        for slots in [0, 1, 6] {
            assert!(slots_to_coeffs(slots, 1).is_err(), "{slots}");
            assert!(coeffs_to_slots(slots, 1).is_err(), "{slots}");
        }
    }
}
