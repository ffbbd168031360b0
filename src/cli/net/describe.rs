//! Networks and their nodes in words.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    cli::{error::Outcome, output},
    nn::{Activation, Graph, Node, Op, Shape, Window, depth},
};

/// What a network is, in figures.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) name: String,
    pub(super) input: Shape,
    pub(super) output: Shape,
    /// The input not counted.
    pub(super) nodes: usize,
    pub(super) parameters: usize,
    /// How many activations and max-pools of each kind.
    pub(super) activations: BTreeMap<&'static str, usize>,
    /// Levels of the longest path, nodes that are no polynomial counted as 0.
    pub(super) levels: usize,
    /// Nodes that are no polynomial.
    pub(super) no_polynomial: usize,
}

impl Summary {
    pub(super) fn of(graph: &Graph) -> Outcome<Self> {
        let depths = depth::depths(graph)?;
        let mut activations = BTreeMap::new();
        for node in graph.nodes() {
            if matches!(node.op(), Op::Activation(_) | Op::MaxPool { .. }) {
                *activations.entry(node.op().name()).or_insert(0) += 1;
            }
        }
        Ok(Self {
            name: graph.name().into(),
            input: graph.node(graph.input()).shape().clone(),
            output: graph.node(graph.output()).shape().clone(),
            nodes: graph.nodes().len() - 1,
            parameters: graph.parameters(),
            activations,
            levels: depths.total,
            no_polynomial: depths.missing.len(),
        })
    }

    /// Prints it.
    pub(super) fn tell(&self) -> Outcome<()> {
        output::line(format!(
            "{}: {} → {}, {} nodes, {} parameters",
            self.name, self.input, self.output, self.nodes, self.parameters
        ))?;
        let kinds = self.activations.iter();
        let kinds: Vec<String> = kinds
            .map(|(kind, count)| format!("{count} × {kind}"))
            .collect();
        if !kinds.is_empty() {
            output::line(format!("  activations  {}", kinds.join(", ")))?;
        }
        let missing = match self.no_polynomial {
            0 => String::new(),
            n => format!(", and those of {n} nodes that are no polynomial yet"),
        };
        output::line(format!("  levels       {}{missing}", self.levels))
    }
}

/// What a node does, with the sizes that matter.
pub(super) fn operation(node: &Node) -> String {
    let name = node.op().name();
    match node.op() {
        Op::Conv2d { window, groups, .. } if *groups > 1 => {
            format!("{name} {}, {groups} groups", sizes(window))
        }
        Op::Conv2d { window, .. } | Op::AveragePool { window, .. } => {
            format!("{name} {}", sizes(window))
        }
        Op::MaxPool { window, by: None } => format!("{name} {}", sizes(window)),
        Op::MaxPool {
            window,
            by: Some(by),
        } => format!("{name} {} by a polynomial on ±{}", sizes(window), by.range),
        Op::Activation(Activation::Polynomial(by)) => {
            let degrees: Vec<String> = by
                .table
                .stages
                .iter()
                .map(|s| s.degree().to_string())
                .collect();
            format!(
                "{name} {{{}}} for {} on ±{}",
                degrees.join(","),
                by.table.function,
                by.range
            )
        }
        Op::Activation(Activation::Clip { low, high }) => {
            let bound = |v: &f32| match v.abs() < f32::MAX {
                true => v.to_string(),
                false => if *v < 0.0 { "−∞" } else { "∞" }.into(),
            };
            format!("{name} to [{}, {}]", bound(low), bound(high))
        }
        Op::Concat { axis } => format!("{name} along axis {axis}"),
        Op::Slice {
            axis,
            start,
            end,
            step,
        } => {
            let step = if *step == 1 {
                String::new()
            } else {
                format!(" by {step}")
            };
            format!("{name} {start}..{end}{step} of axis {axis}")
        }
        _ => name.into(),
    }
}

/// `3×3`, and stride, dilation and padding where they are not 1 and 0.
fn sizes(window: &Window) -> String {
    let pair = |[a, b]: [usize; 2]| {
        if a == b {
            a.to_string()
        } else {
            format!("{a}×{b}")
        }
    };
    let [height, width] = window.kernel;
    let mut text = format!("{height}×{width}");
    if window.stride != [1, 1] {
        text += &format!(" /{}", pair(window.stride));
    }
    if window.dilation != [1, 1] {
        text += &format!(" dilated {}", pair(window.dilation));
    }
    if window.before != window.after {
        text += &format!(" pad {}…{}", pair(window.before), pair(window.after));
    } else if window.before != [0, 0] {
        text += &format!(" pad {}", pair(window.before));
    }
    text
}
