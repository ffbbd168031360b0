//! What is put in place of activations.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use equiripple_approx::{
    approximate::{Goal, Request, approximate},
    coeffs::CoefficientTable,
    remez::Budget,
    rounding::Rounding,
};

use serde::{Deserialize, Serialize};

use crate::{
    cli::{
        approx,
        error::{Failure, Outcome},
        export,
        progress::Bar,
    },
    nn::{Activation, Polynomial, pass::Pooling},
};

/// `exact`, `square`, `relu:alpha=13`, `relu:degrees=15,15,27`, or a file of coefficients.
#[derive(Debug, Clone)]
pub(in crate::cli) enum Choice {
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

/// What stands for a function on [−B, B], by B.
pub(in crate::cli) type StandIn<T> = Box<dyn Fn(f32) -> T>;

/// What a choice comes to, by which the same can be put in place again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) enum Function {
    Exact,
    Square,
    Table(Box<CoefficientTable>),
}

impl Choice {
    /// The function, designed or read where it is a table.
    pub(in crate::cli) fn function(&self) -> Outcome<Function> {
        let table = match self {
            Self::Exact => return Ok(Function::Exact),
            Self::Square => return Ok(Function::Square),
            Self::File(path) => export::read_table(path)?,
            Self::Relu(goal) => designed(goal.clone(), None)?,
        };
        Ok(Function::Table(table.into()))
    }

    /// log2 of the certified error on [−1, 1], where there is one.
    pub(in crate::cli) fn log2_error(&self) -> Outcome<Option<f64>> {
        Ok(match self.function()? {
            Function::Table(table) => table.log2_upper,
            Function::Exact | Function::Square => None,
        })
    }

    /// In place of ReLU; nothing where it stays.
    pub(in crate::cli) fn stand_in(&self) -> Outcome<Option<StandIn<Activation>>> {
        Ok(self.function()?.stand_in())
    }
}

impl Function {
    /// In place of ReLU; nothing where it stays.
    pub(in crate::cli) fn stand_in(&self) -> Option<StandIn<Activation>> {
        match self {
            Self::Exact => None,
            Self::Square => {
                let (a, b, c) = (1.0, 0.0, 0.0);
                Some(Box::new(move |_| Activation::Quadratic { a, b, c }))
            }
            Self::Table(table) => Some(relu_of((**table).clone())),
        }
    }
}

/// A ReLU with coefficients in f64, its stages of a degree at most where one is given.
pub(in crate::cli) fn designed(goal: Goal, max_degree: Option<usize>) -> Outcome<CoefficientTable> {
    let mut request = Request::new(approx::target("relu")?, goal);
    request.rounding = Rounding::F64;
    if let Some(degree) = max_degree {
        request.max_degree = degree;
    }
    let bar = Bar::new(0, "approximating");
    let made = approximate(&request, Budget::unlimited(), &|p| bar.search(p))?;
    Ok(made.table)
}

/// A table in place of ReLU.
pub(in crate::cli) fn relu_of(table: CoefficientTable) -> StandIn<Activation> {
    let made = polynomial(table);
    Box::new(move |range| Activation::Polynomial(made(range)))
}

/// The table on [−B, B].
fn polynomial(table: CoefficientTable) -> impl Fn(f32) -> Polynomial {
    let table = Arc::new(table);
    move |range| Polynomial {
        table: Arc::clone(&table),
        range,
    }
}

/// `exact`, `average`, `strided`, or a ReLU of which max is made.
#[derive(Debug, Clone)]
pub(in crate::cli) enum MaxPool {
    Average,
    Strided,
    /// [`Choice::Exact`] leaves the pools as they are.
    Relu(Choice),
}

impl FromStr for MaxPool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "average" => Ok(Self::Average),
            "strided" => Ok(Self::Strided),
            "square" => Err(
                "a maximum is made of a ReLU; write exact, average, strided, relu:alpha=A, relu:degrees=D,D,…, or the file of a coefficient table".into(),
            ),
            other => other.parse().map(Self::Relu),
        }
    }
}

/// A ReLU's table in place of max-pool.
pub(in crate::cli) fn maxima_of(table: CoefficientTable) -> Outcome<Pool> {
    let precision = table.log2_upper.ok_or_else(|| {
        Failure::Usage("the table for --maxpool carries no certified error, by which the range of its maxima is widened; `approx` writes tables that do".into())
    })?;
    let made = polynomial(table);
    Ok(Pool::Maxima {
        make: Box::new(move |range| Pooling::Polynomial(made(range))),
        precision: -precision,
    })
}

/// In place of max-pool.
pub(in crate::cli) enum Pool {
    /// The same everywhere.
    Plain(Pooling),
    /// Maxima by a ReLU that errs by 2^-precision, by the range of differences.
    Maxima {
        make: StandIn<Pooling>,
        precision: f64,
    },
}

/// What a choice comes to, as [`Function`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) enum PoolFunction {
    Exact,
    Average,
    Strided,
    Maxima(Box<CoefficientTable>),
}

impl MaxPool {
    /// The function, designed or read where it is a table.
    pub(in crate::cli) fn function(&self) -> Outcome<PoolFunction> {
        Ok(match self {
            Self::Average => PoolFunction::Average,
            Self::Strided => PoolFunction::Strided,
            Self::Relu(choice) => match choice.function()? {
                Function::Table(table) => PoolFunction::Maxima(table),
                Function::Exact | Function::Square => PoolFunction::Exact,
            },
        })
    }

    /// In place of max-pool; nothing where it stays.
    pub(in crate::cli) fn stand_in(&self) -> Outcome<Option<Pool>> {
        self.function()?.stand_in()
    }
}

impl PoolFunction {
    /// In place of max-pool; nothing where it stays.
    pub(in crate::cli) fn stand_in(&self) -> Outcome<Option<Pool>> {
        Ok(match self {
            Self::Exact => None,
            Self::Average => Some(Pool::Plain(Pooling::Average)),
            Self::Strided => Some(Pool::Plain(Pooling::Strided)),
            Self::Maxima(table) => Some(maxima_of((**table).clone())?),
        })
    }
}
