//! One suite for every implementation of the transform.

use equiripple::ring::{Modulus, NttTable, ntt::naive};

use super::{Words, backends, prime};

const SIZES: [u32; 8] = [20, 30, 40, 49, 50, 51, 60, 61];

/// Tables of a degree: every size of prime, every backend.
fn tables(degree: usize) -> impl Iterator<Item = NttTable> {
    let backends = backends();
    let sizes = SIZES
        .into_iter()
        .filter(move |bits| 1 << (bits - 2) > degree);
    sizes.flat_map(move |bits| {
        let modulus = prime(degree, bits);
        let table = move |backend| NttTable::with_backend(modulus, degree, backend).unwrap();
        backends.clone().into_iter().map(table)
    })
}

/// Extremes, a unit vector, and residues at random.
fn inputs(words: &mut Words, n: usize, q: u64) -> [Vec<u64>; 4] {
    let mut unit = vec![0; n];
    unit[n - 1] = q - 1;
    [
        vec![q - 1; n],
        unit,
        words.residues(n, q),
        words.residues(n, q),
    ]
}

#[test]
fn every_implementation_equals_the_definition() {
    let mut words = Words(4);
    for log in 1..=9 {
        for table in tables(1 << log) {
            for a in inputs(&mut words, table.degree(), table.modulus().value()) {
                let mut fast = a.clone();
                table.forward(&mut fast).unwrap();
                assert_eq!(fast, naive::forward(&a, table.modulus()).unwrap());
                table.inverse(&mut fast).unwrap();
                assert_eq!(fast, a);
                table.inverse(&mut fast).unwrap();
                assert_eq!(fast, naive::inverse(&a, table.modulus()).unwrap());
            }
        }
    }
}

#[test]
fn every_implementation_gives_the_same_bits() {
    for log in 10..=17 {
        let n = 1 << log;
        for bits in [30, 50, 61] {
            let modulus = prime(n, bits);
            let tables: Vec<NttTable> = backends()
                .into_iter()
                .map(|backend| NttTable::with_backend(modulus, n, backend).unwrap())
                .collect();
            for a in inputs(&mut Words(5), n, modulus.value()) {
                let mut expected = a.clone();
                tables[0].forward(&mut expected).unwrap();
                for table in &tables {
                    let mut b = a.clone();
                    table.forward(&mut b).unwrap();
                    assert!(b == expected, "N=2^{log}, {bits} bits");
                    table.inverse(&mut b).unwrap();
                    assert!(b == a, "N=2^{log}, {bits} bits");
                }
            }
        }
    }
}

#[test]
fn values_are_at_the_documented_points() {
    let n = 1 << 11;
    for table in tables(n) {
        let modulus = table.modulus();
        let a = Words(6).residues(n, modulus.value());
        let mut transform = a.clone();
        table.forward(&mut transform).unwrap();
        for i in [0, 1, 2, 7, 100, n - 1] {
            let reversed = i.reverse_bits() >> (usize::BITS - 11);
            let x = modulus.pow(table.root(), 2 * reversed as u64 + 1);
            let value = a.iter().rev().fold(0, |sum, c| modulus.mul_add(sum, x, *c));
            assert_eq!(transform[i], value);
        }
    }
}

fn product(table: &NttTable, a: &[u64], b: &[u64]) -> Vec<u64> {
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    table.forward(&mut a).unwrap();
    table.forward(&mut b).unwrap();
    table.pointwise().mul_assign(&mut a, &b).unwrap();
    table.inverse(&mut a).unwrap();
    a
}

#[test]
fn convolution_theorem() {
    let mut words = Words(7);
    for log in 1..=9 {
        for table in tables(1 << log) {
            let modulus = table.modulus();
            let [a, _, b, c] = inputs(&mut words, table.degree(), modulus.value());
            let expected = |a, b| naive::multiply(a, b, modulus).unwrap();
            assert_eq!(product(&table, &a, &a), expected(&a, &a));
            assert_eq!(product(&table, &b, &c), expected(&b, &c));
        }
    }
}

#[test]
fn shifts_wrap_with_a_sign() {
    for log in 10..=17 {
        let n = 1 << log;
        for backend in backends() {
            let modulus = prime(n, 50);
            let table = NttTable::with_backend(modulus, n, backend).unwrap();
            let a = Words(8).residues(n, modulus.value());
            let shift = n / 3;
            let mut monomial = vec![0; n];
            monomial[shift] = 1;
            let mut expected = a.clone();
            expected.rotate_right(shift);
            expected[..shift]
                .iter_mut()
                .for_each(|x| *x = modulus.neg(*x));
            assert!(product(&table, &a, &monomial) == expected, "N=2^{log}");
        }
    }
}

#[test]
fn products_equal_those_of_tfhe_ntt() {
    let mut words = Words(9);
    for log in [5, 8, 10, 12, 15, 16] {
        let n = 1 << log;
        for bits in [30, 40, 50, 51, 60] {
            let modulus: Modulus = prime(n, bits);
            let q = modulus.value();
            let Some(plan) = tfhe_ntt::prime64::Plan::try_new(n, q) else {
                panic!("no plan for N=2^{log}, q={q}");
            };
            let [a, b] = [words.residues(n, q), words.residues(n, q)];
            let (mut x, mut y) = (a.clone(), b.clone());
            plan.fwd(&mut x);
            plan.fwd(&mut y);
            plan.mul_assign_normalize(&mut x, &y);
            plan.inv(&mut x);
            for backend in backends() {
                let table = NttTable::with_backend(modulus, n, backend).unwrap();
                assert!(product(&table, &a, &b) == x, "N=2^{log}, q={q}");
            }
        }
    }
}
