//! Encrypted networks: one program on the simulator and on ciphertexts, against the network in the clear.

use equiripple::{
    analyze::{CostTable, Counter},
    bootstrap::{Bootstrapper, Plan, SlotKind},
    ckks::{
        CkksEvaluator, Context, Decryptor, Encryptor, Parameters, keys::KeyGenerator, params::sets,
    },
    infer::{Bootstraps, Prices, Program, Runner, bootstrap_seconds, how},
    nn::{
        Activation, Builder, Graph, GraphError, NodeId, Op, Polynomial, Tensor, Window,
        inference::Network,
        lower::Lowered,
        pass::{self, Pooling},
        ranges::Ranges,
    },
    quantity::Level,
    ring::sampler::MasterSeed,
    sim::Simulator,
};
use equiripple_approx::{
    coeffs::{CoefficientTable, Exact, StageTable},
    poly::Parity,
};
use num_complex::Complex64;
use std::{collections::BTreeMap, sync::Arc};

const IMAGE: [usize; 3] = [3, 8, 8];
/// Of the network with a concat: its results take several ciphertexts of the toy parameters, 2^10 slots each.
const LARGE: [usize; 3] = [3, 16, 16];

/// Numbers of [−1, 1) in turn.
struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (self.0 >> 33) as f32 / (1u64 << 30) as f32 - 1.0
    }

    fn tensor(&mut self, axes: &[usize], scale: f32) -> Tensor {
        let count = axes.iter().product::<usize>();
        let values: Vec<f32> = (0..count).map(|_| scale * self.unit()).collect();
        Tensor::new(axes.to_vec(), values).unwrap()
    }

    fn conv(&mut self, inputs: usize, outputs: usize, kernel: usize, stride: usize) -> Op {
        let spread = 1.5 / ((inputs * kernel * kernel) as f32).sqrt();
        Op::Conv2d {
            weight: self.tensor(&[outputs, inputs, kernel, kernel], spread),
            bias: Some(self.tensor(&[outputs], 0.1)),
            window: Window::square(kernel, stride, kernel / 2),
            groups: 1,
        }
    }
}

/// Two residual blocks, the second with a stride and a shortcut of slices and zeros, a mean and a linear layer.
pub(crate) fn residual(activation: &Activation) -> Graph {
    let mut numbers = Numbers(3);
    let mut net = Builder::new("residual", IMAGE);
    let act = |net: &mut Builder, name: &str, at| {
        net.push(name, Op::Activation(activation.clone()), &[at])
            .unwrap()
    };
    let input = net.input();
    let x = net
        .push("stem", numbers.conv(3, 4, 3, 1), &[input])
        .unwrap();
    let mut x = act(&mut net, "act", x);
    for (block, (inputs, outputs, stride)) in [(4, 4, 1), (4, 8, 2)].into_iter().enumerate() {
        let name = |part: &str| format!("block{block}.{part}");
        let y = net
            .push(
                &name("conv1"),
                numbers.conv(inputs, outputs, 3, stride),
                &[x],
            )
            .unwrap();
        let y = act(&mut net, &name("act1"), y);
        let y = net
            .push(&name("conv2"), numbers.conv(outputs, outputs, 3, 1), &[y])
            .unwrap();
        let mut skip = x;
        if stride == 2 {
            for axis in [1, 2] {
                let slice = Op::Slice {
                    axis,
                    start: 0,
                    end: 8,
                    step: 2,
                };
                skip = net
                    .push(&name(&format!("slice{axis}")), slice, &[skip])
                    .unwrap();
            }
            let pad = Op::Pad {
                before: vec![2, 0, 0],
                after: vec![2, 0, 0],
                value: 0.0,
            };
            skip = net.push(&name("pad"), pad, &[skip]).unwrap();
        }
        let sum = net.push(&name("sum"), Op::Add, &[y, skip]).unwrap();
        x = act(&mut net, &name("act2"), sum);
    }
    let logits = classified(&mut net, &mut numbers, x, 8, true);
    net.build(logits).unwrap()
}

