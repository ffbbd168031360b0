//! A LaTeX table.

use super::names;
use crate::coeffs::{Basis, CoefficientTable, Exact, exact::decimal_text};

/// Significant digits in print.
const DIGITS: usize = 20;

/// A `tabular` for the package booktabs.
pub(super) fn tabular(table: &CoefficientTable) -> String {
    let mut out: String = names::summary(table)
        .iter()
        .map(|l| format!("% {l}\n"))
        .collect();
    let term = match table.basis {
        Basis::Chebyshev => "T_k",
        Basis::Monomial => "x^k",
    };
    out.push_str(&format!(
        "% Rounded to {DIGITS} digits. Needs \\usepackage{{booktabs}}.\n\
         \\begin{{tabular}}{{rrr}}\n\\toprule\nstage & $k$ & coefficient of ${term}$ \\\\\n"
    ));
    for (i, stage) in (1..).zip(&table.stages) {
        out.push_str("\\midrule\n");
        for (k, c) in stage.coefficients.iter().enumerate() {
            let label = if k == 0 {
                format!("{i}")
            } else {
                String::new()
            };
            let degree = stage.parity.degree_of(k);
            out.push_str(&format!("{label} & {degree} & ${}$ \\\\\n", number(c)));
        }
    }
    out.push_str("\\bottomrule\n\\end{tabular}\n");
    out
}

fn number(x: &Exact) -> String {
    let text = decimal_text(x.value(), Some(DIGITS));
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa} \\times 10^{{{exponent}}}"),
        None => text,
    }
}
