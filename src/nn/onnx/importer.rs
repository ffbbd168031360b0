//! From node to node of a model: what each value is, and what could not be imported.

use super::{
    array::Array,
    call::Call,
    elementwise,
    error::{Problem, Refusal, Try, refuse},
    expression::{Expression, Kind, Meaning, Unary},
    fold, layers, layout, proto, windows,
};
use crate::nn::{Activation, Builder, Graph, NodeId, Op, Shape, Tensor};
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

/// What a name of the model stands for.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Constant(Array),
    /// A function of the elements of a node's result for one image; in the model there is an axis of images before.
    Image(NodeId, Rc<Expression>),
    /// The result of a node that could not be imported.
    Unknown,
}

/// The network so far.
pub(super) struct Importer {
    builder: Builder,
    values: HashMap<String, Value>,
    /// Names of nodes that are taken.
    names: HashSet<String>,
    /// Expressions that have become nodes.
    made: HashMap<usize, NodeId>,
    expressions: usize,
    problems: Vec<Problem>,
    opset: i64,
}

/// Operators whose results have the shape of what they take. Where one is refused, that stands in for its result, so that
/// what is wrong with later nodes is found too.
const KEEP_SHAPE: [&str; 16] = [
    "BatchNormalization",
    "Celu",
    "Dropout",
    "Elu",
    "GroupNormalization",
    "InstanceNormalization",
    "LRN",
    "LayerNormalization",
    "LpNormalization",
    "MeanVarianceNormalization",
    "Mish",
    "PRelu",
    "Selu",
    "Softsign",
    "Swish",
    "ThresholdedRelu",
];

/// Expressions of more operations are made nodes, and others are begun on these.
const MAX_SIZE: usize = 128;

impl Importer {
    /// A network whose input has that name.
    pub(super) fn new(name: &str, input: (&str, Shape), opset: i64) -> Self {
        let builder = Builder::new(name, input.1);
        let mut importer = Self {
            names: [builder.node(builder.input()).name().to_string()].into(),
            values: HashMap::new(),
            made: HashMap::new(),
            expressions: 0,
            problems: vec![],
            builder,
            opset,
        };
        let value = importer.image(importer.builder.input());
        importer.values.insert(input.0.into(), value);
        importer
    }

    /// Takes a weight.
    pub(super) fn initializer(&mut self, tensor: &proto::Tensor) {
        let value = match Array::read(tensor) {
            Ok(array) => Value::Constant(array),
            Err(refusal) => {
                self.note(&tensor.name, "initializer", refusal);
                Value::Unknown
            }
        };
        self.values.insert(tensor.name.clone(), value);
    }

    /// Takes a node, or notes why not.
    pub(super) fn node(&mut self, node: &proto::Node) {
        let call = Call {
            node,
            opset: self.opset,
        };
        let values = match self.import(&call) {
            Ok(values) => values,
            Err(refusal) => {
                self.note(&own_name(node), &call.operator(), refusal);
                let first = node.input.first().and_then(|x| self.values.get(x));
                match KEEP_SHAPE.contains(&node.op_type.as_str()) {
                    true => first.cloned().into_iter().collect(),
                    false => vec![],
                }
            }
        };
        let mut values = values.into_iter();
        for output in node.output.iter().filter(|o| !o.is_empty()) {
            let value = values.next().unwrap_or(Value::Unknown);
            self.values.insert(output.clone(), value);
        }
    }

    /// The network whose result has that name, or all that is wrong with the model.
    pub(super) fn finish(mut self, output: &str) -> Result<Graph, Vec<Problem>> {
        let result = match self.values.get(output).cloned() {
            Some(value @ Value::Image(..)) => self.realised(&value).map(Some),
            Some(Value::Unknown) if !self.problems.is_empty() => Ok(None),
            _ => refuse(
                "it does not depend on the images",
                "export the output that classifies them",
            ),
        };
        let result = match result {
            Ok(result) => result,
            Err(refusal) => {
                self.note(output, "output", refusal);
                None
            }
        };
        let Some(result) = result.filter(|_| self.problems.is_empty()) else {
            return Err(self.problems);
        };
        let graph = self.builder.build(result);
        graph.map_err(|e| {
            let refusal = Refusal::from(e);
            vec![problem(output, "output", refusal)]
        })
    }

