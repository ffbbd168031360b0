//! A network with the noise of encryption: which node errs by how much, and images that run with it.
//!
//! Every number x is in a slot of a ciphertext as x/f, with f that of [`lower`](super::lower): the range of the activation that
//! takes it next, or of the largest one that a chain of sums goes to. Errors of slots are multiplied by f to be those of the
//! network. A tensor of E numbers has the next power of two of slots, at most
//! N/2, and number j is in slot j modulo that.
//!
//! | source | node | variance of the real part of a slot |
//! | --- | --- | --- |
//! | encryption | input | encryption under the public key |
//! | linear | convolution, linear, pool, product | key switches, roundings of diagonals, rescaling: see [`Linear`](Source::Linear) |
//! | bootstrap | what gives an activation its argument, before shifts, where [`schedule`] has a bootstrap: a sum is bootstrapped for all that take it | as simulated |
//! | activation | activation, max-pool by a polynomial | as simulated, by the argument: the circuit amplifies what happens near 0 |
//!
//! Each is an even part and one that goes with |s(ζ)|²/h of the slot ([`Law`]), which is the same for all images and layers
//! of one key. Errors are Gaussian given that. A max-pool by a polynomial errs in each of its rounds by a bootstrap and an
//! activation, at the mean over arguments.

mod error;
mod laws;
mod linear;
mod noisy;
mod own;
mod scaling;
mod schedule;
mod term;

pub use error::NoiseError;
pub use laws::{Law, Laws};
pub use noisy::Noisy;
pub use schedule::{Step, schedule};
pub use term::{Source, Term};

use super::{Graph, NodeId, Op};
use crate::{circuit::Scheme, quantity::Level};
use own::{own, slots};
use scaling::scalings;
use std::sync::Arc;

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
        let scalings = scalings(graph, &bound);
        let mut nodes: Vec<Terms> = vec![];
        for (id, node) in graph.iter() {
            let slots = slots(node, setting.scheme.log_n());
            nodes.push(Terms {
                terms: own(graph, id, &steps, &scalings, setting, laws)?,
                squares: laws.squares(slots),
            });
        }
        let mut bootstraps = 0;
        for (id, node) in graph.iter() {
            let argument = node.inputs().first();
            let Some(argument) = argument.filter(|_| steps[id.index()].bootstrapped) else {
                continue;
            };
            let argument = before_shifts(graph, *argument);
            // A pool's own errors have those of its bootstraps.
            if let Op::MaxPool { window, .. } = node.op() {
                bootstraps += window.rounds() as usize;
                continue;
            }
            let slots = slots(graph.node(argument), setting.scheme.log_n());
            let range = scalings[argument.index()].given;
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

/// What is shifted alone to be this result: it is bootstrapped in its place, for all that take it.
fn before_shifts(graph: &Graph, mut id: NodeId) -> NodeId {
    while let [input] = graph.node(id).inputs()
        && graph.node(id).op().is_shift()
    {
        id = *input;
    }
    id
}
