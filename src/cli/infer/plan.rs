//! `equiripple infer plan`.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::{
    plot::Rendered,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::Serialize;

use super::{
    alternatives::{self, Alternative, alternatives},
    means::Means,
    need::{Memory, Need, Planned, Rotations},
    network::{Network, NetworkArgs},
    part::Part,
    timeline::timeline,
};
use crate::{
    ckks::{Context, memory::switching_key_bytes, security::SecurityEstimate},
    cli::{
        error::{Failure, Outcome},
        memory, output,
    },
    infer::{InferError, Program},
    nn::lower::Stage,
};

/// Show how a network would run: levels, bootstraps, keys, memory, security and modelled seconds of every layer
///
/// Nothing is encrypted and no key is made. A network that has no place for a layer between two bootstraps is refused, and so
/// is one that takes more than --max-memory; the refusal lists other parameters and polynomials that fit.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer plan resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15
  equiripple infer plan design/net.eqr --data data/cifar-10-batches-bin --set deep --json
  equiripple infer plan design/net.eqr --data data/cifar-10-batches-bin --alternatives --max-memory 14GiB")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    means: Means,
    /// Compare with all other named sets, and with ReLUs of one level less where degrees are given: takes a plan for each
    #[arg(long)]
    alternatives: bool,
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
    /// What it takes, before it.
    pub(super) bootstrapped: bool,
    /// Its result is bootstrapped, for all that take it.
    pub(super) renewed: bool,
    /// Of both.
    pub(super) bootstrap_seconds: f64,
    /// Where it starts.
    pub(super) level: usize,
    /// That it takes.
    pub(super) levels: usize,
    pub(super) seconds: f64,
    /// Of its result.
    pub(super) slots: usize,
    pub(super) ciphertexts: usize,
    /// By counting what it does, bootstraps before it included.
    pub(super) forecast_seconds: f64,
    pub(super) rotations: u64,
    /// Of its matrix, encoded.
    pub(super) encoded_bytes: u64,
}

#[derive(Debug, Serialize)]
struct Summary {
    network: String,
    set: &'static str,
    /// Images that share ciphertexts; what follows is of all of them.
    batch: usize,
    /// Between two bootstraps.
    levels: usize,
    seconds: f64,
    bootstraps: usize,
    bootstrap_seconds: f64,
    /// By counting what every layer does.
    forecast_seconds: f64,
    machine: String,
    rotations: Rotations,
    keys: Vec<KeyRow>,
    /// Keys, encoded bootstraps and layers, and what is computed.
    memory_bytes: u64,
    memory: Memory,
    /// Of all layers, encoded ahead or not.
    all_layer_bytes: u64,
    /// Within --max-memory, or what this machine has left.
    fits: bool,
    security: Vec<SecurityEstimate>,
    layers: Vec<Row>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<Alternative>,
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
        if self.bootstrapped || self.renewed {
            Cell::text(format!("{:.2}", self.bootstrap_seconds))
        } else {
            Cell::Empty
        }
    }
}

