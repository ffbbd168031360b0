//! Certificates against brute force in high precision, and inputs that once broke or stalled them.

use std::time::Instant;

use equiripple_approx::{
    ApproxError,
    certify::{Chain, Extrema, gap},
    composite::{ReluDesign, design_relu},
    domain::Domain,
    poly::{Chebyshev, Parity},
    remez::{Basis, Budget, Problem, sign::minimax},
    rounding::Rounding,
    target::Target,
};
use proptest::prelude::*;
use rug::{Float, ops::Pow};

const BITS: u32 = 256;

fn float(x: f64) -> Float {
    Float::with_val(53, x)
}

fn on_unit(parity: Parity, c: &[f64]) -> Chebyshev {
    Chebyshev::on_unit(parity, c.iter().map(|c| float(*c)).collect())
}

fn monomial(parity: Parity, c: &[f64]) -> Chebyshev {
    let c: Vec<Float> = c.iter().map(|c| float(*c)).collect();
    Chebyshev::from_monomial(parity, float(-1.0), float(1.0), &c, BITS).expect("a polynomial")
}

fn value(stages: &[Chebyshev], x: f64) -> Float {
    stages.iter().fold(float(x), |x, p| p.eval(&x, BITS))
}

/// Largest value of `f` on a dense grid of `[lo, hi]`, sharpened around its best points.
fn brute(lo: f64, hi: f64, points: usize, f: &dyn Fn(f64) -> Float) -> Float {
    let at = |i: usize| {
        (lo + (hi - lo) * 0.5 * (1.0 - (std::f64::consts::PI * i as f64 / points as f64).cos()))
            .clamp(lo, hi)
    };
    let values: Vec<Float> = (0..=points).map(|i| f(at(i))).collect();
    let mut order: Vec<usize> = (0..=points)
        .filter(|&i| {
            (i == 0 || values[i] >= values[i - 1]) && (i == points || values[i] >= values[i + 1])
        })
        .collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let mut best = f(lo).max(&f(hi));
    for &i in order.iter().take(3) {
        best = best.max(&values[i]);
        let (mut a, mut b) = (at(i.saturating_sub(1)), at((i + 1).min(points)));
        for _ in 0..55 {
            let (c, d) = (a + 0.381_966 * (b - a), a + 0.618_034 * (b - a));
            let (at_c, at_d) = (f(c), f(d));
            best = best.max(&at_c).max(&at_d);
            if at_c > at_d { b = d } else { a = c }
        }
    }
    best
}

/// Checks a range against brute force, which may miss a little of it.
fn check_range(stages: &[Chebyshev], lo: f64, hi: f64) -> Result<(), TestCaseError> {
    let chain = match Chain::new(stages, &float(lo), &float(hi), &Float::new(64), 192) {
        Ok(chain) => chain,
        Err(ApproxError::OutOfRange { .. }) => return Ok(()),
        Err(e) => return Err(TestCaseError::fail(e.to_string())),
    };
    let range = chain.range().expect("a stage");
    let most = brute(lo, hi, 1500, &|x| value(stages, x));
    let least = -brute(lo, hi, 1500, &|x| -value(stages, x));
    prop_assert!(
        range.outer.0 <= least && most <= range.outer.1,
        "outer {range:?} {least} {most}"
    );
    let size = Float::with_val(64, least.abs_ref()).max(&Float::with_val(64, most.abs_ref()));
    let missed = Float::with_val(64, &size * 1e-7);
    prop_assert!(
        range.inner.0 >= Float::with_val(BITS, &least - &missed),
        "inner {range:?} {least}"
    );
    prop_assert!(
        range.inner.1 <= Float::with_val(BITS, &most + &missed),
        "inner {range:?} {most}"
    );
    let loose = Float::with_val(64, &size >> 20);
    prop_assert!(
        Float::with_val(64, &range.inner.0 - &range.outer.0) <= loose,
        "{range:?}"
    );
    prop_assert!(
        Float::with_val(64, &range.outer.1 - &range.inner.1) <= loose,
        "{range:?}"
    );
    if let Some(bounds) = chain.sign_error() {
        let error = brute(lo, hi, 1500, &|x| (1u32 - value(stages, x)).abs());
        prop_assert!(
            bounds.upper >= error && bounds.lower <= Float::with_val(BITS, &error + &missed)
        );
    }
    Ok(())
}

