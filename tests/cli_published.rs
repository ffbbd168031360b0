//! Keys for some levels, keys that were not finished, and results that are published.

use crate::cli_encrypted::{Place, names, numbers};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const RELU: [&str; 4] = ["--function", "relu", "--alpha", "4"];

#[test]
fn keys_for_levels_serve_those_below() {
    let place = Place::new("6");
    let keygen = [
        "keygen",
        "--params",
        "toy.json",
        "--out",
        "some",
        "--conjugation",
    ];
    let levels = ["--level", "6,3", "--rotations", "1,2@4", "--rotations", "2"];
    place.ok(&[&keygen[..], &levels].concat());
    let stored: Vec<_> = names(&place.path("some/eval"))
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_string())
        .collect();
    let expected = [
        "conjugation-level-3.key",
        "conjugation.key",
        "relinearization-level-3.key",
        "relinearization.key",
        "rotation-1-level-4.key",
        "rotation-2-level-3.key",
        "rotation-2-level-4.key",
        "rotation-2.key",
    ];
    assert_eq!(stored, expected);
    let length = |name: &str| {
        fs::metadata(place.path("some/eval").join(name))
            .unwrap()
            .len()
    };
    assert!(2 * length("relinearization-level-3.key") < length("relinearization.key"));

    place.write("x.csv", "0.5\n-0.5\n");
    for level in ["3", "6"] {
        let to = format!("{level}.ct");
        place.ok(&[
            "encrypt",
            "--key",
            "some/public.key",
            "x.csv",
            "--level",
            level,
            "-o",
            &to,
        ]);
    }
    // The larger key is damaged: whoever reads it notices.
    let path = place.path("some/eval/relinearization.key");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let evaluate = |from| {
        [
            &["evaluate", from, "--keys", "some/eval", "-o", "y.ct"],
            &RELU[..],
        ]
        .concat()
    };
    place.ok(&evaluate("3.ct"));
    let found = place.ok(&["decrypt", "--key", "some/secret.key", "y.ct", "--real"]);
    for (y, x) in numbers(&found).iter().zip([0.5, 0.0]) {
        assert!((y - x).abs() < 1.0 / 16.0, "{y}");
    }
    fs::remove_file(place.path("y.ct")).unwrap();
    place.refused(&evaluate("6.ct"), "relinearization.key: ");
    fs::remove_file(&path).unwrap();
    place.refused(&evaluate("6.ct"), "no relinearisation key for level 6");
}

#[test]
fn keys_that_cannot_be_are_refused_before_any_is_made() {
    let place = Place::new("4");
    let keygen = |args: &[&str], said: &str| {
        let all = [&["keygen", "--params", "toy.json", "--out", "no"], args].concat();
        place.refused(&all, said);
    };
    keygen(
        &["--level", "5"],
        "--level 5 is out of range; it must be from 0 to 4",
    );
    keygen(&["--rotations", "1@5"], "--level 5 is out of range");
    keygen(&["--rotations", "1@x"], "`x` is no level; write 1,2,4@10");
    keygen(&["--rotations", "1,a"], "`a` is no rotation");
    keygen(&["--rotations", "1024@2"], "choose from 1 to 1023");
    keygen(&["--special", "0"], "0 special primes");
    keygen(
        &["--special", "9"],
        "9 special primes; these parameters have from 1 to",
    );
    let odd = [
        "params",
        "--log-n",
        "11",
        "--levels",
        "4",
        "--insecure-toy-parameters",
        "--q0",
        "58",
    ];
    place.ok(&[
        &odd[..],
        &["--special", "2", "--special-bits", "52", "-o", "odd.json"],
    ]
    .concat());
    let few = [
        "keygen",
        "--params",
        "odd.json",
        "--out",
        "no",
        "--special",
        "1",
    ];
    place.refused(
        &few,
        "1 special primes have 52 bits, and digit 0 of the chain up to level 4 has 58",
    );
    place.ok(&[
        "keygen",
        "--params",
        "toy.json",
        "--out",
        "one",
        "--special",
        "1",
        "--level",
        "3",
    ]);
    place.write("x.csv", "0.5\n");
    place.ok(&[
        "encrypt",
        "--key",
        "one/public.key",
        "x.csv",
        "--level",
        "3",
        "-o",
        "x.ct",
    ]);
    place.ok(&[
        &["evaluate", "x.ct", "--keys", "one/eval", "-o", "y.ct"],
        &RELU[..],
    ]
    .concat());
    let found = numbers(&place.ok(&["decrypt", "--key", "one/secret.key", "y.ct", "--real"]));
    assert!((found[0] - 0.5).abs() < 1.0 / 16.0);
}

/// The folders of keys that are being made.
fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let mut all = names(folder);
    all.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(".equiripple-")
    });
    all
}

