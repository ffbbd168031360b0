//! Lowered networks, applied to slots in the clear, against the networks themselves.

use super::*;
use crate::{
    circuit::{LinearTransform, RealTransform, clear},
    nn::{Builder, GraphError, Tensor, Window, arch::Architecture, naive, pass},
};
use num_complex::Complex64;

/// The slots of every node, ciphertexts apart, by the lowered steps.
fn run(lowered: &Lowered<'_>, image: &[f32]) -> Vec<f64> {
    let mut all: Vec<Vec<Vec<f64>>> = vec![];
    for ((id, _), stage) in lowered.graph().iter().zip(lowered.stages()) {
        let slots = match stage {
            Stage::Input => lowered.packed(image),
            Stage::View(from) => all[from.index()].clone(),
            Stage::Linear(from) => {
                let matrix = lowered.matrix(id, *from).unwrap();
                transformed(
                    &matrix,
                    &all[from.index()],
                    lowered.layout(id).period(lowered.slots()),
                )
            }
            Stage::Constant => vec![],
            Stage::Shift(from) => {
                let (argument, shift) = (&all[from.index()], lowered.shift(id));
                let pairs = argument.iter().zip(&shift);
                pairs
                    .map(|(x, s)| x.iter().zip(s).map(|(x, s)| x + s).collect())
                    .collect()
            }
            Stage::Sum(terms) => {
                let [(a, x), (b, y)] = *terms;
                let (a, b) = (&all[a.index()], &all[b.index()]);
                let pairs = a.iter().zip(b);
                pairs
                    .map(|(a, b)| a.iter().zip(b).map(|(a, b)| x * a + y * b).collect())
                    .collect()
            }
            Stage::Polynomial(from, circuit) => {
                let each = all[from.index()].iter().map(|slots| {
                    let slots = slots.iter().map(|x| Complex64::new(*x, 0.0)).collect();
                    let y = clear::evaluate(circuit, &[slots]).unwrap();
                    y.into_iter().map(|y| y.re).collect()
                });
                each.collect()
            }
        };
        all.push(slots);
    }
    lowered.unpacked(&all[lowered.graph().output().index()])
}

fn transformed(matrix: &Matrix, argument: &[Vec<f64>], period: usize) -> Vec<Vec<f64>> {
    let blocks = &matrix.blocks;
    let n = blocks.slots;
    let mut results = vec![vec![0.0; n]; blocks.results];
    for block in &blocks.blocks {
        let x = &argument[block.argument];
        let x: Vec<f64> = (0..n).map(|i| x[i % x.len()]).collect();
        for (sum, y) in results[block.result]
            .iter_mut()
            .zip(applied(&block.transform, &x))
        {
            *sum += y;
        }
    }
    for (slots, bias) in results.iter_mut().zip(&matrix.bias) {
        for k in &blocks.folds {
            let k = *k as usize;
            *slots = (0..n).map(|i| slots[i] + slots[(i + k) % n]).collect();
        }
        slots.truncate(period);
        slots.iter_mut().zip(bias).for_each(|(x, b)| *x += b);
    }
    results
}

fn applied(transform: &RealTransform, x: &[f64]) -> Vec<f64> {
    let y = transform.apply(x);
    assert_eq!(y.len(), x.len());
    y
}

/// The largest difference from the network, relative to its largest number.
fn apart(graph: &Graph, slots: usize) -> Result<f64, LowerError> {
    let lowered = Lowered::new(graph, slots, &BTreeMap::new())?;
    let elements = graph.nodes()[0].shape().elements().unwrap();
    let image: Vec<f32> = (0..elements).map(|k| (k as f32 * 0.7).sin()).collect();
    let wanted = naive::run(
        graph,
        &image.iter().map(|x| f64::from(*x)).collect::<Vec<_>>(),
    )
    .unwrap();
    let found = run(&lowered, &image);
    let largest = wanted.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let differences = wanted.iter().zip(&found).map(|(a, b)| (a - b).abs());
    Ok(differences.fold(0.0, f64::max) / largest)
}

fn squared(graph: &Graph) -> Graph {
    let graph = pass::fold_affine(graph).unwrap();
    let mut factor = 0.05;
    let squared: Result<Graph, GraphError> = pass::replace_activations(&graph, |_, _| {
        factor += 0.01;
        Ok(Some(Activation::Quadratic {
            a: factor,
            b: 0.5,
            c: 0.1,
        }))
    });
    squared.unwrap()
}

#[test]
fn resnet_in_one_ciphertext_and_in_several() {
    let resnet: Architecture = "resnet20".parse().unwrap();
    let graph = squared(&resnet.with_image([8, 8]).random(3).unwrap());
    for slots in [1 << 15, 1 << 10, 1 << 9, 1 << 7] {
        let apart = apart(&graph, slots).unwrap();
        assert!(apart < 1e-5, "{slots} slots: {apart}");
    }
}

