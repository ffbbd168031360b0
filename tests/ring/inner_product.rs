//! Inner products against their definition.

use equiripple::ring::{
    Modulus, Pointwise, RingError,
    inner_product::{MAX_DIGITS, read_digit, write_digit},
};

use super::{Words, backends};

/// A key and its digits (b, a).
fn key(words: &mut Words, q: u64, degree: usize, digits: usize) -> (Vec<u64>, Vec<[Vec<u64>; 2]>) {
    let mut key = vec![u64::MAX; 2 * degree * digits];
    let limbs: Vec<_> = (0..digits)
        .map(|_| [(); 2].map(|()| words.residues(degree, q)))
        .collect();
    for (j, [b, a]) in limbs.iter().enumerate() {
        write_digit(&mut key, digits, j, b, a).unwrap();
    }
    (key, limbs)
}

#[test]
fn keys_are_read_back_and_have_the_stated_order() {
    for (degree, digits) in [(2, 1), (4, 3), (8, 2), (12, 3), (64, 5)] {
        let (key, limbs) = key(&mut Words(40), 1 << 60, degree, digits);
        let (mut b, mut a) = (vec![0; degree], vec![0; degree]);
        for (j, limb) in limbs.iter().enumerate() {
            read_digit(&key, digits, j, &mut b, &mut a).unwrap();
            assert_eq!([&b, &a], [&limb[0], &limb[1]]);
        }
        let mut expected: Vec<u64> = vec![];
        for start in (0..degree).step_by(8) {
            let end = degree.min(start + 8);
            for limb in limbs.iter().flatten() {
                expected.extend(&limb[start..end]);
            }
        }
        assert_eq!(key, expected);
    }
}

#[test]
fn every_backend_equals_the_definition() {
    let mut words = Words(41);
    let counts = [
        (0, 1),
        (1, 1),
        (3, 5),
        (5, 5),
        (15, 15),
        (16, 16),
        (31, 40),
        (64, 70),
    ];
    for bits in [30, 49, 50, 51, 61] {
        // At the upper end of the size.
        let q = (1u64 << bits) - 1;
        let modulus = Modulus::new(q).unwrap();
        for (count, key_digits) in counts {
            for degree in [2, 4, 8, 12, 64] {
                let (mut key, mut limbs) = key(&mut words, q, degree, key_digits);
                let mut digits: Vec<_> = (0..count).map(|_| words.residues(degree, q)).collect();
                let start = [(); 2].map(|()| words.residues(degree, q));
                // Once with the largest sums there are.
                for largest in [false, true] {
                    if largest {
                        key.fill(q - 1);
                        limbs.iter_mut().flatten().for_each(|limb| limb.fill(q - 1));
                        digits.iter_mut().for_each(|digit| digit.fill(q - 1));
                    }
                    let sum = |half: usize, p: usize, first: u64| {
                        let products = digits.iter().zip(&limbs);
                        let terms =
                            products.map(|(digit, limb)| modulus.mul(digit[p], limb[half][p]));
                        terms.fold(first, |sum, x| modulus.add(sum, x))
                    };
                    let digits: Vec<&[u64]> = digits.iter().map(Vec::as_slice).collect();
                    for backend in backends() {
                        let pointwise = Pointwise::with_backend(modulus, backend);
                        let mut out = start.clone();
                        let slices = out.each_mut().map(Vec::as_mut_slice);
                        pointwise
                            .inner_product(&digits, &key, key_digits, slices)
                            .unwrap();
                        let mut added = start.clone();
                        let slices = added.each_mut().map(Vec::as_mut_slice);
                        pointwise
                            .inner_product_add(&digits, &key, key_digits, slices)
                            .unwrap();
                        for (half, p) in (0..2).flat_map(|h| (0..degree).map(move |p| (h, p))) {
                            assert_eq!(out[half][p], sum(half, p, 0));
                            assert_eq!(added[half][p], sum(half, p, start[half][p]));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let pointwise = Pointwise::new(Modulus::new(97).unwrap()).unwrap();
    let key = [1; 64];
    let (digit, mut b, mut a) = ([1; 16], [0; 16], [0; 16]);
    let mut product = |digits: &[&[u64]], key: &[u64], key_digits| {
        pointwise.inner_product(digits, key, key_digits, [&mut b, &mut a])
    };
    assert_eq!(product(&[&digit[..]; 2], &key, 2), Ok(()));
    let digits = |found, most| Err(RingError::Digits { found, most });
    assert_eq!(product(&[&digit[..]; 3], &key, 2), digits(3, 2));
    let many = vec![&digit[..]; MAX_DIGITS + 1];
    assert_eq!(
        product(&many, &key, 100),
        digits(MAX_DIGITS + 1, MAX_DIGITS)
    );
    let length = |found, need| Err(RingError::Length { found, need });
    assert_eq!(product(&[&digit[..8]], &key, 2), length(8, 16));
    assert_eq!(product(&[&digit], &key, 3), length(64, 96));
    let out = [&mut b[..], &mut a[..8]];
    let wrong = pointwise.inner_product_add(&[&digit], &key, 2, out);
    assert_eq!(wrong, length(8, 16));
    assert_eq!(read_digit(&key, 2, 2, &mut b, &mut a), digits(3, 2));
    assert_eq!(read_digit(&key, 3, 2, &mut b, &mut a), length(64, 96));
    assert_eq!(write_digit(&mut [0; 64], 2, 1, &b, &a[..8]), length(8, 16));
}
