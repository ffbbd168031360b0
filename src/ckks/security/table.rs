//! The table behind the gate, read once from the data that ships with the library.

use super::{KeyModulus, KeyPurpose, SecretKind, SecurityLevel};
use serde::Deserialize;
use std::sync::LazyLock;

const TEXT: &str = include_str!("../../data/security_table.csv");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Secret {
    Ternary,
    Sparse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Use {
    Any,
    Encapsulation,
}

#[derive(Debug, Clone, Deserialize)]
struct Row {
    secret: Secret,
    hamming_weight: Option<u32>,
    r#use: Use,
    log_n: u8,
    security_bits: SecurityLevel,
    max_log_qp: u32,
}

/// A row that cannot be read is left out, so that the gate refuses what it stood for; a test holds the table complete.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows().flatten().collect());

fn rows() -> impl Iterator<Item = Result<Row, csv::Error>> {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(TEXT.as_bytes())
        .into_deserialize()
}

/// Largest log2 of the modulus of such a key at that level, where the table has one.
pub(super) fn max_log_qp(key: &KeyModulus, level: SecurityLevel) -> Option<u32> {
    let row = ROWS.iter().find(|row| {
        let secret = match key.secret {
            SecretKind::UniformTernary => row.secret == Secret::Ternary,
            SecretKind::Sparse(weight) => {
                row.secret == Secret::Sparse && row.hamming_weight == Some(weight)
            }
        };
        let purpose = row.r#use == Use::Any || key.purpose == KeyPurpose::Encapsulation;
        secret && purpose && row.log_n == key.log_n.get() && row.security_bits == level
    });
    row.map(|row| row.max_log_qp)
}

#[test]
fn every_row_of_the_table_is_read() {
    let lines = TEXT
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    assert!(rows().all(|row| row.is_ok()));
    assert_eq!(rows().count(), lines.count() - 1);
    assert_eq!(ROWS.len(), 17);
}
