//! `equiripple infer serve`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use serde::Serialize;

use super::{
    description::Description,
    need::Need,
    network::{plain, program_digest},
    part::Part,
    plan::rows,
    session::{Server, Service},
    store::Store,
    summary::{Layer, Sizes},
};
use crate::{
    analyze::CostTable,
    ckks::{Ciphertexts, Context, serial},
    cli::{
        bench, disk,
        error::{Failure, Outcome},
        files,
        key_files::KeyFiles,
        memory,
        net::source::Named,
        output,
    },
    infer::{Prices, Program},
    quantity::Level,
};

/// Run a network on an encrypted picture, without any secret
///
/// The folder `eval` that `infer keygen` wrote says which polynomials the network has been given, and holds all keys that
/// it takes. A folder with a secret key in it is refused, and none is ever read. Before it computes, the command checks that
/// the network, the parameters, the keys and the ciphertexts belong together and that memory and disk suffice.
///
/// Layers are encoded ahead as far as --encoded-memory admits; of others coefficients are kept, which take little memory and some time for every image. Results of layers are kept in
/// FILE.state beside the result: the same command goes on after the last one that is whole, to the same bits, and removes
/// them in the end.
#[derive(Debug, Parser)]
#[command(
    override_usage = "equiripple infer serve [OPTIONS] --keys <DIR> --out <FILE> [NET] <CIPHERTEXT>"
)]
#[command(after_help = "Examples:
  equiripple infer serve design/net.eqr --keys eval cat.ct -o y.ct
  equiripple infer serve --arch resnet20 --weights resnet20.safetensors --keys eval cat.ct -o y.ct --json")]