/// The nodes of a program that do something.
pub(super) fn rows(program: &Program<'_>, need: &Need) -> Vec<Row> {
    let lowered = program.lowered();
    let nodes = lowered.graph().iter().zip(lowered.stages());
    let made = nodes.filter_map(|((id, node), stage)| {
        let place = program.place(id)?;
        if matches!(stage, Stage::View(_) | Stage::Constant) {
            return None;
        }
        let (layout, forecast) = (lowered.layout(id), need.node(id)?);
        Some(Row {
            forecast_seconds: forecast.seconds,
            rotations: forecast.rotations,
            encoded_bytes: forecast.encoded_bytes,
            node: node.name().into(),
            op: node.op().name(),
            bootstrapped: place.bootstrapped,
            renewed: place.renewed,
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

/// The plan of a network. Where a layer finds no levels, what would fit is told.
pub(super) fn planned<'g>(
    args: &NetworkArgs,
    network: &'g Network,
    means: &Means,
) -> Outcome<Planned<'g>> {
    match network.planned(means.costs()?, means.encoded_memory) {
        Err(Failure::Infer(refused @ InferError::Levels { .. })) => {
            let others = alternatives(args, network, means)?;
            Err(Failure::Usage(format!(
                "{refused}{}",
                alternatives::told(&others)
            )))
        }
        planned => planned,
    }
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let network = self.network.read(&self.part)?;
        let most = self.means.max_memory;
        let planned = planned(&self.network, &network, &self.means)?;
        let (program, need) = (&planned.program, &planned.need);
        let fits = need.memory.fits(most);
        let others = if self.alternatives || !fits {
            alternatives(&self.network, &network, &self.means)?
        } else {
            vec![]
        };
        if let (Some(_), Err(refused)) = (most, need.memory.check(most)) {
            return Err(Failure::Usage(format!(
                "{refused}{}",
                alternatives::told(&others)
            )));
        }
        let layers = rows(program, need);
        let summary = Summary {
            keys: key_rows(&planned.context, need)?,
            memory_bytes: need.memory.bytes(),
            memory: need.memory,
            all_layer_bytes: need.all_layer_bytes,
            fits,
            security: network.parameters.security().to_vec(),
            network: network.graph.name().into(),
            set: network.set,
            batch: network.slots.batch,
            levels: planned.levels,
            seconds: program.seconds(),
            forecast_seconds: need.seconds(),
            rotations: need.rotations(program),
            bootstraps: program.bootstraps().count(),
            bootstrap_seconds: layers.iter().map(|row| row.bootstrap_seconds).sum(),
            machine: planned.prices.machine().into(),
            layers,
            alternatives: others,
        };
        let table = table(&summary, &network.slots.told())?;
        if let Some(folder) = &self.out {
            let rows = summary
                .layers
                .iter()
                .map(|row| (row.clone(), row.bootstrap_seconds + row.seconds));
            let title = format!("{}: levels of {}", summary.network, network.slots.told());
            let figure = timeline(
                &title,
                "modelled seconds, one thread",
                planned.program.top(),
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
            summary.tell(&table)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Summary {
    fn tell(&self, table: &Table) -> Outcome<()> {
        output::line(table.to_markdown())?;
        output::line(format!(
            "{:.1} s modelled ({}), {:.1} s of them in {} bootstraps, parameters {} with {} levels between two",
            self.forecast_seconds,
            self.machine,
            self.bootstrap_seconds,
            self.bootstraps,
            self.set,
            self.levels
        ))?;
        output::line(format!(
            "{} rotations in layers, {} in bootstraps",
            self.rotations.layers, self.rotations.bootstraps
        ))?;
        for row in &self.keys {
            output::line(format!(
                "{} keys up to level {} of {} special primes: {}",
                row.count,
                row.level,
                row.special,
                memory::human(row.bytes)
            ))?;
        }
        output::line(self.memory.told())?;
        if self.memory.layer_bytes < self.all_layer_bytes {
            output::line(format!(
                "layers take {} where all are encoded ahead; those beyond --encoded-memory are kept as coefficients and transformed for every image, which the seconds leave out",
                memory::human(self.all_layer_bytes)
            ))?;
        }
        for key in &self.security {
            output::line(format!("{key}"))?;
        }
        if !self.fits {
            output::line("this machine has less memory left")?;
        }
        if !self.alternatives.is_empty() {
            output::line("")?;
            output::line(alternatives::table(&self.alternatives)?.to_markdown())?;
        }
        Ok(())
    }
}

fn table(summary: &Summary, images: &str) -> Outcome<Table> {
    let columns = [
        "bootstrap, s",
        "level",
        "s",
        "rotations",
        "encoded",
        "slots",
        "ciphertexts",
    ];
    let mut all = vec![Column::left("node"), Column::left("is")];
    all.extend(columns.map(Column::right));
    let title = format!("{}, {images}, one thread", summary.network);
    let mut table = Table::new(all, &title)?;
    for row in &summary.layers {
        table.push(vec![
            Cell::text(&row.node),
            Cell::text(row.op),
            row.bootstrap_cell(),
            Cell::text(row.level.to_string()),
            Cell::text(format!("{:.2}", row.seconds)),
            some(row.rotations, row.rotations.to_string()),
            some(row.encoded_bytes, memory::human(row.encoded_bytes)),
            Cell::text(format!("2^{}", row.slots.ilog2())),
            Cell::text(row.ciphertexts.to_string()),
        ])?;
    }
    Ok(table)
}

/// Nothing for 0.
fn some(number: u64, text: String) -> Cell {
    if number == 0 {
        Cell::Empty
    } else {
        Cell::text(text)
    }
}
