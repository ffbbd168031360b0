//! Transforms and products of one limb, in µs, against the crate `tfhe-ntt` in the same run.
//!
//! ```text
//! cargo bench --bench ring
//! ```
//!
//! Every kernel works on one buffer that begins at a cache line and stays in the cache. The runs of all kernels take turns,
//! so that a change of the clock rate meets all of them; the smallest and the median time are shown.
#![allow(
    clippy::print_stdout,
    reason = "a benchmark prints its table to the terminal"
)]

use std::{error::Error, hint::black_box, time::Instant};

use equiripple::ring::{
    Backend, Modulus, NttTable,
    prime::{Direction, ntt_primes},
};
use equiripple_reports::table::{Cell, Column, Table};

/// Runs of each kernel.
const RUNS: usize = 400;
/// Bits of the modulus.
const BITS: u32 = 50;

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

fn main() -> Result<(), Box<dyn Error>> {
    let columns = vec![
        Column::left("work"),
        Column::right("log2 N"),
        Column::right("min, µs"),
        Column::right("median, µs"),
        Column::right("tfhe-ntt / this, min"),
    ];
    let mut table = Table::new(columns, "Modulus of 50 bits, one thread")?;
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
        for _ in 0..RUNS {
            kernels.iter_mut().for_each(|kernel| kernel.measure(buffer));
        }
        let figures: Vec<(f64, f64)> = kernels.iter_mut().map(Kernel::figures).collect();
        let (forward, inverse) = (figures[figures.len() - 2].0, figures[figures.len() - 1].0);
        for (kernel, (min, median)) in kernels.iter().zip(&figures) {
            let baseline = match kernel.name.split(',').next() {
                Some("forward") => Some(forward),
                Some("inverse") => Some(inverse),
                _ => None,
            };
            table.push(vec![
                Cell::text(kernel.name.clone()),
                Cell::text(log.to_string()),
                Cell::text(format!("{min:.1}")),
                Cell::text(format!("{median:.1}")),
                baseline.map_or(Cell::Empty, |b| Cell::text(format!("{:.2}", b / min))),
            ])?;
        }
    }
    println!("{}", table.to_text());
    Ok(())
}
