use super::{proto::*, *};
use crate::nn::naive;

fn text(e: OnnxError) -> String {
    e.to_string()
}

fn value(name: &str, dims: &[Option<i64>]) -> ValueInfo {
    let dim = dims.iter().map(|&dim_value| Dimension {
        dim_value,
        dim_param: dim_value.is_none().then(|| "N".into()),
    });
    ValueInfo {
        name: name.into(),
        r#type: Some(Type {
            tensor_type: Some(TensorType {
                elem_type: 1,
                shape: Some(TensorShape { dim: dim.collect() }),
            }),
        }),
    }
}

fn node(operator: &str, inputs: &[&str], outputs: &[&str]) -> Node {
    Node {
        input: inputs.iter().map(|s| s.to_string()).collect(),
        output: outputs.iter().map(|s| s.to_string()).collect(),
        name: format!("/{operator}"),
        op_type: operator.into(),
        ..Node::default()
    }
}

fn ints(name: &str, ints: &[i64]) -> Attribute {
    Attribute {
        name: name.into(),
        ints: ints.to_vec(),
        ..Attribute::default()
    }
}

fn floats(name: &str, dims: &[i64], values: &[f32]) -> Tensor {
    Tensor {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: 1,
        float_data: values.to_vec(),
        ..Tensor::default()
    }
}

fn model(nodes: Vec<Node>, weights: Vec<Tensor>) -> Model {
    let output = nodes.last().map_or("x", |n| &n.output[0]).to_string();
    Model {
        ir_version: 8,
        opset_import: vec![OperatorSet {
            domain: String::new(),
            version: 17,
        }],
        graph: Some(proto::Graph {
            name: "net".into(),
            node: nodes,
            initializer: weights,
            input: vec![value("x", &[None, Some(2), Some(4), Some(4)])],
            output: vec![value(&output, &[])],
        }),
    }
}

fn import(model: &Model) -> Result<crate::nn::Graph, OnnxError> {
    from_bytes("m.onnx", &model.encode_to_vec(), None)
}

fn small() -> Model {
    let mut conv = node("Conv", &["x", "w", "b"], &["c"]);
    conv.attribute = vec![ints("pads", &[1, 1, 1, 1]), ints("strides", &[2, 2])];
    let weight: Vec<f32> = (0..54).map(|k| (k as f32 * 0.37).sin()).collect();
    let mut shape = Tensor {
        name: "s".into(),
        dims: vec![2],
        data_type: 7,
        ..Tensor::default()
    };
    shape.raw_data = [0i64.to_le_bytes(), (-1i64).to_le_bytes()].concat();
    model(
        vec![
            conv,
            node("Sigmoid", &["c"], &["g"]),
            node("Mul", &["c", "g"], &["m"]),
            node("Reshape", &["m", "s"], &["r"]),
            node("Gemm", &["r", "f"], &["y"]),
        ],
        vec![
            floats("w", &[3, 2, 3, 3], &weight),
            floats("b", &[3], &[0.1, 0.2, 0.3]),
            shape,
            floats("f", &[12, 2], &weight[..24]),
        ],
    )
}

#[test]
fn a_small_model_is_imported() {
    let graph = import(&small()).unwrap();
    let names: Vec<(&str, &str)> = graph
        .nodes()
        .iter()
        .map(|n| (n.name(), n.op().name()))
        .collect();
    assert_eq!(
        names,
        [
            ("input", "input"),
            ("/Conv", "convolution"),
            ("/Mul", "SiLU"),
            ("/Reshape", "reshape"),
            ("/Gemm", "linear"),
        ]
    );
    assert_eq!(naive::run(&graph, &[0.5; 32]).unwrap().len(), 2);
}

