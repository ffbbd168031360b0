//! Polynomials in place of activations and maxima.

use super::{Random, agrees, both, check, one, residual};
use equiripple::nn::{
    Activation, Builder, Op, Polynomial, Window,
    inference::{InferenceError, Network, Real, pool_range},
};
use equiripple_approx::{
    coeffs::{CoefficientTable, Exact, StageTable},
    composite::{ReluDesign, design_relu},
    poly::Parity,
    remez::Budget,
};
use std::sync::Arc;

fn relu(degrees: &[usize], range: f32) -> Polynomial {
    let made = design_relu(&ReluDesign::new(degrees, true), Budget::unlimited()).unwrap();
    Polynomial {
        table: Arc::new(CoefficientTable::from_relu(&made).unwrap()),
        range,
    }
}

/// x ↦ c₀ + c₁T₁ + c₂T₂ + c₃T₃ on \[−1, 1\], no product.
fn cubic(range: f32) -> Polynomial {
    let number = |text: &str| text.parse::<Exact>().unwrap();
    let stage = StageTable {
        parity: Parity::Full,
        interval: [Exact::from(-1), Exact::from(1)],
        domain: String::new(),
        coefficients: ["0x1p-2", "0x1p-1", "-0x1.8p-2", "0x1p-4"]
            .map(number)
            .into(),
    };
    let mut table = CoefficientTable::new("cubic", vec![stage]);
    table.offset = number("0x1p-3");
    Polynomial {
        table: Arc::new(table),
        range,
    }
}

#[test]
fn stand_ins_agree_with_the_oracle() {
    let mut random = Random::new(11);
    for polynomial in [relu(&[7], 1.5), relu(&[7, 7], 2.0), cubic(1.25)] {
        let op = Op::Activation(Activation::Polynomial(polynomial.clone()));
        agrees(&one(&[3, 17, 19], op), &mut random);
        let wide = Polynomial {
            range: 40.0,
            ..polynomial
        };
        let graph = residual(&mut random, &Activation::Polynomial(wide));
        let images = random.images(&graph, 5);
        check::<f64>(&graph, &images, 1e-11);
        check::<f32>(&graph, &images, 1e-4);
    }
}

#[test]
fn pools_of_polynomial_maxima() {
    let mut random = Random::new(12);
    let relu = relu(&[7, 7], 2.5);
    for (window, image) in [
        (Window::square(2, 2, 0), [8, 6]),
        (Window::square(3, 2, 1), [9, 11]),
        (Window::square(3, 1, 1), [5, 40]),
        (Window::square(2, 3, 0), [5, 5]),
    ] {
        let shape = [4, image[0], image[1]];
        let by = Some(relu.clone());
        let graph = one(&shape, Op::MaxPool { window, by });
        let images = random.images(&graph, 3);
        check::<f64>(&graph, &images, 1e-11);
        check::<f32>(&graph, &images, 1e-4);
        // Each round errs by B·2^-α at most.
        let exact = one(&shape, Op::MaxPool { window, by: None });
        let rounds =
            f64::from(usize::BITS - (window.kernel[0] * window.kernel[1] - 1).leading_zeros());
        let bound = 2.5 * relu.table.log2_upper.unwrap().exp2() * rounds;
        let (found, _) = both::<f64>(&graph, &images);
        let (_, expected) = both::<f64>(&exact, &images);
        let errors = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
        let worst = errors.fold(0.0, f64::max);
        assert!(worst <= bound, "{worst} > {bound}");
        assert!(worst > bound / 1e3);
    }
}

#[test]
fn the_range_of_a_pool_keeps_every_round_within_it() {
    let relu = relu(&[7, 7], 1.0);
    let precision = -relu.table.log2_upper.unwrap();
    let window = Window::square(3, 1, 0);
    for nonnegative in [false, true] {
        let range = pool_range(&window, 4.0, precision, nonnegative);
        let by = Some(Polynomial {
            range: range as f32,
            ..relu.clone()
        });
        let network = Network::<f64>::new(&one(&[1, 3, 3], Op::MaxPool { window, by })).unwrap();
        let low = if nonnegative { 0.0 } else { -4.0 };
        // Extremes in all places: the differences are as large as they can be.
        let images = (0..512u32)
            .flat_map(|bits| (0..9).map(move |k| if bits >> k & 1 == 1 { 4.0 } else { low }));
        let outcome = network.run(&images.collect::<Vec<_>>()).unwrap();
        assert_eq!(outcome.excesses, []);
    }
    // Four rounds: 1/B = (1 − 6·2^-10)/(2·4).
    let range = pool_range(&window, 4.0, 10.0, false);
    assert!((1.0 / range - (1.0 - 6.0 / 1024.0) / 8.0).abs() < 1e-15);
}

fn reports<T: Real>() {
    let mut net = Builder::new("excess", [1, 2, 2]);
    let polynomial = cubic(1.0);
    let first = Op::Activation(Activation::Polynomial(polynomial));
    let first = net.push("first", first, &[net.input()]).unwrap();
    let pool = Op::MaxPool {
        window: Window::square(2, 1, 0),
        by: Some(relu(&[7], 0.125)),
    };
    let pool = net.push("pool", pool, &[first]).unwrap();
    let network = Network::<T>::new(&net.build(pool).unwrap()).unwrap();
    let images = [
        [0.5, 0.5, 0.5, 0.5],
        [0.5, -3.0, 2.0, 0.5],
        [1.0, 1.0, 1.0, 1.0],
        [0.5, f64::NAN, 0.5, 0.5],
        [1.0, -1.0, 1.0, 1.0],
    ];
    let numbers: Vec<T> = images.iter().flatten().map(|&x| T::from_f64(x)).collect();
    let excesses = network.run(&numbers).unwrap().excesses;
    let of = |image: usize, node| {
        let mut found = excesses.iter();
        found.find(|e| e.image == image && e.node == node)
    };
    assert_eq!(of(0, first), None);
    assert_eq!(of(0, pool), None);
    assert_eq!(of(2, first), None);
    let found = of(1, first).unwrap();
    assert_eq!((found.count, found.largest, found.range), (2, 3.0, 1.0));
    let found = of(3, first).unwrap();
    assert!(found.count == 1 && found.largest.is_nan());
    assert!(of(3, pool).unwrap().largest.is_nan());
    // 0.125 + 0.25 − 0.375 ± (0.5 + 0.0625) are 1.125 apart, once in the first round.
    assert_eq!(of(4, first), None);
    let found = of(4, pool).unwrap();
    assert_eq!((found.count >= 1, found.range), (true, 0.125));
    assert!(found.largest >= 1.125);
    let images: Vec<usize> = excesses.iter().map(|e| e.image).collect();
    assert!(images.is_sorted());
}

#[test]
fn numbers_outside_the_range_are_reported() {
    reports::<f32>();
    reports::<f64>();
}

#[test]
fn a_maximum_needs_a_relu() {
    let op = Op::MaxPool {
        window: Window::square(2, 2, 0),
        by: Some(cubic(1.0)),
    };
    let refused = Network::<f32>::new(&one(&[1, 2, 2], op));
    assert!(matches!(refused, Err(InferenceError::Circuit { node, .. }) if node == "node"));
}
