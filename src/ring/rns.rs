//! Residue number systems: an integer modulo Q = ∏ q_i as its residues modulo each q_i.

use std::{fmt, sync::Arc};

use rayon::prelude::*;
use rug::{Integer, ops::RemRounding};
use thiserror::Error;

use super::{Modulus, NttTable, RingError};

/// Why elements of residue number systems do not fit together.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum RnsError {
    /// There is no modulus.
    #[error("a residue number system needs at least one modulus, found none")]
    Empty,
    /// The moduli are not coprime.
    #[error("modulus {modulus} occurs twice; use distinct primes")]
    Repeated {
        /// The repeated modulus.
        modulus: u64,
    },
    /// There are more source primes than a conversion takes.
    #[error("a basis conversion takes at most {most} source primes, found {found}; convert fewer")]
    TooMany {
        /// Source primes found.
        found: usize,
        /// Most that are taken.
        most: usize,
    },
    /// Ring degrees differ.
    #[error("ring degrees differ: found {found}, need {need}")]
    Degree {
        /// Degree of the refused operand.
        found: usize,
        /// Degree it must have.
        need: usize,
    },
    /// One basis is the other one with limbs dropped.
    #[error("levels differ: found {found} limbs, need {need}; drop limbs of the longer one first")]
    Level {
        /// Limbs of the refused operand.
        found: usize,
        /// Limbs it must have.
        need: usize,
    },
    /// The bases have different moduli.
    #[error("moduli differ at limb {limb}: found {found}, need {need}; use one modulus chain")]
    Basis {
        /// First limb where they differ.
        limb: usize,
        /// Modulus of the refused operand.
        found: u64,
        /// Modulus it must have.
        need: u64,
    },
    /// So many limbs cannot be left.
    #[error("{wanted} limbs of {limbs} cannot be kept; choose from 1..={limbs}")]
    Limbs {
        /// Limbs to be kept.
        wanted: usize,
        /// Limbs there are.
        limbs: usize,
    },
    /// X → X^k is no automorphism.
    #[error(
        "X to X^{exponent} is no automorphism, because the exponent is even; choose an odd one"
    )]
    Exponent {
        /// The even exponent.
        exponent: u64,
    },
    /// There is no such coefficient.
    #[error("coefficient {index} of a polynomial of degree below {degree} does not exist")]
    Index {
        /// The refused index.
        index: usize,
        /// N.
        degree: usize,
    },
    /// The ring refuses something.
    #[error(transparent)]
    Ring(#[from] RingError),
}

/// Moduli with their transforms, all of one degree. Copies and shorter bases share the tables. Its text form shows the
/// moduli.
#[derive(Clone)]
pub struct RnsBasis {
    tables: Arc<[Arc<NttTable>]>,
    /// How many of the tables count here; at least one.
    limbs: usize,
}

impl RnsBasis {
    /// Makes the tables of distinct primes ≡ 1 (mod 2N), N = `degree`.
    pub fn new(moduli: &[Modulus], degree: usize) -> Result<Self, RnsError> {
        let table = |q: &Modulus| Ok(Arc::new(NttTable::new(*q, degree)?));
        let tables = moduli.par_iter().map(table);
        Self::from_tables(tables.collect::<Result<Vec<_>, RingError>>()?)
    }

    /// Puts tables of one degree and of distinct moduli together.
    pub fn from_tables(tables: Vec<Arc<NttTable>>) -> Result<Self, RnsError> {
        let need = tables.first().ok_or(RnsError::Empty)?.degree();
        for (i, table) in tables.iter().enumerate() {
            let found = table.degree();
            if found != need {
                return Err(RnsError::Degree { found, need });
            }
            if tables[..i].iter().any(|t| t.modulus() == table.modulus()) {
                let modulus = table.modulus().value();
                return Err(RnsError::Repeated { modulus });
            }
        }
        Ok(Self {
            limbs: tables.len(),
            tables: tables.into(),
        })
    }

    /// N.
    pub fn degree(&self) -> usize {
        self.tables[0].degree()
    }

    /// Number of moduli.
    pub fn limbs(&self) -> usize {
        self.limbs
    }

    /// The tables, one for each modulus.
    pub fn tables(&self) -> &[Arc<NttTable>] {
        &self.tables[..self.limbs]
    }

    /// The moduli.
    pub fn moduli(&self) -> impl DoubleEndedIterator<Item = &Modulus> {
        self.tables().iter().map(|table| table.modulus())
    }

    /// The basis of the first `limbs` moduli.
    pub fn prefix(&self, limbs: usize) -> Result<Self, RnsError> {
        if limbs == 0 || limbs > self.limbs {
            return Err(RnsError::Limbs {
                wanted: limbs,
                limbs: self.limbs,
            });
        }
        Ok(Self {
            tables: Arc::clone(&self.tables),
            limbs,
        })
    }

    /// Refuses any basis but an equal one, and says what differs.
    pub fn check(&self, other: &Self) -> Result<(), RnsError> {
        let (found, need) = (other.degree(), self.degree());
        if found != need {
            return Err(RnsError::Degree { found, need });
        }
        if !Arc::ptr_eq(&self.tables, &other.tables) {
            for (limb, (need, found)) in self.moduli().zip(other.moduli()).enumerate() {
                if need != found {
                    let (found, need) = (found.value(), need.value());
                    return Err(RnsError::Basis { limb, found, need });
                }
            }
        }
        let (found, need) = (other.limbs, self.limbs);
        if found != need {
            return Err(RnsError::Level { found, need });
        }
        Ok(())
    }

    /// Q, the product of the moduli.
    pub fn product(&self) -> Integer {
        self.moduli().fold(Integer::from(1), |q, m| q * m.value())
    }

    /// What it takes to return from residues to integers.
    pub fn crt(&self) -> Result<Crt, RnsError> {
        let product = self.product();
        let weight = |q: &Modulus| {
            let cofactor = Integer::from(&product / q.value());
            let inverse = q.inv(Integer::from(&cofactor % q.value()).to_u64_wrapping())?;
            Ok(cofactor * inverse)
        };
        let weights = self
            .moduli()
            .map(weight)
            .collect::<Result<_, RingError>>()?;
        Ok(Crt {
            basis: self.clone(),
            half: Integer::from(&product >> 1),
            product,
            weights,
        })
    }
}

impl fmt::Debug for RnsBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moduli: Vec<u64> = self.moduli().map(Modulus::value).collect();
        write!(f, "RnsBasis({}, {moduli:?})", self.degree())
    }
}

/// The Chinese remainder theorem for one basis, in exact integers.
#[derive(Clone, Debug)]
pub struct Crt {
    basis: RnsBasis,
    product: Integer,
    /// ⌊Q/2⌋.
    half: Integer,
    /// The number in [0, Q) that is 1 modulo q_i and 0 modulo the others.
    weights: Vec<Integer>,
}

impl Crt {
    /// The basis.
    pub fn basis(&self) -> &RnsBasis {
        &self.basis
    }

    /// The integer in [−(Q−1)/2, (Q−1)/2] with these residues, one for each limb. Pre: residue i is < q_i.
    pub fn centered(&self, residues: impl IntoIterator<Item = u64>) -> Integer {
        let terms = self.weights.iter().zip(residues);
        let sum = terms.fold(Integer::new(), |sum, (w, r)| sum + w * r);
        let x = sum.rem_euc(&self.product);
        if x > self.half { x - &self.product } else { x }
    }
}
