//! Sums over slots by repeated doubling.

use super::{CircuitError, Evaluator};

/// In every slot i the sum of slots i, i+`step`, …, i+(`count`−1)·`step`, for `count` a power of two: log2 `count`
/// rotations, by `step`·2^k.
///
/// # Errors
/// When `count` is no power of two, or the interpreter refuses something, a missing key for instance.
pub fn inner_sum<E: Evaluator>(
    evaluator: &E,
    a: &E::Ciphertext,
    step: i64,
    count: usize,
) -> Result<E::Ciphertext, E::Error> {
    let mut sum = a.clone();
    for k in inner_sum_rotations(step, count)? {
        let rotated = evaluator.rotate(&sum, k)?;
        sum = evaluator.add(&sum, &rotated)?;
    }
    Ok(sum)
}

/// The rotations that [`inner_sum`] takes.
///
/// # Errors
/// When `count` is no power of two.
pub fn inner_sum_rotations(step: i64, count: usize) -> Result<Vec<i64>, CircuitError> {
    if !count.is_power_of_two() {
        return Err(CircuitError::Transform {
            slots: count,
            found: "no power of two to be summed".into(),
            remedy: "sum over a power of two of slots, the others zero",
        });
    }
    Ok((0..count.ilog2()).map(|k| step << k).collect())
}