#[test]
fn killed_key_generation_leaves_no_secret() {
    let place = Place::new("8");
    let rotations: Vec<String> = (1..400).map(|k| k.to_string()).collect();
    for keys in [1, 3, 9] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_equiripple"))
            .args([
                "keygen",
                "--params",
                "toy.json",
                "--out",
                "new",
                "--rotations",
            ])
            .arg(rotations.join(","))
            .current_dir(place.path(""))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        let folder = loop {
            let found = unfinished(&place.path(""));
            let stored =
                |folder: &Path| fs::read_dir(folder.join("eval")).map_or(0, Iterator::count);
            if let Some(folder) = found.into_iter().find(|f| stored(f) >= keys) {
                break folder;
            }
            assert!(
                start.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none()
            );
            thread::sleep(Duration::from_millis(2));
        };
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!place.path("new").exists());
        assert!(folder.join("public.key").exists());
        for path in names(&folder) {
            let name = path.file_name().unwrap().to_string_lossy();
            // The secret, or its temporary file, by name and by its kind.
            assert!(
                name != "secret.key" && !name.starts_with(".equiripple-"),
                "{name}"
            );
            if path.is_file() && path.extension().is_some_and(|e| e == "key") {
                assert_ne!(fs::read(&path).unwrap()[6], 1, "{name}");
            }
        }
        fs::remove_dir_all(&folder).unwrap();
    }
    place.ok(&["keygen", "--params", "toy.json", "--out", "new"]);
    assert!(place.path("new/secret.key").exists());
    assert!(unfinished(&place.path("")).is_empty());
}

#[test]
fn published_results_are_counted_and_carry_noise() {
    let place = Place::new("2");
    place.write("x.csv", "0.5\n-0.25\n");
    place.ok(&["encrypt", "--key", "keys/public.key", "x.csv", "-o", "x.ct"]);
    let decrypt = |args: &[&'static str]| {
        [
            &["decrypt", "--key", "keys/secret.key", "x.ct", "--real"],
            args,
        ]
        .concat()
    };
    let flood = ["--flood", "3", "--error-bits", "28"];
    let exact = numbers(&place.ok(&decrypt(&[])));
    let mut seen = vec![exact.clone()];
    for left in [2, 1] {
        let output = place.run(&decrypt(&flood));
        assert!(output.status.success());
        // Nothing is to be warned of but the toys.
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("publish"), "{said}");
        let values = numbers(&String::from_utf8(output.stdout).unwrap());
        for (x, y) in values.iter().zip(&exact) {
            // √36·2^15·2^-28·√2 in the real part of two slots: 2^-9.9; ten of it.
            assert!((x - y).abs() < 10.0 * 2f64.powf(-9.9), "{x} {y}");
        }
        assert!(!seen.contains(&values));
        seen.push(values);
        let count = fs::read_to_string(place.path("keys/secret.key.queries")).unwrap();
        assert!(count.contains(&format!("\"used\":{}", 3 - left)), "{count}");
    }
    // What is refused is not counted.
    place.refused(
        &decrypt(&["--flood", "4", "--error-bits", "28"]),
        "publish all results of a key by one rule",
    );
    place.refused(
        &decrypt(&[&flood[..], &["--flood-security", "40"]].concat()),
        "3 decryptions at 40 bits",
    );
    place.refused(
        &decrypt(&[&flood[..], &["--count", "3"]].concat()),
        "the ciphertext has 2 slots",
    );
    place.refused(
        &decrypt(&["--flood", "3", "--error-bits", "50"]),
        "below what coefficients at scale",
    );
    place.refused(&decrypt(&["--flood", "3"]), "--error-bits");
    place.refused(&decrypt(&["--error-bits", "3"]), "--flood");
    place.refused(&decrypt(&["--flood-security", "30"]), "--flood");
    place.refused(
        &decrypt(&["--flood", "0", "--error-bits", "28"]),
        "0 published decryptions",
    );
    let told = place.ok(&decrypt(&[&flood[..], &["-o", "y.csv", "--json"]].concat()));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["flood"]["left"], &told["flood"]["queries"]),
        (&0.into(), &3.into())
    );
    let bits = told["flood"]["noise_bits"].as_f64().unwrap();
    assert!(
        (bits - (28.0 - 15.0 - 6f64.log2() - 1.0)).abs() < 1e-9,
        "{bits}"
    );
    place.refused(
        &decrypt(&flood),
        "all 3 decryptions that may be published under this key were made",
    );
    // A file of one's own counts for itself, but not for another key.
    let own = [&flood[..], &["--queries-file", "count.json"]].concat();
    place.ok(&decrypt(&own));
    place.ok(&["keygen", "--params", "toy.json", "--out", "other"]);
    place.ok(&[
        "encrypt",
        "--key",
        "other/public.key",
        "x.csv",
        "-o",
        "o.ct",
    ]);
    let other = ["decrypt", "--key", "other/secret.key", "o.ct"];
    place.refused(&[&other[..], &own].concat(), "keep one count for each key");
    place.write("count.json", "{}");
    place.refused(
        &decrypt(&own),
        "count.json: cannot read the count of published decryptions",
    );
}
