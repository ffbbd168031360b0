//! A network with the noise of encryption: which node errs by how much, and images that run with it.
//!
//! Every number x is in a slot of a ciphertext as x/B, with B the range of the activation that takes it next. Errors of
//! slots are multiplied by B to be those of the network. A tensor of E numbers has the next power of two of slots, at most
//! N/2, and number j is in slot j modulo that.
//!
//! | source | node | variance of the real part of a slot |
//! | --- | --- | --- |
//! | encryption | input | encryption under the public key |
//! | linear | convolution, linear, pool, product | key switches, roundings of diagonals, rescaling: see [`Linear`](Source::Linear) |
//! | bootstrap | what gives an activation its argument, where [`schedule`] has a bootstrap | as simulated |
//! | activation | activation, max-pool by a polynomial | as simulated, by the argument: the circuit amplifies what happens near 0 |
//!
//! Each is an even part and one that goes with |s(ζ)|²/h of the slot ([`Law`]), which is the same for all images and layers
//! of one key. Errors are Gaussian given that. A max-pool by a polynomial errs in each of its rounds by a bootstrap and an
//! activation, at the mean over arguments.

mod error;
mod laws;
mod linear;
mod noisy;
mod schedule;

pub use error::NoiseError;
pub use laws::{Law, Laws};
pub use noisy::Noisy;
pub use schedule::{Step, schedule};

use super::{Activation, Graph, Node, NodeId, Op};
use crate::{
    circuit::{Scheme, activation::Activation as Form, noise::Noise},
    quantity::{Level, LogN},
};
use serde::Serialize;
use std::sync::Arc;

/// What makes an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Encryption of the images.
    Encryption,
    /// Linear layers, as one transform by baby steps and giant steps with as many diagonals K as a sum has terms:
    /// key errors of the rotations times the weights, the rounding of K diagonals at |x/B| ≤ 1, ⌈√K⌉ giant steps, one
    /// rescaling. Pools and products as far as they take a level.
    Linear,
    /// Bootstrapping.
    Bootstrap,
    /// Evaluating polynomials.
    Activation,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Encryption,
        Self::Linear,
        Self::Bootstrap,
        Self::Activation,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encryption => "encryption",
            Self::Linear => "linear layers",
            Self::Bootstrap => "bootstrapping",
            Self::Activation => "activations",
        }
    }
}

/// One error of a node's result, in the units of the network.
#[derive(Debug, Clone)]
pub struct Term {
    /// What makes it.
    pub source: Source,
    /// By the argument of an activation over its range, in bins of equal width from −1 to 1; one where it is the same
    /// everywhere.
    pub laws: Vec<Law>,
    /// B: divided by it, an error is that of a slot, and an argument is in [−1, 1].
    pub range: f64,
}

impl Term {
    /// The root of the mean variance, in slots.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        let sum: f64 = self.laws.iter().map(|law| law.total()).sum();
        (sum / self.laws.len().max(1) as f64).sqrt() / self.range
    }
}

/// All errors of a node's result.
#[derive(Debug, Clone, Default)]
struct Terms {
    terms: Vec<Term>,
    /// |s(ζ)|²/h of the slots.
    squares: Arc<[f64]>,
}

/// The errors of a whole network.
#[derive(Debug, Clone)]
pub struct NetworkNoise {
    nodes: Vec<Terms>,
    steps: Vec<Step>,
    bootstraps: usize,
}

/// The parameters that a network is to run under.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// Moduli and scales.
    pub scheme: &'a Scheme,
    /// Where a bootstrap ends, and images are encrypted.
    pub top: Level,
    /// Where a bootstrap begins.
    pub floor: Level,
}

impl NetworkNoise {
    /// The errors of every node, its batch norms folded. `bound` gives B of a quadratic by its name; polynomials know
    /// theirs.
    ///
    /// # Errors
    /// When a node has no circuit, or levels do not suffice between two bootstraps; what `laws` refuses.
    pub fn new<L: Laws>(
        graph: &Graph,
        setting: &Setting<'_>,
        bound: impl Fn(&str) -> f64,
        laws: &mut L,
    ) -> Result<Self, L::Error> {
        let steps = schedule(graph, setting.top, setting.floor)?;
        let ranges = ranges(graph, &bound);
        let mut nodes: Vec<Terms> = vec![];
        for (id, node) in graph.iter() {
            let slots = slots(node, setting.scheme.log_n());
            nodes.push(Terms {
                terms: own(graph, id, &steps, &ranges, setting, laws)?,
                squares: laws.squares(slots),
            });
        }
        let mut bootstraps = 0;
        for (id, node) in graph.iter() {
            let argument = node.inputs().first().copied();
            let Some(argument) = argument.filter(|_| steps[id.index()].bootstrapped) else {
                continue;
            };
            // A pool's own errors have those of its bootstraps.
            if let Op::MaxPool { window, .. } = node.op() {
                bootstraps += window.rounds() as usize;
                continue;
            }
            let slots = slots(graph.node(argument), setting.scheme.log_n());
            let range = ranges[id.index()].taken;
            let terms = &mut nodes[argument.index()].terms;
            // Once for all that take it.
            if terms.iter().all(|term| term.source != Source::Bootstrap) {
                bootstraps += 1;
                terms.push(Term {
                    source: Source::Bootstrap,
                    laws: vec![laws.bootstrap(slots)?.times(range * range)],
                    range,
                });
            }
        }
        Ok(Self {
            nodes,
            steps,
            bootstraps,
        })
    }

