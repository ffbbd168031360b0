//! `equiripple net accuracy`: what polynomials in place of activations do to a network.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::write::OutputFolder;
use serde::Serialize;

use super::{
    activation::{Choice, MaxPool},
    calibration::{Calibration, Origin},
    compare::{Measured, Outside, compared},
    images::Images,
    noise,
    noisy::{self, Noisy},
    replace::replaced,
    source::Source,
};
use crate::{
    cli::{error::Outcome, output},
    nn::{
        Graph,
        accuracy::{Comparison, Share},
        data::Dataset,
        pass,
    },
};

/// Compare a network with the same one whose activations are polynomials, over a data set
///
/// Every ReLU becomes B·r(x/B). B is its own for each layer: the largest magnitude on calibration images, times a margin;
/// or the same for all, by --range. Where a number leaves [-B, B] the polynomial is wrong there, which is told by layer.
/// Intervals are Wilson's, of 95 %.
///
/// With --noise the network runs with the errors of its encryption as well: of encrypting the images, of linear layers, of
/// bootstraps and of the polynomials' circuits, the last two as the simulator of ciphertexts has them. Images are encrypted
/// and bootstraps end at the highest level of circuits; a bootstrap comes before an activation where levels run out.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple net accuracy resnet20.eqr --data data/cifar-10-batches-bin --activation relu:alpha=13
  equiripple net accuracy resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15 --images 1000 --json
  equiripple net accuracy --arch squeezenet1_1 --weights squeezenet.safetensors --data imagenet/val --activation relu:alpha=14 --maxpool relu:alpha=14
  equiripple net accuracy resnet20.eqr --data data/cifar-10-batches-bin --activation FILE --noise deep --seed 1")]
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
    #[command(flatten)]
    calibration: Calibration,
    /// Run it once more with the noise of encryption under a named parameter set, or none; `params --bootstrap` lists sets
    #[arg(long, value_name = "none|SET", default_value = "none")]
    noise: String,
    /// What the noise is drawn from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Images on which each source of noise is tried by itself
    #[arg(long, value_name = "N", default_value_t = 1000)]
    source_images: usize,
    /// Folder for accuracy.json, the record of the outcome
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Summary {
    network: String,
    data: String,
    calibration: Origin,
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
    /// With the noise of encryption.
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<Noisy>,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let plain = pass::fold_affine(&self.source.read()?)?;
        let data = self.images.open()?;
        let folder = self.out.as_ref().map(OutputFolder::create).transpose()?;
        // Before the images: a design that cannot be made is refused at once.
        let parameters = match self.noise.as_str() {
            "none" => None,
            name => Some(noise::named(name)?),
        };
        let (relu, pool) = (self.activation.stand_in()?, self.maxpool.stand_in()?);
        let bounds = self.calibration.bounds(&plain, &self.images, &data)?;
        let other = replaced(&plain, relu.as_ref(), pool.as_ref(), &bounds)?;
        let noise = parameters.as_ref().map(|p| {
            let bound = |name: &str| f64::from(bounds.activation(name));
            noise::simulated(&other, p, self.seed, bound)
        });
        let noise = noise.transpose()?;
        let others = std::slice::from_ref(&other);
        let Some(measured) = compared(&plain, others, &data, "images")?.pop() else {
            return Ok(ExitCode::SUCCESS);
        };
        let mut summary = Summary::new(&plain, &data, bounds.origin, measured);
        if let Some(noise) = noise {
            let few = data.first(self.source_images.clamp(1, data.len()))?;
            summary.noise = Some(Noisy::new(
                (&self.noise, self.seed),
                &noise,
                &noisy::run([&plain, &other], &noise, self.seed, &data)?,
                noisy::sources(&other, &noise, self.seed, &few)?,
            ));
        }
        if let Some(mut folder) = folder {
            let mut record = output::record("A network on polynomials", &summary)?;
            record.seed = self.source.seed().or(parameters.map(|_| self.seed));
            folder.stage("accuracy.json", record.to_json()?.as_bytes())?;
            folder.commit()?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            tell(&summary)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Summary {
    fn new(plain: &Graph, data: &Dataset, calibration: Origin, measured: Measured) -> Self {
        let comparison = measured.comparison;
        let (top1, agreement) = (comparison.other.first(), comparison.agreement());
        Self {
            network: plain.name().into(),
            data: data.name().into(),
            calibration,
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
            images_per_second: measured.images_per_second,
            out_of_range: measured.out_of_range,
            outside: measured.outside,
            comparison,
            noise: None,
        }
    }
}

pub(super) fn percent(share: Share) -> String {
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
    output::line(format!("  ranges           {}", s.calibration.told()))?;
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
    ))?;
    s.noise.as_ref().map_or(Ok(()), Noisy::tell)
}
