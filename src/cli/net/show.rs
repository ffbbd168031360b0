//! `equiripple net show`: the layers of a network, and a picture of it.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::{
    table::{Cell, Column, Table},
    write::write_atomic,
};
use serde::Serialize;

use super::{
    describe::{Summary, operation},
    picture,
    source::Source,
};
use crate::{
    cli::{error::Outcome, files, output},
    nn::{Graph, Shape, depth},
};

/// Show the layers of a network: shapes, parameters, activations, multiplicative depth
///
/// Levels: a convolution, a linear layer and a square take one, a polynomial the depth of its circuit, a max-pool by a
/// polynomial that for each round of pairs. A batch norm takes none where the layer before it can have it in its weights,
/// an average-pool none where the layer behind it can; one elsewhere. Masks of a packing are not counted.
#[derive(Debug, Parser)]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    /// File for a picture of the graph, .svg or .png
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the layers as JSON
    #[arg(long)]
    json: bool,
}

/// A node of the network.
#[derive(Debug, Serialize)]
struct Layer {
    name: String,
    operation: String,
    inputs: Vec<String>,
    shape: Shape,
    parameters: usize,
    /// Nothing for what is no polynomial.
    levels: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Network {
    #[serde(flatten)]
    summary: Summary,
    layers: Vec<Layer>,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let png = self.out.as_deref().map(files::is_png).transpose()?;
        let graph = self.source.read()?;
        let network = Network {
            summary: Summary::of(&graph)?,
            layers: layers(&graph)?,
        };
        if let (Some(path), Some(png)) = (&self.out, png) {
            let drawn = picture::flow(&graph).render()?;
            write_atomic(
                path,
                if png {
                    &drawn.png
                } else {
                    drawn.svg.as_bytes()
                },
            )?;
        }
        if self.json {
            output::json(&network)?;
        } else {
            output::line(table(&network.layers)?.to_text().trim_end())?;
            output::line("")?;
            network.summary.tell()?;
            if let Some(path) = &self.out {
                output::line(format!("written to {}", path.display()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn layers(graph: &Graph) -> Outcome<Vec<Layer>> {
    let depths = depth::depths(graph)?;
    let layer = |(id, node): (crate::nn::NodeId, &crate::nn::Node)| Layer {
        name: node.name().into(),
        operation: operation(node),
        inputs: node
            .inputs()
            .iter()
            .map(|&input| graph.node(input).name().into())
            .collect(),
        shape: node.shape().clone(),
        parameters: node.op().tensors().iter().map(|t| t.values().len()).sum(),
        levels: depths.own[id.index()],
    };
    Ok(graph.iter().map(layer).collect())
}

fn table(layers: &[Layer]) -> Outcome<Table> {
    let columns = vec![
        Column::left("node"),
        Column::left("operation"),
        Column::left("of"),
        Column::right("shape"),
        Column::right("parameters"),
        Column::right("levels"),
    ];
    let mut table = Table::new(columns, "Layers")?;
    let mut before = "";
    for layer in layers {
        // What follows the line above needs no name.
        let of = match layer.inputs.as_slice() {
            [one] if one == before => String::new(),
            inputs => inputs.join(", "),
        };
        table.push(vec![
            Cell::text(&layer.name),
            Cell::text(&layer.operation),
            Cell::text(&of),
            Cell::text(layer.shape.to_string()),
            match layer.parameters {
                0 => Cell::Empty,
                n => Cell::Integer(n as i64),
            },
            match layer.levels {
                None => Cell::text("?"),
                Some(0) => Cell::Empty,
                Some(n) => Cell::Integer(n as i64),
            },
        ])?;
        before = &layer.name;
    }
    Ok(table)
}
