//! Images per second of ResNet-20 in the clear, with ReLU and with a polynomial in its place.
//!
//! ```text
//! equiripple approx relu --degrees 15,15,27 --out relu.json
//! cargo bench --bench network -- [--table relu.json] [--threads N] [--images N]
//! ```
//!
//! The peer is `benches/peers/torch_inference.py`, of the same options. Weights are random, from a seed. The largest of
//! several runs is shown: what the machine does when nothing else disturbs it.
#![allow(
    clippy::print_stdout,
    reason = "a benchmark prints its table to the terminal"
)]

mod resnet20;

use std::{error::Error, fs, sync::Arc, time::Instant};

use equiripple::nn::{
    Activation, Polynomial,
    inference::{Network, Real},
};
use equiripple_approx::coeffs::CoefficientTable;

/// Runs of each network.
const RUNS: usize = 15;
/// B of the polynomials.
const RANGE: f32 = 40.0;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Options {
    table: Option<String>,
    threads: usize,
    images: usize,
}

fn options() -> Result<Options> {
    let mut options = Options {
        table: None,
        threads: 2,
        images: 512,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--bench" => {}
            "--table" => options.table = Some(value()?),
            "--threads" => options.threads = value()?.parse()?,
            "--images" => options.images = value()?.parse()?,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    Ok(options)
}

/// The most images per second of some runs.
fn measure<T: Real>(activation: &Activation, count: usize) -> Result<f64> {
    let network = Network::<T>::new(&resnet20::graph(activation)?)?;
    let images: Vec<T> = (0..count * network.input_elements())
        .map(|k| T::from_f64(((k * 7919 % 2000) as f64 - 1000.0) / 500.0))
        .collect();
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        network.run(&images)?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(count as f64 / best)
}

fn main() -> Result<()> {
    let options = options()?;
    rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build_global()?;
    let mut activations = vec![("ReLU", Activation::Relu)];
    if let Some(path) = &options.table {
        let table = CoefficientTable::from_json(&fs::read_to_string(path)?)?;
        let polynomial = Polynomial {
            table: Arc::new(table),
            range: RANGE,
        };
        activations.push(("polynomial", Activation::Polynomial(polynomial)));
    }
    println!("{} threads, {} images", options.threads, options.images);
    for (name, activation) in activations {
        let single = measure::<f32>(&activation, options.images)?;
        let double = measure::<f64>(&activation, options.images)?;
        println!("{name}: {single:.0} images/s in f32, {double:.0} in f64");
    }
    Ok(())
}
