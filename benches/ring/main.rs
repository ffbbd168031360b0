//! Transforms and products of one limb, in µs, against the crate `tfhe-ntt` in the same run.
//!
//! ```text
//! cargo bench --bench ring [-- --out FOLDER]
//! ```
//!
//! Every kernel works on one buffer that begins at a cache line and stays in the cache. The runs of all kernels take turns,
//! so that a change of the clock rate meets all of them; the smallest and the median time are shown. `--out` writes
//! the record and the table.
#![allow(
    clippy::print_stdout,
    reason = "a benchmark prints its table to the terminal"
)]

mod limbs;

use std::{error::Error, hint::black_box, path::PathBuf, process::Command, time::Instant};

use equiripple::ring::{
    Backend, Modulus, NttTable,
    prime::{Direction, ntt_primes},
};
use equiripple_reports::{
    record::Record,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::Serialize;

/// Runs of each kernel.
const RUNS: usize = 400;
/// Bits of the modulus.
const BITS: u32 = 50;

/// No kernel is run for much longer than this.
const BUDGET_MICROS: f64 = 1e6;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What is done to a buffer.
type Run<'a> = Box<dyn Fn(&mut [u64]) + 'a>;

/// One piece of work on a buffer.
struct Kernel<'a> {
    name: String,
    run: Run<'a>,
    micros: Vec<f64>,
}

impl<'a> Kernel<'a> {
    fn new(name: String, run: impl Fn(&mut [u64]) + 'a) -> Self {
        Self {
            name,
            run: Box::new(run),
            micros: vec![],
        }
    }

    fn measure(&mut self, buffer: &mut [u64]) {
        if self.micros.iter().sum::<f64>() > BUDGET_MICROS {
            return;
        }
        // Once to bring the data and the tables into the cache.
        (self.run)(buffer);
        let start = Instant::now();
        (self.run)(black_box(buffer));
        self.micros.push(start.elapsed().as_secs_f64() * 1e6);
    }

    /// Smallest and median.
    fn figures(&mut self) -> (f64, f64) {
        self.micros.sort_by(f64::total_cmp);
        (self.micros[0], self.micros[self.micros.len() / 2])
    }
}

/// The part of a buffer that begins at a cache line.
fn aligned(buffer: &mut [u64], n: usize) -> &mut [u64] {
    let skip = buffer.as_ptr().align_offset(64);
    &mut buffer[skip..skip + n]
}

fn kernels<'a>(
    tables: &'a [(Backend, NttTable)],
    plan: &'a tfhe_ntt::prime64::Plan,
    factor: &'a [u64],
) -> Vec<Kernel<'a>> {
    let mut kernels = vec![];
    for (backend, table) in tables {
        let name = |work| format!("{work}, {}", backend.name());
        let works: [(_, Run); 4] = [
            (
                "forward",
                Box::new(|a| table.forward(a).unwrap_or_default()),
            ),
            (
                "inverse",
                Box::new(|a| table.inverse(a).unwrap_or_default()),
            ),
            (
                "product",
                Box::new(|a| table.pointwise().mul_assign(a, factor).unwrap_or_default()),
            ),
            (
                "product and sum",
                Box::new(|a| {
                    let sum = table.pointwise().mul_add_assign(a, factor, factor);
                    sum.unwrap_or_default();
                }),
            ),
        ];
        kernels.extend(works.map(|(work, run)| Kernel::new(name(work), run)));
    }
    kernels.push(Kernel::new("forward, tfhe-ntt".into(), |a| plan.fwd(a)));
    kernels.push(Kernel::new("inverse, tfhe-ntt".into(), |a| plan.inv(a)));
    kernels
}

/// What was measured for one kernel.
#[derive(Serialize)]
struct Row {
    work: String,
    log_n: u32,
    min_micros: f64,
    median_micros: f64,
    /// Smallest time of `tfhe-ntt` over this one's.
    ratio: Option<f64>,
}