/// Logits of five classes from the means of so many channels.
fn classified(
    net: &mut Builder,
    numbers: &mut Numbers,
    x: NodeId,
    channels: usize,
    bias: bool,
) -> NodeId {
    let mean = net.push("mean", Op::GlobalAveragePool, &[x]).unwrap();
    let flat = net
        .push("flat", Op::Reshape([channels].into()), &[mean])
        .unwrap();
    let linear = Op::Linear {
        weight: numbers.tensor(&[5, channels], 1.0),
        bias: bias.then(|| numbers.tensor(&[5], 1.0)),
    };
    net.push("logits", linear, &[flat]).unwrap()
}

/// Three blocks with norm and quadratic before each convolution, folded to squares: sums that only shifts and sums take.
fn norm_first() -> Graph {
    let mut numbers = Numbers(7);
    let mut net = Builder::new("norm first", IMAGE);
    let act = |numbers: &mut Numbers, net: &mut Builder, name: &str, x| {
        let mut list = |middle: f32, spread: f32| {
            let values = numbers.tensor(&[4], spread).values().to_vec();
            Tensor::list(values.iter().map(|x| middle + x).collect::<Vec<_>>()).unwrap()
        };
        let norm = Op::Affine {
            scale: list(1.0, 0.2),
            shift: list(0.0, 0.3),
        };
        let x = net.push(&format!("{name}.norm"), norm, &[x]).unwrap();
        let quadratic = Activation::Quadratic {
            a: 0.2,
            b: 0.5,
            c: 0.1,
        };
        net.push(name, Op::Activation(quadratic), &[x]).unwrap()
    };
    let input = net.input();
    let mut x = net
        .push("stem", numbers.conv(3, 4, 3, 1), &[input])
        .unwrap();
    for block in 0..3 {
        let name = |part: &str| format!("block{block}.{part}");
        let mut y = x;
        for k in ["1", "2"] {
            y = act(&mut numbers, &mut net, &name(&format!("act{k}")), y);
            let conv = numbers.conv(4, 4, 3, 1);
            y = net.push(&name(&format!("conv{k}")), conv, &[y]).unwrap();
        }
        x = net.push(&name("sum"), Op::Add, &[y, x]).unwrap();
    }
    let x = act(&mut numbers, &mut net, "last", x);
    let logits = classified(&mut net, &mut numbers, x, 4, false);
    pass::fold_squares(&net.build(logits).unwrap()).unwrap()
}

/// A fire module, which squeezes channels and expands them by two convolutions whose results are joined; then a pool by
/// maxima, a convolution and a linear layer.
fn fire() -> Graph {
    let mut numbers = Numbers(7);
    let mut net = Builder::new("fire", LARGE);
    let conv_relu = |net: &mut Builder, name: &str, op: Op, x| {
        let x = net.push(name, op, &[x]).unwrap();
        let relu = Op::Activation(Activation::Relu);
        net.push(&format!("{name}.relu"), relu, &[x]).unwrap()
    };
    let input = net.input();
    let x = conv_relu(&mut net, "stem", numbers.conv(3, 8, 3, 1), input);
    let squeezed = conv_relu(&mut net, "squeeze", numbers.conv(8, 2, 1, 1), x);
    let points = conv_relu(&mut net, "expand1x1", numbers.conv(2, 6, 1, 1), squeezed);
    let squares = conv_relu(&mut net, "expand3x3", numbers.conv(2, 6, 3, 1), squeezed);
    let parts = [points, squares];
    let x = net.push("concat", Op::Concat { axis: 0 }, &parts).unwrap();
    let pool = Op::MaxPool {
        window: Window::square(3, 2, 1),
        by: None,
    };
    let x = net.push("pool", pool, &[x]).unwrap();
    let x = conv_relu(&mut net, "conv", numbers.conv(12, 8, 3, 1), x);
    let logits = classified(&mut net, &mut numbers, x, 8, true);
    net.build(logits).unwrap()
}

fn images(graph: &Graph, count: usize) -> Vec<f32> {
    let mut numbers = Numbers(11);
    (0..count * elements(graph))
        .map(|_| numbers.unit())
        .collect()
}

/// Numbers of an image.
fn elements(graph: &Graph) -> usize {
    graph.node(graph.input()).shape().elements().unwrap()
}

/// B of every activation and pool.
fn ranges(graph: &Graph) -> BTreeMap<NodeId, f64> {
    let mut ranges = Ranges::default();
    ranges
        .add(&Network::new(graph).unwrap(), &images(graph, 16), 0)
        .unwrap();
    ranges.bounds(graph, 1.5)
}

