//! Lowered networks, applied to slots in the clear, against the networks themselves.

use super::*;
use crate::{
    circuit::{RealTransform, clear},
    nn::{
        Builder, GraphError, Tensor, Window, arch::Architecture, design::Work, naive, pass,
        rough::polynomial,
    },
};
use num_complex::Complex64;
use proptest::prelude::*;

/// The slots of every node, ciphertexts apart, by the lowered steps.
fn run(lowered: &Lowered<'_>, image: &[f32]) -> Vec<f64> {
    let mut all: Vec<Vec<Vec<f64>>> = vec![];
    for ((id, _), stage) in lowered.graph().iter().zip(lowered.stages()) {
        let slots = match stage {
            Stage::Input => lowered.packed(image),
            Stage::View(_) => vec![],
            Stage::Linear(from) => {
                let parts: Vec<_> = from.iter().map(|from| &all[from.index()]).collect();
                transformed(lowered, id, &parts)
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
    let results = lowered.results();
    let results = results.iter().flat_map(|id| all[id.index()].clone());
    lowered.unpacked(&results.collect::<Vec<_>>())
}

fn transformed(lowered: &Lowered<'_>, id: NodeId, parts: &[&Vec<Vec<f64>>]) -> Vec<Vec<f64>> {
    let tiling = lowered.tiling(id);
    let n = tiling.slots();
    let each = (0..tiling.results()).map(|result| {
        let Matrix { blocks, bias } = lowered.matrix(id, result).unwrap();
        let mut slots = vec![0.0; n];
        for block in &blocks {
            assert_eq!(block.place.result, result);
            let x = &parts[block.place.part][block.place.argument];
            let x: Vec<f64> = (0..n).map(|i| x[i % x.len()]).collect();
            let y = applied(&block.transform, &x);
            slots.iter_mut().zip(y).for_each(|(sum, y)| *sum += y);
        }
        for k in tiling.folds() {
            let k = k as usize;
            slots = (0..n).map(|i| slots[i] + slots[(i + k) % n]).collect();
        }
        let (once, again) = slots.split_at(tiling.period());
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-6 * a.abs().max(1.0);
        assert!(
            again
                .chunks(once.len())
                .all(|other| once.iter().zip(other).all(near))
        );
        slots.truncate(tiling.period());
        slots.iter_mut().zip(bias).for_each(|(x, b)| *x += b);
        slots
    });
    each.collect()
}

fn applied(transform: &RealTransform, x: &[f64]) -> Vec<f64> {
    let y = transform.apply(x);
    assert_eq!(y.len(), x.len());
    y
}

/// The largest difference from the network, relative to its largest number.
fn apart(graph: &Graph, slots: usize) -> Result<f64, LowerError> {
    batch_apart(graph, 1, slots)
}

fn batch_apart(graph: &Graph, batch: usize, slots: usize) -> Result<f64, LowerError> {
    let lowered = Lowered::new(graph, batch, slots, &BTreeMap::new())?;
    let elements = graph.nodes()[0].shape().elements().unwrap();
    let images = (0..batch * elements).map(|k| (k as f32 * 0.7).sin());
    let images: Vec<f32> = images.collect();
    let each = images.chunks(elements).map(|image| {
        let image: Vec<f64> = image.iter().map(|x| f64::from(*x)).collect();
        naive::run(graph, &image).unwrap()
    });
    let wanted = each.collect::<Vec<_>>().concat();
    let found = run(&lowered, &images);
    assert_eq!(found.len(), wanted.len());
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
fn a_batch_in_one_ciphertext_and_in_several() {
    let resnet: Architecture = "resnet20".parse().unwrap();
    let graph = squared(&resnet.with_image([8, 8]).random(3).unwrap());
    for (batch, slots) in [(8, 1 << 13), (8, 1 << 12), (4, 1 << 9), (32, 1 << 10)] {
        let apart = batch_apart(&graph, batch, slots).unwrap();
        assert!(apart < 1e-5, "{batch} images, {slots} slots: {apart}");
    }
    let refused = |batch| batch_apart(&graph, batch, 1 << 10).unwrap_err().to_string();
    for batch in [0, 3, 1 << 11] {
        assert!(refused(batch).contains(&format!("batch of {batch} images")));
    }
}

#[test]
fn diagonals_are_those_that_work_is_estimated_by() {
    let resnet: Architecture = "resnet20".parse().unwrap();
    let graph = squared(&resnet.random(3).unwrap());
    for batch in [1, 2] {
        diagonals_are_estimated(&graph, batch);
    }
}

fn diagonals_are_estimated(graph: &Graph, batch: usize) {
    let pieces = pieces(graph, batch, 1 << 15).unwrap();
    let lowered = Lowered::new(graph, batch, 1 << 15, &BTreeMap::new()).unwrap();
    let mut seen = vec![];
    for ((id, node), stage) in graph.iter().zip(lowered.stages()) {
        let (Stage::Linear(_), Work::Transform(work)) = (stage, &pieces[id.index()].work) else {
            assert!(!matches!(stage, Stage::Linear(_)), "{}", node.name());
            continue;
        };
        assert_eq!(
            lowered.transforms(id),
            std::slice::from_ref(work),
            "{}",
            node.name()
        );
        if seen.contains(&work) {
            continue;
        }
        seen.push(work);
        let blocks = lowered.matrix(id, 0).unwrap().blocks;
        let wanted = work.pattern().unwrap();
        let found = blocks[0].transform.matrix().diagonals();
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
                let lowered = Lowered::new(&graph, 1, slots, &BTreeMap::new()).unwrap();
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
    let refused = Lowered::new(&relu, 1, 16, &BTreeMap::new())
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("`n0`") && refused.contains("polynomial"),
        "{refused}"
    );
}

/// Linear layers that squeeze and expand, parts of any sizes joined, and a layer that takes all of them: with parts of other
/// gaps where an image is small, and others of several ciphertexts.
fn joined(
    [channels, height, width]: [usize; 3],
    parts: &[usize],
    stride: usize,
    behind: usize,
) -> Graph {
    let mut net = Builder::new("joined", [channels, height, width]);
    let conv = |inputs: usize, outputs: usize, kernel: usize, stride: usize| Op::Conv2d {
        weight: tensor(&[outputs, inputs, kernel, kernel]),
        bias: Some(tensor(&[outputs])),
        window: Window::square(kernel, stride, kernel / 2),
        groups: 1,
    };
    let mut made = vec![];
    for (k, outputs) in parts.iter().enumerate() {
        let kernel = [1, 3][k % 2];
        let op = conv(channels, *outputs, kernel, stride);
        let x = net.push(&format!("conv{k}"), op, &[net.input()]).unwrap();
        let act = Op::Activation(Activation::Polynomial(polynomial(9.0 + k as f32)));
        made.push(net.push(&format!("act{k}"), act, &[x]).unwrap());
    }
    let all = parts.iter().sum();
    let mut x = net.push("concat", Op::Concat { axis: 0 }, &made).unwrap();
    let pool = |count_padding| Op::AveragePool {
        window: Window::square(3, 2, 1),
        count_padding,
    };
    let act = Op::Activation(Activation::Quadratic {
        a: 0.01,
        b: 0.5,
        c: 0.1,
    });
    let ops = match behind {
        0 => vec![],
        1 => vec![conv(all, 3, 3, 1)],
        2 => vec![pool(false), conv(all, 2, 1, 1)],
        // An activation of the whole takes it in order.
        3 => vec![act, conv(all, 3, 1, 2)],
        _ => {
            let pixels = net.node(x).shape().elements().unwrap() / all;
            let linear = Op::Linear {
                weight: tensor(&[5, all * pixels]),
                bias: None,
            };
            vec![Op::Reshape([all * pixels].into()), linear]
        }
    };
    for (k, op) in ops.into_iter().enumerate() {
        x = net.push(&format!("behind{k}"), op, &[x]).unwrap();
    }
    net.build(x).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn concats_of_any_layouts(
        image in [1usize..4, 3usize..8, 3usize..8],
        parts in prop::collection::vec(1usize..9, 1..4),
        stride in 1usize..3,
        behind in 0usize..5,
        log_slots in 3u32..10,
    ) {
        let graph = joined(image, &parts, stride, behind);
        let slots = 1 << log_slots;
        let found = apart(&graph, slots).unwrap();
        prop_assert!(found < 1e-5, "{found}");
        let split = pass::split_at_concats(&graph, slots).unwrap();
        let found = apart(&split, slots).unwrap();
        prop_assert!(found < 1e-5, "{found}");
    }

    #[test]
    fn pools_by_maxima_of_any_windows(
        image in [1usize..4, 4usize..9, 4usize..9],
        kernel in [1usize..6, 1usize..4],
        stride in [1usize..4, 1usize..3],
        padding in 0usize..2,
        ceil in any::<bool>(),
        log_slots in 4u32..10,
    ) {
        let fits = |k: usize| padding.min(k / 2);
        let window = Window {
            kernel,
            stride,
            before: kernel.map(fits),
            after: kernel.map(fits),
            ceil,
            ..Window::square(1, 1, 0)
        };
        prop_assume!(window.output([image[1], image[2]]).is_some());
        prop_assume!(window.holds_pixels([image[1], image[2]]));
        let pool = Op::MaxPool { window, by: Some(polynomial(4.0)) };
        let graph = pass::expand_max_pools(&layer(image, [pool])).unwrap();
        let found = apart(&graph, 1 << log_slots).unwrap();
        prop_assert!(found < 1e-5, "{found}");
    }
}

#[test]
fn parts_of_a_concat_are_summed_by_whoever_takes_them() {
    let graph = joined([2, 8, 8], &[4, 4], 1, 1);
    let lowered = Lowered::new(&graph, 1, 256, &BTreeMap::new()).unwrap();
    let at = |name| graph.find(name).unwrap();
    assert!(
        matches!(&lowered.stages()[at("concat").index()], Stage::View(parts) if parts.len() == 2)
    );
    assert!(
        matches!(&lowered.stages()[at("behind0").index()], Stage::Linear(parts) if *parts == [at("act0"), at("act1")])
    );
    // Two ciphertexts of 4·64 numbers, and one of 3·64 that repeats.
    let blocks = lowered.matrix(at("behind0"), 0).unwrap().blocks;
    assert_eq!(
        blocks.iter().map(|b| b.place.part).collect::<Vec<_>>(),
        [0, 1]
    );
    // The result of a network may be parts too.
    let graph = joined([2, 8, 8], &[4, 4], 1, 0);
    let lowered = Lowered::new(&graph, 1, 256, &BTreeMap::new()).unwrap();
    assert_eq!(lowered.results().len(), 2);
}

#[test]
fn several_ciphertexts_of_images_have_the_same_diagonals() {
    // 56·56 numbers are 64·64 slots apart: twelve images are in two ciphertexts, eight and four of them.
    let conv = Op::Conv2d {
        weight: tensor(&[12, 12, 3, 3]),
        bias: None,
        window: Window::square(3, 1, 1),
        groups: 1,
    };
    let graph = layer([12, 56, 56], [conv]);
    let lowered = Lowered::new(&graph, 1, 1 << 15, &BTreeMap::new()).unwrap();
    assert_eq!(lowered.layout(graph.output()).ciphertexts(1 << 15), 2);
    let transforms = lowered.transforms(graph.output());
    assert_eq!(transforms.iter().map(|t| t.blocks).sum::<usize>(), 4);
    let all = transforms.iter().flat_map(|t| &t.diagonals);
    let all: BTreeSet<usize> = all.copied().collect();
    assert_eq!(all.len(), 8 * 9);
}
