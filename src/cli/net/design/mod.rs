//! `equiripple net design`: a polynomial for each ReLU, and where to bootstrap.

mod designs;
mod layers;
mod picture;
mod report;
mod select;
mod trial;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use equiripple_reports::{plot::Rendered, write::OutputFolder};

use super::{
    calibration::Calibration,
    compare::{Measured, compared},
    images::Images,
    ranges,
    source::Source,
};
use crate::{
    analyze::CostTable,
    ckks::{Parameters, params::sets::NamedSet},
    cli::{
        error::{Failure, Outcome},
        files, number, output,
        params::named_set,
    },
    infer::Prices,
    nn::{
        Graph,
        data::Dataset,
        design::{DesignError, Piece, Plan, Problem, pieces},
        file, pass,
    },
};
use designs::Design;
use layers::{Candidate, Layer, chosen, problem};
use report::Summary;
use select::{Tried, bisected, measure};
use trial::Trial;

/// Choose a polynomial for each ReLU of a network and where to bootstrap, for the least time at a bounded loss of accuracy
///
/// Each ReLU may become one of twelve polynomials of 2 to 10 levels, fitted to what this ReLU is given on calibration images,
/// or the minimax ReLU that --uniform names. What each of them alone does to the classes is measured on --trial-images; a
/// dynamic program over levels then finds, for every price of that loss, the polynomials and bootstraps of least time. The
/// fastest of these designs is taken whose accuracy on --choosing-images misses that of the network by less than --max-loss
/// with a probability of 95 %; its biases are moved so that polynomials leave the mean of each channel where it was. Then
/// candidates are judged anew beside the design itself, as often as --rounds says.
///
/// All of these are training images. At the end the design is compared with the network on --data, which it never saw.
///
/// Before that, channels are scaled to one range: a factor of a channel moves through a ReLU from the weights before it to
/// those after, which costs nothing and leaves the network as it is.
///
/// Times are the analyzer's, of one thread, for one image: single-shot multiplexed packing, a level for each linear layer,
/// bootstraps of real slots before activations where the program puts them. The same model prices one minimax ReLU for all
/// layers.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple net design resnet20.eqr --data data/cifar-10-batches-bin --max-loss 0.5% --out design
  equiripple net design --arch resnet20 --weights resnet20.safetensors --data data/cifar-10-batches-bin --max-loss 0.01 --json
  equiripple net design net.eqr --data mine/test --calibrate mine/train --max-loss 1% --set general --uniform 12
  equiripple net accuracy design/net.eqr --data data/cifar-10-batches-bin --activation exact")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    images: Images,
    /// How much accuracy may be lost: 0.5% and 0.005 are the same
    #[arg(long, value_name = "LOSS", value_parser = loss)]
    max_loss: f64,
    /// Named parameters that bootstrap: `equiripple params --bootstrap` lists them
    #[arg(long, value_name = "NAME", default_value = "deep", value_parser = named_set)]
    set: &'static NamedSet,
    /// Precision α of the minimax ReLU that designs are compared with, and may use
    #[arg(long, value_name = "A", default_value_t = 13.0, value_parser = number::real)]
    uniform: f64,
    #[command(flatten)]
    calibration: Calibration,
    /// Least range that a channel is scaled from, as a share of its layer's; 1 leaves all channels as they are
    #[arg(long, value_name = "F", default_value_t = 0.2, value_parser = number::real)]
    channel_floor: f64,
    /// Images that each polynomial of each layer is tried on
    #[arg(long, value_name = "N", default_value_t = 512)]
    trial_images: usize,
    /// Images that designs are chosen by: more of them leave less of the bound to chance
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    choosing_images: usize,
    /// How often candidates are judged beside a design that was found, after the first time beside ReLUs
    #[arg(long, value_name = "N", default_value_t = 2)]
    rounds: usize,
    /// Folder for the design (design.json, design.md), its network (net.eqr) and a picture (front.svg, front.png)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// `0.5%` or `0.005`.
