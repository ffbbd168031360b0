//! `equiripple net accuracy`: what polynomials in place of activations do to a network.

use std::{collections::BTreeMap, process::ExitCode, time::Instant};

use clap::Parser;
use serde::Serialize;

use super::{
    activation::{Choice, MaxPool},
    images::{Images, batches},
    ranges,
    source::Source,
};
use crate::{
    cli::{error::Outcome, number, output, progress::Bar},
    nn::{
        Activation, Graph, GraphError, NodeId,
        accuracy::{Comparison, Share},
        data::Dataset,
        inference::Network,
        pass,
    },
};

/// Compare a network with the same one whose activations are polynomials, over a data set
///
/// Every ReLU becomes B·r(x/B). B is its own for each layer: the largest magnitude on calibration images, times a margin;
/// or the same for all, by --range. Where a number leaves [-B, B] the polynomial is wrong there, which is told by layer.
/// Intervals are Wilson's, of 95 %.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple net accuracy resnet20.eqr --data data/cifar-10-batches-bin --activation relu:alpha=13
  equiripple net accuracy resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15 --images 1000 --json
  equiripple net accuracy --arch squeezenet1_1 --weights squeezenet.safetensors --data imagenet/val --activation relu:alpha=14 --maxpool relu:alpha=14")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    images: Images,
    /// In place of every ReLU: exact, square, relu:alpha=A, relu:degrees=D,D,…, or a file of coefficients
    #[arg(long, value_name = "WHAT")]
    activation: Choice,
    /// In place of every max-pool: exact, average, strided, or as for --activation a ReLU, of which max is made
    #[arg(long, value_name = "WHAT", default_value = "exact")]
    maxpool: MaxPool,
    /// Images whose ranges give B; the training images where --data has some, otherwise the same images
    #[arg(long, value_name = "PATH", conflicts_with = "range")]
    calibrate: Option<std::path::PathBuf>,
    /// How many calibration images at most
    #[arg(long, value_name = "N", default_value_t = 2048)]
    calibration_images: usize,
    /// B over the largest magnitude that calibration sees
    #[arg(long, value_name = "F", default_value_t = 1.5, value_parser = number::real)]
    margin: f64,
    /// One B for all layers
    #[arg(long, value_name = "B", value_parser = number::real)]
    range: Option<f64>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// Where numbers left the range of a polynomial.
#[derive(Debug, Serialize)]
struct Outside {
    node: String,
    /// B.
    range: f64,
    /// Images with such numbers.
    images: u64,
    numbers: u64,
    largest: f64,
    /// Name of the image with the largest.
    image: String,
}

