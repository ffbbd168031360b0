//! The one error type of the crate: every variant carries the offending value, the bound, and the remedy.

use rug::Float;
use thiserror::Error;

/// What can go wrong between a problem statement and a certified polynomial.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ApproxError {
    /// A domain without a single interval, or an interval without interior.
    #[error(
        "the domain is empty: {found}; give at least one interval [a,b] with a < b, as in --domain '[-1,1]'"
    )]
    EmptyDomain {
        /// The domain as it was given.
        found: String,
    },
    /// An interval whose lower end lies above its upper end.
    #[error(
        "interval [{lo},{hi}] is inverted: its lower end must be below its upper end; swap them"
    )]
    InvertedInterval {
        /// Lower end as given.
        lo: String,
        /// Upper end as given.
        hi: String,
    },
    /// Two intervals of a union that share more than nothing.
    #[error("intervals {first} and {second} overlap; merge them into one, or separate them")]
    OverlappingIntervals {
        /// The interval that begins first.
        first: String,
        /// The one that begins inside it.
        second: String,
    },
    /// The function, the weight or a bound is infinite or not a number somewhere in the domain.
    #[error("{what} is not finite at x = {at}; exclude that point from the domain")]
    NonFinite {
        /// What was evaluated.
        what: String,
        /// Where.
        at: String,
    },
    /// A weight that is zero or negative inside the domain.
    #[error(
        "the weight is {value} at x = {at}, but it must be positive on the whole domain; shrink the domain or change the weight"
    )]
    NonPositiveWeight {
        /// The weight found.
        value: String,
        /// Where.
        at: String,
    },
    /// A degree outside what the basis or the data can carry.
    #[error("degree {degree} is out of range: {why}; choose a degree from {min} to {max}")]
    Degree {
        /// The degree asked for.
        degree: usize,
        /// Smallest degree possible here.
        min: usize,
        /// Largest degree possible here.
        max: usize,
        /// What sets the range.
        why: String,
    },
    /// A parity that the function or the domain does not have.
    #[error(
        "the {parity} basis does not fit: {why}; use `--basis full`, or a domain and function that are {parity}"
    )]
    Parity {
        /// `odd` or `even`.
        parity: &'static str,
        /// The witness.
        why: String,
    },
    /// A numeric parameter outside its range.
    #[error("{name} = {value} is out of range; it must be {bound}")]
    OutOfRange {
        /// Name of the parameter.
        name: &'static str,
        /// The value given.
        value: String,
        /// The range in words.
        bound: String,
    },
    /// The working precision cannot carry the problem.
    #[error(
        "a precision of {precision} bits is too small: {why}; use at least {needed} bits, or leave out the precision to let it escalate"
    )]
    Precision {
        /// Bits asked for.
        precision: u32,
        /// Bits that would do.
        needed: u32,
        /// What failed.
        why: String,
    },
    /// The exchange stopped before the levelled error met the largest error.
    #[error(
        "the exchange did not converge after {iterations} iterations at {precision} bits: levelled error {levelled}, largest error {largest}; raise the precision or the iteration limit, or lower the degree"
    )]
    NotConverged {
        /// Exchange steps done.
        iterations: usize,
        /// Working precision in bits.
        precision: u32,
        /// |E| of the last reference: a lower bound of the optimum.
        levelled: String,
        /// Largest error found.
        largest: String,
    },
    /// Linear dependence: the basis is no Haar system on the reference.
    #[error(
        "the reference system is singular: {why}; the basis must be linearly independent on the domain"
    )]
    Singular {
        /// Which system, and where.
        why: String,
    },
    /// Text that is not what it should be.
    #[error("cannot read {what} at {place}: {why}")]
    Parse {
        /// The kind of text.
        what: &'static str,
        /// Line, column or character position.
        place: String,
        /// What was expected, and what was found.
        why: String,
    },
    /// A certificate that could not be closed to the tolerance asked for.
    #[error(
        "the certificate stopped with bounds [{lower}, {upper}], ratio above 1+{tolerance}; raise the precision or the tolerance"
    )]
    Uncertified {
        /// Lower bound of the sup-norm.
        lower: String,
        /// Upper bound of the sup-norm.
        upper: String,
        /// Largest ratio minus one that was asked for.
        tolerance: String,
    },
    /// The user's time limit passed.
    #[error(
        "the time limit of {seconds} s passed during {what}; raise --time-limit, or lower the degree"
    )]
    TimeLimit {
        /// The limit.
        seconds: f64,
        /// What was being computed.
        what: &'static str,
    },
    /// No design within the limits reaches the target.
    #[error("no design reaches {target} within {limits}; raise the largest degree or the depth")]
    NoDesign {
        /// The error asked for.
        target: String,
        /// The limits searched.
        limits: String,
    },
}

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, ApproxError>;

/// A number as errors show it: no more digits than an f64 has.
pub(crate) fn shown(x: &Float) -> String {
    let short = x.to_f64();
    // Beyond the range of doubles the size still shows.
    if (short.abs() < 1e-290 && !x.is_zero()) || (short.is_infinite() && x.is_finite()) {
        return x.to_string_radix(10, Some(6));
    }
    if short.abs() < 1e-5 && !x.is_zero() || short.abs() > 1e15 {
        return format!("{short:e}");
    }
    // Not −0.
    format!("{}", short + 0.0)
}
