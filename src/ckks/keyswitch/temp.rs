//! Temporary.
#![allow(missing_docs)]
use crate::ring::{Modulus, Pointwise, RingError};
pub(in crate::ckks) fn inner_product(
    _: &Pointwise,
    q: &Modulus,
    digits: &[&[u64]],
    key: &[u64],
    width: usize,
    out0: &mut [u64],
    out1: &mut [u64],
) -> Result<(), RingError> {
    for i in 0..out0.len() {
        let (mut s, mut t) = (0u128, 0u128);
        for (j, d) in digits.iter().enumerate() {
            let at = (i / 8 * width + j) * 16 + i % 8;
            s += u128::from(d[i]) * u128::from(key[at]);
            t += u128::from(d[i]) * u128::from(key[at + 8]);
        }
        out0[i] = q.reduce_u128(s);
        out1[i] = q.reduce_u128(t);
    }
    Ok(())
}
pub(in crate::ckks) fn write(
    stream: &mut [u64],
    width: usize,
    j: usize,
    b: &[u64],
    a: &[u64],
) -> Result<(), RingError> {
    for i in 0..b.len() {
        let at = (i / 8 * width + j) * 16 + i % 8;
        stream[at] = b[i];
        stream[at + 8] = a[i];
    }
    Ok(())
}
