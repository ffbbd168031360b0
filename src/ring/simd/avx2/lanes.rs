//! Four residues at a time as doubles: loads, stores, products and reductions with their ranges.

use std::arch::x86_64::*;

use super::Vector;

/// 2^52 as a double: its significand has unit 1.
const UNIT: f64 = (1u64 << 52) as f64;

#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn load(from: &Vector) -> __m256d {
    // SAFETY: the reference is valid for reading 32 bytes, and no alignment is asked for.
    unsafe { _mm256_loadu_pd(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn store(to: &mut Vector, value: __m256d) {
    // SAFETY: the reference is valid for writing 32 bytes, and no alignment is asked for.
    unsafe { _mm256_storeu_pd(to.as_mut_ptr().cast(), value) }
}

/// The doubles of four words. Pre: < 2^52.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) fn from_words(words: __m256d) -> __m256d {
    let unit = _mm256_set1_pd(UNIT);
    _mm256_sub_pd(_mm256_or_pd(words, unit), unit)
}

/// Known factors: integers w, |w| ≤ q/2, and the doubles nearest to w/q.
#[derive(Clone, Copy)]
pub(super) struct Factors {
    pub(super) value: __m256d,
    pub(super) ratio: __m256d,
}

/// The modulus in every lane.
#[derive(Clone, Copy)]
pub(super) struct Lanes {
    q: __m256d,
    /// The double nearest to 1/q.
    ratio: __m256d,
}

impl Lanes {
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn new(q: f64) -> Self {
        Self {
            q: _mm256_set1_pd(q),
            ratio: _mm256_set1_pd(1.0 / q),
        }
    }

    /// high + low − round(estimate)·q. Pre: high is the double nearest to high + low, the estimate is within 1/2 of
    /// (high + low)/q, and |high| < 2^102. Post: |result| ≤ q, and exact.
    ///
    /// |high + low − e·q| ≤ q < 2^50 and |low| ≤ 2^49, so high − e·q is an integer below 2^53, which the fused operation gives
    /// without rounding.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn subtract_multiple(self, high: __m256d, low: __m256d, estimate: __m256d) -> __m256d {
        let e = _mm256_round_pd::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(estimate);
        _mm256_add_pd(_mm256_fnmadd_pd(e, self.q, high), low)
    }

    /// A number that is y·w modulo q. Pre: |y| ≤ c·q, c ≤ 4. Post: ≤ (1/2 + c/8)·q ≤ q in size.
    ///
    /// |y·w/q| ≤ c·q/2 ≤ c·2^49, and its double carries two relative errors of at most 2^−53, of w/q and of the product:
    /// together c/8.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn mul_factor(self, y: __m256d, w: Factors) -> __m256d {
        let high = _mm256_mul_pd(y, w.value);
        let low = _mm256_fmsub_pd(y, w.value, high);
        self.subtract_multiple(high, low, _mm256_mul_pd(y, w.ratio))
    }

    /// A number that is a·b modulo q. Pre: 0 ≤ a, b < q. Post: ≤ q in size.
    ///
    /// a·b/q < 2^50 carries three relative errors of at most 2^−53, of 1/q and of two products: less than 1/2 together.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn mul(self, a: __m256d, b: __m256d) -> __m256d {
        let high = _mm256_mul_pd(a, b);
        let low = _mm256_fmsub_pd(a, b, high);
        self.subtract_multiple(high, low, _mm256_mul_pd(high, self.ratio))
    }

    /// x modulo q. Pre: |x| ≤ 8q. Post: ≤ (1/2 + 2^−48)·q in size, hence ≤ (q − 1)/2 or an integer next to it.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn reduce(self, x: __m256d) -> __m256d {
        let estimate = _mm256_mul_pd(x, self.ratio);
        let e = _mm256_round_pd::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(estimate);
        _mm256_fnmadd_pd(e, self.q, x)
    }

    /// The residue in [0, q) as a word. Pre: |x| ≤ 8q.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn into_words(self, x: __m256d) -> __m256d {
        let centered = self.reduce(x);
        let negative = _mm256_cmp_pd::<_CMP_LT_OQ>(centered, _mm256_setzero_pd());
        let residue = _mm256_add_pd(centered, _mm256_and_pd(negative, self.q));
        let unit = _mm256_set1_pd(UNIT);
        _mm256_xor_pd(_mm256_add_pd(residue, unit), unit)
    }
}
