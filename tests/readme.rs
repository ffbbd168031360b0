//! What the README shows is what the records say, and its commands exist.

use equiripple_reports::splice::{Freshness, check};

const README: &str = include_str!("../README.md");

#[test]
fn table_comes_from_the_record() {
    let table = include_str!("../reports/results/relu/relu.md");
    assert!(matches!(
        check(README, "relu", table).unwrap(),
        Freshness::UpToDate
    ));
}

#[test]
fn table_of_trainings_comes_from_the_records() {
    let page = include_str!("../python/README.md");
    let table = include_str!("../reports/results/train-resnet20-square/train.md");
    assert!(matches!(
        check(page, "train", table).unwrap(),
        Freshness::UpToDate
    ));
}

#[test]
fn two_commands_set_everything_up() {
    for command in ["demo", "test"] {
        let (_, rest) = README
            .split_once(&format!("<!-- command: {command} -->\n```sh\n"))
            .unwrap();
        let line = rest.lines().next().unwrap();
        assert!(line.starts_with(". ./setup.sh && cargo "), "{line}");
    }
}

#[test]
fn every_subcommand_is_listed() {
    for command in [
        "approx",
        "search",
        "analyze",
        "audit",
        "plot",
        "export",
        "table",
        "demo",
        "params",
        "keygen",
        "encrypt",
        "evaluate",
        "bootstrap",
        "decrypt",
        "simulate",
        "data",
        "net design",
        "infer plan",
        "infer run",
        "doctor",
        "infer keygen",
        "infer encrypt",
        "infer serve",
        "infer decrypt",
        "bench",
    ] {
        assert!(
            README.contains(&format!("equiripple {command} "))
                || README.contains(&format!("`equiripple {command}`"))
                || README.contains(&format!("-- {command}")),
            "{command}"
        );
    }
}

#[test]
fn times_of_ciphertexts_come_from_the_record() {
    let table = include_str!("../reports/results/ckks-speed/ckks.md");
    assert!(matches!(
        check(README, "ckks", table).unwrap(),
        Freshness::UpToDate
    ));
}

#[test]
fn times_of_bootstraps_come_from_the_record() {
    let table = include_str!("../reports/results/bootstrap/bootstrap.md");
    assert!(matches!(
        check(README, "bootstrap", table).unwrap(),
        Freshness::UpToDate
    ));
}
