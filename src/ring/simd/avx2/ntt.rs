//! Transforms, level by level; the last two levels of the forward one work inside two vectors.

use std::arch::x86_64::*;

use super::{
    super::Backend,
    NttConstants, Vector,
    lanes::{Factors, Lanes, from_words, load, store},
    supports,
};
use crate::ring::{Modulus, ntt::portable::reversed_powers};

/// Smallest degree: one level before the last two reads or writes the words.
const MIN_DEGREE: usize = 8;
/// Vectors of a block that stays in the first-level cache: it goes through all its levels before the next one.
const CACHED: usize = 1 << 10;

/// Tables of one modulus and degree. Invariant: exists only where the processor has AVX2 and FMA.
#[derive(Clone, Debug)]
pub(in crate::ring) struct Avx2Ntt {
    modulus: f64,
    degree: usize,
    forward: Twiddles,
    inverse: Twiddles,
    /// N⁻¹ and N⁻¹·ψ^−rev(1).
    last: Twiddles,
}

/// Factors w, |w| ≤ q/2, and the doubles nearest to w/q.
#[derive(Clone, Debug)]
struct Twiddles {
    values: Vec<f64>,
    ratios: Vec<f64>,
}

impl Twiddles {
    fn new(factors: &[u64], modulus: &Modulus) -> Self {
        let values: Vec<f64> = factors
            .iter()
            .map(|w| modulus.centered(*w) as f64)
            .collect();
        let ratios = values.iter().map(|w| w / modulus.value() as f64).collect();
        Self { values, ratios }
    }

    /// Factor i in every lane.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn everywhere(&self, i: usize) -> Factors {
        Factors {
            value: _mm256_set1_pd(self.values[i]),
            ratio: _mm256_set1_pd(self.ratios[i]),
        }
    }

    /// Factors i and i + 1, in two lanes each.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn two(&self, i: usize) -> Factors {
        let spread = |w: &[f64]| _mm256_setr_pd(w[0], w[0], w[1], w[1]);
        Factors {
            value: spread(&self.values[i..i + 2]),
            ratio: spread(&self.ratios[i..i + 2]),
        }
    }

    /// Factors i to i + 3.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn four(&self, i: usize) -> Factors {
        let each = |w: &[f64]| _mm256_setr_pd(w[0], w[1], w[2], w[3]);
        Factors {
            value: each(&self.values[i..i + 4]),
            ratio: each(&self.ratios[i..i + 4]),
        }
    }
}

impl Avx2Ntt {
    /// None where these kernels do not reach.
    pub(in crate::ring) fn new(backend: Backend, constants: &NttConstants) -> Option<Self> {
        let (modulus, degree) = (&constants.modulus, constants.degree);
        if !supports(backend, modulus) || degree < MIN_DEGREE {
            return None;
        }
        let scale = constants.degree_inverse;
        let powers = reversed_powers(modulus, constants.root_inverse, degree);
        Some(Self {
            modulus: modulus.value() as f64,
            degree,
            forward: Twiddles::new(&reversed_powers(modulus, constants.root, degree), modulus),
            last: Twiddles::new(&[scale, modulus.mul(scale, powers[1])], modulus),
            inverse: Twiddles::new(&powers, modulus),
        })
    }

    /// Pre: a < q and of the table's length. Post: < q.
    pub(in crate::ring) fn forward(&self, a: &mut [u64]) {
        assert_eq!(a.len(), self.degree, "length was checked by the caller");
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { forward(Lanes::new(self.modulus), self, 1, a.as_chunks_mut().0) }
    }

    /// Pre: â < q and of the table's length. Post: < q.
    pub(in crate::ring) fn inverse(&self, a: &mut [u64]) {
        assert_eq!(a.len(), self.degree, "length was checked by the caller");
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { inverse(Lanes::new(self.modulus), self, 1, a.as_chunks_mut().0) }
    }
}

