//! Polynomials over residue number systems against exact integers.

use equiripple::ring::{
    Modulus, NttTable, RingError, RnsBasis, RnsError, RnsPoly,
    ntt::naive,
    poly::{Automorphism, Coefficient, Evaluation},
    prime::{Direction, ntt_primes},
    sampler::{Mask, MasterSeed, Seed},
};
use rug::{Integer, ops::DivRounding};
use zeroize::Zeroize;

use super::Words;

/// Primes of different sizes, on both sides of the reach of the vector kernels.
fn moduli(degree: usize) -> Vec<Modulus> {
    let list = |bits, count| ntt_primes(degree, bits, count, Direction::Down, &[]).unwrap();
    [list(50, 2), list(40, 2), list(60, 1), list(45, 1)].concat()
}

fn basis(degree: usize) -> RnsBasis {
    RnsBasis::new(&moduli(degree), degree).unwrap()
}

fn seed(index: u64) -> Seed<Mask> {
    MasterSeed::from_bytes([1; 32]).seed().child(index)
}

fn uniform<D: equiripple::ring::poly::Domain>(basis: &RnsBasis, index: u64) -> RnsPoly<D> {
    RnsPoly::uniform(basis, &seed(index))
}

fn integers(poly: &RnsPoly<Coefficient>) -> Vec<Integer> {
    let crt = poly.basis().crt().unwrap();
    let all = 0..poly.basis().degree();
    all.map(|i| poly.coefficient(&crt, i).unwrap()).collect()
}

#[test]
fn signed_coefficients_come_back() {
    let basis = basis(64);
    let mut words = Words(20);
    let mut wide = || i128::from(words.next() as i64) << 64 | i128::from(words.next());
    let mut coefficients: Vec<i128> = (0..60).map(|_| wide()).collect();
    coefficients.extend([0, -1, i128::MIN, i128::MAX]);
    let poly = RnsPoly::from_signed(&basis, &coefficients).unwrap();
    assert!(integers(&poly).iter().eq(&coefficients));
    let back = poly
        .clone()
        .into_evaluation()
        .unwrap()
        .into_coefficient()
        .unwrap();
    assert_eq!(back, poly);
    let small: Vec<i64> = (-32..32).collect();
    let poly = RnsPoly::from_signed(&basis, &small).unwrap();
    assert!(integers(&poly).iter().eq(&small));
}

#[test]
fn crt_reaches_both_ends() {
    let basis = basis(4);
    let half: Integer = (basis.product() - 1u32) / 2u32;
    let crt = basis.crt().unwrap();
    for x in [
        half.clone(),
        -half.clone(),
        Integer::new(),
        Integer::from(-1),
    ] {
        let residue = |q: &Modulus| {
            let r = Integer::from(&x % q.value());
            q.reduce_i64(r.to_i64().unwrap())
        };
        assert_eq!(crt.centered(basis.moduli().map(residue)), x);
    }
}

#[test]
fn arithmetic_is_that_of_the_ring() {
    let basis = basis(32);
    let (a, b, c) = (
        uniform::<Coefficient>(&basis, 0),
        uniform::<Coefficient>(&basis, 1),
        uniform(&basis, 2),
    );
    let limbs = |poly: &RnsPoly<Coefficient>| poly.limbs().map(<[u64]>::to_vec).collect::<Vec<_>>();
    let (x, y, z) = (limbs(&a), limbs(&b), limbs(&c));
    let evaluated = |poly: &RnsPoly<Coefficient>| poly.clone().into_evaluation().unwrap();
    let (ea, eb) = (evaluated(&a), evaluated(&b));
    let [mut sum, mut difference, mut negative, mut multiple] = [(); 4].map(|()| a.clone());
    let mut combination = a.clone();
    sum.add_assign(&b).unwrap();
    difference.sub_assign(&b).unwrap();
    negative.neg_assign();
    let scalar = -(1i128 << 100) - 12345;
    multiple.mul_scalar_assign(scalar);
    combination.mul_scalar_add_assign(&b, scalar).unwrap();
    let mut product = ea.clone();
    product.mul_assign(&eb).unwrap();
    let product = product.into_coefficient().unwrap();
    let mut fused = evaluated(&c);
    fused.mul_add_assign(&ea, &eb).unwrap();
    let fused = fused.into_coefficient().unwrap();
    for (i, q) in basis.moduli().enumerate() {
        let each = |f: &dyn Fn(usize) -> u64| (0..32).map(f).collect::<Vec<_>>();
        let expected = naive::multiply(&x[i], &y[i], q).unwrap();
        assert_eq!(limbs(&sum)[i], each(&|j| q.add(x[i][j], y[i][j])));
        assert_eq!(limbs(&difference)[i], each(&|j| q.sub(x[i][j], y[i][j])));
        assert_eq!(limbs(&negative)[i], each(&|j| q.neg(x[i][j])));
        assert_eq!(
            limbs(&multiple)[i],
            each(&|j| q.mul(x[i][j], q.reduce_i128(scalar)))
        );
        assert_eq!(
            limbs(&combination)[i],
            each(&|j| q.mul_add(y[i][j], q.reduce_i128(scalar), x[i][j]))
        );
        assert_eq!(limbs(&product)[i], expected);
        assert_eq!(limbs(&fused)[i], each(&|j| q.add(z[i][j], expected[j])));
    }
    let mut same = ea.clone();
    same.add_assign(&eb).unwrap();
    assert_eq!(same.into_coefficient().unwrap(), sum);
}