    /// Only what one source makes.
    #[must_use]
    pub fn only(&self, source: Source) -> Self {
        let mut one = self.clone();
        for node in &mut one.nodes {
            node.terms.retain(|term| term.source == source);
        }
        one
    }

    /// The errors of every node.
    pub fn terms(&self) -> impl Iterator<Item = (usize, &Term)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.flat_map(|(k, node)| node.terms.iter().map(move |term| (k, term)))
    }

    /// Levels and bootstraps of every node.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many tensors are bootstrapped for an image; a pool's rounds count each.
    #[must_use]
    pub fn bootstraps(&self) -> usize {
        self.bootstraps
    }

    /// Root mean square of the deviations of a source's terms, in slots; none where it makes none.
    #[must_use]
    pub fn deviation(&self, source: Source) -> Option<f64> {
        let of = |(_, term): (usize, &Term)| (term.source == source).then(|| term.deviation());
        let all: Vec<f64> = self.terms().filter_map(of).collect();
        let squares: f64 = all.iter().map(|d| d * d).sum();
        (!all.is_empty()).then(|| (squares / all.len() as f64).sqrt())
    }
}

/// Slots of a node's result.
fn slots(node: &Node, log_n: LogN) -> usize {
    let elements = node.shape().elements().unwrap_or(1).max(4);
    elements.next_power_of_two().min(log_n.max_slots())
}

/// B of a node's arguments, and of its result.
#[derive(Debug, Clone, Copy)]
struct Scaling {
    taken: f64,
    given: f64,
}

/// An activation's own B is that of its argument; a result has the B of who takes it next, the logits that of the last
/// activation, images none.
fn ranges(graph: &Graph, bound: &impl Fn(&str) -> f64) -> Vec<Scaling> {
    let own = |node: &Node| match node.op() {
        Op::Activation(Activation::Polynomial(by)) | Op::MaxPool { by: Some(by), .. } => {
            Some(f64::from(by.range))
        }
        Op::Activation(_) => Some(bound(node.name())),
        _ => None,
    };
    let nodes = graph.nodes();
    let mut given: Vec<Option<f64>> = vec![None; nodes.len()];
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        if let Some(range) = own(node).or(given[id.index()]) {
            for input in node.inputs() {
                given[input.index()].get_or_insert(range);
            }
        }
    }
    let mut scalings: Vec<Scaling> = vec![];
    for (id, node) in graph.iter() {
        let before = node
            .inputs()
            .first()
            .map_or(1.0, |x| scalings[x.index()].given);
        let last = own(node).unwrap_or(before);
        scalings.push(Scaling {
            taken: own(node).unwrap_or(before),
            given: if matches!(node.op(), Op::Input) {
                1.0
            } else {
                given[id.index()].unwrap_or(last)
            },
        });
    }
    scalings
}

/// What a node adds to its own result.
fn own<L: Laws>(
    graph: &Graph,
    id: NodeId,
    steps: &[Step],
    ranges: &[Scaling],
    setting: &Setting<'_>,
    laws: &mut L,
) -> Result<Vec<Term>, L::Error> {
    let (node, step, scaling) = (graph.node(id), &steps[id.index()], ranges[id.index()]);
    let scheme = setting.scheme;
    let (noise, slots) = (Noise::new(scheme), slots(node, scheme.log_n()));
    let term = |source, laws, range| Term {
        source,
        laws,
        range,
    };
    Ok(match node.op() {
        Op::Input => {
            let (variance, scale) = (noise.public_key_encryption(), scheme.scale(setting.top));
            let law = Law::of(&noise, variance, slots, scale);
            vec![term(Source::Encryption, vec![law], 1.0)]
        }
        Op::Activation(Activation::Polynomial(by)) => {
            let range = f64::from(by.range);
            let simulated = laws.activation(&by.table, Form::Table, slots, step.start)?;
            let scaled = simulated.iter().map(|law| law.times(range * range));
            vec![term(Source::Activation, scaled.collect(), range)]
        }
        Op::Activation(Activation::Quadratic { a, .. }) if *a != 0.0 => {
            let factor = f64::from(*a) * scaling.taken * scaling.taken;
            let variance = noise.key_switch_rescale(step.start);
            let law = Law::of(&noise, variance, slots, scheme.scale(step.level));
            let law = law.times(factor * factor);
            vec![term(Source::Activation, vec![law], scaling.taken)]
        }
        Op::MaxPool {
            window,
            by: Some(by),
        } => {
            let range = f64::from(by.range);
            let simulated = laws.activation(&by.table, Form::Max, slots, step.start)?;
            let mean = Law::mean(&simulated) + laws.bootstrap(slots)?;
            let law = mean.times(f64::from(window.rounds()) * range * range);
            vec![term(Source::Activation, vec![law], range)]
        }
        _ => linear::law(graph, id, (step, scaling), slots, scheme)
            .into_iter()
            .map(|law| term(Source::Linear, vec![law], scaling.given))
            .collect(),
    })
}