    fn note(&mut self, node: &str, operator: &str, refusal: Refusal) {
        let problem = problem(node, operator, refusal);
        // Two nodes may meet the same wrong one.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn import(&mut self, call: &Call<'_>) -> Try<Vec<Value>> {
        let mut inputs = Vec::with_capacity(call.node.input.len());
        for name in &call.node.input {
            inputs.push(match self.values.get(name) {
                _ if name.is_empty() => None,
                Some(value) => Some(value.clone()),
                None => {
                    return refuse(
                        format!("its input `{name}` is the result of no node before it"),
                        "check the model with `onnx.checker`",
                    );
                }
            });
        }
        // Its own operator may be unknown too, which is told whatever its inputs are.
        let unknown = |v: &Option<Value>| matches!(v, Some(Value::Unknown));
        if inputs.iter().any(unknown) && is_supported(&call.operator()) {
            return Ok(vec![]);
        }
        let constant = |v: &Option<Value>| matches!(v, None | Some(Value::Constant(_)));
        if inputs.iter().all(constant) {
            let arrays: Vec<Option<Array>> = inputs.iter().map(as_array).collect();
            if let Some(folded) = fold::fold(call, &arrays) {
                return Ok(vec![Value::Constant(folded?)]);
            }
        }
        let name = own_name(call.node);
        match call.operator().as_str() {
            "Conv" => windows::convolution(self, call, &name, &inputs),
            "MaxPool" => windows::max_pool(self, call, &name, &inputs),
            "AveragePool" => windows::average_pool(self, call, &name, &inputs),
            "GlobalAveragePool" | "GlobalMaxPool" => {
                windows::global_pool(self, call, &name, &inputs)
            }
            "ReduceMean" => windows::reduce_mean(self, call, &name, &inputs),
            "BatchNormalization" => layers::batch_norm(self, call, &name, &inputs),
            "Gemm" => layers::gemm(self, call, &name, &inputs),
            "MatMul" => layers::matmul(self, &name, &inputs),
            "Softmax" | "LogSoftmax" => layers::softmax(self, call, &name, &inputs),
            operator if layout::OPERATORS.contains(&operator) => {
                layout::import(self, call, &name, &inputs)
            }
            operator if elementwise::OPERATORS.contains(&operator) => {
                elementwise::import(self, call, &name, &inputs)
            }
            operator => refuse("there is no such operation here", remedy(operator)),
        }
    }

    /// The value that is a node's result itself.
    pub(super) fn image(&mut self, id: NodeId) -> Value {
        let name = self.builder.node(id).name().to_string();
        Value::Image(id, self.expression(&name, Kind::X))
    }

    pub(super) fn expression(&mut self, name: &str, kind: Kind) -> Rc<Expression> {
        let size = match &kind {
            Kind::X | Kind::Number(_) => 1,
            Kind::Activation(_, a) | Kind::Unary(_, a) => 1 + a.size,
            Kind::Binary(_, a, b) => 1 + a.size + b.size,
        };
        self.expressions += 1;
        Rc::new(Expression {
            id: self.expressions,
            name: name.into(),
            kind,
            size,
        })
    }

    /// Lengths of the axes of a value in the model; the first one is that of the images.
    pub(super) fn axes(&self, value: &Value) -> Vec<usize> {
        match value {
            Value::Constant(array) => array.shape().to_vec(),
            Value::Image(id, _) => [&[1], self.builder.node(*id).shape().axes()].concat(),
            Value::Unknown => vec![],
        }
    }

    /// Appends a node under its own name, or one that is not taken.
    pub(super) fn push(&mut self, name: &str, op: Op, inputs: &[NodeId]) -> Try<NodeId> {
        let mut unique = name.to_string();
        let mut k = 1;
        while self.names.contains(&unique) {
            k += 1;
            unique = format!("{name}.{k}");
        }
        let id = self.builder.push(&unique, op, inputs)?;
        self.names.insert(unique);
        Ok(id)
    }

    /// The same as the only value of a node.
    pub(super) fn one(&mut self, name: &str, op: Op, inputs: &[NodeId]) -> Try<Vec<Value>> {
        let id = self.push(name, op, inputs)?;
        Ok(vec![self.image(id)])
    }

    /// An operation on one value.
    pub(super) fn layer(&mut self, name: &str, op: Op, value: &Value) -> Try<Vec<Value>> {
        let input = self.realised(value)?;
        self.one(name, op, &[input])
    }

