//! Residues modulo other primes: from one residue number system to another.

use rayon::prelude::*;
use rug::Integer;

use super::{
    Backend, Modulus, Pointwise, RingError, ShoupFactor, aligned::AlignedWords, ntt::check_length,
    rns::RnsError,
};

/// Most source primes. Then 128 bits, and on vectors 104 bits in three parts, hold the sums of products.
pub const MAX_SOURCE: usize = 32;

/// Coefficients that are converted together: their digits stay in the first-level cache, for up to ten source primes.
const TILE: usize = 512;

/// Words from one row of digits to the next. A power of two would put all rows into the same few sets of the cache.
const STRIDE: usize = TILE + 8;

/// 2^52. The doubles from here to 2^53 are the integers: adding it rounds to the nearest one, ties to even.
const ROUNDING: f64 = (1u64 << (f64::MANTISSA_DIGITS - 1)) as f64;

/// From residues modulo q₁, …, q_k to residues modulo other moduli t, of the number nearest to zero.
///
/// With Q = ∏ q_i and the digits y_i = x·(Q/q_i)⁻¹ mod q_i, the sum Σ y_i·Q/q_i is x + v·Q. So
/// x = Σ y_i·(Q/q_i) − v·Q modulo every t, and v = round(Σ y_i/q_i) makes it the representative in [−Q/2, Q/2] (Halevi,
/// Polyakov and Shoup, "An improved RNS variant of the BFV homomorphic encryption scheme", 2019).
///
/// The sum Σ y_i/q_i is taken in doubles, by products and sums rounded one by one in the order of i, so that v is the same
/// bit for bit on every backend. Each quotient is wrong by less than 2^-51, by the roundings of y_i, of 1/q_i and of the
/// product; sum number i is below i, which adds at most i·2^-53. Together this is less than
/// k·2^-51 + k(k+1)·2^-54 < 2^-43. Where x/Q is that close to ±1/2, the result may be the representative at the other end:
/// off by Q, so still x modulo Q, and barely above Q/2, which harms no rounding or key switching. For k = 1 the digit is
/// compared with q/2, and the result is always the centred one.
#[derive(Clone, Debug)]
pub struct BasisConversion {
    source: Vec<Source>,
    target: Vec<Target>,
}

#[derive(Clone, Debug)]
struct Source {
    pointwise: Pointwise,
    /// (Q/q_i)⁻¹ mod q_i.
    cofactor_inverse: ShoupFactor,
    /// 1/q_i.
    reciprocal: f64,
}

#[derive(Clone, Debug)]
struct Target {
    pointwise: Pointwise,
    /// Q/q_i mod t for every i, and −Q mod t.
    weights: Vec<u64>,
    /// Whether all digits are below 2^50, as the vector kernels need.
    small: bool,
}

impl BasisConversion {
    /// From 1 to [`MAX_SOURCE`] distinct primes to any moduli, on the backend that [`Backend::detect`] chooses.
    pub fn new(source: &[Modulus], target: &[Modulus]) -> Result<Self, RnsError> {
        Self::with_backend(source, target, Backend::detect()?)
    }

    /// The same on a given backend.
    pub fn with_backend(
        source: &[Modulus],
        target: &[Modulus],
        backend: Backend,
    ) -> Result<Self, RnsError> {
        if source.is_empty() {
            return Err(RnsError::Empty);
        }
        if source.len() > MAX_SOURCE {
            return Err(RnsError::TooMany {
                found: source.len(),
                most: MAX_SOURCE,
            });
        }
        for (i, q) in source.iter().enumerate() {
            if source[..i].contains(q) {
                let modulus = q.value();
                return Err(RnsError::Repeated { modulus });
            }
        }
        let product = source.iter().fold(Integer::from(1), |p, q| p * q.value());
        let cofactor = |q: &Modulus| Integer::from(&product / q.value());
        let residue = |x: &Integer, q: &Modulus| Integer::from(x % q.value()).to_u64_wrapping();
        let prepare = |q: &Modulus| {
            let inverse = q.inv(residue(&cofactor(q), q))?;
            Ok(Source {
                pointwise: Pointwise::with_backend(*q, backend),
                cofactor_inverse: ShoupFactor::new(inverse, q),
                reciprocal: 1.0 / q.value() as f64,
            })
        };
        let sources = source
            .iter()
            .map(prepare)
            .collect::<Result<Vec<_>, RingError>>()?;
        let small = sources.iter().all(|q| q.pointwise.vector.is_some());
        let prepare = |t: &Modulus| {
            let weights = source.iter().map(|q| residue(&cofactor(q), t));
            let last = t.neg(residue(&product, t));
            Target {
                pointwise: Pointwise::with_backend(*t, backend),
                weights: weights.chain([last]).collect(),
                small,
            }
        };
        Ok(Self {
            target: target.iter().map(prepare).collect(),
            source: sources,
        })
    }

