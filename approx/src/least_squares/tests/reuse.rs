//! Several degrees from one factorisation.

use super::{NORMAL, fit};
use crate::{analysis::Distribution, poly::Parity};

#[test]
fn one_factorisation_gives_what_several_give() {
    for parity in [Parity::Full, Parity::Odd, Parity::Even] {
        let fit = fit("gelu", &NORMAL, 5.0, 2000)
            .with_parity(parity)
            .expect("symmetric");
        let curve = fit.rms_by_degree(15).expect("rms");
        assert_eq!(curve.len(), parity.len_for(15));
        let degrees: Vec<usize> = curve.iter().rev().map(|c| c.0).collect();
        let family = fit.degrees(&degrees).expect("solutions");
        for (best, (degree, rms)) in family.iter().zip(curve.iter().rev()) {
            let alone = fit.degree(*degree).expect("a solution");
            assert_eq!(best.poly.degree(), *degree);
            assert!((best.error.rms - rms).abs() < 1e-14, "{parity:?} {degree}");
            assert!((best.error.rms - alone.error.rms).abs() < 1e-14);
            for (c, d) in best.poly.coeffs().iter().zip(alone.poly.coeffs()) {
                assert!((c.to_f64() - d.to_f64()).abs() < 1e-12);
            }
        }
        assert!(curve.windows(2).all(|pair| pair[1].1 <= pair[0].1));
    }
}

#[test]
fn no_degree_gives_no_polynomial() {
    assert!(
        fit("x", &NORMAL, 1.0, 10)
            .degrees(&[])
            .expect("nothing")
            .is_empty()
    );
}

#[test]
fn parity_is_that_of_the_target_where_the_distribution_is_symmetric() {
    let full = fit("tanh", &Distribution::Uniform, 3.0, 1000);
    let odd = full.clone().with_parity(Parity::Odd).expect("symmetric");
    let (full, odd) = (full.degree(7).expect("full"), odd.degree(7).expect("odd"));
    assert!((full.error.rms - odd.error.rms).abs() < 1e-15);
    assert_eq!(odd.poly.coeffs().len(), 4);
}
