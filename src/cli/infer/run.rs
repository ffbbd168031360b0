//! `equiripple infer run`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Parser, ValueEnum};
use equiripple_reports::{
    plot::Rendered,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::{Deserialize, Serialize};

use super::{
    network::{Network, NetworkArgs},
    plan::{Row, rows},
    session::{Answer, Encrypted, Server, Simulated},
    store::Store,
    timeline::timeline,
};
use crate::{
    cli::{bench, error::Outcome, memory, net::images::batches, output},
    infer::{Prices, Program},
    nn::{
        accuracy::{Comparison, largest},
        file, inference,
    },
};

/// What the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Backend {
    /// Slots with the noise of encryption
    Sim,
    /// Ciphertexts
    Ckks,
}

/// Encrypt images, run the network on the ciphertexts, decrypt, and compare with the network in the clear
///
/// Client and server in one: keys are made from the seed, which is for measurements alone. Layers are encoded ahead as far
/// as --encoded-memory admits, others when they are needed.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer run resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15 --images 1
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 20 --out run
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 100 --backend sim --json")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// What the program runs on
    #[arg(long, value_enum, default_value = "ckks")]
    backend: Backend,
    /// Threads; all cores by default
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// What keys, encryptions and noise are drawn from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Most memory for layers that are encoded ahead
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = memory::bytes)]
    encoded_memory: u64,
    /// Refuse before keys are made what would take more; what the machine has left when absent
    #[arg(long, value_name = "SIZE", value_parser = memory::bytes)]
    max_memory: Option<u64>,
    /// Folder for infer.json, the record of the run, infer.md and a picture (timeline.svg, timeline.png); results of layers are
    /// kept in `state` there, and the same command goes on after the last one that is whole, to the same bits
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Image {
    name: String,
    /// Of the data.
    label: Option<usize>,
    /// None where a logit is no number or the result is no list of classes, as in the two that follow.
    plain_label: Option<usize>,
    /// On polynomials, in the clear.
    approx_label: Option<usize>,
    encrypted_label: Option<usize>,
    /// From the network on polynomials in the clear.
    max_logit_error: f64,
    /// The largest magnitude of that one's result.
    largest_logit: f64,
    seconds: f64,
    /// Whether it was cut off, so that the seconds are those of its last part.
    resumed: bool,
    /// Of the encrypted result, where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result_sha256: Option<String>,
}