impl Row {
    fn cells(&self) -> Vec<Cell> {
        let ratio = self.ratio.map(|r| Cell::text(format!("{r:.2}")));
        vec![
            Cell::text(self.work.clone()),
            Cell::text(self.log_n.to_string()),
            Cell::text(format!("{:.1}", self.min_micros)),
            Cell::text(format!("{:.1}", self.median_micros)),
            ratio.unwrap_or(Cell::Empty),
        ]
    }
}

/// The folder after `--out`.
fn out_folder() -> std::result::Result<Option<PathBuf>, String> {
    let mut folder = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => {}
            "--out" => folder = Some(args.next().ok_or("--out needs a path")?.into()),
            other => return Err(format!("unknown argument {other}; known: --out FOLDER")),
        }
    }
    Ok(folder)
}

fn revision() -> String {
    let output = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output();
    output.map_or("unknown".into(), |o| {
        String::from_utf8_lossy(&o.stdout).trim().to_string()
    })
}

fn write(folder: PathBuf, rows: &[Row], table: &Table) -> Result<()> {
    let command = "cargo bench --bench ring -- --out reports/results/ring-speed";
    let data = serde_json::json!({ "modulus_bits": BITS, "runs": RUNS, "rows": rows });
    let version = env!("CARGO_PKG_VERSION");
    let record = Record::new(
        "Transforms and products of one limb",
        command,
        &revision(),
        version,
    )
    .with_data(data);
    let mut folder = OutputFolder::create(folder)?;
    folder.stage("speed.json", record.to_json()?.as_bytes())?;
    folder.stage("speed.md", table.to_markdown().as_bytes())?;
    folder.commit()?;
    Ok(())
}

fn main() -> Result<()> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()?;
    let out = out_folder()?;
    let columns = vec![
        Column::left("work"),
        Column::right("log2 N"),
        Column::right("min, µs"),
        Column::right("median, µs"),
        Column::right("tfhe-ntt / this, min"),
    ];
    let mut table = Table::new(columns, "Modulus of 50 bits, one thread")?;
    let mut rows = vec![];
    for log in [15, 16] {
        let n = 1 << log;
        let modulus: Modulus = ntt_primes(n, BITS, 1, Direction::Down, &[])?[0];
        let plan = tfhe_ntt::prime64::Plan::try_new(n, modulus.value()).ok_or("no plan")?;
        let mut tables = vec![];
        let backends = [Ok(Backend::portable()), Backend::avx2(), Backend::avx512()];
        for backend in backends.into_iter().flatten() {
            tables.push((backend, NttTable::with_backend(modulus, n, backend)?));
        }
        let mut memory = [vec![0; n + 8], vec![0; n + 8]];
        let [buffer, factor] = memory.each_mut().map(|b| aligned(b, n));
        for (i, x) in factor.iter_mut().enumerate() {
            *x = modulus.pow(3, i as u64);
        }
        buffer.copy_from_slice(factor);
        let mut kernels = kernels(&tables, &plan, factor);
        for (backend, _) in &tables {
            kernels.extend(limbs::kernels(*backend, n)?);
        }
        for _ in 0..RUNS {
            kernels.iter_mut().for_each(|kernel| kernel.measure(buffer));
        }
        let figures: Vec<(f64, f64)> = kernels.iter_mut().map(Kernel::figures).collect();
        let of = |name| kernels.iter().position(|kernel| kernel.name == name);
        let figure = |name| of(name).map_or(f64::NAN, |i| figures[i].0);
        let (forward, inverse) = (figure("forward, tfhe-ntt"), figure("inverse, tfhe-ntt"));
        for (kernel, (min, median)) in kernels.iter().zip(&figures) {
            let baseline = match kernel.name.split(',').next() {
                Some("forward") => Some(forward),
                Some("inverse") => Some(inverse),
                _ => None,
            };
            let row = Row {
                work: kernel.name.clone(),
                log_n: log,
                min_micros: *min,
                median_micros: *median,
                ratio: baseline.map(|b| b / min),
            };
            table.push(row.cells())?;
            rows.push(row);
        }
    }
    println!("{}", table.to_text());
    if let Some(folder) = out {
        write(folder, &rows, &table)?;
    }
    Ok(())
}
