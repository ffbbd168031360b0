//! `equiripple approx`: a function and a goal in, a certified table out.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::{Parser, ValueEnum};
use equiripple_approx::{
    approximate::{Approximation, Form, Goal, Request, approximate},
    composite::Objective,
    domain::Domain,
    poly::Parity,
    remez::{Basis, Budget},
    rounding::Rounding,
    target::{Expr, Samples, Target},
};
use equiripple_reports::{
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use rug::Float;

use super::{
    error::{Failure, Outcome},
    number, output,
    progress::Bar,
};
use crate::{curves::Curves, summary::Summary};

/// Make a certified minimax polynomial or composition
///
/// FUNCTION is a name (sign, relu, max, abs, sigmoid, tanh, gelu, silu, softplus, erf, exp, log, inverse, sqrt, invsqrt,
/// sin, cos, mod1), an expression in x such as 'exp(-x^2)*cos(pi*x)', or samples:FILE.csv with lines x,y.
///
/// Sign, relu and max become compositions of odd polynomials. Everything else, and these too when --domain, --weight or
/// --basis asks for it, becomes one polynomial.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple approx relu --alpha 10                          the ReLU of fewest levels with error 2^-10
  equiripple approx sign --degrees 15,15,27 --epsilon 2^-9 --out sign
  equiripple approx gelu --domain '[-6,6]' --alpha 12 --round f64
  equiripple approx 'cos(2*pi*x)' --domain '[-1.01,-0.99]U[-0.01,0.01]U[0.99,1.01]' --degrees 14 --json")]
pub(super) struct Args {
    /// Name, expression in x, or samples:FILE.csv
    function: String,
    /// Precision: error 2^-A (of sign, 2^-(A-1) on [2^-A, 1]); picks the design of fewest levels
    #[arg(long, value_name = "A", value_parser = number::real, allow_hyphen_values = true)]
    alpha: Option<f64>,
    /// Degrees of the stages, first applied first
    #[arg(long, value_name = "D,D,…", value_parser = parse_degrees)]
    degrees: Option<Degrees>,
    /// Lower end of the domain of sign's stages, such as 2^-9; of relu and max it is tuned when absent
    #[arg(long, value_name = "E", value_parser = number::constant, allow_hyphen_values = true)]
    epsilon: Option<Float>,
    /// Union of closed intervals, such as '[-1,-2^-9]∪[2^-9,1]' (ASCII U works too)
    #[arg(long, value_name = "I", value_parser = number::domain, allow_hyphen_values = true)]
    domain: Option<Domain>,
    /// Weight of the error: an expression in x, positive on the domain
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true)]
    weight: Option<Expr>,
    /// Minimise the relative error
    #[arg(long)]
    relative: bool,
    /// Polynomials to use; by the parity of the function when absent
    #[arg(long, value_enum)]
    basis: Option<BasisName>,
    /// Coefficient of a power of x that is given, as in 1=0.5; may be repeated
    #[arg(long, value_name = "K=C", value_parser = parse_fixed, allow_hyphen_values = true)]
    fix: Vec<(u32, Float)>,
    /// Whose error the last stage of relu and max minimises
    #[arg(long, value_enum, default_value = "relu")]
    objective: ObjectiveName,
    /// Let relu and max use a constant c0 (default): no level, about one bit more
    #[arg(long, overrides_with = "no_offset")]
    offset: bool,
    /// No constant: r(0) = 0
    #[arg(long)]
    no_offset: bool,
    /// Noise margin that every stage's input may be off by, such as 2^-22
    #[arg(long, value_name = "M", value_parser = number::constant, allow_hyphen_values = true)]
    margin: Option<Float>,
    /// Round the coefficients before they are certified: exact, f64, grid:B or lattice:B (multiples of 2^-B)
    #[arg(long, value_name = "R", default_value = "exact")]
    round: Rounding,
    /// Working precision; escalated automatically when absent
    #[arg(long, value_name = "BITS")]
    precision: Option<u32>,
    /// Largest degree of a stage that --alpha may use
    #[arg(long, value_name = "D", default_value_t = 31)]
    max_degree: usize,
    /// Give up after this many seconds
    #[arg(long, value_name = "S", value_parser = number::real)]
    time_limit: Option<f64>,
    /// Write coefficients.csv, coefficients.json, summary.json, error.svg, error.png and function.svg there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print summary.json instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone)]
