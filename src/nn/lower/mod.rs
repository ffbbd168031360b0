//! A network as steps over ciphertexts: what each node does there, where its numbers lie and by what they are divided.
//!
//! A node's result v is held as v/f. An activation by a polynomial y = B·r(x/B) takes x/B and gives r, so f = B before and
//! after it; layers with weights take any f before and after them into these, a sum multiplies its terms, and what no
//! activation takes has f = 1. A quadratic a·x² + b·x + c on x = f·x′ gives a·f²·(x′² + b/(a·f)·x′ + c/(a·f²)): its f is
//! a·f², and one level is all that it takes.

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
        design::{Piece, Work, pieces},
        packing::{Blocks, Layout, Rows},
    },
};
use equiripple_approx::evaltree::{Dag, InputLevel, Node as Step};
use std::collections::BTreeMap;

/// What a node does on ciphertexts.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Takes the images.
    Input,
    /// Nothing: whoever takes it reads the result of this node, through views.
    View(NodeId),
    /// A matrix and a bias; [`Lowered::matrix`] makes them.
    Linear(NodeId),
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
/// let lowered = Lowered::new(&net, 1 << 15, &Default::default())?;
/// let linear = lowered.stages().iter().filter(|stage| matches!(stage, Stage::Linear(_)));
/// // 19 convolutions, two shortcuts and the last layer, which has the mean of all pixels in it.
/// assert_eq!(linear.count(), 22);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Lowered<'g> {
    graph: &'g Graph,
    slots: usize,
    pieces: Vec<Piece>,
    views: Vec<bool>,
    factors: Vec<f64>,
    bounded: Vec<bool>,
    stages: Vec<Stage>,
}

/// What a linear node is.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The matrix.
    pub blocks: Blocks,
    /// One period of what is added to each ciphertext of the result; nothing where that is 0 everywhere.
    pub bias: Vec<Vec<f64>>,
}

