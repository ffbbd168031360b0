//! Which network is run, on which polynomials and images, under which parameters.

use std::collections::BTreeMap;

use clap::Args;

use crate::{
    ckks::{Parameters, params::sets::NamedSet},
    cli::{
        error::{Failure, Outcome},
        files,
        net::{
            activation::{Choice, MaxPool},
            calibration::Calibration,
            images::Images,
            replace::replaced,
            source::Source,
        },
        params::named_set,
    },
    nn::{Activation, Graph, NodeId, Op, data::Dataset, inference, pass},
};

/// The arguments that name all of that.
#[derive(Debug, Args)]
pub(super) struct NetworkArgs {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    images: Images,
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
    /// Node whose result is encrypted: the client computes what is before it in the clear
    #[arg(long, value_name = "NODE")]
    from: Option<String>,
    /// Node whose result is the result, in place of the network's
    #[arg(long, value_name = "NODE")]
    to: Option<String>,
    /// Named parameters that bootstrap: `equiripple params --bootstrap` lists them
    #[arg(long, value_name = "NAME", default_value = "deep", value_parser = named_set)]
    set: &'static NamedSet,
}

/// What they name.
#[derive(Debug)]
pub(super) struct Network {
    /// What the client computes before it encrypts.
    pub(super) stem: Option<Graph>,
    /// As it was given, the rest of it where there is a stem.
    pub(super) plain: Graph,
    /// On polynomials.
    pub(super) graph: Graph,
    /// B of its quadratics.
    pub(super) ranges: BTreeMap<NodeId, f64>,
    pub(super) data: Dataset,
    pub(super) set: &'static str,
    pub(super) parameters: Parameters,
}

impl NetworkArgs {
    pub(super) fn read(&self) -> Outcome<Network> {
        let parameters = Parameters::new(self.set.literal())?;
        if !parameters.is_secure() {
            files::warn_insecure();
        }
        let plain = pass::fold_affine(&pass::remove_identities(&self.source.read()?)?)?;
        let slots = parameters.log_n().max_slots();
        let plain = pass::split_at_concats(&plain, slots)?;
        let data = self.images.open()?;
        let (relu, pool) = (self.activation.stand_in()?, self.maxpool.stand_in()?);
        let bounds = self.calibration.bounds(&plain, &self.images, &data)?;
        let graph = replaced(&plain, relu.as_ref(), pool.as_ref(), &bounds)?;
        let stem = match &self.from {
            Some(from) => Some(pass::cut(&plain, plain.input(), named(&plain, from)?)?),
            None => None,
        };
        let graph = pass::expand_max_pools(&self.part(graph)?)?;
        let plain = self.part(plain)?;
        let quadratics = graph
            .iter()
            .filter(|(_, node)| matches!(node.op(), Op::Activation(Activation::Quadratic { .. })));
        let range = |name: &str| f64::from(bounds.activation(name));
        Ok(Network {
            ranges: quadratics
                .map(|(id, node)| (id, range(node.name())))
                .collect(),
            stem,
            plain,
            graph,
            data,
            set: self.set.name,
            parameters,
        })
    }

    /// From --from to --to.
    fn part(&self, graph: Graph) -> Outcome<Graph> {
        if (&self.from, &self.to) == (&None, &None) {
            return Ok(graph);
        }
        let at = |name: &Option<String>, otherwise| match name {
            Some(name) => named(&graph, name),
            None => Ok(otherwise),
        };
        let (from, to) = (
            at(&self.from, graph.input())?,
            at(&self.to, graph.output())?,
        );
        Ok(pass::cut(&graph, from, to)?)
    }
}

/// The node of that name.
fn named(graph: &Graph, name: &str) -> Outcome<NodeId> {
    let missing = || {
        Failure::Usage(format!(
            "{} has no node `{name}`; `equiripple net show` lists its nodes, and batch norms are part of the layers before them",
            graph.name()
        ))
    };
    graph.find(name).ok_or_else(missing)
}

impl Network {
    /// The network that takes the images.
    pub(super) fn client(&self) -> &Graph {
        self.stem.as_ref().unwrap_or(&self.graph)
    }

    /// What is encrypted of an image.
    pub(super) fn given(&self, image: &[f32]) -> Outcome<Vec<f32>> {
        match &self.stem {
            Some(stem) => Ok(inference::Network::<f32>::new(stem)?.run(image)?.logits),
            None => Ok(image.to_vec()),
        }
    }

    /// Whether the result is a list of classes, and no image of several pixels.
    pub(super) fn has_classes(&self) -> bool {
        let shape = self.graph.node(self.graph.output()).shape();
        shape
            .image()
            .is_none_or(|[_, height, width]| height * width == 1)
    }
}
