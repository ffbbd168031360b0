//! Tests of architectures: parameters, weights, what does not fit.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::nn::naive;
use safetensors::{Dtype, tensor::TensorView};
use std::collections::BTreeMap;

/// Numbers of parameters that torchvision and the papers give.
const PARAMETERS: [(&str, usize); 22] = [
    ("resnet20", 269_722),
    ("resnet32", 464_154),
    ("resnet44", 658_586),
    ("resnet56", 853_018),
    ("resnet110", 1_727_962),
    ("resnet18", 11_689_512),
    ("resnet34", 21_797_672),
    ("resnet50", 25_557_032),
    ("resnet101", 44_549_160),
    ("resnet152", 60_192_808),
    ("vgg11", 132_863_336),
    ("vgg11_bn", 132_868_840),
    ("vgg13", 133_047_848),
    ("vgg13_bn", 133_053_736),
    ("vgg16", 138_357_544),
    ("vgg16_bn", 138_365_992),
    ("vgg19", 143_667_240),
    ("vgg19_bn", 143_678_248),
    ("alexnet", 61_100_840),
    ("squeezenet1_1", 1_235_496),
    ("googlenet", 6_624_904),
    ("inception_v3", 23_834_568),
];

/// Zeros of every shape that is asked for.
struct Zeros(BTreeMap<String, Shape>);

impl Parameters for Zeros {
    fn tensor(
        &mut self,
        name: &str,
        shape: Shape,
        role: parameters::Role,
    ) -> Result<crate::nn::Tensor, GraphError> {
        let value = match role {
            parameters::Role::Factor(_) => 1.0,
            _ => 0.0,
        };
        self.0.insert(name.into(), shape.clone());
        let values = vec![value; shape.elements().unwrap()];
        crate::nn::Tensor::new(shape, values)
    }

    fn has(&self, _: &str) -> bool {
        false
    }

    fn outputs(&self, _: &str, _: &[usize], otherwise: usize) -> usize {
        otherwise
    }
}

#[test]
fn parameters_are_those_of_torchvision() {
    for (name, expected) in PARAMETERS {
        let architecture: Architecture = name.parse().unwrap();
        let mut zeros = Zeros(BTreeMap::new());
        let graph = architecture.build(&mut zeros).unwrap();
        let count = |names: &dyn Fn(&str) -> bool| -> usize {
            let counted = zeros.0.iter().filter(|(name, _)| names(name));
            counted.map(|(_, s)| s.elements().unwrap()).sum()
        };
        // The mean and the variance of a batch norm are not trained.
        assert_eq!(count(&|n| !n.contains("running")), expected, "{name}");
        let fixed = if ["googlenet", "inception_v3"].contains(&name) {
            6
        } else {
            0
        };
        assert_eq!(graph.parameters(), expected + fixed, "{name}");
        let classes = graph.node(graph.output()).shape().clone();
        assert_eq!(classes, [architecture.classes].into());
    }
}

#[test]
fn random_networks_keep_their_numbers_in_bounds() {
    let sides = [
        ("resnet20", 32),
        ("resnet110", 8),
        ("squeezenet1_1", 32),
        ("googlenet", 32),
    ];
    for (name, side) in sides {
        let architecture: Architecture = name.parse().unwrap();
        let random = |seed| architecture.with_image([side; 2]).random(seed).unwrap();
        let (graph, again, other) = (random(7), random(7), random(8));
        let bits = |g: &Graph| -> Vec<u32> {
            let tensors = g.nodes().iter().flat_map(|n| n.op().tensors());
            let values = tensors.flat_map(|t| t.values().to_vec());
            values.map(f32::to_bits).collect()
        };
        assert!(bits(&graph) == bits(&again) && bits(&graph) != bits(&other));
        let image: Vec<f64> = (0..3 * side * side)
            .map(|k| (k as f64 * 0.7).sin())
            .collect();
        for (node, values) in graph
            .nodes()
            .iter()
            .zip(naive::all(&graph, &image).unwrap())
        {
            let square = values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
            let node = node.name();
            assert!((1e-3..1e2).contains(&square), "{name} {node} {square}");
        }
    }
}

/// A file of all weights that the architecture asks for, some of them changed.
fn file(
    architecture: Architecture,
    change: impl Fn(&str, Shape) -> Option<(String, Shape)>,
) -> Weights {
    let mut zeros = Zeros(BTreeMap::new());
    architecture.build(&mut zeros).unwrap();
    let changed: Vec<(String, Shape)> = zeros
        .0
        .into_iter()
        .filter_map(|(n, s)| change(&n, s))
        .collect();
    let bytes: Vec<Vec<u8>> = changed
        .iter()
        .map(|(_, s)| vec![0; 4 * s.elements().unwrap()])
        .collect();
    let views = changed.iter().zip(&bytes).map(|((name, shape), bytes)| {
        let view = TensorView::new(Dtype::F32, shape.axes().to_vec(), bytes).unwrap();
        (name.clone(), view)
    });
    let file = safetensors::serialize(views, None).unwrap();
    Weights::from_bytes("made.safetensors", file).unwrap()
}

#[test]
fn weights_that_do_not_fit_are_all_named() {
    let resnet20: Architecture = "resnet20".parse().unwrap();
    let broken = file(resnet20, |name, shape| match name {
        "bn1.weight" => None,
        "conv1.weight" => Some((name.into(), [16, 3, 5, 5].into())),
        "linear.bias" => Some(("fc.bias".into(), shape)),
        _ => Some((name.into(), shape)),
    });
    let refused = resnet20.load(&broken).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the weights of made.safetensors are not those of resnet20:
  tensor `conv1.weight` of made.safetensors is 16×3×5×5, and 16×3×3×3 is needed
  `bn1.weight` (16) is missing
  `linear.bias` (10) is missing
  `fc.bias` (10) belongs to no layer"
    );
}

#[test]
fn prefixes_counters_and_other_classes_are_taken() {
    let resnet20: Architecture = "resnet20".parse().unwrap();
    let hundred = file(resnet20.with_classes(100), |name, shape| {
        Some((format!("module.{name}"), shape))
    });
    let graph = resnet20.load(&hundred).unwrap();
    assert_eq!(graph.node(graph.output()).shape().axes(), [100]);
    let resnet32: Architecture = "resnet32".parse().unwrap();
    assert!(resnet32.load(&hundred).is_err());
}

#[test]
fn names_and_images_are_checked() {
    let unknown = "resnet19".parse::<Architecture>().unwrap_err().to_string();
    assert!(unknown.contains("resnet18"), "{unknown}");
    let vgg: Architecture = "vgg11".parse().unwrap();
    let refused = vgg
        .with_image([100, 100])
        .random(1)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("multiples of 7"), "{refused}");
    let small = "alexnet"
        .parse::<Architecture>()
        .unwrap()
        .with_image([8, 8]);
    assert!(small.random(1).is_err());
}
