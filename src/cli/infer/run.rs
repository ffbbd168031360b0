//! `equiripple infer run`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{ArgGroup, Parser};
use equiripple_reports::{plot::Rendered, write::OutputFolder};

use super::{
    analyzed::Analyzed,
    judge::{Given, Judge, exact},
    means::Means,
    need::Planned,
    network::{Network, NetworkArgs},
    part::Part,
    plan::{planned, rows},
    published::published,
    session::{Answer, Encrypted, Server, Simulated},
    store::Store,
    summary::{Backend, Finished, Layer, Sizes, Summary, forecast, security},
    timeline::timeline,
    trace::{self, ImageTrace, Tracer, Tracing},
    verdict::Verdict,
};
use crate::{
    cli::{
        bench,
        error::{Failure, Outcome, warn},
        memory,
        net::images::batches,
        number, output,
        progress::Bar,
    },
    nn::{Activation, Graph, Op, data::Dataset, file},
};

/// Bits below which a layer diverges where none are given.
const TRACE: f64 = 5.0;

/// Encrypt images, run the network on the ciphertexts, decrypt, and compare with the network in the clear
///
/// Client and server in one: keys are made from the seed, which is for measurements alone. Layers are encoded ahead as far
/// as --encoded-memory admits; of others coefficients are kept, which take little memory and some time for every image.
#[derive(Debug, Parser)]
#[command(group(ArgGroup::new("what").args(["data", "image"]).required(true).multiple(true)))]
#[command(after_help = "Examples:
  equiripple infer run design/net.eqr --image cat.png
  equiripple infer run resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15 --images 1
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 20 --out run
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 100 --backend sim --json
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 16 --batch 8
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 1 --trace=8")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    part: Part,
    /// One picture, PNG or JPEG, in place of the images of --data, which then give classes, preprocessing and ranges alone
    #[arg(long, value_name = "FILE", conflicts_with = "images")]
    image: Option<PathBuf>,
    /// What the program runs on
    #[arg(long, value_enum, default_value = "ckks")]
    backend: Backend,
    /// Threads; all cores by default
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// What keys, encryptions and noise are drawn from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    means: Means,
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

