//! Damaged files are errors or harmless, and never a panic.

use proptest::prelude::*;

use super::everything;
use crate::coeffs::{Basis, CoefficientTable, read_plain};

/// A reader may accept what is left only if nothing that matters is gone.
fn harmless(read: crate::Result<CoefficientTable>, whole: &CoefficientTable) -> bool {
    read.is_ok_and(|table| table == *whole)
}

#[test]
fn a_truncated_json_file_is_an_error() {
    let (table, text) = (everything(), everything().to_json().unwrap());
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let read = CoefficientTable::from_json(&text[..end]);
        assert!(read.is_err() || harmless(read, &table), "{end}");
    }
}

#[test]
fn a_truncated_csv_file_is_an_error() {
    let (table, text) = (everything(), everything().to_csv().unwrap());
    let mut accepted = 0;
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let read = CoefficientTable::from_csv(&text[..end]);
        accepted += usize::from(read.is_ok());
        assert!(read.is_err() || harmless(read, &table), "{end}");
    }
    assert!(
        accepted < 8,
        "only the end of the last readable decimal may go"
    );
}

proptest! {
    #[test]
    fn flipped_bits_never_panic(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        for (text, read) in [
            (everything().to_json().unwrap(), CoefficientTable::from_json as fn(&str) -> _),
            (everything().to_csv().unwrap(), CoefficientTable::from_csv),
        ] {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(table) = read(&String::from_utf8_lossy(&bytes)) {
                table.validate().unwrap();
            }
        }
    }

    #[test]
    fn random_text_never_panics(text in "\\PC{0,200}", degrees in "[0-9, \n#]{0,20}") {
        let _ = CoefficientTable::from_json(&text);
        let _ = CoefficientTable::from_csv(&text);
        let _ = CoefficientTable::from_csv(&format!("# schema = 1\n# {text}\n{text}"));
        let _ = read_plain(&text, &degrees, Basis::Monomial, 64);
        let _ = read_plain("1\n2", &text, Basis::Chebyshev, 64);
    }
}
