//! One table, rendered as Markdown, LaTeX, CSV or terminal text.

mod cell;
mod csv;
mod latex;
mod markdown;
mod text;

use serde::{Deserialize, Serialize};

pub use cell::Cell;

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge: words.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge: numbers.
    Right,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The heading.
    pub name: String,
    /// Where the column's text stands.
    pub align: Align,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn left(name: &str) -> Self {
        Self {
            name: name.into(),
            align: Align::Left,
        }
    }

    /// A column of numbers.
    #[must_use]
    pub fn right(name: &str) -> Self {
        Self {
            name: name.into(),
            align: Align::Right,
        }
    }
}

/// Why a table was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A table without columns.
    #[error("a table has 0 columns, at least 1 needed; name its columns")]
    NoColumns,
    /// A row that does not fit the columns.
    #[error("row {row} has {found} cells, {expected} needed; give one cell per column")]
    RowLength {
        /// The row's index from 0.
        row: usize,
        /// Its number of cells.
        found: usize,
        /// The number of columns.
        expected: usize,
    },
}

/// A table whose rows all have one cell per column.
///
/// ```
/// use equiripple_reports::table::{Cell, Column, Table};
/// let mut table = Table::new(vec![Column::left("degrees"), Column::right("error")], "Sign")?;
/// table.push(vec![Cell::text("{15,15,27}"), Cell::power_of_two(-13.2963, 3)])?;
/// assert!(table.to_markdown().contains("| {15,15,27} | 2^-13.296 |"));
/// assert!(table.to_latex().contains(r"\{15,15,27\} & $2^{-13.296}$"));
/// assert_eq!(table.to_csv(), "degrees,error\n\"{15,15,27}\",2^-13.296\n");
/// # Ok::<(), equiripple_reports::table::TableError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Table {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A table as it is read, before its rows are counted.
#[derive(Deserialize)]
struct Parts {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl TryFrom<Parts> for Table {
    type Error = TableError;

    fn try_from(parts: Parts) -> Result<Self, TableError> {
        let mut table = Self::new(parts.columns, &parts.caption)?;
        for row in parts.rows {
            table.push(row)?;
        }
        Ok(table)
    }
}

impl Table {
    /// A table without rows; an empty caption is left out of every rendering.
    ///
    /// # Errors
    /// [`TableError::NoColumns`].
    pub fn new(columns: Vec<Column>, caption: &str) -> Result<Self, TableError> {
        if columns.is_empty() {
            return Err(TableError::NoColumns);
        }
        Ok(Self {
            caption: caption.into(),
            columns,
            rows: Vec::new(),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`TableError::RowLength`] when the row has not one cell per column.
    pub fn push(&mut self, row: Vec<Cell>) -> Result<(), TableError> {
        if row.len() != self.columns.len() {
            return Err(TableError::RowLength {
                row: self.rows.len(),
                found: row.len(),
                expected: self.columns.len(),
            });
        }
        self.rows.push(row);
        Ok(())
    }

    /// The caption; empty where there is none.
    #[must_use]
    pub fn caption(&self) -> &str {
        &self.caption
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// A Markdown pipe table, padded so that the source reads as a table, the caption in bold above.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::render(self)
    }

    /// A LaTeX `tabular` with `booktabs` rules, inside a `table` where there is a caption.
    #[must_use]
    pub fn to_latex(&self) -> String {
        latex::render(self)
    }

    /// Comma-separated values with a heading line (RFC 4180, `\n` line ends), numbers in full.
    #[must_use]
    pub fn to_csv(&self) -> String {
        csv::render(self)
    }

    /// An aligned table with box-drawing rules for a terminal.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::render(self)
    }
}

/// `text` filled with spaces to `width` characters.
fn pad(text: &str, width: usize, align: Align) -> String {
    match align {
        Align::Left => format!("{text:<width$}"),
        Align::Center => format!("{text:^width$}"),
        Align::Right => format!("{text:>width$}"),
    }
}

/// The widest text of each column, in characters.
fn widths(grid: &[Vec<String>]) -> Vec<usize> {
    let columns = grid.first().map_or(0, Vec::len);
    (0..columns)
        .map(|column| {
            let lengths = grid.iter().filter_map(|row| row.get(column));
            lengths.map(|text| text.chars().count()).max().unwrap_or(0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_round_trips_and_ragged_rows_are_refused() -> Result<(), Box<dyn std::error::Error>> {
        let mut table = Table::new(vec![Column::right("α"), Column::left("note")], "c")?;
        table.push(vec![Cell::Integer(13), Cell::Empty])?;
        table.push(vec![Cell::number(0.5, 2), Cell::number(f64::NAN, 2)])?;
        let text = serde_json::to_string(&table)?;
        assert_eq!(serde_json::from_str::<Table>(&text)?, table);
        let ragged = text.replace("[{\"integer\":13},\"empty\"]", "[\"empty\"]");
        assert_ne!(ragged, text);
        let message = match serde_json::from_str::<Table>(&ragged) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert!(message.contains("row 0 has 1 cells, 2 needed"), "{message}");
        Ok(())
    }
}
