//! Tests of passes: the function stays, on random networks.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::nn::{
    Activation, Op, Polynomial, Shape, Tensor, Window, arch::Architecture, depth::depths, naive,
    rough::polynomial,
};
use equiripple_approx::{
    coeffs::CoefficientTable,
    composite::{ReluDesign, design_relu},
    remez::Budget,
};
use proptest::prelude::*;
use std::sync::Arc;

/// Numbers of [−1, 1) in turn.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        self.0 >> 33
    }

    fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n
    }

    fn unit(&mut self) -> f32 {
        self.next() as f32 / (1u64 << 30) as f32 - 1.0
    }

    fn tensor(&mut self, shape: impl Into<Shape>) -> Tensor {
        let shape = shape.into();
        let count = shape.elements().unwrap();
        Tensor::new(shape, (0..count).map(|_| self.unit()).collect::<Vec<_>>()).unwrap()
    }
}

/// A network of some nodes that keep 4 channels of 4×4, each on any earlier ones, and a linear layer.
fn random(seed: u64, nodes: usize) -> Graph {
    let mut numbers = Numbers(seed);
    let shape: Shape = [4, 4, 4].into();
    let mut net = Builder::new("random", shape.clone());
    let mut all = vec![net.input()];
    for k in 0..nodes {
        let square = Window::square(3, 1, 1);
        let op = match numbers.below(16) {
            0..=2 => Op::Conv2d {
                weight: numbers.tensor([4, 2, 3, 3]),
                bias: (numbers.below(2) == 0).then(|| numbers.tensor([4])),
                window: square,
                groups: 2,
            },
            3..=5 => Op::Affine {
                scale: numbers.tensor([4]),
                shift: numbers.tensor([4]),
            },
            6 => Op::Activation(Activation::Relu),
            7 => Op::Activation(Activation::Polynomial(polynomial(2.0 + numbers.unit()))),
            8 => Op::Activation(Activation::Quadratic {
                a: 0.1,
                b: numbers.unit(),
                c: numbers.unit(),
            }),
            9 => Op::Activation(Activation::Sigmoid),
            10 => Op::MaxPool {
                window: square,
                by: (numbers.below(2) == 0).then(|| polynomial(5.0)),
            },
            11 => Op::AveragePool {
                window: square,
                count_padding: true,
            },
            12 => Op::Reshape(shape.clone()),
            13 => Op::Activation(Activation::Clip {
                low: -0.5,
                high: 0.75,
            }),
            14 => Op::Multiply,
            _ => Op::Add,
        };
        // The last nodes are taken more often, so that chains arise.
        let mut pick = || all[all.len() - 1 - numbers.below(2.min(all.len()))];
        let inputs = match op {
            Op::Add | Op::Multiply => vec![pick(), pick()],
            _ => vec![pick()],
        };
        all.push(net.push(&format!("n{k}"), op, &inputs).unwrap());
    }
    let last = *all.last().unwrap();
    let flat = net.push("flat", Op::Reshape([64].into()), &[last]).unwrap();
    let twice = net
        .push("twice", Op::Reshape([64].into()), &[flat])
        .unwrap();
    let linear = Op::Linear {
        weight: numbers.tensor([3, 64]),
        bias: None,
    };
    let linear = net.push("linear", linear, &[twice]).unwrap();
    let after = Op::Affine {
        scale: numbers.tensor([3]),
        shift: numbers.tensor([3]),
    };
    let after = net.push("after", after, &[linear]).unwrap();
    net.build(after).unwrap()
}

