//! A network as steps over ciphertexts: what each node does there, where its numbers lie and by what they are divided.
//!
//! A node's result v is held as v/f. An activation by a polynomial y = B·r(x/B) takes x/B and gives r, so f = B before and
//! after it; layers with weights take any f before and after them into these, a sum multiplies its terms, and what no
//! activation takes has f = 1. A quadratic a·x² + b·x + c on x = f·x′ gives a·f²·(x′² + b/(a·f)·x′ + c/(a·f²)): its f is
//! a·f², and one level is all that it takes.
//!
//! What [`views`] names is not computed: a linear node that takes a concat has one matrix for each of its parts, and one sum
//! of their products.

mod ends;
mod error;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by it")]
mod tests;

pub use ends::{Packing, Reading};
pub use error::LowerError;

use crate::{
    circuit::{CircuitError, activation},
    nn::{
        Activation, Graph, Node, NodeId, Op,
        design::{Transform, pieces},
        packing::{Block, Layout, Rows, Tiling, is_linear, views},
    },
};
use equiripple_approx::evaltree::{Dag, InputLevel, Node as Step};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// What a node does on ciphertexts.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Takes the images.
    Input,
    /// Nothing: whoever takes it reads the results of these nodes, through views.
    View(Vec<NodeId>),
    /// The sum of a matrix times each of these results, and a bias; [`Lowered::matrix`] makes them.
    Linear(Vec<NodeId>),
    /// The sum of results, each times a factor.
    Sum([(NodeId, f64); 2]),
    /// The sum of a result and numbers that are known; [`Lowered::shift`] gives them.
    Shift(NodeId),
    /// Known numbers, which sums take.
    Constant,
    /// A polynomial of each number.
    Polynomial(NodeId, Dag<f64>),
}

/// A network lowered for ciphertexts of so many slots.
///
/// ```
/// use equiripple::nn::{Activation, GraphError, arch::Architecture, lower::{Lowered, Stage}, pass};
/// let net = pass::fold_affine(&"resnet20".parse::<Architecture>()?.random(1)?)?;
/// let square = Activation::Quadratic { a: 0.1, b: 0.5, c: 0.2 };
/// let net = pass::replace_activations(&net, |_, _| Ok::<_, GraphError>(Some(square.clone())))?;
/// let lowered = Lowered::new(&net, 1, 1 << 15, &Default::default())?;
/// let linear = lowered.stages().iter().filter(|stage| matches!(stage, Stage::Linear(_)));
/// // 19 convolutions, two shortcuts and the last layer, which has the mean of all pixels in it.
/// assert_eq!(linear.count(), 22);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Lowered<'g> {
    graph: &'g Graph,
    slots: usize,
    batch: usize,
    layouts: Vec<Layout>,
    views: Vec<bool>,
    factors: Vec<f64>,
    bounded: Vec<bool>,
    stages: Vec<Stage>,
    /// Worked out once they are asked for: prices, keys and forecasts do.
    transforms: Vec<OnceLock<Vec<Transform>>>,
}

/// What a linear node is for one ciphertext of its result.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The matrices, by the ciphertexts of the arguments.
    pub blocks: Vec<Block>,
    /// One period of what is added; nothing where that is 0 everywhere.
    pub bias: Vec<f64>,
}

impl<'g> Lowered<'g> {
    /// Lowers a network whose activations are polynomials, for ciphertexts of `slots` slots that a `batch` of images shares, a
    /// power of two. `ranges` are the B of quadratics, which have none of their own: |x| ≤ B is what a bootstrap before them takes.
    ///
    /// # Errors
    /// When a node has no counterpart on ciphertexts, or the ranges of activations contradict each other.
    pub fn new(
        graph: &'g Graph,
        batch: usize,
        slots: usize,
        ranges: &BTreeMap<NodeId, f64>,
    ) -> Result<Self, LowerError> {
        if !batch.is_power_of_two() || batch > slots {
            return Err(LowerError::Batch { batch, slots });
        }
        let pieces = pieces(graph, batch, slots)?;
        let views = views(graph);
        let mut lowered = Self {
            factors: factors(graph, &views, ranges),
            bounded: bounded(graph, ranges),
            layouts: pieces.into_iter().map(|piece| piece.layout).collect(),
            graph,
            slots,
            batch,
            views,
            stages: vec![],
            transforms: vec![OnceLock::new(); graph.nodes().len()],
        };
        for (id, node) in graph.iter() {
            let stage = lowered.stage(id, node)?;
            lowered.stages.push(stage);
        }
        Ok(lowered)
    }

    /// The network.
    #[must_use]
    pub const fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Of every node, in the graph's order.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Where the result of a node that is no view lies.
    #[must_use]
    pub fn layout(&self, id: NodeId) -> &Layout {
        &self.layouts[id.index()]
    }

