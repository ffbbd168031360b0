//! Networks that others trained. The folder of the data is `EQUIRIPPLE_DATA`; without it these tests pass over.

use equiripple::nn::{Graph, Weights, arch::Architecture, depth, file, onnx, pass};
use std::path::{Path, PathBuf};

/// A file of published weights, where it is there.
fn weights(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EQUIRIPPLE_DATA")?;
    let path = Path::new(&folder).join("weights").join(name);
    path.is_file().then_some(path)
}

/// Says that a test found nothing to do.
#[allow(clippy::print_stderr, reason = "a test that passes over must say so")]
fn passed_over(what: &str) {
    eprintln!("passed over: EQUIRIPPLE_DATA has no {what}");
}

fn load(architecture: &str, name: &str) -> Option<Graph> {
    let path = weights(name)?;
    let architecture: Architecture = architecture.parse().unwrap();
    Some(architecture.load(&Weights::open(&path).unwrap()).unwrap())
}

#[test]
fn published_weights_are_those_of_their_architectures() {
    let files = [
        (
            "resnet20",
            "resnet20_cifar10_idelbayev.safetensors",
            269_722,
        ),
        ("resnet20", "resnet20_cifar10_jpeg.safetensors", 269_722),
        (
            "resnet32",
            "resnet32_cifar10_idelbayev.safetensors",
            464_154,
        ),
        (
            "resnet56",
            "resnet56_cifar10_idelbayev.safetensors",
            853_018,
        ),
        (
            "squeezenet1_1",
            "squeezenet1_1_imagenet.safetensors",
            1_235_496,
        ),
    ];
    for (architecture, name, parameters) in files {
        let Some(graph) = load(architecture, name) else {
            passed_over(name);
            continue;
        };
        assert_eq!(graph.parameters(), parameters, "{name}");
        let again = file::from_bytes("net.eqr", file::to_bytes(&graph).unwrap()).unwrap();
        assert_eq!(again.parameters(), parameters);
    }
}

#[test]
fn resnet20_of_onnx_has_the_layers_of_the_architecture() {
    let name = "resnet20_cifar10_ace.onnx";
    let Some(path) = weights(name) else {
        return passed_over(name);
    };
    let graph = onnx::import(&path, None).unwrap();
    // Shortcuts by convolution, and batch norms that are folded already.
    let count = |op: &str| graph.nodes().iter().filter(|n| n.op().name() == op).count();
    assert_eq!(
        (count("convolution"), count("ReLU"), count("add")),
        (21, 19, 9)
    );
    let bare = pass::remove_identities(&graph).unwrap();
    let depths = depth::depths(&bare).unwrap();
    assert_eq!((depths.total, depths.missing.len()), (20, 19));
}