#[test]
fn automorphisms_agree_in_both_domains() {
    for degree in [2, 4, 32, 256] {
        let basis = basis(degree);
        let a = uniform::<Coefficient>(&basis, 3);
        let numbers = integers(&a);
        let exponents = [1, 3, 5, 2 * degree as u64 - 1, 25, 2 * degree as u64 + 5];
        for k in exponents {
            let map = Automorphism::new(k, degree).unwrap();
            let image = a.automorphism(&map).unwrap();
            let mut expected = vec![Integer::new(); degree];
            for (j, x) in numbers.iter().enumerate() {
                let place = j * k as usize % (2 * degree);
                let sign = if place < degree { 1 } else { -1 };
                expected[place % degree] += sign * Integer::from(x);
            }
            assert_eq!(integers(&image), expected);
            let values = a.clone().into_evaluation().unwrap();
            let values = values.automorphism(&map).unwrap();
            assert_eq!(values.into_coefficient().unwrap(), image);
        }
    }
    let mut sum = uniform::<Evaluation>(&basis(64), 3);
    let (a, map) = (uniform(&basis(64), 4), Automorphism::new(5, 64).unwrap());
    let mut expected = sum.clone();
    expected.add_assign(&a.automorphism(&map).unwrap()).unwrap();
    sum.automorphism_add_assign(&a, &map).unwrap();
    assert_eq!(sum, expected);
    let composed = Automorphism::new(3, 64).unwrap();
    assert_eq!(composed.exponent(), 3);
    let a = uniform::<Evaluation>(&basis(64), 4);
    let twice = a
        .automorphism(&composed)
        .unwrap()
        .automorphism(&composed)
        .unwrap();
    assert_eq!(
        twice,
        a.automorphism(&Automorphism::new(9, 64).unwrap()).unwrap()
    );
}

#[test]
fn rescaling_rounds_to_the_nearest_integer() {
    let degree = 64;
    let basis = basis(degree);
    let mut poly = uniform::<Coefficient>(&basis, 5);
    for kept in (1..basis.limbs()).rev() {
        let q = basis.moduli().nth(kept).unwrap().value();
        // ⌊x/q + 1/2⌋, brought back to the centre modulo what is left.
        let product = basis.prefix(kept).unwrap().product();
        let expected = integers(&poly).into_iter().map(|x| {
            let doubled: Integer = 2 * x + q;
            let nearest = doubled.div_floor(Integer::from(2 * q));
            let half = Integer::from(&product / 2u32);
            if nearest > half {
                nearest - &product
            } else if nearest < -half {
                nearest + &product
            } else {
                nearest
            }
        });
        let expected: Vec<Integer> = expected.collect();
        let mut values = poly.clone().into_evaluation().unwrap();
        poly.rescale().unwrap();
        values.rescale().unwrap();
        assert_eq!(integers(&poly), expected);
        assert_eq!(values.into_coefficient().unwrap(), poly);
        assert_eq!(poly.basis().limbs(), kept);
    }
    let before = poly.clone();
    let refused = poly.rescale().unwrap_err();
    assert_eq!(
        refused,
        RnsError::Limbs {
            wanted: 0,
            limbs: 1
        }
    );
    assert_eq!(poly, before);
}

#[test]
fn rescaling_halfway_points() {
    let basis = basis(8).prefix(3).unwrap();
    let q = i128::from(basis.moduli().last().unwrap().value());
    let half = q / 2;
    let coefficients = [0, half, half + 1, -half, -half - 1, q, -q, 7 * q + half];
    let mut poly = RnsPoly::from_signed(&basis, &coefficients).unwrap();
    poly.rescale().unwrap();
    assert!(integers(&poly).iter().eq(&[0, 0, 1, 0, -1, 1, -1, 7]));
}

#[test]
fn limbs_of_a_mask_do_not_depend_on_the_level() {
    let basis = basis(64);
    let mut long = uniform::<Evaluation>(&basis, 6);
    let short = uniform::<Evaluation>(&basis.prefix(2).unwrap(), 6);
    assert_ne!(long, short);
    long.truncate(2).unwrap();
    assert_eq!(long, short);
    let mut again = long.clone();
    again.zeroize();
    assert_eq!(again, RnsPoly::zero(short.basis()));
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let run = || {
        let basis = basis(1 << 11);
        let mut a = uniform::<Coefficient>(&basis, 7).into_evaluation().unwrap();
        let b = uniform::<Evaluation>(&basis, 8);
        a.mul_assign(&b).unwrap();
        a.mul_add_assign(&b.clone(), &b).unwrap();
        a.rescale().unwrap();
        let a = a
            .automorphism(&Automorphism::new(5, 1 << 11).unwrap())
            .unwrap();
        a.into_coefficient().unwrap()
    };
    let results = [1, 2, 3, 8].map(|threads| crate::on_threads(threads, run));
    assert!(results.iter().all(|r| *r == results[0]));
}