/// The largest difference of two networks' results on an image, relative to the largest number that arises.
fn apart(a: &Graph, b: &Graph) -> f64 {
    let elements = a.nodes()[0].shape().elements().unwrap();
    let image: Vec<f64> = (0..elements).map(|k| (k as f64 * 0.7).sin()).collect();
    let all = naive::all(a, &image).unwrap();
    let largest = all.iter().flatten().fold(1f64, |m, v| m.max(v.abs()));
    let (x, y) = (&all[a.output().index()], naive::run(b, &image).unwrap());
    let differences = x.iter().zip(&y).map(|(x, y)| (x - y).abs());
    differences.fold(0.0, f64::max) / largest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_function_stays(seed in any::<u64>(), nodes in 1usize..14) {
        let graph = random(seed, nodes);
        let bare = remove_identities(&graph).unwrap();
        let folded = fold_affine(&bare).unwrap();
        let scaled = fold_ranges(&folded).unwrap();
        // Some channels that are never anything but 0, and some layers not seen at all.
        let mut numbers = Numbers(seed);
        let largest = folded.iter().skip(numbers.below(3)).map(|(id, node)| {
            let channels = node.shape().axes()[0];
            (id, (0..channels).map(|_| f64::from(8.0 * numbers.unit()).max(0.0)).collect::<Vec<_>>())
        });
        let largest: Vec<_> = largest.collect();
        let largest = largest.iter().map(|(id, largest)| (*id, &largest[..]));
        let equal = equalise_channels(&folded, largest, 0.01).unwrap();
        let squares = fold_squares(&graph).unwrap();
        for other in [&bare, &folded, &scaled, &equal] {
            let apart = apart(&graph, other);
            prop_assert!(apart < 1e-5, "{apart}");
        }
        // Squares of numbers that were moved by up to 5, since a is 0.1.
        let apart = apart(&graph, &squares);
        prop_assert!(apart < 1e-4, "{apart}");
        let levels = |g| depths(g).unwrap().total;
        prop_assert!(levels(&bare) <= levels(&graph));
        prop_assert_eq!(levels(&folded), levels(&bare));
        let reshapes = bare.nodes().iter().filter(|n| matches!(n.op(), Op::Reshape(_)));
        prop_assert_eq!(reshapes.count(), 1);
        // No batch norm is left that could be folded.
        prop_assert!(absorbed(&folded).iter().all(|taken| !taken));
    }
}

#[test]
fn resnet_with_ranges_in_its_weights_sees_the_unit_interval() {
    let resnet: Architecture = "resnet20".parse().unwrap();
    let graph = fold_affine(&resnet.with_image([8, 8]).random(3).unwrap()).unwrap();
    // The sums of all blocks share a range; inside of a block it is free.
    let shared = shared_ranges(&graph);
    let sizes: Vec<usize> = shared.iter().map(Vec::len).collect();
    assert_eq!(sizes, [&[10][..], &[1; 9]].concat());
    let ranges = |id: NodeId| {
        let class = shared.iter().position(|class| class.contains(&id));
        4.0 + class.unwrap() as f32
    };
    let replaced: Result<Graph, GraphError> = replace_activations(&graph, |id, _| {
        Ok(Some(Activation::Polynomial(polynomial(ranges(id)))))
    });
    let replaced = replaced.unwrap();
    let folded = fold_ranges(&replaced).unwrap();
    assert!(apart(&replaced, &folded) < 1e-6);
    let image: Vec<f64> = (0..192).map(|k| (k as f64 * 0.7).sin()).collect();
    let results = naive::all(&folded, &image).unwrap();
    for node in folded.nodes() {
        if let Op::Activation(Activation::Polynomial(p)) = node.op() {
            assert_eq!(p.range.to_bits(), 1f32.to_bits(), "{}", node.name());
            let seen = &results[node.inputs()[0].index()];
            assert!(seen.iter().all(|v| v.abs() <= 1.0), "{}", node.name());
        }
    }
    // x/2 + x·p(x) with p of degree 3: two levels for p, one for the product.
    let depths = depths(&folded).unwrap();
    assert_eq!((depths.total, depths.missing.len()), (20 + 19 * 3, 0));
}

