//! How much a stage contracts: `S_d(s) = ln((1+E)/(1−E))` with `E` the minimax error of degree `d` for sign on
//! `[e^-s, 1]`.
//!
//! `S_d` rises with `s`, is close to `s − const` on wide domains and to the power law `C·s^((d+1)/2)` on narrow ones, so
//! ln S is tabulated over ln s.

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::*;
use rug::Float;

use super::{
    curve::Curve,
    progress::{Phase, Progress, Report},
};
use crate::{
    ApproxError, Result,
    remez::{Budget, sign::minimax},
};

/// The widest domain that is tabulated, `s = 25·ln 2`.
pub const WIDEST: f64 = 25.0 * std::f64::consts::LN_2;

/// The tables' narrow ends: where the error is about this.
const NARROW: f64 = 1e-12;
/// At most so many points, and no closer than this in ln s.
const POINTS: usize = 80;
const SPACING: f64 = 0.045;

/// Bits to try first: the fewer suffice on wide domains, the more down to [`NARROW`] in most cases; where neither do,
/// the exchange chooses itself.
const QUICK_PRECISIONS: [u32; 2] = [128, 192];

/// Tables of contraction, made when first asked for and kept.
#[derive(Debug, Default)]
pub struct Contractions {
    /// Table of degree `2i + 1` at `i`.
    curves: Vec<OnceLock<Curve>>,
}

impl Contractions {
    /// Empty tables for odd degrees up to `max_degree`.
    ///
    /// # Errors
    /// [`ApproxError::Degree`] unless `max_degree` is 3 to 63.
    pub fn new(max_degree: usize) -> Result<Self> {
        if !(3..=63).contains(&max_degree) {
            return Err(degree_error(max_degree, 63));
        }
        let count = max_degree.div_ceil(2);
        Ok(Self {
            curves: (0..count).map(|_| OnceLock::new()).collect(),
        })
    }

    /// Makes the tables of `degrees`, in parallel, so that later questions are answered at once.
    ///
    /// # Errors
    /// Those of the exchange, a degree without table, the time limit.
    pub fn prepare(&self, degrees: &[usize], budget: Budget, report: Report<'_>) -> Result<()> {
        let mut missing = degrees.to_vec();
        missing.sort_unstable_by(|a, b| b.cmp(a));
        missing.dedup();
        for &degree in &missing {
            self.slot(degree)?;
        }
        missing.retain(|&d| self.slot(d).is_ok_and(|slot| slot.get().is_none()));
        let (done, total) = (AtomicUsize::new(0), missing.len());
        missing.par_iter().try_for_each(|&degree| {
            self.curve(degree, budget)?;
            report(Progress {
                phase: Phase::Tabulate,
                done: done.fetch_add(1, Ordering::Relaxed) + 1,
                total,
            });
            Ok(())
        })
    }

    /// `S_degree(s)`, interpolated with a relative error below 1e-4 where the error is above 1e-12.
    ///
    /// # Errors
    /// As [`Self::prepare`]; [`ApproxError::OutOfRange`] unless `0 < s ≤` [`WIDEST`].
    pub fn contract(&self, degree: usize, s: f64, budget: Budget) -> Result<f64> {
        if !(s > 0.0 && s <= WIDEST * (1.0 + 1e-12)) {
            return Err(ApproxError::OutOfRange {
                name: "s",
                value: s.to_string(),
                bound: format!("positive and at most {WIDEST:.3}, 25 bits"),
            });
        }
        Ok(self.curve(degree, budget)?.at(s.ln()).exp())
    }

    /// ln S over ln s.
    pub(super) fn curve(&self, degree: usize, budget: Budget) -> Result<&Curve> {
        let slot = self.slot(degree)?;
        if let Some(curve) = slot.get() {
            return Ok(curve);
        }
        // Two threads may build the same table; they build it equal, and one is dropped.
        let built = tabulate(degree, budget)?;
        Ok(slot.get_or_init(|| built))
    }

