//! The variances of single operations against polynomials modulo X^N + 1.

use super::random::Random;
use crate::analysis::{InputNoise, NoiseModel};

const LOG_N: u32 = 7;
const N: usize = 1 << LOG_N;

fn polynomial(mut coefficient: impl FnMut() -> f64) -> Vec<f64> {
    (0..N).map(|_| coefficient()).collect()
}

/// Real and imaginary parts at all N/2 slots.
fn slots(p: &[f64]) -> Vec<(f64, f64)> {
    let at = |k: usize| {
        let angle = std::f64::consts::PI * (2 * k + 1) as f64 / N as f64;
        let sum = |f: fn(f64) -> f64| -> f64 {
            let terms = p.iter().enumerate();
            terms.map(|(i, c)| c * f(angle * i as f64)).sum()
        };
        (sum(f64::cos), sum(f64::sin))
    };
    (0..N / 2).map(at).collect()
}

/// Products to sum, and what to add to them.
type Sum = (Vec<(Vec<f64>, Vec<f64>)>, Vec<f64>);

/// The real part of `Σ a_i·b_i + c` in all slots, over many rounds.
fn real_parts(mut round: impl FnMut() -> Sum) -> Vec<f64> {
    let mut found = vec![];
    for _ in 0..60 {
        let (products, rest) = round();
        let mut total: Vec<f64> = slots(&rest).iter().map(|z| z.0).collect();
        for (a, b) in products {
            for (t, (a, b)) in total.iter_mut().zip(slots(&a).iter().zip(slots(&b))) {
                *t += a.0 * b.0 - a.1 * b.1;
            }
        }
        found.extend(total);
    }
    found
}

fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|t| t * t).sum::<f64>() / values.len() as f64
}

fn ternary(random: &mut Random) -> Vec<f64> {
    polynomial(|| f64::from((random.bits() % 3) as i8 - 1))
}

fn model() -> NoiseModel {
    NoiseModel {
        scale_log2: 20.0,
        log_n: LOG_N,
        ..NoiseModel::default()
    }
}

#[test]
fn rescaling_has_the_variance_of_rounding_both_components() {
    let mut random = Random(3);
    let found = real_parts(|| {
        let secret = ternary(&mut random);
        let a = polynomial(|| random.unit() - 0.5);
        let b = polynomial(|| random.unit() - 0.5);
        (vec![(a, secret)], b)
    });
    let predicted = model().variances().rescale * 40f64.exp2();
    let variance = mean_square(&found);
    assert!(
        super::close(variance, predicted, 0.1),
        "{variance} {predicted}"
    );
    // Laplace: exp(−3√2) = 1.4 % beyond three standard deviations, where a Gaussian has 0.3 %.
    let far = found.iter().filter(|t| **t * **t > 9.0 * variance).count();
    let share = far as f64 / found.len() as f64;
    assert!((0.008..0.02).contains(&share), "{share}");
}

#[test]
fn public_key_encryption_has_three_errors() {
    let mut random = Random(4);
    let found = real_parts(|| {
        let (secret, mask) = (ternary(&mut random), ternary(&mut random));
        let mut error = || polynomial(|| 3.19 * random.gaussian());
        let (e0, e1, key) = (error(), error(), error());
        (vec![(e1, secret), (key, mask)], e0)
    });
    let found = mean_square(&found);
    let predicted = model().variances().input * 40f64.exp2();
    assert!(super::close(found, predicted, 0.1), "{found} {predicted}");
}

#[test]
fn worst_slot_is_where_the_secret_is_largest() {
    let mut random = Random(5);
    let mut sum = 0.0;
    for _ in 0..60 {
        let moduli = slots(&ternary(&mut random));
        sum += moduli
            .iter()
            .map(|z| z.0 * z.0 + z.1 * z.1)
            .fold(0.0, f64::max);
    }
    let found = (sum / 60.0 / (N as f64 * 2.0 / 3.0)).sqrt();
    assert!(super::close(found, model().worst_slot(), 0.05), "{found}");
}

#[test]
fn figures_at_full_size() {
    let std = |m: NoiseModel| m.variances().rescale.sqrt().log2();
    // √(N/2·(1 + 2N/3)/12) = 2^(7.5 + 5.91) at N = 2^16.
    assert!(
        (std(NoiseModel::default()) + 40.0 - 13.411).abs() < 0.01,
        "{}",
        std(NoiseModel::default())
    );
    let sparse = NoiseModel {
        secret_weight: Some(192),
        ..NoiseModel::default()
    };
    assert!((std(sparse) + 40.0 - 9.504).abs() < 0.01, "{}", std(sparse));
    let v = NoiseModel::default().variances();
    assert!(v.relinearization < v.rescale * (-60f64).exp2());
    let given = NoiseModel {
        input: InputNoise::Given(-18.0),
        ..NoiseModel::default()
    };
    assert!(super::close(
        given.variances().input,
        (-36f64).exp2(),
        1e-15
    ));
}

#[test]
fn parameters_without_sense_are_refused() {
    let base = NoiseModel::default();
    for wrong in [
        NoiseModel {
            scale_log2: 0.0,
            ..base
        },
        NoiseModel {
            scale_log2: f64::NAN,
            ..base
        },
        NoiseModel { log_n: 2, ..base },
        NoiseModel {
            secret_weight: Some(0),
            ..base
        },
        NoiseModel {
            secret_weight: Some(70_000),
            ..base
        },
        NoiseModel {
            sigma: -1.0,
            ..base
        },
        NoiseModel {
            input: InputNoise::Given(1.0),
            ..base
        },
    ] {
        assert!(wrong.check().is_err(), "{wrong:?}");
    }
    assert!(base.check().is_ok());
}