    /// f of a node.
    #[must_use]
    pub fn factor(&self, id: NodeId) -> f64 {
        self.factors[id.index()]
    }

    /// Whether all |v/f| ≤ 1 at a node by the range of an activation.
    #[must_use]
    pub fn is_bounded(&self, id: NodeId) -> bool {
        self.bounded[id.index()]
    }

    /// Images that share ciphertexts.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.batch
    }

    /// Slots of a ciphertext.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// Where entries of a linear node's matrix lie.
    #[must_use]
    pub fn tiling(&self, id: NodeId) -> Tiling {
        let rows = self.rows(id);
        let from = rows.bases().iter().map(|base| *self.layout(*base));
        Tiling::new(from.collect(), *self.layout(id), self.slots)
    }

    /// The matrix and the bias of a linear node, for one ciphertext of its result.
    ///
    /// # Errors
    /// When an entry is not finite.
    pub fn matrix(&self, id: NodeId, result: usize) -> Result<Matrix, CircuitError> {
        let rows = self.rows(id);
        let factors = rows.bases().iter();
        let factors: Vec<f64> = factors
            .map(|base| self.factor(*base) / self.factor(id))
            .collect();
        let blocks = self.tiling(id).blocks(&rows, result, &factors)?;
        let mut bias = self.placed(id, result, |element| rows.bias(element));
        if bias.iter().all(|x| *x == 0.0) {
            bias.clear();
        }
        Ok(Matrix { blocks, bias })
    }

    /// The work of a linear node: a transform for each set of diagonals that its blocks have.
    #[must_use]
    pub fn transforms(&self, id: NodeId) -> &[Transform] {
        self.transforms[id.index()].get_or_init(|| self.worked_out(id))
    }

    fn worked_out(&self, id: NodeId) -> Vec<Transform> {
        let (rows, tiling) = (self.rows(id), self.tiling(id));
        let results = (0..tiling.results()).into_par_iter();
        let blocks = results.map(|result| tiling.diagonals(&rows, result));
        let mut alike: BTreeMap<Vec<usize>, Vec<[usize; 2]>> = BTreeMap::new();
        for (place, diagonals) in blocks.collect::<Vec<_>>().into_iter().flatten() {
            let arguments = alike.entry(diagonals.into_iter().collect()).or_default();
            arguments.push([place.part, place.argument]);
        }
        let transforms = alike.into_iter().enumerate();
        let transforms = transforms.map(|(k, (diagonals, arguments))| Transform {
            slots: tiling.slots(),
            diagonals,
            blocks: arguments.len(),
            folds: tiling.folds().len(),
            arguments: arguments.into_iter().collect::<BTreeSet<_>>().len(),
            // Sums of all blocks are finished once.
            results: if k == 0 { tiling.results() } else { 0 },
        });
        transforms.collect()
    }

    fn rows(&self, id: NodeId) -> Rows<'_> {
        Rows::new(self.graph, &self.views, id)
    }

    /// The nodes that hold the network's result: one, or several where it joins some. Whoever decrypts reads them through
    /// views.
    #[must_use]
    pub fn results(&self) -> Vec<NodeId> {
        let output = self.graph.output();
        match &self.stages[output.index()] {
            Stage::View(from) => from.clone(),
            _ => vec![output],
        }
    }

    /// Slots of every ciphertext of the network's result; what has a smaller period repeats there.
    #[must_use]
    pub fn result_slots(&self) -> usize {
        let results = self.results().into_iter();
        let periods = results.map(|id| self.layout(id).period(self.slots));
        periods.max().unwrap_or(self.slots)
    }

    /// What is added to each ciphertext of the argument of a [`Stage::Shift`], one period.
    #[must_use]
    pub fn shift(&self, id: NodeId) -> Vec<Vec<f64>> {
        let node = self.graph.node(id);
        let values = match (node.op(), constant(self.graph, node)) {
            (Op::Affine { shift, .. }, _) => shift.values(),
            (_, Some((_, values))) => values,
            _ => &[],
        };
        // A number for each channel, or for each element.
        let each = node.shape().elements().unwrap_or(0) / values.len().max(1);
        let value = |element: usize| values.get(element / each.max(1));
        let number = |element: usize| value(element).map_or(0.0, |x| f64::from(*x));
        let ciphertexts = self.layout(id).ciphertexts(self.slots);
        (0..ciphertexts)
            .map(|k| self.placed(id, k, number))
            .collect()
    }

    /// Numbers of a node's elements, divided by its f, in the slots of one of its ciphertexts: one period.
    fn placed(&self, id: NodeId, ciphertext: usize, number: impl Fn(usize) -> f64) -> Vec<f64> {
        let layout = self.layout(id);
        let period = layout.period(self.slots);
        let mut slots = vec![0.0; period];
        for element in 0..self.graph.node(id).shape().elements().unwrap_or(0) {
            let place = layout.place(element);
            if place / period == ciphertext {
                let first = place % period;
                slots[first..first + self.batch].fill(number(element) / self.factor(id));
            }
        }
        slots
    }

    fn stage(&self, id: NodeId, node: &Node) -> Result<Stage, LowerError> {
        let refused = |remedy| LowerError::Operation {
            node: node.name().into(),
            op: node.op().name(),
            remedy,
        };
        if node.inputs().is_empty() {
            return match node.op() {
                Op::Input => Ok(Stage::Input),
                _ => Ok(Stage::Constant),
            };
        }
        let bases = || self.rows(id).bases().to_vec();
        if self.views[id.index()] {
            return Ok(Stage::View(bases()));
        }
        match node.op() {
            Op::Affine { .. } if node.op().is_shift() => Ok(Stage::Shift(node.inputs()[0])),
            Op::Pad { value, .. } if *value != 0.0 => Err(refused("pad with zeros")),
            Op::Add if let Some((term, _)) = constant(self.graph, node) => {
                if self.views[term.index()] || self.layout(term) != self.layout(id) {
                    return Err(refused("bring both terms to the same shape before it"));
                }
                Ok(Stage::Shift(term))
            }
            Op::Add => {
                let terms = [0, 1].map(|k| {
                    let term = node.inputs()[k];
                    (term, self.factor(term) / self.factor(id))
                });
                let like = |(term, _): &(NodeId, f64)| self.layout(*term) == self.layout(id);
                if !terms.iter().all(like) {
                    return Err(refused("bring both terms to the same shape before it"));
                }
                Ok(Stage::Sum(terms))
            }
            Op::Activation(activation) => self.polynomial(id, node, activation),
            _ if is_linear(self.graph, id) => Ok(Stage::Linear(bases())),
            _ => Err(refused("take another layer in its place")),
        }
    }

    fn polynomial(
        &self,
        id: NodeId,
        node: &Node,
        activation: &Activation,
    ) -> Result<Stage, LowerError> {
        let input = node.inputs()[0];
        let found = self.factor(input);
        match activation {
            Activation::Polynomial(polynomial) => {
                let need = f64::from(polynomial.range);
                if (found / need - 1.0).abs() > 1e-6 {
                    return Err(LowerError::Range {
                        node: node.name().into(),
                        input: self.graph.node(input).name().into(),
                        found,
                        need,
                    });
                }
                let circuit =
                    activation::from_table(&polynomial.table, activation::Activation::Table)?;
                Ok(Stage::Polynomial(input, circuit))
            }
            Activation::Quadratic { a, b, c } if *a != 0.0 => {
                let (a, b, c) = (f64::from(*a), f64::from(*b), f64::from(*c));
                let square = quadratic(b / (a * found), c / self.factor(id));
                Ok(Stage::Polynomial(
                    input,
                    square.map_err(CircuitError::from)?,
                ))
            }
            _ => Err(LowerError::Operation {
                node: node.name().into(),
                op: node.op().name(),
                remedy: "put a polynomial in its place: `net accuracy --activation` says how",
            }),
        }
    }
}

