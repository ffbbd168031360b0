//! The ring layer against definitions and against another implementation.

mod arithmetic;
mod automorphism;
mod backend;
mod convert;
mod inner_product;
mod modulus;
mod ntt;
mod pointwise;
mod poly;
mod prime;
mod sampler;
mod sum_products;

use equiripple::ring::{
    Backend, Modulus,
    prime::{Direction, ntt_primes},
};

/// Reproducible words (SplitMix64).
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Residues: at random, and about one in eight at either end of the range.
    fn residues(&mut self, count: usize, q: u64) -> Vec<u64> {
        let mut residue = || match self.next() {
            x if x % 8 != 0 => x % q,
            x if x % 16 == 0 => (x >> 8) % 3 % q,
            x => q - 1 - (x >> 8) % 3 % q,
        };
        (0..count).map(|_| residue()).collect()
    }
}

/// The backends that this machine can run.
fn backends() -> Vec<Backend> {
    let all = [Ok(Backend::portable()), Backend::avx2(), Backend::avx512()];
    all.into_iter().flatten().collect()
}

/// The prime for a degree that is nearest to a power of two, from below.
fn prime(degree: usize, bits: u32) -> Modulus {
    ntt_primes(degree, bits, 1, Direction::Down, &[]).unwrap()[0]
}