    /// Source limbs to target limbs, all of one length, in coefficient form. Pre: source < q. Post: target < t.
    pub fn convert(&self, source: &[&[u64]], target: &mut [&mut [u64]]) -> Result<(), RnsError> {
        check_limbs(target.len(), self.target.len())?;
        let split = self.split(source)?;
        // The pieces of all targets that belong to one tile, tile after tile.
        let limbs = target.len();
        for limb in target.iter() {
            check_length(limb, split.degree)?;
        }
        if limbs == 0 {
            return Ok(());
        }
        let mut streams: Vec<_> = target.iter_mut().map(|t| t.chunks_mut(TILE)).collect();
        let mut pieces = Vec::with_capacity(limbs * split.degree.div_ceil(TILE));
        while let Some(first) = streams[0].next() {
            pieces.push(first);
            pieces.extend(streams[1..].iter_mut().filter_map(Iterator::next));
        }
        let tiles = split.words.par_chunks_exact(split.tile());
        let tiles = pieces.par_chunks_exact_mut(limbs).zip(tiles);
        tiles.for_each(|(pieces, rows)| {
            for (target, piece) in self.target.iter().zip(pieces) {
                target.combine(rows, piece);
            }
        });
        Ok(())
    }

    /// The digits y_i and v of a number: what all targets have in common. Pre: source < q.
    pub fn split(&self, source: &[&[u64]]) -> Result<Split, RnsError> {
        check_limbs(source.len(), self.source.len())?;
        let degree = source[0].len();
        for limb in source {
            check_length(limb, degree)?;
        }
        let sources = self.source.len();
        let tile = (sources + 1) * STRIDE;
        let words = AlignedWords::unspecified(degree.div_ceil(TILE) * tile);
        let mut split = Split {
            words,
            sources,
            degree,
        };
        let tiles = split.words.par_chunks_exact_mut(tile).enumerate();
        tiles.for_each(|(i, rows)| {
            let start = i * TILE;
            self.split_tile(source, start, TILE.min(degree - start), rows);
        });
        Ok(split)
    }

    /// Some of the targets, by their numbers, from a number that was split; on this thread. Post: target < t.
    pub fn combine(
        &self,
        split: &Split,
        target: &mut [(usize, &mut [u64])],
    ) -> Result<(), RnsError> {
        check_limbs(split.sources, self.source.len())?;
        for (number, limb) in target.iter() {
            check_length(limb, split.degree)?;
            if *number >= self.target.len() {
                return Err(RnsError::Level {
                    found: number + 1,
                    need: self.target.len(),
                });
            }
        }
        for (i, rows) in split.words.chunks_exact(split.tile()).enumerate() {
            let start = i * TILE;
            let range = start..(start + TILE).min(split.degree);
            for (number, limb) in target.iter_mut() {
                self.target[*number].combine(rows, &mut limb[range.clone()]);
            }
        }
        Ok(())
    }

    /// The digits of `len` coefficients from `start` on, a row for each source prime, and a row of v.
    fn split_tile(&self, source: &[&[u64]], start: usize, len: usize, rows: &mut [u64]) {
        let (digits, carry) = rows.split_at_mut(self.source.len() * STRIDE);
        let mut sums = [0.0; TILE];
        let sums = &mut sums[..len];
        let limbs = self.source.iter().zip(source);
        for ((q, x), y) in limbs.zip(digits.chunks_exact_mut(STRIDE)) {
            q.digits(&x[start..start + len], &mut y[..len], sums);
        }
        if let [q] = &self.source[..] {
            let half = q.pointwise.modulus().value() / 2;
            for (v, y) in carry.iter_mut().zip(digits) {
                *v = u64::from(*y > half);
            }
        } else {
            for (v, sum) in carry.iter_mut().zip(sums) {
                *v = (*sum + ROUNDING).to_bits() - ROUNDING.to_bits();
            }
        }
    }
}

/// The digits of the coefficients of a polynomial, tile after tile.
#[derive(Debug)]
pub struct Split {
    words: AlignedWords,
    sources: usize,
    degree: usize,
}

impl Split {
    /// Words of a tile.
    fn tile(&self) -> usize {
        (self.sources + 1) * STRIDE
    }
}

impl Source {
    /// y ← x·(Q/q)⁻¹ mod q, and sums ← sums + y/q.
    fn digits(&self, x: &[u64], y: &mut [u64], sums: &mut [f64]) {
        let (factor, reciprocal) = (self.cofactor_inverse, self.reciprocal);
        let done = self
            .pointwise
            .vector
            .map_or(0, |v| v.digits(factor, reciprocal, x, y, sums));
        let rest = y[done..].iter_mut().zip(&mut sums[done..]);
        for (x, (y, sum)) in x[done..].iter().zip(rest) {
            *y = self.pointwise.modulus().mul_shoup(*x, factor);
            *sum += *y as f64 * reciprocal;
        }
    }
}

impl Target {
    /// out ← the sum of the rows by their weights, modulo t.
    ///
    /// In words it is below 32·2^122 + 32·2^61 < 2^128: 32 digits and weights below 2^61, and v ≤ 32.
    fn combine(&self, rows: &[u64], out: &mut [u64]) {
        let vector = self.pointwise.vector.filter(|_| self.small);
        let done = vector.map_or(0, |v| v.combine(&self.weights, rows, out));
        for (i, x) in out.iter_mut().enumerate().skip(done) {
            let digits = rows[i..].iter().step_by(STRIDE).zip(&self.weights);
            let sum = digits.map(|(y, w)| u128::from(*y) * u128::from(*w)).sum();
            *x = self.pointwise.modulus().reduce_u128(sum);
        }
    }
}

/// Refuses another number of limbs.
fn check_limbs(found: usize, need: usize) -> Result<(), RnsError> {
    if found == need {
        Ok(())
    } else {
        Err(RnsError::Level { found, need })
    }
}
