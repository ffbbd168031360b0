//! Arithmetic position by position.

use equiripple::ring::{Modulus, Pointwise, RingError};

use super::{Words, backends};

/// Moduli at both ends of each size.
fn moduli() -> impl Iterator<Item = Modulus> {
    let sizes = [2, 3, 5, 20, 25, 26, 27, 30, 40, 49, 50, 51, 61];
    let extremes = sizes.map(|bits| [(1u64 << bits) - 1, (1 << (bits - 1)) + 1]);
    let all = extremes.into_iter().flatten().chain([0x7fe0_1001]);
    all.map(|q| Modulus::new(q).unwrap())
}

/// 1003 is no multiple of eight.
const LENGTHS: [usize; 5] = [0, 1, 8, 1003, 1 << 13];

/// Runs `test` for every modulus, length and backend, with four operands.
fn for_all(mut test: impl FnMut(&Pointwise, [&[u64]; 4])) {
    let mut words = Words(10);
    for modulus in moduli() {
        for n in LENGTHS {
            let operands = [(); 4].map(|()| words.residues(n, modulus.value()));
            for backend in backends() {
                let pointwise = Pointwise::with_backend(modulus, backend);
                test(&pointwise, operands.each_ref().map(Vec::as_slice));
            }
        }
    }
}

/// f at every position, by remainders of 128-bit numbers.
fn expected(pointwise: &Pointwise, n: usize, f: impl Fn(usize, i128) -> i128) -> Vec<u64> {
    let q = i128::from(pointwise.modulus().value());
    (0..n).map(|i| f(i, q).rem_euclid(q) as u64).collect()
}

#[test]
fn sums_and_products_equal_their_definition() {
    for_all(|pointwise, [a, b, sum, _]| {
        let wide = |x: &[u64], i: usize| i128::from(x[i]);
        let equals = |x: Vec<u64>, f: &dyn Fn(usize) -> i128| {
            assert_eq!(
                x,
                expected(pointwise, x.len(), |i, _| f(i)),
                "{pointwise:?}"
            );
        };
        let mut x = a.to_vec();
        pointwise.add_assign(&mut x, b).unwrap();
        equals(x, &|i| wide(a, i) + wide(b, i));
        let mut x = a.to_vec();
        pointwise.sub_assign(&mut x, b).unwrap();
        equals(x, &|i| wide(a, i) - wide(b, i));
        let mut x = a.to_vec();
        pointwise.neg_assign(&mut x);
        equals(x, &|i| -wide(a, i));
        let mut x = a.to_vec();
        pointwise.mul_assign(&mut x, b).unwrap();
        equals(x, &|i| wide(a, i) * wide(b, i));
        let mut x = sum.to_vec();
        pointwise.mul_add_assign(&mut x, a, b).unwrap();
        equals(x, &|i| wide(sum, i) + wide(a, i) * wide(b, i));
    });
}

#[test]
fn products_with_scalars_equal_their_definition() {
    for_all(|pointwise, [a, b, _, _]| {
        let q = pointwise.modulus().value();
        for c in [0, 1, q - 1, q / 3, q, u64::MAX] {
            let wide = |x: &[u64], i: usize| i128::from(x[i]);
            let equals = |x: Vec<u64>, f: &dyn Fn(usize, i128) -> i128| {
                let expected = expected(pointwise, x.len(), |i, q| f(i, i128::from(c) % q));
                assert_eq!(x, expected, "{c} {pointwise:?}");
            };
            let mut x = a.to_vec();
            pointwise.mul_scalar_assign(&mut x, c);
            equals(x, &|i, c| wide(a, i) * c);
            let mut x = a.to_vec();
            pointwise.mul_scalar_add_assign(&mut x, b, c).unwrap();
            equals(x, &|i, c| wide(a, i) + wide(b, i) * c);
            let mut x = a.to_vec();
            pointwise.sub_mul_scalar_assign(&mut x, b, c).unwrap();
            equals(x, &|i, c| (wide(a, i) - wide(b, i)) * c);
        }
    });
}

#[test]
fn tensors_equal_their_definition() {
    for_all(|pointwise, [a0, a1, b0, b1]| {
        let n = a0.len();
        let products = |[a0, a1]: [&[u64]; 2], [b0, b1]: [&[u64]; 2]| {
            let product = |x: &[u64], y: &[u64], i: usize| i128::from(x[i]) * i128::from(y[i]);
            [
                expected(pointwise, n, |i, _| product(a0, b0, i)),
                expected(pointwise, n, |i, _| product(a0, b1, i) + product(a1, b0, i)),
                expected(pointwise, n, |i, _| product(a1, b1, i)),
            ]
        };
        let mut d = [(); 3].map(|()| vec![u64::MAX; n]);
        let out = d.each_mut().map(Vec::as_mut_slice);
        pointwise.tensor([a0, a1], [b0, b1], out).unwrap();
        assert_eq!(d, products([a0, a1], [b0, b1]), "{pointwise:?}");
        let out = d.each_mut().map(Vec::as_mut_slice);
        pointwise.tensor_square([a0, a1], out).unwrap();
        assert_eq!(d, products([a0, a1], [a0, a1]), "{pointwise:?}");
    });
}

#[test]
fn centred_residues_equal_their_definition() {
    let mut words = Words(11);
    for (p, q) in moduli().flat_map(|p| moduli().map(move |q| (p, q))) {
        let mut from = words.residues(1003, p.value());
        from[..2].copy_from_slice(&[p.value() / 2, p.value() / 2 + 1]);
        for backend in backends() {
            let pointwise = Pointwise::with_backend(q, backend);
            let mut to = vec![u64::MAX; 1003];
            pointwise.reduce_centered(&mut to, &from, &p).unwrap();
            let centred = |i: usize| {
                let (x, p) = (i128::from(from[i]), i128::from(p.value()));
                if 2 * x > p { x - p } else { x }
            };
            assert_eq!(to, expected(&pointwise, 1003, |i, _| centred(i)));
        }
    }
}

#[test]
fn operands_of_another_length_are_refused() {
    let wrong = Err(RingError::Length { found: 7, need: 8 });
    for backend in backends() {
        let pointwise = Pointwise::with_backend(Modulus::new(17).unwrap(), backend);
        let (mut a, b) = ([1; 8], [1; 7]);
        assert_eq!(pointwise.add_assign(&mut a, &b), wrong);
        assert_eq!(pointwise.sub_assign(&mut a, &b), wrong);
        assert_eq!(pointwise.mul_assign(&mut a, &b), wrong);
        assert_eq!(pointwise.mul_add_assign(&mut a, &b, &[1; 8]), wrong);
        assert_eq!(pointwise.mul_add_assign(&mut a, &[1; 8], &b), wrong);
        assert_eq!(pointwise.mul_scalar_add_assign(&mut a, &b, 3), wrong);
        assert_eq!(pointwise.sub_mul_scalar_assign(&mut a, &b, 3), wrong);
        let p = Modulus::new(19).unwrap();
        assert_eq!(pointwise.reduce_centered(&mut a, &b, &p), wrong);
        let (mut d0, mut d1, mut d2) = ([0; 8], [0; 8], [0; 7]);
        let d = [&mut d0[..], &mut d1, &mut d2];
        assert_eq!(pointwise.tensor([&a, &a], [&a, &a], d), wrong);
        let d = [&mut d0[..], &mut d1, &mut d2];
        assert_eq!(pointwise.tensor_square([&a, &a], d), wrong);
        assert_eq!(a, [1; 8]);
    }
}
