//! How much work every operation is.
//!
//! l limbs of Q at the level, α special primes, d = ⌈l/α⌉ digits of α limbs, the last of them maybe fewer.
//!
//! What is done in one pass over limbs is one product, or one addition if nothing is multiplied: passes take the time of
//! memory, not that of arithmetic.

use super::units::Units;
use crate::{circuit::shadow::Operation, quantity::Level};

/// Components of a ciphertext, and of a key.
const PAIR: u64 = 2;

#[derive(Debug, Clone, Copy)]
struct Chain {
    limbs: u64,
    special: u64,
}

fn transforms(ntt: u64) -> Units {
    Units {
        ntt,
        ..Units::default()
    }
}

fn products(product: u64) -> Units {
    Units {
        product,
        ..Units::default()
    }
}

fn additions(addition: u64) -> Units {
    Units {
        addition,
        ..Units::default()
    }
}

fn automorphisms(automorphism: u64) -> Units {
    Units {
        automorphism,
        ..Units::default()
    }
}

impl Chain {
    fn all(self) -> u64 {
        self.limbs + self.special
    }

    fn digits(self) -> u64 {
        self.limbs.div_ceil(self.special.max(1))
    }

    /// l inverse transforms, each digit to all other primes, d·(l+α) − l forward transforms.
    fn decompose(self) -> Units {
        // Every limb is the source of conversions to all primes outside its digit.
        let full = self.limbs / self.special.max(1) * self.special;
        let rest = self.limbs - full;
        let conversion = full * (self.all() - self.special) + rest * (self.all() - rest);
        Units {
            ntt: self.digits() * self.all(),
            conversion,
            ..Units::default()
        }
    }

    /// d digits by two components over all primes.
    fn inner_product(self) -> Units {
        Units {
            inner_product: PAIR * self.digits() * self.all(),
            ..Units::default()
        }
    }

    /// One component divided by the last `dropped` primes: their inverse transforms, conversion, forward transforms and
    /// products of the others.
    fn divide(self, dropped: u64) -> Units {
        let kept = self.all().saturating_sub(dropped);
        Units {
            ntt: dropped + kept,
            conversion: dropped * kept,
            product: kept,
            ..Units::default()
        }
    }

    /// A key switch of one component, the result divided by P.
    fn key_switch(self) -> Units {
        self.decompose() + self.inner_product() + self.divide(self.special) * PAIR
    }
}

/// From one limb to l by the ephemeral secret: a key switch of one limb with one special prime, and one back.
///
/// For the switch back both components leave the evaluation form; the second is brought to l+1 primes, and multiplied by
/// both halves of the key; the remainders of both products modulo the special prime are brought to l primes, the first
/// with the first component in it.
fn raise(l: u64) -> Units {
    let low = Chain {
        limbs: 1,
        special: 1,
    };
    let lifted = Units {
        ntt: PAIR + (l + 1),
        conversion: l + 1,
        inner_product: PAIR * (l + 1),
        ..Units::default()
    };
    let divided = Units {
        ntt: PAIR + PAIR * l,
        conversion: (PAIR + 1) * l,
        product: (PAIR + 1) * l,
        ..Units::default()
    };
    low.key_switch() + additions(1) + lifted + divided
}

/// The work of one operation on a ciphertext of so many components at a level, with `special` special primes.
pub(super) fn units(
    operation: Operation,
    level: Level,
    special: usize,
    components: usize,
) -> Units {
    let chain = Chain {
        limbs: u64::from(level.get()) + 1,
        special: special as u64,
    };
    let (l, all, c) = (chain.limbs, chain.all(), components as u64);
    match operation {
        // v·a + e for two components: v, e0 and e1 are transformed.
        Operation::Encrypt => transforms(3 * l) + products(PAIR * l) + additions(PAIR * l),
        Operation::Encode => transforms(l),
        Operation::Add => additions(c * l),
        Operation::AddScalar | Operation::AddPlain => additions(l),
        Operation::MulScalar | Operation::AddScaled | Operation::MulPlain => products(c * l),
        // a0·b0, a0·b1 + a1·b0, a1·b1 in one pass over seven limbs, where a product takes three.
        Operation::Mul => products(7 * l / 3),
        Operation::Relinearize => chain.key_switch() + additions(PAIR * l),
        Operation::Rescale => {
            let chain = Chain {
                special: 0,
                ..chain
            };
            chain.divide(1) * c
        }
        // The first two components join as multiples of P, before the one division.
        Operation::RelinearizeRescale => {
            let joined = products(PAIR * l);
            let divided = chain.divide(chain.special + 1) * PAIR;
            chain.decompose() + chain.inner_product() + joined + divided
        }
        Operation::Rotate => chain.key_switch() + automorphisms(PAIR * l) + additions(l),
        Operation::Decompose => chain.decompose(),
        Operation::HoistedRotation => {
            let divided = chain.divide(chain.special) * PAIR;
            chain.inner_product() + divided + automorphisms(PAIR * l) + additions(l)
        }
        // The first component joins as a multiple of P.
        Operation::BabyStep => chain.inner_product() + automorphisms(PAIR * all) + products(l),
        Operation::Diagonal => products(PAIR * all),
        // Only the second component is divided before the key switch; the first is added to what that gives, and both are
        // added to the sum while they are permuted.
        Operation::GiantStep => {
            let switched = chain.divide(chain.special) + chain.decompose() + chain.inner_product();
            switched + automorphisms(PAIR * all) + additions(all)
        }
        Operation::DivideByP => chain.divide(chain.special) * PAIR,
        Operation::Drop | Operation::Reinterpret => Units::default(),
        Operation::MulI => products(c * l),
        Operation::ModRaise => raise(l),
    }
}