struct Degrees(Vec<usize>);

fn parse_degrees(text: &str) -> Result<Degrees, String> {
    number::degrees(text).map(Degrees)
}

fn parse_fixed(text: &str) -> Result<(u32, Float), String> {
    let (power, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is not of the form K=C, such as 1=0.5"))?;
    let power = power
        .trim()
        .parse()
        .map_err(|_| format!("`{power}` is not a power of x"))?;
    Ok((power, number::constant(value)?))
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BasisName {
    Odd,
    Even,
    Full,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ObjectiveName {
    Sign,
    Relu,
}

/// A budget from an option.
pub(super) fn budget(seconds: Option<f64>) -> Outcome<Budget> {
    Ok(seconds.map_or(Ok(Budget::unlimited()), Budget::seconds)?)
}

/// A function from its text.
pub(super) fn target(text: &str) -> Outcome<Target> {
    match text.strip_prefix("samples:") {
        Some(path) => Ok(Target::Samples(Samples::parse_csv(
            &output::read(path.as_ref())?,
            number::BITS,
        )?)),
        None => Ok(text.parse()?),
    }
}

impl Args {
    fn request(&self) -> Outcome<Request> {
        let goal = match (self.alpha, &self.degrees) {
            (_, Some(degrees)) => Goal::Degrees(degrees.0.clone()),
            (Some(alpha), None) => Goal::Alpha(alpha),
            (None, None) => {
                return Err(Failure::Usage(
                    "what to reach is missing; give --alpha A, or --degrees D,D,…".into(),
                ));
            }
        };
        let mut request = Request::new(target(&self.function)?, goal);
        let alpha_as_epsilon = self
            .degrees
            .as_ref()
            .and(self.alpha)
            .map(|a| Float::with_val(64, (-a).exp2()));
        request.epsilon = self
            .epsilon
            .clone()
            .or(alpha_as_epsilon.filter(|_| self.domain.is_none() && self.function == "sign"));
        request.domain = self.domain.clone();
        if let (Target::Samples(samples), None) = (&request.target, &self.domain) {
            let (first, last) = (samples.points().first(), samples.points().last());
            if let (Some(a), Some(b)) = (first, last) {
                request.domain = Some(Domain::interval(a.0.clone(), b.0.clone())?);
            }
        }
        request.weight = self.weight.clone();
        request.relative = self.relative;
        request.basis = self.basis.map(|b| {
            Basis::Polynomials(match b {
                BasisName::Odd => Parity::Odd,
                BasisName::Even => Parity::Even,
                BasisName::Full => Parity::Full,
            })
        });
        request.fixed = self.fix.clone();
        request.objective = match self.objective {
            ObjectiveName::Relu => Objective::Relu,
            ObjectiveName::Sign => Objective::Sign,
        };
        request.offset = self.offset || !self.no_offset;
        request.margin = self.margin.clone().unwrap_or_else(|| Float::new(64));
        request.rounding = self.round;
        request.precision = self.precision;
        request.max_degree = self.max_degree;
        Ok(request)
    }

    pub(super) fn run(self) -> Outcome {
        let request = self.request()?;
        // A folder that cannot be written is known before the work.
        let folder = self.out.as_ref().map(OutputFolder::create).transpose()?;
        let start = Instant::now();
        let bar = Bar::new(0, "solving");
        let mut made = approximate(&request, budget(self.time_limit)?, &|p| bar.search(p))?;
        drop(bar);
        let seconds = start.elapsed().as_secs_f64();
        made.table.alpha = self.alpha;
        made.table.provenance = output::provenance();
        let summary = Summary::new(&made, self.round.to_string(), seconds);
        if let Some(folder) = folder {
            let curves = Curves::new(&made, &request.target)
                .weighted(request.weight.as_ref(), request.relative);
            write(folder, &made, &summary, &curves)?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            show(&summary)?;
            if let Some(out) = &self.out {
                output::line(format!("written to {}", out.display()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// All files of an approximation, none of them half.
pub(super) fn write(
    mut folder: OutputFolder,
    made: &Approximation,
    summary: &Summary,
    curves: &Curves<'_>,
) -> Outcome<()> {
    folder.stage("coefficients.csv", made.table.to_csv()?.as_bytes())?;
    folder.stage("coefficients.json", made.table.to_json()?.as_bytes())?;
    folder.stage(
        "summary.json",
        format!("{}\n", serde_json::to_string_pretty(summary)?).as_bytes(),
    )?;
    let (upper, lower) = (made.bounds.upper.to_f64(), made.bounds.lower.to_f64());
    let title = title(made);
    let error = curves
        .error_figure(&format!("Error of {title}"), &made.levelled, upper, lower)
        .render()?;
    folder.stage("error.svg", error.svg.as_bytes())?;
    folder.stage("error.png", &error.png)?;
    folder.stage(
        "function.svg",
        curves.function_figure(&title).svg()?.as_bytes(),
    )?;
    folder.commit()?;
    Ok(())
}

/// A heading for pictures.
pub(super) fn title(made: &Approximation) -> String {
    let what = match made.form {
        Form::Polynomial => format!("degree {}", made.stages[0].degree),
        _ => number::braces(&made.degrees()),
    };
    format!("{} by {what}", made.function)
}

/// The summary for people.
pub(super) fn show(s: &Summary) -> Outcome<()> {
    let intervals: Vec<String> = s
        .domain
        .iter()
        .map(|(a, b)| format!("[{a:.6}, {b:.6}]"))
        .collect();
    output::line(format!(
        "{} by {} on {}",
        s.function,
        number::braces(&s.degrees),
        intervals.join(" ∪ ")
    ))?;
    output::line(format!(
        "  certified error   2^{:.6}  =  {:.6e}   (at least 2^{:.6})",
        s.log2_error_upper,
        s.log2_error_upper.exp2(),
        s.log2_error_lower
    ))?;
    if let Some(noisy) = s.log2_error_upper_with_noise {
        output::line(format!("  under the margin  2^{noisy:.6}"))?;
    }
    output::line(format!(
        "  circuit           {} levels (stages {}), {} multiplications, {} by scalars, {} relinearisations",
        s.levels, s.depth, s.mults, s.scalar_mults, s.relinearizations
    ))?;
    if let Some(epsilon) = s.epsilon {
        output::line(format!("  stages made for   ε = 2^{:.4}", epsilon.log2()))?;
    }
    if s.offset != 0.0 {
        output::line(format!("  constant c0       {:.6e}", s.offset))?;
    }
    output::line(format!(
        "  coefficients      {}, solved at {} bits in {} exchanges, {:.3} s",
        s.rounding, s.precision_bits, s.iterations, s.seconds
    ))?;
    let columns = vec![
        Column::right("stage"),
        Column::right("degree"),
        Column::left("made for"),
        Column::right("log2 error"),
        Column::right("exchanges"),
        Column::right("bits"),
    ];
    let mut table = Table::new(columns, "")?;
    for (i, stage) in s.stages.iter().enumerate() {
        let (lo, hi) = stage.domain.last().copied().unwrap_or((0.0, 0.0));
        let sides = if stage.domain.len() > 1 { "±" } else { "" };
        table.push(vec![
            Cell::Integer(i as i64 + 1),
            Cell::Integer(stage.degree as i64),
            Cell::text(format!("{sides}[{lo:.6}, {hi:.6}]")),
            number::bound_cell(stage.log2_error_upper, 4),
            Cell::Integer(stage.iterations as i64),
            Cell::Integer(i64::from(stage.precision_bits)),
        ])?;
    }
    output::line(table.to_text())
}
