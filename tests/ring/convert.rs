//! Basis conversion against exact integers.

use equiripple::ring::{
    BasisConversion, Modulus, RingError, RnsError,
    convert::MAX_SOURCE,
    prime::{Direction, ntt_primes},
};
use rug::{Integer, ops::RemRounding};

use super::{Words, backends};

/// The first `count` primes below 2^bits.
fn primes(bits: u32, count: usize) -> Vec<Modulus> {
    ntt_primes(2, bits, count, Direction::Down, &[]).unwrap()
}

fn residue(x: &Integer, q: &Modulus) -> u64 {
    Integer::from(x.rem_euc(q.value())).to_u64().unwrap()
}

/// Limbs of numbers, all in [−Q/2, Q/2].
fn limbs(numbers: &[Integer], moduli: &[Modulus]) -> Vec<Vec<u64>> {
    let limb = |q| numbers.iter().map(|x| residue(x, q)).collect();
    moduli.iter().map(limb).collect()
}

fn slices(limbs: &[Vec<u64>]) -> Vec<&[u64]> {
    limbs.iter().map(Vec::as_slice).collect()
}

fn slices_mut(limbs: &mut [Vec<u64>]) -> Vec<&mut [u64]> {
    limbs.iter_mut().map(Vec::as_mut_slice).collect()
}

/// Centred numbers at random, small ones, and some near the ends, `gap`·Q away from them.
fn numbers(words: &mut Words, product: &Integer, count: usize, gap: f64) -> Vec<Integer> {
    let half = Integer::from(product / 2u32);
    let scaled = rug::Float::with_val(2100, product) * gap;
    let end = &half - scaled.to_integer().unwrap();
    let mut all: Vec<Integer> = [0, 1, -1, 12345].map(Integer::from).into();
    all.extend([end.clone(), -end]);
    while all.len() < count {
        let mut x = Integer::new();
        for _ in 0..32 {
            x = (x << 64) + words.next();
        }
        all.push(x.rem_euc(product) - &half);
    }
    all.truncate(count);
    all
}

/// Converts the same numbers on every backend and compares with the centred representatives.
fn check(source: &[Modulus], target: &[Modulus], count: usize, gap: f64) {
    let product = source.iter().fold(Integer::from(1), |p, q| p * q.value());
    let numbers = numbers(&mut Words(30), &product, count, gap);
    let from = limbs(&numbers, source);
    let expected = limbs(&numbers, target);
    for backend in backends() {
        let conversion = BasisConversion::with_backend(source, target, backend).unwrap();
        let mut to = vec![vec![u64::MAX; count]; target.len()];
        let mut out = slices_mut(&mut to);
        conversion.convert(&slices(&from), &mut out).unwrap();
        assert!(to == expected, "{} {source:?}", backend.name());
    }
}

/// Closest to the ends of [−Q/2, Q/2], as a part of Q, that is promised to be centred.
const GAP: f64 = 1.0 / (1u64 << 43) as f64;

#[test]
fn representatives_are_centred() {
    let target = [primes(50, 3), primes(30, 2), primes(61, 2), primes(51, 1)].concat();
    for bits in [30, 40, 49, 50, 51, 61] {
        for k in [1, 2, 3, 6, 14, 15, 16, 31, MAX_SOURCE] {
            check(&primes(bits, k), &target, 40, GAP);
        }
    }
    let mixed = [primes(50, 2), primes(61, 2), primes(31, 2)].concat();
    check(&mixed, &target, 700, GAP);
}

#[test]
fn every_length_is_converted() {
    let (source, target) = (primes(45, 4), primes(50, 2));
    for count in [0, 1, 2, 8, 31, 32, 33, 511, 512, 513, 1003, 1 << 12] {
        check(&source, &target, count, GAP);
    }
    check(&source, &[], 8, GAP);
}

#[test]
fn one_source_prime_is_exact_at_both_ends() {
    for bits in [15, 20, 40, 50, 61] {
        check(&primes(bits, 1), &primes(50, 3), 64, 0.0);
    }
}

#[test]
fn at_the_ends_backends_agree_and_miss_by_one_product_at_most() {
    let (source, target) = (primes(50, 7), primes(49, 3));
    let product = source.iter().fold(Integer::from(1), |p, q| p * q.value());
    let half = Integer::from(&product / 2u32);
    let near = (0..64u32).map(|i| &half - (Integer::from(1) << (i * 5)));
    let numbers: Vec<Integer> = near.flat_map(|x| [x.clone(), -x]).collect();
    let from = limbs(&numbers, &source);
    let centred = limbs(&numbers, &target);
    let mut results = vec![];
    for backend in backends() {
        let conversion = BasisConversion::with_backend(&source, &target, backend).unwrap();
        let mut to = vec![vec![0; numbers.len()]; target.len()];
        conversion
            .convert(&slices(&from), &mut slices_mut(&mut to))
            .unwrap();
        for (i, x) in numbers.iter().enumerate() {
            let other = if *x > 0 {
                x - product.clone()
            } else {
                x + product.clone()
            };
            let found: Vec<u64> = to.iter().map(|limb| limb[i]).collect();
            let one: Vec<u64> = centred.iter().map(|limb| limb[i]).collect();
            let two: Vec<u64> = target.iter().map(|t| residue(&other, t)).collect();
            assert!(found == one || found == two);
        }
        results.push(to);
    }
    assert!(results.iter().all(|r| *r == results[0]));
}

#[test]
fn conversions_do_not_depend_on_the_number_of_threads() {
    let (source, target) = (primes(50, 6), primes(40, 5));
    let mut words = Words(31);
    let from: Vec<Vec<u64>> = source
        .iter()
        .map(|q| words.residues(1 << 13, q.value()))
        .collect();
    let conversion = BasisConversion::new(&source, &target).unwrap();
    let results = [1, 2, 5].map(|threads| {
        crate::on_threads(threads, || {
            let mut to = vec![vec![0; 1 << 13]; 5];
            conversion
                .convert(&slices(&from), &mut slices_mut(&mut to))
                .unwrap();
            to
        })
    });
    assert!(results.iter().all(|r| *r == results[0]));
}

#[test]
fn what_cannot_be_converted_is_refused() {
    let many = primes(50, MAX_SOURCE + 1);
    let refused = |source: &[Modulus]| BasisConversion::new(source, &many[..1]).unwrap_err();
    assert_eq!(refused(&[]), RnsError::Empty);
    let (found, most) = (MAX_SOURCE + 1, MAX_SOURCE);
    assert_eq!(refused(&many), RnsError::TooMany { found, most });
    let modulus = many[0].value();
    assert_eq!(refused(&[many[0], many[0]]), RnsError::Repeated { modulus });
    let composite = [9, 15].map(|q| Modulus::new(q).unwrap());
    let refused = refused(&composite);
    assert!(matches!(
        refused,
        RnsError::Ring(RingError::NotInvertible { .. })
    ));
    let conversion = BasisConversion::new(&many[..2], &many[2..3]).unwrap();
    let (x, short) = ([1; 8], [1; 7]);
    let mut out = [0; 8];
    let level = Err(RnsError::Level { found: 1, need: 2 });
    assert_eq!(conversion.convert(&[&x], &mut [&mut out]), level);
    let level = Err(RnsError::Level { found: 0, need: 1 });
    assert_eq!(conversion.convert(&[&x, &x], &mut []), level);
    let length = Err(RingError::Length { found: 7, need: 8 }.into());
    assert_eq!(conversion.convert(&[&x, &short], &mut [&mut out]), length);
    assert_eq!(conversion.convert(&[&x, &x], &mut [&mut out[..7]]), length);
}
