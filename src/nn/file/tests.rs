use super::*;
use crate::nn::{Activation, Op, Polynomial, Window, arch::Architecture, pass};
use equiripple_approx::{coeffs::Exact, coeffs::StageTable, poly::Parity};
use proptest::prelude::*;

/// x/2 + x·p(x) with a small odd p.
fn table() -> Arc<CoefficientTable> {
    let stage = StageTable {
        parity: Parity::Odd,
        interval: [Exact::from(-1), Exact::from(1)],
        domain: "[-1,1]".into(),
        coefficients: vec![Exact::from(1), Exact::from(-2)],
    };
    Arc::new(CoefficientTable {
        product: true,
        alpha: Some(7.3),
        ..CoefficientTable::new("relu", vec![stage])
    })
}

/// A network that has every kind of node and of activation.
fn everything() -> Graph {
    let by = Polynomial {
        table: table(),
        range: 3.7,
    };
    let list = |v: &[f32]| Tensor::list(v.to_vec()).unwrap();
    let window = Window {
        ceil: true,
        ..Window::square(2, 1, 1)
    };
    let activations = [
        Activation::Relu,
        Activation::LeakyRelu { slope: 0.1 },
        Activation::Clip {
            low: f32::MIN,
            high: 6.0,
        },
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::HardSigmoid {
            slope: 1.0 / 6.0,
            offset: 0.5,
        },
        Activation::HardSwish,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Silu,
        Activation::Quadratic {
            a: 0.1,
            b: 0.2,
            c: -0.3,
        },
        Activation::Polynomial(by.clone()),
    ];
    let mut net = Builder::new("everything", [2, 4, 4]);
    let mut x = net.input();
    for (k, activation) in activations.into_iter().enumerate() {
        x = net
            .push(&format!("a{k}"), Op::Activation(activation), &[x])
            .unwrap();
    }
    let constant = Op::Constant(Tensor::new([2, 1, 1], vec![0.25, 0.1]).unwrap());
    let constant = net.push("constant", constant, &[]).unwrap();
    let ops = [
        Op::MaxPool { window, by: None },
        Op::MaxPool {
            window,
            by: Some(by),
        },
        Op::AveragePool {
            window,
            count_padding: true,
        },
        Op::Conv2d {
            weight: Tensor::new([2, 1, 1, 1], vec![0.5, 0.3]).unwrap(),
            bias: Some(list(&[0.0, -0.0])),
            window: Window::square(1, 1, 0),
            groups: 2,
        },
        Op::Affine {
            scale: list(&[1.0, 2.0]),
            shift: list(&[0.1, 65505.0]),
        },
        Op::Transpose {
            order: vec![0, 2, 1],
        },
        Op::Slice {
            axis: 1,
            start: 1,
            end: 4,
            step: 2,
        },
        Op::Pad {
            before: vec![0, 1, 0],
            after: vec![0, 0, 1],
            value: 0.3,
        },
    ];
    for (k, op) in ops.into_iter().enumerate() {
        x = net.push(&format!("b{k}"), op, &[x]).unwrap();
    }
    let sum = net.push("sum", Op::Add, &[x, constant]).unwrap();
    let product = net.push("product", Op::Multiply, &[sum, x]).unwrap();
    let both = net
        .push("both", Op::Concat { axis: 0 }, &[sum, product])
        .unwrap();
    let mean = net.push("mean", Op::GlobalAveragePool, &[both]).unwrap();
    let flat = net.push("flat", Op::Reshape([4].into()), &[mean]).unwrap();
    let linear = Op::Linear {
        weight: Tensor::new([1, 4], vec![1.0, 2.0, 3.0, 1e-30]).unwrap(),
        bias: None,
    };
    let linear = net.push("linear", linear, &[flat]).unwrap();
    let softmax = net.push("softmax", Op::Softmax, &[linear]).unwrap();
    let log = net.push("log", Op::LogSoftmax, &[softmax]).unwrap();
    net.build(log).unwrap()
}

/// What a network is, every bit of its numbers included.
fn fingerprint(graph: &Graph) -> String {
    let bits = |node: &crate::nn::Node| -> Vec<u32> {
        let tensors = node.op().tensors().into_iter();
        tensors
            .flat_map(|t| t.values().iter().map(|v| v.to_bits()))
            .collect()
    };
    let nodes = graph.nodes().iter();
    let nodes: Vec<String> = nodes
        .map(|node| format!("{node:?} {:?}", bits(node)))
        .collect();
    format!("{} {:?} {nodes:?}", graph.name(), graph.output())
}

#[test]
fn what_is_written_is_read() {
    let graph = everything();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.eqr");
    write(&path, &graph).unwrap();
    let again = read(&path).unwrap();
    assert_eq!(fingerprint(&again), fingerprint(&graph));
    assert_eq!(std::fs::read(&path).unwrap(), to_bytes(&again).unwrap());
}

