//! The ReLUs of a network, each with its polynomials and what they cost.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;

use super::designs::{Design, Families};
use crate::{
    cli::{
        error::{Failure, Outcome},
        net::{calibration::Bounds, images::batches},
        progress::Bar,
    },
    infer::Prices,
    nn::{
        Activation, Graph, GraphError, NodeId, Op, Polynomial,
        data::Dataset,
        design::{Arguments, Choice, Piece, Plan, Problem, Refresh, Step, Work},
        inference::{Network, Observer},
        pass,
    },
};

/// Share of the points of a fit that lies evenly all over the range.
const FLOOR: f64 = 1e-3;

/// A polynomial for a ReLU.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) design: Design,
    /// By the level where it starts.
    pub(super) seconds: Vec<f64>,
    /// By the trial.
    pub(super) loss: f64,
}

/// A ReLU.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) node: NodeId,
    /// B.
    pub(super) range: f32,
    pub(super) refresh: Refresh,
    pub(super) candidates: Vec<Candidate>,
}

/// The ReLUs of a network; refuses what has none, or other functions that are no polynomials.
pub(super) fn relus(graph: &Graph) -> Outcome<Vec<NodeId>> {
    let mut found = vec![];
    for (id, node) in graph.iter() {
        match node.op() {
            Op::Activation(Activation::Relu) => found.push(id),
            Op::Activation(other) => {
                return Err(Failure::Usage(format!(
                    "`{}` is {}, and designs are made for networks whose activations are all ReLU",
                    node.name(),
                    Op::Activation(other.clone()).name()
                )));
            }
            _ => {}
        }
    }
    if found.is_empty() {
        return Err(Failure::Usage(format!(
            "{} has no ReLU, so there is nothing to design; give the network as it was before its activations were replaced",
            graph.name()
        )));
    }
    Ok(found)
}

/// Fits all candidates to what each ReLU is given, and prices them.
pub(super) fn layers(
    graph: &Graph,
    pieces: &[Piece],
    bounds: &Bounds,
    seen: &Dataset,
    uniform: &[Design],
    prices: &mut Prices,
) -> Outcome<Vec<Layer>> {
    let nodes = relus(graph)?;
    let range = |id: NodeId| bounds.activation(graph.node(id).name());
    let arguments = observed(
        graph,
        nodes
            .iter()
            .map(|id| (*id, f64::from(range(*id))))
            .collect(),
        seen,
    )?;
    let families = Families::new()?;
    let bar = Bar::new(nodes.len() as u64, "polynomials");
    let fitted: Vec<Vec<Design>> = nodes
        .par_iter()
        .map(|id| {
            let fitted = families.fitted(&arguments.points(*id, FLOOR));
            bar.advance(1);
            fitted
        })
        .collect::<Outcome<_>>()?;
    drop(bar);
    // Circuits of the same degrees cost the same.
    let mut known: BTreeMap<(Vec<usize>, usize, usize), Vec<f64>> = BTreeMap::new();
    let bar = Bar::new(nodes.len() as u64, "prices");
    let mut layers = vec![];
    for (node, designs) in nodes.into_iter().zip(fitted) {
        let layout = &pieces[node.index()].layout;
        let most = prices.slots();
        let mut candidates = vec![];
        for design in designs.into_iter().chain(uniform.iter().cloned()) {
            let key = (
                design.degrees.clone(),
                layout.ciphertexts(most),
                layout.period(most),
            );
            let seconds = match known.get(&key) {
                Some(seconds) => seconds.clone(),
                None => prices.activation(&design.circuit, layout)?,
            };
            known.insert(key, seconds.clone());
            candidates.push(Candidate {
                design,
                seconds,
                loss: 0.0,
            });
        }
        layers.push(Layer {
            node,
            range: range(node),
            refresh: prices.refresh(layout)?,
            candidates,
        });
        bar.advance(1);
    }
    Ok(layers)
}