fn loss(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix('%') {
        Some(number) => (number.trim(), 0.01),
        None => (text, 1.0),
    };
    let loss = number.parse().ok().map(|x: f64| x * unit);
    loss.filter(|x| *x > 0.0 && *x < 1.0).ok_or_else(|| {
        format!("`{text}` is no loss of accuracy between 0 and 1; write 0.5% or 0.005")
    })
}

/// What a search for designs works with.
struct Search<'a> {
    plain: &'a Graph,
    pieces: Vec<Piece>,
    prices: Prices,
    /// Of nodes that are no ReLU, by level.
    priced: Vec<Vec<f64>>,
    choosing: Dataset,
    bound: f64,
}

/// What came of it.
struct Found {
    design: Tried,
    tried: Vec<Tried>,
    /// The layers as the design was chosen from, with its losses.
    layers: Vec<Layer>,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let clock = Instant::now();
        let plain = pass::fold_affine(&self.source.read()?)?;
        layers::relus(&plain)?;
        let data = self.images.open()?;
        let (training, same) = self.calibration.all(&self.images, &data)?;
        if same {
            return Err(Failure::Usage(format!(
                "{} has no training images, and a design must not be chosen by the images that it is checked on; give others by --calibrate",
                data.name()
            )));
        }
        let parameters = Parameters::new(self.set.literal())?;
        if !parameters.is_secure() {
            files::warn_insecure();
        }
        // More levels of fewer products, and fewer levels of more.
        let mut uniform = vec![];
        for degree in [31, 63] {
            uniform.push(Design::minimax(self.uniform, degree)?);
        }
        let (seen, _) = self.calibration.images(&self.images, &data)?;
        let channels = ranges::channels(&plain, &seen)?;
        let plain = pass::equalise_channels(&plain, channels.iter(), self.channel_floor)?;
        let bounds = self.calibration.bounds(&plain, &self.images, &data)?;
        let mut prices = Prices::new(parameters, 4, CostTable::shipped()?)?;
        let pieces = pieces(&plain, 1, prices.slots())?;
        let mut all = layers::layers(&plain, &pieces, &bounds, &seen, &uniform, &mut prices)?;
        let first = |count: usize| training.first(count.min(training.len()));
        let search = Search {
            plain: &plain,
            priced: layers::priced(&plain, &pieces, &prices)?,
            pieces,
            prices,
            choosing: first(self.choosing_images)?,
            bound: self.max_loss,
        };
        let trial = Trial::new(&plain, &first(self.trial_images)?)?;
        let uniform = search.uniform(&all)?;
        let found = search.run(&trial, &mut all, self.rounds)?;
        let uniform_tried = match &uniform {
            Some(plan) => Some(measure(&trial, &all, plan, &search.choosing)?),
            None => None,
        };
        let design = found.design.network.clone();
        let mut networks = vec![design.clone()];
        networks.extend(uniform_tried.iter().map(|tried| tried.network.clone()));
        let unseen: Vec<Measured> = compared(&plain, &networks, &data, "unseen images")?;
        let summary = Summary::new(
            &report::Subject {
                plain: &plain,
                training: training.name(),
                set: self.set.name,
                alpha: self.uniform,
                bound: self.max_loss,
                images: [
                    seen.len(),
                    self.trial_images.min(training.len()),
                    search.choosing.len(),
                ],
            },
            &search,
            &found,
            uniform_tried.as_ref(),
            &unseen,
            clock.elapsed().as_secs_f64(),
        )?;
        if let Some(folder) = &self.out {
            self.write(folder, &summary, &design)?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            summary.tell()?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn write(&self, folder: &Path, summary: &Summary, design: &Graph) -> Outcome<()> {
        let record = output::record("Layerwise design of polynomial activations", summary)?;
        let Rendered { svg, png } = picture::front(summary).render()?;
        let mut folder = OutputFolder::create(folder)?;
        folder.stage("design.json", record.to_json()?.as_bytes())?;
        folder.stage("design.md", summary.markdown()?.as_bytes())?;
        folder.stage("net.eqr", &file::to_bytes(design)?)?;
        folder.stage("front.svg", svg.as_bytes())?;
        folder.stage("front.png", &png)?;
        folder.commit()?;
        Ok(())
    }
}

impl Search<'_> {
    /// Of each layer the candidates that `admitted` says.
    fn problem(&self, layers: &[Layer], admitted: impl Fn(&Candidate) -> bool) -> Problem {
        let top = self.prices.top;
        let (pieces, priced) = (&self.pieces, &self.priced);
        problem(self.plain, pieces, priced, top, layers, admitted)
    }

