//! Networks on every kind of processor.

use super::*;
use crate::nn::{Builder, Op, Tensor, Window};

fn tensor(axes: &[usize]) -> Tensor {
    let count = axes.iter().product();
    let values: Vec<f32> = (0..count)
        .map(|k| ((k * 7919) % 201) as f32 / 100.0 - 1.0)
        .collect();
    Tensor::new(axes.to_vec(), values).unwrap()
}

/// Convolutions whose tiles are read in place, gathered by equal runs and by others, and a linear map.
fn graph() -> Graph {
    let mut net = Builder::new("kinds", [3, 16, 24]);
    let mut x = net.input();
    for (k, (from, to, stride)) in [(3, 11, 1), (11, 6, 2), (6, 4, 1), (4, 2, 3)]
        .into_iter()
        .enumerate()
    {
        let convolution = Op::Conv2d {
            weight: tensor(&[to, from, 3, 3]),
            bias: Some(tensor(&[to])),
            window: Window::square(3, stride, 1),
            groups: 1,
        };
        x = net.push(&format!("{k}"), convolution, &[x]).unwrap();
    }
    let flat = net.push("flat", Op::Reshape([24].into()), &[x]).unwrap();
    let weight = tensor(&[37, 24]);
    let linear = Op::Linear { weight, bias: None };
    let logits = net.push("logits", linear, &[flat]).unwrap();
    net.build(logits).unwrap()
}

fn logits<T: Real>(arch: Arch) -> Vec<T> {
    let network = Network::<T>::on(arch, &graph()).unwrap();
    let images = (0..5 * network.input_elements()).map(|k| ((k * 31) % 97) as f64 / 97.0);
    let images: Vec<T> = images.map(T::from_f64).collect();
    network.run(&images).unwrap().logits
}

/// Vectors of any length make the same sums; without fused products they differ in rounding alone.
fn kinds_of_processors<T: Real>(tolerance: f64) {
    let best = logits::<T>(Arch::new());
    #[cfg(target_arch = "x86_64")]
    if let Some(v3) = pulp::x86::V3::try_new() {
        assert_eq!(best, logits::<T>(Arch::V3(v3)));
    }
    let largest = best.iter().map(|y| y.widened().abs()).fold(0.0, f64::max);
    for (x, y) in best.iter().zip(logits::<T>(Arch::Scalar)) {
        assert!((*x - y).widened().abs() <= tolerance * largest);
    }
}

#[test]
fn every_kind_of_processor() {
    kinds_of_processors::<f32>(1e-5);
    kinds_of_processors::<f64>(1e-14);
}
