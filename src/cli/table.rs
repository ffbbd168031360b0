//! `equiripple table`: ReLU at every precision, as published, directly, and with fewer levels.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_approx::{
    ApproxError,
    approximate::{Approximation, Goal, Request, approximate_in},
    composite::Objective,
    remez::Budget,
    search::{Limits, Search},
};
use equiripple_reports::{
    plot::ready::error_against_alpha,
    record::Record,
    splice::splice_file,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    approx,
    error::{Failure, Outcome},
    number, output,
    progress::Bar,
    published::published,
};
use crate::curves::Curves;

/// Regenerate the table of ReLU designs: published degrees, greedy, direct, and fewest levels; all certified
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Precisions, as in 4..14 (both included) or 10,13
    #[arg(long, value_name = "A..B", default_value = "4..14", value_parser = parse_alphas)]
    alphas: Alphas,
    /// Largest degree of a stage of the designs of fewest levels
    #[arg(long, value_name = "D", default_value_t = 63)]
    max_degree: usize,
    /// Folder for relu.csv, .json, .md, .tex, and the pictures
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Put the table between the markers `BEGIN GENERATED relu` and `END GENERATED relu` of this file
    #[arg(long, value_name = "FILE")]
    splice: Option<PathBuf>,
    /// Print the record as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone)]
struct Alphas(Vec<u32>);

fn parse_alphas(text: &str) -> Result<Alphas, String> {
    number::alphas(text).map(Alphas)
}

/// A certified design.
#[derive(Debug, Clone, Serialize)]
struct Entry {
    degrees: Vec<usize>,
    levels: usize,
    mults: usize,
    log2_epsilon: Option<f64>,
    log2_error_lower: f64,
    log2_error_upper: f64,
}

/// A line of the table.
#[derive(Debug, Serialize)]
struct Row {
    alpha: u32,
    published_log2_error: Option<f64>,
    greedy: Option<Entry>,
    direct_without_offset: Option<Entry>,
    direct: Option<Entry>,
    fewest_levels: Entry,
    #[serde(skip)]
    drawn: (String, String, Vec<u8>),
}

fn made(
    search: &Search<'_>,
    goal: Goal,
    objective: Objective,
    offset: bool,
) -> Result<Approximation, ApproxError> {
    let mut request = Request::new("relu".parse()?, goal);
    (request.objective, request.offset) = (objective, offset);
    approximate_in(&request, search, Budget::unlimited())
}

fn entry(a: &Approximation) -> Entry {
    Entry {
        degrees: a.degrees(),
        levels: a.cost.depth,
        mults: a.cost.nonscalar_mults,
        log2_epsilon: a.epsilon.map(f64::log2),
        log2_error_lower: a.bounds.log2_lower(),
        log2_error_upper: a.bounds.log2_upper(),
    }
}

