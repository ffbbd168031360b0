//! `equiripple net ranges`: what activations and pools are given.

use std::process::ExitCode;

use clap::Parser;
use equiripple_reports::table::{Cell, Column, Table};
use serde::Serialize;

use super::{
    images::{Images, batches},
    source::Source,
};
use crate::{
    cli::{error::Outcome, output, progress::Bar},
    nn::{
        Graph,
        data::Dataset,
        inference, pass,
        ranges::{ChannelMagnitudes, Ranges},
    },
};

/// Show what every activation and max-pool is given over a data set: extremes, percentiles, mean and deviation
///
/// A polynomial in place of an activation holds on [-B, B], and B must not be left. The percentiles are those of absolute
/// values, at most 2.2 % too large.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple net ranges resnet20.eqr --data data/cifar-10-batches-bin --images 1000
  equiripple net ranges --arch resnet20 --random 1 --data synthetic:classes=10,size=32,images=100 --json")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    images: Images,
    /// Print the ranges as JSON, histograms with them
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    node: String,
    op: &'static str,
    count: u64,
    least: f64,
    largest: f64,
    mean: f64,
    deviation: f64,
    p99: f64,
    p99_9: f64,
    p99_99: f64,
    /// Name of the image with the largest magnitude.
    image: String,
    /// Upper ends of bins of absolute values, and counts.
    histogram: Vec<(f64, u64)>,
}

#[derive(Debug, Serialize)]
struct Report {
    network: String,
    data: String,
    images: usize,
    rows: Vec<Row>,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let graph = pass::fold_affine(&self.source.read()?)?;
        let data = self.images.open()?;
        let ranges = measured(&graph, &data)?;
        let rows = ranges.iter().map(|(id, range)| Row {
            node: graph.node(id).name().into(),
            op: graph.node(id).op().name(),
            count: range.count(),
            least: range.least(),
            largest: range.largest(),
            mean: range.mean(),
            deviation: range.deviation(),
            p99: range.percentile(0.99),
            p99_9: range.percentile(0.999),
            p99_99: range.percentile(0.9999),
            image: data.origin(range.image()),
            histogram: range.histogram().collect(),
        });
        let report = Report {
            network: graph.name().into(),
            data: data.name().into(),
            images: data.len(),
            rows: rows.collect(),
        };
        if self.json {
            output::json(&report)?;
        } else {
            output::line(table(&report)?.to_text())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Over all images of a data set.
pub(super) fn measured(graph: &Graph, data: &Dataset) -> Outcome<Ranges> {
    let network = inference::Network::new(graph)?;
    let mut ranges = Ranges::default();
    let bar = Bar::new(data.len() as u64, "ranges");
    for batch in batches(graph, data) {
        let (first, batch) = batch?;
        ranges.add(&network, &batch.images, first)?;
        bar.advance(batch.labels.len() as u64);
    }
    Ok(ranges)
}

/// What each channel of the ReLUs is given.
pub(super) fn channels(graph: &Graph, data: &Dataset) -> Outcome<ChannelMagnitudes> {
    let network = inference::Network::new(graph)?;
    let mut channels = ChannelMagnitudes::new(graph);
    let bar = Bar::new(data.len() as u64, "channels");
    for batch in batches(graph, data) {
        let (_, batch) = batch?;
        channels.add(&network, &batch.images)?;
        bar.advance(batch.labels.len() as u64);
    }
    Ok(channels)
}

fn table(report: &Report) -> Outcome<Table> {
    let columns = [
        "least",
        "largest",
        "mean",
        "deviation",
        "99 %",
        "99.9 %",
        "99.99 %",
    ];
    let mut all = vec![Column::left("node"), Column::left("takes")];
    all.extend(columns.map(Column::right));
    let title = format!(
        "{} on {} images of {}",
        report.network, report.images, report.data
    );
    let mut table = Table::new(all, &title)?;
    for row in &report.rows {
        let numbers = [
            row.least,
            row.largest,
            row.mean,
            row.deviation,
            row.p99,
            row.p99_9,
            row.p99_99,
        ];
        let mut cells = vec![Cell::text(&row.node), Cell::text(row.op)];
        cells.extend(numbers.map(|x| Cell::text(format!("{x:.3}"))));
        table.push(cells)?;
    }
    Ok(table)
}
