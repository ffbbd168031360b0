//! What a sweep finds, as data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::design::{Design, Kind};
use crate::{
    cli::net::compare::{Measured, Outside},
    nn::accuracy::{Comparison, Score, Share},
};

/// A share of images with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Estimate {
    pub(super) hits: u64,
    pub(super) images: u64,
    pub(super) share: f64,
    /// Wilson's, of 95 %.
    pub(super) interval: (f64, f64),
}

impl Estimate {
    fn new(share: Share) -> Self {
        Self {
            hits: share.hits,
            images: share.images,
            share: share.value(),
            interval: share.interval(),
        }
    }

    /// None without images.
    fn known(share: Share) -> Option<Self> {
        (share.images > 0).then(|| Self::new(share))
    }

    pub(super) fn percent(&self) -> f64 {
        100.0 * self.share
    }
}

/// How often labels are met, where images have labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Accuracy {
    pub(super) top1: Option<Estimate>,
    pub(super) top5: Option<Estimate>,
}

impl Accuracy {
    fn new(score: Score) -> Self {
        Self {
            top1: Estimate::known(score.first()),
            top5: Estimate::known(score.among_five()),
        }
    }
}

/// A network with one design in place of ReLU.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) design: Design,
    /// The revision that measured it.
    pub(super) revision: String,
    #[serde(flatten)]
    pub(super) accuracy: Accuracy,
    /// Images with the label that the plain network gives.
    pub(super) agreement: Estimate,
    /// Of a logit; none where one is not a number.
    pub(super) max_logit_error: Option<f64>,
    /// Root mean square of the errors of logits; none where one is not a number.
    pub(super) rms_logit_error: Option<f64>,
    /// Images with numbers out of range.
    pub(super) out_of_range: u64,
    pub(super) outside: Vec<Outside>,
    pub(super) images_per_second: f64,
}

impl Row {
    pub(super) fn new(design: Design, measured: Measured) -> Self {
        let comparison: Comparison = measured.comparison;
        let finite = |x: f64| x.is_finite().then_some(x);
        Self {
            design,
            revision: crate::REVISION.into(),
            accuracy: Accuracy::new(comparison.other),
            agreement: Estimate::new(comparison.agreement()),
            max_logit_error: finite(comparison.max_logit_error),
            rms_logit_error: finite(comparison.logit_deviation()),
            out_of_range: measured.out_of_range,
            outside: measured.outside,
            images_per_second: measured.images_per_second,
        }
    }

    /// What orders rows; no two have the same.
    pub(super) fn key(&self) -> (u32, Kind) {
        (self.design.alpha, self.design.kind)
    }
}

/// A sweep, finished or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Report {
    /// What rows depend on: network, data, ranges, options.
    pub(super) settings: Value,
    /// The network as it is; none before the first row.
    pub(super) plain: Option<Accuracy>,
    /// By rising α.
    pub(super) rows: Vec<Row>,
}

impl Report {
    pub(super) const fn new(settings: Value) -> Self {
        Self {
            settings,
            plain: None,
            rows: vec![],
        }
    }

    pub(super) fn has(&self, design: &Design) -> bool {
        self.rows.iter().any(|row| row.design == *design)
    }

    /// Takes a row to its place.
    pub(super) fn add(&mut self, design: Design, measured: Measured) {
        self.plain = Some(Accuracy::new(measured.comparison.plain));
        let row = Row::new(design, measured);
        self.rows.retain(|known| known.key() != row.key());
        let place = self.rows.partition_point(|known| known.key() < row.key());
        self.rows.insert(place, row);
    }
}
