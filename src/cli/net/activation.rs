//! What is put in place of activations.

use std::{path::PathBuf, str::FromStr};

use equiripple_approx::{
    approximate::{Goal, Request, approximate},
    coeffs::CoefficientTable,
    remez::Budget,
    rounding::Rounding,
};

use crate::cli::{approx, error::Outcome, export, progress::Bar};

/// `exact`, `square`, `relu:alpha=13`, `relu:degrees=15,15,27`, or a file of coefficients.
#[derive(Debug, Clone)]
pub(super) enum Choice {
    /// As the network has them.
    Exact,
    /// x².
    Square,
    /// A design of ReLU.
    Relu(Goal),
    /// As `approx --out` writes it.
    File(PathBuf),
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = |what: &str| {
            format!(
                "`{text}`: {what}; write exact, square, relu:alpha=13, relu:degrees=15,15,27, or the file of a coefficient table"
            )
        };
        match text {
            "exact" => return Ok(Self::Exact),
            "square" => return Ok(Self::Square),
            _ => {}
        }
        let Some(goal) = text.strip_prefix("relu:") else {
            return Ok(Self::File(text.into()));
        };
        match goal.split_once('=') {
            Some(("alpha", alpha)) => {
                let alpha = alpha.parse().ok().filter(|a: &f64| a.is_finite());
                let alpha = alpha.ok_or_else(|| refused("alpha is no number"))?;
                Ok(Self::Relu(Goal::Alpha(alpha)))
            }
            Some(("degrees", degrees)) => {
                let degrees: Result<_, _> = degrees.split(',').map(str::parse).collect();
                let degrees = degrees.map_err(|_| refused("degrees are no numbers"))?;
                Ok(Self::Relu(Goal::Degrees(degrees)))
            }
            _ => Err(refused("neither alpha nor degrees")),
        }
    }
}

impl Choice {
    /// The table, where it is one.
    pub(super) fn table(&self) -> Outcome<Option<CoefficientTable>> {
        let goal = match self {
            Self::Exact | Self::Square => return Ok(None),
            Self::File(path) => return export::read_table(path).map(Some),
            Self::Relu(goal) => goal.clone(),
        };
        let mut request = Request::new(approx::target("relu")?, goal);
        request.rounding = Rounding::F64;
        let bar = Bar::new(0, "approximating");
        let made = approximate(&request, Budget::unlimited(), &|p| bar.search(p))?;
        Ok(Some(made.table))
    }
}