impl<'g> Lowered<'g> {
    /// Lowers a network whose activations are polynomials, for ciphertexts of `slots` slots. `ranges` are the B of
    /// quadratics, which have none of their own: |x| ≤ B is what a bootstrap before them takes.
    ///
    /// # Errors
    /// When a node has no counterpart on ciphertexts, or the ranges of activations contradict each other.
    pub fn new(
        graph: &'g Graph,
        slots: usize,
        ranges: &BTreeMap<NodeId, f64>,
    ) -> Result<Self, LowerError> {
        let pieces = pieces(graph, slots)?;
        let views: Vec<bool> = graph
            .iter()
            .map(|(id, node)| is_view(node, &pieces[id.index()]))
            .collect();
        let mut lowered = Self {
            factors: factors(graph, &views, ranges),
            bounded: bounded(graph, ranges),
            graph,
            slots,
            pieces,
            views,
            stages: vec![],
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
        &self.pieces[id.index()].layout
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

    /// Slots of a ciphertext.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// The matrix and the bias of a linear node.
    ///
    /// # Errors
    /// When an entry is not finite.
    pub fn matrix(&self, id: NodeId, from: NodeId) -> Result<Matrix, CircuitError> {
        let (argument, result) = (self.layout(from), self.layout(id));
        let factor = self.factor(from) / self.factor(id);
        let rows = Rows::new(self.graph, &self.views, id);
        let blocks = Blocks::new(&rows, argument, result, factor, self.slots)?;
        let mut bias = self.placed(id, |element| rows.bias(element));
        for one in &mut bias {
            if one.iter().all(|x| *x == 0.0) {
                one.clear();
            }
        }
        Ok(Matrix { blocks, bias })
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
        self.placed(id, |element| value(element).map_or(0.0, |x| f64::from(*x)))
    }

    /// Numbers of a node's elements, divided by its f, in the slots of its ciphertexts: one period of each.
    fn placed(&self, id: NodeId, number: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
        let layout = self.layout(id);
        let period = layout.period(self.slots);
        let mut slots = vec![vec![0.0; period]; layout.ciphertexts(self.slots)];
        for element in 0..self.graph.node(id).shape().elements().unwrap_or(0) {
            let place = layout.place(element);
            slots[place / period][place % period] = number(element) / self.factor(id);
        }
        slots
    }

    /// The first node at or before this one that is no view.
    fn made(&self, mut id: NodeId) -> NodeId {
        while self.views[id.index()] {
            match self.graph.node(id).inputs().first() {
                Some(input) => id = *input,
                None => break,
            }
        }
        id
    }

    fn stage(&self, id: NodeId, node: &Node) -> Result<Stage, LowerError> {
        let refused = |remedy| LowerError::Operation {
            node: node.name().into(),
            op: node.op().name(),
            remedy,
        };
        let Some(input) = node.inputs().first().map(|input| self.made(*input)) else {
            return match node.op() {
                Op::Input => Ok(Stage::Input),
                _ => Ok(Stage::Constant),
            };
        };
        if self.views[id.index()] {
            return Ok(Stage::View(input));
        }
        match node.op() {
            Op::Affine { .. } if is_shift(node) => Ok(Stage::Shift(input)),
            Op::Conv2d { .. }
            | Op::Linear { .. }
            | Op::Affine { .. }
            | Op::AveragePool { .. }
            | Op::GlobalAveragePool
            | Op::Slice { .. } => Ok(Stage::Linear(input)),
            Op::Pad { value: 0.0, .. } => Ok(Stage::Linear(input)),
            Op::Pad { .. } => Err(refused("pad with zeros")),
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
                if terms.iter().any(|(term, _)| {
                    self.views[term.index()] || self.layout(*term) != self.layout(id)
                }) {
                    return Err(refused("bring both terms to the same shape before it"));
                }
                Ok(Stage::Sum(terms))
            }
            Op::Activation(activation) => {
                if self.views[node.inputs()[0].index()] {
                    return Err(refused("put it before what moves the elements"));
                }
                self.polynomial(id, node, activation)
            }
            _ => Err(refused(
                "take another layer in its place, such as an average-pool for a max-pool",
            )),
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

/// Whether a batch norm, or what is left of one, adds alone.
fn is_shift(node: &Node) -> bool {
    let one = |x: &f32| x.to_bits() == 1f32.to_bits();
    matches!(node.op(), Op::Affine { scale, .. } if scale.values().iter().all(one))
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

fn is_view(node: &Node, piece: &Piece) -> bool {
    let moves = matches!(
        node.op(),
        Op::Reshape(_)
            | Op::Transpose { .. }
            | Op::GlobalAveragePool
            | Op::Slice { .. }
            | Op::Pad { .. }
            | Op::Softmax
            | Op::LogSoftmax
    );
    moves && piece.work == Work::Free
}

/// What activations of a range take, and what they take but for a shift.
fn bounded(graph: &Graph, ranges: &BTreeMap<NodeId, f64>) -> Vec<bool> {
    let mut bounded = vec![false; graph.nodes().len()];
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        let of_input = match node.op() {
            Op::Activation(Activation::Polynomial(_)) => true,
            Op::Activation(Activation::Quadratic { .. }) => ranges.contains_key(&id),
            _ => is_shift(node) && bounded[id.index()],
        };
        if of_input {
            bounded[node.inputs()[0].index()] = true;
        }
    }
    bounded
}

/// f of every node.
fn factors(graph: &Graph, views: &[bool], ranges: &BTreeMap<NodeId, f64>) -> Vec<f64> {
    let mut factors = vec![1.0; graph.nodes().len()];
    // What activations demand of their arguments, and sums of their terms with weights.
    let mut wanted: Vec<Option<f64>> = vec![None; graph.nodes().len()];
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        match node.op() {
            Op::Activation(Activation::Polynomial(polynomial)) => {
                wanted[node.inputs()[0].index()] = Some(f64::from(polynomial.range));
            }
            Op::Activation(Activation::Quadratic { .. }) => {
                wanted[node.inputs()[0].index()] = ranges.get(&id).copied();
            }
            // What |x + s| ≤ B stands before has |x| ≤ B + |s|.
            Op::Affine { shift, .. } if is_shift(node) => {
                let most = shift
                    .values()
                    .iter()
                    .fold(0.0f32, |most, s| most.max(s.abs()));
                if let Some(range) = wanted[id.index()] {
                    wanted[node.inputs()[0].index()] = Some(range + f64::from(most));
                }
            }
            Op::Add => {
                for input in node.inputs() {
                    let free = matches!(
                        graph.node(*input).op(),
                        Op::Conv2d { .. }
                            | Op::Linear { .. }
                            | Op::Affine { .. }
                            | Op::AveragePool { .. }
                            | Op::GlobalAveragePool
                            | Op::Slice { .. }
                            | Op::Pad { .. }
                            | Op::Add
                    );
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
            Op::Activation(_) => before,
            _ if views[id.index()] || is_shift(node) => before,
            _ if let Some((term, _)) = constant(graph, node) => factors[term.index()],
            _ => wanted[id.index()].unwrap_or(1.0),
        };
    }
    factors
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
