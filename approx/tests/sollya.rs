//! The solvers and certificates against Sollya, an independent implementation, where that is installed.

#![allow(
    clippy::print_stderr,
    reason = "a test that is skipped says so on the terminal"
)]

mod sollya {
    pub(crate) mod cases;
    pub(crate) mod process;
}

use equiripple_approx::{
    certify::{self, function_error},
    composite::{SignDesign, design_sign},
    poly::{Chebyshev, Parity, pow2},
    remez::{Approximant, Budget, sign},
};
use rug::Float;

use sollya::{
    cases::{self, Case, Weight},
    process::{self, difference, dyadic, interval, number},
};

/// Agreement asked of optima for sign.
const SIGN: f64 = 1e-20;
/// Agreement asked of optima of the general solver.
const GENERAL: f64 = 1e-15;
/// Ratio of a certificate's bounds minus one.
const CERTIFIED: f64 = 1.0 / (1u64 << 20) as f64;

/// The list of odd numbers up to `degree` in a script.
fn odd(degree: usize) -> String {
    let powers: Vec<String> = (1..=degree).step_by(2).map(|k| k.to_string()).collect();
    format!("[|{}|]", powers.join(","))
}

/// Single stages `(k, degree)` on `[2^-k, 1]`, and log2 of their errors.
fn stages_agree(stages: &[(i32, usize, f64)]) {
    if !process::installed() {
        return;
    }
    let script: String = stages
        .iter()
        .map(|(k, degree, _)| {
            let powers = odd(*degree);
            format!("I=[2^(-{k});1]; e=dirtyinfnorm(remez(1,{powers},I,1,1e-25)-1,I);\n")
                + &process::report(&["round(e,200,RN)"])
        })
        .collect();
    let found = process::run(256, &script);
    assert_eq!(found.len(), stages.len(), "one line per stage: {found:?}");
    for (&(k, degree, bits), line) in stages.iter().zip(&found) {
        let theirs = number(&line[0]).expect("a number");
        let solve = |precision| {
            let one = Float::with_val(53, 1);
            sign::minimax(degree, &pow2(-k), &one, precision, Budget::unlimited())
                .expect("converges")
        };
        let (ours, again) = (solve(None), solve(Some(512)));
        let name = format!("k={k} degree {degree}");
        for value in [&ours.levelled, &ours.largest, &again.largest] {
            let off = difference(value, &theirs);
            assert!(off <= SIGN, "{name}: {value} against {theirs}, off {off:e}");
        }
        assert!(difference(&ours.largest, &again.largest) <= SIGN, "{name}");
        assert!((ours.largest.to_f64().log2() - bits).abs() < 1e-6, "{name}");
    }
}

#[test]
fn single_stages_for_sign() {
    stages_agree(&[
        (4, 15, -1.999269),
        (6, 15, -0.546964),
        (8, 27, -0.251426),
        (10, 27, -0.0637996),
        (10, 59, -0.1385373),
        (14, 59, -0.0087498),
        (20, 59, -0.00013681),
    ]);
}

#[test]
fn compositions_for_sign() {
    if !process::installed() {
        return;
    }
    let designs: [(i32, &[usize], f64); 2] = [
        (9, &[15, 15, 27], -13.29630),
        (10, &[15, 27, 29], -12.96979),
    ];
    for (k, degrees, bits) in designs {
        let mut script = format!("lo=2^(-{k}); hi=1;\n");
        for degree in degrees {
            script += &format!(
                "I=[lo;hi]; e=dirtyinfnorm(remez(1,{},I,1,1e-30)-1,I); lo=round(1-e,300,RD); hi=round(1+e,300,RU);\n",
                odd(*degree)
            );
            script += &process::report(&["round(e,200,RN)"]);
        }
        let errors = process::run(400, &script);
        let (stages, bounds) =
            design_sign(&SignDesign::new(degrees, pow2(-k)), Budget::unlimited())
                .expect("converges");
        assert_eq!(stages.len(), errors.len());
        for (stage, line) in stages.iter().zip(&errors) {
            let theirs = number(&line[0]).expect("a number");
            for value in [&stage.levelled, &stage.largest] {
                let off = difference(value, &theirs);
                // A fold scales the domain of the next stage, which its optimum does not feel.
                assert!(
                    off <= SIGN,
                    "{degrees:?}: {value} against {theirs}, off {off:e}"
                );
            }
        }
        let last = errors.last().and_then(|line| number(&line[0]));
        let theirs = last.expect("a number");
        assert!(
            bounds.gap() <= CERTIFIED,
            "{degrees:?}: gap {}",
            bounds.gap()
        );
        for bound in [&bounds.lower, &bounds.upper] {
            assert!(
                difference(bound, &theirs) <= 1e-18,
                "{degrees:?}: {bound} against {theirs}"
            );
        }
        assert!(
            (bounds.upper.to_f64().log2() - bits).abs() < 1e-5,
            "{degrees:?}"
        );
    }
}

