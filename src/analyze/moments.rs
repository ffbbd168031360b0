//! Second moments of a complex error.

use num_complex::Complex64;
use std::iter::Sum;
use std::ops::Add;

/// E|e|² and E e²; the real part of e has the variance (E|e|² + Re E e²)/2.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Moments {
    pub(super) variance: f64,
    pub(super) pseudo: Complex64,
}

impl Moments {
    /// Of an error E e² = 0, as Gaussian ones have that no conjugate was added to.
    pub(super) fn circular(variance: f64) -> Self {
        Self {
            variance,
            pseudo: Complex64::default(),
        }
    }

    /// Of α·u + β·ū for E|u|² = 1, E u² = 0.
    pub(super) fn of(direct: Complex64, mirrored: Complex64) -> Self {
        Self {
            variance: direct.norm_sqr() + mirrored.norm_sqr(),
            pseudo: 2.0 * direct * mirrored,
        }
    }

    /// α and β of one such error: |α| and |β| are (√(V+|C|) ± √(V−|C|))/2, and both have half the argument of C.
    pub(super) fn factors(self) -> (Complex64, Complex64) {
        let (size, angle) = self.pseudo.to_polar();
        let more = (self.variance + size).sqrt();
        let less = (self.variance - size).max(0.0).sqrt();
        let polar = |r: f64| Complex64::from_polar(r / 2.0, angle / 2.0);
        (polar(more + less), polar(more - less))
    }

    /// Of c·e.
    pub(super) fn times(self, c: Complex64) -> Self {
        Self {
            variance: c.norm_sqr() * self.variance,
            pseudo: c * c * self.pseudo,
        }
    }

    /// E (Re e)².
    pub(super) fn real(self) -> f64 {
        ((self.variance + self.pseudo.re) / 2.0).max(0.0)
    }
}

impl Add for Moments {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            variance: self.variance + other.variance,
            pseudo: self.pseudo + other.pseudo,
        }
    }
}

impl Sum for Moments {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}
