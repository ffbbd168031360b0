//! A Markdown table.

use super::names;
use crate::coeffs::{Basis, CoefficientTable, exact::decimal_text};

/// What the table is, and a row for each coefficient: rounded to 20 digits, and exact.
pub(super) fn document(table: &CoefficientTable) -> String {
    let escape = |line: &String| {
        let mut text = String::new();
        for c in line.chars() {
            if matches!(c, '*' | '_' | '<' | '>' | '|' | '`' | '[' | ']') {
                text.push('\\');
            }
            text.push(c);
        }
        format!("- {text}\n")
    };
    let mut out: String = names::summary(table).iter().map(escape).collect();
    let term = match table.basis {
        Basis::Chebyshev => "T_k",
        Basis::Monomial => "x^k",
    };
    out.push_str(&format!(
        "\n| stage | k | coefficient of {term} | exact |\n|--:|--:|--:|:--|\n"
    ));
    for (i, stage) in (1..).zip(&table.stages) {
        for (k, c) in stage.coefficients.iter().enumerate() {
            let degree = stage.parity.degree_of(k);
            let rounded = decimal_text(c.value(), Some(20));
            out.push_str(&format!("| {i} | {degree} | {rounded} | `{c}` |\n"));
        }
    }
    out
}
