//! Networks beside the one that they stand for.

use std::{collections::BTreeMap, time::Instant};

use serde::{Deserialize, Deserializer, Serialize};

use super::images::batches;
use crate::{
    cli::{error::Outcome, progress::Bar},
    nn::{
        Graph, NodeId,
        accuracy::Comparison,
        data::Dataset,
        inference::{Excess, Network},
    },
};

/// Where numbers left the range of a polynomial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Outside {
    pub(super) node: String,
    /// B.
    pub(super) range: f64,
    /// Images with such numbers.
    pub(super) images: u64,
    pub(super) numbers: u64,
    /// Not a number, if one of them is none.
    #[serde(deserialize_with = "number_or_none")]
    pub(super) largest: f64,
    /// Name of the image with the largest.
    pub(super) image: String,
}

/// JSON has no word for what is not a number but null.
fn number_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

/// A network on all images, beside the one that it stands for.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub(super) comparison: Comparison,
    /// Images with numbers out of range.
    pub(super) out_of_range: u64,
    pub(super) outside: Vec<Outside>,
    pub(super) images_per_second: f64,
}

/// One of the networks while images are run.
struct Contender<'a> {
    graph: &'a Graph,
    network: Network<f32>,
    comparison: Comparison,
    out_of_range: u64,
    outside: BTreeMap<NodeId, Outside>,
    seconds: f64,
}

impl Contender<'_> {
    fn excesses(&mut self, excesses: &[Excess], start: usize, data: &Dataset) {
        let mut images: Vec<usize> = excesses.iter().map(|e| e.image).collect();
        images.sort_unstable();
        images.dedup();
        self.out_of_range += images.len() as u64;
        for excess in excesses {
            let row = self.outside.entry(excess.node).or_insert_with(|| Outside {
                node: self.graph.node(excess.node).name().into(),
                range: excess.range,
                images: 0,
                numbers: 0,
                largest: 0.0,
                image: String::new(),
            });
            row.images += 1;
            row.numbers += excess.count as u64;
            if excess.largest.is_nan() || excess.largest > row.largest {
                row.largest = excess.largest;
                row.image = data.origin(start + excess.image);
            }
        }
    }
}

/// Runs all networks on all images, the plain one once; `message` stands beside the progress.
pub(super) fn compared(
    plain: &Graph,
    others: &[Graph],
    data: &Dataset,
    message: &str,
) -> Outcome<Vec<Measured>> {
    let first = Network::<f32>::new(plain)?;
    let mut contenders = vec![];
    for graph in others {
        contenders.push(Contender {
            graph,
            network: Network::new(graph)?,
            comparison: Comparison::default(),
            out_of_range: 0,
            outside: BTreeMap::new(),
            seconds: 0.0,
        });
    }
    let bar = Bar::new(data.len() as u64, message);
    for batch in batches(plain, data) {
        let (start, batch) = batch?;
        let exact = first.run(&batch.images)?;
        for contender in &mut contenders {
            let clock = Instant::now();
            let found = contender.network.run(&batch.images)?;
            contender.seconds += clock.elapsed().as_secs_f64();
            let logits = exact.logits.chunks_exact(first.output_elements());
            let own = found
                .logits
                .chunks_exact(contender.network.output_elements());
            for ((x, y), label) in logits.zip(own).zip(&batch.labels) {
                contender.comparison.add(x, y, *label);
            }
            contender.excesses(&found.excesses, start, data);
        }
        bar.advance(batch.labels.len() as u64);
    }
    let measured = contenders.into_iter().map(|c| Measured {
        images_per_second: c.comparison.images as f64 / c.seconds.max(1e-9),
        comparison: c.comparison,
        out_of_range: c.out_of_range,
        outside: c.outside.into_values().collect(),
    });
    Ok(measured.collect())
}
