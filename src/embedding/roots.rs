//! Roots of unity, each within an ulp, the same on every machine.

use num_complex::Complex64;
use rug::{Float, float::Constant};
use std::sync::{Arc, Mutex, PoisonError};

/// Bits at which an angle and its sine are computed before they are rounded to f64.
const PRECISION: u32 = 96;

/// For every stage of length m = 1, 2, 4, … the roots exp(2πi·(5^j mod 8m)/8m) for j < m.
///
/// The stage that joins two halves of length m is the same in every transform that has it, so one table serves all
/// numbers of slots.
#[derive(Debug, Clone)]
pub struct Roots(Vec<Complex64>);

/// The largest table that was asked for.
static SHARED: Mutex<Option<Arc<Roots>>> = Mutex::new(None);

impl Roots {
    /// Roots for transforms of up to `slots` values, from the one table of the process: making it takes far longer than a
    /// transform.
    ///
    /// ```
    /// use equiripple::embedding::Roots;
    /// let (few, many) = (Roots::new(4), Roots::shared(64));
    /// assert_eq!(few.stage(2), many.stage(2));
    /// ```
    #[must_use]
    pub fn shared(slots: usize) -> Arc<Self> {
        // Only a table for a power of two has the roots of all its stages.
        let slots = slots.next_power_of_two();
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        match &*shared {
            Some(roots) if roots.0.len() + 1 >= slots => Arc::clone(roots),
            _ => {
                let roots = Arc::new(Self::new(slots));
                *shared = Some(Arc::clone(&roots));
                roots
            }
        }
    }

    /// Roots for transforms of up to `slots` values, a power of two.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        let circle = Circle::new(4 * slots);
        let mut table = Vec::with_capacity(slots);
        let mut half = 1;
        while half < slots {
            let order = 8 * half;
            let mut power = 1;
            for _ in 0..half {
                table.push(circle.root(power * (4 * slots / order)));
                power = power * 5 % order;
            }
            half *= 2;
        }
        Self(table)
    }

    /// Roots of the stage that joins halves of length `half`, a power of two below the number of slots.
    #[must_use]
    pub fn stage(&self, half: usize) -> &[Complex64] {
        &self.0[half - 1..2 * half - 1]
    }
}

/// The first eighth of the roots of unity of an order divisible by 8; symmetry gives the others.
#[derive(Debug, Clone)]
pub struct Circle {
    order: usize,
    octant: Vec<Complex64>,
}

impl Circle {
    /// Roots of that order, rounded up to 8 at least.
    #[must_use]
    pub fn new(order: usize) -> Self {
        let order = order.max(8);
        let turn = Float::with_val(PRECISION, Constant::Pi) * 2u32 / order as u64;
        let octant = (0..=order / 8).map(|k| {
            let angle = Float::with_val(PRECISION, &turn * k as u64);
            let (sin, cos) = angle.sin_cos(Float::new(PRECISION));
            Complex64::new(cos.to_f64(), sin.to_f64())
        });
        Self {
            order,
            octant: octant.collect(),
        }
    }

    /// exp(2πi·k/order) for k < order.
    #[must_use]
    pub fn root(&self, k: usize) -> Complex64 {
        let quarter = self.order / 4;
        let (turns, rest) = (k / quarter, k % quarter);
        let first = if rest <= quarter / 2 {
            self.octant[rest]
        } else {
            let mirrored = self.octant[quarter - rest];
            Complex64::new(mirrored.im, mirrored.re)
        };
        match turns {
            0 => first,
            1 => Complex64::new(-first.im, first.re),
            2 => -first,
            _ => Complex64::new(first.im, -first.re),
        }
    }
}
