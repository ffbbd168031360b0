//! f_n and g_n against the defining formulas, exactly, and against what they are known to do.

use rug::{Complete, Float, Integer, Rational};

use super::{float, powers};
use crate::{
    baseline::{accelerator, cleaning, comparison},
    certify::Chain,
    poly::{Chebyshev, pow2},
    remez::{Budget, sign},
};

/// `Σ_i 4^-i C(2i, i) x (1−x²)^i` term by term.
fn cleaning_by_definition(n: u32) -> Vec<Rational> {
    let mut out = vec![Rational::new(); 2 * n as usize + 2];
    for i in 0..=n {
        let central = Integer::binomial_u(2 * i, i).complete();
        for j in 0..=i {
            let term = Integer::binomial_u(i, j).complete() * &central;
            let term = Rational::from(term) >> (2 * i);
            let place = &mut out[2 * j as usize + 1];
            *place += if j % 2 == 0 { term } else { -term };
        }
    }
    out
}

#[test]
fn cleaning_polynomials_are_exact() {
    for n in [0, 1, 2, 3, 4, 7, 20, 45] {
        assert_eq!(
            powers(&cleaning(n).expect("n")),
            cleaning_by_definition(n),
            "n = {n}"
        );
    }
    let third: Vec<Rational> = [0, 35, 0, -35, 0, 21, 0, -5]
        .map(|c| Rational::from((c, 16)))
        .into();
    assert_eq!(powers(&cleaning(3).expect("n")), third);
}

#[test]
fn cleaning_multiplies_the_correct_digits() {
    // 1 − f_n(1 − δ) = O(δ^{n+1}), and the constant is that of the first derivative that does not vanish.
    for n in 1..=6u32 {
        let p = cleaning(n).expect("n");
        let distance = |bits: i32| {
            let x = Float::with_val(400, 1 - pow2(-bits));
            let e = Float::with_val(400, 1 - p.eval(&x, 1000)).abs();
            e.log2().to_f64()
        };
        let gained = distance(20) - distance(40);
        assert!(
            (gained - 20.0 * f64::from(n + 1)).abs() < 1e-3,
            "n = {n}: {gained}"
        );
    }
}

#[test]
fn accelerators_are_near_the_minimax_polynomials_behind_them() {
    // (1 − τ/2) times the minimax polynomial of error τ/(2 − τ) = 1/7 on [δ, 1], in multiples of 2^-10.
    for n in 1..=4u32 {
        let degree = 2 * n as usize + 1;
        let best = |delta| {
            let best = sign::minimax(
                degree,
                &float(delta),
                &float(1.0),
                None,
                Budget::unlimited(),
            );
            best.expect("converges")
        };
        let (mut near, mut far) = (1e-3, 0.9);
        for _ in 0..40 {
            let middle = 0.5 * (near + far);
            if best(middle).largest.to_f64() > 1.0 / 7.0 {
                near = middle;
            } else {
                far = middle;
            }
        }
        let ideal = best(far).poly.to_monomial(64);
        let published = powers(&accelerator(n).expect("n"));
        for (k, (c, g)) in ideal.iter().zip(&published).enumerate().skip(1).step_by(2) {
            let (c, g) = (0.875 * c.to_f64(), g.to_f64());
            assert!(
                (c - g).abs() < 0.003 * c.abs(),
                "g_{n}, x^{k}: {g} is not near {c}"
            );
        }
        let (lo, hi) = range(&[accelerator(n).expect("n")], far);
        assert!(
            lo > 0.748 && hi < 1.0,
            "g_{n} maps [{far}, 1] onto [{lo}, {hi}]"
        );
    }
}

#[test]
fn accelerators_are_the_published_ones() {
    let published: [&[i32]; 4] = [
        &[2126, -1359],
        &[3334, -6108, 3796],
        &[4589, -16_577, 25_614, -12_860],
        &[5850, -34_974, 97_015, -113_492, 46_623],
    ];
    for (n, row) in (1..).zip(published) {
        let odd: Vec<Rational> = powers(&accelerator(n).expect("n"))
            .into_iter()
            .skip(1)
            .step_by(2)
            .collect();
        let expected: Vec<Rational> = row.iter().map(|c| Rational::from((*c, 1024))).collect();
        assert_eq!(odd, expected, "g_{n}");
    }
}

/// Certified range over `[lo, 1]`.
fn range(stages: &[Chebyshev], lo: f64) -> (f64, f64) {
    let chain = Chain::new(stages, &float(lo), &float(1.0), &Float::new(64), 256).expect("a chain");
    let range = chain.range().expect("stages");
    (range.outer.0.to_f64(), range.outer.1.to_f64())
}

#[test]
fn compositions_converge_and_accelerators_help() {
    let error = |cleanings, accelerations| {
        let (lo, hi) = range(
            &comparison(3, cleanings, accelerations).expect("stages"),
            1.0 / 256.0,
        );
        (1.0 - lo).max(hi - 1.0)
    };
    let (plain, mixed) = (error(6, 0), error(2, 4));
    assert!(
        mixed < 1e-6 && plain > 1e3 * mixed,
        "{plain} against {mixed}"
    );
    let stages = comparison(2, 1, 2).expect("stages");
    let g = accelerator(2).expect("n");
    assert_eq!(stages, [g.clone(), g, cleaning(2).expect("n")]);
}