impl Args {
    pub(super) fn run(self) -> Outcome {
        let pool = bench::pool(self.threads)?;
        let threads = pool.current_num_threads();
        let folder = self.out.as_ref().map(OutputFolder::create).transpose()?;
        let network = self.network.read(&self.part)?;
        let data = self.data(&network)?;
        let summary = pool.install(|| self.summary(&network, &data, threads))?;
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
            let title = format!("{}: levels of {}", summary.network, network.slots.told());
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
            if let Some(verdict) = &summary.verdict {
                output::line(verdict.told(network.classes()))?;
            }
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

    /// The picture, or the data.
    fn data(&self, network: &Network) -> Outcome<Dataset> {
        match (&self.image, &network.data) {
            (None, Some(data)) => Ok(data.clone()),
            (None, None) => Err(Failure::Usage("give --data or --image".into())),
            (Some(path), _) => {
                let picture = Dataset::picture(path, network.preprocessing())?;
                // Before keys are made: one that does not fit is refused at once.
                batches(network.client(), &picture).try_for_each(|batch| batch.map(drop))?;
                Ok(picture)
            }
        }
    }

    fn summary(&self, network: &Network, data: &Dataset, threads: usize) -> Outcome<Summary> {
        let bar = Bar::new(0, "planning");
        let planned = planned(&self.network, network, &self.means)?;
        drop(bar);
        let (program, need) = (&planned.program, &planned.need);
        let work = |setup, server, store| Work {
            network,
            data,
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
                let analyzed = Analyzed::new(&planned)?;
                self.answers(work(setup(), None, None), |image, index, trace| {
                    analyzed.answer(image, index, trace)
                })
            }
            Backend::Sim => {
                let simulated = Simulated::new(&planned, self.seed)?;
                self.answers(work(setup(), None, None), |image, index, trace| {
                    simulated.answer(image, index, trace)
                })
            }
            Backend::Ckks => {
                // Before keys are made: a folder of another run is refused at once.
                let store = self.out.as_ref().map(|out| self.store(out, network, data));
                let store = store.transpose()?;
                need.memory.check(self.means.max_memory)?;
                let server = Server::new(&planned, self.seed)?;
                let encrypted =
                    Encrypted::new(program, &server, self.seed, self.means.encoded_memory)?;
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
    fn store(&self, out: &Path, network: &Network, data: &Dataset) -> Outcome<Store> {
        let parameters = serde_json::to_vec(network.parameters.literal())?;
        let (graph, seed) = (file::to_bytes(&network.graph)?, self.seed.to_le_bytes());
        let ranges = network.ranges.iter();
        let ranges: Vec<(usize, f64)> = ranges.map(|(id, b)| (id.index(), *b)).collect();
        let batch = (network.slots.batch as u64).to_le_bytes();
        let stem = network.stem.as_ref().map(file::to_bytes).transpose()?;
        let stem = stem.unwrap_or_default();
        let ranges = serde_json::to_vec(&ranges)?;
        let picture = self.image.as_ref().map(std::fs::read).transpose()?;
        let mut job = vec![
            &graph[..],
            &stem,
            &parameters,
            &ranges,
            &batch,
            data.name().as_bytes(),
            &seed,
        ];
        // Data are known by their names, and pictures by what they show.
        job.extend(picture.as_deref());
        Store::open(&out.join("state"), &job)
    }

    /// What came of every batch.
    fn finished(
        &self,
        work: &Work<'_>,
        threshold: Option<f64>,
        mut answer: impl FnMut(&[f32], u64, Option<&mut Tracing<'_>>) -> Outcome<Answer>,
    ) -> Outcome<Vec<Finished>> {
        let Work { network, data, .. } = work;
        let program = &work.planned.program;
        let tracer = threshold.map(|bits| Tracer::new(network, program, bits));
        let tracer = tracer.transpose()?;
        let judge = Judge::new(network, data)?;
        let (at_once, outputs) = (program.lowered().batch(), program.lowered().results());
        let mut done: Vec<Finished> = vec![];
        for given in Given::all(network, data, at_once) {
            let given = given?;
            let index = (given.first / at_once) as u64;
            if let Some(known) = work.store.and_then(|store| store.finished(index)) {
                done.push(known);
                continue;
            }
            let given = judge.encrypted(given)?;
            let first = given.images.first().map(|image| exact(image));
            let first = tracer.as_ref().zip(first);
            let mut tracing = first
                .map(|(tracer, image)| tracer.image(&image))
                .transpose()?;
            let clear = judge.clear(&given)?;
            let found = answer(&given.images.concat(), index, tracing.as_mut());
            let trace = tracing.map(Tracing::finish);
            let name = data.origin(given.first);
            let found = found.map_err(|failure| traced(failure, &name, trace.as_ref()))?;
            let digest = work.store.map(|store| store.digest(index, &outputs));
            let finished =
                judge.finished(&given, &clear, found, at_once, digest.transpose()?, trace);
            if let Some(store) = work.store {
                store.finish(index, &outputs, &finished)?;
            }
            done.push(finished);
        }
        Ok(done)
    }

    fn answers(
        &self,
        work: Work<'_>,
        answer: impl FnMut(&[f32], u64, Option<&mut Tracing<'_>>) -> Outcome<Answer>,
    ) -> Outcome<Summary> {
        // The analyzer has nothing but errors to tell.
        let threshold = match self.backend {
            Backend::Analyze => Some(self.trace.unwrap_or(TRACE)),
            Backend::Sim | Backend::Ckks => self.trace,
        };
        let done = self.finished(&work, threshold, answer)?;
        let Work {
            network,
            data,
            planned,
            ..
        } = work;
        let program = &planned.program;
        let at_once = program.lowered().batch();
        let one = done.first().filter(|_| self.image.is_some());
        let verdict = one.map(|one| {
            let logits = &one.logits[..one.logits.len() / at_once];
            Verdict::new(logits.to_vec(), network.classes())
        });
        // Times of what was cut off say nothing.
        let whole = || done.iter().filter(|finished| !finished.resumed);
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
        let cpu = whole().map(|finished| finished.cpu_seconds);
        let cpu_seconds = cpu
            .collect::<Option<Vec<_>>>()
            .filter(|all| !all.is_empty());
        let cpu_seconds = cpu_seconds.map(|all| all.iter().sum::<f64>() / count);
        let batch_seconds = mean(&|finished| finished.seconds);
        let images: usize = whole().map(|finished| finished.images.len()).sum();
        let peak_memory_bytes = memory::peak();
        let rotations = planned.need.rotations(program);
        Ok(Summary {
            network: network.graph.name().into(),
            data: data.name().into(),
            set: network.set,
            backend: self.backend,
            threads: work.threads,
            seed: self.seed,
            setup_seconds: work.setup,
            batch: at_once,
            seconds: batch_seconds * count / images.max(1) as f64,
            batch_seconds,
            predicted_seconds: program.seconds(),
            forecast: forecast(
                planned,
                work.server.is_some(),
                cpu_seconds,
                peak_memory_bytes,
            ),
            cpu_seconds,
            has_classes: network.has_classes(),
            top: program.top(),
            bootstraps: program.bootstraps().count(),
            rotations: rotations.layers + rotations.bootstraps,
            layer_rotations: rotations.layers,
            bootstrap_rotations: rotations.bootstraps,
            // All of them have a precise ReLU and one image: networks of squares are not theirs.
            published: if work.server.is_some()
                && at_once == 1
                && network.part.is_whole()
                && has_polynomials(&network.graph)
            {
                published(network.graph.name(), data.name())?
            } else {
                vec![]
            },
            security: security(network),
            verdict,
            server: work.server,
            peak_memory_bytes,
            layers,
            trace_threshold_bits: threshold,
            images: done
                .into_iter()
                .flat_map(|finished| finished.images)
                .collect(),
        })
    }
}

/// Where it began, where a run was refused that was traced.
fn traced(failure: Failure, image: &str, trace: Option<&ImageTrace>) -> Failure {
    match trace.and_then(|trace| trace::diverged(image, trace)) {
        Some(told) => Failure::Usage(format!("{failure}\n{told}")),
        None => failure,
    }
}

/// Whether there are activations by polynomials of any degree.
fn has_polynomials(graph: &Graph) -> bool {
    let mut nodes = graph.nodes().iter();
    nodes.any(|node| matches!(node.op(), Op::Activation(Activation::Polynomial(_))))
}

/// What is run, and how it was set up.
struct Work<'a> {
    network: &'a Network,
    data: &'a Dataset,
    planned: &'a Planned<'a>,
    threads: usize,
    /// Seconds.
    setup: f64,
    server: Option<Sizes>,
    store: Option<&'a Store>,
}
