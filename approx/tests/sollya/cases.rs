//! Minimax problems that both solvers can state: one interval, ends that are dyadic.

use equiripple_approx::{
    domain::Domain,
    poly::Parity,
    remez::{Basis, Problem},
    target::Target,
};
use rug::Float;

use super::process::dyadic;

/// What the error is multiplied with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Weight {
    One,
    /// `1/|f|`.
    Relative,
    Function(&'static str),
}

/// What the polynomial is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Terms {
    Full(usize),
    Odd(usize),
    Even(usize),
    Powers(&'static [u32]),
}

/// A minimax problem.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// For the library.
    function: &'static str,
    /// For Sollya, which knows fewer functions.
    spelled_out: &'static str,
    lo: f64,
    hi: f64,
    pub(crate) weight: Weight,
    terms: Terms,
}

impl Case {
    pub(crate) fn describe(&self) -> String {
        let Self {
            function,
            lo,
            hi,
            weight,
            terms,
            ..
        } = self;
        format!("{function} on [{lo},{hi}], weight {weight:?}, {terms:?}")
    }

    pub(crate) fn target(&self) -> Target {
        self.function.parse().expect("an expression")
    }

    pub(crate) fn domain(&self) -> Domain {
        let end = |x| Float::with_val(53, x);
        Domain::interval(end(self.lo), end(self.hi)).expect("an interval")
    }

    /// The problem for the library.
    pub(crate) fn problem(&self) -> Problem {
        let (basis, degree) = match self.terms {
            Terms::Full(d) => (Basis::Polynomials(Parity::Full), d),
            Terms::Odd(d) => (Basis::Polynomials(Parity::Odd), d),
            Terms::Even(d) => (Basis::Polynomials(Parity::Even), d),
            Terms::Powers(powers) => (Basis::Powers(powers.to_vec()), 0),
        };
        let weight = match self.weight {
            Weight::Function(text) => Some(text.parse().expect("an expression")),
            Weight::One | Weight::Relative => None,
        };
        Problem {
            weight,
            relative: self.weight == Weight::Relative,
            basis,
            ..Problem::new(self.target(), self.domain(), degree)
        }
    }

    /// The powers of x with coefficients to be sought.
    fn powers(&self) -> Vec<u32> {
        let up_to = |first, step, degree| (first..=degree as u32).step_by(step).collect();
        match self.terms {
            Terms::Full(d) => up_to(0, 1, d),
            Terms::Odd(d) => up_to(1, 2, d),
            Terms::Even(d) => up_to(0, 2, d),
            Terms::Powers(powers) => powers.to_vec(),
        }
    }

    /// The function in a script.
    pub(crate) fn sollya_function(&self) -> &'static str {
        self.spelled_out
    }

    /// The interval in a script. Even polynomials see a symmetric one through its right half; the whole of it would
    /// not be a Haar domain for them.
    pub(crate) fn sollya_interval(&self) -> String {
        let mirrored = matches!(self.terms, Terms::Even(_)) && self.domain().is_symmetric();
        let lo = if mirrored { 0.0 } else { self.lo };
        let end = |x| dyadic(&Float::with_val(53, x));
        format!("[{};{}]", end(lo), end(self.hi))
    }

    /// Statements that leave the largest weighted error of the best polynomial in `e`. Sollya's `remez(g, L, I, w)`
    /// minimises `|w·p − g|`, so `g = w·f`.
    pub(crate) fn sollya_solution(&self, quality: &str) -> String {
        let powers: Vec<String> = self.powers().iter().map(u32::to_string).collect();
        let f = self.spelled_out;
        let (goal, weight) = match self.weight {
            Weight::One => (f.to_string(), "1".to_string()),
            Weight::Relative => ("1".to_string(), format!("1/({f})")),
            Weight::Function(w) => (format!("({f})*({w})"), w.to_string()),
        };
        format!(
            "I={}; w={weight}; g={goal};\np=remez(g,[|{}|],I,w,{quality});\ne=dirtyinfnorm(p*w-g,I);\n",
            self.sollya_interval(),
            powers.join(",")
        )
    }
}