/// Numbers for quadratics and batch norms after sums beside those of a ResNet-20.
fn quadratic_weights(norm_first: bool) -> crate::nn::Weights {
    let mut numbers = Numbers(5);
    let mut arrays: Vec<(String, Vec<usize>, Vec<f32>)> = vec![];
    let mut add = |name: String, axes: Vec<usize>, about: f32, reach: f32| {
        let count = axes.iter().product();
        let values = (0..count).map(|_| about + reach * numbers.unit());
        arrays.push((name, axes, values.collect()));
    };
    let mut layer = |name: &str, channels: usize, from: Option<usize>| {
        if let Some(from) = from {
            let reach = (1.0 / (3.0 * from as f32)).sqrt();
            add(
                format!("{name}.weight"),
                vec![channels, from, 3, 3],
                0.0,
                reach,
            );
            return;
        }
        for (what, about) in [
            ("weight", 1.0),
            ("bias", 0.0),
            ("running_mean", 0.0),
            ("running_var", 1.0),
        ] {
            add(format!("{name}.{what}"), vec![channels], about, 0.25);
        }
    };
    layer("conv1", 16, Some(3));
    let mut blocks = vec![];
    if norm_first {
        layer("norm", 64, None);
        blocks.push(("last".into(), 64));
    } else {
        layer("bn1", 16, None);
        blocks.push(("relu".into(), 16));
    }
    let mut from = 16;
    for (stage, channels) in [(1, 16), (2, 32), (3, 64)] {
        for k in 0..3 {
            let at = |part: &str| format!("layer{stage}.{k}.{part}");
            layer(&at("conv1"), channels, Some(from));
            layer(&at("conv2"), channels, Some(channels));
            // Of what the first convolution takes, or gives.
            let first = if norm_first { from } else { channels };
            layer(&at("bn1"), first, None);
            layer(&at("bn2"), channels, None);
            blocks.push((at("relu1"), first));
            blocks.push((at("relu2"), channels));
            from = channels;
        }
    }
    for (name, channels) in blocks {
        for (what, about) in [("a", 0.15), ("b", 0.5), ("c", 0.2)] {
            add(format!("{name}.{what}"), vec![channels], about, 0.1);
        }
    }
    add("linear.weight".into(), vec![10, 64], 0.0, 0.2);
    add("linear.bias".into(), vec![10], 0.0, 0.2);
    let bytes: Vec<Vec<u8>> = {
        let each = arrays.iter();
        each.map(|(_, _, v)| v.iter().flat_map(|v| v.to_le_bytes()).collect())
            .collect()
    };
    let views = arrays.iter().zip(&bytes).map(|((name, axes, _), bytes)| {
        let view =
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, axes.clone(), bytes);
        (name.clone(), view.unwrap())
    });
    let file = safetensors::serialize(views, None).unwrap();
    crate::nn::Weights::from_bytes("test", file).unwrap()
}

#[test]
fn resnet_of_quadratics_folds_to_squares() {
    for norm_first in [false, true] {
        folds_to_squares(norm_first);
    }
}

fn folds_to_squares(norm_first: bool) {
    let resnet: Architecture = "resnet20".parse().unwrap();
    let graph = resnet
        .with_image([8, 8])
        .load(&quadratic_weights(norm_first))
        .unwrap();
    let folded = fold_squares(&graph).unwrap();
    let image: Vec<f64> = (0..192).map(|k| (k as f64 * 0.7).sin()).collect();
    let (x, y) = (
        naive::run(&graph, &image).unwrap(),
        naive::run(&folded, &image).unwrap(),
    );
    let apart = x
        .iter()
        .zip(&y)
        .map(|(x, y)| (x - y).abs())
        .fold(0.0, f64::max);
    let largest = x.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    assert!(apart < 1e-5 * largest, "{apart} of {largest}");
    let count = |is: &dyn Fn(&Op) -> bool| folded.nodes().iter().filter(|n| is(n.op())).count();
    let square = |op: &Op| {
        matches!(op, Op::Activation(Activation::Quadratic { a, b, c })
            if [*a, *b, *c].map(f32::to_bits) == [1.0, 0.0, 0.0].map(f32::to_bits))
    };
    assert_eq!(count(&square), 19);
    assert_eq!(count(&|op| matches!(op, Op::Multiply)), 0);
    // One for each of the skips, or before the first square of each block.
    assert_eq!(count(&|op| matches!(op, Op::Affine { .. })), 9);
    // A level for each convolution and square, and for the linear layer.
    let depths = depths(&folded).unwrap();
    assert_eq!((depths.total, depths.missing.len()), (19 + 19 + 1, 0));
}