    fn slot(&self, degree: usize) -> Result<&OnceLock<Curve>> {
        let odd = degree % 2 == 1 && degree >= 3;
        let max = 2 * self.curves.len() - 1;
        self.curves
            .get(degree / 2)
            .filter(|_| odd)
            .ok_or_else(|| degree_error(degree, max))
    }
}

fn degree_error(degree: usize, max: usize) -> ApproxError {
    ApproxError::Degree {
        degree,
        min: 3,
        max,
        why: "contractions are tabulated for odd degrees".into(),
    }
}

fn tabulate(degree: usize, budget: Budget) -> Result<Curve> {
    let power = degree.div_ceil(2) as f64;
    // The power law, from a point that is narrow enough to be near it.
    let guess = 4.0 * NARROW.powf(1.0 / power);
    let narrow = guess.ln() + (NARROW.ln() - log_contraction(degree, guess, budget)?) / power;
    let intervals = (((WIDEST.ln() - narrow) / SPACING) as usize).clamp(2, POINTS - 1);
    let step = (WIDEST.ln() - narrow) / intervals as f64;
    let values = (0..=intervals)
        .into_par_iter()
        .map(|i| log_contraction(degree, (narrow + i as f64 * step).exp(), budget))
        .collect::<Result<Vec<f64>>>()?;
    Ok(Curve::new(narrow, step, values, power))
}

/// ln S_d(s) from the exchange.
pub(super) fn log_contraction(degree: usize, s: f64, budget: Budget) -> Result<f64> {
    let one = Float::with_val(53, 1);
    let lo = Float::with_val(192, -s).exp();
    let exchange = |precision| minimax(degree, &lo, &one, precision, budget);
    let outcome = exchange(Some(QUICK_PRECISIONS[0]))
        .or_else(|_| exchange(Some(QUICK_PRECISIONS[1])))
        .or_else(|_| exchange(None))?;
    let prec = outcome.precision;
    let above = Float::with_val(prec, 1u32 + &outcome.largest);
    let below = Float::with_val(prec, 1u32 - &outcome.largest);
    Ok((above / below).ln().ln().to_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::silent;

    #[test]
    fn rises_with_s_and_falls_with_degree() -> Result<()> {
        let tables = Contractions::new(11)?;
        tables.prepare(&[3, 7, 11], Budget::unlimited(), &silent)?;
        let mut before = [0.0; 3];
        for k in 1..=1000 {
            let s = WIDEST * f64::from(k) / 1000.0;
            let mut now = [0.0; 3];
            for (value, degree) in now.iter_mut().zip([3, 7, 11]) {
                *value = tables.contract(degree, s, Budget::unlimited())?;
            }
            assert!(s > now[0] && now[0] > now[1] && now[1] > now[2], "{s}");
            assert!(now.iter().zip(&before).all(|(n, b)| n > b), "{s}");
            before = now;
        }
        Ok(())
    }

    #[test]
    fn interpolation_is_close_to_the_exchange() -> Result<()> {
        let (tables, budget) = (Contractions::new(31)?, Budget::unlimited());
        for degree in [3, 5, 15, 31] {
            for s in [16.7, 9.0, 5.1, 2.3, 1.07, 0.61, 0.052, 1e-3, 1e-7] {
                let exact = log_contraction(degree, s, budget)?;
                // Beyond the table no target is.
                if exact < NARROW.ln() {
                    continue;
                }
                let found = tables.contract(degree, s, budget)?.ln();
                assert!(
                    (found - exact).abs() < 1e-4,
                    "{degree} {s}: {:e}",
                    found - exact
                );
            }
        }
        Ok(())
    }

    #[test]
    fn degrees_without_table_are_errors() -> Result<()> {
        assert!(Contractions::new(65).is_err());
        let tables = Contractions::new(9)?;
        for degree in [1, 4, 11] {
            let found = tables.contract(degree, 1.0, Budget::unlimited());
            assert!(matches!(found, Err(ApproxError::Degree { .. })));
        }
        let found = tables.contract(3, 20.0, Budget::unlimited());
        assert!(matches!(found, Err(ApproxError::OutOfRange { .. })));
        Ok(())
    }
}
