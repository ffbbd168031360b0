//! Containment: a value at a point of the arguments, computed at far higher precision, lies in the interval result.

use proptest::prelude::*;
use rug::float::Round;
use rug::ops::Pow;
use rug::{Float, Rational};

use super::Interval;

const PREC: u32 = 53;
const ORACLE: u32 = 400;

fn interval(a: f64, b: f64) -> Interval {
    let end = |x| Float::with_val(PREC, x);
    Interval::new(end(a.min(b)), end(a.max(b))).expect("finite ends in order")
}

/// A number of the interval, exact at the oracle's precision.
fn inside(x: &Interval, t: f64) -> Float {
    let width = Float::with_val(ORACLE, x.hi() - x.lo());
    let value = width * t + x.lo();
    value.clamp(x.lo(), x.hi())
}

/// Whether the result contains the oracle's value up to the oracle's own rounding.
fn holds(result: &Interval, value: &Float) -> bool {
    let slack = Float::with_val(ORACLE, value.clone().abs() >> (ORACLE - 20))
        + Float::with_val(ORACLE, 1e-110);
    Float::with_val(ORACLE, result.lo() - &slack) <= *value
        && *value <= Float::with_val(ORACLE, result.hi() + &slack)
}

fn ends() -> impl Strategy<Value = (f64, f64)> {
    prop_oneof![
        (-30.0..30.0f64, -30.0..30.0f64),
        (-1.0..1.0f64, 0.0..1e-3f64).prop_map(|(a, w)| (a, a + w)),
        (-1e3..1e3f64).prop_map(|a| (a, a)),
        (0.0..9.0f64).prop_map(|a| (0.0, a)),
        (-1e6..1e6f64, 0.0..7.0f64).prop_map(|(a, w)| (a, a + w)),
    ]
}

proptest! {
    #[test]
    fn field_operations_enclose((a, b) in ends(), (c, d) in ends(), s in 0.0..=1.0f64, t in 0.0..=1.0f64, n in -7..8i32) {
        let (x, y) = (interval(a, b), interval(c, d));
        let (u, v) = (inside(&x, s), inside(&y, t));
        prop_assert!(holds(&x.add(&y), &Float::with_val(ORACLE, &u + &v)));
        prop_assert!(holds(&x.sub(&y), &Float::with_val(ORACLE, &u - &v)));
        prop_assert!(holds(&x.mul(&y), &Float::with_val(ORACLE, &u * &v)));
        let mut sum = x.clone();
        sum.add_mul(&x, &y);
        prop_assert!(holds(&sum, &(Float::with_val(ORACLE, &u * &v) + &u)));
        prop_assert_eq!(x.div(&y).is_none(), y.contains_zero());
        if let Some(quotient) = x.div(&y) {
            prop_assert!(holds(&quotient, &Float::with_val(ORACLE, &u / &v)));
        }
        prop_assert!(holds(&x.sqr(), &u.clone().square()));
        prop_assert!(holds(&x.abs(), &u.clone().abs()));
        prop_assert!(holds(&x.neg(), &Float::with_val(ORACLE, -&u)));
        prop_assert!(holds(&x.max(&y), &u.clone().max(&v)));
        prop_assert!(holds(&x.min(&y), &u.clone().min(&v)));
        prop_assert!(holds(&x.hull(&y), &u) && holds(&x.hull(&y), &v));
        match x.powi(n) {
            Some(power) => prop_assert!(holds(&power, &Float::with_val(ORACLE, (&u).pow(n)))),
            None => prop_assert!(n < 0 && x.contains_zero()),
        }
        let mut scaled = x.clone();
        scaled.scale(i64::from(n));
        prop_assert!(holds(&scaled, &Float::with_val(ORACLE, &u * n)));
    }

    #[test]
    fn functions_enclose((a, b) in ends(), t in 0.0..=1.0f64) {
        let x = interval(a, b);
        let u = inside(&x, t);
        let small = interval(a.clamp(-40.0, 40.0), b.clamp(-40.0, 40.0));
        let v = inside(&small, t);
        prop_assert!(holds(&x.sin(), &u.clone().sin()), "sin {x}");
        prop_assert!(holds(&x.cos(), &u.clone().cos()), "cos {x}");
        if let Some(tan) = x.tan() {
            prop_assert!(holds(&tan, &u.clone().tan()), "tan {x}");
        }
        prop_assert!(holds(&x.tanh(), &u.clone().tanh()));
        prop_assert!(holds(&x.atan(), &u.clone().atan()));
        prop_assert!(holds(&x.erf(), &u.clone().erf()));
        prop_assert!(holds(&x.erfc(), &u.clone().erfc()));
        prop_assert!(holds(&x.signum(), &Float::with_val(ORACLE, u.cmp0().map_or(0, |o| o as i8))));
        prop_assert!(holds(&x.mod1(), &Float::with_val(ORACLE, &u - u.clone().round())));
        prop_assert!(holds(&small.exp(), &v.clone().exp()));
        prop_assert!(holds(&small.sinh(), &v.clone().sinh()));
        prop_assert!(holds(&small.cosh(), &v.clone().cosh()));
        let sigmoid = (Float::with_val(ORACLE, -&v).exp() + 1u32).recip();
        prop_assert!(holds(&small.sigmoid(), &sigmoid));
        prop_assert!(holds(&small.softplus(), &v.clone().exp().ln_1p()));
        prop_assert_eq!(x.log().is_none(), *x.lo() <= 0);
        if let Some(log) = x.log() {
            prop_assert!(holds(&log, &u.clone().ln()));
        }
        prop_assert_eq!(x.sqrt().is_none(), *x.lo() < 0);
        if let Some(sqrt) = x.sqrt() {
            prop_assert!(holds(&sqrt, &u.clone().sqrt()));
        }
    }

    #[test]
    fn general_powers_enclose(a in 0.0..9.0f64, w in 0.0..3.0f64, p in -3.0..3.0f64, q in 0.0..2.0f64, s in 0.0..=1.0f64, t in 0.0..=1.0f64) {
        let (x, y) = (interval(a, a + w), interval(p, p + q));
        if let Some(power) = x.pow(&y) {
            let value = inside(&x, s).pow(inside(&y, t));
            prop_assert!(holds(&power, &value));
        }
    }

    #[test]
    fn the_middle_lies_inside((a, b) in ends()) {
        let x = interval(a, b);
        prop_assert!(x.contains(&x.mid()));
        let (left, right) = x.bisect();
        prop_assert_eq!(left.hull(&right), x);
    }
}