    /// The node whose result a value is; its expression becomes nodes.
    pub(super) fn realised(&mut self, value: &Value) -> Try<NodeId> {
        match value {
            Value::Image(base, expression) => self.realised_expression(*base, expression),
            _ => refuse(
                "it needs the result of a layer where it has a constant",
                "simplify the model with `onnxsim` before importing it",
            ),
        }
    }

    fn realised_expression(&mut self, base: NodeId, e: &Rc<Expression>) -> Try<NodeId> {
        if let Some(&made) = self.made.get(&e.id) {
            return Ok(made);
        }
        let made = match e.meaning() {
            Some(Meaning::Identity) => base,
            Some(Meaning::Affine(scale, shift)) => self.affine(&e.name, base, scale, shift)?,
            Some(Meaning::Activation(f)) => self.push(&e.name, Op::Activation(f), &[base])?,
            None => self.realised_parts(base, e)?,
        };
        self.made.insert(e.id, made);
        Ok(made)
    }

    /// An expression that is no activation: its last operation on what is before it.
    fn realised_parts(&mut self, base: NodeId, e: &Expression) -> Try<NodeId> {
        use super::expression::Binary::{Add, Divide, Multiply, Subtract};
        match &e.kind {
            Kind::Activation(f, of) => {
                let of = self.realised_expression(base, of)?;
                self.push(&e.name, Op::Activation(f.clone()), &[of])
            }
            Kind::Unary(Unary::Negative, of) => {
                let of = self.realised_expression(base, of)?;
                self.affine(&e.name, of, -1.0, 0.0)
            }
            Kind::Binary(f @ (Add | Subtract | Multiply | Divide), a, b) => {
                match (f, &a.kind, &b.kind) {
                    (Add, Kind::Number(c), _) => self.affine_of(base, e, b, 1.0, *c),
                    (Add, _, Kind::Number(c)) => self.affine_of(base, e, a, 1.0, *c),
                    (Subtract, Kind::Number(c), _) => self.affine_of(base, e, b, -1.0, *c),
                    (Subtract, _, Kind::Number(c)) => self.affine_of(base, e, a, 1.0, -c),
                    (Multiply, Kind::Number(c), _) => self.affine_of(base, e, b, *c, 0.0),
                    (Multiply, _, Kind::Number(c)) => self.affine_of(base, e, a, *c, 0.0),
                    (Divide, _, Kind::Number(c)) => self.affine_of(base, e, a, 1.0 / c, 0.0),
                    (Divide, ..) => refuse(QUOTIENT.0, QUOTIENT.1),
                    (Add, ..) => self.joined(base, e, Op::Add, [a, b], 1.0),
                    (Subtract, ..) => self.joined(base, e, Op::Add, [a, b], -1.0),
                    _ => self.joined(base, e, Op::Multiply, [a, b], 1.0),
                }
            }
            _ => Err(Refusal {
                node: Some(e.name.clone()),
                problem: "the function that ends here is no activation that is known".into(),
                remedy: "use ReLU, leaky ReLU, clip, sigmoid, tanh, hard sigmoid, hard swish, GELU or SiLU in its place".into(),
            }),
        }
    }

    fn joined(
        &mut self,
        base: NodeId,
        e: &Expression,
        op: Op,
        [a, b]: [&Rc<Expression>; 2],
        sign: f64,
    ) -> Try<NodeId> {
        let a = self.realised_expression(base, a)?;
        let b = self.realised_expression(base, b)?;
        let b = match sign < 0.0 {
            true => self.affine(&format!("{}.negative", e.name), b, -1.0, 0.0)?,
            false => b,
        };
        self.push(&e.name, op, &[a, b])
    }

    fn affine_of(
        &mut self,
        base: NodeId,
        e: &Expression,
        of: &Rc<Expression>,
        scale: f64,
        shift: f64,
    ) -> Try<NodeId> {
        let of = self.realised_expression(base, of)?;
        self.affine(&e.name, of, scale, shift)
    }

    /// scale·x + shift, the same for each channel.
    pub(super) fn affine(&mut self, name: &str, x: NodeId, scale: f64, shift: f64) -> Try<NodeId> {
        let channels = self.builder.node(x).shape().axes().first().copied();
        let Some(channels) = channels else {
            let (a, b, c) = (0.0, scale as f32, shift as f32);
            let op = Op::Activation(Activation::Quadratic { a, b, c });
            return self.push(name, op, &[x]);
        };
        let op = Op::Affine {
            scale: Tensor::list(vec![scale as f32; channels])?,
            shift: Tensor::list(vec![shift as f32; channels])?,
        };
        self.push(name, op, &[x])
    }

