//! What came of a run, as a record and for people.

use clap::ValueEnum;
use equiripple_reports::{
    record::Machine,
    table::{Cell, Column, Table},
};
use serde::{Deserialize, Serialize};

use super::{
    need::{Memory, Planned},
    network::Network,
    plan::Row,
    published::{self, Published},
    trace::{self, ImageTrace},
    verdict::Verdict,
};
use crate::cli::{error::Outcome, memory};

/// What the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Backend {
    /// Exact slots with the deviations of their errors; seconds are modelled, of one thread
    Analyze,
    /// Slots with the noise of encryption
    Sim,
    /// Ciphertexts
    Ckks,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Image {
    pub(super) name: String,
    /// Of the data.
    pub(super) label: Option<usize>,
    /// None where a logit is no number or the result is no list of classes, as in the two that follow.
    pub(super) plain_label: Option<usize>,
    /// On polynomials, in the clear.
    pub(super) approx_label: Option<usize>,
    pub(super) encrypted_label: Option<usize>,
    /// From the network on polynomials in the clear.
    pub(super) max_logit_error: f64,
    /// The largest magnitude of that one's result.
    #[serde(default)]
    pub(super) largest_logit: f64,
    /// Those of its batch over the images of that.
    pub(super) seconds: f64,
    /// The same of all threads together; none where nothing is computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cpu_seconds: Option<f64>,
    /// Whether it was cut off, so that the seconds are those of its last part.
    pub(super) resumed: bool,
    /// Of the encrypted result, where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) result_sha256: Option<String>,
    /// Of the layers after the last one that was kept, where it was asked for; of the first image of a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trace: Option<ImageTrace>,
}

/// What is kept of a batch of images.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Finished {
    pub(super) images: Vec<Image>,
    pub(super) seconds: f64,
    /// None where nothing is computed.
    pub(super) cpu_seconds: Option<f64>,
    /// Whether it was cut off, so that the seconds are those of its last part.
    pub(super) resumed: bool,
    /// Seconds of every node that does something.
    pub(super) nodes: Vec<f64>,
    /// Image by image.
    pub(super) logits: Vec<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Layer {
    #[serde(flatten)]
    pub(super) row: Row,
    /// Mean over the batches, bootstraps before it included; absent where nothing is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) measured_seconds: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) network: String,
    pub(super) data: String,
    pub(super) set: &'static str,
    pub(super) backend: Backend,
    pub(super) threads: usize,
    pub(super) seed: u64,
    /// Whether the result is a list of classes.
    pub(super) has_classes: bool,
    /// Images that share ciphertexts.
    pub(super) batch: usize,
    pub(super) images: Vec<Image>,
    /// Keys, encoded bootstraps and layers.
    pub(super) setup_seconds: f64,
    /// Mean of the images.
    pub(super) seconds: f64,
    /// Mean of the batches.
    pub(super) batch_seconds: f64,
    /// The same of all threads together; none where nothing is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpu_seconds: Option<f64>,
    /// Of a batch, modelled by the plan, of one thread.
    pub(super) predicted_seconds: f64,
    /// What was told before the run.
    pub(super) forecast: Forecast,
    /// The highest level of circuits.
    pub(super) top: usize,
    pub(super) bootstraps: usize,
    /// And conjugations, of a batch.
    pub(super) rotations: u64,
    pub(super) layer_rotations: u64,
    pub(super) bootstrap_rotations: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<Sizes>,
    pub(super) peak_memory_bytes: Option<u64>,
    /// Of --image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verdict: Option<Verdict>,
    pub(super) layers: Vec<Layer>,
    /// Bits below which a layer diverges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trace_threshold_bits: Option<f64>,
    /// What others report of the same network.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) published: Vec<Published>,
    #[serde(skip)]
    pub(super) security: String,
}

/// By counting every operation, and beside it what was measured.
#[derive(Debug, Serialize)]
pub(super) struct Forecast {
    /// Of a batch, one thread, layers encoded ahead.
    pub(super) seconds: f64,
    /// Whose.
    pub(super) machine: String,
    /// Measured CPU seconds over those: 1 where the forecast holds, on any number of threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpu_ratio: Option<f64>,
    /// Of ciphertexts, by what it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<Memory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory_bytes: Option<u64>,
    /// The most that the process took over that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory_ratio: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Sizes {
    pub(super) keys: usize,
    pub(super) key_bytes: u64,
    pub(super) bootstrap_bytes: u64,
    pub(super) layer_bytes: u64,
}

/// What was told before; the ratios on ciphertexts alone, since the simulator's work is another.
pub(super) fn forecast(
    planned: &Planned<'_>,
    encrypted: bool,
    cpu_seconds: Option<f64>,
    peak: Option<u64>,
) -> Forecast {
    let seconds = planned.need.seconds();
    let memory = encrypted.then_some(planned.need.memory);
    let memory_bytes = memory.map(|memory| memory.bytes());
    let ratio = |(peak, bytes): (u64, u64)| peak as f64 / bytes.max(1) as f64;
    Forecast {
        seconds,
        machine: planned.prices.machine().into(),
        cpu_ratio: cpu_seconds.filter(|_| encrypted).map(|cpu| cpu / seconds),
        memory,
        memory_bytes,
        memory_ratio: peak.zip(memory_bytes).map(ratio),
    }
}

