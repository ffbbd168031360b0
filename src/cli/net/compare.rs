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
        inference::{Excess, Network, Real},
        noise::{NetworkNoise, Noisy},
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
    /// Beside another entrant.
    pub(super) beside: Option<Comparison>,
    /// Images with numbers out of range.
    pub(super) out_of_range: u64,
    pub(super) outside: Vec<Outside>,
    pub(super) images_per_second: f64,
}

/// A network that is run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entrant<'a> {
    pub(super) graph: &'a Graph,
    /// Errors of encryption and their seed.
    pub(super) noise: Option<(&'a NetworkNoise, u64)>,
    /// Index of an entrant before it that it is compared with, besides the first.
    pub(super) beside: Option<usize>,
}

impl<'a> Entrant<'a> {
    /// As it is.
    pub(super) const fn clear(graph: &'a Graph) -> Self {
        Self {
            graph,
            noise: None,
            beside: None,
        }
    }
}

/// One of the networks while images are run.
struct Contender<'a, T> {
    entrant: Entrant<'a>,
    network: Network<T>,
    comparison: Comparison,
    beside: Comparison,
    out_of_range: u64,
    outside: BTreeMap<NodeId, Outside>,
    seconds: f64,
}

impl<'a, T: Real> Contender<'a, T> {
    fn new(entrant: Entrant<'a>) -> Outcome<Self> {
        Ok(Self {
            entrant,
            network: Network::new(entrant.graph)?,
            comparison: Comparison::default(),
            beside: Comparison::default(),
            out_of_range: 0,
            outside: BTreeMap::new(),
            seconds: 0.0,
        })
    }

    /// Logits of images, the first of which has the given index.
    fn run(&mut self, images: &[T], start: usize, data: &Dataset) -> Outcome<Vec<T>> {
        let clock = Instant::now();
        let mut found = match self.entrant.noise {
            None => self.network.run(images)?,
            Some((noise, seed)) => {
                let noisy = || Noisy::new(noise, seed);
                self.network.observe(images, start, noisy)?.0
            }
        };
        self.seconds += clock.elapsed().as_secs_f64();
        if self.entrant.noise.is_none() {
            // Observers number images from the first of all on.
            found.excesses.iter_mut().for_each(|e| e.image += start);
        }
        self.excesses(&found.excesses, data);
        Ok(found.logits)
    }

    fn excesses(&mut self, excesses: &[Excess], data: &Dataset) {
        let mut images: Vec<usize> = excesses.iter().map(|e| e.image).collect();
        images.sort_unstable();
        images.dedup();
        self.out_of_range += images.len() as u64;
        for excess in excesses {
            let row = self.outside.entry(excess.node).or_insert_with(|| Outside {
                node: self.entrant.graph.node(excess.node).name().into(),
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
                row.image = data.origin(excess.image);
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
    let entrants = std::iter::once(plain).chain(others).map(Entrant::clear);
    let mut measured = raced::<f32>(&entrants.collect::<Vec<_>>(), data, message)?;
    measured.remove(0);
    Ok(measured)
}

/// Runs all entrants in f32 or f64 on all images and compares each with the first.
pub(super) fn raced<T: Real>(
    entrants: &[Entrant<'_>],
    data: &Dataset,
    message: &str,
) -> Outcome<Vec<Measured>> {
    let contenders = entrants.iter().map(|entrant| Contender::new(*entrant));
    let mut contenders = contenders.collect::<Outcome<Vec<Contender<'_, T>>>>()?;
    let Some(first) = entrants.first() else {
        return Ok(vec![]);
    };
    let bar = Bar::new(data.len() as u64, message);
    for batch in batches(first.graph, data) {
        let (start, batch) = batch?;
        let images: Vec<T> = batch
            .images
            .iter()
            .map(|x| T::from_f64((*x).into()))
            .collect();
        let mut all: Vec<Vec<T>> = vec![];
        for contender in &mut contenders {
            let logits = contender.run(&images, start, data)?;
            let own = all.first().unwrap_or(&logits);
            contender.comparison.all(own, &logits, &batch.labels);
            let beside = contender.entrant.beside.and_then(|k| all.get(k));
            if let Some(other) = beside {
                contender.beside.all(other, &logits, &batch.labels);
            }
            all.push(logits);
        }
        bar.advance(batch.labels.len() as u64);
    }
    let measured = contenders.into_iter().map(|c| Measured {
        images_per_second: c.comparison.images as f64 / c.seconds.max(1e-9),
        comparison: c.comparison,
        beside: c.entrant.beside.map(|_| c.beside),
        out_of_range: c.out_of_range,
        outside: c.outside.into_values().collect(),
    });
    Ok(measured.collect())
}
