//! `equiripple infer run`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Parser, ValueEnum};
use equiripple_reports::{
    plot::Rendered,
    record::Machine,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::{Deserialize, Serialize};

use super::{
    analyzed::Analyzed,
    need::{Memory, Planned},
    network::{Network, NetworkArgs},
    plan::{Row, planned, rows},
    published::{self, Published, published},
    session::{Answer, Encrypted, Server, Simulated},
    store::Store,
    timeline::timeline,
    trace::{self, ImageTrace, Tracer, Tracing},
};
use crate::{
    cli::{
        bench,
        error::{Outcome, warn},
        memory,
        net::images::batches,
        number, output,
        progress::Bar,
    },
    nn::{
        accuracy::{Comparison, largest},
        file, inference,
    },
};

/// Bits below which a layer diverges where none are given.
const TRACE: f64 = 5.0;

/// What the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Backend {
    /// Exact slots with the deviations of their errors; seconds are modelled, of one thread
    Analyze,
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
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 100 --backend sim --json
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 1 --trace=8")]
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
    /// Decrypt the result of every layer and compare it with the network in the clear: bits of its errors over its range, and
    /// whether it keeps to the range that was calibrated. The first layer of fewer bits than given here diverges
    #[arg(long, value_name = "BITS", num_args = 0..=1, require_equals = true, default_missing_value = "5", value_parser = number::real)]
    trace: Option<f64>,
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
    /// None where a logit is no number, as in the two that follow.
    plain_label: Option<usize>,
    /// On polynomials, in the clear.
    approx_label: Option<usize>,
    encrypted_label: Option<usize>,
    /// From the network on polynomials in the clear.
    max_logit_error: f64,
    seconds: f64,
    /// The same of all threads together, where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cpu_seconds: Option<f64>,
    /// Whether it was cut off, so that the seconds are those of its last part.
    resumed: bool,
    /// Of the encrypted result, where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result_sha256: Option<String>,
    /// Of the layers after the last one that was kept, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<ImageTrace>,
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
    /// Mean over the images, bootstraps before it included; absent where nothing is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    measured_seconds: Option<f64>,
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
    /// The same of all threads together, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_seconds: Option<f64>,
    /// Modelled by the plan, of one thread.
    predicted_seconds: f64,
    /// What was told before the run.
    forecast: Forecast,
    /// The highest level of circuits.
    top: usize,
    bootstraps: usize,
    /// And conjugations, of an image.
    rotations: u64,
    layer_rotations: u64,
    bootstrap_rotations: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Sizes>,
    peak_memory_bytes: Option<u64>,
    layers: Vec<Layer>,
    /// Bits below which a layer diverges.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_threshold_bits: Option<f64>,
    /// What others report of the same network.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    published: Vec<Published>,
    #[serde(skip)]
    security: String,
}

