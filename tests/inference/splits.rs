//! The same bits however images are divided.

use super::{Random, residual};
use equiripple::nn::{
    Activation, Builder, Graph, Op, Tensor,
    inference::{InferenceError, Network, Real},
};

fn on_threads<T: Real>(threads: usize, graph: &Graph, images: &[T]) -> Vec<u64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let logits = pool.build().unwrap().install(|| {
        let network = Network::<T>::new(graph).unwrap();
        network.run(images).unwrap().logits
    });
    logits.iter().map(|x| x.widened().to_bits()).collect()
}

fn same_bits<T: Real>() {
    let mut random = Random::new(7);
    let graph = residual(&mut random, &Activation::Relu);
    let images: Vec<T> = random
        .images(&graph, 37)
        .into_iter()
        .map(T::from_f64)
        .collect();
    let one = on_threads(1, &graph, &images);
    for threads in [2, 3, 8] {
        assert_eq!(
            one,
            on_threads(threads, &graph, &images),
            "{threads} threads"
        );
    }
    // Each image by itself, and five at a time.
    for count in [1, 5] {
        let parts = images.chunks(count * 3 * 12 * 12);
        let parts: Vec<u64> = parts.flat_map(|part| on_threads(2, &graph, part)).collect();
        assert_eq!(one, parts, "{count} images at a time");
    }
}

#[test]
fn single_precision() {
    same_bits::<f32>();
}

#[test]
fn double_precision() {
    same_bits::<f64>();
}

#[test]
fn no_images_and_broken_images() {
    let mut empty = Builder::new("empty", [3, 0, 5]);
    let list = Op::Constant(Tensor::list([1.0]).unwrap());
    let list = empty.push("list", list, &[]).unwrap();
    let refused = Network::<f32>::new(&empty.build(list).unwrap());
    assert!(matches!(refused, Err(InferenceError::Shape { node, .. }) if node == "input"));
    let graph = residual(&mut Random::new(1), &Activation::Relu);
    let network = Network::<f32>::new(&graph).unwrap();
    assert!(network.run(&[]).unwrap().logits.is_empty());
    let refused = network.run(&[0.0; 433]);
    assert!(matches!(
        refused,
        Err(InferenceError::Images {
            found: 433,
            image: 432
        })
    ));
}
