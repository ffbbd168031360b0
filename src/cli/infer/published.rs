//! What others report of the same network.

use equiripple_reports::table::{Cell, Column, Table};
use serde::{Deserialize, Serialize};

use crate::cli::error::{Failure, Outcome};

const TABLE: &str = include_str!("../../data/published_inference.csv");

/// One image, encrypted, on CPUs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Published {
    #[serde(skip_serializing)]
    network: String,
    #[serde(skip_serializing)]
    data: String,
    title: String,
    /// Where it is published.
    source: String,
    year: u32,
    /// None where there is only a bound.
    seconds_from: Option<f64>,
    seconds_to: f64,
    /// GB.
    memory_from: Option<f64>,
    memory_to: Option<f64>,
    machine: Option<String>,
    security: Option<String>,
}

/// Of a network on such data; nothing of most.
pub(super) fn published(network: &str, data: &str) -> Outcome<Vec<Published>> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(TABLE.as_bytes());
    let rows = reader.deserialize::<Published>();
    let rows = rows.collect::<Result<Vec<_>, _>>();
    let rows = rows.map_err(|damaged| {
        Failure::Usage(format!(
            "the table of published figures in this program is damaged: {damaged}; build it again"
        ))
    })?;
    let same = |row: &Published| row.network == network && row.data == data;
    Ok(rows.into_iter().filter(same).collect())
}

/// From one number to another, or below one.
fn span(from: Option<f64>, to: Option<f64>) -> Cell {
    match (from, to) {
        (None, None) => Cell::Empty,
        (None, Some(to)) => Cell::text(format!("below {to}")),
        (Some(from), Some(to)) if from < to => Cell::text(format!("{from}–{to}")),
        (Some(one), _) => Cell::text(one.to_string()),
    }
}

/// Theirs beside ours: seconds of an image and bytes at the height.
pub(super) fn table(
    rows: &[Published],
    (seconds, bytes): (f64, Option<u64>),
    (machine, security): (&str, &str),
) -> Outcome<Table> {
    let columns = [
        Column::left("published"),
        Column::left("source"),
        Column::right("year"),
        Column::right("seconds of an image"),
        Column::right("memory, GB"),
        Column::left("machine"),
        Column::right("security, bits"),
    ];
    let title = "One encrypted image on CPUs, as published; machines differ";
    let mut table = Table::new(columns.to_vec(), title)?;
    let text = |text: &Option<String>| text.as_ref().map_or(Cell::Empty, Cell::text);
    for row in rows {
        table.push(vec![
            Cell::text(&row.title),
            Cell::text(&row.source),
            Cell::text(row.year.to_string()),
            span(row.seconds_from, Some(row.seconds_to)),
            span(row.memory_from, row.memory_to),
            text(&row.machine),
            text(&row.security),
        ])?;
    }
    let gigabytes = |bytes: u64| Cell::text(format!("{:.1}", bytes as f64 * 1e-9));
    table.push(vec![
        Cell::text("this run"),
        Cell::Empty,
        Cell::Empty,
        Cell::text(format!("{seconds:.1}")),
        bytes.map_or(Cell::Empty, gigabytes),
        Cell::text(machine),
        Cell::text(security),
    ])?;
    Ok(table)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_of_the_same_network_and_data() {
        let rows = published("resnet20", "CIFAR-10").unwrap();
        assert_eq!(rows.len(), 5);
        assert!(
            rows.iter()
                .all(|row| !row.source.is_empty() && row.seconds_to > 0.0)
        );
        assert!(published("resnet20", "CIFAR-100").unwrap().is_empty());
        assert!(published("resnet32", "CIFAR-10").unwrap().is_empty());
    }

    #[test]
    fn ours_is_the_last_row() {
        let rows = published("resnet20", "CIFAR-10").unwrap();
        let table = table(&rows, (29.4, Some(13_600_000_000)), ("2 threads", "128"));
        let text = table.unwrap().to_markdown();
        let last = text.lines().last().unwrap();
        assert!(last.contains("29.4") && last.contains("13.6"), "{last}");
        assert!(
            text.contains("below 300") && text.contains("2189–3060"),
            "{text}"
        );
    }
}