/// All levels of a block whose first twiddle is number `node`. Pre: |a| ≤ 4q as doubles, or words < q if `node` is 1.
/// Post: words < q.
///
/// A level adds at most (1/2 + c/8)·q to values of at most c·q. Every third one first reduces x to q/2 or little more; with
/// c = 4 before it the levels give at most 1.6, 2.4 and 3.2 times q. The very first begins at 1, and gives 1.7, 2.4 and 3.2.
#[target_feature(enable = "avx2,fma")]
fn forward(lanes: Lanes, ntt: &Avx2Ntt, node: usize, a: &mut [Vector]) {
    if a.len() > CACHED {
        forward_level(lanes, &ntt.forward, node, a);
        let (low, high) = a.split_at_mut(a.len() / 2);
        forward(lanes, ntt, 2 * node, low);
        forward(lanes, ntt, 2 * node + 1, high);
        return;
    }
    let (mut first, mut size) = (node, a.len());
    while size > 1 {
        for (i, block) in a.chunks_exact_mut(size).enumerate() {
            forward_level(lanes, &ntt.forward, first + i, block);
        }
        (first, size) = (2 * first, size / 2);
    }
    for (i, pair) in a.as_chunks_mut().0.iter_mut().enumerate() {
        last_levels(lanes, &ntt.forward, first + 2 * i, pair);
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn forward_level(lanes: Lanes, twiddles: &Twiddles, node: usize, block: &mut [Vector]) {
    let w = twiddles.everywhere(node);
    match node.ilog2() {
        0 => butterflies::<true, false>(lanes, w, block),
        level if level % 3 == 0 => butterflies::<false, true>(lanes, w, block),
        _ => butterflies::<false, false>(lanes, w, block),
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn butterflies<const WORDS: bool, const REDUCE: bool>(
    lanes: Lanes,
    w: Factors,
    block: &mut [Vector],
) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    for (a, b) in low.iter_mut().zip(high) {
        let (mut x, mut y) = (load(a), load(b));
        if WORDS {
            (x, y) = (from_words(x), from_words(y));
        }
        if REDUCE {
            x = lanes.reduce(x);
        }
        let v = lanes.mul_factor(y, w);
        store(a, _mm256_add_pd(x, v));
        store(b, _mm256_sub_pd(x, v));
    }
}

/// The levels of distance 2 and 1 of eight elements, of which the first begins at twiddle `node`.
///
/// With a and b the two vectors, the lanes of (x, y) are: distance 2, (a01 b01, a23 b23); distance 1, (a0 a2 b0 b2, a1 a3 b1 b3).
#[inline]
#[target_feature(enable = "avx2,fma")]
fn last_levels(lanes: Lanes, twiddles: &Twiddles, node: usize, pair: &mut [Vector; 2]) {
    let (a, b) = (load(&pair[0]), load(&pair[1]));
    let (x, y) = exchange_halves(a, b);
    let (x, v) = (lanes.reduce(x), lanes.mul_factor(y, twiddles.two(node)));
    let (x, y) = exchange_neighbours(_mm256_add_pd(x, v), _mm256_sub_pd(x, v));
    let v = lanes.mul_factor(y, twiddles.four(2 * node));
    let (x, y) = (_mm256_add_pd(x, v), _mm256_sub_pd(x, v));
    let (x, y) = exchange_neighbours(lanes.into_words(x), lanes.into_words(y));
    let (a, b) = exchange_halves(x, y);
    store(&mut pair[0], a);
    store(&mut pair[1], b);
}

/// All levels of a block whose last twiddle is number `node`. Pre: words < q. Post: |a| ≤ 2q as doubles, or words < q if
/// `node` is 1.
///
/// Sums are reduced at every other level: values of at most q give sums of at most 2q and products of at most 3/4·q; those
/// give sums of at most 4q, which are reduced, and products of at most q.
#[target_feature(enable = "avx2,fma")]
fn inverse(lanes: Lanes, ntt: &Avx2Ntt, node: usize, a: &mut [Vector]) {
    if a.len() > CACHED {
        let (low, high) = a.split_at_mut(a.len() / 2);
        inverse(lanes, ntt, 2 * node, low);
        inverse(lanes, ntt, 2 * node + 1, high);
        inverse_level(lanes, ntt, node, a);
        return;
    }
    let mut first = node * a.len();
    for (i, pair) in a.as_chunks_mut().0.iter_mut().enumerate() {
        first_levels(lanes, &ntt.inverse, first + 2 * i, pair);
    }
    let mut size = 2;
    while size <= a.len() {
        first /= 2;
        for (i, block) in a.chunks_exact_mut(size).enumerate() {
            inverse_level(lanes, ntt, first + i, block);
        }
        size *= 2;
    }
}

/// The levels of distance 1 and 2 of eight elements, in the lanes of the forward transform.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn first_levels(lanes: Lanes, twiddles: &Twiddles, node: usize, pair: &mut [Vector; 2]) {
    let (a, b) = (from_words(load(&pair[0])), from_words(load(&pair[1])));
    let (x, y) = exchange_halves(a, b);
    let (x, y) = exchange_neighbours(x, y);
    let v = lanes.mul_factor(_mm256_sub_pd(x, y), twiddles.four(2 * node));
    let (x, y) = exchange_neighbours(_mm256_add_pd(x, y), v);
    let v = lanes.mul_factor(_mm256_sub_pd(x, y), twiddles.two(node));
    let (a, b) = exchange_halves(lanes.reduce(_mm256_add_pd(x, y)), v);
    store(&mut pair[0], a);
    store(&mut pair[1], b);
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn inverse_level(lanes: Lanes, ntt: &Avx2Ntt, node: usize, block: &mut [Vector]) {
    let w = ntt.inverse.everywhere(node);
    match block.len().ilog2() {
        _ if node == 1 => last_level(lanes, &ntt.last, block),
        level if level % 2 == 0 => inverse_butterflies::<true>(lanes, w, block),
        _ => inverse_butterflies::<false>(lanes, w, block),
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn inverse_butterflies<const REDUCE: bool>(lanes: Lanes, w: Factors, block: &mut [Vector]) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    for (a, b) in low.iter_mut().zip(high) {
        let (x, y) = (load(a), load(b));
        let sum = _mm256_add_pd(x, y);
        store(a, if REDUCE { lanes.reduce(sum) } else { sum });
        store(b, lanes.mul_factor(_mm256_sub_pd(x, y), w));
    }
}

/// The last level multiplies both by N⁻¹ as well.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn last_level(lanes: Lanes, last: &Twiddles, block: &mut [Vector]) {
    let (scale, w) = (last.everywhere(0), last.everywhere(1));
    let (low, high) = block.split_at_mut(block.len() / 2);
    for (a, b) in low.iter_mut().zip(high) {
        let (x, y) = (load(a), load(b));
        let sum = lanes.mul_factor(_mm256_add_pd(x, y), scale);
        let difference = lanes.mul_factor(_mm256_sub_pd(x, y), w);
        store(a, lanes.into_words(sum));
        store(b, lanes.into_words(difference));
    }
}

/// (x01 y01, x23 y23); its own inverse.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn exchange_halves(x: __m256d, y: __m256d) -> (__m256d, __m256d) {
    (
        _mm256_permute2f128_pd::<0x20>(x, y),
        _mm256_permute2f128_pd::<0x31>(x, y),
    )
}

/// (x0 y0 x2 y2, x1 y1 x3 y3); its own inverse.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn exchange_neighbours(x: __m256d, y: __m256d) -> (__m256d, __m256d) {
    (_mm256_unpacklo_pd(x, y), _mm256_unpackhi_pd(x, y))
}