fn row(search: &Search<'_>, alpha: u32) -> Outcome<Row> {
    let reference = published(alpha);
    let by_degrees = |objective, offset| -> Outcome<Option<Entry>> {
        let degrees = reference.as_ref().map(|r| r.degrees.clone());
        Ok(degrees
            .map(|d| made(search, Goal::Degrees(d), objective, offset))
            .transpose()?
            .map(|a| entry(&a)))
    };
    let fewest = made(search, Goal::Alpha(f64::from(alpha)), Objective::Relu, true)?;
    let target = "relu".parse()?;
    let title = format!("Error of {}, precision {alpha}", approx::title(&fewest));
    let (upper, lower) = (fewest.bounds.upper.to_f64(), fewest.bounds.lower.to_f64());
    let picture = Curves::new(&fewest, &target)
        .error_figure(&title, &fewest.levelled, upper, lower)
        .render()?;
    Ok(Row {
        alpha,
        published_log2_error: reference.as_ref().map(|r| r.log2_error),
        greedy: by_degrees(Objective::Sign, true)?,
        direct_without_offset: by_degrees(Objective::Relu, false)?,
        direct: by_degrees(Objective::Relu, true)?,
        fewest_levels: entry(&fewest),
        drawn: (format!("error-alpha-{alpha}"), picture.svg, picture.png),
    })
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let folder = self.out.as_ref().map(OutputFolder::create).transpose()?;
        let search = Search::new(Limits::degree(self.max_degree))?;
        let bar = Bar::new(self.alphas.0.len() as u64, "designing");
        let rows: Outcome<Vec<Row>> = self
            .alphas
            .0
            .par_iter()
            .map(|&alpha| {
                let made = row(&search, alpha);
                bar.step(format!("α = {alpha} done"));
                made
            })
            .collect();
        let rows = rows?;
        drop(bar);
        let table = table(&rows)?;
        let record = output::record("ReLU by compositions: certified errors", &rows)?;
        if let Some(folder) = folder {
            write(folder, &rows, &table, &record)?;
        }
        if let Some(file) = &self.splice {
            splice_file(file, &[("relu", &table.to_markdown())])?;
        }
        if self.json {
            output::line(record.to_json()?)?
        } else {
            output::line(table.to_text())?
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(rows: &[Row]) -> Outcome<Table> {
    let columns = vec![
        Column::right("α"),
        Column::left("degrees"),
        Column::right("levels"),
        Column::right("mults"),
        Column::right("published"),
        Column::right("greedy + c0"),
        Column::right("direct"),
        Column::right("direct + c0"),
        Column::left("fewest levels"),
        Column::right("levels"),
        Column::right("mults"),
        Column::right("error"),
    ];
    let mut table = Table::new(
        columns,
        "log2 of the sup over [−1, 1] of the ReLU error; all but the published certified upper bounds",
    )?;
    let bits = |e: Option<f64>| e.map_or(Cell::Empty, |e| number::bound_cell(e, 3));
    for r in rows {
        let upper = |e: &Option<Entry>| bits(e.as_ref().map(|e| e.log2_error_upper));
        let integer = |n: Option<usize>| n.map_or(Cell::Empty, |n| Cell::Integer(n as i64));
        table.push(vec![
            Cell::Integer(i64::from(r.alpha)),
            r.direct
                .as_ref()
                .map_or(Cell::Empty, |e| Cell::text(number::braces(&e.degrees))),
            integer(r.direct.as_ref().map(|e| e.levels)),
            integer(r.direct.as_ref().map(|e| e.mults)),
            bits(r.published_log2_error),
            upper(&r.greedy),
            upper(&r.direct_without_offset),
            upper(&r.direct),
            Cell::text(number::braces(&r.fewest_levels.degrees)),
            integer(Some(r.fewest_levels.levels)),
            integer(Some(r.fewest_levels.mults)),
            bits(Some(r.fewest_levels.log2_error_upper)),
        ])?;
    }
    Ok(table)
}

fn write(
    mut folder: OutputFolder,
    rows: &[Row],
    table: &Table,
    record: &Record,
) -> Result<(), Failure> {
    folder.stage("relu.csv", table.to_csv().as_bytes())?;
    folder.stage("relu.md", table.to_markdown().as_bytes())?;
    folder.stage("relu.tex", table.to_latex().as_bytes())?;
    folder.stage("relu.json", record.to_json()?.as_bytes())?;
    for row in rows {
        let (name, svg, png) = &row.drawn;
        folder.stage(&format!("{name}.svg"), svg.as_bytes())?;
        folder.stage(&format!("{name}.png"), png)?;
    }
    let series = |name: &str, error: &dyn Fn(&Row) -> Option<f64>| {
        let points = rows
            .iter()
            .filter_map(|r| Some((f64::from(r.alpha), error(r)?.exp2())))
            .collect::<Vec<_>>();
        (!points.is_empty()).then(|| (name.to_string(), points))
    };
    let upper = |e: &Option<Entry>| e.as_ref().map(|e| e.log2_error_upper);
    let designs: Vec<_> = [
        series("published coefficients", &|r| r.published_log2_error),
        series("same degrees, greedy with constant", &|r| upper(&r.greedy)),
        series("same degrees, direct", &|r| upper(&r.direct)),
        series("fewest levels", &|r| Some(r.fewest_levels.log2_error_upper)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let picture = error_against_alpha("ReLU error against precision", &designs).render()?;
    folder.stage("error-against-alpha.svg", picture.svg.as_bytes())?;
    folder.stage("error-against-alpha.png", &picture.png)?;
    folder.commit()?;
    Ok(())
}