/// x² + b·x + c, in one level.
fn quadratic(b: f64, c: f64) -> Result<Dag<f64>, equiripple_approx::ApproxError> {
    let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
    let square = dag.push(Step::Mul(0, 0))?;
    if b != 0.0 {
        let linear = dag.push(Step::MulScalar(0, b))?;
        dag.push(Step::Add(square, linear))?;
    }
    if c != 0.0 {
        dag.push(Step::AddScalar(dag.output(), c))?;
    }
    Ok(dag)
}

/// Of a sum with a constant of the same shape, the other term and the constant.
fn constant<'g>(graph: &'g Graph, node: &Node) -> Option<(NodeId, &'g [f32])> {
    let [a, b] = *node.inputs() else { return None };
    [(a, b), (b, a)]
        .into_iter()
        .find_map(|(term, other)| match graph.node(other).op() {
            Op::Constant(value) if matches!(node.op(), Op::Add) => Some((term, value.values())),
            _ => None,
        })
}

/// What activations of a range take, what they take but for a shift, and what stand-ins of ReLU give: |B·r(x/B)| ≤ B.
fn bounded(graph: &Graph, ranges: &BTreeMap<NodeId, f64>) -> Vec<bool> {
    let mut bounded = vec![false; graph.nodes().len()];
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        let of_input = match node.op() {
            Op::Activation(Activation::Polynomial(_)) => true,
            Op::Activation(Activation::Quadratic { .. }) => ranges.contains_key(&id),
            _ => node.op().is_shift() && bounded[id.index()],
        };
        if matches!(node.op(), Op::Activation(Activation::Polynomial(p)) if p.table.product) {
            bounded[id.index()] = true;
        }
        if of_input {
            bounded[node.inputs()[0].index()] = true;
        }
    }
    bounded
}

