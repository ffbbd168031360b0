//! Which network is run, on which polynomials and images, under which parameters.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;

use super::{
    need::{Planned, Slots},
    part::Part,
    stand_ins::StandIns,
    store::digest,
};
use crate::{
    analyze::CostTable,
    ckks::{Parameters, params::sets::NamedSet},
    cli::{
        error::{Failure, Outcome},
        files,
        net::{
            activation::{Choice, MaxPool},
            calibration::{Bounds, Calibration},
            images::Images,
            source::Source,
        },
        params::named_set,
    },
    nn::{
        Activation, Graph, NodeId, Op,
        data::{Dataset, Preprocessing},
        file, pass,
    },
};

/// The arguments that name all of that.
#[derive(Debug, Args)]
pub(super) struct NetworkArgs {
    #[command(flatten)]
    source: Source,
    /// Images: CIFAR, MNIST, ImageNet or pictures in a folder, or `synthetic:classes=10,size=32`
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// The first so many of them; all when absent
    #[arg(long, value_name = "N", requires = "data")]
    images: Option<usize>,
    /// In place of every ReLU: exact, square, relu:alpha=A, relu:degrees=D,D,…, or a file of coefficients; exact leaves a
    /// network as it is that has polynomials already
    #[arg(long, value_name = "WHAT", default_value = "exact")]
    activation: Choice,
    /// In place of every max-pool: exact, average, strided, or a ReLU of which maxima are made: relu:alpha=A,
    /// relu:degrees=D,D,…, a file of coefficients
    #[arg(long, value_name = "WHAT", default_value = "exact")]
    maxpool: MaxPool,
    #[command(flatten)]
    calibration: Calibration,
    /// Named parameters that bootstrap: `equiripple params --bootstrap` lists them
    #[arg(long, visible_alias = "params", value_name = "NAME", default_value = "deep", value_parser = named_set)]
    set: &'static NamedSet,
    /// Fewest slots of a bootstrap: ciphertexts of fewer are bootstrapped as if they had so many, which takes some time more
    /// and spares the keys of another number
    #[arg(long, value_name = "N", default_value_t = 4)]
    bootstrap_slots: usize,
}

/// What they name.
#[derive(Debug)]
pub(super) struct Network {
    /// As it was given, batch norms in its layers.
    pub(super) whole: Graph,
    pub(super) part: Part,
    /// What the client computes before it encrypts.
    pub(super) stem: Option<Graph>,
    /// The part.
    pub(super) plain: Graph,
    /// On polynomials.
    pub(super) graph: Graph,
    /// B of its quadratics.
    pub(super) ranges: BTreeMap<NodeId, f64>,
    /// What made one of the other.
    pub(super) stand_ins: StandIns,
    pub(super) data: Option<Dataset>,
    pub(super) set: &'static str,
    pub(super) parameters: Parameters,
    pub(super) slots: Slots,
}

impl NetworkArgs {
    pub(super) fn read(&self, part: &Part) -> Outcome<Network> {
        let parameters = Parameters::new(self.set.literal())?;
        if !parameters.is_secure() {
            files::warn_insecure();
        }
        let whole = plain(&self.source.read()?, &parameters)?;
        let images = self.data.clone();
        let images = images.map(|data| Images::new(data, self.images));
        let data = images.as_ref().map(Images::open).transpose()?;
        let (activation, maxpool) = (self.activation.function()?, self.maxpool.function()?);
        let stand_ins = StandIns::new(activation, maxpool, &whole, || {
            self.bounds(&whole, images.as_ref().zip(data.as_ref()))
        })?;
        let (graph, ranges) = stand_ins.put(&whole, part)?;
        Ok(Network {
            stem: part.stem(&whole)?,
            plain: part.of(&whole)?,
            whole,
            part: part.clone(),
            graph,
            ranges,
            stand_ins,
            data,
            set: self.set.name,
            parameters,
            slots: Slots {
                least: self.bootstrap_slots,
                batch: part.batch(),
            },
        })
    }

