//! Whole analyses, and the conditioning of the sign composition for α = 13.

use rug::Float;

use super::{chebyshev, close, series};
use crate::{
    ApproxError,
    analysis::{AnalyzeOptions, Distribution, InputNoise, NoiseModel, Shape, analyze},
    composite::{ReluDesign, SignDesign, design_relu, design_sign},
    poly::{Chebyshev, Parity, pow2},
    remez::Budget,
    target::Target,
};

fn quick() -> AnalyzeOptions {
    AnalyzeOptions {
        points: 1 << 14,
        samples: 1 << 13,
        ..AnalyzeOptions::default()
    }
}

#[test]
fn conditioning_of_the_sign_composition_at_alpha_13() {
    let mut design = SignDesign::new(&[15, 15, 27], pow2(-9));
    design.margin = pow2(-22);
    let (designed, bounds) = design_sign(&design, Budget::unlimited()).expect("converges");
    let stages: Vec<Chebyshev> = designed.iter().map(|s| s.poly.clone()).collect();
    let shape = Shape::Sign {
        epsilon: (-9f64).exp2(),
    };
    let options = quick();
    let a = analyze(&stages, shape, Some(&bounds), &options).expect("odd");
    // The steepest place is an end of the domain; the first stages of a sign are steep there as well as at 0.
    let report = &a.report;
    assert!(report.binding == 0 && report.terms[5].value < 0.1 * report.terms[0].value);
    assert!(a.outside.radius > 1.005 && a.outside.tolerated > 1e-7);
    let c = a.conditioning;
    // Known for stages that are not folded: stage i times f_i = 1 + E_i + η (1 for the last), fed f_(i−1) times as much.
    let known = [(18.0, 3.6, 216.0), (17.0, 3.1, 65.0), (23.0, 2.3, 5.0)];
    let mut before = 1.0;
    for (k, (s, (bits, norm, slope))) in c.stages.iter().zip(known).enumerate() {
        let fold = if k < 2 {
            1.0 + designed[k].largest.to_f64()
        } else {
            1.0
        };
        assert!((s.monomial_log2 + fold.log2() - bits).abs() < 0.6, "{s:?}");
        assert!(close(s.chebyshev_norm * fold, norm, 0.03), "{s:?}");
        assert!(close(s.max_slope * fold / before, slope, 0.04), "{s:?}");
        before = fold;
    }
    // The steepest parts of the stages do not meet: the composition is 60 times flatter than the product.
    assert!(c.composition_slope.0 * 50.0 < c.slope_product);
}

#[test]
fn relu_of_two_stages() {
    let relu = design_relu(&ReluDesign::new(&[15, 15], true), Budget::unlimited());
    let relu = relu.expect("converges");
    let stages: Vec<Chebyshev> = relu.polys().cloned().collect();
    let shape = Shape::Relu {
        offset: &relu.offset,
    };
    let a = analyze(
        &stages,
        shape,
        Some(&relu.sup.bounds),
        &AnalyzeOptions::default(),
    )
    .expect("fits");
    let json = serde_json::to_string(&a).expect("serializable");
    assert!(
        json.contains("\"log2\":null"),
        "an input within range adds no error"
    );
    assert_eq!(
        (a.cost.depth, a.degrees.as_slice()),
        (8, [15, 15].as_slice())
    );
    let term = a.report.binding_term().expect("six terms");
    assert!(term.name == "approximation" && term.rigorous);
    assert!(a.statistics.max <= term.value && a.statistics.rms < a.statistics.max);
    assert!(a.conditioning.composition_slope.0 <= a.conditioning.slope_product);
    assert!(a.noise.mean.total().sqrt() <= a.noise.largest_std.0);
    let names: Vec<&str> = a.report.terms.iter().map(|t| t.name).collect();
    assert_eq!(names.len(), 6);
    // A bootstrap that leaves 2^-10 binds instead.
    let options = AnalyzeOptions {
        noise: NoiseModel {
            input: InputNoise::Given(-10.0),
            ..NoiseModel::default()
        },
        ..quick()
    };
    let noisy = analyze(&stages, shape, Some(&relu.sup.bounds), &options).expect("fits");
    assert_ne!(noisy.report.binding, 0);
    assert!(noisy.report.total > a.report.total);
}

