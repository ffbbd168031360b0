//! `equiripple net sweep`: what the precision of ReLU does to a network.

mod design;
mod picture;
mod report;
mod settings;
mod table;

use std::{path::PathBuf, process::ExitCode, str::FromStr};

use clap::Parser;
use equiripple_approx::coeffs::CoefficientTable;
use equiripple_reports::{record::Record, write::OutputFolder};

use super::{
    activation::{MaxPool, maxima_of, relu_of},
    calibration::{Bounds, Calibration},
    compare::compared,
    images::Images,
    replace::replaced,
    source::Source,
};
use crate::{
    cli::{
        error::{Failure, Outcome},
        number, output,
    },
    nn::{Activation, Graph, Op, data::Dataset, pass},
};
use design::{Designs, Made, designs};
use report::Report;
use settings::{RECORD, earlier, settings};

/// Sweep the precision of ReLU: accuracy and agreement for published designs and ours, as a table and curves
///
/// For every α three designs take the place of all ReLUs: the published one; ours of least error within the levels of
/// that; and ours of fewest levels with an error of 2^-α, where that is another one. Levels and products are counted on the
/// same circuits for all, the product with x included.
///
/// A constant c0 lets the error be smaller, but it adds to every number near zero, and sums of many then err to one side. So
/// the second is made twice, with a constant and without, and the one is taken whose logits are nearer to the plain
/// network's on the images that ranges are calibrated on.
///
/// Published means Lee et al. (2022): their degrees, each stage the minimax sign on the range of the one before, no
/// constant, and the ε with which that gives the ReLU errors of their released coefficients to 0.001 bits; for α of 4 and 5
/// the errors that their coefficients have when they are used as they were made. There are such designs for α from 4 to 14.
///
/// A sweep into a folder that was interrupted goes on where it was: rows that DIR has are kept if network, data, ranges
/// and options are the same, and refused if not. Every row names the revision of this program that measured it.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple net sweep resnet20.eqr --data data/cifar-10-batches-bin --out sweep
  equiripple net sweep resnet20.eqr --data data/cifar-10-batches-bin --alphas 6,8,10 --designs ours --images 1000
  equiripple net sweep --arch squeezenet1_1 --weights squeezenet.safetensors --data imagenet/val --alphas 10..14 --maxpool same")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    images: Images,
    /// Precisions, as in 4..14 (both included) or 6,8,10
    #[arg(long, value_name = "A..B", default_value = "4..14", value_parser = parse_alphas)]
    alphas: Alphas,
    /// Whose designs
    #[arg(
        long,
        value_enum,
        value_name = "WHOSE",
        value_delimiter = ',',
        default_value = "published,ours"
    )]
    designs: Vec<Designs>,
    /// Largest degree of a stage of ours
    #[arg(long, value_name = "D", default_value_t = 63)]
    max_degree: usize,
    /// In place of every max-pool: same for maxima made of the row's ReLU, or as for net accuracy
    #[arg(long, value_name = "WHAT", default_value = "same")]
    maxpool: Pools,
    #[command(flatten)]
    calibration: Calibration,
    /// Folder for sweep.json, .csv, .md, and the pictures alpha and levels, each .svg and .png; goes on with what is there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the record as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone)]
struct Alphas(Vec<u32>);

fn parse_alphas(text: &str) -> Result<Alphas, String> {
    let mut alphas = number::alphas(text)?;
    alphas.sort_unstable();
    alphas.dedup();
    Ok(Alphas(alphas))
}

/// In place of max-pools, and how it was written.
#[derive(Debug, Clone)]
struct Pools {
    text: String,
    /// None for the row's ReLU.
    other: Option<MaxPool>,
}