#[test]
fn quadratics_are_found_by_what_they_compute() {
    let mut net = Builder::new("forms", [2, 3, 3]);
    let affine = |scale: [f32; 2], shift: [f32; 2]| Op::Affine {
        scale: Tensor::list(scale.to_vec()).unwrap(),
        shift: Tensor::list(shift.to_vec()).unwrap(),
    };
    // x·x·a + (b·x + c)
    let x = net.input();
    let square = net.push("square", Op::Multiply, &[x, x]).unwrap();
    let scaled = net
        .push("scaled", affine([2.0, -1.0], [0.0; 2]), &[square])
        .unwrap();
    let line = net
        .push("line", affine([0.5, 3.0], [1.0, -1.0]), &[x])
        .unwrap();
    let sum = net.push("sum", Op::Add, &[line, scaled]).unwrap();
    let graph = net.build(sum).unwrap();
    let folded = fold_squares(&graph).unwrap();
    let names: Vec<&str> = folded.nodes().iter().map(crate::nn::Node::name).collect();
    assert_eq!(names, ["input", "sum.shift", "sum", "sum.factor"]);
    assert!(apart(&graph, &folded) < 1e-6);
    // A channel without square keeps the products.
    let mut net = Builder::new("line", [2, 3, 3]);
    let x = net.input();
    let slope = net
        .push("slope", affine([0.0, 1.0], [1.0; 2]), &[x])
        .unwrap();
    let product = net.push("product", Op::Multiply, &[slope, x]).unwrap();
    let graph = net.build(product).unwrap();
    let folded = fold_squares(&graph).unwrap();
    assert_eq!(folded.nodes().len(), 3);
    assert!(apart(&graph, &folded) < 1e-6);
}

/// A max-pool of that window on 2 channels of 6×6.
fn pooled(window: Window) -> Graph {
    let mut net = Builder::new("pooled", [2, 6, 6]);
    let op = Op::MaxPool { window, by: None };
    let pool = net.push("pool", op, &[net.input()]).unwrap();
    net.build(pool).unwrap()
}

fn with_pool(graph: &Graph, pooling: &Pooling) -> Result<Graph, GraphError> {
    replace_max_pools(graph, |_, _| Ok(Some(pooling.clone())))
}

#[test]
fn other_pools() {
    let image: Vec<f64> = (0..72).map(|k| (k as f64 * 0.7).sin()).collect();
    let graph = pooled(Window::square(3, 2, 1));
    let strided = with_pool(&graph, &Pooling::Strided).unwrap();
    // Pixels 0, 2, 4 of both axes are in the middle of the windows.
    let expected: Vec<f64> = (0..18)
        .map(|k| (k / 9 * 36) + (k / 3 % 3 * 12) + k % 3 * 2)
        .map(|at| image[at])
        .collect();
    assert_eq!(naive::run(&strided, &image).unwrap(), expected);
    let average = with_pool(&graph, &Pooling::Average).unwrap();
    let first = (image[0] + image[1] + image[6] + image[7]) / 4.0;
    assert!((naive::run(&average, &image).unwrap()[0] - first).abs() < 1e-15);
    // A polynomial whose p is far from the sign is still the larger one on average.
    let by = with_pool(&graph, &Pooling::Polynomial(polynomial(2.0))).unwrap();
    let exact = naive::run(&graph, &image).unwrap();
    let apart = naive::run(&by, &image)
        .unwrap()
        .iter()
        .zip(&exact)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    assert!((1e-3..0.5).contains(&apart), "{apart}");
    assert_eq!(depths(&by).unwrap().total, 4 * 3);
    let outside = pooled(Window {
        before: [2, 2],
        ..Window::square(3, 2, 0)
    });
    assert!(with_pool(&outside, &Pooling::Strided).is_err());
}

#[test]
fn means_are_part_of_the_next_layer() {
    let graph = |op: Op, then: Option<Op>| {
        let mut net = Builder::new("mean", [2, 4, 4]);
        let mut x = net.push("mean", op, &[net.input()]).unwrap();
        if let Some(op) = then {
            x = net.push("then", op, &[x]).unwrap();
        }
        depths(&net.build(x).unwrap()).unwrap().total
    };
    let pool = Op::AveragePool {
        window: Window::square(2, 2, 0),
        count_padding: false,
    };
    let conv = Op::Conv2d {
        weight: Numbers(1).tensor([2, 2, 1, 1]),
        bias: None,
        window: Window::square(1, 1, 0),
        groups: 1,
    };
    assert_eq!(graph(pool.clone(), None), 1);
    assert_eq!(graph(pool.clone(), Some(conv)), 1);
    assert_eq!(graph(pool, Some(Op::Activation(Activation::Relu))), 1);
}

