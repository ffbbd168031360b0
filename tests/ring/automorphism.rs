//! Permutations of values against their definition.

use equiripple::ring::{Modulus, RingError, poly::Automorphism};

use super::{Words, backends};

/// The place of ψ^root, root odd.
fn place(root: usize, degree: usize) -> usize {
    let bits = degree.ilog2();
    (root / 2).reverse_bits() >> (usize::BITS - bits)
}

#[test]
fn values_are_those_at_the_roots_raised_to_the_exponent() {
    let mut words = Words(50);
    for degree in [2, 4, 8, 16, 64, 1 << 12] {
        for bits in [30, 50, 61] {
            let q = Modulus::new((1 << bits) - 1).unwrap();
            let from = words.residues(degree, q.value());
            let start = words.residues(degree, q.value());
            let last = 2 * degree - 1;
            for k in [1, 3, 5, 7, 25, degree - 1, degree + 1, last - 2, last] {
                let mut image = vec![0; degree];
                for root in (1..2 * degree).step_by(2) {
                    image[place(root, degree)] = from[place(root * k % (2 * degree), degree)];
                }
                let sum = start.iter().zip(&image).map(|(x, y)| q.add(*x, *y));
                let sum: Vec<u64> = sum.collect();
                for backend in backends() {
                    let map = Automorphism::with_backend(k as u64, degree, backend).unwrap();
                    let mut to = vec![u64::MAX; degree];
                    map.map_values(&from, &mut to).unwrap();
                    assert_eq!(to, image, "{degree} {k} {}", backend.name());
                    let mut to = start.clone();
                    map.map_values_add(&q, &from, &mut to).unwrap();
                    assert_eq!(to, sum, "{degree} {k} {}", backend.name());
                }
            }
        }
    }
}

#[test]
fn other_lengths_are_refused() {
    let q = Modulus::new(97).unwrap();
    let map = Automorphism::new(3, 8).unwrap();
    let wrong = Err(RingError::Length { found: 7, need: 8 });
    assert_eq!(map.map_values(&[0; 7], &mut [0; 8]), wrong);
    assert_eq!(map.map_values(&[0; 8], &mut [0; 7]), wrong);
    assert_eq!(map.map_values_add(&q, &[0; 7], &mut [0; 8]), wrong);
    assert_eq!(map.map_values_add(&q, &[0; 8], &mut [0; 7]), wrong);
}
