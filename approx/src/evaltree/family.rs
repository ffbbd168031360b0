//! The polynomials that sums are over.

use super::scalar::Scalar;

/// Polynomials P_0 = 1, P_1, … with P_(a+b) = 2·P_a·P_b ∓ P_(a−b), and the size in which circuits hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// T_n(y), of T_1 = y: T_(a+b) = 2·T_a·T_b − T_(a−b).
    Chebyshev,
    /// L_n(y)/2 with the Lucas polynomials L_n, of L_1 = y: L_(a+b) = L_a·L_b − (−1)^b·L_(a−b) for a ≥ b, L_0 = 2. Held is
    /// L_n, which takes no doubling.
    Lucas,
}

impl Family {
    /// What is held of P_n over P_n.
    pub(super) const fn size(self) -> i32 {
        match self {
            Self::Chebyshev => 1,
            Self::Lucas => 2,
        }
    }

    /// The coefficient of what is held, from that of P_n.
    pub(super) fn of_power<S: Scalar>(self, c: &S) -> S {
        match self {
            Self::Chebyshev => c.clone(),
            Self::Lucas => c.times(&c.fraction(1, 2)),
        }
    }

    /// The sign of P_(a−b), b the smaller one: whether it is subtracted.
    pub(super) const fn subtracts(self, b: usize) -> bool {
        match self {
            Self::Chebyshev => true,
            Self::Lucas => b.is_multiple_of(2),
        }
    }
}
