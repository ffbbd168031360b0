//! What observers see and change.

use super::{Random, residual};
use equiripple::nn::{
    Activation, Graph, NodeId, Op,
    inference::{Images, Network, Observer},
    naive,
};
use std::collections::BTreeMap;

/// Keeps everything: results and arguments by node and image.
#[derive(Default)]
struct Everything {
    results: BTreeMap<(usize, usize), Vec<f64>>,
    arguments: BTreeMap<(usize, usize), Vec<f64>>,
    /// Images in the order in which the first node was seen.
    order: Vec<usize>,
}

impl Observer<f64> for Everything {
    fn result(&mut self, node: NodeId, images: &mut Images<'_, f64>) {
        for (image, values) in images.each() {
            self.results.insert((node.index(), image), values.to_vec());
            if node.index() == 0 {
                self.order.push(image);
            }
        }
    }

    fn argument(&mut self, node: NodeId, images: &Images<'_, f64>) {
        for (image, values) in images.each() {
            self.arguments
                .insert((node.index(), image), values.to_vec());
        }
    }

    fn merge(&mut self, later: Self) {
        self.results.extend(later.results);
        self.arguments.extend(later.arguments);
        self.order.extend(later.order);
    }
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-12 * b.abs().max(10.0), "{a} {b}");
    }
}

#[test]
fn every_result_and_argument_is_seen() {
    let mut random = Random::new(3);
    let graph = residual(&mut random, &Activation::Relu);
    let images = random.images(&graph, 150);
    let network = Network::<f64>::new(&graph).unwrap();
    let (outcome, seen) = network.observe(&images, 1000, Everything::default).unwrap();
    assert_eq!(outcome, network.run(&images).unwrap());
    assert_eq!(seen.order, (1000..1150).collect::<Vec<_>>());
    for (image, numbers) in (1000..).zip(images.chunks(432)) {
        let all = naive::all(&graph, numbers).unwrap();
        for (id, node) in graph.iter() {
            close(&seen.results[&(id.index(), image)], &all[id.index()]);
            let argument = seen.arguments.get(&(id.index(), image));
            match node.op() {
                // What a ReLU takes has both signs, also where it is made at once with the convolution otherwise.
                Op::Activation(_) => close(argument.unwrap(), &all[node.inputs()[0].index()]),
                _ => assert_eq!(argument, None),
            }
        }
    }
}

/// Adds what depends on node, image and element alone.
struct Noise;

impl Observer<f64> for Noise {
    fn result(&mut self, node: NodeId, images: &mut Images<'_, f64>) {
        for (image, values) in images.each_mut() {
            for (k, x) in values.iter_mut().enumerate() {
                *x += 1e-3 * ((node.index() * 31 + image * 17 + k) % 7) as f64;
            }
        }
    }

    fn merge(&mut self, _: Self) {}
}

fn noisy(graph: &Graph, images: &[f64], first: usize, threads: usize) -> Vec<f64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let network = Network::<f64>::new(graph).unwrap();
    let run = || network.observe(images, first, || Noise).unwrap().0.logits;
    pool.build().unwrap().install(run)
}

#[test]
fn noise_is_the_same_on_any_number_of_threads_and_in_parts() {
    let mut random = Random::new(4);
    let graph = residual(&mut random, &Activation::Relu);
    let images = random.images(&graph, 90);
    let all = noisy(&graph, &images, 5, 1);
    assert_eq!(all, noisy(&graph, &images, 5, 8));
    let (front, back) = images.split_at(40 * 432);
    let parts = [noisy(&graph, front, 5, 2), noisy(&graph, back, 45, 2)].concat();
    assert_eq!(all, parts);
    let clean = Network::<f64>::new(&graph).unwrap().run(&images).unwrap();
    let change = all.iter().zip(&clean.logits).map(|(a, b)| (a - b).abs());
    assert!(change.fold(0.0, f64::max) > 1e-3);
}
