//! A network as boxes and arrows.

use equiripple_reports::plot::{Color, Flow, Step};

use super::describe::operation;
use crate::nn::{Activation, Graph, Node, NodeId, Op};

/// A box for each layer: a batch norm or an activation that alone takes another node's result is in that one's box.
pub(super) fn flow(graph: &Graph) -> Flow {
    let uses = graph.uses();
    let mut steps: Vec<Step> = vec![];
    let mut boxes: Vec<usize> = vec![];
    // Boxes that the network's branches begin or end in stay what they are.
    for (_, node) in graph.iter() {
        let within = within(graph, node, &uses);
        match within.and_then(|input| steps.get_mut(boxes[input.index()])) {
            Some(step) => {
                step.label += &format!(" · {}", operation(node));
                if let Op::Activation(activation) = node.op() {
                    step.color = of_activation(activation);
                }
                boxes.push(within.map_or(0, |input| boxes[input.index()]));
            }
            None => {
                boxes.push(steps.len());
                steps.push(Step {
                    label: operation(node),
                    detail: format!("{} · {}", node.name(), node.shape()),
                    color: of(node.op()),
                    inputs: node.inputs().iter().map(|x| boxes[x.index()]).collect(),
                });
            }
        }
    }
    Flow {
        title: graph.name().into(),
        steps,
    }
}

/// The node in whose box this one is.
fn within(graph: &Graph, node: &Node, uses: &[usize]) -> Option<NodeId> {
    let [input] = node.inputs() else {
        return None;
    };
    let follows = matches!(node.op(), Op::Activation(_) | Op::Affine { .. });
    let first = matches!(graph.node(*input).op(), Op::Input);
    (follows && !first && uses[input.index()] == 1).then_some(*input)
}

fn of(op: &Op) -> Color {
    match op {
        Op::Conv2d { .. } | Op::Linear { .. } => Color::BLUE,
        Op::Affine { .. } | Op::Multiply => Color::SKY,
        Op::Activation(activation) => of_activation(activation),
        Op::MaxPool { by: None, .. } | Op::Softmax | Op::LogSoftmax => Color::VERMILLION,
        Op::MaxPool { by: Some(_), .. } => Color::PURPLE,
        Op::AveragePool { .. } | Op::GlobalAveragePool => Color::GREEN,
        Op::Add | Op::Concat { .. } => Color::ORANGE,
        _ => Color::GRAY,
    }
}

/// What is no polynomial stands out.
fn of_activation(activation: &Activation) -> Color {
    match activation {
        Activation::Polynomial(_) | Activation::Quadratic { .. } => Color::PURPLE,
        _ => Color::VERMILLION,
    }
}