#[test]
fn diagonals_are_those_that_work_is_estimated_by() {
    let resnet: Architecture = "resnet20".parse().unwrap();
    let graph = squared(&resnet.random(3).unwrap());
    let pieces = pieces(&graph, 1 << 15).unwrap();
    let lowered = Lowered::new(&graph, 1 << 15, &BTreeMap::new()).unwrap();
    let mut seen = vec![];
    for ((id, node), stage) in graph.iter().zip(lowered.stages()) {
        let (Stage::Linear(from), Work::Transform(work)) = (stage, &pieces[id.index()].work) else {
            assert!(!matches!(stage, Stage::Linear(_)), "{}", node.name());
            continue;
        };
        if seen.contains(&work) {
            continue;
        }
        seen.push(work);
        let blocks = lowered.matrix(id, *from).unwrap().blocks;
        let ones = work
            .diagonals
            .iter()
            .map(|d| (*d as i64, vec![Complex64::ONE]));
        let wanted = RealTransform::new(&LinearTransform::new(work.slots, ones).unwrap()).unwrap();
        let found = blocks.blocks[0].transform.matrix().diagonals();
        assert_eq!((blocks.slots, blocks.folds.len()), (work.slots, work.folds));
        assert!(
            found.keys().eq(wanted.matrix().diagonals().keys()),
            "{}",
            node.name()
        );
    }
    assert_eq!(seen.len(), 9);
}

/// A network of one linear layer.
fn layer(shape: [usize; 3], ops: impl IntoIterator<Item = Op>) -> Graph {
    let mut net = Builder::new("layer", shape);
    let mut at = net.input();
    for (k, op) in ops.into_iter().enumerate() {
        at = net.push(&format!("n{k}"), op, &[at]).unwrap();
    }
    net.build(at).unwrap()
}

fn tensor(axes: &[usize]) -> Tensor {
    let count = axes.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|k| (k as f32 * 1.3).cos()).collect();
    Tensor::new(axes.to_vec(), values).unwrap()
}

#[test]
fn windows_strides_groups_and_pools() {
    let conv = |axes: [usize; 4], window, groups| Op::Conv2d {
        weight: tensor(&axes),
        bias: Some(tensor(&[axes[0]])),
        window,
        groups,
    };
    let dilated = Window {
        dilation: [2, 1],
        stride: [1, 2],
        before: [2, 0],
        after: [1, 1],
        ..Window::square(3, 1, 0)
    };
    let pool = |count_padding| Op::AveragePool {
        window: Window::square(3, 2, 1),
        count_padding,
    };
    let linear = |axes: [usize; 2]| Op::Linear {
        weight: tensor(&axes),
        bias: Some(tensor(&axes[..1])),
    };
    let networks = [
        layer([4, 7, 6], [conv([6, 2, 3, 3], dilated, 2)]),
        layer(
            [4, 8, 8],
            [
                conv([6, 4, 3, 3], Window::square(3, 2, 1), 1),
                conv([3, 6, 1, 1], Window::square(1, 2, 0), 1),
            ],
        ),
        layer([3, 8, 8], [pool(true), pool(false)]),
        layer(
            [3, 8, 8],
            [
                Op::GlobalAveragePool,
                Op::Reshape([3].into()),
                linear([5, 3]),
            ],
        ),
        layer([3, 8, 8], [Op::GlobalAveragePool]),
        layer(
            [3, 4, 4],
            [
                conv([4, 3, 3, 3], Window::square(3, 2, 1), 1),
                Op::Reshape([16].into()),
                linear([7, 16]),
            ],
        ),
        layer(
            [3, 4, 4],
            [
                Op::Transpose {
                    order: vec![1, 2, 0],
                },
                Op::Reshape([48].into()),
                linear([7, 48]),
                Op::Softmax,
            ],
        ),
        layer(
            [3, 4, 4],
            [
                Op::Slice {
                    axis: 1,
                    start: 1,
                    end: 4,
                    step: 2,
                },
                Op::Pad {
                    before: vec![1, 0, 2],
                    after: vec![0, 1, 0],
                    value: 0.0,
                },
            ],
        ),
    ];
    for graph in networks {
        for slots in [1 << 10, 64, 16] {
            let mut graph = graph.clone();
            // The client takes the softmax.
            if matches!(graph.node(graph.output()).op(), Op::Softmax) {
                let lowered = Lowered::new(&graph, slots, &BTreeMap::new()).unwrap();
                let image = vec![0.5; 48];
                let logits = run(&lowered, &image);
                graph = layer(
                    [3, 4, 4],
                    graph.nodes()[1..4].iter().map(|node| node.op().clone()),
                );
                let wanted = naive::run(&graph, &[0.5; 48]).unwrap();
                assert!(
                    logits
                        .iter()
                        .zip(&wanted)
                        .all(|(a, b)| (a - b).abs() < 1e-5)
                );
                continue;
            }
            let apart = apart(&graph, slots).unwrap();
            assert!(
                apart < 1e-6,
                "{slots} slots, {:?}: {apart}",
                graph.nodes()[1].op()
            );
        }
    }
}

#[test]
fn what_ciphertexts_cannot_do_is_named() {
    let relu = layer([1, 2, 2], [Op::Activation(Activation::Relu)]);
    let refused = Lowered::new(&relu, 16, &BTreeMap::new())
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("`n0`") && refused.contains("polynomial"),
        "{refused}"
    );
}
