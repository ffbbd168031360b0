//! A network as a graph of operations, its shapes checked as it is built.

use super::{GraphError, Op, Shape};
use std::collections::HashSet;

/// Index of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

impl NodeId {
    /// Position among [`Graph::nodes`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// One operation, its name and its inputs.
#[derive(Debug, Clone)]
pub struct Node {
    name: String,
    op: Op,
    inputs: Vec<NodeId>,
    shape: Shape,
}

impl Node {
    /// Its own name, as the file of the network has it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it computes.
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// Nodes whose results it takes, all earlier ones.
    pub fn inputs(&self) -> &[NodeId] {
        &self.inputs
    }

    /// Shape of its result for one image.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }
}

/// A network: nodes in an order in which each comes after its inputs. The first one is the input, and every shape fits.
#[derive(Debug, Clone)]
pub struct Graph {
    name: String,
    nodes: Vec<Node>,
    output: NodeId,
}

impl Graph {
    /// Name of the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All nodes, inputs before those who take them.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// A node of this graph.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The node of that name.
    pub fn find(&self, name: &str) -> Option<NodeId> {
        self.nodes
            .iter()
            .position(|node| node.name == name)
            .map(NodeId)
    }

    /// Every node with its index.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(k, node)| (NodeId(k), node))
    }

    /// The node that takes the images.
    pub fn input(&self) -> NodeId {
        NodeId(0)
    }

    /// The node whose result is that of the network.
    pub fn output(&self) -> NodeId {
        self.output
    }

    /// How many nodes take the result of each, the network's output counted as one.
    pub fn uses(&self) -> Vec<usize> {
        let mut uses = vec![0; self.nodes.len()];
        for input in self.nodes.iter().flat_map(|node| &node.inputs) {
            uses[input.0] += 1;
        }
        uses[self.output.0] += 1;
        uses
    }

    /// Number of weights, biases and factors.
    pub fn parameters(&self) -> usize {
        let tensors = self.nodes.iter().flat_map(|node| node.op.tensors());
        tensors.map(|tensor| tensor.values().len()).sum()
    }

    /// The same network, rebuilt node by node: `replace` is given a builder, each node and its inputs in the new graph,
    /// and says which new node stands for it. Nodes that the output does not need are left out.
    ///
    /// # Errors
    /// What `replace` answers, and what [`Builder::push`] refuses.
    pub fn rewrite<E: From<GraphError>>(
        &self,
        mut replace: impl FnMut(&mut Builder, NodeId, &[NodeId]) -> Result<NodeId, E>,
    ) -> Result<Self, E> {
        let mut builder = Builder::new(&self.name, self.nodes[0].shape.clone());
        let mut images: Vec<Option<NodeId>> = vec![None; self.nodes.len()];
        images[0] = Some(builder.input());
        for (id, needed) in self.needed().into_iter().enumerate().skip(1) {
            if needed {
                let inputs = self.nodes[id].inputs.iter();
                let inputs: Vec<NodeId> = inputs.filter_map(|input| images[input.0]).collect();
                images[id] = Some(replace(&mut builder, NodeId(id), &inputs)?);
            }
        }
        let output = images[self.output.0].unwrap_or(NodeId(0));
        Ok(builder.build(output)?)
    }

    /// Whether the output depends on each node.
    fn needed(&self) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        needed[self.output.0] = true;
        for id in (0..self.nodes.len()).rev() {
            if needed[id] {
                for input in &self.nodes[id].inputs {
                    needed[input.0] = true;
                }
            }
        }
        needed
    }
}

/// Builds a graph from its input on.
///
/// ```
/// use equiripple::nn::{Activation, Builder, GraphError, Op};
/// let mut net = Builder::new("tiny", [3, 32, 32]);
/// let relu = net.push("relu", Op::Activation(Activation::Relu), &[net.input()])?;
/// let pool = net.push("pool", Op::GlobalAveragePool, &[relu])?;
/// let net = net.build(pool)?;
/// assert_eq!(net.node(net.output()).shape().axes(), [3, 1, 1]);
/// # Ok::<(), GraphError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Builder {
    name: String,
    nodes: Vec<Node>,
    names: HashSet<String>,
}

impl Builder {
    /// A graph of one node, `input`, which takes images of that shape.
    pub fn new(name: &str, input: impl Into<Shape>) -> Self {
        let node = Node {
            name: "input".into(),
            op: Op::Input,
            inputs: vec![],
            shape: input.into(),
        };
        Self {
            name: name.into(),
            names: [node.name.clone()].into(),
            nodes: vec![node],
        }
    }

    /// The node that takes the images.
    pub fn input(&self) -> NodeId {
        NodeId(0)
    }

    /// A node of this graph.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// Appends a node.
    ///
    /// # Errors
    /// When the name is taken, an input is no node of this graph, the shapes of the inputs are not what the operation
    /// takes, or the result is empty or larger than [`MAX_ELEMENTS`](super::MAX_ELEMENTS).
    pub fn push(&mut self, name: &str, op: Op, inputs: &[NodeId]) -> Result<NodeId, GraphError> {
        let mut shapes = Vec::with_capacity(inputs.len());
        for input in inputs {
            let unknown = || GraphError::Unknown {
                node: name.into(),
                input: input.0,
                nodes: self.nodes.len(),
            };
            shapes.push(&self.nodes.get(input.0).ok_or_else(unknown)?.shape);
        }
        let shape = op.infer(name, &shapes)?;
        if let Some(&size) = shapes.iter().chain([&&shape]).find(|s| !s.is_computable()) {
            return Err(GraphError::Size {
                node: name.into(),
                shape: size.clone(),
            });
        }
        if !self.names.insert(name.into()) {
            return Err(GraphError::Duplicate(name.into()));
        }
        self.nodes.push(Node {
            name: name.into(),
            op,
            inputs: inputs.to_vec(),
            shape,
        });
        Ok(NodeId(self.nodes.len() - 1))
    }

    /// The graph, whose result is that of the node.
    ///
    /// # Errors
    /// When it is no node of this graph.
    pub fn build(self, output: NodeId) -> Result<Graph, GraphError> {
        if output.0 >= self.nodes.len() {
            return Err(GraphError::Unknown {
                node: "output".into(),
                input: output.0,
                nodes: self.nodes.len(),
            });
        }
        Ok(Graph {
            name: self.name,
            nodes: self.nodes,
            output,
        })
    }
}
