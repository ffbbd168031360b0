//! Error statistics against closed forms.

use super::{chebyshev, close, series};
use crate::{
    analysis::{Composition, Distribution, ErrorStatistics, Shape},
    poly::Parity,
};

const POINTS: usize = 1 << 17;

fn statistics(
    distribution: &Distribution,
    target: &(dyn Fn(f64) -> f64 + Sync),
) -> ErrorStatistics {
    let stages = [chebyshev(1)];
    let composition = Composition::new(&stages, Shape::Plain { target }).expect("fits");
    let points = distribution.quadrature(-1.0, 1.0, POINTS).expect("mass");
    ErrorStatistics::of(&composition, &points).expect("finite")
}

#[test]
fn uniform_error_of_a_shifted_square() {
    // error = x² on [−1, 1]: mean ⅓, variance 4/45, percentile q is q².
    let s = statistics(&Distribution::Uniform, &|x| x + x * x);
    assert!(s.points >= 100_000 && s.outside < 1e-15 && s.excluded < 1e-15);
    assert!(close(s.mean, 1.0 / 3.0, 1e-9) && close(s.mean_absolute, 1.0 / 3.0, 1e-9));
    assert!(close(s.variance, 4.0 / 45.0, 1e-9) && close(s.rms, 0.2f64.sqrt(), 1e-9));
    assert!(close(s.percentiles.p50, 0.25, 1e-4) && close(s.percentiles.p90, 0.81, 1e-4));
    assert!(close(s.percentiles.p99, 0.9801, 1e-4) && close(s.percentiles.p999, 0.998_001, 1e-4));
    assert!(close(s.max, 1.0, 1e-4) && s.max_at.abs() > 0.9999);
}

#[test]
fn gaussian_moments_and_truncated_mass() {
    let narrow = Distribution::Gaussian {
        mean: 0.1,
        std: 0.05,
    };
    // error = x itself: the moments of the distribution, untouched by the cut.
    let s = statistics(&narrow, &|x| 2.0 * x);
    assert!(s.outside < 1e-15 && close(s.mean, 0.1, 1e-9) && close(s.variance, 0.0025, 1e-9));
    let wide = Distribution::Gaussian {
        mean: 0.0,
        std: 1.0,
    };
    let s = statistics(&wide, &|x| 2.0 * x);
    // Cut at one standard deviation: 31.73 % outside, variance 1 − 2φ(1)/(2Φ(1) − 1), median of |x| at Φ⁻¹(½ + mass/4).
    let density = (-0.5f64).exp() / std::f64::consts::TAU.sqrt();
    let inside = 0.682_689_492_137_086;
    assert!(close(s.outside, 1.0 - inside, 1e-12));
    assert!(close(s.variance, 1.0 - 2.0 * density / inside, 1e-8));
    assert!(s.mean.abs() < 1e-12);
    assert!(
        close(s.percentiles.p50, 0.441_8, 1e-3),
        "{}",
        s.percentiles.p50
    );
}

#[test]
fn gap_of_a_sign_does_not_count() {
    let stages = [series(Parity::Odd, &[1.0])];
    let composition = Composition::new(&stages, Shape::Sign { epsilon: 0.5 }).expect("odd");
    let points = Distribution::Uniform
        .quadrature(-1.0, 1.0, POINTS)
        .expect("mass");
    let s = ErrorStatistics::of(&composition, &points).expect("finite");
    // |1 − x| over [½, 1]: uniform on [0, ½], and of mean zero by symmetry.
    assert!(close(s.excluded, 0.5, 1e-9) && close(s.mean_absolute, 0.25, 1e-9));
    assert!(s.mean.abs() < 1e-12 && close(s.max, 0.5, 1e-4));
}

#[test]
fn no_mass_or_no_value_is_an_error() {
    let far = Distribution::Gaussian {
        mean: 50.0,
        std: 1.0,
    };
    assert!(far.quadrature(-1.0, 1.0, 100).is_err());
    let flat = Distribution::Gaussian {
        mean: 0.0,
        std: 0.0,
    };
    assert!(flat.quadrature(-1.0, 1.0, 100).is_err());
    let stages = [chebyshev(1)];
    let target = |x: f64| x.ln();
    let composition = Composition::new(&stages, Shape::Plain { target: &target }).expect("fits");
    let points = Distribution::Uniform
        .quadrature(-1.0, 1.0, 100)
        .expect("mass");
    assert!(ErrorStatistics::of(&composition, &points).is_err());
}
