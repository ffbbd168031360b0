//! Every operator against ONNX Runtime. The models and its results are made by `onnx/generate.py`.

use equiripple::nn::{Graph, naive, onnx, pass};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

#[derive(Deserialize)]
struct Expected {
    shape: Vec<usize>,
    image: Vec<f64>,
    result: Vec<f64>,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nn/onnx")
}

fn model(name: &str) -> Graph {
    let path = folder().join(format!("{name}.onnx"));
    onnx::import(&path, None).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn results_are_those_of_onnx_runtime() {
    let text = std::fs::read_to_string(folder().join("expected.json")).unwrap();
    let all: BTreeMap<String, Expected> = serde_json::from_str(&text).unwrap();
    assert!(all.len() > 60);
    for (name, expected) in all {
        let graph = model(&name);
        let shape = graph.node(graph.output()).shape().axes();
        assert_eq!(shape, expected.shape, "{name}");
        let folded = pass::fold_affine(&graph).and_then(|g| pass::remove_identities(&g));
        for graph in [&graph, &folded.unwrap()] {
            let found = naive::run(graph, &expected.image).unwrap();
            for (x, y) in found.iter().zip(&expected.result) {
                assert!(
                    (x - y).abs() < 1e-5 * (1.0 + y.abs()),
                    "{name}: {x} and {y}"
                );
            }
        }
    }
}

#[test]
fn activations_of_several_nodes_are_one() {
    let known = [
        ("silu", "SiLU"),
        ("gelu", "GELU"),
        ("gelu_tanh", "GELU (tanh)"),
        ("hard_swish", "hard swish"),
        ("hard_swish_torch", "hard swish"),
        ("hard_sigmoid", "hard sigmoid"),
        ("leaky_relu_max", "leaky ReLU"),
        ("relu6", "clip"),
        ("square", "quadratic"),
    ];
    for (name, expected) in known {
        let graph = model(name);
        let ops: Vec<&str> = graph.nodes()[1..].iter().map(|n| n.op().name()).collect();
        assert_eq!(ops, [expected], "{name}");
    }
}
