//! What is evaluated on ciphertexts: a function that is approximated, or a table.

use std::path::PathBuf;

use clap::Args;
use equiripple_approx::{
    analysis::Shape,
    approximate::{Goal, Request, approximate},
    coeffs::CoefficientTable,
    domain::Domain,
    evaltree::{Cost, Dag},
    remez::Budget,
    rounding::Rounding,
    target::Target,
};
use num_complex::Complex64;

use super::{
    approx,
    error::{Failure, Outcome},
    export, number, output,
    progress::Bar,
};
use crate::{
    circuit::activation::{Activation, from_table},
    quantity::Level,
};

/// The arguments that name it.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Name or expression in x, as for `approx`
    #[arg(long, value_name = "F", requires = "alpha")]
    function: Option<String>,
    /// Precision: error 2^-A
    #[arg(long, value_name = "A", value_parser = number::real, requires = "function")]
    alpha: Option<f64>,
    /// Domain of a function other than sign and relu, such as '[-6,6]'
    #[arg(long, value_name = "I", value_parser = number::domain, allow_hyphen_values = true, requires = "function")]
    domain: Option<Domain>,
    /// Table of coefficients in place of a function, as written by `approx --out`
    #[arg(long, value_name = "FILE", conflicts_with = "function")]
    coefficients: Option<PathBuf>,
}

impl Choice {
    /// The table that is read or made.
    fn table(&self) -> Outcome<CoefficientTable> {
        if let Some(path) = &self.coefficients {
            return export::read_table(path);
        }
        let (Some(function), Some(alpha)) = (&self.function, self.alpha) else {
            return Err(Failure::Usage(
                "what to evaluate is missing; give --function F --alpha A, or --coefficients FILE"
                    .into(),
            ));
        };
        let mut request = Request::new(approx::target(function)?, Goal::Alpha(alpha));
        request.domain.clone_from(&self.domain);
        // What the evaluator uses.
        request.rounding = Rounding::F64;
        let bar = Bar::new(0, "approximating");
        let made = approximate(&request, Budget::unlimited(), &|p| bar.search(p))?;
        Ok(made.table)
    }

    /// The circuit of the table, of one input.
    pub(super) fn subject(&self) -> Outcome<Subject> {
        let table = self.table()?;
        if table.function == "max" {
            return Err(Failure::Usage(
                "max takes two inputs, and here is one; evaluate relu on their difference".into(),
            ));
        }
        let circuit = from_table(&table, Activation::Table)?;
        Ok(Subject {
            cost: Cost::of(&circuit),
            intervals: intervals(&table)?,
            circuit,
            table,
        })
    }
}

/// A function on ciphertexts.
pub(super) struct Subject {
    pub(super) table: CoefficientTable,
    pub(super) circuit: Dag<f64>,
    pub(super) cost: Cost,
    /// Where it approximates.
    intervals: Vec<(f64, f64)>,
}

/// Where the inputs of a table belong.
fn intervals(table: &CoefficientTable) -> Outcome<Vec<(f64, f64)>> {
    if table.product {
        return Ok(vec![(-1.0, 1.0)]);
    }
    let polys = table.polys()?;
    let (lo, hi) = polys[0].interval();
    let designed = number::domain(&table.stages[0].domain).ok();
    let ends: Vec<(f64, f64)> = match designed {
        Some(domain) => domain
            .iter()
            .map(|i| (i.lo().to_f64(), i.hi().to_f64()))
            .collect(),
        None => vec![(lo.to_f64(), hi.to_f64())],
    };
    let scale = table.input_scale.value().to_f64();
    let by_scale = |(lo, hi): &(f64, f64)| {
        let (a, b) = (lo / scale, hi / scale);
        (a.min(b), a.max(b))
    };
    Ok(ends.iter().map(by_scale).collect())
}

impl Subject {
    /// Refuses a ciphertext of too low a level.
    pub(super) fn check_level(&self, level: Level) -> Outcome<()> {
        let depth = self.cost.depth;
        if usize::from(level.get()) >= depth {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} takes {depth} levels, and the ciphertext has {level}; encrypt at a higher level, make parameters with --levels {depth} or more, or ask for a smaller --alpha",
            self.table.function
        )))
    }

    /// Degrees of its polynomials.
    pub(super) fn degrees(&self) -> Vec<usize> {
        self.table.stages.iter().map(|s| s.degree()).collect()
    }

    /// What it is, and how near to its function.
    pub(super) fn tell(&self) -> Outcome<()> {
        output::line(format!(
            "{} by {}",
            self.table.function,
            number::braces(&self.degrees())
        ))?;
        match self.table.log2_upper {
            Some(upper) => output::line(format!(
                "  certified error  2^{upper:.4}, noise not included"
            )),
            None => Ok(()),
        }
    }

    /// The function itself, if its name says which.
    pub(super) fn exact(&self) -> Option<impl Fn(f64) -> f64 + Sync + use<>> {
        let target: Target = self.table.function.parse().ok()?;
        Shape::function_of(&target).ok()
    }

    /// Whether a number belongs to its domain.
    pub(super) fn admits(&self, x: Complex64) -> bool {
        let within = |(lo, hi): &(f64, f64)| (*lo..=*hi).contains(&x.re);
        x.im.abs() <= 0.0 && self.intervals.iter().any(within)
    }

    /// Its domain.
    pub(super) fn domain(&self) -> String {
        let interval = |(lo, hi): &(f64, f64)| format!("[{lo},{hi}]");
        let all: Vec<String> = self.intervals.iter().map(interval).collect();
        all.join(" and ")
    }

    /// So many points of its domain, as many in each interval, ends included.
    pub(super) fn grid(&self, count: usize) -> Vec<f64> {
        let each = self.intervals.len();
        let point = |i: usize| {
            let (k, step) = (i % each, i / each);
            let (lo, hi) = self.intervals[k];
            let steps = (count - 1 - k) / each;
            lo + (hi - lo) * (step as f64 / steps.max(1) as f64)
        };
        let mut points: Vec<f64> = (0..count).map(point).collect();
        points.sort_by(f64::total_cmp);
        points
    }
}