/// A network of one pool.
fn pool(image: [usize; 3], window: Window, by: Option<Polynomial>) -> Graph {
    let mut net = Builder::new("pool", image);
    let pool = net.push("pool", Op::MaxPool { window, by }, &[net.input()]);
    net.build(pool.unwrap()).unwrap()
}

#[test]
fn maxima_of_pairs_make_the_pool() {
    let made = design_relu(&ReluDesign::new(&[7, 7], true), Budget::unlimited()).unwrap();
    let by = Polynomial {
        table: Arc::new(CoefficientTable::from_relu(&made).unwrap()),
        range: 2.5,
    };
    let ceil = Window {
        ceil: true,
        ..Window::square(3, 2, 0)
    };
    let wide = Window {
        kernel: [1, 5],
        before: [0, 2],
        after: [0, 2],
        ..Window::square(1, 1, 0)
    };
    let dilated = Window {
        dilation: [2, 1],
        ..Window::square(3, 2, 0)
    };
    let windows = [
        Window::square(2, 2, 0),
        Window::square(3, 2, 1),
        Window::square(1, 2, 0),
        ceil,
        wide,
        dilated,
    ];
    for window in windows {
        let expanded = expand_max_pools(&pool([3, 8, 9], window, Some(by.clone()))).unwrap();
        let exact = pool([3, 8, 9], window, None);
        assert_eq!(expanded.node(expanded.output()).name(), "pool");
        assert_eq!(
            expanded.node(expanded.output()).shape(),
            exact.node(exact.output()).shape()
        );
        let image: Vec<f64> = (0..216).map(|k| f64::from(k * k).sin()).collect();
        let found = naive::run(&expanded, &image).unwrap();
        let wanted = naive::run(&exact, &image).unwrap();
        let differences = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs());
        // Each round errs by B·2^-α at most.
        let bound = f64::from(by.range) * by.table.log2_upper.unwrap().exp2() * 6.0;
        let worst = differences.fold(0.0, f64::max);
        assert!(
            worst <= bound && bound < 0.1,
            "{window:?}: {worst} > {bound}"
        );
        // In the same order of pairs the results are the same.
        let pairs = window.kernel.iter().product::<usize>() <= 4 || window.kernel[0] == 1;
        if pairs && window.before == [0, 0] {
            let whole = naive::run(&pool([3, 8, 9], window, Some(by.clone())), &image).unwrap();
            let differences = found.iter().zip(&whole).map(|(a, b)| (a - b).abs());
            assert!(differences.fold(0.0, f64::max) < 1e-12);
        }
    }
    let dilated = Window {
        before: [1, 1],
        ..dilated
    };
    let refused = expand_max_pools(&pool([3, 8, 9], dilated, Some(by)))
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("`pool`") && refused.contains("dilated"),
        "{refused}"
    );
}

#[test]
fn parts_are_networks_of_their_own() {
    let net = "resnet20"
        .parse::<Architecture>()
        .unwrap()
        .random(1)
        .unwrap();
    let image: Vec<f64> = (0..3072).map(|k| f64::from(k).sin()).collect();
    let all = naive::all(&net, &image).unwrap();
    let at = |name: &str| net.find(name).unwrap();
    let block = net.iter().filter(|(_, node)| matches!(node.op(), Op::Add));
    let sums: Vec<&str> = block.map(|(_, node)| node.name()).collect();
    let (first, second) = (sums[0], sums[1]);
    // From behind the ReLU of the first block to the sum of the second.
    let relu = net
        .iter()
        .find(|(_, node)| node.inputs() == [at(first)])
        .unwrap()
        .0;
    let part = cut(&net, relu, at(second)).unwrap();
    let found = naive::run(&part, &all[relu.index()]).unwrap();
    assert_eq!(found, all[at(second).index()]);
    // Inside of a block the shortcut goes past.
    let inside = net
        .iter()
        .find(|(_, node)| matches!(node.op(), Op::Add))
        .unwrap()
        .1
        .inputs()[0];
    let refused = cut(&net, inside, at(second)).unwrap_err().to_string();
    assert!(
        refused.contains(second) && refused.contains("all ways"),
        "{refused}"
    );
}