/// By counting every operation, and beside it what was measured.
#[derive(Debug, Serialize)]
struct Forecast {
    /// Of one thread, layers encoded ahead.
    seconds: f64,
    /// Whose.
    machine: String,
    /// Measured CPU seconds over those: 1 where the forecast holds, on any number of threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_ratio: Option<f64>,
    /// Of ciphertexts, by what it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_bytes: Option<u64>,
    /// The most that the process took over that.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_ratio: Option<f64>,
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
        let report = summary.report()?;
        if let Some(mut folder) = folder {
            let mut record = output::record("Encrypted inference", &summary)?;
            record.seed = Some(self.seed);
            folder.stage("infer.json", record.to_json()?.as_bytes())?;
            folder.stage("infer.md", format!("{report}\n").as_bytes())?;
            let rows = summary.layers.iter().map(|layer| {
                let seconds = layer.measured_seconds.unwrap_or(layer.row.forecast_seconds);
                (layer.row.clone(), seconds)
            });
            let title = format!("{}: levels of one image", summary.network);
            let what = match self.backend {
                Backend::Analyze => "modelled seconds, one thread".into(),
                Backend::Sim | Backend::Ckks => format!("measured seconds, {threads} threads"),
            };
            let figure = timeline(&title, &what, summary.top, &rows.collect::<Vec<_>>());
            let Rendered { svg, png } = figure.render()?;
            folder.stage("timeline.svg", svg.as_bytes())?;
            folder.stage("timeline.png", &png)?;
            folder.commit()?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            output::line(report)?;
        }
        for image in &summary.images {
            let exceeded = image.trace.iter().flat_map(ImageTrace::exceeded);
            for layer in exceeded {
                warn(&format!(
                    "{}: `{layer}` leaves its range; --trace says by how much",
                    image.name
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn summary(&self, network: &Network, threads: usize) -> Outcome<Summary> {
        let bar = Bar::new(0, "planning");
        let limits = (self.encoded_memory, self.max_memory);
        let planned = planned(&self.network, network, limits)?;
        drop(bar);
        let (program, need) = (&planned.program, &planned.need);
        let work = |setup, server, store| Work {
            network,
            planned: &planned,
            threads,
            setup,
            server,
            store,
        };
        let clock = Instant::now();
        let setup = || clock.elapsed().as_secs_f64();
        match self.backend {
            Backend::Analyze => {
                let analyzed = Analyzed::new(program, &network.parameters, need)?;
                self.answers(work(setup(), None, None), |image, index, trace| {
                    analyzed.answer(image, index, trace)
                })
            }
            Backend::Sim => {
                let simulated = Simulated::new(program, &network.parameters, self.seed)?;
                self.answers(work(setup(), None, None), |image, index, trace| {
                    simulated.answer(image, index, trace)
                })
            }
            Backend::Ckks => {
                // Before keys are made: a folder of another run is refused at once.
                let store = self.out.as_ref().map(|out| self.store(out, network));
                let store = store.transpose()?;
                need.memory.check(self.max_memory)?;
                let server = Server::new(program, &network.parameters, need, self.seed)?;
                let encrypted = Encrypted::new(program, &server, self.seed, self.encoded_memory)?;
                let sizes = Sizes {
                    keys: server.keys,
                    key_bytes: server.key_bytes,
                    bootstrap_bytes: server.transform_bytes,
                    layer_bytes: encrypted.layer_bytes(),
                };
                let work = work(setup(), Some(sizes), store.as_ref());
                self.answers(work, |image, index, trace| {
                    encrypted.answer(image, index, store.as_ref(), trace)
                })
            }
        }
    }

    /// Of this network, on these images, under these parameters and by this seed.
    fn store(&self, out: &Path, network: &Network) -> Outcome<Store> {
        let parameters = serde_json::to_vec(network.parameters.literal())?;
        let ranges = network.ranges.iter();
        let ranges: Vec<(usize, f64)> = ranges.map(|(id, b)| (id.index(), *b)).collect();
        let job = [
            &file::to_bytes(&network.graph)?[..],
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
        mut answer: impl FnMut(&[f32], u64, Option<&mut Tracing<'_>>) -> Outcome<Answer>,
    ) -> Outcome<Summary> {
        let Work {
            network, planned, ..
        } = work;
        let program = &planned.program;
        // The analyzer has nothing but errors to tell.
        let threshold = match self.backend {
            Backend::Analyze => Some(self.trace.unwrap_or(TRACE)),
            Backend::Sim | Backend::Ckks => self.trace,
        };
        let tracer = threshold.map(|bits| Tracer::new(network, program, bits));
        let tracer = tracer.transpose()?;
        let plain = inference::Network::<f64>::new(&network.plain)?;
        let approx = inference::Network::<f64>::new(&network.graph)?;
        let mut images: Vec<Finished> = vec![];
        for batch in batches(&network.graph, &network.data) {
            let (first, batch) = batch?;
            let each = plain.input_elements();
            for (k, image) in batch.images.chunks_exact(each).enumerate() {
                let index = (first + k) as u64;
                if let Some(known) = work.store.and_then(|store| store.finished(index)) {
                    images.push(known);
                    continue;
                }
                let exact: Vec<f64> = image.iter().map(|x| f64::from(*x)).collect();
                let plain = plain.run(&exact)?.logits;
                let approx = approx.run(&exact)?.logits;
                let mut tracing = tracer
                    .as_ref()
                    .map(|tracer| tracer.image(&exact))
                    .transpose()?;
                let found = answer(image, index, tracing.as_mut())?;
                let mut comparison = Comparison::default();
                comparison.add(&approx, &found.logits, batch.labels[k]);
                let output = program.output();
                let digest = work.store.map(|store| store.digest(index, output));
                let finished = Finished {
                    image: Image {
                        name: network.data.origin(first + k),
                        label: batch.labels[k].map(|label| label as usize),
                        plain_label: largest(&plain),
                        approx_label: largest(&approx),
                        encrypted_label: largest(&found.logits),
                        max_logit_error: comparison.max_logit_error,
                        seconds: found.seconds,
                        cpu_seconds: found.cpu_seconds,
                        resumed: found.resumed,
                        result_sha256: digest.transpose()?,
                        trace: tracing.map(Tracing::finish),
                    },
                    nodes: found.nodes.into_values().collect(),
                };
                if let Some(store) = work.store {
                    store.finish(index, output, &finished)?;
                }
                images.push(finished);
            }
        }
        // Times of images that were cut off say nothing.
        let whole = || images.iter().filter(|finished| !finished.image.resumed);
        let count = whole().count().max(1) as f64;
        let mean = |of: &dyn Fn(&Finished) -> f64| whole().map(of).sum::<f64>() / count;
        let computed = self.backend != Backend::Analyze;
        let layers = rows(program, &planned.need).into_iter().enumerate();
        let layers = layers.map(|(k, row)| Layer {
            row,
            measured_seconds: computed
                .then(|| mean(&|finished| finished.nodes.get(k).copied().unwrap_or(0.0))),
        });
        let layers = layers.collect();
        let cpu = whole().map(|finished| finished.image.cpu_seconds);
        let cpu_seconds = cpu
            .collect::<Option<Vec<_>>>()
            .filter(|all| !all.is_empty());
        let cpu_seconds = cpu_seconds.map(|all| all.iter().sum::<f64>() / count);
        let peak_memory_bytes = memory::peak();
        let rotations = planned.need.rotations(program);
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
            forecast: forecast(
                planned,
                work.server.is_some(),
                cpu_seconds,
                peak_memory_bytes,
            ),
            cpu_seconds,
            top: program.top(),
            bootstraps: program.bootstraps().count(),
            rotations: rotations.layers + rotations.bootstraps,
            layer_rotations: rotations.layers,
            bootstrap_rotations: rotations.bootstraps,
            published: if work.server.is_some() {
                published(network.graph.name(), network.data.name())?
            } else {
                vec![]
            },
            security: security(network),
            server: work.server,
            peak_memory_bytes,
            layers,
            trace_threshold_bits: threshold,
            images: images.into_iter().map(|finished| finished.image).collect(),
        })
    }
}

/// What was told before; the ratios on ciphertexts alone, since the simulator's work is another.
fn forecast(
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
fn security(network: &Network) -> String {
    let met = network.parameters.security().iter().map(|key| key.met);
    let least = met.min().flatten();
    least.map_or("none".into(), |level| level.to_string())
}

/// What is run, and how it was set up.
struct Work<'a> {
    network: &'a Network,
    planned: &'a Planned<'a>,
    threads: usize,
    /// Seconds.
    setup: f64,
    server: Option<Sizes>,
    store: Option<&'a Store>,
}

impl Summary {
    /// All of it for people.
    fn report(&self) -> Outcome<String> {
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
            Backend::Sim | Backend::Ckks => format!(
                "{:.1} s an image on {} threads ({:.1} s modelled on one)",
                self.seconds, self.threads, forecast.seconds
            ),
        };
        if let (Some(cpu), Some(ratio)) = (self.cpu_seconds, forecast.cpu_ratio) {
            told += &format!(", {cpu:.1} s of all threads together, {ratio:.2} of the model");
        }
        told += &format!(
            "; {} bootstraps, {} rotations in them and {} in layers; setup {:.1} s\nlabels of {} images: {} as on polynomials in the clear, {} as the network's own; logits err by {worst:.2e} at most",
            self.bootstraps,
            self.bootstrap_rotations,
            self.layer_rotations,
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
        if let (Some(bytes), Some(ratio)) = (forecast.memory_bytes, forecast.memory_ratio) {
            told += &format!(", {ratio:.2} of the {} modelled", memory::human(bytes));
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
            match layer.measured_seconds {
                Some(seconds) => Cell::text(format!("{seconds:.2}")),
                None => Cell::Empty,
            },
        ])?;
    }
    Ok(table)
}