use Terms::{Even, Full, Odd, Powers};
use Weight::{Function, One, Relative};

/// Weights that grow to one side, to the middle, and to both ends.
const LEFT: Weight = Function("exp(-x)");
const MIDDLE: Weight = Function("1/(1+x^2)");
const ENDS: Weight = Function("1+x^2/2");

type Group = (&'static str, f64, f64, &'static [Terms], &'static [Weight]);

/// Function, interval, bases, weights: every basis with every weight.
#[rustfmt::skip]
const GROUPS: &[Group] = &[
    ("exp(x)", -1.0, 1.0, &[Full(5), Full(12)], &[One, Relative, LEFT, MIDDLE]),
    ("exp(x)", 0.0, 4.0, &[Full(10)], &[One, Relative, LEFT]),
    ("exp(x)", -8.0, 0.5, &[Full(13)], &[One, Relative]),
    ("exp(x)", 0.0, 1.0, &[Powers(&[0, 1, 2, 5]), Powers(&[0, 1, 3, 4, 6])], &[One, Relative]),
    ("log(x)", 1.0, 2.0, &[Full(9)], &[One, LEFT, MIDDLE]),
    ("log(1+x)", -0.5, 1.0, &[Full(10)], &[One, ENDS]),
    ("sqrt(x)", 0.25, 1.0, &[Full(7)], &[One, Relative, LEFT]),
    ("sqrt(x)", 1.0, 4.0, &[Full(10)], &[One, Relative, MIDDLE]),
    ("sin(x)", -2.0, 2.5, &[Full(9)], &[One, LEFT, MIDDLE]),
    ("sin(x)", 0.25, 3.0, &[Full(8), Odd(9), Powers(&[1, 2, 3, 4, 5])], &[One, Relative]),
    ("cos(x)", -1.0, 2.0, &[Full(8)], &[One, ENDS]),
    ("cos(x)", -3.0, 3.0, &[Even(10)], &[One, MIDDLE]),
    ("cos(x)", 0.0, 1.25, &[Even(8), Powers(&[0, 2, 3, 4])], &[One, Relative, LEFT]),
    ("sinh(x)", 0.5, 3.0, &[Odd(9), Full(7)], &[One, Relative]),
    ("cosh(x)", -2.0, 3.0, &[Full(9)], &[One, Relative]),
    ("erf(x)", 0.125, 2.0, &[Odd(11)], &[One, Relative, LEFT]),
    ("erfc(x)", -1.0, 1.5, &[Full(9)], &[One, Relative]),
    ("1/x", 0.5, 2.0, &[Full(8)], &[One, Relative, LEFT, MIDDLE]),
    ("gelu(x)", 0.5, 4.0, &[Full(10)], &[One, Relative]),
    ("exp(-x^2/2)", -2.0, 2.0, &[Even(10)], &[One, Relative, MIDDLE]),
    ("x*exp(-x)", 0.5, 4.0, &[Full(9), Powers(&[1, 2, 3, 4, 6, 7])], &[One, Relative]),
    ("sin(3*x)+cos(x)^2", -1.0, 1.5, &[Full(13)], &[One, LEFT]),
    ("tanh(x)", 0.25, 1.0, &[Odd(7)], &[One, Relative]),
    ("atan(x)", 0.25, 0.75, &[Full(6)], &[One, Relative]),
    ("1/sqrt(x)", 1.0, 2.0, &[Full(6)], &[One, Relative]),
    ("sigmoid(x)", -1.0, 1.5, &[Full(6)], &[One, Relative]),
    ("gelu(x)", -0.5, 1.0, &[Full(7)], &[One]),
    ("silu(x)", -1.0, 1.5, &[Full(6)], &[One]),
    ("softplus(x)", -1.0, 1.0, &[Full(6)], &[One, Relative]),
    ("1/(1+x^2)", 0.0, 1.0, &[Full(6), Even(8)], &[One, Relative]),
    ("sqrt(1+x^2)", 0.0, 0.75, &[Even(8)], &[One, Relative]),
    ("exp(sin(2*x))", 0.0, 0.75, &[Full(7)], &[One, Relative]),
    ("x^0.75", 1.0, 2.0, &[Full(6)], &[One, Relative]),
];

/// More of them, on which Sollya's `supnorm` takes seconds to minutes: a singularity near the interval costs it many
/// Taylor models.
#[rustfmt::skip]
const WIDE_GROUPS: &[Group] = &[
    ("log(x)", 0.125, 8.0, &[Full(11)], &[One, MIDDLE]),
    ("log(x)", 2.0, 16.0, &[Full(8)], &[One, Relative]),
    ("sqrt(x)", 0.0625, 4.0, &[Powers(&[1, 2, 3, 5, 8])], &[Relative]),
    ("tan(x)", -0.75, 1.25, &[Full(11)], &[One, MIDDLE]),
    ("tanh(x)", -3.0, 2.0, &[Full(12)], &[One, LEFT, MIDDLE]),
    ("tanh(x)", 0.25, 4.0, &[Odd(13), Full(9)], &[One, Relative]),
    ("erf(x)", -2.0, 3.0, &[Full(13)], &[One, MIDDLE]),
    ("atan(x)", -4.0, 3.0, &[Full(12)], &[One, ENDS]),
    ("atan(x)", 0.0625, 1.0, &[Odd(11)], &[One, Relative, MIDDLE]),
    ("1/x", 1.0, 16.0, &[Full(11)], &[One, Relative]),
    ("1/sqrt(x)", 0.25, 4.0, &[Full(10)], &[One, Relative, MIDDLE]),
    ("sigmoid(x)", -8.0, 7.0, &[Full(15)], &[One, MIDDLE]),
    ("sigmoid(x)", -4.0, 2.0, &[Full(9)], &[One, Relative, LEFT]),
    ("gelu(x)", -4.0, 5.0, &[Full(14)], &[One, MIDDLE]),
    ("silu(x)", -6.0, 5.0, &[Full(14)], &[One, ENDS]),
    ("softplus(x)", -4.0, 4.0, &[Full(11)], &[One, Relative]),
    ("1/(1+25*x^2)", -1.0, 0.75, &[Full(16)], &[One, Relative]),
    ("sqrt(1+x^2)", -3.0, 3.0, &[Even(12)], &[One, Relative]),
    ("x^3*exp(x)/(1+x^4)", -1.5, 1.0, &[Full(12)], &[One, MIDDLE]),
    ("exp(sin(2*x))", -1.0, 2.0, &[Full(14)], &[One, Relative]),
    ("x*tanh(x)", -2.0, 2.0, &[Even(10)], &[One, ENDS]),
    ("log(2+cos(3*x))", -1.0, 1.0, &[Even(12)], &[One, Relative]),
    ("x^0.75", 0.25, 2.0, &[Full(8)], &[One, Relative]),
];

/// What Sollya has no name for.
const SPELLED_OUT: &[(&str, &str)] = &[
    ("sigmoid(x)", "1/(1+exp(-x))"),
    ("gelu(x)", "x/2*(1+erf(x/sqrt(2)))"),
    ("silu(x)", "x/(1+exp(-x))"),
    ("softplus(x)", "log(1+exp(x))"),
];

/// All cases.
pub(crate) fn all() -> Vec<Case> {
    [GROUPS, WIDE_GROUPS].into_iter().flat_map(expand).collect()
}

/// Those whose sup-norm Sollya certifies quickly.
pub(crate) fn certifiable() -> Vec<Case> {
    let mut cases = expand(GROUPS);
    cases.retain(|case| matches!(case.weight, Weight::One | Weight::Relative));
    cases
}

fn expand(groups: &[Group]) -> Vec<Case> {
    let mut cases = vec![];
    for &(function, lo, hi, bases, weights) in groups {
        let spelled_out = SPELLED_OUT
            .iter()
            .find(|(name, _)| *name == function)
            .map_or(function, |(_, text)| text);
        for &terms in bases {
            cases.extend(weights.iter().map(|&weight| Case {
                function,
                spelled_out,
                lo,
                hi,
                weight,
                terms,
            }));
        }
    }
    cases
}