#[test]
fn every_node_without_counterpart_is_named() {
    let mut whole = model(
        vec![
            node("LRN", &["x"], &["a"]),
            node("Relu", &["a"], &["b"]),
            node("Resize", &["b"], &["c"]),
            node("Erf", &["x"], &["d"]),
            node("Conv", &["d", "n"], &["e"]),
            node("Add", &["c", "e"], &["y"]),
        ],
        vec![floats("n", &[1, 2, 1, 1], &[f32::NAN, 1.0])],
    );
    let OnnxError::Nodes { problems, .. } = import(&whole).unwrap_err() else {
        panic!("the nodes are the problem");
    };
    let named: Vec<(&str, &str)> = problems
        .iter()
        .map(|p| (p.node.as_str(), p.operator.as_str()))
        .collect();
    assert_eq!(
        named,
        [("/LRN", "LRN"), ("/Resize", "Resize"), ("/Conv", "Conv")]
    );
    assert!(problems[2].problem.contains("NaN"), "{}", problems[2]);
    // An error function alone is no activation.
    whole.graph.as_mut().unwrap().initializer[0].float_data[0] = 1.0;
    let all = text(import(&whole).unwrap_err());
    assert!(
        all.contains("`/Conv` (Conv): the function that ends in `/Erf`"),
        "{all}"
    );
    assert!(
        all.contains(
            "`/LRN` (LRN): there is no such operation here; train the network with batch norm"
        ),
        "{all}"
    );
}

