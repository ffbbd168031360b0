//! What is wrong with a file is named, with its place.

use super::everything;
use crate::coeffs::CoefficientTable;

fn json(from: &str, to: &str) -> String {
    let text = everything().to_json().unwrap();
    assert!(text.contains(from), "{from}");
    let read = CoefficientTable::from_json(&text.replacen(from, to, 1));
    read.unwrap_err().to_string()
}

fn csv(from: &str, to: &str) -> String {
    let text = everything().to_csv().unwrap();
    assert!(text.contains(from), "{from}");
    let read = CoefficientTable::from_csv(&text.replacen(from, to, 1));
    read.unwrap_err().to_string()
}

#[test]
fn json_errors_have_a_place() {
    assert!(json("\"schema\": 1", "\"schema\": 2").contains("field `schema`"));
    assert!(json("\"schema\": 1,", "").contains("missing field `schema`"));
    assert!(json("\"alpha\"", "\"beta\"").contains("line 4, column"));
    assert!(json("\"degree\": 3,", "\"degree\": 1,").contains("listed twice"));
    assert!(json("\"degree\": 3,", "\"degree\": 2,").contains("no such term"));
    assert!(json("\"degree\": 7,", "\"degree\": 9,").contains("needs 5 coefficients, found 4"));
    assert!(json("\"degree\": 7,", "\"degree\": 4097,").contains("found 4097"));
    assert!(json("\"exact\": \"0x1.8p-1\"", "\"exact\": \"NaN\"").contains("input_scale"));
    assert!(json("\"decimal\": \"0.75\"", "\"decimal\": \"0.5\"").contains("not the number"));
    assert!(json("\"decimal\": \"0.75\"", "\"decimal\": \"inf\"").contains("field `decimal`"));
}

#[test]
fn csv_errors_have_a_line() {
    let text = everything().to_csv().unwrap();
    let line = |start: &str| 1 + text.lines().position(|l| l.starts_with(start)).unwrap();
    assert!(csv("# schema = 1", "# schema = 7").contains("version 1"));
    assert!(csv("# stage 2", "# stage 5").contains("expected `stage 2`"));
    assert!(csv("# offset", "# onset").contains("the commented head"));
    assert!(csv("stage,degree", "stage,power").contains("expected the columns"));
    let record = format!("line {}", line("1,3,odd"));
    assert!(csv("1,3,odd", "1,1,odd").contains(&format!("{record}, column `degree`")));
    assert!(csv("1,3,odd", "1,9,odd").contains("expected a degree up to 7, found 9"));
    assert!(csv("1,3,odd", "9,3,odd").contains(&format!("{record}, column `stage`")));
    assert!(csv("1,3,odd", "1,3,even").contains(&format!("{record}, column `parity`")));
    assert!(csv("1,3,odd,", "1,3,odd,z").contains(&record));
    assert!(csv("1,3,odd,", "1,3,odd,1,").contains(&record));
    assert!(csv("2,2,full,0x0p+0,0\n", "").contains("needs 6 coefficients, found 5"));
}

#[test]
fn tables_that_cannot_be_used_are_not_written() {
    let wrong = |change: fn(&mut CoefficientTable)| {
        let mut table = everything();
        change(&mut table);
        table.to_json().unwrap_err().to_string()
    };
    assert!(wrong(|t| t.stages.clear()).contains("stages = 0"));
    assert!(wrong(|t| t.stages = vec![t.stages[0].clone(); 65]).contains("stages = 65"));
    assert!(wrong(|t| t.stages[0].coefficients.clear()).contains("degree"));
    assert!(wrong(|t| t.stages[0].interval.swap(0, 1)).contains("inverted"));
    assert!(wrong(|t| t.stages[0].interval[0] = super::exact(-2.0)).contains("not symmetric"));
    assert!(wrong(|t| t.alpha = Some(f64::NAN)).contains("alpha"));
    assert!(wrong(|t| t.input_scale = crate::coeffs::Exact::default()).contains("input_scale"));
    assert!(wrong(|t| t.function = "x".repeat(1 << 15)).contains("length of a text"));
}
