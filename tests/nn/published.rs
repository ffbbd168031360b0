//! Networks that others trained, against PyTorch and ONNX Runtime. Their results are made by `published.py`. The folder of
//! the weights is `EQUIRIPPLE_DATA`; without it these tests pass over.

use equiripple::nn::{Graph, Weights, arch::Architecture, depth, file, naive, onnx, pass};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Published {
    /// Nothing for a model that has its own graph.
    architecture: Option<String>,
    file: String,
    side: usize,
    result: Vec<f64>,
}

/// A file of published weights, where it is there.
fn weights(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EQUIRIPPLE_DATA");
    let path = folder.map(|folder| Path::new(&folder).join("weights").join(name));
    let path = path.filter(|path| path.is_file());
    if path.is_none() {
        passed_over(name);
    }
    path
}

/// Says that a test found nothing to do.
#[allow(clippy::print_stderr, reason = "a test that passes over must say so")]
fn passed_over(name: &str) {
    eprintln!("passed over: there is no {name} in the folder `weights` of EQUIRIPPLE_DATA");
}

fn load(published: &Published) -> Option<Graph> {
    let path = weights(&published.file)?;
    Some(match &published.architecture {
        None => onnx::import(&path, None).unwrap(),
        Some(name) => {
            let architecture: Architecture = name.parse().unwrap();
            let architecture = architecture.with_image([published.side; 2]);
            architecture.load(&Weights::open(&path).unwrap()).unwrap()
        }
    })
}

#[test]
fn results_are_those_of_pytorch_and_onnx_runtime() {
    let all: Vec<Published> = serde_json::from_str(include_str!("published.json")).unwrap();
    for published in all {
        let Some(graph) = load(&published) else {
            continue;
        };
        let count = 3 * published.side * published.side;
        let image: Vec<f64> = (0..count).map(|k| (0.7 * k as f64).sin()).collect();
        let stored = file::to_bytes(&graph).unwrap();
        let stored = file::from_bytes("net.eqr", stored).unwrap();
        let folded = pass::fold_affine(&graph).unwrap();
        for graph in [&stored, &folded] {
            let found = naive::run(graph, &image).unwrap();
            for (x, y) in found.iter().zip(&published.result) {
                assert!((x - y).abs() < 1e-4, "{}: {x} and {y}", published.file);
            }
        }
    }
}

#[test]
fn resnet20_of_onnx_has_the_layers_of_the_architecture() {
    let Some(path) = weights("resnet20_cifar10_ace.onnx") else {
        return;
    };
    let graph = onnx::import(&path, None).unwrap();
    // Shortcuts by convolution, and batch norms that are folded already.
    let count = |op: &str| graph.nodes().iter().filter(|n| n.op().name() == op).count();
    assert_eq!(
        (count("convolution"), count("ReLU"), count("add")),
        (21, 19, 9)
    );
    let depths = depth::depths(&graph).unwrap();
    assert_eq!((depths.total, depths.missing.len()), (20, 19));
}