fn parities() -> impl Strategy<Value = Parity> {
    prop::sample::select(vec![Parity::Full, Parity::Odd, Parity::Even])
}

fn roundings() -> impl Strategy<Value = Rounding> {
    prop::sample::select(vec![
        Rounding::Exact,
        Rounding::F64,
        Rounding::Grid(20),
        Rounding::Lattice(20),
    ])
}

/// Coefficients that fall off, of norm at most about 1.
fn stage(parities: impl Strategy<Value = Parity>) -> impl Strategy<Value = Chebyshev> {
    (
        parities,
        prop::collection::vec(-1.0..1.0f64, 1..16),
        0..3u32,
        roundings(),
    )
        .prop_map(|(parity, mut c, decay, rounding)| {
            for (k, c) in c.iter_mut().enumerate() {
                *c /= f64::powi(k as f64 + 1.0, decay as i32);
            }
            let norm: f64 = c.iter().map(|c| c.abs()).sum();
            let scale = (1.4 / norm.max(0.1)).min(1.0);
            let c: Vec<f64> = c.iter().map(|c| c * scale).collect();
            let p = on_unit(parity, &c);
            rounding
                .apply(&p, &float(0.0), &float(1.0))
                .expect("rounds")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ranges_of_polynomials_hold(
        parity in parities(),
        c in prop::collection::vec(-1.0..1.0f64, 1..32),
        scale in prop::sample::select(vec![1.0, 1e-9, 1e6, 1e-200, 1e200]),
        a in -1.0..1.0f64,
        width in prop::sample::select(vec![1e-9, 0.01, 0.3, 1.0, 2.0]),
    ) {
        let most = if parity == Parity::Full { 32 } else { 16 };
        let c: Vec<f64> = c.iter().take(most).map(|c| c * scale).collect();
        check_range(&[on_unit(parity, &c)], a, (a + width).min(1.0))?;
    }

    #[test]
    fn ranges_on_other_intervals_hold(
        c in prop::collection::vec(-1.0..1.0f64, 2..12),
        middle in prop::sample::select(vec![0.0, 1.0, -3.5, 1e6]),
        radius in prop::sample::select(vec![0.5, 3.0, 1e-5]),
        from in -1.0..1.0f64,
    ) {
        let c = c.iter().map(|c| float(*c)).collect();
        let p = Chebyshev::new(Parity::Full, float(middle - radius), float(middle + radius), c).expect("a series");
        check_range(&[p], middle + radius * from, middle + radius)?;
    }

    #[test]
    fn ranges_of_compositions_hold(
        stages in prop::collection::vec(stage(parities()), 2..4),
        a in -1.0..0.9f64,
    ) {
        check_range(&stages, a, 1.0)?;
    }

    #[test]
    fn errors_of_relu_hold(
        stages in prop::collection::vec(stage(parities()), 1..3),
        odd in prop::collection::vec(stage(Just(Parity::Odd)), 1..3),
        only_odd in any::<bool>(),
        hi in prop::sample::select(vec![1.0, 0.3]),
        offset in -0.1..0.1f64,
    ) {
        let stages = if only_odd { odd } else { stages };
        let Ok(chain) = Chain::new(&stages, &float(-hi), &float(hi), &Float::new(64), 192) else {
            return Ok(());
        };
        let sup = gap::relu_error(&chain, hi, &float(offset), Budget::seconds(20.0).expect("positive"))
            .map_err(|e| TestCaseError::fail(e.to_string()))?;
        let error = |x: f64| {
            (Float::with_val(BITS, x.abs() / 2.0) - value(&stages, x) * x - offset).abs()
        };
        let found = brute(-hi, 0.0, 1500, &error).max(&brute(0.0, hi, 1500, &error));
        prop_assert!(found <= sup.bounds.upper, "{found} {sup:?}");
        prop_assert!(sup.bounds.lower <= Float::with_val(BITS, &found * (1.0 + 1e-7)), "{found} {sup:?}");
        prop_assert!(sup.bounds.gap() <= 1.0 / f64::from(1 << 20));
        prop_assert!(error(sup.at) >= Float::with_val(BITS, &sup.bounds.lower * (1.0 - 1e-12)));
    }

    #[test]
    fn lattice_rounding_stays_on_the_grid(
        c in prop::collection::vec(-1.0..1.0f64, 1..9),
        bits in 8..24u32,
        parity in parities(),
    ) {
        let rounded = Rounding::Lattice(bits).apply(&on_unit(parity, &c), &float(0.1), &float(1.0)).expect("rounds");
        for c in rounded.coeffs() {
            prop_assert!(Float::with_val(c.prec() + bits, c << bits).is_integer());
        }
    }

    #[test]
    fn random_problems_end_in_an_answer_or_a_typed_error(
        name in prop::sample::select(vec!["exp(x)", "sin(x)", "abs(x)", "tanh(x)", "1/(x+3)", "sqrt(x+2)", "x^2", "relu", "sign", "log(x)"]),
        cuts in prop::collection::btree_set(-20..20i32, 2..7),
        degree in 0..16usize,
        relative in any::<bool>(),
    ) {
        let cuts: Vec<i32> = cuts.into_iter().collect();
        let ends = cuts.chunks_exact(2).map(|p| (float(f64::from(p[0]) / 10.0), float(f64::from(p[1]) / 10.0))).collect();
        let domain = Domain::new(ends).expect("disjoint");
        let target = name.parse::<Target>().expect("a function");
        let mut problem = Problem::new(target, domain, degree);
        problem.relative = relative;
        let start = Instant::now();
        if let Ok(best) = problem.solve(Budget::seconds(5.0).expect("positive")) {
            prop_assert!(best.levelled <= Float::with_val(BITS, &best.largest * (1.0 + 1e-15)));
            prop_assert!(best.reference.windows(2).all(|x| x[0] < x[1]));
        }
        prop_assert!(start.elapsed().as_secs_f64() < 30.0, "{name}");
    }
}

/// Isolates the critical points, in less than two seconds, and checks the range.
fn quickly(p: &Chebyshev, lo: f64, hi: f64) {
    let start = Instant::now();
    let extrema = Extrema::new(p, &float(lo), &float(hi), 192).expect("inside");
    assert!(start.elapsed().as_secs_f64() < 2.0, "{p:?}");
    assert!(extrema.critical().len() <= 4 * p.degree() + 4);
    check_range(std::slice::from_ref(p), lo, hi).expect("holds");
}

/// All values are zero, and so is the bound of their rounding: every box stayed open.
#[test]
fn zero_and_constant_series_with_room_for_a_degree() {
    for parity in [Parity::Full, Parity::Odd, Parity::Even] {
        quickly(&on_unit(parity, &[0.0; 9]), -1.0, 1.0);
        quickly(&on_unit(parity, &[1.0, 0.0, 0.0, 0.0]), -1.0, 1.0);
    }
}

/// In the angle the slope has a double root there, which the search closes in on from part to part.
#[test]
fn critical_point_at_an_end_is_enclosed_closely() {
    let square = on_unit(Parity::Full, &[0.5, 0.0, 0.5]);
    for (lo, hi) in [(0.0, 1.0), (-1.0, 0.0)] {
        let extrema = Extrema::new(&square, &float(lo), &float(hi), 192).expect("inside");
        for c in extrema.critical() {
            assert!(Float::with_val(64, &c.hi - &c.lo) < 1e-11, "{c:?}");
            assert!(c.radius < 1e-25, "{c:?}");
        }
        quickly(&square, lo, hi);
    }
}

/// The points of a short interval far from zero coincided at the working precision.
#[test]
fn short_interval_far_from_zero() {
    // T_5(y) with y = (x − 1)·2^100, on [1 − 2^-100, 1 + 2^-100].
    let c = |k: i32| Float::with_val(300, 1u32) + (Float::with_val(300, 2u32).pow(-100) * k);
    let coeffs = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0].map(float).to_vec();
    let p = Chebyshev::new(Parity::Full, c(-1), c(1), coeffs).expect("a series");
    let extrema = Extrema::new(&p, &c(-1), &c(1), 128).expect("inside");
    assert_eq!(extrema.critical().len(), 4);
    let range = extrema.range(&c(-1), &c(1));
    assert!(range.outer.0 <= -1 && range.outer.1 >= 1 && range.outer.1 < 1.000_001);
    assert!(range.inner.0 > -1.000_001 && range.inner.1 > 0.999_999);
    // A part of the unit interval as short.
    let p = on_unit(Parity::Full, &[0.3, -0.2, 0.5, 0.1, 0.7]);
    let (lo, hi) = (
        Float::with_val(300, 0.5),
        Float::with_val(300, 0.5) + Float::with_val(300, 2u32).pow(-150),
    );
    let range = Extrema::new(&p, &lo, &hi, 128)
        .expect("inside")
        .range(&lo, &hi);
    let at = p.eval(&lo, 400);
    assert!(range.outer.0 <= at && at <= range.outer.1);
}

/// Coefficients of 53 bits gave a derivative of 117, less than it was evaluated with.
#[test]
fn short_coefficients_of_very_different_size() {
    let c: Vec<f64> = (0..20).map(|k| f64::powi(0.013, k) / 3.0).collect();
    for parity in [Parity::Full, Parity::Odd, Parity::Even] {
        quickly(&on_unit(parity, &c), -1.0, 1.0);
    }
}

#[test]
fn coincident_and_nearly_coincident_critical_points() {
    // (x² − 1/4)^5, and with the roots split by 2^-20.
    for split in [0.0, 2f64.powi(-20), 2f64.powi(-30)] {
        let mut p = vec![1.0];
        for i in 0..5 {
            let root = 0.25 + split * f64::from(i);
            let mut next = vec![0.0; p.len() + 2];
            for (k, c) in p.iter().enumerate() {
                next[k + 2] += c;
                next[k] -= root * c;
            }
            p = next;
        }
        quickly(&monomial(Parity::Even, &p), -1.0, 1.0);
        quickly(&monomial(Parity::Full, &p), -1.0, 1.0);
    }
    let mut high = vec![0.0; 32];
    high[31] = 1.0;
    quickly(&monomial(Parity::Odd, &high), -1.0, 1.0);
    quickly(&monomial(Parity::Full, &high), -1.0, 1.0);
}

#[test]
fn large_small_and_leading_coefficients() {
    for scale in [1e-300, 1e-200, 1.0, 1e200, 1e290] {
        quickly(
            &on_unit(
                Parity::Full,
                &[0.1 * scale, scale, -0.3 * scale, 0.7 * scale],
            ),
            -1.0,
            1.0,
        );
    }
    let mut tiny = vec![0.4, 1.0, -0.3];
    tiny.resize(32, 1e-60);
    quickly(&on_unit(Parity::Full, &tiny), -1.0, 1.0);
    quickly(&on_unit(Parity::Full, &[0.2, 1.0]), -1.0, 1.0);
    let huge = on_unit(Parity::Full, &[1.0, 1e308, 1e308]);
    assert!(matches!(
        Extrema::new(&huge, &float(-1.0), &float(1.0), 128),
        Err(ApproxError::NonFinite { .. })
    ));
}

/// Beyond its interval a series grows, and so does what rounding does to it.
#[test]
fn stages_that_are_fed_more_than_their_interval() {
    let mut c = vec![0.0; 64];
    c[63] = 1.0;
    let extrema =
        Extrema::new(&on_unit(Parity::Full, &c), &float(-1.49), &float(1.49), 128).expect("inside");
    let range = extrema.range(&float(-1.49), &float(1.49));
    let top = (63.0 * 1.49f64.acosh()).cosh();
    assert!(
        (range.outer.1.to_f64() / top - 1.0).abs() < 1e-9
            && (range.inner.1.to_f64() / top - 1.0).abs() < 1e-9
    );
    assert!(matches!(
        Extrema::new(&on_unit(Parity::Full, &c), &float(-1.6), &float(1.0), 128),
        Err(ApproxError::OutOfRange { .. })
    ));
}

#[test]
fn relu_beyond_the_chain_is_refused() {
    let p = on_unit(Parity::Odd, &[0.5]);
    let chain = Chain::new([&p], &float(0.0), &float(0.5), &Float::new(64), 128).expect("a chain");
    assert!(matches!(
        gap::relu_error(&chain, 1.0, &float(0.0), Budget::unlimited()),
        Err(ApproxError::OutOfRange { .. })
    ));
}

/// A range narrower than rounding has no inner values, and none may be made up by the next, steep stage.
#[test]
fn narrow_range_before_a_steep_stage() {
    let flat = on_unit(Parity::Full, &[0.5, 1e-60]);
    let steep = on_unit(Parity::Full, &[0.0, 1e30]);
    let (lo, hi) = (float(0.25), float(0.25 + 1e-9));
    let chain = Chain::new([&flat, &steep], &lo, &hi, &Float::new(64), 128).expect("a chain");
    let range = chain.range().expect("a stage");
    let at = |x: &Float| steep.eval(&flat.eval(x, 600), 600);
    assert!(range.inner.0 >= at(&lo) && range.inner.1 <= at(&hi));
    assert!(range.outer.0 <= at(&lo) && range.outer.1 >= at(&hi));
}

#[test]
fn minimax_of_sign_equioscillates_and_is_monotone() {
    let solve = |d: usize, lo: f64| {
        minimax(d, &float(lo), &float(1.0), None, Budget::unlimited()).expect("converges")
    };
    let mut before = f64::INFINITY;
    for d in [1, 3, 7, 15, 27] {
        let p = solve(d, 0.0625);
        assert_eq!(p.reference.len(), d.div_ceil(2) + 1);
        for (i, x) in p.reference.iter().enumerate() {
            let e = Float::with_val(BITS, 1u32 - p.poly.eval(x, BITS));
            assert_eq!(e.is_sign_negative(), i % 2 == 1, "degree {d}");
            assert!((e.abs().to_f64() / p.levelled.to_f64() - 1.0).abs() < 1e-12);
        }
        let chain = Chain::new(
            [&p.poly],
            &float(0.0625),
            &float(1.0),
            &Float::new(64),
            BITS,
        )
        .expect("a chain");
        let bounds = chain.sign_error().expect("a stage");
        assert!(p.levelled <= bounds.upper && bounds.gap() < 1e-15);
        assert!(bounds.upper.to_f64() < before && solve(d, 0.03125).largest > p.largest);
        before = bounds.upper.to_f64();
    }
}

#[test]
fn problems_without_sense_give_typed_errors() {
    let problem = |f: &str, domain: &str, degree: usize| {
        Problem::new(
            f.parse::<Target>().expect("a function"),
            Domain::parse(domain, 64).expect("a domain"),
            degree,
        )
    };
    let budget = || Budget::seconds(5.0).expect("positive");
    assert!(matches!(
        problem("1/x", "[-1,1]", 3).solve(budget()),
        Err(ApproxError::NonFinite { .. })
    ));
    assert!(matches!(
        problem("exp(x)", "[-1,1]", 0).solve(budget()),
        Err(ApproxError::Degree { .. })
    ));
    let weighted = |w: &str| Problem {
        weight: Some(w.parse().expect("a weight")),
        ..problem("exp(x)", "[-1,1]", 4)
    };
    assert!(matches!(
        weighted("x").solve(budget()),
        Err(ApproxError::NonPositiveWeight { .. })
    ));
    assert!(matches!(
        weighted("x^2").solve(budget()),
        Err(ApproxError::NonPositiveWeight { .. })
    ));
    let bits = Problem {
        precision: Some(10),
        ..problem("exp(x)", "[-1,1]", 4)
    };
    assert!(matches!(
        bits.solve(budget()),
        Err(ApproxError::Precision { .. })
    ));
    let odd = Problem {
        basis: Basis::Polynomials(Parity::Odd),
        ..problem("exp(x)", "[-1,1]", 4)
    };
    assert!(matches!(
        odd.solve(budget()),
        Err(ApproxError::Parity { .. })
    ));
    assert!(matches!(
        Domain::parse("[0,2]U[1,3]", 64),
        Err(ApproxError::OverlappingIntervals { .. })
    ));
}

/// The lattice knows how the basis functions compensate each other; single roundings do not.
#[test]
fn lattice_rounding_beats_single_roundings() {
    let (mut wins, mut cases, mut log_ratio) = (0, 0, 0.0);
    let exp = Problem::new(
        "exp(x)".parse::<Target>().expect("a function"),
        Domain::parse("[0,1]", 64).expect("a domain"),
        9,
    )
    .solve(Budget::unlimited())
    .expect("converges");
    let exp = exp.approximant.polynomial().expect("a polynomial").clone();
    let sign = minimax(15, &float(0.0625), &float(1.0), None, Budget::unlimited())
        .expect("converges")
        .poly;
    let small = minimax(9, &float(0.3), &float(1.0), None, Budget::unlimited())
        .expect("converges")
        .poly;
    for (p, lo) in [(exp, 0.0), (sign, 0.0625), (small, 0.3)] {
        for bits in 12..=20 {
            let moved = |rounding: Rounding| {
                let q = rounding.apply(&p, &float(lo), &float(1.0)).expect("rounds");
                brute(lo, 1.0, 400, &|x| {
                    (q.eval(&float(x), BITS) - p.eval(&float(x), BITS)).abs()
                })
                .to_f64()
            };
            let (lattice, grid) = (moved(Rounding::Lattice(bits)), moved(Rounding::Grid(bits)));
            cases += 1;
            wins += usize::from(lattice <= grid * 1.001);
            log_ratio += (lattice / grid).ln();
        }
    }
    assert!(wins * 4 >= cases * 3, "{wins} of {cases}");
    assert!(log_ratio < 0.0, "{log_ratio}");
}

/// Where the inner composition is flat many rows are parallel: the exchange turned in circles on such references.
#[test]
fn last_stages_over_flat_inner_compositions_are_solved() {
    for (degrees, epsilon) in [
        (vec![15, 27, 27], 0.25),
        (vec![27, 15, 27], 0.01),
        (vec![31, 31, 31, 31], 1.0 / 8192.0),
    ] {
        for offset in [true, false] {
            let design = ReluDesign {
                epsilon: Some(float(epsilon)),
                ..ReluDesign::new(&degrees, offset)
            };
            let made = design_relu(&design, Budget::seconds(60.0).expect("positive"))
                .expect("the exchange ends");
            assert!(made.sup.bounds.gap() <= gap::TOLERANCE * 1.01);
            assert!(made.levelled <= made.sup.bounds.upper.to_f64() * 1.001);
        }
    }
}