#[test]
fn pi_and_rationals_are_tight() {
    for prec in [2, 53, 256] {
        for x in [
            Interval::pi(prec),
            Interval::from_rational(prec, &Rational::from((1, 3))),
        ] {
            let mut next = x.lo().clone();
            next.next_up();
            assert_eq!(next, *x.hi());
        }
    }
}

#[test]
fn overflow_is_an_infinite_end_and_never_a_nan() {
    let huge = interval(-1e10, 1e10).exp();
    assert!(*huge.lo() >= 0 && huge.hi().is_infinite());
    let zero = Interval::from_integer(PREC, 0);
    assert_eq!(zero.mul(&huge), zero);
    let mut sum = zero.clone();
    sum.add_mul(&zero, &huge);
    assert_eq!(sum, zero);
    let one_or_more = Interval::from_integer(PREC, 1).hull(&huge);
    let ratio = one_or_more
        .add(&Interval::from_integer(PREC, 1))
        .div(&huge.add(&one_or_more));
    assert!(ratio.is_none_or(|r| !r.lo().is_nan() && !r.hi().is_nan()));
    let whole = Interval::whole(PREC);
    assert_eq!(whole.sin(), interval(-1.0, 1.0));
    assert_eq!(whole.sigmoid(), interval(0.0, 1.0));
    assert_eq!(whole.erf(), interval(-1.0, 1.0));
    assert!(!whole.sub(&whole).lo().is_nan());
    assert!(whole.mid().is_zero());
}

#[test]
fn extrema_inside_are_found_and_those_outside_are_not() {
    assert_eq!(*interval(1.5, 1.6).sin().hi(), 1);
    assert!(*interval(1.5, 1.57).sin().hi() < 1);
    assert_eq!(*interval(3.1, 3.2).cos().lo(), -1);
    assert_eq!(interval(0.0, 7.0).cos(), interval(-1.0, 1.0));
    let far = Float::with_val_round(PREC, Float::with_val(PREC, 1) << 5000u32, Round::Down).0;
    assert_eq!(
        Interval::point(far).expect("finite").sin(),
        interval(-1.0, 1.0)
    );
    assert!(interval(1.5, 1.6).tan().is_none() && interval(-1.5, 1.5).tan().is_some());
}

#[test]
fn sets_meet_and_contain_each_other() {
    let (a, b) = (interval(0.0, 2.0), interval(1.0, 3.0));
    assert_eq!(a.intersect(&b), Some(interval(1.0, 2.0)));
    assert_eq!(a.intersect(&interval(2.5, 3.0)), None);
    assert!(a.hull(&b).contains_interval(&a) && !a.contains_interval(&b));
    let third = Interval::from_rational(PREC, &Rational::from((1, 3)));
    assert!(third.with_prec(20).contains_interval(&third));
    assert_eq!(interval(-3.0, 2.0).mag(), 3);
    assert!(interval(-3.0, 2.0).mig().is_zero());
    assert_eq!(interval(-3.0, -2.0).mig(), 2);
    assert_eq!(interval(-3.0, -2.0).width(), 1);
}

#[test]
fn bad_ends_are_refused() {
    let end = |x: f64| Float::with_val(PREC, x);
    assert!(Interval::new(end(1.0), end(0.0)).is_err());
    assert!(Interval::point(end(f64::NAN)).is_err());
    assert!(Interval::new(end(0.0), end(f64::INFINITY)).is_err());
}
