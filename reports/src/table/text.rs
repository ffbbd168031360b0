//! Terminal tables with light box-drawing rules.

use super::cell::one_line;
use super::{Table, pad, widths};

pub(super) fn render(table: &Table) -> String {
    let names = table.columns.iter().map(|column| one_line(&column.name));
    let mut grid = vec![names.collect::<Vec<_>>()];
    for row in &table.rows {
        grid.push(row.iter().map(|cell| cell.plain()).collect());
    }
    let widths = widths(&grid);
    let mut out = String::new();
    if !table.caption.is_empty() {
        out.push_str(&one_line(&table.caption));
        out.push('\n');
    }
    rule(&mut out, &widths, ['┌', '┬', '┐']);
    for (index, row) in grid.iter().enumerate() {
        for ((cell, width), column) in row.iter().zip(&widths).zip(&table.columns) {
            out.push_str(&format!("│ {} ", pad(cell, *width, column.align)));
        }
        out.push_str("│\n");
        if index == 0 {
            rule(&mut out, &widths, ['├', '┼', '┤']);
        }
    }
    rule(&mut out, &widths, ['└', '┴', '┘']);
    out
}

fn rule(out: &mut String, widths: &[usize], [left, middle, right]: [char; 3]) {
    for (index, width) in widths.iter().enumerate() {
        out.push(if index == 0 { left } else { middle });
        out.push_str(&"─".repeat(width + 2));
    }
    out.push(right);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column, TableError};
    use super::*;

    #[test]
    fn every_line_has_the_same_width() -> Result<(), TableError> {
        let mut table = Table::new(vec![Column::left("degrees"), Column::right("α")], "")?;
        table.push(vec![Cell::text("{7,15}"), Cell::Integer(8)])?;
        let text = table.to_text();
        let lengths: Vec<_> = text.lines().map(|line| line.chars().count()).collect();
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{text}");
        assert!(text.contains("│ {7,15}  │ 8 │"), "{text}");
        Ok(())
    }
}