pub(super) struct Args {
    /// Network, a file that `net import` wrote or an ONNX model (.onnx), unless --arch names it; and ciphertexts, as
    /// written by `infer encrypt`
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    named: Named,
    /// Folder `eval` that `infer keygen` wrote
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// Ciphertexts to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Threads; all cores by default
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// Most memory for layers that are encoded ahead
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = memory::bytes)]
    encoded_memory: u64,
    /// Refuse before keys are read what would take more; what the machine has left when absent
    #[arg(long, value_name = "SIZE", value_parser = memory::bytes)]
    max_memory: Option<u64>,
    /// Print the outcome, with the seconds of every layer, as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    network: String,
    key: String,
    threads: usize,
    /// Keys, encoded bootstraps and layers.
    setup_seconds: f64,
    seconds: f64,
    /// Whether it was cut off before, so that the seconds are those of its last part.
    resumed: bool,
    /// Modelled, of one thread.
    predicted_seconds: f64,
    bootstraps: usize,
    server: Sizes,
    peak_memory_bytes: Option<u64>,
    bytes: u64,
    layers: Vec<Layer>,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let pool = bench::pool(self.threads)?;
        let summary = pool.install(|| self.serve(pool.current_num_threads()))?;
        if self.json {
            output::json(&summary)?;
        } else {
            self.tell(&summary)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The file of the network, where it is one, and that of the ciphertexts.
    fn files(&self) -> Outcome<(Option<&Path>, &Path)> {
        match (&self.files[..], self.named.is_some()) {
            ([net, ciphertext], false) => Ok((Some(net), ciphertext)),
            ([ciphertext], true) => Ok((None, ciphertext)),
            (files, _) => Err(Failure::Usage(format!(
                "give a network and then ciphertexts, or --arch and ciphertexts alone; files that are named: {}",
                files.len()
            ))),
        }
    }

    fn serve(&self, threads: usize) -> Outcome<Summary> {
        let (net, ciphertext) = self.files()?;
        let (folder, description) = Description::find(&self.keys, files::EVALUATION)?;
        let context = files::of_evaluation(None, &folder, "infer keygen")?;
        let input: Ciphertexts = files::at(ciphertext, serial::read(ciphertext, &context))?;
        let (_, owner) = input.owner();
        description.check_key(ciphertext, owner)?;
        description.interface.check_input(ciphertext, &input)?;
        let plain = plain(&self.named.read(net)?, context.parameters())?;
        description.check_network(&plain)?;
        let (graph, ranges) = description.stand_ins.put(&plain, &Part::whole())?;
        let parameters = context.parameters();
        let mut prices = Prices::new(
            parameters.clone(),
            description.bootstrap_slots,
            CostTable::shipped()?,
        )?;
        let program = Program::new(&graph, &mut prices, &ranges, 1)?;
        let digest_of_program = program_digest(&graph, &ranges, parameters)?;
        description.check_program(&digest_of_program, &program, parameters)?;
        let plans = program.plans(parameters)?;
        let need = Need::new(&program, &context, &plans, &prices, self.encoded_memory)?;
        self.check_disk(&program, &need, &context)?;
        let remedy = "copy all of the folder `eval` that `infer keygen` wrote for this network";
        let found = KeyFiles::find(&folder, &context, owner, &need.keys, remedy)?;
        need.memory.check(self.max_memory)?;
        let clock = Instant::now();
        let keys = found.load(&context)?;
        let store = self.store(&digest_of_program, ciphertext)?;
        let server = Server::with_keys(&context, plans, &need, keys)?;
        let service = Service::new(&program, &server, self.encoded_memory)?;
        let setup_seconds = clock.elapsed().as_secs_f64();
        let computed = service.compute(0, Some(&store), || Ok(input.into()), |_, _| Ok(()))?;
        let result = Ciphertexts::new(computed.result.to_vec())?;
        files::at(&self.out, serial::write(&self.out, &result, &context))?;
        store.remove()?;
        let measured = computed.nodes.into_values();
        // What was done before has no seconds: nodes are in order, and the last ones were measured.
        let rows = rows(&program, &need);
        let skipped = rows.len().saturating_sub(measured.len());
        let layers = rows.into_iter().skip(skipped).zip(measured);
        Ok(Summary {
            network: description.network,
            key: description.key,
            threads,
            setup_seconds,
            seconds: computed.seconds,
            resumed: computed.resumed,
            predicted_seconds: program.seconds(),
            bootstraps: program.bootstraps().count(),
            server: Sizes {
                keys: server.keys,
                key_bytes: server.key_bytes,
                bootstrap_bytes: server.transform_bytes,
                layer_bytes: service.layer_bytes(),
            },
            peak_memory_bytes: memory::peak(),
            bytes: fs::metadata(&self.out)?.len(),
            layers: layers
                .map(|(row, measured_seconds)| Layer {
                    row,
                    measured_seconds: Some(measured_seconds),
                })
                .collect(),
        })
    }

    /// Refuses where results of layers, and the last one, find no room or no file.
    fn check_disk(&self, program: &Program<'_>, need: &Need, context: &Context) -> Outcome<()> {
        if self.out.is_dir() {
            return Err(Failure::Usage(format!(
                "{} is a folder; name a file by -o",
                self.out.display()
            )));
        }
        let mut bytes = 0;
        for row in rows(program, need) {
            let level = Level::new(row.level.saturating_sub(row.levels) as u64)?;
            let one = context.parameters().sizes(level)?.ciphertext_file_bytes;
            bytes += row.ciphertexts as u64 * one;
        }
        disk::fits(&state(&self.out), bytes, "keeping the results of layers")
    }

    /// Where results of layers are kept: of this program and this file.
    fn store(&self, program: &str, ciphertext: &Path) -> Outcome<Store> {
        let input = fs::read(ciphertext).map_err(|reason| Failure::Read {
            path: ciphertext.to_path_buf(),
            reason,
        })?;
        let job = [program.as_bytes(), &input];
        Store::open(&state(&self.out), &job)
    }

    fn tell(&self, summary: &Summary) -> Outcome<()> {
        let table = Layer::table(&summary.layers, &summary.network)?;
        output::line(table.to_markdown())?;
        output::line(format!(
            "{:.1} s on {} threads ({:.1} s modelled on one), {} bootstraps; setup {:.1} s{}",
            summary.seconds,
            summary.threads,
            summary.predicted_seconds,
            summary.bootstraps,
            summary.setup_seconds,
            if summary.resumed {
                "; gone on from a run that was cut off"
            } else {
                ""
            }
        ))?;
        let peak = summary.peak_memory_bytes.map_or(String::new(), |peak| {
            format!("; {} at the height", memory::human(peak))
        });
        output::line(format!("{}{peak}", summary.server.told()))?;
        output::line(format!(
            "written to {}, {}",
            self.out.display(),
            files::mebibytes(summary.bytes)
        ))
    }
}

/// The folder beside a result.
fn state(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_os_string();
    name.push(".state");
    name.into()
}
