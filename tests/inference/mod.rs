//! Plain inference against its oracle.

mod observers;
mod operations;
mod polynomials;
mod splits;

use equiripple::nn::{
    Activation, Builder, Graph, NodeId, Op, Tensor, Window,
    inference::{Network, Real},
    naive,
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// Random numbers that are the same everywhere.
struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform in \[−1, 1\].
    fn number(&mut self) -> f32 {
        self.0.next_u32() as f32 / u32::MAX as f32 * 2.0 - 1.0
    }

    /// Uniform in a..=b.
    fn between(&mut self, a: usize, b: usize) -> usize {
        a + self.0.next_u32() as usize % (b - a + 1)
    }

    fn tensor(&mut self, axes: &[usize]) -> Tensor {
        let count = axes.iter().product();
        let values: Vec<f32> = (0..count).map(|_| self.number()).collect();
        Tensor::new(axes.to_vec(), values).unwrap()
    }

    fn images(&mut self, graph: &Graph, count: usize) -> Vec<f64> {
        let elements = graph.node(graph.input()).shape().elements().unwrap();
        let numbers = (0..count * elements).map(|_| f64::from(self.number()));
        numbers.collect()
    }
}

/// A network of one operation on its input.
fn one(shape: &[usize], op: Op) -> Graph {
    let mut net = Builder::new("one", shape.to_vec());
    let node = net.push("node", op, &[net.input()]).unwrap();
    net.build(node).unwrap()
}

/// The results of the network for images, and the oracle's.
fn both<T: Real>(graph: &Graph, images: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let network = Network::<T>::new(graph).unwrap();
    let numbers: Vec<T> = images.iter().map(|&x| T::from_f64(x)).collect();
    let found = network.run(&numbers).unwrap().logits;
    let each = images.chunks(network.input_elements());
    let expected = each.flat_map(|image| naive::run(graph, image).unwrap());
    (
        found.into_iter().map(Real::widened).collect(),
        expected.collect(),
    )
}

/// Holds results against the oracle's, relative to the largest of these.
fn check<T: Real>(graph: &Graph, images: &[f64], tolerance: f64) {
    let (found, expected) = both::<T>(graph, images);
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(1.0, |m: f64, y| m.max(y.abs()));
    for (k, (x, y)) in found.iter().zip(&expected).enumerate() {
        let error = (x - y).abs();
        assert!(error <= tolerance * largest, "element {k}: {x}, not {y}");
    }
}

/// Both kinds of numbers against the oracle, on random images.
fn agrees(graph: &Graph, random: &mut Random) {
    let images = random.images(graph, 3);
    check::<f64>(graph, &images, 1e-12);
    check::<f32>(graph, &images, 1e-4);
}

/// A small residual network: what lives long, what is taken in place, what has several users.
fn residual(random: &mut Random, activation: &Activation) -> Graph {
    let mut net = Builder::new("residual", [3, 12, 12]);
    let mut count = 0;
    let mut push = |net: &mut Builder, op: Op, inputs: &[NodeId]| {
        count += 1;
        net.push(&format!("n{count}"), op, inputs).unwrap()
    };
    let mut conv = |from: usize, to: usize, stride: usize| {
        let scale = 2.0 / (from as f32).sqrt() / 3.0;
        let tensor = random.tensor(&[to, from, 3, 3]);
        let values: Vec<f32> = tensor.values().iter().map(|w| w * scale).collect();
        Op::Conv2d {
            weight: Tensor::new([to, from, 3, 3], values).unwrap(),
            bias: Some(random.tensor(&[to])),
            window: Window::square(3, stride, 1),
            groups: 1,
        }
    };
    let input = net.input();
    let stem = push(&mut net, conv(3, 10, 1), &[input]);
    let mut x = push(&mut net, Op::Activation(activation.clone()), &[stem]);
    for (from, to, stride) in [(10, 10, 1), (10, 20, 2)] {
        let y = push(&mut net, conv(from, to, stride), &[x]);
        let y = push(&mut net, Op::Activation(activation.clone()), &[y]);
        let y = push(&mut net, conv(to, to, 1), &[y]);
        let shortcut = match stride {
            1 => x,
            _ => push(&mut net, conv(from, to, stride), &[x]),
        };
        let sum = push(&mut net, Op::Add, &[shortcut, y]);
        x = push(&mut net, Op::Activation(activation.clone()), &[sum]);
    }
    let mean = push(&mut net, Op::GlobalAveragePool, &[x]);
    let flat = push(&mut net, Op::Reshape([20].into()), &[mean]);
    let linear = Op::Linear {
        weight: random.tensor(&[10, 20]),
        bias: None,
    };
    let logits = push(&mut net, linear, &[flat]);
    net.build(logits).unwrap()
}
