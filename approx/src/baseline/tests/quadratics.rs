//! Activations of degree 2.

use rug::Rational;

use crate::baseline::{quadratic, square};

#[test]
fn quadratics_are_exact() {
    let p = quadratic(0.1, -3.0, 1e-30, -0.3, 7.0).expect("a series");
    let exact: Vec<Rational> = [1e-30, -3.0, 0.1]
        .map(|c| Rational::from_f64(c).expect("finite"))
        .into();
    // The map to [−1, 1] divides by 7.3, so powers are not exact; values at the ends and the middle are.
    let [lo, hi] = [-0.3, 7.0].map(|x| Rational::from_f64(x).expect("finite"));
    for (s, x) in [(-1, lo.clone()), (1, hi.clone()), (0, (lo + hi) / 2u32)] {
        let c: Vec<_> = p
            .coeffs()
            .iter()
            .map(|c| c.to_rational().expect("finite"))
            .collect();
        let second = Rational::from(2 * s * s - 1);
        let value = &c[1] * Rational::from(s) + &c[0] + &c[2] * second;
        let horner = (Rational::from(&exact[2] * &x) + &exact[1]) * &x + &exact[0];
        assert_eq!(value, horner);
    }
    let square = square(0.7).expect("a series");
    assert_eq!(
        (square.degree(), square.coeffs()[0] == square.coeffs()[1]),
        (2, true)
    );
    assert!((square.eval_f64(0.3) - 0.09).abs() < 1e-16);
}
