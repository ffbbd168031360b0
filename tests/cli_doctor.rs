//! What the doctor says of the machine that runs the tests.

use std::{fs, process::Command};

fn doctor(args: &[&str], simd: Option<&str>) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_equiripple"));
    command.arg("doctor").args(args);
    command.env_remove("EQUIRIPPLE_SIMD");
    if let Some(simd) = simd {
        command.env("EQUIRIPPLE_SIMD", simd);
    }
    command.output().unwrap()
}

fn told(args: &[&str], simd: Option<&str>) -> serde_json::Value {
    let output = doctor(&[args, &["--json"]].concat(), simd);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The bytes of a line of /proc/meminfo.
fn memory(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse::<u64>().unwrap() * 1024
}

#[test]
fn the_largest_set_is_the_largest_that_fits() {
    let found = told(&["--max-memory", "7GiB"], Some("portable"));
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!(found["machine"]["cores"], cores);
    assert_eq!(found["memory_bytes"], memory("MemTotal:"));
    assert!(found["disk_bytes"].as_u64().unwrap() > 0);
    assert_eq!(found["simd"], "portable");
    assert_eq!(found["simd_forced"], "portable");
    let sets = found["sets"].as_array().unwrap();
    // What protects nothing is not offered.
    assert!(sets.len() >= 4 && sets.iter().all(|set| set["set"] != "toy"));
    let bytes = |set: &serde_json::Value| set["memory_bytes"].as_u64().unwrap();
    for set in sets {
        assert_eq!(set["fits"], bytes(set) <= 7 << 30, "{set}");
        assert!(set["seconds"].as_f64().unwrap() > 0.0);
    }
    let fitting = sets.iter().filter(|set| set["fits"] == true);
    let largest = fitting.max_by_key(|set| bytes(set)).unwrap();
    assert_eq!(found["largest_set"], largest["set"]);
    // Words of 64 bits are slower than what the table was measured with.
    let speed = &found["speed"];
    let (here, there) = (&speed["ntt_microseconds"], &speed["table_microseconds"]);
    let slower = speed["slower"].as_f64().unwrap();
    assert!((slower - here.as_f64().unwrap() / there.as_f64().unwrap()).abs() < 1e-9);
    assert!(slower > 1.0, "{speed}");
}

#[test]
fn no_set_fits_into_a_megabyte() {
    let output = doctor(&["--max-memory", "1MiB"], None);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("No named set bootstraps within 1.0 MiB"),
        "{told}"
    );
    assert!(
        told.contains("kernels in use: ") && told.contains("EQUIRIPPLE_SIMD"),
        "{told}"
    );
}

#[test]
fn unknown_instructions_and_folders_are_refused() {
    let output = doctor(&[], Some("mmx"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(2) && told.contains("mmx"),
        "{told}"
    );
    let output = doctor(&["--folder", "/no/such/folder"], None);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(2) && told.contains("/no/such/folder"),
        "{told}"
    );
}