    /// An expression, or where it has become large, one that begins anew.
    pub(super) fn bounded(&mut self, base: NodeId, e: Rc<Expression>) -> Try<Value> {
        if e.size <= MAX_SIZE {
            return Ok(Value::Image(base, e));
        }
        let made = self.realised_expression(base, &e)?;
        Ok(self.image(made))
    }
}

/// What is said of a quotient of two results.
pub(super) const QUOTIENT: (&str, &str) = (
    "it divides by a result of the network, which no polynomial stands for",
    "divide by constants alone",
);

/// The name of a node, or of its result where it has none.
fn own_name(node: &proto::Node) -> String {
    let names = std::iter::once(&node.name).chain(&node.output);
    let mut named = names.filter(|n| !n.is_empty());
    named
        .next()
        .cloned()
        .unwrap_or_else(|| node.op_type.clone())
}

fn problem(node: &str, operator: &str, refusal: Refusal) -> Problem {
    let (node, operator) = match refusal.node {
        Some(own) => (own, "activation"),
        None => (node.into(), operator),
    };
    Problem {
        node,
        operator: operator.into(),
        problem: refusal.problem,
        remedy: refusal.remedy,
    }
}

/// The constant of an input.
pub(super) fn as_array(value: &Option<Value>) -> Option<Array> {
    match value {
        Some(Value::Constant(array)) => Some(array.clone()),
        _ => None,
    }
}

/// The constant that an input must be.
pub(super) fn constant(inputs: &[Option<Value>], k: usize, what: &str) -> Try<Array> {
    match inputs.get(k).and_then(as_array) {
        Some(array) => Ok(array),
        None => refuse(
            format!("its {what} is not constant"),
            "export the model in evaluation mode, or simplify it with `onnxsim`",
        ),
    }
}

/// The value that an input must have.
pub(super) fn input(inputs: &[Option<Value>], k: usize) -> Try<&Value> {
    match inputs.get(k) {
        Some(Some(value)) => Ok(value),
        _ => refuse(
            format!("it has no input {k}"),
            "check the model with `onnx.checker`",
        ),
    }
}

fn is_supported(operator: &str) -> bool {
    const LAYERS: [&str; 12] = [
        "Conv",
        "MaxPool",
        "AveragePool",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "ReduceMean",
        "BatchNormalization",
        "Gemm",
        "MatMul",
        "Softmax",
        "LogSoftmax",
        "ConstantOfShape",
    ];
    LAYERS.contains(&operator)
        || layout::OPERATORS.contains(&operator)
        || elementwise::OPERATORS.contains(&operator)
}

/// What to do about an operator that is not imported.
fn remedy(operator: &str) -> &'static str {
    match operator {
        "LRN" => "train the network with batch norm in its place",
        "InstanceNormalization"
        | "LayerNormalization"
        | "GroupNormalization"
        | "LpNormalization"
        | "MeanVarianceNormalization" => {
            "it divides by what the image's own numbers say: train with batch norm in its place"
        }
        "Elu" | "Selu" | "Celu" | "Softplus" | "Softsign" | "Mish" | "ThresholdedRelu" => {
            "train with ReLU, GELU or SiLU in its place"
        }
        "ReduceMax" | "ArgMax" | "TopK" => {
            "export the scores, and choose among them after decryption"
        }
        "If" | "Loop" | "Scan" | "Where" | "Equal" | "Less" | "Greater" => {
            "encrypted numbers steer nothing: export the model for one path by tracing"
        }
        "LSTM" | "GRU" | "RNN" => "only networks without recurrence are imported",
        "ConvTranspose" | "Resize" | "Upsample" => {
            "only networks that classify are imported, which enlarge no image"
        }
        "QuantizeLinear"
        | "DequantizeLinear"
        | "DynamicQuantizeLinear"
        | "QLinearConv"
        | "QLinearMatMul"
        | "ConvInteger"
        | "MatMulInteger" => "export the model before it is quantised",
        "LpPool" => "train with average-pool in its place",
        "Einsum" => "write it as a product with a constant matrix",
        _ => "write it with convolutions, linear layers, batch norm, pools and activations",
    }
}