/// What is kept of an image.
#[derive(Debug, Serialize, Deserialize)]
struct Finished {
    image: Image,
    /// Seconds of every node that does something.
    nodes: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct Layer {
    #[serde(flatten)]
    row: Row,
    /// Mean over the images, bootstraps before it included.
    measured_seconds: f64,
}

#[derive(Debug, Serialize)]
struct Summary {
    network: String,
    data: String,
    set: &'static str,
    backend: Backend,
    threads: usize,
    seed: u64,
    /// Whether the result is a list of classes.
    has_classes: bool,
    images: Vec<Image>,
    /// Keys, encoded bootstraps and layers.
    setup_seconds: f64,
    /// Mean of the images.
    seconds: f64,
    /// Modelled, of one thread.
    predicted_seconds: f64,
    /// The highest level of circuits.
    top: usize,
    bootstraps: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Sizes>,
    peak_memory_bytes: Option<u64>,
    layers: Vec<Layer>,
}

#[derive(Debug, Serialize)]
struct Sizes {
    keys: usize,
    key_bytes: u64,
    bootstrap_bytes: u64,
    layer_bytes: u64,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let pool = bench::pool(self.threads)?;
        let threads = pool.current_num_threads();
        let folder = self.out.as_ref().map(OutputFolder::create).transpose()?;
        let network = self.network.read()?;
        let summary = pool.install(|| self.summary(&network, threads))?;
        let table = table(&summary)?;
        if let Some(mut folder) = folder {
            let mut record = output::record("Encrypted inference", &summary)?;
            record.seed = Some(self.seed);
            folder.stage("infer.json", record.to_json()?.as_bytes())?;
            folder.stage(
                "infer.md",
                format!("{}\n{}\n", table.to_markdown(), summary.told()).as_bytes(),
            )?;
            let rows = summary.layers.iter();
            let rows = rows.map(|layer| (layer.row.clone(), layer.measured_seconds));
            let title = format!("{}: levels of one image", summary.network);
            let what = format!("measured seconds, {threads} threads");
            let figure = timeline(&title, &what, summary.top, &rows.collect::<Vec<_>>());
            let Rendered { svg, png } = figure.render()?;
            folder.stage("timeline.svg", svg.as_bytes())?;
            folder.stage("timeline.png", &png)?;
            folder.commit()?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            output::line(table.to_markdown())?;
            output::line(summary.told())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn summary(&self, network: &Network, threads: usize) -> Outcome<Summary> {
        let mut prices = Prices::new(network.parameters.clone())?;
        let program = Program::new(&network.graph, &mut prices, &network.ranges)?;
        let clock = Instant::now();
        match self.backend {
            Backend::Sim => {
                let simulated = Simulated::new(&program, &network.parameters, self.seed)?;
                let setup = clock.elapsed().as_secs_f64();
                let work = Work {
                    network,
                    program: &program,
                    threads,
                    setup,
                    server: None,
                    store: None,
                };
                self.answers(work, |image, index| simulated.answer(image, index))
            }
            Backend::Ckks => {
                // Before keys are made: a folder of another run is refused at once.
                let store = self.out.as_ref().map(|out| self.store(out, network));
                let store = store.transpose()?;
                let server = Server::new(
                    &program,
                    &network.parameters,
                    prices.special(),
                    self.seed,
                    (self.encoded_memory, self.max_memory),
                )?;
                let encrypted = Encrypted::new(&program, &server, self.seed, self.encoded_memory)?;
                let setup = clock.elapsed().as_secs_f64();
                let sizes = Sizes {
                    keys: server.keys,
                    key_bytes: server.key_bytes,
                    bootstrap_bytes: server.transform_bytes,
                    layer_bytes: encrypted.layer_bytes(),
                };
                let work = Work {
                    network,
                    program: &program,
                    threads,
                    setup,
                    server: Some(sizes),
                    store: store.as_ref(),
                };
                self.answers(work, |image, index| {
                    encrypted.answer(image, index, store.as_ref())
                })
            }
        }
    }

    /// Of this network, on these images, under these parameters and by this seed.
    fn store(&self, out: &Path, network: &Network) -> Outcome<Store> {
        let parameters = serde_json::to_vec(network.parameters.literal())?;
        let ranges = network.ranges.iter();
        let ranges: Vec<(usize, f64)> = ranges.map(|(id, b)| (id.index(), *b)).collect();
        let stem = network.stem.as_ref().map(file::to_bytes).transpose()?;
        let job = [
            &file::to_bytes(&network.graph)?[..],
            &stem.unwrap_or_default(),
            &parameters,
            &serde_json::to_vec(&ranges)?,
            network.data.name().as_bytes(),
            &self.seed.to_le_bytes(),
        ];
        Store::open(&out.join("state"), &job)
    }

    fn answers(
        &self,
        work: Work<'_>,
        mut answer: impl FnMut(&[f32], u64) -> Outcome<Answer>,
    ) -> Outcome<Summary> {
        let Work {
            network, program, ..
        } = work;
        let plain = inference::Network::<f64>::new(&network.plain)?;
        let approx = inference::Network::<f64>::new(&network.graph)?;
        let mut images: Vec<Finished> = vec![];
        let classes = network.has_classes();
        let label = |logits: &[f64]| largest(logits).filter(|_| classes);
        for batch in batches(network.client(), &network.data) {
            let (first, batch) = batch?;
            let each = batch.shape[1..].iter().product();
            for (k, image) in batch.images.chunks_exact(each).enumerate() {
                let index = (first + k) as u64;
                if let Some(known) = work.store.and_then(|store| store.finished(index)) {
                    images.push(known);
                    continue;
                }
                let image = &network.given(image)?[..];
                let exact: Vec<f64> = image.iter().map(|x| f64::from(*x)).collect();
                let plain = plain.run(&exact)?.logits;
                let approx = approx.run(&exact)?.logits;
                let found = answer(image, index)?;
                let mut comparison = Comparison::default();
                comparison.add(&approx, &found.logits, batch.labels[k]);
                let outputs = program.lowered().results();
                let digest = work.store.map(|store| store.digest(index, &outputs));
                let finished = Finished {
                    image: Image {
                        name: network.data.origin(first + k),
                        label: batch.labels[k].map(|label| label as usize),
                        plain_label: label(&plain),
                        approx_label: label(&approx),
                        encrypted_label: label(&found.logits),
                        largest_logit: approx.iter().fold(0.0, |most, x| most.max(x.abs())),
                        max_logit_error: comparison.max_logit_error,
                        seconds: found.seconds,
                        resumed: found.resumed,
                        result_sha256: digest.transpose()?,
                    },
                    nodes: found.nodes.into_values().collect(),
                };
                if let Some(store) = work.store {
                    store.finish(index, &outputs, &finished)?;
                }
                images.push(finished);
            }
        }
        // Times of images that were cut off say nothing.
        let whole = || images.iter().filter(|finished| !finished.image.resumed);
        let count = whole().count().max(1) as f64;
        let mean = |of: &dyn Fn(&Finished) -> f64| whole().map(of).sum::<f64>() / count;
        let layers = rows(program).into_iter().enumerate();
        let layers = layers.map(|(k, row)| Layer {
            row,
            measured_seconds: mean(&|finished| finished.nodes.get(k).copied().unwrap_or(0.0)),
        });
        let layers = layers.collect();
        Ok(Summary {
            network: network.graph.name().into(),
            data: network.data.name().into(),
            set: network.set,
            backend: self.backend,
            threads: work.threads,
            seed: self.seed,
            setup_seconds: work.setup,
            seconds: mean(&|finished| finished.image.seconds),
            predicted_seconds: program.seconds(),
            has_classes: classes,
            top: program.top(),
            bootstraps: program.bootstraps().count(),
            server: work.server,
            peak_memory_bytes: memory::peak(),
            layers,
            images: images.into_iter().map(|finished| finished.image).collect(),
        })
    }
}

/// What is run, and how it was set up.
struct Work<'a> {
    network: &'a Network,
    program: &'a Program<'a>,
    threads: usize,
    /// Seconds.
    setup: f64,
    server: Option<Sizes>,
    store: Option<&'a Store>,
}

impl Summary {
    fn told(&self) -> String {
        let same = |f: fn(&Image) -> bool| self.images.iter().filter(|image| f(image)).count();
        let worst = self
            .images
            .iter()
            .map(|image| image.max_logit_error)
            .fold(0.0, f64::max);
        let mut told = format!(
            "{:.1} s an image on {} threads ({:.1} s modelled on one), {} bootstraps; setup {:.1} s\n",
            self.seconds, self.threads, self.predicted_seconds, self.bootstraps, self.setup_seconds,
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
            let largest = largest.fold(0.0, f64::max);
            told += &format!(
                "numbers of the results err by {worst:.2e} at most, the largest of them {largest:.2e}"
            );
        }
        if let Some(sizes) = &self.server {
            told += &format!(
                "\n{} keys of {}, bootstraps encoded in {}, layers in {}",
                sizes.keys,
                memory::human(sizes.key_bytes),
                memory::human(sizes.bootstrap_bytes),
                memory::human(sizes.layer_bytes)
            );
        }
        if let Some(peak) = self.peak_memory_bytes {
            told += &format!("; {} at the height", memory::human(peak));
        }
        told
    }
}

fn table(summary: &Summary) -> Outcome<Table> {
    let columns = ["bootstrap, s", "level", "s", "measured, s"];
    let mut all = vec![Column::left("node"), Column::left("is")];
    all.extend(columns.map(Column::right));
    let title = format!(
        "{} on {}, parameters {}",
        summary.network, summary.data, summary.set
    );
    let mut table = Table::new(all, &title)?;
    for layer in &summary.layers {
        let row = &layer.row;
        table.push(vec![
            Cell::text(&row.node),
            Cell::text(row.op),
            row.bootstrap_cell(),
            Cell::text(row.level.to_string()),
            Cell::text(format!("{:.2}", row.seconds)),
            Cell::text(format!("{:.2}", layer.measured_seconds)),
        ])?;
    }
    Ok(table)
}
