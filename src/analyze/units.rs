//! Units of work.

use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign, Mul};

/// Something for each unit of work on one limb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units<T = u64> {
    /// Number-theoretic transforms, either way.
    pub ntt: T,
    /// Pointwise products, with a polynomial or a constant.
    pub product: T,
    /// Pointwise sums.
    pub addition: T,
    /// Source limbs times target limbs of basis conversions.
    pub conversion: T,
    /// Digits times components of keys, accumulated.
    pub inner_product: T,
    /// Automorphisms.
    pub automorphism: T,
}

impl<T: Copy> Units<T> {
    /// Each with its name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, T); 6] {
        [
            ("ntt", self.ntt),
            ("product", self.product),
            ("addition", self.addition),
            ("conversion", self.conversion),
            ("inner_product", self.inner_product),
            ("automorphism", self.automorphism),
        ]
    }
}

impl Add for Units {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            ntt: self.ntt + other.ntt,
            product: self.product + other.product,
            addition: self.addition + other.addition,
            conversion: self.conversion + other.conversion,
            inner_product: self.inner_product + other.inner_product,
            automorphism: self.automorphism + other.automorphism,
        }
    }
}

impl AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<u64> for Units {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self {
            ntt: self.ntt * times,
            product: self.product * times,
            addition: self.addition * times,
            conversion: self.conversion * times,
            inner_product: self.inner_product * times,
            automorphism: self.automorphism * times,
        }
    }
}
