//! Tests of what the analyzer computes with.

use super::{
    affine::Affine,
    moments::Moments,
    periodic::Periodic,
    quantile::quantile,
    report::{Part, Secret},
};
use crate::{
    circuit::{
        linear::shortest,
        shadow::{Cause, Disturbance, Event, Label, Slots},
    },
    quantity::Level,
};
use num_complex::Complex64;

fn error(number: u64, deviation: f64) -> Disturbance {
    Disturbance {
        event: Event::seeded(number),
        label: Label {
            cause: Cause::Rescale,
            level: Level::new(3).unwrap(),
        },
        deviation,
        of_secret: 0.0,
    }
}

fn variance(slots: &Affine, slot: usize) -> f64 {
    slots.moments().values().map(|m| m.at(slot).variance).sum()
}

fn close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn one_source_adds_up_with_its_sign() {
    let values = [0.5, -2.0].map(Complex64::from);
    let x = Affine::exact(&values).disturbed(&error(1, 0.1));
    // 2x² − 1 errs by 4x·e.
    let t2 = x.product(&x).scaled(2.0).shifted(-1.0);
    close(variance(&t2, 0), 0.04);
    close(variance(&t2, 1), 0.64);
    assert!(variance(&x.difference(&x), 0) < 1e-30);
    let y = Affine::exact(&values).disturbed(&error(2, 0.1));
    close(variance(&x.difference(&y), 0), 0.02);
}

#[test]
fn rotations_are_other_errors_and_return() {
    let x = Affine::exact(&[1.0, 2.0].map(Complex64::from)).disturbed(&error(1, 1.0));
    let turned = x.rotated(1, 8);
    close(variance(&x.sum(&turned), 0), 2.0);
    assert!(variance(&x.difference(&turned.rotated(7, 8)), 0) < 1e-30);
}

#[test]
fn conjugates_know_their_origin() {
    let x = Affine::exact(&[Complex64::new(0.0, 1.0)]).disturbed(&error(1, 1.0));
    let moments = |a: &Affine| a.moments().into_values().next().unwrap().at(0);
    let real = moments(&x.sum(&x.conjugated()));
    close(real.variance, 2.0);
    close(real.real(), 2.0);
    let imaginary = moments(&x.difference(&x.conjugated()));
    close(imaginary.variance, 2.0);
    assert!(imaginary.real() < 1e-15);
    close(moments(&x).real(), 0.5);
}

#[test]
fn factors_have_the_moments_they_are_made_from() {
    for (variance, re, im) in [(1.0, 0.0, 0.0), (2.0, 1.0, -1.5), (1.0, -0.6, 0.8)] {
        let pseudo = Complex64::new(re, im);
        let (direct, mirrored) = Moments { variance, pseudo }.factors();
        let back = Moments::of(direct, mirrored);
        close(back.variance, variance);
        assert!((back.pseudo - pseudo).norm() < 1e-12);
    }
}

#[test]
fn many_terms_are_merged_without_loss_of_variance() {
    let mut x = Affine::exact(&[Complex64::from(1.0)]);
    let mut sum = 0.0;
    for number in 0..1000 {
        let deviation = 1.0 + (number % 7) as f64;
        x = x.disturbed(&error(number, deviation));
        sum += deviation * deviation;
    }
    close(variance(&x, 0), sum);
    // The largest were kept apart.
    assert!(variance(&x.difference(&x), 0) < 1e-20);
}

#[test]
fn periods_continue() {
    let x = Periodic::new(vec![1, 2, 3, 4]);
    assert_eq!(x.rotated(1).period(), [2, 3, 4, 1]);
    assert_eq!(
        x.zip(&Periodic::new(vec![10, 20]), |a, b| a + b).period(),
        [11, 22, 13, 24]
    );
    assert_eq!(shortest(&[1, 2, 1, 2, 1, 2, 1, 2]), 2);
    assert_eq!(shortest(&[1, 2, 1, 3]), 4);
}

#[test]
fn quantiles_by_other_means() {
    let p = 2f64.powi(-35);
    let ln = -p.ln();
    close(quantile(Part::Complex, Secret::Mean, p), ln.sqrt());
    close(quantile(Part::Real, Secret::Random, p), ln / 2f64.sqrt());
    // Tables: 1.959964 at 5 %, 4.891638 at 1e-6.
    assert!((quantile(Part::Real, Secret::Mean, 0.05) - 1.959_964).abs() < 1e-6);
    assert!((quantile(Part::Real, Secret::Mean, 1e-6) - 4.891_638).abs() < 1e-6);
    // K1(2) = 0.139865881816522, K1(20) = 5.8830579695570e-10.
    assert!(
        (quantile(Part::Complex, Secret::Random, 2.0 * 0.139_865_881_816_522) - 1.0).abs() < 1e-9
    );
    let tail = 20.0 * 5.883_057_969_557_0e-10;
    assert!((quantile(Part::Complex, Secret::Random, tail) - 10.0).abs() < 1e-8);
}