    fn front(&self, layers: &[Layer], admitted: impl Fn(&Candidate) -> bool) -> Outcome<Vec<Plan>> {
        self.problem(layers, admitted).front().map_err(|error| match error {
            DesignError::Levels { node } => Failure::Usage(format!(
                "no polynomial for `{}` fits in the levels between two bootstraps, with the layers around it; take a set with more of them: `equiripple params --bootstrap` lists them",
                self.plain.nodes().get(node).map_or("?", |node| node.name())
            )),
            other => other.into(),
        })
    }

    /// The same minimax ReLU in all layers, bootstrapped where that is best; nothing where none fits.
    fn uniform(&self, layers: &[Layer]) -> Outcome<Option<Plan>> {
        let mut best: Option<Plan> = None;
        let designs = layers.first().map_or(&[][..], |layer| &layer.candidates);
        for design in designs.iter().map(|c| &c.design).filter(|d| !d.fitted) {
            let same = |c: &Candidate| !c.design.fitted && c.design.degrees == design.degrees;
            match self.problem(layers, same).solve(0.0) {
                Ok(plan) if best.as_ref().is_none_or(|b| plan.seconds < b.seconds) => {
                    best = Some(plan);
                }
                Ok(_) | Err(DesignError::Levels { .. }) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(best)
    }

    /// Judges candidates beside ReLUs, then beside the best design so far.
    fn run(&self, trial: &Trial<'_>, layers: &mut [Layer], rounds: usize) -> Outcome<Found> {
        let mut around = vec![None; layers.len()];
        let mut base = self.plain.clone();
        let mut tried = vec![];
        let mut best: Option<(Tried, Vec<Layer>)> = None;
        for _ in 0..=rounds {
            trial.judge(&base, layers, &around)?;
            let front = self.front(layers, |_| true)?;
            let (some, found) = bisected(trial, layers, &front, &self.choosing, self.bound)?;
            tried.extend(some);
            let Some(found) = found else {
                // Nothing on the front is within the bound; an earlier round may have found a design.
                break;
            };
            let faster = best
                .as_ref()
                .is_none_or(|(known, _)| found.plan.seconds < known.plan.seconds);
            around = chosen(&found.plan, layers);
            base = found.network.clone();
            if !faster {
                break;
            }
            best = Some((found, layers.to_vec()));
        }
        tried.sort_by(|a, b| a.plan.seconds.total_cmp(&b.plan.seconds));
        let Some((design, layers)) = best else {
            let closest = tried.iter().map(|t| t.loss());
            let (loss, most) = closest
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .unwrap_or((1.0, 1.0));
            return Err(Failure::Usage(format!(
                "no design loses less than {:.2} % of accuracy on {} images with a probability of 95 %: the best one loses {:.2} %, at most {:.2} %; admit more by --max-loss, take more --choosing-images, or a set with more levels",
                100.0 * self.bound,
                self.choosing.len(),
                100.0 * loss,
                100.0 * most
            )));
        };
        Ok(Found {
            design,
            tried,
            layers,
        })
    }
}
