//! What is measured: the same problem for both sides.

use equiripple_approx::{
    Result,
    certify::{self, Weight, function_error},
    composite::{ReluDesign, SignDesign, design_relu, design_sign},
    domain::Domain,
    poly::pow2,
    remez::{Budget, Minimax, Problem, sign},
    target::Target,
};
use rug::Float;

/// One row of the table.
pub(crate) struct Work {
    pub(crate) name: &'static str,
    /// Returns the error of what was made, so that both sides can be seen to have done the same.
    pub(crate) run: Option<fn() -> Result<Float>>,
    /// Prints that error.
    pub(crate) script: Option<String>,
}

pub(crate) fn works() -> Vec<Work> {
    let sigmoid = "f=1/(1+exp(-x)); I=[-8;8]; p=remez(f,31,I,1,1e-22);\n";
    vec![
        Work {
            name: "start of the process",
            run: None,
            script: Some("e=1;".into()),
        },
        Work {
            name: "sign {15,15,27} on [2^-9,1], solved",
            run: Some(|| solve_sign(&[15, 15, 27], 9)),
            script: Some(sign_script(&[15, 15, 27], 9, false)),
        },
        Work {
            name: "sign {15,15,27}, solved and certified",
            run: Some(|| certify_sign(&[15, 15, 27], 9)),
            script: Some(sign_script(&[15, 15, 27], 9, true)),
        },
        Work {
            name: "sign {15,27,29} on [2^-10,1], solved",
            run: Some(|| solve_sign(&[15, 27, 29], 10)),
            script: Some(sign_script(&[15, 27, 29], 10, false)),
        },
        Work {
            name: "sign {15,27,29}, solved and certified",
            run: Some(|| certify_sign(&[15, 27, 29], 10)),
            script: Some(sign_script(&[15, 27, 29], 10, true)),
        },
        Work {
            name: "sign {59} on [2^-10,1], solved",
            run: Some(|| solve_sign(&[59], 10)),
            script: Some(sign_script(&[59], 10, false)),
        },
        Work {
            name: "sign {59}, solved and certified",
            run: Some(|| certify_sign(&[59], 10)),
            script: Some(sign_script(&[59], 10, true)),
        },
        Work {
            name: "sigmoid, degree 31 on [-8,8], solved",
            run: Some(|| Ok(solve_sigmoid()?.2.largest)),
            script: Some(format!("{sigmoid}e=dirtyinfnorm(p-f,I);")),
        },
        Work {
            name: "sigmoid, solved and certified",
            run: Some(certify_sigmoid),
            script: Some(format!("{sigmoid}e=sup(supnorm(p,f,I,absolute,2^(-21)));")),
        },
        Work {
            name: "ReLU {15,15,27} directly, certified",
            run: Some(|| {
                let relu = design_relu(&ReluDesign::new(&[15, 15, 27], true), Budget::unlimited())?;
                Ok(relu.sup.bounds.upper)
            }),
            script: None,
        },
    ]
}

/// The stages alone: each on the range that the largest error of the one before leaves.
fn solve_sign(degrees: &[usize], k: i32) -> Result<Float> {
    let (mut lo, mut hi) = (pow2(-k), Float::with_val(53, 1));
    let mut error = Float::new(53);
    for &degree in degrees {
        let stage = sign::minimax(degree, &lo, &hi, None, Budget::unlimited())?;
        error = stage.largest;
        lo = Float::with_val(stage.precision, 1u32 - &error);
        hi = Float::with_val(stage.precision, 1u32 + &error);
    }
    Ok(error)
}

fn certify_sign(degrees: &[usize], k: i32) -> Result<Float> {
    let (_, bounds) = design_sign(&SignDesign::new(degrees, pow2(-k)), Budget::unlimited())?;
    Ok(bounds.upper)
}

/// The same for Sollya; with a certificate the range of each stage comes from `supnorm`.
fn sign_script(degrees: &[usize], k: i32, certified: bool) -> String {
    let mut script = format!("lo=2^(-{k}); hi=1;\n");
    for degree in degrees {
        let powers: Vec<String> = (1..=*degree).step_by(2).map(|k| k.to_string()).collect();
        let error = if certified {
            "sup(supnorm(p,1,I,absolute,2^(-21)))"
        } else {
            "dirtyinfnorm(p-1,I)"
        };
        script += &format!(
            "I=[lo;hi]; p=remez(1,[|{}|],I,1,1e-25); e={error}; lo=round(1-e,200,RD); hi=round(1+e,200,RU);\n",
            powers.join(",")
        );
    }
    script
}

fn solve_sigmoid() -> Result<(Target, Domain, Minimax)> {
    let target: Target = "sigmoid".parse()?;
    let domain = Domain::parse("[-8,8]", 64)?;
    let best = Problem::new(target.clone(), domain.clone(), 31).solve(Budget::unlimited())?;
    Ok((target, domain, best))
}

fn certify_sigmoid() -> Result<Float> {
    let (target, domain, best) = solve_sigmoid()?;
    let Some(p) = best.approximant.polynomial() else {
        return Ok(best.largest);
    };
    let sup = function_error(
        &target,
        Weight::One,
        certify::Approximant::Series(p),
        &domain,
        Budget::unlimited(),
    )?;
    Ok(sup.bounds.upper)
}