#[test]
fn whole_models_that_are_refused() {
    let change = |f: &dyn Fn(&mut Model)| {
        let mut model = small();
        f(&mut model);
        text(import(&model).unwrap_err())
    };
    let graph = |m: &mut Model| m.graph.take().unwrap();
    let old = change(&|m| m.opset_import[0].version = 8);
    assert!(old.starts_with("m.onnx: it uses operator set 8"), "{old}");
    let none = change(&|m| drop(graph(m)));
    assert!(none.contains("no graph"), "{none}");
    let two = change(&|m| {
        let g = m.graph.as_mut().unwrap();
        g.input.push(value("z", &[Some(1)]));
    });
    assert!(two.contains(r#"["x", "z"]"#), "{two}");
    let open =
        change(&|m| m.graph.as_mut().unwrap().input[0] = value("x", &[None, Some(2), None, None]));
    assert!(open.contains("--input"), "{open}");
    let batch = change(&|m| {
        m.graph.as_mut().unwrap().input[0] = value("x", &[Some(8), Some(2), Some(4), Some(4)])
    });
    assert!(batch.contains("8 images at once"), "{batch}");
    let huge = change(&|m| {
        m.graph.as_mut().unwrap().input[0] =
            value("x", &[None, Some(i64::MAX), Some(i64::MAX), Some(4)]);
    });
    assert!(huge.contains("fit in memory"), "{huge}");
    let outside = change(&|m| {
        let weight = &mut m.graph.as_mut().unwrap().initializer[0];
        weight.float_data.clear();
        weight.data_location = 1;
        weight.external_data = vec![Entry {
            key: "location".into(),
            value: "../secret".into(),
        }];
    });
    assert!(
        outside.contains("`w` (initializer)") && outside.contains("../secret"),
        "{outside}"
    );
    let claimed =
        change(&|m| m.graph.as_mut().unwrap().initializer[0].dims = vec![1 << 40, 1 << 40]);
    assert!(claimed.contains("54 numbers do not fill"), "{claimed}");
}

#[test]
fn an_open_size_is_given() {
    let mut open = small();
    open.graph.as_mut().unwrap().input[0] = value("x", &[None, None, None, None]);
    let bytes = open.encode_to_vec();
    let graph = from_bytes("m.onnx", &bytes, Some(&[2, 4, 4].into())).unwrap();
    assert_eq!(graph.node(graph.output()).shape().axes(), [2]);
    let wrong = from_bytes("m.onnx", &bytes, Some(&[2, 9, 9].into()));
    assert!(text(wrong.unwrap_err()).contains("`/Gemm`"));
}

#[test]
fn numbers_of_every_type_are_read() {
    let raw = |data_type: i32, raw_data: Vec<u8>| {
        let mut conv = node("Conv", &["x", "w"], &["y"]);
        conv.attribute = vec![];
        let weight = Tensor {
            name: "w".into(),
            dims: vec![1, 2, 1, 1],
            data_type,
            raw_data,
            ..Tensor::default()
        };
        let graph = import(&model(vec![conv], vec![weight]))?;
        let weights = graph.nodes()[1].op().tensors()[0].values().to_vec();
        Ok::<_, OnnxError>(weights)
    };
    let expected = vec![1.5, -2.0];
    let f16s: Vec<u8> = [0x3e00u16, 0xc000]
        .iter()
        .flat_map(|b| b.to_le_bytes())
        .collect();
    let bf16s: Vec<u8> = [0x3fc0u16, 0xc000]
        .iter()
        .flat_map(|b| b.to_le_bytes())
        .collect();
    let f64s: Vec<u8> = [1.5f64, -2.0]
        .iter()
        .flat_map(|b| b.to_le_bytes())
        .collect();
    assert_eq!(raw(10, f16s).unwrap(), expected);
    assert_eq!(raw(16, bf16s).unwrap(), expected);
    assert_eq!(raw(11, f64s).unwrap(), expected);
    assert!(text(raw(1, vec![0; 7]).unwrap_err()).contains("7 bytes"));
    assert!(text(raw(8, vec![0; 8]).unwrap_err()).contains("type 8"));
}

#[test]
fn a_constant_of_a_claimed_shape_is_not_made() {
    let mut shape = floats("s", &[2], &[]);
    shape.data_type = 7;
    shape.int64_data = vec![1 << 30, 1 << 30];
    let refused = import(&model(
        vec![
            node("ConstantOfShape", &["s"], &["c"]),
            node("Add", &["x", "c"], &["y"]),
        ],
        vec![shape],
    ));
    let refused = text(refused.unwrap_err());
    assert!(
        refused.contains("`/ConstantOfShape`") && refused.contains("elements are allowed"),
        "{refused}"
    );
}

#[test]
fn sums_of_sums_stay_small() {
    // x = x + x eighty times over is 2^80·x; its expression must not double each time.
    let mut nodes = vec![node("Add", &["x", "x"], &["0"])];
    for k in 1..80 {
        let (before, after) = ((k - 1).to_string(), k.to_string());
        nodes.push(node("Add", &[&before, &before], &[&after]));
    }
    let graph = import(&model(nodes, vec![])).unwrap();
    let y = naive::run(&graph, &[1.0; 32]).unwrap();
    assert_eq!(y[0], 80f64.exp2());
}

mod damaged {
    use super::*;
    use proptest::prelude::*;

    /// Whatever the bytes are, there is a network or an error that names the file.
    fn survives(bytes: &[u8]) {
        match from_bytes("m.onnx", bytes, None) {
            Ok(graph) => {
                crate::nn::pass::fold_affine(&graph).ok();
                crate::nn::pass::remove_identities(&graph).unwrap();
                crate::nn::depth::depths(&graph).unwrap();
            }
            Err(e) => assert!(e.to_string().starts_with("m.onnx"), "{e}"),
        }
    }

    #[test]
    fn cut_anywhere() {
        let bytes = small().encode_to_vec();
        for end in 0..bytes.len() {
            survives(&bytes[..end]);
            assert!(
                from_bytes("m.onnx", &bytes[..end], None).is_err(),
                "cut at {end}"
            );
        }
    }

    #[test]
    fn each_bit_turned() {
        let bytes = small().encode_to_vec();
        for bit in 0..8 * bytes.len() {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            survives(&damaged);
        }
    }

    proptest! {
        #[test]
        fn garbage(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            survives(&bytes);
        }

        #[test]
        fn some_bytes_changed(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
            let mut bytes = small().encode_to_vec();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            survives(&bytes);
        }

        /// Attributes and shapes of any size.
        #[test]
        fn any_numbers(pads in prop::collection::vec(any::<i64>(), 4), strides in prop::collection::vec(any::<i64>(), 2),
            dilations in prop::collection::vec(1i64..1 << 62, 2), shape in prop::collection::vec(any::<i64>(), 0..4),
            group in any::<i64>(), small_pads in any::<bool>()) {
            let mut model = small();
            let graph = model.graph.as_mut().unwrap();
            let pads: Vec<i64> = pads.iter().map(|p| if small_pads { p & 3 } else { *p }).collect();
            graph.node[0].attribute = vec![ints("pads", &pads), ints("strides", &strides), ints("dilations", &dilations)];
            graph.node[0].attribute.push(Attribute { name: "group".into(), i: group, ..Attribute::default() });
            graph.initializer[2].dims = vec![shape.len() as i64];
            graph.initializer[2].raw_data = shape.iter().flat_map(|v| v.to_le_bytes()).collect();
            survives(&model.encode_to_vec());
            let graph = model.graph.as_mut().unwrap();
            graph.node[0].op_type = "MaxPool".into();
            graph.node[0].input.truncate(1);
            graph.node[0].attribute.push(ints("kernel_shape", &[2, 2]));
            survives(&model.encode_to_vec());
        }
    }
}
