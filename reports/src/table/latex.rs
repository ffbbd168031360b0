//! LaTeX tables with `booktabs` rules, safe for pdfLaTeX.

use super::cell::{fixed, one_line};
use super::{Align, Cell, Table};

pub(super) fn render(table: &Table) -> String {
    let aligns: String = table
        .columns
        .iter()
        .map(|column| letter(column.align))
        .collect();
    let names: Vec<_> = table
        .columns
        .iter()
        .map(|column| escaped(&column.name))
        .collect();
    let mut out = format!("\\begin{{tabular}}{{{aligns}}}\n\\toprule\n");
    out.push_str(&format!("{} \\\\\n\\midrule\n", names.join(" & ")));
    for row in &table.rows {
        let cells: Vec<_> = row.iter().map(cell).collect();
        out.push_str(&format!("{} \\\\\n", cells.join(" & ")));
    }
    out.push_str("\\bottomrule\n\\end{tabular}\n");
    if table.caption.is_empty() {
        return out;
    }
    let caption = escaped(&table.caption);
    format!("\\begin{{table}}\n\\centering\n\\caption{{{caption}}}\n{out}\\end{{table}}\n")
}

fn letter(align: Align) -> char {
    match align {
        Align::Left => 'l',
        Align::Center => 'c',
        Align::Right => 'r',
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Integer(_) | Cell::Number { .. } => format!("${}$", cell.plain()),
        Cell::PowerOfTwo { exponent, decimals } => {
            format!("$2^{{{}}}$", fixed(*exponent, *decimals))
        }
        Cell::Empty | Cell::Text(_) => escaped(&cell.plain()),
    }
}

/// `text` with LaTeX's special characters made literal and the field's symbols made commands.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut raised = String::new();
    for c in one_line(text).chars() {
        if let Some(plain) = lowered(c) {
            raised.push(plain);
            continue;
        }
        flush(&mut out, &mut raised);
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' | '>' | '|' => out.extend(['$', c, '$']),
            _ => match symbol(c) {
                Some(command) => out.push_str(&format!("${command}$")),
                None => out.push(c),
            },
        }
    }
    flush(&mut out, &mut raised);
    // A row that opens with a bracket would be read as the option of the \\ before it.
    if out.starts_with(['[', '*']) {
        out.insert_str(0, "{}");
    }
    out
}

fn flush(out: &mut String, raised: &mut String) {
    if !raised.is_empty() {
        out.push_str(&format!("$^{{{raised}}}$"));
        raised.clear();
    }
}

fn lowered(c: char) -> Option<char> {
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
        .chars()
        .zip("0123456789-".chars())
        .find_map(|(raised, plain)| (raised == c).then_some(plain))
}

fn symbol(c: char) -> Option<&'static str> {
    Some(match c {
        'α' => "\\alpha",
        'ε' => "\\varepsilon",
        'η' => "\\eta",
        'δ' => "\\delta",
        'σ' => "\\sigma",
        'μ' => "\\mu",
        'Δ' => "\\Delta",
        'Σ' => "\\Sigma",
        '−' => "-",
        '×' => "\\times",
        '·' => "\\cdot",
        '±' => "\\pm",
        '≤' => "\\le",
        '≥' => "\\ge",
        '≈' => "\\approx",
        '∞' => "\\infty",
        '→' => "\\to",
        '√' => "\\surd",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Column, TableError};
    use super::*;

    #[test]
    fn specials_are_literal() {
        assert_eq!(escaped("50% & a_b #1"), r"50\% \& a\_b \#1");
        assert_eq!(
            escaped(r"\{x}^~$"),
            r"\textbackslash{}\{x\}\textasciicircum{}\textasciitilde{}\$"
        );
        assert_eq!(escaped("2⁻¹³ ≤ α"), r"2$^{-13}$ $\le$ $\alpha$");
        assert_eq!(escaped("[2,3]"), "{}[2,3]");
    }

    #[test]
    fn rules_are_booktabs_and_numbers_are_in_math() -> Result<(), TableError> {
        let mut table = Table::new(vec![Column::left("a"), Column::right("b")], "Cap")?;
        table.push(vec![Cell::Integer(-3), Cell::power_of_two(-13.2963, 2)])?;
        let text = table.to_latex();
        for part in [
            "{lr}",
            "\\toprule",
            "\\midrule",
            "\\bottomrule",
            "\\caption{Cap}",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.contains("$-3$ & $2^{-13.30}$ \\\\"), "{text}");
        Ok(())
    }
}
