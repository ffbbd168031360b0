//! The errors of a network's nodes against circuits that the simulator runs whole.

use super::*;
use crate::{
    circuit::{Evaluator, LinearTransform},
    cli::net::activation::Choice,
    nn::{
        Activation, Builder, NodeId, Op, Tensor,
        inference::Network,
        noise::{Noisy, Source},
    },
};

const SLOTS: usize = 1024;
const RANGE: f32 = 8.0;

/// A network of one node on rows of numbers.
fn one(op: Op, numbers: usize) -> Graph {
    let mut net = Builder::new("one", [numbers]);
    let node: NodeId = net.push("node", op, &[net.input()]).unwrap();
    net.build(node).unwrap()
}

fn relu() -> Activation {
    let choice: Choice = "relu:alpha=6".parse().unwrap();
    choice.stand_in().unwrap().unwrap()(RANGE)
}

fn root_mean_square(errors: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = errors.fold((0.0, 0), |(sum, n), e| (sum + e * e, n + 1));
    (sum / f64::from(count)).sqrt()
}

#[test]
fn activations_err_as_their_circuit_does() {
    let parameters = named("toy").unwrap();
    let graph = one(Op::Activation(relu()), SLOTS);
    let noise = simulated(&graph, &parameters, 1, |_| 1.0).unwrap();
    let noise = noise.only(Source::Activation);
    let network = Network::<f64>::new(&graph).unwrap();
    // Another secret and other numbers, in one interval at a time: near 0, and where the sign is certain.
    let mut other = Simulation::new(&parameters, 2).unwrap();
    let Op::Activation(Activation::Polynomial(by)) = graph.node(graph.output()).op() else {
        unreachable!()
    };
    let level = noise.steps()[graph.output().index()].start;
    let mut samples = vec![];
    for _ in 0..64 {
        samples.extend(
            other
                .run(&by.table, activation::Activation::Table, SLOTS, level)
                .unwrap(),
        );
    }
    for (low, high) in [(-0.05, 0.05), (0.2, 0.3), (-1.0, -0.8)] {
        let within = |x: f64| (low..high).contains(&x);
        let of_circuit = samples.iter().filter(|(x, _)| within(*x));
        let of_circuit = root_mean_square(of_circuit.map(|(_, (e, _))| *e * f64::from(RANGE)));
        let image = |k: usize| low + (high - low) * (k as f64 + 0.5) / SLOTS as f64;
        let images = (0..SLOTS * 64).map(|k| image(k % SLOTS) * f64::from(RANGE));
        let images: Vec<f64> = images.collect();
        let exact = network.run(&images).unwrap().logits;
        let (noisy, _) = network
            .observe(&images, 0, || Noisy::new(&noise, 7))
            .unwrap();
        let errors = noisy.logits.iter().zip(&exact).map(|(x, y)| x - y);
        let ratio = root_mean_square(errors) / of_circuit;
        assert!((ratio - 1.0).abs() < 0.15, "{low}..{high}: {ratio}");
    }
}

#[test]
fn linear_layers_err_as_transforms_do() {
    let parameters = named("toy").unwrap();
    let size = 64;
    let weight = |r: usize, c: usize| ((r * 37 + c * 11) % 17) as f32 / 100.0 - 0.08;
    let weights: Vec<f32> = (0..size * size)
        .map(|k| weight(k / size, k % size))
        .collect();
    let linear = Op::Linear {
        weight: Tensor::new([size, size], weights).unwrap(),
        bias: None,
    };
    let graph = one(linear, size);
    let noise = simulated(&graph, &parameters, 1, |_| 1.0).unwrap();
    let said = noise.deviation(Source::Linear).unwrap();

    let level = noise.steps()[graph.output().index()].start;
    let row = |r| (0..size).map(move |c| Complex64::new(weight(r, c).into(), 0.0));
    let rows: Vec<Vec<Complex64>> = (0..size).map(|r| row(r).collect()).collect();
    let transform = LinearTransform::from_rows(&rows).unwrap();
    let mut errors = vec![];
    for seed in 0..16 {
        let mut simulation = Simulation::new(&parameters, seed).unwrap();
        let numbers = simulation.numbers(size, 1.0);
        let simulator = &simulation.simulator;
        let input = simulator.encrypt_secret(&numbers, level, seed).unwrap();
        // What encryption adds is no part of it.
        let held = simulator.decrypt(&input).to_vec();
        let modulus = parameters.scheme().modulus(level) as f64;
        let scale = crate::quantity::Scale::from_f64(modulus).unwrap();
        let prepared = simulator.prepare(&transform, level, &scale).unwrap();
        let found = simulator.transform(&input, &prepared).unwrap();
        let found = simulator.rescale(&found).unwrap();
        let exact = transform.apply(&held);
        errors.extend(
            simulation
                .errors(simulation.simulator.decrypt(&found), &exact)
                .unwrap(),
        );
    }
    let ratio = said / root_mean_square(errors.into_iter().map(|(e, _)| e));
    assert!((0.75..1.34).contains(&ratio), "{ratio}");
}

#[test]
fn bootstraps_come_where_levels_run_out() {
    let parameters = named("toy").unwrap();
    let mut net = Builder::new("chain", [16]);
    let mut last = net.input();
    for k in 0..3 {
        let op = Op::Activation(relu());
        last = net.push(&format!("relu{k}"), op, &[last]).unwrap();
    }
    let graph = net.build(last).unwrap();
    let noise = simulated(&graph, &parameters, 1, |_| 1.0).unwrap();
    assert_eq!(noise.bootstraps(), 2);
    let bootstrapped: Vec<bool> = noise.steps().iter().map(|s| s.bootstrapped).collect();
    assert_eq!(bootstrapped, [false, false, true, true]);

    let deep: Choice = "relu:degrees=7,7,13".parse().unwrap();
    let deep = deep.stand_in().unwrap().unwrap()(RANGE);
    let refused = simulated(&one(Op::Activation(deep), 16), &parameters, 1, |_| 1.0);
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("`node`") && text.contains("levels"), "{text}");
    let refused = simulated(
        &one(Op::Activation(Activation::Relu), 16),
        &parameters,
        1,
        |_| 1.0,
    );
    assert!(refused.unwrap_err().to_string().contains("no circuit"));
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let parameters = named("toy").unwrap();
    let graph = one(Op::Activation(relu()), 64);
    let image = |k: usize| (k % 97) as f64 / 20.0 - 2.4;
    let images: Vec<f64> = (0..64 * 50).map(image).collect();
    let run = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let noise = simulated(&graph, &parameters, seed, |_| 1.0).unwrap();
            let network = Network::new(&graph).unwrap();
            let (found, _) = network
                .observe(&images, 0, || Noisy::new(&noise, seed))
                .unwrap();
            found.logits
        })
    };
    assert_eq!(run(1, 3), run(2, 3));
    assert_ne!(run(1, 3), run(1, 4));
}