/// f of every node; `ranges` are the B of quadratics.
pub(in crate::nn) fn factors(
    graph: &Graph,
    views: &[bool],
    ranges: &BTreeMap<NodeId, f64>,
) -> Vec<f64> {
    let mut factors = vec![1.0; graph.nodes().len()];
    // What activations demand of their arguments, and sums of their terms with weights.
    let mut wanted: Vec<Option<f64>> = vec![None; graph.nodes().len()];
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        match node.op() {
            Op::Activation(Activation::Polynomial(polynomial))
            | Op::MaxPool {
                by: Some(polynomial),
                ..
            } => {
                wanted[node.inputs()[0].index()] = Some(f64::from(polynomial.range));
            }
            Op::Activation(Activation::Quadratic { .. }) => {
                wanted[node.inputs()[0].index()] = ranges.get(&id).copied();
            }
            // What |x + s| ≤ B stands before has |x| ≤ B + |s|.
            Op::Affine { shift, .. } if node.op().is_shift() => {
                let most = shift
                    .values()
                    .iter()
                    .fold(0.0f32, |most, s| most.max(s.abs()));
                if let Some(range) = wanted[id.index()] {
                    wanted[node.inputs()[0].index()] = Some(range + f64::from(most));
                }
            }
            Op::Add => {
                // What no activation takes is left as the polynomials among its terms give it.
                if wanted[id.index()].is_none() {
                    wanted[id.index()] = node.inputs().iter().find_map(|x| range(graph, *x));
                }
                for input in node.inputs() {
                    let free = is_linear(graph, *input)
                        || matches!(graph.node(*input).op(), Op::Affine { .. } | Op::Add);
                    if free && !views[input.index()] && wanted[input.index()].is_none() {
                        wanted[input.index()] = wanted[id.index()];
                    }
                }
            }
            _ => {}
        }
    }
    one_of_sums(graph, &mut wanted);
    for (id, node) in graph.iter() {
        let before = node.inputs().first().map_or(1.0, |x| factors[x.index()]);
        factors[id.index()] = match node.op() {
            Op::Input => 1.0,
            Op::Activation(Activation::Quadratic { a, .. }) => f64::from(*a) * before * before,
            Op::Activation(_) | Op::MaxPool { .. } => before,
            _ if views[id.index()] || node.op().is_shift() => before,
            _ if let Some((term, _)) = constant(graph, node) => factors[term.index()],
            _ => wanted[id.index()].unwrap_or(1.0),
        };
    }
    factors
}

/// B of a polynomial.
fn range(graph: &Graph, id: NodeId) -> Option<f64> {
    match graph.node(id).op() {
        Op::Activation(Activation::Polynomial(polynomial)) => Some(f64::from(polynomial.range)),
        _ => None,
    }
}

/// Sums of sums have the largest f of all, so that none is multiplied before it is added; but those that a polynomial takes
/// have its own.
fn one_of_sums(graph: &Graph, wanted: &mut [Option<f64>]) {
    let mut exact = vec![false; wanted.len()];
    for (_, node) in graph.iter() {
        if let Op::Activation(Activation::Polynomial(_)) = node.op() {
            exact[node.inputs()[0].index()] = true;
        }
    }
    let is_sum = |id: NodeId| matches!(graph.node(id).op(), Op::Add) && !exact[id.index()];
    // The first sum of each chain stands for it.
    let mut first: Vec<usize> = (0..wanted.len()).collect();
    let mut most: BTreeMap<usize, f64> = BTreeMap::new();
    for (id, node) in graph.iter().filter(|(id, _)| is_sum(*id)) {
        if let Some(before) = node.inputs().iter().find(|x| is_sum(**x)) {
            first[id.index()] = first[before.index()];
        }
        if let Some(range) = wanted[id.index()] {
            let most = most.entry(first[id.index()]).or_insert(range);
            *most = most.max(range);
        }
    }
    for (id, node) in graph.iter().filter(|(id, _)| is_sum(*id)) {
        let range = most.get(&first[id.index()]).copied();
        wanted[id.index()] = range;
        for input in node.inputs() {
            let free = wanted[input.index()].is_some()
                && !matches!(graph.node(*input).op(), Op::Add | Op::Activation(_));
            if free {
                wanted[input.index()] = range;
            }
        }
    }
}