#[test]
fn plain_targets_are_analysed_without_a_certificate() {
    let target: Target = "x^2".parse().expect("an expression");
    let square = Shape::function_of(&target).expect("a function");
    // x² by T_2 and T_0 exactly: nothing but noise is left.
    let stages = [series(Parity::Even, &[0.5, 0.5])];
    let shape = Shape::Plain { target: &square };
    let a = analyze(&stages, shape, None, &quick()).expect("fits");
    assert!(a.report.terms[0].value < 1e-15 && !a.report.terms[0].rigorous);
    assert!(
        a.report
            .binding_term()
            .is_some_and(|t| t.name.ends_with("noise"))
    );
    assert!(close(a.conditioning.output_slope.0, 2.0, 1e-9));
    assert!(close(
        a.noise.largest.input,
        4.0 * a.noise.injected.input,
        1e-9
    ));
}

#[test]
fn what_does_not_fit_is_a_typed_error() {
    let even = [chebyshev(2)];
    let zero = Float::new(53);
    let parity = analyze(&even, Shape::Relu { offset: &zero }, None, &quick());
    assert!(matches!(parity, Err(ApproxError::Parity { .. })));
    let none = analyze(&[], Shape::Relu { offset: &zero }, None, &quick());
    assert!(matches!(none, Err(ApproxError::OutOfRange { .. })));
    let odd = [chebyshev(3)];
    for epsilon in [0.0, 1.0, f64::NAN] {
        assert!(analyze(&odd, Shape::Sign { epsilon }, None, &quick()).is_err());
    }
    let shape = Shape::Sign { epsilon: 0.5 };
    for options in [
        AnalyzeOptions {
            points: 3,
            ..quick()
        },
        AnalyzeOptions {
            growth: 1.0,
            ..quick()
        },
        AnalyzeOptions {
            sigmas: f64::NAN,
            ..quick()
        },
        AnalyzeOptions {
            distribution: Distribution::Gaussian {
                mean: 9.0,
                std: 0.1,
            },
            ..quick()
        },
    ] {
        assert!(analyze(&odd, shape, None, &options).is_err(), "{options:?}");
    }
    // 3·T_3 sends the second stage far outside its interval.
    let wild = [series(Parity::Odd, &[0.0, 3.0]), chebyshev(3)];
    assert!(analyze(&wild, shape, None, &quick()).is_err());
}

#[test]
fn maximum_has_two_noisy_inputs() {
    let relu = design_relu(&ReluDesign::new(&[3, 7], true), Budget::unlimited());
    let relu = relu.expect("converges");
    let stages: Vec<Chebyshev> = relu.polys().cloned().collect();
    let shape = Shape::Max {
        offset: &relu.offset,
    };
    // (a+b)/2 + x·P(x) + c₀ with x = a − b: the error of ReLU, and slopes ½ ± (x·P)'. Noise is on a coarser grid.
    let a = analyze(&stages, shape, Some(&relu.sup.bounds), &quick()).expect("fits");
    assert!(a.statistics.max <= a.report.terms[0].value && a.report.terms[0].rigorous);
    let slope = a.conditioning.output_slope.0;
    let expected = (0.5 + slope).powi(2) + (0.5 - slope).powi(2);
    assert!(close(
        a.noise.largest.input,
        expected * a.noise.injected.input,
        1e-3
    ));
}

#[test]
fn options_may_be_written_in_part() {
    let text = r#"{"noise":{"scale_log2":35,"input":{"given":-13}},"distribution":{"histogram":[{"lo":-1,"hi":0,"weight":2}]}}"#;
    let options: AnalyzeOptions = serde_json::from_str(text).expect("well formed");
    assert_eq!(options.noise.input, InputNoise::Given(-13.0));
    assert_eq!((options.noise.log_n, options.points), (16, 1 << 17));
    let back = serde_json::to_string(&options).expect("serializable");
    assert_eq!(
        serde_json::from_str::<AnalyzeOptions>(&back).expect("its own text"),
        options
    );
    let negative = text.replace("2}", "-2}");
    assert!(serde_json::from_str::<AnalyzeOptions>(&negative).is_err());
}