impl FromStr for Pools {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let other = (text != "same").then(|| text.parse()).transpose()?;
        Ok(Self {
            text: text.into(),
            other,
        })
    }
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let plain = pass::fold_affine(&self.source.read()?)?;
        has_relu(&plain)?;
        let data = self.images.open()?;
        // A folder that cannot be written is known before the work.
        let folder = self.out.as_ref().map(OutputFolder::create).transpose()?;
        let bounds = self.calibration.bounds(&plain, &self.images, &data)?;
        let settings = settings(&plain, &data, &bounds, &self.maxpool.text, self.max_degree)?;
        let mut report = match &folder {
            Some(folder) => earlier(folder.path(), settings)?,
            None => Report::new(settings),
        };
        drop(folder);
        let precisions = designs(&self.alphas.0, &self.designs, self.max_degree)?;
        let (seen, _) = self.calibration.images(&self.images, &data)?;
        for precision in precisions {
            let alpha = precision.alpha;
            let mut made = Vec::from_iter(precision.published);
            let equal = self.suited(&plain, &seen, &bounds, precision.equal, &report)?;
            let same = |fewest: &Made| {
                equal
                    .as_ref()
                    .is_some_and(|e| e.design.equals(&fewest.design))
            };
            let fewest = precision.fewest.filter(|fewest| !same(fewest));
            made.extend(equal.into_iter().chain(fewest));
            made.retain(|made| !report.has(&made.design));
            self.measure(&plain, &data, &bounds, (alpha, &made), &mut report)?;
        }
        let (table, record) = (table::readable(&report)?, self.record(&report)?);
        if let Some(path) = &self.out {
            write(OutputFolder::create(path)?, &report, &record)?;
        }
        if self.json {
            output::line(record.to_json()?)?;
        } else {
            output::line(table.to_text())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Of designs the one whose logits are nearest to the plain network's, in root mean square over calibration images.
    fn suited(
        &self,
        plain: &Graph,
        seen: &Dataset,
        bounds: &Bounds,
        mut designs: Vec<Made>,
        report: &Report,
    ) -> Outcome<Option<Made>> {
        // An earlier run has chosen already.
        if let Some(known) = designs.iter().position(|made| report.has(&made.design)) {
            return Ok(Some(designs.swap_remove(known)));
        }
        if designs.len() < 2 {
            return Ok(designs.pop());
        }
        let others = self.networks(plain, bounds, &designs)?;
        let measured = compared(plain, &others, seen, "calibration images")?;
        let errors = measured.iter().map(|measured| {
            let error = measured.comparison.logit_deviation();
            // What is not a number is no small error.
            if error.is_nan() { f64::INFINITY } else { error }
        });
        let nearest = errors.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        Ok(nearest.map(|(k, _)| designs.swap_remove(k)))
    }

    fn networks(&self, plain: &Graph, bounds: &Bounds, made: &[Made]) -> Outcome<Vec<Graph>> {
        let each = made.iter();
        each.map(|made| self.network(plain, bounds, &made.table))
            .collect()
    }

    /// Runs the designs of one precision on all images, and keeps their rows.
    fn measure(
        &self,
        plain: &Graph,
        data: &Dataset,
        bounds: &Bounds,
        (alpha, made): (u32, &[Made]),
        report: &mut Report,
    ) -> Outcome<()> {
        if made.is_empty() {
            return Ok(());
        }
        let others = self.networks(plain, bounds, made)?;
        let message = format!("images, α = {alpha}");
        for (made, measured) in made.iter().zip(compared(plain, &others, data, &message)?) {
            report.add(made.design.clone(), measured);
        }
        if let Some(path) = &self.out {
            let mut folder = OutputFolder::create(path)?;
            folder.stage(RECORD, self.record(report)?.to_json()?.as_bytes())?;
            folder.commit()?;
        }
        Ok(())
    }

    /// The network with this table in place of ReLUs, and of max-pools where they are made of it.
    fn network(&self, plain: &Graph, bounds: &Bounds, table: &CoefficientTable) -> Outcome<Graph> {
        let pool = match &self.maxpool.other {
            None => Some(maxima_of(table.clone())?),
            Some(pool) => pool.stand_in()?,
        };
        replaced(plain, Some(&relu_of(table.clone())), pool.as_ref(), bounds)
    }

    fn record(&self, report: &Report) -> Outcome<Record> {
        let mut record = output::record("Networks by the precision of their ReLU", report)?;
        record.seed = self.source.seed();
        Ok(record)
    }
}

/// Refuses a network on which all designs are the same.
fn has_relu(graph: &Graph) -> Outcome<()> {
    let relu = |op: &Op| matches!(op, Op::Activation(Activation::Relu));
    if graph.nodes().iter().any(|node| relu(node.op())) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{} has no ReLU to replace; give a network that has, or see its activations by `net show`",
        graph.name()
    )))
}

fn write(mut folder: OutputFolder, report: &Report, record: &Record) -> Outcome<()> {
    folder.stage(RECORD, record.to_json()?.as_bytes())?;
    let (numeric, readable) = (table::numeric(report)?, table::readable(report)?);
    folder.stage("sweep.csv", numeric.to_csv().as_bytes())?;
    folder.stage("sweep.md", readable.to_markdown().as_bytes())?;
    let pictures = [
        ("alpha", picture::against_alpha(report)),
        ("levels", picture::against_levels(report)),
    ];
    for (name, panels) in pictures {
        let picture = panels.render()?;
        folder.stage(&format!("{name}.svg"), picture.svg.as_bytes())?;
        folder.stage(&format!("{name}.png"), &picture.png)?;
    }
    folder.commit()?;
    Ok(())
}
