//! `equiripple search`: which degrees are best.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use equiripple_approx::search::{
    CostTable, Design, Front, Limits, Objective, ReluTarget, Search, SignTarget,
};
use equiripple_reports::{
    plot::ready::{ParetoPoint, pareto_front},
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::Serialize;

use super::{approx::budget, error::Outcome, number, output, progress::Bar};

/// Search the degrees of compositions: the whole front of depth, multiplications and error
///
/// Sign: error 2^-(A-1) on [2^-A, 1]; an exact dynamic program, every winner solved and certified. Relu and max: error
/// 2^-A on all of [-1, 1]; candidates by a model of the error, every winner solved and certified.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple search sign --alpha 13
  equiripple search relu --alpha 13 --max-degree 63 --cost mults --json
  equiripple search sign --alpha 10 --cost costs.csv     lines: level,cost of a multiplication there")]
pub(super) struct Args {
    /// sign, relu or max
    #[arg(value_enum)]
    function: Function,
    /// Precision
    #[arg(long, value_name = "A", value_parser = number::real)]
    alpha: f64,
    /// Largest degree of a stage
    #[arg(long, value_name = "D", default_value_t = 31)]
    max_degree: usize,
    /// What is least: depth, mults, or a file of costs by level
    #[arg(long, value_name = "depth|mults|FILE", default_value = "depth")]
    cost: String,
    /// No constant c0 for relu and max
    #[arg(long)]
    no_offset: bool,
    /// Give up after this many seconds
    #[arg(long, value_name = "S", value_parser = number::real)]
    time_limit: Option<f64>,
    /// Write front.svg, front.png, front.csv and front.json there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the front as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Function {
    Sign,
    Relu,
    Max,
}

#[derive(Serialize)]
struct Entry {
    degrees: Vec<usize>,
    extra_levels: Vec<usize>,
    depth: usize,
    levels: usize,
    mults: usize,
    cost: f64,
    log2_error_upper: f64,
    best: bool,
}

#[derive(Serialize)]
struct Outcomes {
    function: &'static str,
    alpha: f64,
    max_degree: usize,
    cost: String,
    seconds: f64,
    front: Vec<Entry>,
}

fn entries<T>(front: &Front<T>) -> Vec<Entry> {
    let entry = |(i, d): (usize, &Design<T>)| {
        let c = &d.composition;
        let stages = c
            .degrees
            .iter()
            .zip(&c.extra_levels)
            .map(|(d, e)| (d + 1).next_power_of_two().trailing_zeros() as usize + e);
        Entry {
            degrees: c.degrees.clone(),
            extra_levels: c.extra_levels.clone(),
            depth: stages.sum(),
            levels: c.depth,
            mults: c.mults,
            cost: d.cost,
            log2_error_upper: d.log2_error,
            best: i == front.best,
        }
    };
    front.designs.iter().enumerate().map(entry).collect()
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let objective = match self.cost.as_str() {
            "depth" => Objective::Depth,
            "mults" => Objective::Mults,
            path => Objective::Table(output::read(path.as_ref())?.parse::<CostTable>()?),
        };
        let folder = self.out.as_ref().map(OutputFolder::create).transpose()?;
        let start = std::time::Instant::now();
        let bar = Bar::new(0, "searching");
        let report = |p| bar.search(p);
        let search = Search::new(Limits::degree(self.max_degree))?
            .with_budget(budget(self.time_limit)?)
            .with_report(&report);
        let front = match self.function {
            Function::Sign => entries(&search.sign(&SignTarget::alpha(self.alpha), &objective)?),
            Function::Relu | Function::Max => {
                entries(&search.relu(&ReluTarget::alpha(self.alpha, !self.no_offset), &objective)?)
            }
        };
        drop(bar);
        let outcome = Outcomes {
            function: match self.function {
                Function::Sign => "sign",
                Function::Relu => "relu",
                Function::Max => "max",
            },
            alpha: self.alpha,
            max_degree: self.max_degree,
            cost: self.cost.clone(),
            seconds: start.elapsed().as_secs_f64(),
            front,
        };
        let table = table(&outcome)?;
        if let Some(folder) = folder {
            write(folder, &outcome, &table)?;
        }
        if self.json {
            output::json(&outcome)?;
        } else {
            output::line(table.to_text())?;
            output::line(format!(
                "* best for the cost `{}`; found and certified in {:.2} s",
                outcome.cost, outcome.seconds
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(o: &Outcomes) -> Outcome<Table> {
    let columns = vec![
        Column::left(""),
        Column::left("degrees"),
        Column::right("depth"),
        Column::right("levels"),
        Column::right("mults"),
        Column::right("cost"),
        Column::right("log2 error"),
    ];
    let mut table = Table::new(
        columns,
        &format!(
            "Front of {} for α = {}, degrees up to {}",
            o.function, o.alpha, o.max_degree
        ),
    )?;
    for e in &o.front {
        // A stage that spends more levels than its degree needs is marked by a plus for each.
        let marked: Vec<String> = e
            .degrees
            .iter()
            .zip(&e.extra_levels)
            .map(|(d, x)| format!("{d}{}", "+".repeat(*x)))
            .collect();
        table.push(vec![
            Cell::text(if e.best { "*" } else { "" }),
            Cell::text(format!("{{{}}}", marked.join(","))),
            Cell::Integer(e.depth as i64),
            Cell::Integer(e.levels as i64),
            Cell::Integer(e.mults as i64),
            Cell::number(e.cost, 2),
            number::bound_cell(e.log2_error_upper, 4),
        ])?;
    }
    Ok(table)
}

fn write(mut folder: OutputFolder, o: &Outcomes, table: &Table) -> Outcome<()> {
    let points: Vec<ParetoPoint> = o
        .front
        .iter()
        .map(|e| ParetoPoint {
            cost: e.levels as f64,
            error: e.mults as f64,
            label: number::braces(&e.degrees),
        })
        .collect();
    let mut figure = pareto_front(
        &format!("{} to precision {}", o.function, o.alpha),
        "levels",
        &points,
    );
    figure.y = equiripple_reports::plot::Axis::new(
        "multiplications",
        equiripple_reports::plot::Scale::Linear,
    );
    let drawn = figure.render()?;
    folder.stage("front.svg", drawn.svg.as_bytes())?;
    folder.stage("front.png", &drawn.png)?;
    folder.stage("front.csv", table.to_csv().as_bytes())?;
    folder.stage(
        "front.json",
        format!("{}\n", serde_json::to_string_pretty(o)?).as_bytes(),
    )?;
    folder.commit()?;
    Ok(())
}
