//! Every operation on random shapes.

use super::{Random, agrees, both, one, residual};
use equiripple::nn::{Activation, Builder, Op, Tensor, Window};
use proptest::prelude::*;

/// A window that fits into an image of that height and width and does not lie on padding alone.
fn window(random: &mut Random, image: [usize; 2]) -> Window {
    loop {
        let mut pair = |a, b| [random.between(a, b), random.between(a, b)];
        let window = Window {
            kernel: pair(1, 4),
            stride: pair(1, 3),
            dilation: pair(1, 2),
            before: pair(0, 2),
            after: pair(0, 2),
            ceil: random.between(0, 1) == 1,
        };
        if window.output(image).is_some() && window.holds_pixels(image) {
            return window;
        }
    }
}

fn activations() -> Vec<Activation> {
    vec![
        Activation::Relu,
        Activation::LeakyRelu { slope: 0.1 },
        Activation::Clip {
            low: -0.25,
            high: 0.5,
        },
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::HardSigmoid {
            slope: 0.2,
            offset: 0.5,
        },
        Activation::HardSwish,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Silu,
        Activation::Quadratic {
            a: 0.2,
            b: 0.5,
            c: -0.3,
        },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn convolutions(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let groups = random.between(1, 3);
        let inputs = groups * random.between(1, 5);
        let outputs = groups * random.between(1, 19);
        let image = [random.between(1, 20), random.between(1, 40)];
        let window = window(&mut random, image);
        let [h, w] = window.kernel;
        let op = Op::Conv2d {
            weight: random.tensor(&[outputs, inputs / groups, h, w]),
            bias: (seed % 2 == 0).then(|| random.tensor(&[outputs])),
            window,
            groups,
        };
        agrees(&one(&[inputs, image[0], image[1]], op), &mut random);
    }

    #[test]
    fn depthwise_convolutions(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let channels = random.between(1, 9);
        let side = random.between(4, 24);
        let op = Op::Conv2d {
            weight: random.tensor(&[channels, 1, 3, 3]),
            bias: Some(random.tensor(&[channels])),
            window: Window::square(3, random.between(1, 2), 1),
            groups: channels,
        };
        agrees(&one(&[channels, side, side], op), &mut random);
    }

    #[test]
    fn convolutions_of_one_pixel(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let (inputs, outputs) = (random.between(1, 20), random.between(1, 40));
        let image = [random.between(1, 12), random.between(1, 12)];
        let op = Op::Conv2d {
            weight: random.tensor(&[outputs, inputs, 1, 1]),
            bias: Some(random.tensor(&[outputs])),
            window: Window::square(1, random.between(1, 2), 0),
            groups: 1,
        };
        agrees(&one(&[inputs, image[0], image[1]], op), &mut random);
        // A kernel of the whole image.
        let [h, w] = image;
        let op = Op::Conv2d {
            weight: random.tensor(&[outputs, inputs, h, w]),
            bias: None,
            window: Window { kernel: image, ..Window::square(1, 1, 0) },
            groups: 1,
        };
        agrees(&one(&[inputs, h, w], op), &mut random);
    }

    #[test]
    fn linear_maps(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let (inputs, outputs) = (random.between(1, 70), random.between(1, 70));
        let op = Op::Linear {
            weight: random.tensor(&[outputs, inputs]),
            bias: (seed % 2 == 0).then(|| random.tensor(&[outputs])),
        };
        agrees(&one(&[inputs], op.clone()), &mut random);
        agrees(&one(&[random.between(1, 11), 2, inputs], op), &mut random);
    }

    #[test]
    fn pools(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let image = [random.between(3, 20), random.between(3, 20)];
        let shape = [random.between(1, 5), image[0], image[1]];
        let window = window(&mut random, image);
        agrees(&one(&shape, Op::MaxPool { window, by: None }), &mut random);
        for count_padding in [false, true] {
            agrees(&one(&shape, Op::AveragePool { window, count_padding }), &mut random);
        }
        agrees(&one(&shape, Op::GlobalAveragePool), &mut random);
    }

    #[test]
    fn sums_and_products(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let axes: Vec<usize> = (0..3).map(|_| random.between(1, 6)).collect();
        // Each array has some axes of length 1, and may lack the first ones.
        let shape = |random: &mut Random| {
            let kept = axes.iter().map(|&n| if random.between(0, 2) == 0 { 1 } else { n });
            let kept: Vec<usize> = kept.collect();
            kept[random.between(0, 2)..].to_vec()
        };
        let input = shape(&mut random);
        let constant = shape(&mut random);
        for op in [Op::Add, Op::Multiply] {
            let mut net = Builder::new("pair", input.clone());
            let constant = Op::Constant(random.tensor(&constant));
            let constant = net.push("constant", constant, &[]).unwrap();
            let y = net.push("y", op.clone(), &[net.input(), constant]).unwrap();
            let z = net.push("z", op.clone(), &[net.input(), y]).unwrap();
            let z = net.push("relu", Op::Activation(Activation::Relu), &[z]).unwrap();
            let twice = net.push("twice", op, &[z, z]).unwrap();
            agrees(&net.build(twice).unwrap(), &mut random);
        }
    }

    #[test]
    fn other_orders(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let axes: Vec<usize> = (0..3).map(|_| random.between(2, 7)).collect();
        let axis = random.between(0, 2);
        let start = random.between(0, axes[axis] - 1);
        let slice = Op::Slice {
            axis,
            start,
            end: random.between(start + 1, axes[axis]),
            step: random.between(1, 3),
        };
        let mut sides = || (0..3).map(|_| random.between(0, 2)).collect::<Vec<_>>();
        let pad = Op::Pad { before: sides(), after: sides(), value: 0.75 };
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let transpose = Op::Transpose { order: orders[random.between(0, 5)].to_vec() };
        for op in [slice, pad, transpose, Op::Softmax, Op::LogSoftmax] {
            agrees(&one(&axes, op), &mut random);
        }
        let mut net = Builder::new("concat", axes.clone());
        let relu = net.push("relu", Op::Activation(Activation::Tanh), &[net.input()]).unwrap();
        let inputs = [net.input(), relu, net.input()];
        let all = net.push("all", Op::Concat { axis }, &inputs).unwrap();
        let flat = Op::Reshape([3 * axes.iter().product::<usize>()].into());
        let flat = net.push("flat", flat, &[all]).unwrap();
        agrees(&net.build(flat).unwrap(), &mut random);
    }

    #[test]
    fn elementwise(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let shape = [random.between(1, 9), random.between(1, 9), random.between(1, 9)];
        for activation in activations() {
            agrees(&one(&shape, Op::Activation(activation)), &mut random);
        }
        let affine = Op::Affine {
            scale: random.tensor(&shape[..1]),
            shift: random.tensor(&shape[..1]),
        };
        agrees(&one(&shape, affine), &mut random);
    }

    #[test]
    fn residual_networks(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        for activation in [Activation::Relu, Activation::Silu] {
            let graph = residual(&mut random, &activation);
            agrees(&graph, &mut random);
        }
    }
}

/// How a tile is read depends on the width of the result.
#[test]
fn every_width() {
    let mut random = Random::new(5);
    for width in 1..=35 {
        let op = Op::Conv2d {
            weight: random.tensor(&[9, 2, 3, 3]),
            bias: None,
            window: Window::square(3, 1, 1),
            groups: 1,
        };
        agrees(&one(&[2, 9, width], op), &mut random);
    }
}

/// Without padding the image is read where it is, unless a tile goes beyond the end of a row.
#[test]
fn rows_shorter_than_those_of_the_image() {
    let mut random = Random::new(7);
    let op = Op::Conv2d {
        weight: random.tensor(&[10, 1, 1, 2]),
        bias: None,
        window: Window {
            kernel: [1, 2],
            dilation: [1, 2],
            ..Window::square(1, 1, 0)
        },
        groups: 1,
    };
    agrees(&one(&[1, 16, 29], op), &mut random);
}

/// The first taps of the only window lie on padding, further from the image than the result is wide.
#[test]
fn taps_on_padding_alone() {
    let mut random = Random::new(6);
    let window = Window {
        kernel: [3, 3],
        dilation: [2, 2],
        before: [2, 2],
        ..Window::square(3, 1, 0)
    };
    assert_eq!(window.output([3, 3]), Some([1, 1]));
    for op in [
        Op::MaxPool { window, by: None },
        Op::AveragePool {
            window,
            count_padding: true,
        },
        Op::AveragePool {
            window,
            count_padding: false,
        },
        Op::Conv2d {
            weight: random.tensor(&[2, 2, 3, 3]),
            bias: None,
            window,
            groups: 1,
        },
    ] {
        agrees(&one(&[2, 3, 3], op), &mut random);
    }
}

#[test]
fn a_result_that_needs_no_image_and_nodes_that_nothing_needs() {
    let mut net = Builder::new("constant", [2]);
    let list = Op::Constant(Tensor::list([1.0, -2.0]).unwrap());
    let list = net.push("list", list, &[]).unwrap();
    let lost = Op::Softmax;
    net.push("lost", lost, &[net.input()]).unwrap();
    let relu = net.push("relu", Op::Activation(Activation::Relu), &[list]);
    let graph = net.build(relu.unwrap()).unwrap();
    let (found, expected) = both::<f32>(&graph, &[0.0; 6]);
    assert_eq!(found, expected);
    assert_eq!(found, [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn what_is_not_a_number_stays_so() {
    for op in [
        Op::Activation(Activation::Relu),
        Op::Activation(Activation::Clip {
            low: 0.0,
            high: 6.0,
        }),
        Op::MaxPool {
            window: Window::square(2, 1, 0),
            by: None,
        },
        Op::Conv2d {
            weight: Tensor::new([1, 1, 1, 1], [1.0]).unwrap(),
            bias: None,
            window: Window::square(1, 1, 0),
            groups: 1,
        },
    ] {
        let mut net = Builder::new("lost", [1, 2, 2]);
        let node = net.push("node", op, &[net.input()]).unwrap();
        let relu = Op::Activation(Activation::Relu);
        let relu = net.push("relu", relu, &[node]).unwrap();
        let network = equiripple::nn::inference::Network::<f32>::new(&net.build(relu).unwrap());
        let result = network.unwrap().run(&[1.0, f32::NAN, 2.0, 3.0]).unwrap();
        assert!(result.logits.iter().any(|y| y.is_nan()), "{result:?}");
    }
}
