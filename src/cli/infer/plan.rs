//! `equiripple infer plan`.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::{
    plot::Rendered,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::Serialize;

use super::{need::Need, network::NetworkArgs, timeline::timeline};
use crate::{
    ckks::{Context, memory::switching_key_bytes},
    cli::{error::Outcome, memory, output},
    infer::{Prices, Program},
    nn::lower::Stage,
};

/// Show how a network would run: levels, bootstraps and modelled seconds of every layer
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer plan resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15
  equiripple infer plan design/net.eqr --data data/cifar-10-batches-bin --set deep --json")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// Folder for plan.json, the record of the plan, plan.md and a picture (timeline.svg, timeline.png)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
}

/// A node that does something.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) node: String,
    pub(super) op: &'static str,
    /// Before it, or its result.
    pub(super) bootstrapped: bool,
    pub(super) bootstrap_seconds: f64,
    /// Where it starts.
    pub(super) level: usize,
    /// That it takes.
    pub(super) levels: usize,
    pub(super) seconds: f64,
    /// Of its result.
    pub(super) slots: usize,
    pub(super) ciphertexts: usize,
}

#[derive(Debug, Serialize)]
struct Summary {
    network: String,
    set: &'static str,
    seconds: f64,
    bootstraps: usize,
    bootstrap_seconds: f64,
    machine: String,
    keys: Vec<KeyRow>,
    /// Keys, encoded bootstraps, and what is computed; layers that are encoded ahead come to it.
    memory_bytes: u64,
    layers: Vec<Row>,
}

/// Keys of one kind.
#[derive(Debug, Serialize)]
struct KeyRow {
    /// The highest level that they serve.
    level: u8,
    special: usize,
    count: usize,
    bytes: u64,
}

/// Keys by level and special primes.
fn key_rows(context: &Context, need: &Need) -> Outcome<Vec<KeyRow>> {
    let mut rows: BTreeMap<(u8, usize), KeyRow> = BTreeMap::new();
    for (_, request) in &need.keys {
        let (level, special) = (request.level.get(), request.special);
        let row = rows.entry((level, special)).or_insert(KeyRow {
            level,
            special,
            count: 0,
            bytes: 0,
        });
        row.count += 1;
        row.bytes += switching_key_bytes(context, *request)?;
    }
    Ok(rows.into_values().rev().collect())
}

impl Row {
    /// Modelled seconds of its bootstraps.
    pub(super) fn bootstrap_cell(&self) -> Cell {
        if self.bootstrapped {
            Cell::text(format!("{:.2}", self.bootstrap_seconds))
        } else {
            Cell::Empty
        }
    }
}

/// The nodes of a program that do something.
pub(super) fn rows(program: &Program<'_>) -> Vec<Row> {
    let lowered = program.lowered();
    let nodes = lowered.graph().iter().zip(lowered.stages());
    let made = nodes.filter_map(|((id, node), stage)| {
        let place = program.place(id)?;
        if matches!(stage, Stage::View(_)) {
            return None;
        }
        let layout = lowered.layout(id);
        Some(Row {
            node: node.name().into(),
            op: node.op().name(),
            bootstrapped: place.bootstrapped || place.refreshed,
            bootstrap_seconds: place.bootstrap_seconds,
            level: place.level,
            levels: place.levels,
            seconds: place.seconds,
            slots: layout.period(lowered.slots()),
            ciphertexts: layout.ciphertexts(lowered.slots()),
        })
    });
    made.collect()
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let network = self.network.read()?;
        let mut prices = Prices::new(network.parameters.clone())?;
        let program = Program::new(&network.graph, &mut prices, &network.ranges)?;
        let layers = rows(&program);
        let context = Context::new(network.parameters.clone())?;
        let plans = program.plans(&network.parameters)?;
        let need = Need::new(&program, &context, &plans, prices.special())?;
        let summary = Summary {
            keys: key_rows(&context, &need)?,
            memory_bytes: need.bytes(),
            network: network.graph.name().into(),
            set: network.set,
            seconds: program.seconds(),
            bootstraps: program.bootstraps().count(),
            bootstrap_seconds: layers.iter().map(|row| row.bootstrap_seconds).sum(),
            machine: prices.machine().into(),
            layers,
        };
        let table = table(&summary)?;
        if let Some(folder) = &self.out {
            let rows = summary
                .layers
                .iter()
                .map(|row| (row.clone(), row.bootstrap_seconds + row.seconds));
            let title = format!("{}: levels of one image", summary.network);
            let figure = timeline(
                &title,
                "modelled seconds, one thread",
                program.top(),
                &rows.collect::<Vec<_>>(),
            );
            let Rendered { svg, png } = figure.render()?;
            let record = output::record("A plan for encrypted inference", &summary)?;
            let mut folder = OutputFolder::create(folder)?;
            folder.stage("plan.json", record.to_json()?.as_bytes())?;
            folder.stage("plan.md", format!("{}\n", table.to_markdown()).as_bytes())?;
            folder.stage("timeline.svg", svg.as_bytes())?;
            folder.stage("timeline.png", &png)?;
            folder.commit()?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            output::line(table.to_markdown())?;
            output::line(format!(
                "{:.1} s modelled ({}), {:.1} s of them in {} bootstraps, parameters {}",
                summary.seconds,
                summary.machine,
                summary.bootstrap_seconds,
                summary.bootstraps,
                summary.set
            ))?;
            for row in &summary.keys {
                output::line(format!(
                    "{} keys up to level {} of {} special primes: {}",
                    row.count,
                    row.level,
                    row.special,
                    memory::human(row.bytes)
                ))?;
            }
            output::line(format!(
                "{} of memory, and for layers what `infer run --encoded-memory` admits",
                memory::human(summary.memory_bytes)
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(summary: &Summary) -> Outcome<Table> {
    let columns = ["bootstrap, s", "level", "s", "slots", "ciphertexts"];
    let mut all = vec![Column::left("node"), Column::left("is")];
    all.extend(columns.map(Column::right));
    let title = format!("{}, one image, one thread", summary.network);
    let mut table = Table::new(all, &title)?;
    for row in &summary.layers {
        table.push(vec![
            Cell::text(&row.node),
            Cell::text(row.op),
            row.bootstrap_cell(),
            Cell::text(row.level.to_string()),
            Cell::text(format!("{:.2}", row.seconds)),
            Cell::text(format!("2^{}", row.slots.ilog2())),
            Cell::text(row.ciphertexts.to_string()),
        ])?;
    }
    Ok(table)
}
