//! `equiripple analyze`: error, conditioning, cost and noise of a coefficient table.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_approx::{
    analysis::{Analysis, AnalyzeOptions, Distribution, Histogram, Shape, analyze},
    approximate::{Form, Recertified},
    certify::Bounds,
    evaltree::PlanOptions,
    remez::Budget,
};
use equiripple_reports::table::{Cell, Column, Table};
use rug::Float;

use super::{
    error::{Failure, Outcome},
    export::read_table,
    number, output,
};

/// Analyse a coefficient table: error, conditioning, levels, multiplications and noise
///
/// The error is certified afresh. The report adds all sources of error at the given scale and names the one that binds.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple analyze relu10/coefficients.json
  equiripple analyze relu10/coefficients.json --scale 2^35 --distribution gaussian:0,0.25 --json")]
pub(super) struct Args {
    /// Coefficients, as written by `approx --out` (JSON or CSV)
    coefficients: PathBuf,
    /// Inputs: uniform, gaussian:MEAN,STD, or a histogram file with lines lo,hi,weight
    #[arg(long, value_name = "D", default_value = "uniform")]
    distribution: String,
    /// Scale Δ of the ciphertexts
    #[arg(long, value_name = "S", default_value = "2^40", value_parser = number::constant)]
    scale: Float,
    /// Ring degree N = 2^K
    #[arg(long, value_name = "K", default_value_t = 16)]
    log_n: u32,
    /// Levels that every stage may spend above its least depth to save multiplications
    #[arg(long, value_name = "L", default_value_t = 0)]
    extra_levels: usize,
    /// Print the analysis as JSON
    #[arg(long)]
    json: bool,
}

fn distribution(text: &str) -> Outcome<Distribution> {
    if text == "uniform" {
        return Ok(Distribution::Uniform);
    }
    if let Some(rest) = text.strip_prefix("gaussian:") {
        let numbers: Result<Vec<f64>, String> = rest.split(',').map(number::real).collect();
        return match numbers.map_err(Failure::Usage)?.as_slice() {
            [mean, std] => Ok(Distribution::Gaussian {
                mean: *mean,
                std: *std,
            }),
            _ => Err(Failure::Usage(format!(
                "`{text}` is no distribution; write gaussian:MEAN,STD"
            ))),
        };
    }
    Ok(Distribution::Histogram(
        output::read(text.as_ref())?.parse::<Histogram>()?,
    ))
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let table = read_table(&self.coefficients)?;
        let subject = Recertified::new(&table, Budget::unlimited())?;
        let mut options = AnalyzeOptions {
            distribution: distribution(&self.distribution)?,
            plan: PlanOptions {
                extra_levels: self.extra_levels,
            },
            ..AnalyzeOptions::default()
        };
        let scale = self.scale.to_f64();
        if scale.is_nan() || scale <= 1.0 {
            return Err(Failure::Usage(format!(
                "--scale {scale} is no scale; give a power of two such as 2^40"
            )));
        }
        options.noise.scale_log2 = scale.log2();
        options.noise.log_n = self.log_n;
        let function = subject
            .target
            .as_ref()
            .map(Shape::function_of)
            .transpose()?;
        let offset = &subject.offset;
        let shape = match (&function, subject.form) {
            (Some(target), _) => Shape::Plain { target },
            (None, Form::Sign) => Shape::Sign {
                epsilon: subject.epsilon.unwrap_or(0.0),
            },
            (None, Form::Max) => Shape::Max { offset },
            (None, _) => Shape::Relu { offset },
        };
        let analysis = analyze(&subject.polys, shape, Some(&subject.bounds), &options)?;
        if self.json {
            output::json(&analysis)?
        } else {
            show(&analysis, &subject.bounds, &options)?
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The analysis for people.
pub(super) fn show(a: &Analysis, bounds: &Bounds, options: &AnalyzeOptions) -> Outcome<()> {
    output::line(format!("{} by {}", a.shape, number::braces(&a.degrees)))?;
    output::line(format!(
        "  circuit     {} levels, {} multiplications, {} by scalars, {} relinearisations, {} additions",
        a.cost.depth,
        a.cost.nonscalar_mults,
        a.cost.scalar_mults,
        a.cost.relinearizations,
        a.cost.additions
    ))?;
    output::line(format!(
        "  certified   2^{:.6} … 2^{:.6}",
        bounds.log2_lower(),
        bounds.log2_upper()
    ))?;
    let s = &a.statistics;
    output::line(format!(
        "  over inputs mean {:.3e}, mean |e| {:.3e}, rms {:.3e}, 50 % {:.3e}, 99 % {:.3e}, 99.9 % {:.3e}",
        s.mean, s.mean_absolute, s.rms, s.percentiles.p50, s.percentiles.p99, s.percentiles.p999
    ))?;
    output::line(format!(
        "  outside     bounded by {:.3} out to |x| = {:.6}",
        a.outside.bound, a.outside.radius
    ))?;
    let columns = vec![
        Column::right("stage"),
        Column::right("degree"),
        Column::right("log2 Σ|monomial|"),
        Column::right("Σ|Chebyshev|"),
        Column::right("max |p'|"),
    ];
    let mut stages = Table::new(columns, "Conditioning")?;
    for (i, c) in a.conditioning.stages.iter().enumerate() {
        stages.push(vec![
            Cell::Integer(i as i64 + 1),
            Cell::Integer(c.degree as i64),
            Cell::number(c.monomial_log2, 2),
            Cell::number(c.chebyshev_norm, 3),
            Cell::number(c.max_slope, 2),
        ])?;
    }
    output::line(stages.to_text())?;
    output::line(format!(
        "  noise gain  ∏ max|p'| = {:.1}; of the whole composition {:.1} at x = {:.4}",
        a.conditioning.slope_product,
        a.conditioning.composition_slope.0,
        a.conditioning.composition_slope.1
    ))?;
    let columns = vec![
        Column::left(""),
        Column::left("source of error"),
        Column::right("log2"),
        Column::left("what it is"),
    ];
    let caption = format!(
        "Errors at scale 2^{:.0}, ring degree 2^{}",
        options.noise.scale_log2, options.noise.log_n
    );
    let mut terms = Table::new(columns, &caption)?;
    for (i, t) in a.report.terms.iter().enumerate() {
        let binds = if i == a.report.binding { "*" } else { "" };
        let size = t.log2.map_or(Cell::text("none"), |l| Cell::number(l, 2));
        terms.push(vec![
            Cell::text(binds),
            Cell::text(t.name),
            size,
            Cell::text(t.explanation.to_string()),
        ])?;
    }
    output::line(terms.to_text())?;
    if let Some(term) = a.report.binding_term() {
        output::line(format!("* binding: {}", term.name))?;
    }
    Ok(())
}