/// x/2 + x·(3x − x³)/4 in place of ReLU, each on its own range; maxima by it in place of pools, which are spelt out.
pub(crate) fn rough(graph: &Graph) -> Graph {
    let number = |v: f64| Exact::new(&rug::Float::with_val(53, v)).unwrap();
    let stage = StageTable {
        parity: Parity::Odd,
        interval: [Exact::from(-1), Exact::from(1)],
        domain: "[-1,1]".into(),
        coefficients: vec![number(9.0 / 16.0), number(-1.0 / 16.0)],
    };
    let table = Arc::new(CoefficientTable {
        product: true,
        ..CoefficientTable::new("relu", vec![stage])
    });
    let ranges = ranges(graph);
    let on = |range: f64| Polynomial {
        table: Arc::clone(&table),
        range: range as f32,
    };
    // Nodes keep their places: this pass adds none.
    let pooled = pass::replace_max_pools(graph, |id, _| {
        Ok::<_, GraphError>(Some(Pooling::Polynomial(on(1.2 * ranges[&id]))))
    });
    let replaced = pass::replace_activations(&pooled.unwrap(), |id, _| {
        Ok::<_, GraphError>(Some(Activation::Polynomial(on(ranges[&id]))))
    });
    pass::expand_max_pools(&replaced.unwrap()).unwrap()
}

fn quadratic() -> Graph {
    residual(&Activation::Quadratic {
        a: 0.3,
        b: 0.5,
        c: 0.1,
    })
}

struct Compared {
    /// Largest differences from the network in the clear.
    simulated: f64,
    encrypted: f64,
    bootstraps: usize,
    /// Largest logit.
    largest: f64,
}

impl Compared {
    /// Something was bootstrapped, and both are near to the network in the clear.
    fn check(&self) {
        assert!(self.bootstraps > 0 && self.largest > 0.1);
        assert!(
            self.simulated < 1e-3 && self.encrypted < 1e-3,
            "{} {}",
            self.simulated,
            self.encrypted
        );
    }
}

fn largest(found: &[f64], wanted: &[f32]) -> f64 {
    let apart = found
        .iter()
        .zip(wanted)
        .map(|(a, b)| (a - f64::from(*b)).abs());
    apart.fold(0.0, f64::max)
}

fn real(slots: &[Complex64]) -> Vec<f64> {
    slots.iter().map(|x| x.re).collect()
}

/// The network on the simulator and on ciphertexts of the toy parameters.
fn compared(graph: &Graph, compact: bool, batch: usize) -> Compared {
    let parameters = Parameters::new(sets::named("toy").unwrap().literal()).unwrap();
    let mut prices = Prices::new(parameters.clone(), 4, CostTable::shipped().unwrap()).unwrap();
    let ranges = ranges(graph);
    let each = elements(graph);
    let program = Program::new(graph, &mut prices, &ranges, batch).unwrap();
    let given = &images(graph, 16 + batch)[16 * each..];
    let network = Network::<f32>::new(graph).unwrap();
    let wanted = given.chunks(each).map(|x| network.run(x).unwrap().logits);
    let wanted = wanted.collect::<Vec<_>>().concat();
    let plans = program.plans(&parameters).unwrap();
    let top = Level::new(program.top() as u64).unwrap();
    let packed: Vec<Vec<Complex64>> = program
        .lowered()
        .packed(given)
        .into_iter()
        .map(|slots| slots.into_iter().map(|x| Complex64::new(x, 0.0)).collect())
        .collect();

    let simulator = Simulator::new(parameters.scheme().clone(), 5);
    let bootstraps = Bootstraps::new(&simulator, plans.clone()).unwrap();
    let runner = Runner::new(&program, &simulator, &bootstraps);
    let input = packed
        .iter()
        .zip(0..)
        .map(|(x, nonce)| simulator.encrypt(x, top, nonce).unwrap());
    let result = runner.run(input.collect()).unwrap();
    let slots: Vec<_> = result.iter().map(|x| real(simulator.decrypt(x))).collect();
    let simulated = program.lowered().unpacked(&slots);

    let context = Context::new(parameters).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
    let plans_of: Vec<_> = plans.values().collect();
    let wanted_keys = program.keys(&context, &plans_of, prices.special()).unwrap();
    let mut keys = generator.no_evaluation_keys();
    keys.set_encapsulation(generator.encapsulation_keys().unwrap())
        .unwrap();
    for (key, request) in wanted_keys {
        generator
            .evaluation_key(key, request)
            .unwrap()
            .add_to(&mut keys)
            .unwrap();
    }
    let evaluator = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
    let bootstraps = Bootstraps::new(&evaluator, plans).unwrap();
    let mut runner = Runner::new(&program, &evaluator, &bootstraps);
    for (id, _) in graph.iter() {
        runner.encode(id, compact).unwrap();
    }
    let mut encryptor = Encryptor::new(&context, &MasterSeed::from_bytes([9; 32]));
    let public = generator.public_key().unwrap();
    let input = packed.iter().map(|x| {
        let scale = context.parameters().scheme().scale(top);
        let plaintext = context.encode(x, top, scale).unwrap();
        encryptor.encrypt(&public, &plaintext).unwrap()
    });
    let result = runner.run(input.collect()).unwrap();
    let decryptor = Decryptor::new(&context, generator.secret_key()).unwrap();
    let slots: Vec<_> = result
        .iter()
        .map(|x| real(&decryptor.decrypt(x).unwrap()))
        .collect();
    let encrypted = program.lowered().unpacked(&slots);
    Compared {
        simulated: largest(&simulated, &wanted),
        encrypted: largest(&encrypted, &wanted),
        bootstraps: program.bootstraps().count(),
        largest: wanted
            .iter()
            .fold(0.0, |most: f64, x| most.max(f64::from(x.abs()))),
    }
}

