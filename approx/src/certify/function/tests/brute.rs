//! Interpolants, perturbed at random, beside the largest error on a dense grid.

use proptest::prelude::*;

use super::*;
use crate::target::eval;

const GRID: u32 = 300;

/// Golden sections around the largest value on a grid that is denser towards the ends.
fn brute(domain: &Domain, error: impl Fn(&Float) -> Float) -> Float {
    let mut most = Float::new(64);
    for interval in domain {
        let half = Float::with_val(400, interval.hi() - interval.lo()) / 2u32;
        let xs: Vec<Float> = (0..=GRID)
            .map(|k| {
                let angle = std::f64::consts::PI * f64::from(k) / f64::from(GRID);
                let x = Float::with_val(400, &half * (1.0 - angle.cos())) + interval.lo();
                x.clamp(interval.lo(), interval.hi())
            })
            .collect();
        let values: Vec<Float> = xs.iter().map(&error).collect();
        let mut peaks: Vec<usize> = (0..xs.len()).collect();
        peaks.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        for &k in peaks.iter().take(3) {
            most = most.max(&values[k]);
            let (mut a, mut b) = (
                xs[k.saturating_sub(1)].clone(),
                xs[(k + 1).min(xs.len() - 1)].clone(),
            );
            for _ in 0..20 {
                let step = Float::with_val(400, &b - &a) * 0.381_966f64;
                let (c, d) = (
                    Float::with_val(400, &a + &step),
                    Float::with_val(400, &b - &step),
                );
                let (at_c, at_d) = (error(&c), error(&d));
                most = most.max(&at_c).max(&at_d);
                if at_c > at_d {
                    b = d;
                } else {
                    a = c;
                }
            }
        }
    }
    most
}

const CASES: &[(&str, f64, f64, &str)] = &[
    ("exp(x)", -1.0, 1.0, "[-1,1]"),
    ("sigmoid(x)", -8.0, 8.0, "[-8,8]"),
    ("gelu(x)", -4.0, 5.0, "[-4,5]"),
    ("sqrt(x)", 0.0, 1.0, "[0,1]"),
    ("sqrt(x)", 0.125, 2.0, "[0.125,2]"),
    ("1/x", 0.5, 4.0, "[0.5,4]"),
    ("log(x)", 0.25, 2.0, "[0.25,2]"),
    ("sin(x)", -6.0, 6.0, "[-6,-5.5]∪[-0.25,0.25]∪[3,6]"),
    ("sin(7*x)*exp(x)-tanh(3*x)", -1.0, 1.0, "[-1,0.1]∪[1/3,1]"),
    ("relu(x-0.3)", -1.0, 1.0, "[-1,1]"),
    ("max(x^2,1/2)", -1.0, 1.0, "[-1,1]"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_bounds_hold_the_largest_error_on_a_grid(
        case in 0..CASES.len(),
        nodes in 3..24u32,
        noise in -1.0..1.0f64,
        place in 0..3usize,
        weighted in any::<bool>(),
    ) {
        let (f, lo, hi, on) = CASES[case];
        let function = target(f);
        let on_domain = domain(on);
        let p = interpolant(&function, lo, hi, nodes, 300);
        let plain = absolute(f, &p, on);
        // One coefficient off by up to the size of the error.
        let mut k = 0;
        let shift = Float::with_val(300, &plain.bounds.lower * noise);
        let p = p.map_coeffs(|c| {
            k += 1;
            if k == place + 1 { Float::with_val(300, c + &shift) } else { c.clone() }
        });
        let w = expr("1/(1.5+cos(x))");
        let weight = if weighted { Weight::Function(&w) } else { Weight::One };
        let sup = certify(f, &p, on, weight).expect(f);
        let error = |x: &Float| {
            let e = function.eval(x).expect("finite") - p.eval(x, 400);
            let e = if weighted { e * eval(&w, x).expect("finite") } else { e };
            Float::with_val(64, e.abs())
        };
        let most = brute(&on_domain, error);
        prop_assert!(most <= sup.bounds.upper, "{f}: {most} above {}", sup.bounds.upper);
        // The grid may miss a kink by a step of its golden sections.
        let found = Float::with_val(64, &most * (1.0 + 1e-4));
        prop_assert!(sup.bounds.lower <= found, "{f}: {} above {found}", sup.bounds.lower);
        // And the lower bound is reached where it is said to be.
        let at = error(&Float::with_val(400, &sup.at));
        let close = Float::with_val(64, &at - &sup.bounds.lower).abs();
        prop_assert!(close <= Float::with_val(64, &at * 1e-9), "{f} at {}", sup.at);
    }
}

#[test]
fn errors_of_forty_digits_below_one_are_bounded() {
    for (f, lo, hi, nodes, on) in [
        ("exp(x)", -1.0, 1.0, 28, "[-1,1]"),
        ("sin(x)", -2.0, 2.0, 34, "[-2,-1]∪[0,2]"),
        ("log(x)", 1.0, 2.0, 52, "[1,2]"),
    ] {
        let function = target(f);
        let p = interpolant(&function, lo, hi, nodes, 600);
        let sup = absolute(f, &p, on);
        let error = |x: &Float| {
            let x = Float::with_val(600, x);
            Float::with_val(
                64,
                (function.eval(&x).expect("finite") - p.eval(&x, 600)).abs(),
            )
        };
        assert!(sup.bounds.upper < 1e-36, "{f}: {}", sup.bounds.upper);
        let most = brute(&domain(on), error);
        assert!(
            most <= sup.bounds.upper
                && sup.bounds.lower <= Float::with_val(64, &most * 1.000_001f64)
        );
    }
}

#[test]
fn high_degrees_and_arguments_beyond_the_series_are_bounded() {
    let k = Float::with_val(128, 1.0 / 512.0);
    let integers = Domain::mod1(5, &k).expect("a domain");
    for (f, reach, nodes, on) in [
        ("exp(-x^2)*sin(9*x)", 3.0, 90, domain("[-3,3]")),
        ("sin(2*pi*x)/(2*pi)", 5.5, 120, integers),
        ("exp(-x^2)*sin(9*x)", 3.0, 50, domain("[-3.25,3.125]")),
        ("cos(3*x)", 2.0, 20, domain("[-2,2.5]")),
    ] {
        let function = target(f);
        let p = interpolant(&function, -reach, reach, nodes, 500);
        let budget = Budget::unlimited();
        let series = Approximant::Series(&p);
        let w = expr("2+sin(5*x)");
        for weight in [Weight::One, Weight::Function(&w)] {
            let sup = function_error(&function, weight, series, &on, budget).expect(f);
            let error = |x: &Float| {
                let x = Float::with_val(600, x);
                let e = function.eval(&x).expect("finite") - p.eval(&x, 600);
                let e = match weight {
                    Weight::Function(w) => e * eval(w, &x).expect("finite"),
                    _ => e,
                };
                Float::with_val(64, e.abs())
            };
            let most = brute(&on, error);
            assert!(most <= sup.bounds.upper, "{f}: {most} {sup:?}");
            let found = Float::with_val(64, &most * 1.000_001f64);
            assert!(sup.bounds.lower <= found, "{f}: {most} {sup:?}");
            assert!(sup.bounds.gap() <= TOLERANCE);
        }
    }
}
