//! A Sollya script: exact polynomials with dyadic coefficients, and their composition.

use super::names;
use crate::{
    Result,
    coeffs::{Basis, CoefficientTable, Exact, StageTable},
};

/// Bits beyond the longest coefficient.
const GUARD_BITS: u32 = 64;

/// A variable for every stage, and procedures that return the whole circuit as a function and its values.
pub(super) fn script(table: &CoefficientTable, name: &str) -> Result<String> {
    let stages = table
        .stages
        .iter()
        .map(|s| s.monomials(table.basis))
        .collect::<Result<Vec<_>>>()?;
    let ends = table.stages.iter().flat_map(|s| &s.interval);
    let others = [&table.input_scale, &table.offset];
    let all = stages.iter().flatten().chain(ends).chain(others);
    let prec = all.map(|x| x.value().prec()).max().unwrap_or(53) + GUARD_BITS;
    let mut out: String = names::summary(table)
        .iter()
        .map(|l| format!("// {l}\n"))
        .collect();
    out.push_str(&format!(
        "// The coefficients are exact; this precision is what reading them needs.\nprec = {prec}!;\n\n"
    ));
    let mut calls = String::new();
    let mut inner = format!("{}*x", dyadic(&table.input_scale));
    for (i, (stage, monomials)) in (1..).zip(table.stages.iter().zip(&stages)) {
        let argument = argument(stage, table.basis);
        out.push_str(&format!("{name}_stage{i} = {};\n", polynomial(monomials)));
        let input = argument.replace('x', "y");
        inner = format!(
            "{name}_stage{i}({})",
            argument.replace('x', &format!("({inner})"))
        );
        calls.push_str(&format!(
            "  y = round({name}_stage{i}({input}), prec, RN);\n"
        ));
    }
    let (value, function) = if table.product {
        ("t/2 + t*y", format!("x/2 + x*{inner}"))
    } else {
        ("y", inner)
    };
    let (scale, offset) = (dyadic(&table.input_scale), dyadic(&table.offset));
    out.push_str(&format!(
        "\n// The whole circuit as an exact function; large for deep compositions.\n\
         procedure {name}_function() {{\n  return {function} + {offset};\n}};\n\n\
         // The whole circuit at a number t, each stage rounded to the working precision.\n\
         procedure {name}_evaluate(t) {{\n  var y;\n  y = {scale}*t;\n{calls}  return {value} + {offset};\n}};\n"
    ));
    Ok(out)
}

/// What a stage's polynomial is applied to: the argument mapped to `[−1, 1]` for a Chebyshev stage.
fn argument(stage: &StageTable, basis: Basis) -> String {
    let [lo, hi] = &stage.interval;
    if basis == Basis::Monomial || (*lo.value() == -1 && *hi.value() == 1) {
        return "x".into();
    }
    let (lo, hi) = (dyadic(lo), dyadic(hi));
    format!("(2*x-{lo}-{hi})/({hi}-{lo})")
}

fn polynomial(monomials: &[Exact]) -> String {
    let terms: Vec<String> = monomials
        .iter()
        .enumerate()
        .filter(|(_, c)| !c.value().is_zero())
        .map(|(k, c)| format!("{}*x^{k}", dyadic(c)))
        .collect();
    if terms.is_empty() {
        "0".into()
    } else {
        terms.join("\n  + ")
    }
}

/// `(m*2^(e))`, m an odd integer.
fn dyadic(x: &Exact) -> String {
    let (mantissa, exponent) = x.dyadic();
    format!("({mantissa}*2^({exponent}))")
}
