//! A circuit of additions and multiplications, as a list in which every node refers to earlier ones.

use serde::Serialize;

use crate::error::{ApproxError, Result};

/// The position of a node in its [`Dag`].
pub type NodeId = usize;

/// One operation on ciphertexts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Node<S> {
    /// The input with this index.
    Input(usize),
    /// a + b; `Add(a, a)` doubles. Costs no level.
    Add(NodeId, NodeId),
    /// a − b. Costs no level.
    Sub(NodeId, NodeId),
    /// a · b of two ciphertexts: one level.
    Mul(NodeId, NodeId),
    /// a · c with a plaintext scalar: one level.
    MulScalar(NodeId, S),
    /// a + c with a plaintext scalar. Costs no level.
    AddScalar(NodeId, S),
}

impl<S> Node<S> {
    /// The nodes that this one reads, in order.
    pub fn operands(&self) -> impl Iterator<Item = NodeId> + use<S> {
        let (first, second) = match *self {
            Node::Input(_) => (None, None),
            Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b) => (Some(a), Some(b)),
            Node::MulScalar(a, _) | Node::AddScalar(a, _) => (Some(a), None),
        };
        first.into_iter().chain(second)
    }

    /// The same node with its operands renamed.
    fn renamed(&self, rename: impl Fn(NodeId) -> NodeId) -> Self
    where
        S: Clone,
    {
        match self {
            Node::Input(k) => Node::Input(*k),
            Node::Add(a, b) => Node::Add(rename(*a), rename(*b)),
            Node::Sub(a, b) => Node::Sub(rename(*a), rename(*b)),
            Node::Mul(a, b) => Node::Mul(rename(*a), rename(*b)),
            Node::MulScalar(a, c) => Node::MulScalar(rename(*a), c.clone()),
            Node::AddScalar(a, c) => Node::AddScalar(rename(*a), c.clone()),
        }
    }
}

/// Where an input stands on the modulus chain when the circuit begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum InputLevel {
    /// So many levels have been spent on it already; 0 is the usual start.
    Spent(usize),
    /// So high above the others that operations on it alone count no depth: the x that was kept from before a
    /// composition, and is multiplied by its result.
    Above,
}

/// A circuit with one output. Invariant: operands of a node come before it, and every input is declared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dag<S> {
    inputs: Vec<InputLevel>,
    nodes: Vec<Node<S>>,
    output: NodeId,
}

impl<S> Dag<S> {
    /// A circuit that returns its first input; node k is input k, for each of `inputs`.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] without inputs.
    pub fn new(inputs: &[InputLevel]) -> Result<Self> {
        if inputs.is_empty() {
            return Err(ApproxError::OutOfRange {
                name: "inputs",
                value: "0".into(),
                bound: "at least 1".into(),
            });
        }
        Ok(Self {
            inputs: inputs.to_vec(),
            nodes: (0..inputs.len()).map(Node::Input).collect(),
            output: 0,
        })
    }

    /// The levels at which the inputs stand.
    #[must_use]
    pub fn inputs(&self) -> &[InputLevel] {
        &self.inputs
    }

    /// The nodes, operands before their users.
    #[must_use]
    pub fn nodes(&self) -> &[Node<S>] {
        &self.nodes
    }

    /// The node whose value is the result.
    #[must_use]
    pub fn output(&self) -> NodeId {
        self.output
    }

    /// Appends a node and makes it the output.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] if it reads a node that does not exist yet, or an undeclared input.
    pub fn push(&mut self, node: Node<S>) -> Result<NodeId> {
        let missing = match node {
            Node::Input(k) => (k >= self.inputs.len()).then_some(k),
            _ => node.operands().find(|&a| a >= self.nodes.len()),
        };
        if let Some(found) = missing {
            return Err(ApproxError::OutOfRange {
                name: "operand",
                value: found.to_string(),
                bound: format!(
                    "one of {} nodes or {} inputs",
                    self.nodes.len(),
                    self.inputs.len()
                ),
            });
        }
        Ok(self.push_checked(node))
    }

    /// Appends a node whose operands this module took from the same circuit.
    pub(super) fn push_checked(&mut self, node: Node<S>) -> NodeId {
        self.nodes.push(node);
        self.output = self.nodes.len() - 1;
        self.output
    }

    /// Writes `other` into this circuit, input k of it standing for node `bindings[k]`; returns its output.
    ///
    /// The levels declared for the inputs of `other` lose their meaning: those of the bound nodes count.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] if a binding is missing, left over, or no node of this circuit.
    pub fn append(&mut self, other: &Self, bindings: &[NodeId]) -> Result<NodeId>
    where
        S: Clone,
    {
        let unknown = bindings.iter().find(|&&node| node >= self.nodes.len());
        if bindings.len() != other.inputs.len() || unknown.is_some() {
            return Err(ApproxError::OutOfRange {
                name: "bindings",
                value: format!("{bindings:?}"),
                bound: format!(
                    "{} of {} nodes, one for each input",
                    other.inputs.len(),
                    self.nodes.len()
                ),
            });
        }
        let mut place = Vec::with_capacity(other.nodes.len());
        for node in &other.nodes {
            place.push(match node {
                Node::Input(k) => bindings[*k],
                _ => self.push_checked(node.renamed(|a| place[a])),
            });
        }
        self.output = place[other.output];
        Ok(self.output)
    }

    /// The same circuit with every scalar converted, for example from arbitrary precision to `f64`.
    pub fn map<T>(&self, mut convert: impl FnMut(&S) -> T) -> Dag<T> {
        let nodes = self.nodes.iter().map(|node| match node {
            Node::Input(k) => Node::Input(*k),
            Node::Add(a, b) => Node::Add(*a, *b),
            Node::Sub(a, b) => Node::Sub(*a, *b),
            Node::Mul(a, b) => Node::Mul(*a, *b),
            Node::MulScalar(a, c) => Node::MulScalar(*a, convert(c)),
            Node::AddScalar(a, c) => Node::AddScalar(*a, convert(c)),
        });
        Dag {
            inputs: self.inputs.clone(),
            nodes: nodes.collect(),
            output: self.output,
        }
    }
}