/// How the arguments of ReLUs are distributed.
fn observed(graph: &Graph, ranges: BTreeMap<NodeId, f64>, seen: &Dataset) -> Outcome<Arguments> {
    let network = Network::<f32>::new(graph)?;
    let make = Arguments::over(ranges);
    let mut all = make();
    let bar = Bar::new(seen.len() as u64, "distributions");
    for batch in batches(graph, seen) {
        let (first, batch) = batch?;
        let (_, part) = network.observe(&batch.images, first, &make)?;
        all.merge(part);
        bar.advance(batch.labels.len() as u64);
    }
    Ok(all)
}

/// The network with these candidates in place of its ReLUs, by layer; where none is given the ReLU stays.
pub(super) fn replaced(
    graph: &Graph,
    layers: &[Layer],
    chosen: &[Option<usize>],
) -> Outcome<Graph> {
    let stands: BTreeMap<NodeId, Polynomial> = layers
        .iter()
        .zip(chosen)
        .filter_map(|(layer, chosen)| {
            let candidate = layer.candidates.get((*chosen)?)?;
            let polynomial = Polynomial {
                table: Arc::clone(&candidate.design.table),
                range: layer.range,
            };
            Some((layer.node, polynomial))
        })
        .collect();
    Ok(pass::replace_activations(graph, |id, _| {
        let stand = stands.get(&id).cloned().map(Activation::Polynomial);
        Ok::<_, GraphError>(stand)
    })?)
}

/// Seconds by level of every node that is no ReLU and has inputs; none of the others.
pub(super) fn priced(graph: &Graph, pieces: &[Piece], prices: &Prices) -> Outcome<Vec<Vec<f64>>> {
    let mut priced: Vec<Vec<f64>> = vec![];
    let argument = |at: usize| {
        let input = graph.nodes()[at].inputs().first()?;
        Some(pieces[input.index()].layout)
    };
    for (at, piece) in pieces.iter().enumerate() {
        let seconds = match argument(at) {
            Some(from) if piece.work != Work::Activation => {
                // The same work upon the same layout, often.
                let same = |k: &usize| pieces[*k].work == piece.work && argument(*k) == Some(from);
                match (0..at).find(same) {
                    Some(known) => priced[known].clone(),
                    None => prices.work(&piece.work, &from)?,
                }
            }
            _ => vec![],
        };
        priced.push(seconds);
    }
    Ok(priced)
}

/// The network as the dynamic program sees it; of each layer the candidates that `admitted` says.
pub(super) fn problem(
    graph: &Graph,
    pieces: &[Piece],
    priced: &[Vec<f64>],
    top: usize,
    layers: &[Layer],
    admitted: impl Fn(&Candidate) -> bool,
) -> Problem {
    let mut steps = vec![];
    for (id, node) in graph.iter() {
        let inputs: Vec<usize> = node.inputs().iter().map(|input| input.index()).collect();
        let mut step = Step {
            choices: vec![],
            refresh: None,
            inputs,
        };
        if let Some(layer) = layers.iter().find(|layer| layer.node == id) {
            step.refresh = Some(layer.refresh);
            // What is not admitted keeps its place, and cannot start at any level.
            step.choices.extend(layer.candidates.iter().map(|c| Choice {
                levels: c.design.levels,
                seconds: if admitted(c) {
                    c.seconds.clone()
                } else {
                    vec![]
                },
                loss: c.loss,
            }));
        } else if !node.inputs().is_empty() {
            step.choices.push(Choice {
                levels: pieces[id.index()].work.levels(),
                seconds: priced[id.index()].clone(),
                loss: 0.0,
            });
        }
        steps.push(step);
    }
    Problem {
        steps,
        output: graph.output().index(),
        top,
    }
}

/// Which candidate a plan has at each layer.
pub(super) fn chosen(plan: &Plan, layers: &[Layer]) -> Vec<Option<usize>> {
    let decision = |layer: &Layer| plan.decisions[layer.node.index()];
    layers
        .iter()
        .map(|l| decision(l).map(|d| d.choice))
        .collect()
}
