//! `equiripple infer run`.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::{Parser, ValueEnum};
use equiripple_reports::{
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::Serialize;

use super::{
    network::{Network, NetworkArgs},
    plan::{Row, rows},
    session::{Answer, Encrypted, Server, Simulated},
};
use crate::{
    cli::{bench, error::Outcome, memory, net::images::batches, output},
    infer::{Prices, Program},
    nn::inference,
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
    /// Folder for infer.json, the record of the run, and infer.md
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Image {
    name: String,
    /// Of the data.
    label: Option<usize>,
    plain_label: usize,
    /// On polynomials, in the clear.
    approx_label: usize,
    encrypted_label: usize,
    /// From the network on polynomials in the clear.
    max_logit_error: f64,
    seconds: f64,
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
    images: Vec<Image>,
    /// Keys, encoded bootstraps and layers.
    setup_seconds: f64,
    /// Mean of the images.
    seconds: f64,
    /// Modelled, of one thread.
    predicted_seconds: f64,
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

/// The index of the largest; the first of equal ones.
fn label(logits: &[f64]) -> usize {
    let mut best = 0;
    for (k, x) in logits.iter().enumerate() {
        if *x > logits[best] {
            best = k;
        }
    }
    best
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
                self.answers(network, &program, threads, setup, None, |image, number| {
                    simulated.answer(image, number)
                })
            }
            Backend::Ckks => {
                let server =
                    Server::new(&program, &network.parameters, prices.special(), self.seed)?;
                let mut encrypted =
                    Encrypted::new(&program, &server, self.seed, self.encoded_memory)?;
                let setup = clock.elapsed().as_secs_f64();
                let sizes = Sizes {
                    keys: server.keys,
                    key_bytes: server.key_bytes,
                    bootstrap_bytes: server.transform_bytes,
                    layer_bytes: encrypted.layer_bytes(),
                };
                self.answers(
                    network,
                    &program,
                    threads,
                    setup,
                    Some(sizes),
                    |image, _| encrypted.answer(image),
                )
            }
        }
    }

    fn answers(
        &self,
        network: &Network,
        program: &Program<'_>,
        threads: usize,
        setup_seconds: f64,
        server: Option<Sizes>,
        mut answer: impl FnMut(&[f32], u64) -> Outcome<Answer>,
    ) -> Outcome<Summary> {
        let plain = inference::Network::<f64>::new(&network.plain)?;
        let approx = inference::Network::<f64>::new(&network.graph)?;
        let mut images = vec![];
        let rows = rows(program);
        let mut measured = vec![0.0; rows.len()];
        for batch in batches(&network.graph, &network.data) {
            let (first, batch) = batch?;
            let each = plain.input_elements();
            for (k, image) in batch.images.chunks_exact(each).enumerate() {
                let exact: Vec<f64> = image.iter().map(|x| f64::from(*x)).collect();
                let plain = plain.run(&exact)?.logits;
                let approx = approx.run(&exact)?.logits;
                let found = answer(image, (first + k) as u64)?;
                for (sum, seconds) in measured.iter_mut().zip(found.nodes.values()) {
                    *sum += seconds;
                }
                let errors = found.logits.iter().zip(&approx).map(|(a, b)| (a - b).abs());
                images.push(Image {
                    name: network.data.origin(first + k),
                    label: batch.labels[k].map(|label| label as usize),
                    plain_label: label(&plain),
                    approx_label: label(&approx),
                    encrypted_label: label(&found.logits),
                    max_logit_error: errors.fold(0.0, f64::max),
                    seconds: found.seconds,
                });
            }
        }
        let count = images.len().max(1) as f64;
        let layers = rows.into_iter().zip(measured).map(|(row, sum)| Layer {
            row,
            measured_seconds: sum / count,
        });
        Ok(Summary {
            network: network.graph.name().into(),
            data: network.data.name().into(),
            set: network.set,
            backend: self.backend,
            threads,
            seed: self.seed,
            setup_seconds,
            seconds: images.iter().map(|image| image.seconds).sum::<f64>() / count,
            predicted_seconds: program.seconds(),
            bootstraps: program.bootstraps().count(),
            server,
            peak_memory_bytes: memory::peak(),
            layers: layers.collect(),
            images,
        })
    }
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
            "{:.1} s an image on {} threads ({:.1} s modelled on one), {} bootstraps; setup {:.1} s\nlabels of {} images: {} as on polynomials in the clear, {} as the network's own; logits err by {worst:.2e} at most",
            self.seconds,
            self.threads,
            self.predicted_seconds,
            self.bootstraps,
            self.setup_seconds,
            self.images.len(),
            same(|i| i.encrypted_label == i.approx_label),
            same(|i| i.encrypted_label == i.plain_label),
        );
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
            if row.bootstrapped {
                Cell::text(format!("{:.2}", row.bootstrap_seconds))
            } else {
                Cell::Empty
            },
            Cell::text(row.level.to_string()),
            Cell::text(format!("{:.2}", row.seconds)),
            Cell::text(format!("{:.2}", layer.measured_seconds)),
        ])?;
    }
    Ok(table)
}
