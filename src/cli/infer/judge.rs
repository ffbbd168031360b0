//! Batches of images, and what the network in the clear says of them.

use std::collections::BTreeMap;

use super::{
    network::Network,
    session::Answer,
    summary::{Finished, Image},
    trace::ImageTrace,
};
use crate::{
    cli::{
        error::{Outcome, warn},
        net::images::batches,
    },
    nn::{
        NodeId,
        accuracy::{Comparison, largest},
        data::Dataset,
        inference::{self, Images, Observer},
    },
};

/// Images that share ciphertexts.
pub(super) struct Given {
    /// Index of the first.
    pub(super) first: usize,
    pub(super) images: Vec<Vec<f32>>,
    labels: Vec<Option<u32>>,
}

impl Given {
    /// All images, so many at once; the last ones may be fewer.
    pub(super) fn all<'a>(
        network: &'a Network,
        data: &'a Dataset,
        at_once: usize,
    ) -> impl Iterator<Item = Outcome<Self>> + 'a {
        batches(network.client(), data).flat_map(move |loaded| match loaded {
            Err(refused) => vec![Err(refused)],
            Ok((begin, loaded)) => {
                let each: usize = loaded.shape[1..].iter().product();
                let some = loaded.images.chunks(each * at_once);
                let some = some.zip(loaded.labels.chunks(at_once)).enumerate();
                let given = some.map(|(k, (images, labels))| {
                    Ok(Self {
                        first: begin + k * at_once,
                        images: images.chunks_exact(each).map(<[f32]>::to_vec).collect(),
                        labels: labels.to_vec(),
                    })
                });
                given.collect()
            }
        })
    }
}

/// Numbers of an image as the network in the clear takes them.
pub(super) fn exact(image: &[f32]) -> Vec<f64> {
    image.iter().map(|x| f64::from(*x)).collect()
}

/// Activations that are given numbers beyond their ranges, with the largest of these.
struct Beyond<'a> {
    ranges: &'a BTreeMap<NodeId, f64>,
    found: BTreeMap<NodeId, f64>,
}

impl Observer<f64> for Beyond<'_> {
    fn argument(&mut self, node: NodeId, images: &Images<'_, f64>) {
        let Some(range) = self.ranges.get(&node) else {
            return;
        };
        let beyond = images.values().iter().map(|x| x.abs());
        for x in beyond.filter(|x| x.is_nan() || x > range) {
            let most = self.found.entry(node).or_insert(x);
            *most = if x.is_nan() { x } else { most.max(x) };
        }
    }

    fn merge(&mut self, later: Self) {
        self.found.extend(later.found);
    }
}

/// What the network in the clear says of an image.
pub(super) struct Clear {
    plain: Vec<f64>,
    /// On polynomials.
    approx: Vec<f64>,
}

/// A network in the clear, as it was given and on polynomials.
pub(super) struct Judge<'a> {
    data: &'a Dataset,
    network: &'a Network,
    ranges: BTreeMap<NodeId, f64>,
    /// What the client computes before it encrypts.
    stem: Option<inference::Network<f32>>,
    plain: inference::Network<f64>,
    approx: inference::Network<f64>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(network: &'a Network, data: &'a Dataset) -> Outcome<Self> {
        Ok(Self {
            data,
            network,
            ranges: network.bounds(),
            stem: network
                .stem
                .as_ref()
                .map(inference::Network::new)
                .transpose()?,
            plain: inference::Network::new(&network.plain)?,
            approx: inference::Network::new(&network.graph)?,
        })
    }

    /// What is encrypted of images.
    pub(super) fn encrypted(&self, given: Given) -> Outcome<Given> {
        let Some(stem) = &self.stem else {
            return Ok(given);
        };
        let images = given.images.iter().map(|image| Ok(stem.run(image)?.logits));
        Ok(Given {
            images: images.collect::<Outcome<_>>()?,
            ..given
        })
    }

    fn label(&self, logits: &[f64]) -> Option<usize> {
        largest(logits).filter(|_| self.network.has_classes())
    }

    /// Of every image, before anything is paid for; warns of those that leave the range of an activation.
    pub(super) fn clear(&self, given: &Given) -> Outcome<Vec<Clear>> {
        let each = given.images.iter().zip(given.first..).map(|(image, index)| {
            let image = exact(image);
            let beyond = || Beyond {
                ranges: &self.ranges,
                found: BTreeMap::new(),
            };
            let (outcome, beyond) = self.approx.observe(&image, 0, beyond)?;
            if let Some((node, largest)) = beyond.found.first_key_value() {
                warn(&format!(
                    "{}: {} activations are given numbers beyond their ranges in the clear, `{}` before others: {largest:.3}, beyond ±{:.3}; what is encrypted will be wrong: calibrate on more images, or with a larger --margin",
                    self.data.origin(index),
                    beyond.found.len(),
                    self.network.graph.node(*node).name(),
                    self.ranges[node],
                ));
            }
            Ok(Clear {
                plain: self.plain.run(&image)?.logits,
                approx: outcome.logits,
            })
        });
        each.collect()
    }

    /// What came of a batch of at most `at_once` images. `digest` is that of the encrypted result.
    pub(super) fn finished(
        &self,
        given: &Given,
        clear: &[Clear],
        found: Answer,
        at_once: usize,
        digest: Option<String>,
        mut trace: Option<ImageTrace>,
    ) -> Finished {
        let share = 1.0 / given.images.len() as f64;
        let logits = found.logits.chunks_exact(found.logits.len() / at_once);
        let each = clear.iter().zip(&given.labels).zip(logits);
        let images = each.enumerate().map(|(b, ((clear, own), logits))| {
            let Clear { plain, approx } = clear;
            let mut comparison = Comparison::default();
            comparison.add(approx, logits, *own);
            Image {
                name: self.data.origin(given.first + b),
                label: own.map(|label| label as usize),
                plain_label: self.label(plain),
                approx_label: self.label(approx),
                encrypted_label: self.label(logits),
                largest_logit: approx.iter().fold(0.0, |most, x| most.max(x.abs())),
                max_logit_error: comparison.max_logit_error,
                seconds: found.seconds * share,
                cpu_seconds: found.cpu_seconds.map(|cpu| cpu * share),
                resumed: found.resumed,
                result_sha256: digest.clone(),
                trace: trace.take(),
            }
        });
        Finished {
            images: images.collect(),
            seconds: found.seconds,
            cpu_seconds: found.cpu_seconds,
            resumed: found.resumed,
            nodes: found.nodes.into_values().collect(),
            logits: found.logits,
        }
    }
}