#[derive(Debug, Serialize)]
struct Summary {
    network: String,
    data: String,
    images: u64,
    /// Shares of the labelled images.
    plain_top1: f64,
    plain_top5: f64,
    top1: f64,
    top5: f64,
    top1_interval: (f64, f64),
    agreement: f64,
    agreement_interval: (f64, f64),
    max_logit_error: f64,
    logit_deviation: f64,
    mean_margin: f64,
    images_per_second: f64,
    /// Images with numbers out of range.
    out_of_range: u64,
    outside: Vec<Outside>,
    comparison: Comparison,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let plain = pass::fold_affine(&self.source.read()?)?;
        let data = self.images.open()?;
        let other = self.replaced(&plain, &data)?;
        let summary = compared(&plain, &other, &data)?;
        if self.json {
            output::json(&summary)?;
        } else {
            tell(&summary)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// B of every activation and pool, by name.
    fn bounds(&self, graph: &Graph, data: &Dataset) -> Outcome<BTreeMap<String, f64>> {
        let name = |id: NodeId| graph.node(id).name().to_string();
        if let Some(range) = self.range {
            return Ok(graph.iter().map(|(id, _)| (name(id), range)).collect());
        }
        let images = match &self.calibrate {
            Some(path) => Dataset::open(path)?,
            None => self.images.training().unwrap_or_else(|| data.clone()),
        };
        let images = images.first(self.calibration_images.min(images.len()))?;
        let bounds = ranges::measured(graph, &images)?.bounds(graph, self.margin);
        Ok(bounds.into_iter().map(|(id, b)| (name(id), b)).collect())
    }

    fn replaced(&self, graph: &Graph, data: &Dataset) -> Outcome<Graph> {
        // Before the images: a design that cannot be made is refused at once.
        let (relu, maximum) = (self.activation.stand_in()?, self.maxpool.stand_in()?);
        let bounds = self.bounds(graph, data)?;
        let range = |name: &str| bounds.get(name).copied().unwrap_or(1.0) as f32;
        let pooled = pass::replace_max_pools(graph, |id, _| {
            // Differences of two numbers in [−B, B] are in [−2B, 2B].
            let twice = 2.0 * range(graph.node(id).name());
            Ok::<_, GraphError>(maximum.as_ref().map(|stand_in| stand_in(twice)))
        })?;
        Ok(pass::replace_activations(&pooled, |id, activation| {
            let replaced = matches!(activation, Activation::Relu);
            let stand_in = relu.as_ref().filter(|_| replaced);
            Ok::<_, GraphError>(stand_in.map(|stand_in| stand_in(range(pooled.node(id).name()))))
        })?)
    }
}

/// Runs both on all images.
fn compared(plain: &Graph, other: &Graph, data: &Dataset) -> Outcome<Summary> {
    let (first, second) = (Network::<f32>::new(plain)?, Network::<f32>::new(other)?);
    let mut comparison = Comparison::default();
    let mut outside: BTreeMap<NodeId, Outside> = BTreeMap::new();
    let mut out_of_range = 0;
    let mut seconds = 0.0;
    let bar = Bar::new(data.len() as u64, "images");
    for batch in batches(plain, data) {
        let (start, batch) = batch?;
        let exact = first.run(&batch.images)?;
        let clock = Instant::now();
        let found = second.run(&batch.images)?;
        seconds += clock.elapsed().as_secs_f64();
        let logits = exact.logits.chunks_exact(first.output_elements());
        let others = found.logits.chunks_exact(second.output_elements());
        for ((x, y), label) in logits.zip(others).zip(&batch.labels) {
            comparison.add(x, y, *label);
        }
        let mut images: Vec<usize> = found.excesses.iter().map(|e| e.image).collect();
        images.sort_unstable();
        images.dedup();
        out_of_range += images.len() as u64;
        for excess in &found.excesses {
            let row = outside.entry(excess.node).or_insert_with(|| Outside {
                node: other.node(excess.node).name().into(),
                range: excess.range,
                images: 0,
                numbers: 0,
                largest: 0.0,
                image: String::new(),
            });
            row.images += 1;
            row.numbers += excess.count as u64;
            if excess.largest.is_nan() || excess.largest > row.largest {
                row.largest = excess.largest;
                row.image = data.origin(start + excess.image);
            }
        }
        bar.advance(batch.labels.len() as u64);
    }
    let (top1, agreement) = (comparison.other.first(), comparison.agreement());
    Ok(Summary {
        network: plain.name().into(),
        data: data.name().into(),
        images: comparison.images,
        plain_top1: comparison.plain.first().value(),
        plain_top5: comparison.plain.among_five().value(),
        top1: top1.value(),
        top5: comparison.other.among_five().value(),
        top1_interval: top1.interval(),
        agreement: agreement.value(),
        agreement_interval: agreement.interval(),
        max_logit_error: comparison.max_logit_error,
        logit_deviation: comparison.logit_deviation(),
        mean_margin: comparison.mean_margin(),
        images_per_second: comparison.images as f64 / seconds.max(1e-9),
        out_of_range,
        outside: outside.into_values().collect(),
        comparison,
    })
}

fn percent(share: Share) -> String {
    let (low, high) = share.interval();
    format!(
        "{:.2} % ({} of {}; {:.2} to {:.2} %)",
        100.0 * share.value(),
        share.hits,
        share.images,
        100.0 * low,
        100.0 * high
    )
}

fn tell(s: &Summary) -> Outcome<()> {
    output::line(format!(
        "{} on {} images of {}",
        s.network, s.images, s.data
    ))?;
    if s.comparison.plain.labelled > 0 {
        output::line(format!(
            "  plain, top 1     {}",
            percent(s.comparison.plain.first())
        ))?;
        output::line(format!(
            "  polynomial       {}",
            percent(s.comparison.other.first())
        ))?;
        output::line(format!(
            "  plain, top 5     {}",
            percent(s.comparison.plain.among_five())
        ))?;
        output::line(format!(
            "  polynomial       {}",
            percent(s.comparison.other.among_five())
        ))?;
    }
    output::line(format!(
        "  same label       {}",
        percent(s.comparison.agreement())
    ))?;
    output::line(format!(
        "  logits           err by {:.3e} at most, {:.3e} in root mean square; the two largest are {:.3} apart in the mean",
        s.max_logit_error, s.logit_deviation, s.mean_margin
    ))?;
    output::line(format!("  out of range     {} images", s.out_of_range))?;
    for o in &s.outside {
        output::line(format!(
            "    {}: {} numbers of {} images beyond {:.3}, up to {:.3} ({})",
            o.node, o.numbers, o.images, o.range, o.largest, o.image
        ))?;
    }
    output::line(format!(
        "  speed            {:.0} images/s",
        s.images_per_second
    ))
}