#[test]
fn optima_of_the_general_solver() {
    if !process::installed() {
        return;
    }
    let cases = cases::all();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let script: String = cases
        .iter()
        .enumerate()
        .map(|(i, case)| {
            case.sollya_solution("1e-20")
                + &process::report(&[&format!("\" {i} \""), "round(e,120,RN)"])
        })
        .collect();
    let found = process::run(240, &script);
    assert_eq!(found.len(), cases.len(), "one line per case");
    let mut wrong = vec![];
    for (case, line) in cases.iter().zip(&found) {
        let Some(theirs) = number(&line[1]) else {
            wrong.push(format!("{}: Sollya says {}", case.describe(), line[1]));
            continue;
        };
        let ours = match case.problem().solve(Budget::unlimited()) {
            Ok(ours) => ours,
            Err(error) => {
                wrong.push(format!("{}: {error}", case.describe()));
                continue;
            }
        };
        for (name, value) in [("levelled", &ours.levelled), ("largest", &ours.largest)] {
            let off = difference(value, &theirs);
            if off > GENERAL {
                wrong.push(format!(
                    "{}: {name} {value} against {theirs}, off {off:e}",
                    case.describe()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A polynomial with coefficients in f64: of powers of x, and the same as a Chebyshev series.
struct Rounded {
    monomial: Vec<Float>,
    series: Chebyshev,
}

impl Rounded {
    fn new(case: &Case, p: &Chebyshev) -> Self {
        let monomial: Vec<Float> = p
            .to_monomial(200)
            .iter()
            .map(|c| Float::with_val(53, c.to_f64()))
            .collect();
        // On [−2^k, 2^k] the change of basis is exact.
        let hull = case.domain().hull();
        let reach = hull.lo().to_f64().abs().max(hull.hi().to_f64().abs());
        let hi = pow2(reach.log2().ceil() as i32);
        let lo = Float::with_val(53, -&hi);
        let series =
            Chebyshev::from_monomial(Parity::Full, lo, hi, &monomial, 4096).expect("a series");
        assert_eq!(
            series.to_monomial(8192),
            monomial,
            "the change of basis is exact"
        );
        Self { monomial, series }
    }

    fn script(&self) -> String {
        let terms: Vec<String> = self
            .monomial
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.is_zero())
            .map(|(k, c)| format!("{}*x^{k}", dyadic(c)))
            .collect();
        terms.join("+")
    }

    fn sum(&self) -> Vec<(Float, equiripple_approx::target::Expr)> {
        let power = |k| format!("x^{k}").parse().expect("an expression");
        self.monomial
            .iter()
            .enumerate()
            .map(|(k, c)| (c.clone(), power(k)))
            .collect()
    }
}

#[test]
fn certificates_of_rounded_polynomials() {
    if !process::installed() {
        return;
    }
    let cases: Vec<(Case, Rounded)> = cases::certifiable()
        .into_iter()
        .map(|case| {
            let best = case
                .problem()
                .solve(Budget::unlimited())
                .expect("converges");
            let Approximant::Polynomial(p) = best.approximant else {
                unreachable!("no functions among the bases")
            };
            let rounded = Rounded::new(&case, &p);
            (case, rounded)
        })
        .collect();
    assert!(cases.len() >= 30, "{} cases", cases.len());
    let script: String = cases
        .iter()
        .enumerate()
        .map(|(i, (case, rounded))| {
            let mode = if case.weight == Weight::Relative {
                "relative"
            } else {
                "absolute"
            };
            let (p, f, on) = (
                rounded.script(),
                case.sollya_function(),
                case.sollya_interval(),
            );
            format!("s=supnorm({p},{f},{on},{mode},2^(-30));\n")
                + &process::report(&[&format!("\" {i} \""), "s"])
        })
        .collect();
    let found = process::run(240, &script);
    assert_eq!(found.len(), cases.len(), "one line per case");
    let mut wrong = vec![];
    for (i, ((case, rounded), line)) in cases.iter().zip(&found).enumerate() {
        let name = case.describe();
        let Some((low, high)) = interval(&line[1]) else {
            wrong.push(format!("{name}: Sollya says {}", line[1]));
            continue;
        };
        let sum = rounded.sum();
        let approximant = if i % 3 == 2 {
            certify::Approximant::Sum(&sum)
        } else {
            certify::Approximant::Series(&rounded.series)
        };
        let weight = if case.weight == Weight::Relative {
            certify::Weight::Relative
        } else {
            certify::Weight::One
        };
        let certified = function_error(
            &case.target(),
            weight,
            approximant,
            &case.domain(),
            Budget::unlimited(),
        );
        let bounds = match certified {
            Ok(sup) => sup.bounds,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        let apart = bounds.lower > high || bounds.upper < low;
        if apart || bounds.gap() > CERTIFIED || difference(&high, &low) > CERTIFIED {
            wrong.push(format!(
                "{name}: [{}, {}] against [{low}, {high}]",
                bounds.lower, bounds.upper
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