/// Of the keys of these parameters the least that is met, in bits.
pub(super) fn security(network: &Network) -> String {
    let met = network.parameters.security().iter().map(|key| key.met);
    let least = met.min().flatten();
    least.map_or("none".into(), |level| level.to_string())
}

impl Layer {
    /// Of a table: node, what it is, modelled seconds of bootstraps, level, modelled and measured seconds.
    fn cells(&self) -> Vec<Cell> {
        let row = &self.row;
        vec![
            Cell::text(&row.node),
            Cell::text(row.op),
            row.bootstrap_cell(),
            Cell::text(row.level.to_string()),
            Cell::text(format!("{:.2}", row.seconds)),
            match self.measured_seconds {
                Some(seconds) => Cell::text(format!("{seconds:.2}")),
                None => Cell::Empty,
            },
        ]
    }

    /// All of them, under a title.
    pub(super) fn table(layers: &[Self], title: &str) -> Outcome<Table> {
        let columns = ["bootstrap, s", "level", "s", "measured, s"];
        let mut all = vec![Column::left("node"), Column::left("is")];
        all.extend(columns.map(Column::right));
        let mut table = Table::new(all, title)?;
        for layer in layers {
            table.push(layer.cells())?;
        }
        Ok(table)
    }
}

impl Sizes {
    pub(super) fn told(&self) -> String {
        format!(
            "{} keys of {}, bootstraps encoded in {}, layers in {}",
            self.keys,
            memory::human(self.key_bytes),
            memory::human(self.bootstrap_bytes),
            memory::human(self.layer_bytes)
        )
    }
}

impl Summary {
    /// All of it for people.
    pub(super) fn report(&self) -> Outcome<String> {
        let mut parts = vec![table(self)?.to_markdown(), self.told()];
        if let Some(threshold) = self.trace_threshold_bits {
            let traces = self.images.iter();
            let traces: Vec<_> = traces
                .filter_map(|image| Some((image.name.as_str(), image.trace.as_ref()?)))
                .collect();
            let only: Vec<_> = traces.iter().map(|(_, trace)| *trace).collect();
            parts.push(trace::table(&only)?.to_markdown());
            parts.push(trace::told(&traces, threshold));
        }
        if !self.published.is_empty() {
            let Machine { cpu, .. } = Machine::detect();
            let machine = format!("{cpu}, {} threads", self.threads);
            let ours = (self.seconds, self.peak_memory_bytes);
            let table = published::table(&self.published, ours, (&machine, &self.security))?;
            parts.push(table.to_markdown());
        }
        let parts: Vec<_> = parts.iter().map(|part| part.trim_end()).collect();
        Ok(parts.join("\n\n"))
    }

    fn told(&self) -> String {
        let same = |f: fn(&Image) -> bool| self.images.iter().filter(|image| f(image)).count();
        let worst = self
            .images
            .iter()
            .map(|image| image.max_logit_error)
            .fold(0.0, f64::max);
        let forecast = &self.forecast;
        let mut told = match self.backend {
            Backend::Analyze => format!("{:.1} s an image modelled on one thread", self.seconds),
            Backend::Sim | Backend::Ckks if self.batch > 1 => format!(
                "{:.1} s an image, {} at once in {:.1} s, on {} threads ({:.1} s modelled on one)",
                self.seconds, self.batch, self.batch_seconds, self.threads, forecast.seconds
            ),
            Backend::Sim | Backend::Ckks => format!(
                "{:.1} s an image on {} threads ({:.1} s modelled on one)",
                self.seconds, self.threads, forecast.seconds
            ),
        };
        if let (Some(cpu), Some(ratio)) = (self.cpu_seconds, forecast.cpu_ratio) {
            told += &format!(", {cpu:.1} s of all threads together, {ratio:.2} of the model");
        }
        told += &format!(
            "; {} bootstraps, {} rotations in them and {} in layers; setup {:.1} s\n",
            self.bootstraps, self.bootstrap_rotations, self.layer_rotations, self.setup_seconds,
        );
        if self.has_classes {
            told += &format!(
                "labels of {} images: {} as on polynomials in the clear, {} as the network's own; logits err by {worst:.2e} at most",
                self.images.len(),
                same(|i| i.encrypted_label == i.approx_label),
                same(|i| i.encrypted_label == i.plain_label),
            );
        } else {
            let largest = self.images.iter().map(|image| image.largest_logit);
            told += &format!(
                "numbers of {} results err by {worst:.2e} at most, the largest of them {:.2e}",
                self.images.len(),
                largest.fold(0.0, f64::max)
            );
        }
        if let Some(sizes) = &self.server {
            told += &format!("\n{}", sizes.told());
        }
        if let Some(peak) = self.peak_memory_bytes {
            told += &format!("; {} at the height", memory::human(peak));
        }
        if let (Some(bytes), Some(ratio)) = (forecast.memory_bytes, forecast.memory_ratio) {
            told += &format!(", {ratio:.2} of the {} modelled", memory::human(bytes));
        }
        told
    }
}

fn table(summary: &Summary) -> Outcome<Table> {
    let title = format!(
        "{} on {}, parameters {}",
        summary.network, summary.data, summary.set
    );
    Layer::table(&summary.layers, &title)
}
