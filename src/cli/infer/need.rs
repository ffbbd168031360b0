//! Keys, memory and operations of a program, before any of it is made.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    analyze::CostTable,
    ckks::{
        BootstrapMemory, Context, Parameters,
        keys::{BootstrapKey, EncapsulationKeys, KeyRequest},
        memory::switching_key_bytes,
    },
    cli::{error::Outcome, memory},
    infer::{Forecast, Plans, Prices, Program, ahead},
    nn::{Graph, NodeId, lower::Stage},
};

/// Bytes by what they are for.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Memory {
    pub(super) key_bytes: u64,
    /// Of encoded bootstraps.
    pub(super) bootstrap_bytes: u64,
    /// Of layers that are encoded ahead.
    pub(super) layer_bytes: u64,
    /// Of what is computed, as modelled.
    pub(super) working_bytes: u64,
}

impl Memory {
    /// All of it.
    pub(super) const fn bytes(&self) -> u64 {
        self.key_bytes + self.bootstrap_bytes + self.layer_bytes + self.working_bytes
    }

    const fn parts(&self) -> [(&'static str, u64); 4] {
        [
            ("keys", self.key_bytes),
            ("bootstraps", self.bootstrap_bytes),
            ("layers that are encoded ahead", self.layer_bytes),
            ("what is computed", self.working_bytes),
        ]
    }

    /// Whether it is within `most` bytes or, without a bound, within what the machine has left.
    pub(super) fn fits(&self, most: Option<u64>) -> bool {
        let most = most.or_else(memory::available);
        most.is_none_or(|most| self.bytes() <= most)
    }

    /// Refuses what does not fit.
    pub(super) fn check(&self, most: Option<u64>) -> Outcome<()> {
        memory::fits(
            "this network",
            &self.parts(),
            most,
            "lower --encoded-memory, take a smaller set or polynomials of fewer levels: `equiripple infer plan --alternatives` compares them",
        )
    }

    /// The same in words.
    pub(super) fn told(&self) -> String {
        let parts = self.parts();
        let parts = parts
            .iter()
            .map(|(name, bytes)| format!("{} for {name}", memory::human(*bytes)));
        format!(
            "{} of memory: {}",
            memory::human(self.bytes()),
            parts.collect::<Vec<_>>().join(", ")
        )
    }
}

/// How often slots are rotated or conjugated for one image, or a batch of them.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Rotations {
    pub(super) layers: u64,
    pub(super) bootstraps: u64,
}

/// What a program takes.
pub(super) struct Need {
    /// Besides those of the ephemeral secret.
    pub(super) keys: Vec<(BootstrapKey, KeyRequest)>,
    pub(super) memory: Memory,
    /// Of all layers, encoded ahead or not.
    pub(super) all_layer_bytes: u64,
    /// Of every node that does something.
    pub(super) nodes: Vec<Forecast>,
}

impl Need {
    /// With layers encoded ahead while they take less than `encoded` bytes.
    pub(super) fn new(
        program: &Program<'_>,
        context: &Context,
        plans: &Plans,
        prices: &Prices,
        encoded: u64,
    ) -> Outcome<Self> {
        let listed: Vec<_> = plans.values().collect();
        let keys = program.keys(context, &listed, prices.special())?;
        let mut key_bytes = EncapsulationKeys::size(context)?;
        for (_, request) in &keys {
            key_bytes += switching_key_bytes(context, *request)?;
        }
        let bootstraps = BootstrapMemory::new(context, &listed, rayon::current_num_threads())?;
        let nodes = program.forecast(prices, context, &keys, plans)?;
        Ok(Self {
            keys,
            memory: Memory {
                key_bytes,
                bootstrap_bytes: bootstraps.transform_bytes,
                layer_bytes: ahead(&nodes, encoded),
                working_bytes: bootstraps.working_bytes + bootstraps.table_bytes,
            },
            all_layer_bytes: nodes.iter().map(|node| node.encoded_bytes).sum(),
            nodes,
        })
    }

    /// Of a node.
    pub(super) fn node(&self, id: NodeId) -> Option<&Forecast> {
        self.nodes.iter().find(|node| node.node == id)
    }

    /// Modelled seconds of one thread.
    pub(super) fn seconds(&self) -> f64 {
        self.nodes.iter().map(|node| node.seconds).sum()
    }

    pub(super) fn rotations(&self, program: &Program<'_>) -> Rotations {
        let stages = program.lowered().stages();
        let (mut layers, mut bootstraps) = (0, 0);
        for node in &self.nodes {
            match stages[node.node.index()] {
                Stage::Linear(_) => layers += node.rotations,
                _ => bootstraps += node.rotations,
            }
        }
        Rotations { layers, bootstraps }
    }
}

/// How slots are used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slots {
    /// Fewest of a bootstrap.
    pub(super) least: usize,
    /// Images that share ciphertexts.
    pub(super) batch: usize,
}

impl Slots {
    /// What is encrypted at once.
    pub(super) fn told(&self) -> String {
        match self.batch {
            1 => "one image".into(),
            batch => format!("{batch} images"),
        }
    }
}

/// A program with all that is known of it before it runs.
pub(super) struct Planned<'g> {
    pub(super) prices: Prices,
    pub(super) program: Program<'g>,
    pub(super) context: Context,
    pub(super) plans: Plans,
    pub(super) need: Need,
    /// Between two bootstraps; of fresh ciphertexts where there are none.
    pub(super) levels: usize,
}

impl<'g> Planned<'g> {
    /// Under these parameters, by times of `costs`; `ranges` are the B of quadratics, and layers are encoded ahead as
    /// [`Need::new`] says.
    pub(super) fn new(
        graph: &'g Graph,
        ranges: &BTreeMap<NodeId, f64>,
        parameters: &Parameters,
        slots: Slots,
        costs: CostTable,
        encoded: u64,
    ) -> Outcome<Self> {
        let mut prices = Prices::new(parameters.clone(), slots.least, costs)?;
        let program = Program::new(graph, &mut prices, ranges, slots.batch)?;
        let context = Context::new(parameters.clone())?;
        let plans = program.plans(parameters)?;
        let need = Need::new(&program, &context, &plans, &prices, encoded)?;
        let between = plans.values().map(|plan| plan.levels_left() as usize).min();
        Ok(Self {
            levels: between.unwrap_or(program.top()),
            prices,
            program,
            context,
            plans,
            need,
        })
    }
}