#[test]
fn tables_are_stored_once() {
    let resnet: Architecture = "resnet20".parse().unwrap();
    let graph = resnet.random(1).unwrap();
    let table = table();
    let replaced: Result<Graph, GraphError> = pass::replace_activations(&graph, |id, _| {
        Ok(Some(Activation::Polynomial(Polynomial {
            table: table.clone(),
            range: 1.0 + id.index() as f32,
        })))
    });
    let bytes = to_bytes(&replaced.unwrap()).unwrap();
    let header = String::from_utf8_lossy(&bytes[..60_000]).to_string();
    assert_eq!(header.matches(r#"\"schema\""#).count(), 1);
    let again = from_bytes("n.eqr", bytes).unwrap();
    assert_eq!(again.parameters(), graph.parameters());
}

#[test]
fn halves_are_stored_as_halves() {
    let mut net = Builder::new("half", [2]);
    let linear = |values: &[f32]| Op::Linear {
        weight: Tensor::new([2, 2], values.to_vec()).unwrap(),
        bias: None,
    };
    let a = net
        .push("a", linear(&[0.5, -0.0, 65504.0, 6e-8]), &[net.input()])
        .unwrap();
    let b = net.push("b", linear(&[0.5, 0.1, 1.0, 1.0]), &[a]).unwrap();
    let graph = net.build(b).unwrap();
    let bytes = to_bytes(&graph).unwrap();
    // 6e-8 is not the least half, 2^-24: both arrays are stored as f32.
    let text = String::from_utf8_lossy(&bytes).to_string();
    assert_eq!(
        (
            text.matches(r#""F16""#).count(),
            text.matches(r#""F32""#).count()
        ),
        (0, 2)
    );
    assert_eq!(
        fingerprint(&from_bytes("n.eqr", bytes).unwrap()),
        fingerprint(&graph)
    );
    let mut net = Builder::new("half", [2]);
    let least = linear(&[0.5, -0.0, 65504.0, 2f32.powi(-24)]);
    let a = net.push("a", least, &[net.input()]).unwrap();
    let graph = net.build(a).unwrap();
    let bytes = to_bytes(&graph).unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains(r#""F16""#));
    assert_eq!(
        fingerprint(&from_bytes("n.eqr", bytes).unwrap()),
        fingerprint(&graph)
    );
}

#[test]
fn other_files_are_refused() {
    let text = |bytes: Vec<u8>| from_bytes("n.eqr", bytes).unwrap_err().to_string();
    let weights = safetensors::serialize(Vec::<(String, TensorView<'_>)>::new(), None).unwrap();
    assert!(text(weights).contains("no network"));
    let with = |contents: &str| {
        let header = HashMap::from([(KEY.to_string(), contents.to_string())]);
        safetensors::serialize(Vec::<(String, TensorView<'_>)>::new(), Some(header)).unwrap()
    };
    assert!(text(with(r#"{"version":2}"#)).contains("version 2"));
    assert!(text(with(r#"{"version":1}"#)).contains("missing field"));
    let nodes = |nodes: &str| {
        with(&format!(
            r#"{{"version":1,"name":"n","input":[2],"nodes":[{nodes}],"output":1,"tables":[]}}"#
        ))
    };
    let relu = r#"{"name":"r","inputs":[7],"op":{"kind":"activation","function":"relu"}}"#;
    assert!(text(nodes(relu)).contains("node `r` takes the result of node 7"));
    let conv = r#"{"name":"c","inputs":[0],"op":{"kind":"linear","bias":false}}"#;
    assert!(text(nodes(conv)).contains("`c.weight`"));
    let stage = r#"{"name":"p","inputs":[0],"op":{"kind":"activation","function":{"polynomial":{"table":0,"range":1}}}}"#;
    assert!(text(nodes(stage)).contains("node `p` names none of its 0"));
    let huge = r#"{"name":"h","inputs":[0],"op":{"kind":"pad","before":[9007199254740992],"after":[0],"value":0}}"#;
    assert!(text(nodes(huge)).contains("elements"));
    assert!(text(nodes("")).contains("output"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damage_is_an_error_or_another_network(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = to_bytes(&everything()).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Err(e) = from_bytes("n.eqr", bytes) {
            let text = e.to_string();
            prop_assert!(text.contains("n.eqr"), "{}", text);
        }
    }
}

#[test]
fn a_file_that_was_cut_is_refused() {
    let bytes = to_bytes(&everything()).unwrap();
    for end in 0..bytes.len() {
        let refused = from_bytes("n.eqr", bytes[..end].to_vec()).unwrap_err();
        assert!(refused.to_string().starts_with("n.eqr"), "{refused}");
    }
}