    /// The same on other activations.
    pub(super) fn on(network: &Network, activation: &Choice) -> Outcome<Network> {
        let stand_ins = network.stand_ins.on(activation.function()?);
        let (graph, ranges) = stand_ins.put(&network.whole, &network.part)?;
        Ok(Network {
            whole: network.whole.clone(),
            part: network.part.clone(),
            stem: network.stem.clone(),
            plain: network.plain.clone(),
            graph,
            ranges,
            stand_ins,
            data: network.data.clone(),
            set: network.set,
            parameters: network.parameters.clone(),
            slots: network.slots,
        })
    }

    /// In place of every ReLU.
    pub(super) const fn choice(&self) -> &Choice {
        &self.activation
    }

    pub(super) const fn set(&self) -> &'static NamedSet {
        self.set
    }

    fn bounds(&self, plain: &Graph, images: Option<(&Images, &Dataset)>) -> Outcome<Bounds> {
        if let Some((images, data)) = images {
            return self.calibration.bounds(plain, images, data);
        }
        let own = self.calibration.own_bounds(plain)?;
        own.ok_or_else(|| {
            Failure::Usage(format!(
                "the polynomials of {} hold over ranges that are still to be measured; give images by --data or --calibrate, or one range for all by --range",
                plain.name()
            ))
        })
    }
}

impl Network {
    /// The network that takes the images.
    pub(super) fn client(&self) -> &Graph {
        self.stem.as_ref().unwrap_or(&self.graph)
    }

    /// B of every activation that has one.
    pub(super) fn bounds(&self) -> BTreeMap<NodeId, f64> {
        let each = self.graph.iter().filter_map(|(id, node)| match node.op() {
            Op::Activation(Activation::Polynomial(by)) => Some((id, f64::from(by.range))),
            Op::Activation(Activation::Quadratic { .. }) => {
                self.ranges.get(&id).map(|range| (id, *range))
            }
            _ => None,
        });
        each.collect()
    }

    /// Whether the result is a list of classes, and no image of several pixels.
    pub(super) fn has_classes(&self) -> bool {
        let shape = self.graph.node(self.graph.output()).shape();
        let image = shape.image();
        image.is_none_or(|[_, height, width]| height * width == 1)
    }

    /// What is known of it before it runs; layers are encoded ahead while they take less than `encoded` bytes.
    pub(super) fn planned(&self, costs: CostTable, encoded: u64) -> Outcome<Planned<'_>> {
        let (graph, ranges) = (&self.graph, &self.ranges);
        Planned::new(graph, ranges, &self.parameters, self.slots, costs, encoded)
    }

    /// What is done to images before the network sees them: what its data say, or else what is usual.
    pub(super) fn preprocessing(&self) -> Preprocessing {
        let client = self.client();
        let input = client.node(client.input()).shape();
        let channels = input.axes().first().copied().unwrap_or(1);
        let own = self.data.as_ref().map(Dataset::preprocessing);
        own.map_or_else(|| Preprocessing::usual(channels), |own| own.fitted(input))
    }

    /// Names of the classes, where its data name them.
    pub(super) fn classes(&self) -> &[String] {
        self.data.as_ref().map_or(&[], |data| data.classes())
    }
}

/// A network with batch norms in its layers, and what acts on each number before concats.
pub(super) fn plain(given: &Graph, parameters: &Parameters) -> Outcome<Graph> {
    let folded = pass::fold_affine(&pass::remove_identities(given)?)?;
    Ok(pass::split_at_concats(
        &folded,
        parameters.log_n().max_slots(),
    )?)
}

/// SHA-256 of all that a program is made of: a network on polynomials, B of its quadratics, and parameters.
pub(super) fn program_digest(
    graph: &Graph,
    ranges: &BTreeMap<NodeId, f64>,
    parameters: &Parameters,
) -> Outcome<String> {
    let ranges: Vec<(usize, f64)> = ranges.iter().map(|(id, b)| (id.index(), *b)).collect();
    Ok(digest(&[
        &file::to_bytes(graph)?,
        &serde_json::to_vec(&ranges)?,
        &serde_json::to_vec(parameters.literal())?,
    ]))
}
