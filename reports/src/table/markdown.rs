//! Pipe tables.

use super::cell::one_line;
use super::{Align, Table, pad, widths};

pub(super) fn render(table: &Table) -> String {
    let names = table.columns.iter().map(|column| one_line(&column.name));
    let mut grid = vec![names.map(|name| escaped(&name)).collect::<Vec<_>>()];
    for row in &table.rows {
        grid.push(row.iter().map(|cell| escaped(&cell.plain())).collect());
    }
    let widths: Vec<_> = widths(&grid).iter().map(|width| (*width).max(3)).collect();
    let mut out = String::new();
    if !table.caption.is_empty() {
        out.push_str(&format!("**{}**\n\n", escaped(&one_line(&table.caption))));
    }
    for (index, row) in grid.iter().enumerate() {
        for ((cell, width), column) in row.iter().zip(&widths).zip(&table.columns) {
            out.push_str(&format!("| {} ", pad(cell, *width, column.align)));
        }
        out.push_str("|\n");
        if index == 0 {
            for (width, column) in widths.iter().zip(&table.columns) {
                out.push_str(&format!("| {} ", rule(*width, column.align)));
            }
            out.push_str("|\n");
        }
    }
    out
}

fn rule(width: usize, align: Align) -> String {
    match align {
        Align::Left => "-".repeat(width),
        Align::Center => format!(":{}:", "-".repeat(width - 2)),
        Align::Right => format!("{}:", "-".repeat(width - 1)),
    }
}

/// `text` with the characters that Markdown would interpret made literal.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '\\' | '|' | '*' | '_' | '`' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column, TableError};
    use super::*;

    #[test]
    fn pipes_and_markup_are_literal_and_columns_line_up() -> Result<(), TableError> {
        let mut table = Table::new(vec![Column::left("a|b"), Column::right("n")], "")?;
        table.push(vec![Cell::text("x_1 <y>"), Cell::Integer(5)])?;
        let expected = "\
| a\\|b        |   n |
| ----------- | --: |
| x\\_1 &lt;y> |   5 |
";
        assert_eq!(table.to_markdown(), expected);
        Ok(())
    }
}
