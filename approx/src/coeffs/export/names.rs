//! Identifiers and comments that no name or text can break.

use crate::coeffs::{CoefficientTable, Exact};

/// Words that are no identifiers in C++, Go, Python or Sollya, as far as a table could be called so.
const RESERVED: &[&str] = &[
    "abs", "acos", "and", "asin", "atan", "auto", "bool", "break", "case", "ceil", "class", "cos",
    "double", "else", "erf", "exp", "false", "float", "floor", "for", "func", "go", "if", "import",
    "in", "int", "is", "log", "map", "max", "min", "mod", "new", "not", "or", "pi", "return",
    "round", "sign", "sin", "sqrt", "struct", "switch", "tan", "tanh", "true", "type", "var",
    "while", "x",
];

/// A valid identifier in all languages: ASCII letters, digits and single underscores, a letter first and no keyword.
pub(super) fn identifier(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    let mut out = words.collect::<Vec<_>>().join("_");
    out.truncate(64);
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert_str(0, "f_");
    }
    let mut out = out.trim_end_matches('_').to_owned();
    if RESERVED.contains(&out.as_str()) || out == "f" {
        out.push_str("_table");
    }
    out
}

/// Text that stays on one comment line of any language.
pub(super) fn comment(text: &str) -> String {
    let safe = |c: char| match c {
        '\\' => '/',
        '"' => '\'',
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => ' ',
        c => c,
    };
    text.chars().map(safe).collect()
}

/// What the table is, a line each, for a comment.
pub(super) fn summary(table: &CoefficientTable) -> Vec<String> {
    let mut lines = vec![format!("Approximation of {}", comment(&table.function))];
    if let Some(alpha) = table.alpha {
        lines[0].push_str(&format!(", alpha = {alpha}"));
    }
    if let Some(upper) = table.log2_upper {
        lines.push(format!("Certified error at most 2^{upper:.6}"));
    }
    for (i, stage) in (1..).zip(&table.stages) {
        let (degree, parity) = (stage.degree(), stage.parity.name());
        let domain = comment(&stage.domain);
        lines.push(format!(
            "Stage {i}: degree {degree}, {parity}, made for {domain}"
        ));
    }
    lines.push(formula(table));
    let p = &table.provenance;
    if !p.tool.is_empty() {
        let made = [&p.tool, &p.version, &p.revision, &p.created].map(|s| comment(s));
        lines.push(format!("Made by {}", made.join(" ").trim_end()));
        lines.push(format!("Command: {}", comment(&p.command)));
    }
    lines
}

/// How the stages are put together.
fn formula(table: &CoefficientTable) -> String {
    let one = |x: &Exact| *x.value() == 1;
    let input = if one(&table.input_scale) {
        "x".into()
    } else {
        format!("{}*x", table.input_scale.decimal())
    };
    let mut value = (1..=table.stages.len()).fold(input, |inner, i| format!("p{i}({inner})"));
    if table.product {
        value = format!("x/2 + x*{value}");
    }
    if !table.offset.value().is_zero() {
        value = format!("{value} + {}", table.offset.decimal());
    }
    let max = if table.function == "max" {
        ", max(a, b) = b + f(a - b)"
    } else {
        ""
    };
    format!("f(x) = {value}{max}")
}
