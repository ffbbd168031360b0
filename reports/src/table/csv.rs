//! Comma-separated values, RFC 4180.

use super::{Cell, Table};

pub(super) fn render(table: &Table) -> String {
    let mut out = String::new();
    let names = table.columns.iter().map(|column| quoted(&column.name));
    line(&mut out, names);
    for row in &table.rows {
        line(&mut out, row.iter().map(|cell| quoted(&exact(cell))));
    }
    out
}

fn line(out: &mut String, fields: impl Iterator<Item = String>) {
    let mut fields = fields.collect::<Vec<_>>();
    // A lone empty field would be an empty line, which readers skip.
    if let [only] = fields.as_mut_slice()
        && only.is_empty()
    {
        *only = "\"\"".into();
    }
    out.push_str(&fields.join(","));
    out.push('\n');
}

/// The cell for programs: words untouched, numbers to their last bit.
fn exact(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) => words.clone(),
        Cell::Number { value, .. } => value.to_string(),
        other => other.plain(),
    }
}

fn quoted(field: &str) -> String {
    let special = |c| matches!(c, ',' | '"' | '\n' | '\r');
    if field.contains(special) || field.trim() != field {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Column, TableError};
    use super::*;

    #[test]
    fn only_fields_that_need_quotes_have_them() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("{15,15}"), "\"{15,15}\"");
        assert_eq!(quoted("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(quoted("two\nlines"), "\"two\nlines\"");
        assert_eq!(quoted(" edge"), "\" edge\"");
    }

    #[test]
    fn numbers_keep_every_digit() -> Result<(), TableError> {
        let mut table = Table::new(vec![Column::right("x")], "")?;
        table.push(vec![Cell::number(1.0 / 3.0, 2)])?;
        table.push(vec![Cell::Empty])?;
        assert_eq!(table.to_csv(), "x\n0.3333333333333333\n\"\"\n");
        Ok(())
    }
}
