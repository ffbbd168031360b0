//! Which network is run, on which polynomials and images, under which parameters.

use std::collections::BTreeMap;

use clap::Args;

use crate::{
    ckks::{Parameters, params::sets::NamedSet},
    cli::{
        error::Outcome,
        files,
        net::{
            activation::{Choice, MaxPool},
            calibration::{Bounds, Calibration},
            images::Images,
            replace::replaced,
            source::Source,
        },
        params::named_set,
    },
    nn::{Activation, Graph, NodeId, Op, data::Dataset, pass},
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
    /// In place of every max-pool: exact, average, strided
    #[arg(long, value_name = "WHAT", default_value = "exact")]
    maxpool: MaxPool,
    #[command(flatten)]
    calibration: Calibration,
    /// Named parameters that bootstrap: `equiripple params --bootstrap` lists them
    #[arg(long, value_name = "NAME", default_value = "deep", value_parser = named_set)]
    set: &'static NamedSet,
    /// Fewest slots of a bootstrap: ciphertexts of fewer are bootstrapped as if they had so many, which takes some time more
    /// and spares the keys of another number
    #[arg(long, value_name = "N", default_value_t = 4)]
    bootstrap_slots: usize,
}

/// What they name.
#[derive(Debug)]
pub(super) struct Network {
    /// As it was given.
    pub(super) plain: Graph,
    /// On polynomials.
    pub(super) graph: Graph,
    /// B of its quadratics.
    pub(super) ranges: BTreeMap<NodeId, f64>,
    pub(super) data: Dataset,
    pub(super) set: &'static str,
    pub(super) parameters: Parameters,
    /// Fewest slots of a bootstrap.
    pub(super) bootstrap_slots: usize,
    bounds: Bounds,
}

impl NetworkArgs {
    pub(super) fn read(&self) -> Outcome<Network> {
        let parameters = Parameters::new(self.set.literal())?;
        if !parameters.is_secure() {
            files::warn_insecure();
        }
        let plain = pass::fold_affine(&pass::remove_identities(&self.source.read()?)?)?;
        let data = self.images.open()?;
        let bounds = self.calibration.bounds(&plain, &self.images, &data)?;
        let (graph, ranges) = self.replaced(&plain, &bounds, &self.activation)?;
        Ok(Network {
            plain,
            graph,
            ranges,
            data,
            set: self.set.name,
            parameters,
            bootstrap_slots: self.bootstrap_slots,
            bounds,
        })
    }

    /// The same on other activations.
    pub(super) fn on(&self, network: &Network, activation: &Choice) -> Outcome<Network> {
        let (graph, ranges) = self.replaced(&network.plain, &network.bounds, activation)?;
        Ok(Network {
            plain: network.plain.clone(),
            graph,
            ranges,
            data: network.data.clone(),
            set: network.set,
            parameters: network.parameters.clone(),
            bootstrap_slots: network.bootstrap_slots,
            bounds: network.bounds.clone(),
        })
    }

    /// In place of every ReLU.
    pub(super) const fn choice(&self) -> &Choice {
        &self.activation
    }

    pub(super) const fn set(&self) -> &'static NamedSet {
        self.set
    }

    /// On polynomials, and the B of quadratics.
    fn replaced(
        &self,
        plain: &Graph,
        bounds: &Bounds,
        activation: &Choice,
    ) -> Outcome<(Graph, BTreeMap<NodeId, f64>)> {
        let (relu, pool) = (activation.stand_in()?, self.maxpool.stand_in()?);
        let graph = replaced(plain, relu.as_ref(), pool.as_ref(), bounds)?;
        let quadratics = graph
            .iter()
            .filter(|(_, node)| matches!(node.op(), Op::Activation(Activation::Quadratic { .. })));
        let range = |name: &str| f64::from(bounds.activation(name));
        let ranges = quadratics
            .map(|(id, node)| (id, range(node.name())))
            .collect();
        Ok((graph, ranges))
    }
}
