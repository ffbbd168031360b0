//! Over which ranges polynomials hold.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{images::Images, ranges};
use crate::{
    cli::{error::Outcome, number},
    nn::{
        Graph, Window,
        data::{DataError, Dataset},
        inference::pool_range,
    },
};

/// The arguments that say over which ranges polynomials hold.
#[derive(Debug, Args)]
pub(in crate::cli) struct Calibration {
    /// Images whose ranges give B; the training images where --data has some, otherwise the same images
    #[arg(long, value_name = "PATH", conflicts_with = "range")]
    calibrate: Option<PathBuf>,
    /// How many calibration images at most
    #[arg(long, value_name = "N", default_value_t = 2048)]
    calibration_images: usize,
    /// B over the largest magnitude that calibration sees
    #[arg(long, value_name = "F", default_value_t = 1.5, value_parser = number::real)]
    margin: f64,
    /// One B for all layers
    #[arg(long, value_name = "B", value_parser = number::real)]
    range: Option<f64>,
}

/// Where ranges come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Origin {
    /// Name of the data; none where one range is given.
    data: Option<String>,
    images: usize,
    /// Whether they are among the images that the network is then tried on.
    same: bool,
}

impl Origin {
    /// In words.
    pub(in crate::cli) fn told(&self) -> String {
        match &self.data {
            None => "one for all layers, as given".into(),
            Some(data) => {
                let seen = if self.same {
                    ", which are the images themselves: give others by --calibrate"
                } else {
                    ""
                };
                format!("measured on {} images of {data}{seen}", self.images)
            }
        }
    }
}

/// What an activation or pool is given.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Bound {
    /// B.
    magnitude: f64,
    /// Whether all numbers that were seen are at least 0.
    nonnegative: bool,
}

/// The range of every activation and pool, by the name of its node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Bounds {
    nodes: BTreeMap<String, Bound>,
    otherwise: Bound,
    pub(in crate::cli) origin: Origin,
}

impl Calibration {
    /// The images that ranges are measured on, and whether they are those of `data`.
    pub(in crate::cli) fn images(
        &self,
        images: &Images,
        data: &Dataset,
    ) -> Outcome<(Dataset, bool)> {
        let (own, same) = self.all(images, data)?;
        Ok((own.first(self.calibration_images.min(own.len()))?, same))
    }

    /// As [`Self::images`], and those that are more than ranges need.
    pub(in crate::cli) fn all(&self, images: &Images, data: &Dataset) -> Outcome<(Dataset, bool)> {
        Ok(match &self.calibrate {
            Some(path) => (Dataset::open(path)?, false),
            None => match images.training() {
                Ok(training) => (training, false),
                // What is damaged is told.
                Err(DataError::Split { .. } | DataError::Layout { .. }) => (data.clone(), true),
                Err(other) => return Err(other.into()),
            },
        })
    }

    /// Measures the ranges of a network, unless one is given.
    pub(in crate::cli) fn bounds(
        &self,
        graph: &Graph,
        images: &Images,
        data: &Dataset,
    ) -> Outcome<Bounds> {
        if let Some(range) = self.range {
            return Ok(Bounds::all(range));
        }
        let (seen, same) = self.images(images, data)?;
        self.measured(graph, &seen, same)
    }

    /// The same where there are no images but those of --calibrate; nothing where there are none of these either.
    pub(in crate::cli) fn own_bounds(&self, graph: &Graph) -> Outcome<Option<Bounds>> {
        if let Some(range) = self.range {
            return Ok(Some(Bounds::all(range)));
        }
        let Some(path) = &self.calibrate else {
            return Ok(None);
        };
        let seen = Dataset::open(path)?;
        let seen = seen.first(self.calibration_images.min(seen.len()))?;
        self.measured(graph, &seen, false).map(Some)
    }

    fn measured(&self, graph: &Graph, seen: &Dataset, same: bool) -> Outcome<Bounds> {
        let ranges = ranges::measured(graph, seen)?;
        let bounds = ranges.bounds(graph, self.margin);
        let nodes = bounds.into_iter().map(|(id, magnitude)| {
            let nonnegative = ranges.get(id).is_some_and(|range| range.least() >= 0.0);
            let name = graph.node(id).name().to_string();
            (
                name,
                Bound {
                    magnitude,
                    nonnegative,
                },
            )
        });
        Ok(Bounds {
            nodes: nodes.collect(),
            otherwise: Bound::of(1.0),
            origin: Origin {
                data: Some(seen.name().into()),
                images: seen.len(),
                same,
            },
        })
    }
}

impl Bound {
    const fn of(magnitude: f64) -> Self {
        Self {
            magnitude,
            nonnegative: false,
        }
    }
}

impl Bounds {
    /// One B for all.
    pub(in crate::cli) fn all(range: f64) -> Self {
        Self {
            nodes: BTreeMap::new(),
            otherwise: Bound::of(range),
            origin: Origin {
                data: None,
                images: 0,
                same: false,
            },
        }
    }

    fn get(&self, node: &str) -> Bound {
        self.nodes.get(node).copied().unwrap_or(self.otherwise)
    }

    /// B of every node; of all, where one is given.
    pub(in crate::cli) fn magnitudes(&self) -> BTreeMap<&str, f64> {
        if self.nodes.is_empty() {
            return BTreeMap::from([("all", self.otherwise.magnitude)]);
        }
        let each = self.nodes.iter();
        each.map(|(name, bound)| (name.as_str(), bound.magnitude))
            .collect()
    }

    /// B of an activation.
    pub(in crate::cli) fn activation(&self, node: &str) -> f32 {
        self.get(node).magnitude as f32
    }

    /// B of the maxima that a pool is made of, by a ReLU that errs by 2^-precision.
    pub(in crate::cli) fn pool(&self, node: &str, window: &Window, precision: f64) -> f32 {
        let bound = self.get(node);
        pool_range(window, bound.magnitude, precision, bound.nonnegative) as f32
    }
}
