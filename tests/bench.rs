//! Measurements of the command, in small.

use crate::json;
use equiripple::analyze::CostTable;

#[test]
fn precision_reaches_the_bounds() {
    let report = json(&["bench", "precision", "--log-n", "12", "--encryptions", "20"]);
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 6);
    for row in rows {
        let bits = |name: &str| row[name].as_f64().unwrap();
        assert!(bits("min_bits") > bits("bound_bits"), "{row}");
        assert!(row["min_at_bound"].as_bool().unwrap(), "{row}");
        assert!(row["mean_as_expected"].as_bool().unwrap(), "{row}");
        assert!(!row["secure"].as_bool().unwrap());
    }
}

#[test]
fn precision_does_not_depend_on_threads() {
    let run = |threads| {
        let report = json(&[
            "bench",
            "precision",
            "--log-n",
            "12",
            "--encryptions",
            "4",
            "--threads",
            threads,
        ]);
        report["rows"].clone()
    };
    assert_eq!(run("1"), run("3"));
}

#[test]
fn units_are_a_cost_table() {
    let table = json(&["bench", "units", "--repeat", "1"]);
    let table = CostTable::from_json(&table.to_string()).unwrap();
    assert!(table.microseconds().ntt > table.microseconds().addition);
}
