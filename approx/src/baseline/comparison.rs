//! The polynomials f_n and g_n for comparisons, and compositions of them.

use rug::{Complete, Integer};

use super::{dyadic, power_of_two};
use crate::{
    ApproxError, Result,
    poly::{Chebyshev, Parity},
};

/// Largest n of [`cleaning`]: degree 4095.
const MAX_CLEANING: u32 = 2047;

/// More stages than this are refused by [`comparison`].
const MAX_STAGES: usize = 64;

/// `2^10·g_n`, the coefficients of `x, x³, x⁵, …`.
const ACCELERATORS: [&[i32]; 4] = [
    &[2126, -1359],
    &[3334, -6108, 3796],
    &[4589, -16577, 25614, -12860],
    &[5850, -34974, 97015, -113_492, 46_623],
];

/// `f_n(x) = Σ_{i=0}^n 4^-i·C(2i, i)·x·(1 − x²)^i`, of degree `2n + 1`, on `[−1, 1]` and without rounding: f_1 is
/// `(3x − x³)/2`, f_3 is `(35x − 35x³ + 21x⁵ − 5x⁷)/16`.
///
/// It is the odd polynomial with `f_n(1) = 1` and n derivatives that vanish there, so `1 − f_n(1 − δ) = O(δ^{n+1})`: the
/// limit of minimax polynomials for sign on `[ε, 1]` as ε → 1. From `f_n' = c·(1 − x²)^n`,
/// `c = (2n+1)·C(2n, n)/4^n`, and `x = cos θ` its Chebyshev coefficients are
///
/// ```text
/// a_{2k+1} = (−1)^k · (2n+1)·C(2n, n)·C(2n+1, n−k) / (16^n·(2k+1)).
/// ```
///
/// ```
/// use equiripple_approx::baseline::cleaning;
/// // 9/8 T_1 − 1/8 T_3
/// let p = cleaning(1)?;
/// assert_eq!(p.coeffs()[0], 1.125);
/// assert_eq!(p.coeffs()[1], -0.125);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// [`ApproxError::OutOfRange`] for n above 2047; n = 0 is x.
pub fn cleaning(n: u32) -> Result<Chebyshev> {
    if n > MAX_CLEANING {
        return Err(ApproxError::OutOfRange {
            name: "n",
            value: n.to_string(),
            bound: format!("at most {MAX_CLEANING}"),
        });
    }
    let slope = Integer::binomial_u(2 * n, n).complete() * (2 * n + 1);
    let coeffs = (0..=n).map(|k| {
        let mut a = Integer::binomial_u(2 * n + 1, n - k).complete() * &slope;
        // The coefficient is dyadic, so the odd number divides.
        a.div_exact_u_mut(2 * k + 1);
        if k % 2 == 1 {
            a = -a;
        }
        dyadic(&a, 4 * n)
    });
    Ok(Chebyshev::on_unit(Parity::Odd, coeffs.collect()))
}

/// `g_n` for n = 1, …, 4, of degree `2n + 1`, on `[−1, 1]` and without rounding.
///
/// It maps `[δ, 1]` about onto `[1 − τ, 1]`, τ = ¼, with δ near the smallest possible, so that inputs near 0 grow fastest.
/// The best would be `1 − τ/2` times the minimax polynomial for sign on `[δ, 1]` with error `τ/(2 − τ)`; the published
/// coefficients, multiples of 2^-10, are within 0.3 % of that:
///
/// ```text
/// g_1 = (−1359x³ + 2126x)/2^10
/// g_2 = (3796x⁵ − 6108x³ + 3334x)/2^10
/// g_3 = (−12860x⁷ + 25614x⁵ − 16577x³ + 4589x)/2^10
/// g_4 = (46623x⁹ − 113492x⁷ + 97015x⁵ − 34974x³ + 5850x)/2^10
/// ```
///
/// # Errors
/// [`ApproxError::OutOfRange`] for another n.
pub fn accelerator(n: u32) -> Result<Chebyshev> {
    let row = n.checked_sub(1).and_then(|k| ACCELERATORS.get(k as usize));
    let powers = row.ok_or_else(|| ApproxError::OutOfRange {
        name: "n",
        value: n.to_string(),
        bound: "from 1 to 4".into(),
    })?;
    // x^{2i+1} = 4^-i Σ_k C(2i+1, i−k) T_{2k+1}
    let degree = powers.len() as u32 - 1;
    let coeffs = (0..=degree).map(|k| {
        let terms = (k..=degree).map(|i| {
            let weight = Integer::binomial_u(2 * i + 1, i - k).complete();
            weight * powers[i as usize] * power_of_two(2 * (degree - i))
        });
        dyadic(&terms.sum(), 2 * degree + 10)
    });
    Ok(Chebyshev::on_unit(Parity::Odd, coeffs.collect()))
}

/// `f_n^(cleanings) ∘ g_n^(accelerations)` as stages in order of application: first g_n, then f_n.
///
/// ```
/// use equiripple_approx::{baseline::comparison, certify::Chain};
/// use rug::Float;
/// let stages = comparison(3, 3, 2)?;
/// let (lo, hi, zero) = (Float::with_val(64, 0.0625), Float::with_val(64, 1), Float::new(64));
/// let chain = Chain::new(&stages, &lo, &hi, &zero, 192)?;
/// assert!(chain.range().is_some_and(|r| r.outer.0 > 0.999 && r.outer.1 < 1.001));
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// [`ApproxError::OutOfRange`] for no stage or more than 64, and as [`cleaning`] and [`accelerator`] where those are
/// used.
pub fn comparison(n: u32, cleanings: usize, accelerations: usize) -> Result<Vec<Chebyshev>> {
    let count = cleanings.saturating_add(accelerations);
    if !(1..=MAX_STAGES).contains(&count) {
        return Err(ApproxError::OutOfRange {
            name: "stages",
            value: count.to_string(),
            bound: format!("from 1 to {MAX_STAGES}"),
        });
    }
    let mut stages = vec![];
    if accelerations > 0 {
        stages.resize(accelerations, accelerator(n)?);
    }
    if cleanings > 0 {
        stages.resize(count, cleaning(n)?);
    }
    Ok(stages)
}
