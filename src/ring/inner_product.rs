//! Inner products of key switching, and the order of the words of a key.
//!
//! One limb of a key holds for every digit j two polynomials b_j and a_j in evaluation form. They are one stream, in the
//! order in which an inner product reads it: for every group of eight positions, for every digit, eight words of b and eight
//! of a. If N is not a multiple of eight, the last group has fewer positions, and as many words of b and of a.

use super::{Pointwise, RingError, ntt::check_length};

/// Most digits of an inner product: 64 products of residues below 2^61, and one residue, are below 2^128.
pub const MAX_DIGITS: usize = 64;

/// Positions of a group.
const GROUP: usize = 8;

impl Pointwise {
    /// out₀ ← Σ digit_j·b_j and out₁ ← Σ digit_j·a_j. Pre: digits, key < q. Post: < q.
    ///
    /// The key has `key_digits` digits in the order that the module describes, of which the first are used.
    pub fn inner_product(
        &self,
        digits: &[&[u64]],
        key: &[u64],
        key_digits: usize,
        out: [&mut [u64]; 2],
    ) -> Result<(), RingError> {
        self.sum_products::<false>(digits, key, key_digits, out)
    }

    /// out₀ ← out₀ + Σ digit_j·b_j and out₁ ← out₁ + Σ digit_j·a_j, as in [`Pointwise::inner_product`]. Pre: out < q.
    pub fn inner_product_add(
        &self,
        digits: &[&[u64]],
        key: &[u64],
        key_digits: usize,
        out: [&mut [u64]; 2],
    ) -> Result<(), RingError> {
        self.sum_products::<true>(digits, key, key_digits, out)
    }

    fn sum_products<const ADD: bool>(
        &self,
        digits: &[&[u64]],
        key: &[u64],
        key_digits: usize,
        mut out: [&mut [u64]; 2],
    ) -> Result<(), RingError> {
        let (found, most) = (digits.len(), key_digits.min(MAX_DIGITS));
        if found > most {
            return Err(RingError::Digits { found, most });
        }
        let degree = out[0].len();
        check_length(out[1], degree)?;
        check_length(key, key_digits.saturating_mul(2 * degree))?;
        for digit in digits {
            check_length(digit, degree)?;
        }
        let done = self.vector.map_or(0, |v| {
            v.inner_product::<ADD>(digits, key, key_digits, &mut out)
        });
        for p in done..degree {
            for (half, out) in out.iter_mut().enumerate() {
                let mut sum = if ADD { u128::from(out[p]) } else { 0 };
                for (j, digit) in digits.iter().enumerate() {
                    let word = key[place(degree, key_digits, j, p) + half * width(degree, p)];
                    sum += u128::from(digit[p]) * u128::from(word);
                }
                out[p] = self.modulus.reduce_u128(sum);
            }
        }
        Ok(())
    }
}

/// Positions of the group of position p.
fn width(degree: usize, p: usize) -> usize {
    GROUP.min(degree - p / GROUP * GROUP)
}

/// Where position p of b_j is in a key.
fn place(degree: usize, key_digits: usize, j: usize, p: usize) -> usize {
    2 * (p / GROUP * GROUP * key_digits + j * width(degree, p)) + p % GROUP
}

/// Puts the limbs b and a of digit `digit` into a key of `key_digits` digits.
pub fn write_digit(
    key: &mut [u64],
    key_digits: usize,
    digit: usize,
    b: &[u64],
    a: &[u64],
) -> Result<(), RingError> {
    check_digit(key, key_digits, digit, b, a)?;
    for (start, (b, a)) in
        groups(key_digits, digit, b.len()).zip(b.chunks(GROUP).zip(a.chunks(GROUP)))
    {
        let (to_b, to_a) = key[start..start + 2 * b.len()].split_at_mut(b.len());
        to_b.copy_from_slice(b);
        to_a.copy_from_slice(a);
    }
    Ok(())
}

/// Takes the limbs b and a of digit `digit` out of a key of `key_digits` digits.
pub fn read_digit(
    key: &[u64],
    key_digits: usize,
    digit: usize,
    b: &mut [u64],
    a: &mut [u64],
) -> Result<(), RingError> {
    check_digit(key, key_digits, digit, b, a)?;
    for (start, (b, a)) in
        groups(key_digits, digit, b.len()).zip(b.chunks_mut(GROUP).zip(a.chunks_mut(GROUP)))
    {
        let (from_b, from_a) = key[start..start + 2 * b.len()].split_at(b.len());
        b.copy_from_slice(from_b);
        a.copy_from_slice(from_a);
    }
    Ok(())
}

/// Where the words of a digit begin in every group.
fn groups(key_digits: usize, digit: usize, degree: usize) -> impl Iterator<Item = usize> {
    (0..degree)
        .step_by(GROUP)
        .map(move |p| place(degree, key_digits, digit, p))
}

fn check_digit(
    key: &[u64],
    key_digits: usize,
    digit: usize,
    b: &[u64],
    a: &[u64],
) -> Result<(), RingError> {
    if digit >= key_digits {
        let (found, most) = (digit + 1, key_digits);
        return Err(RingError::Digits { found, most });
    }
    check_length(a, b.len())?;
    check_length(key, key_digits.saturating_mul(2 * b.len()))
}