#[test]
fn limbs_start_at_cache_lines() {
    for degree in [8, 64, 1 << 12] {
        let mut poly = uniform::<Evaluation>(&basis(degree), 9).clone();
        poly.rescale().unwrap();
        for limb in poly.limbs() {
            assert_eq!(limb.as_ptr().addr() % 64, 0);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let (long, other) = (basis(64), basis(32));
    let zero = |basis: &RnsBasis| RnsPoly::<Evaluation>::zero(basis);
    let add = |a: &RnsBasis, b: &RnsBasis| {
        let (mut sum, term) = (zero(a), zero(b));
        let results = [
            sum.add_assign(&term),
            sum.sub_assign(&term),
            sum.mul_scalar_add_assign(&term, 3),
            sum.mul_assign(&term),
            sum.mul_add_assign(&zero(a), &term),
            sum.mul_add_assign(&term, &zero(a)),
        ];
        assert!(results.iter().all(|r| *r == results[0]));
        results[0].clone()
    };
    assert_eq!(
        add(&long, &other),
        Err(RnsError::Degree {
            found: 32,
            need: 64
        })
    );
    let short = long.prefix(4).unwrap();
    assert_eq!(
        add(&long, &short),
        Err(RnsError::Level { found: 4, need: 6 })
    );
    let rebuilt = RnsBasis::new(&moduli(64)[..4], 64).unwrap();
    assert_eq!(add(&short, &rebuilt), Ok(()));
    assert_eq!(
        add(&long, &rebuilt),
        Err(RnsError::Level { found: 4, need: 6 })
    );
    let mut swapped = moduli(64);
    swapped.swap(1, 2);
    let [need, found] = [1, 2].map(|i| moduli(64)[i].value());
    let swapped = RnsBasis::new(&swapped, 64).unwrap();
    assert_eq!(
        add(&long, &swapped),
        Err(RnsError::Basis {
            limb: 1,
            found,
            need
        })
    );

    assert_eq!(RnsBasis::new(&[], 64).unwrap_err(), RnsError::Empty);
    let q = moduli(64)[0];
    let refused = RnsBasis::new(&[q, q], 64).unwrap_err();
    assert_eq!(refused, RnsError::Repeated { modulus: q.value() });
    let tables = [64, 32].map(|n| NttTable::new(moduli(64)[n / 64], n).unwrap().into());
    let refused = RnsBasis::from_tables(tables.into()).unwrap_err();
    assert_eq!(
        refused,
        RnsError::Degree {
            found: 32,
            need: 64
        }
    );
    for wanted in [0, 7] {
        assert_eq!(
            long.prefix(wanted).unwrap_err(),
            RnsError::Limbs { wanted, limbs: 6 }
        );
    }
    assert_eq!(
        Automorphism::new(4, 64),
        Err(RnsError::Exponent { exponent: 4 })
    );
    let map = Automorphism::new(3, 32).unwrap();
    let degree = RnsError::Degree {
        found: 32,
        need: 64,
    };
    assert_eq!(zero(&long).automorphism(&map), Err(degree.clone()));
    let added = zero(&long).automorphism_add_assign(&zero(&long), &map);
    assert_eq!(added, Err(degree));
    let length = RingError::Length {
        found: 63,
        need: 64,
    };
    assert_eq!(RnsPoly::from_signed(&long, &[0i64; 63]), Err(length.into()));
    let crt = long.crt().unwrap();
    let poly = RnsPoly::<Coefficient>::zero(&long);
    let refused = poly.coefficient(&crt, 64);
    assert_eq!(
        refused,
        Err(RnsError::Index {
            index: 64,
            degree: 64
        })
    );
    let refused = RnsPoly::<Coefficient>::zero(&short).coefficient(&crt, 0);
    assert_eq!(refused, Err(RnsError::Level { found: 4, need: 6 }));
}

#[test]
fn the_square_root_of_minus_one_is_a_monomial() {
    for degree in [2, 4, 8, 16, 128, 1024] {
        let basis = basis(degree);
        let a: RnsPoly<Coefficient> = uniform(&basis, 1);
        let turned = a.clone().into_evaluation().unwrap().times_i();
        let minus = turned.times_i();
        let turned = turned.into_coefficient().unwrap();
        let mut monomial = vec![0; degree];
        monomial[degree / 2] = 1;
        let limbs = basis.moduli().zip(a.limbs()).zip(turned.limbs());
        for ((q, a), turned) in limbs {
            assert_eq!(naive::multiply(a, &monomial, q).unwrap(), turned);
            // Constant on each half.
            let values = naive::forward(&monomial, q).unwrap();
            let (low, high) = values.split_at(degree / 2);
            assert!(low.iter().all(|x| *x == low[0]));
            assert!(high.iter().all(|x| *x == q.neg(low[0])));
        }
        let negated = a.negated().into_evaluation().unwrap();
        assert_eq!(minus, negated);
    }
}
