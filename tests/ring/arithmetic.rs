//! Arithmetic modulo a word, and the kernels of products, against arithmetic in 128 bits.

use equiripple::ring::{Modulus, Pointwise, ShoupFactor, prime::is_prime};
use rayon::prelude::*;

use super::{Words, backends};

/// Operations that `check` compares.
const OPERATIONS: u64 = 6;
/// Operands that the kernels get at once.
const BATCH: usize = 1 << 10;

/// One that broke Barrett's reduction elsewhere, extremes, composites, and the largest and smallest prime of each size.
pub(super) fn moduli() -> Vec<Modulus> {
    let mut values = vec![0x7fe0_1001, 3, 5, 9, 15, (1 << 61) - 1, (1 << 61) - 3];
    for bits in 29..61 {
        let (low, high) = (1u64 << bits, 2u64 << bits);
        values.extend([low + 1, high - 1]);
        values.extend((low..high).find(|n| is_prime(*n)));
        values.extend((low..high).rev().find(|n| is_prime(*n)));
    }
    values
        .into_iter()
        .map(|q| Modulus::new(q).unwrap())
        .collect()
}

/// Six operations. Pre: a, b, c < q.
pub(super) fn check(modulus: &Modulus, a: u64, b: u64, c: u64) {
    let q = modulus.value();
    let wide = |x: u128| (x % u128::from(q)) as u64;
    let (x, y, z) = (u128::from(a), u128::from(b), u128::from(c));
    assert_eq!(modulus.mul(a, b), wide(x * y), "{a}·{b} mod {q}");
    assert_eq!(
        modulus.mul_add(a, b, c),
        wide(x * y + z),
        "{a}·{b}+{c} mod {q}"
    );
    assert_eq!(modulus.add(a, b), wide(x + y), "{a}+{b} mod {q}");
    assert_eq!(
        modulus.sub(a, b),
        wide(x + u128::from(q) - y),
        "{a}-{b} mod {q}"
    );
    assert_eq!(modulus.neg(a), wide(u128::from(q) - x), "-{a} mod {q}");
    let product = modulus.mul_shoup(a, ShoupFactor::new(b, modulus));
    assert_eq!(product, wide(x * y), "{a}·{b} mod {q} by Shoup");
}

/// The edges of the range and of its halves.
fn edges(q: u64) -> [u64; 8] {
    [0, 1, 2, q / 2, q / 2 + 1, q - 3, q - 2, q - 1].map(|x| x % q)
}

/// Products and sums of products on every backend; returns how many were compared.
fn check_kernels(modulus: &Modulus, a: &[u64], b: &[u64], c: &[u64]) -> u64 {
    let q = u128::from(modulus.value());
    let wide =
        |i: usize, add: u64| ((u128::from(a[i]) * u128::from(b[i]) + u128::from(add)) % q) as u64;
    let products: Vec<u64> = (0..a.len()).map(|i| wide(i, 0)).collect();
    let sums: Vec<u64> = (0..a.len()).map(|i| wide(i, c[i])).collect();
    let mut count = 0;
    for backend in backends() {
        let pointwise = Pointwise::with_backend(*modulus, backend);
        let (mut product, mut sum) = (a.to_vec(), c.to_vec());
        pointwise.mul_assign(&mut product, b).unwrap();
        pointwise.mul_add_assign(&mut sum, a, b).unwrap();
        assert_eq!(product, products, "mod {q}, {}", backend.name());
        assert_eq!(sum, sums, "mod {q}, {}", backend.name());
        count += 2 * a.len() as u64;
    }
    count
}

/// Every combination of edges, then operands at random until there are as many comparisons as asked for.
fn check_modulus(modulus: &Modulus, seed: u64, wanted: u64) -> u64 {
    let q = modulus.value();
    let mut count = 0;
    let [mut a, mut b, mut c] = [const { Vec::new() }; 3];
    for x in edges(q) {
        for y in edges(q) {
            for z in edges(q) {
                check(modulus, x, y, z);
                a.push(x);
                b.push(y);
                c.push(z);
                count += OPERATIONS;
            }
        }
    }
    count += check_kernels(modulus, &a, &b, &c);
    let mut words = Words(seed);
    while count < wanted {
        [a, b, c] = [(); 3].map(|()| words.residues(BATCH, q));
        for i in 0..BATCH {
            check(modulus, a[i], b[i], c[i]);
        }
        count += OPERATIONS * BATCH as u64 + check_kernels(modulus, &a, &b, &c);
    }
    count
}

/// The same share for every modulus; returns the number of comparisons.
fn check_all(wanted: u64) -> u64 {
    let moduli = moduli();
    let share = wanted.div_ceil(moduli.len() as u64);
    let seeds = moduli.par_iter().enumerate();
    seeds
        .map(|(seed, modulus)| check_modulus(modulus, seed as u64, share))
        .sum()
}

#[test]
fn modular_arithmetic() {
    let count = check_all(4_000_000);
    assert!(count >= 4_000_000);
}

/// A minute or two: `cargo test --release --test main -- --ignored modular_arithmetic_at_length`.
#[test]
#[ignore = "a thousand million comparisons"]
fn modular_arithmetic_at_length() {
    let count = check_all(1_000_000_000);
    assert!(count >= 1_000_000_000);
}