#[test]
fn a_residual_network_of_quadratics() {
    compared(&quadratic(), true, 1).check();
}

#[test]
fn a_residual_network_of_polynomials_with_ranges() {
    compared(&rough(&residual(&Activation::Relu)), false, 1).check();
}

#[test]
fn a_network_with_norms_first() {
    compared(&norm_first(), true, 1).check();
}

/// Without numbers the same operations are counted as with them.
#[test]
fn a_bootstrap_is_counted_as_it_is_analyzed() {
    let parameters = Parameters::new(sets::named("toy").unwrap().literal()).unwrap();
    let table = CostTable::shipped().unwrap();
    for (slots, kind) in [(64, SlotKind::Real), (1 << 10, SlotKind::Pair)] {
        let how = how(&parameters).unwrap();
        let plan = Plan::new(parameters.scheme(), how, slots, kind).unwrap();
        let analyzed = bootstrap_seconds(&parameters, &table, &plan).unwrap();
        let counter = Counter::counting(parameters.scheme().clone(), table.clone());
        let inputs: Vec<_> = (0..plan.inputs())
            .map(|_| counter.ciphertext(slots, plan.input_level()).unwrap())
            .collect();
        let bootstrapper = Bootstrapper::new(&counter, plan).unwrap();
        let before = counter.cost().seconds;
        bootstrapper.bootstrap(&counter, &inputs).unwrap();
        let cost = counter.cost();
        assert!((cost.seconds - before - analyzed).abs() < 1e-9 * analyzed);
        assert!(cost.rotations() > 10, "{}", cost.rotations());
    }
}

#[test]
fn a_concat_and_a_pool_of_several_ciphertexts() {
    let graph = rough(&fire());
    let lowered = Lowered::new(&graph, 1, 1 << 10, &BTreeMap::new()).unwrap();
    let count = |name| {
        lowered
            .layout(graph.find(name).unwrap())
            .ciphertexts(1 << 10)
    };
    assert_eq!(
        ["stem", "expand1x1", "expand3x3", "pool"].map(count),
        [2, 2, 2, 1]
    );
    compared(&graph, true, 1).check();
}

/// Four images in the slots that one leaves free, and two that take several ciphertexts.
#[test]
fn a_batch_of_images() {
    compared(&quadratic(), true, 4).check();
    compared(&rough(&fire()), true, 2).check();
}

#[test]
fn a_result_of_several_parts() {
    let graph = fire();
    let at = |name| graph.find(name).unwrap();
    let part = pass::cut(&graph, graph.input(), at("concat")).unwrap();
    compared(&rough(&part), false, 1).check();
}
