//! `net design` on a small network and images that need no download.

use crate::equiripple;
use equiripple::nn::{Activation, Builder, Op, Tensor, Window, file};
use std::{path::Path, process::Command};

const DATA: &str = "synthetic:classes=10,size=16,seed=3,images=64";
const TRAINING: &str = "synthetic:classes=10,size=16,seed=4,images=96";

/// Numbers in [−1, 1] that look random.
fn tensor(shape: &[usize], scale: f32, seed: u32) -> Tensor {
    let mut state = seed;
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            scale * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
        })
        .collect();
    Tensor::new(shape.to_vec(), values).unwrap()
}

/// A stem, a residual block, a stride and a linear layer: three ReLUs.
fn network(path: &Path) {
    let conv = |shape: [usize; 4], stride, seed| Op::Conv2d {
        weight: tensor(&shape, 0.5, seed),
        bias: None,
        window: Window::square(3, stride, 1),
        groups: 1,
    };
    let relu = || Op::Activation(Activation::Relu);
    let mut net = Builder::new("small", [3, 16, 16]);
    let input = net.input();
    let x = net
        .push("conv1", conv([4, 3, 3, 3], 1, 1), &[input])
        .unwrap();
    let x = net.push("relu1", relu(), &[x]).unwrap();
    let y = net.push("conv2", conv([4, 4, 3, 3], 1, 2), &[x]).unwrap();
    let x = net.push("add", Op::Add, &[y, x]).unwrap();
    let x = net.push("relu2", relu(), &[x]).unwrap();
    let x = net.push("conv3", conv([8, 4, 3, 3], 2, 3), &[x]).unwrap();
    let x = net.push("relu3", relu(), &[x]).unwrap();
    let x = net.push("pool", Op::GlobalAveragePool, &[x]).unwrap();
    let x = net.push("flat", Op::Reshape(vec![8].into()), &[x]).unwrap();
    let linear = Op::Linear {
        weight: tensor(&[10, 8], 1.0, 4),
        bias: None,
    };
    let x = net.push("linear", linear, &[x]).unwrap();
    file::write(path, &net.build(x).unwrap()).unwrap();
}

fn words<'a>(net: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["net", "design", net, "--data", DATA];
    words.extend(["--set", "toy", "--uniform", "4"]);
    words.extend(["--trial-images", "48"]);
    words.extend(more);
    words
}

/// What comes out on so many threads, without the time that it took.
fn designed(words: &[&str], threads: &str) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_equiripple"))
        .env("RAYON_NUM_THREADS", threads)
        .args(words)
        .arg("--json")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let mut found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    found.as_object_mut().unwrap().remove("design_seconds");
    found
}

fn number(value: &serde_json::Value, path: &str) -> f64 {
    value.pointer(path).unwrap().as_f64().unwrap()
}

#[test]
fn a_design_is_faster_than_one_polynomial_everywhere_and_is_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let net = folder.path().join("net.eqr");
    network(&net);
    let out = folder.path().join("design");
    let (net, out) = (net.to_str().unwrap(), out.to_str().unwrap());
    let more = ["--calibrate", TRAINING, "--max-loss", "40%", "--out", out];
    let found = designed(&words(net, &more), "1");
    assert_eq!(found["layers"].as_array().unwrap().len(), 3);
    assert!(number(&found, "/uniform/ratio") >= 1.0);
    assert!(number(&found, "/choosing/loss_limit") <= 0.4);
    let parts = ["bootstraps", "activations", "linear"];
    let parts = parts.map(|part| number(&found, &format!("/seconds/{part}")));
    let total = number(&found, "/seconds/total");
    assert!((parts.iter().sum::<f64>() - total).abs() < 1e-9 * total);
    // The same on two threads.
    assert_eq!(designed(&words(net, &more), "2"), found);
    for name in ["design.json", "design.md", "front.svg", "front.png"] {
        assert!(Path::new(out).join(name).is_file(), "{name}");
    }
    // The network that was written is the one that was measured.
    let written = format!("{out}/net.eqr");
    let words = ["net", "accuracy", &written, "--data", DATA];
    let checked = designed(
        &[&words[..], &["--activation", "exact", "--range", "1"]].concat(),
        "2",
    );
    let gap = number(&checked, "/top1") - number(&found, "/unseen/top1");
    assert!(gap.abs() < 1e-12, "{gap}");
}

#[test]
fn what_cannot_be_designed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let net = folder.path().join("net.eqr");
    network(&net);
    let net = net.to_str().unwrap();
    let refused_on = |data: &str, more: &[&str], said: &str| {
        let words = words(net, more);
        let words: Vec<&str> = words
            .into_iter()
            .map(|word| if word == DATA { data } else { word })
            .collect();
        let output = equiripple(&words);
        let error = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{error}");
    };
    let refused = |more: &[&str], said: &str| refused_on(DATA, more, said);
    // One image of CIFAR, to test on.
    std::fs::write(folder.path().join("test_batch.bin"), [0; 3073]).unwrap();
    let alone = folder.path().to_str().unwrap();
    refused_on(alone, &["--max-loss", "1%"], "no training images");
    let training = ["--calibrate", TRAINING];
    refused(
        &[&training[..], &["--max-loss", "150%"]].concat(),
        "no loss of accuracy between 0 and 1",
    );
    refused(
        &[&training[..], &["--max-loss", "0.0001"]].concat(),
        "no design loses less than 0.01 %",
    );
}
