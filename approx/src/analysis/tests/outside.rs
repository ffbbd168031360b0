//! The radius outside the domain against cosh: T_n(cosh t) = cosh nt.

use rug::Float;

use super::{chebyshev, series};
use crate::{
    analysis::{Composition, Limit, Outside, Shape},
    poly::{Chebyshev, Parity},
};

fn outside(stages: &[Chebyshev], growth: f64) -> Outside {
    let target = |_: f64| 0.0;
    let composition = Composition::new(stages, Shape::Plain { target: &target }).expect("fits");
    Outside::of(&composition, growth, 1.0, 160).expect("certified")
}

#[test]
fn chebyshev_polynomials_leave_as_cosh_does() {
    for n in [2, 3, 8, 15, 31] {
        let found = outside(&[chebyshev(n)], 2.0);
        let exact = (2f64.acosh() / n as f64).cosh();
        assert!(
            (found.radius - exact).abs() < 3e-6,
            "T_{n}: {} {exact}",
            found.radius
        );
        assert!(found.radius <= exact && found.limit == Limit::Diverges);
        assert!((found.excess - (exact - 1.0)).abs() < 3e-6);
        assert!(
            (found.tolerated - (exact - 1.0)).abs() < 1e-9,
            "{}",
            found.tolerated
        );
        assert!(found.inside >= 1.0 && found.inside < 1.0 + 1e-12);
    }
}

#[test]
fn compositions_multiply_degrees() {
    let found = outside(&[chebyshev(3), chebyshev(5)], 2.0);
    let exact = (2f64.acosh() / 15.0).cosh();
    assert!((found.radius - exact).abs() < 3e-6 && found.radius <= exact);
}

#[test]
fn a_line_stays_bounded_as_far_as_the_search_goes() {
    let found = outside(&[series(Parity::Odd, &[0.5])], 2.0);
    assert!(found.limit == Limit::SearchEnds && (found.radius - 1.5).abs() < 1e-9);
}

#[test]
fn the_radius_is_about_the_middle_of_the_domain() {
    let (lo, hi) = (Float::with_val(53, 2), Float::with_val(53, 6));
    let mut c = vec![Float::new(53); 8];
    c.push(Float::with_val(53, 1));
    let found = outside(
        &[Chebyshev::new(Parity::Full, lo, hi, c).expect("an interval")],
        2.0,
    );
    let exact = (2f64.acosh() / 8.0).cosh();
    assert!(
        (found.radius - exact).abs() < 3e-6 && (found.excess - 2.0 * (exact - 1.0)).abs() < 1e-5
    );
}
