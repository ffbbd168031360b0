//! Snapshots of help and errors. To renew them: `TRYCMD=overwrite cargo test --release --test main cli`.

#[test]
fn help_and_errors() {
    trycmd::TestCases::new()
        .env("COLUMNS", "100")
        .case("tests/cli/*.trycmd");
}
