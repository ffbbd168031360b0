//! The simulator against formulas, the analyzer against it, and both against ciphertexts.

mod agreement;
mod ciphertexts;
mod circuits;
mod cost;
mod operations;
mod raise;
mod refusals;

use equiripple::{
    analyze::{Analyzer, CostTable},
    circuit::{Scheme, SchemeLiteral},
    quantity::{Level, LogN, Scale},
    sim::Simulator,
};
use num_complex::Complex64;

const LOG_N: u64 = 12;
const SLOTS: usize = 1 << 11;
const TOP: u64 = 14;

fn level(l: u64) -> Level {
    Level::new(l).unwrap()
}

/// q0 of 50 bits, others near 2^40 with S_(l−1) = S_l²/q_l near 2^40; P of three primes of 42 bits, so that keys show.
fn scheme() -> Scheme {
    let mut scales = vec![Scale::power_of_two(40).unwrap()];
    let mut q = vec![];
    for l in 0..TOP {
        let square = scales[l as usize].times(&scales[l as usize]).unwrap();
        // Off the power of two by a different part of 2^-20 each time.
        let wanted = 40f64.exp2() * (1.0 + (l as f64 * 0.7).sin() * 2f64.powi(-20));
        let modulus = (square.to_f64() / wanted) as u64 | 1;
        scales.push(square.rescaled(modulus).unwrap());
        q.push(modulus);
    }
    q.push((1 << 50) - 27);
    q.reverse();
    scales.reverse();
    Scheme::new(SchemeLiteral {
        log_n: LogN::new(LOG_N).unwrap(),
        q,
        p: vec![(1 << 42) - 11, (1 << 42) - 33, (1 << 42) - 53],
        scales,
        sigma: 3.19,
        secret_variance: 2.0 / 3.0,
        encapsulation: Some(32),
    })
    .unwrap()
}

fn simulator(seed: u64) -> Simulator {
    Simulator::new(scheme(), seed)
}

fn analyzer() -> Analyzer {
    Analyzer::new(scheme(), CostTable::shipped().unwrap())
}

/// One period of values in [−1, 1].
fn grid(points: usize) -> Vec<Complex64> {
    let step = 2.0 / (points - 1) as f64;
    (0..points)
        .map(|i| (i as f64 * step - 1.0).into())
        .collect()
}

/// Complex values of magnitude up to 1 that have no pattern.
fn scattered(count: usize) -> Vec<Complex64> {
    let value = |i: usize| Complex64::from_polar(((i * 37 % 101) as f64 + 1.0) / 101.0, i as f64);
    (0..count).map(value).collect()
}

fn repeated(period: &[Complex64]) -> Vec<Complex64> {
    period.iter().copied().cycle().take(SLOTS).collect()
}

/// Root of the mean of |x − y|² over pairs.
fn deviation<'a>(pairs: impl Iterator<Item = (&'a Complex64, &'a Complex64)>) -> f64 {
    let (sum, count) = pairs.fold((0.0, 0), |(sum, count), (x, y)| {
        (sum + (x - y).norm_sqr(), count + 1)
    });
    (sum / f64::from(count)).sqrt()
}
