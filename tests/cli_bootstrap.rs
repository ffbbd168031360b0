//! Bootstrapping by files, as a user types it.

use crate::cli_encrypted::{Place, names};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A folder with the parameters of the set `toy` at some ring degree, in toy.json.
fn toy(log_n: u8) -> Place {
    let place = Place::empty();
    place.ok(&["params", "--set", "toy", "-o", "set.json"]);
    let text = fs::read_to_string(place.path("set.json")).unwrap();
    let mut literal: Value = serde_json::from_str(&text).unwrap();
    literal["log_n"] = log_n.into();
    place.write("toy.json", literal.to_string());
    place
}

/// The keys of bootstraps, in the folder keys.
fn keys(place: &Place, more: &[&str]) {
    let keygen = ["keygen", "--params", "toy.json", "--bootstrap"];
    place.ok(&[&keygen[..], more, &["--out", "keys"]].concat());
}

/// Encrypts lines of a file at a level, to a file of the same name and `.ct`.
fn encrypt(place: &Place, name: &str, lines: &[String], level: &str) {
    let (csv, ct) = (format!("{name}.csv"), format!("{name}.ct"));
    place.write(&csv, lines.concat());
    let args = ["encrypt", "--key", "keys/public.key", &csv, "-o", &ct];
    place.ok(&[&args[..], &["--level", level]].concat());
}

fn json(place: &Place, args: &[&str]) -> Value {
    serde_json::from_str(&place.ok(&[args, &["--json"]].concat())).unwrap()
}

/// Real and imaginary parts, without a pattern.
fn complex(count: u32) -> Vec<(f64, f64)> {
    (1..=count)
        .map(|i| (f64::from(i).sin(), (1.7 * f64::from(i)).cos()))
        .collect()
}

fn decrypted(place: &Place, name: &str) -> Vec<(f64, f64)> {
    let text = place.ok(&["decrypt", "--key", "keys/secret.key", name]);
    pairs(&text)
}

fn pairs(text: &str) -> Vec<(f64, f64)> {
    let pair = |line: &str| {
        let (re, im) = line.split_once(',').unwrap();
        (re.parse().unwrap(), im.parse().unwrap())
    };
    text.lines().map(pair).collect()
}

/// Mean and least of the bits of real and imaginary parts.
fn bits(found: &[(f64, f64)], exact: &[(f64, f64)]) -> (f64, f64) {
    let errors = found.iter().zip(exact);
    let errors = errors.flat_map(|(x, y)| [x.0 - y.0, x.1 - y.1]);
    let bits: Vec<f64> = errors.map(|e| -e.abs().max(1e-18).log2()).collect();
    let mean = bits.iter().sum::<f64>() / bits.len() as f64;
    (mean, bits.iter().copied().fold(f64::INFINITY, f64::min))
}

fn lines(values: &[(f64, f64)]) -> Vec<String> {
    values
        .iter()
        .map(|x| format!("{},{}\n", x.0, x.1))
        .collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// As precise as was expected, for messages of other magnitudes and another seed.
fn as_expected(told: &Value, (mean, least): (f64, f64)) {
    let expected = &told["expected"];
    let (of_mean, of_least) = (
        number(&expected["mean_bits"]),
        number(&expected["min_bits"]),
    );
    assert!((mean - of_mean).abs() < 1.0, "{mean} {told}");
    assert!((least - of_least).abs() < 2.0, "{least} {told}");
}

#[test]
fn complex_slots_come_back_with_levels() {
    let place = toy(11);
    keys(&place, &[]);
    let values = complex(1 << 10);
    // From the top: it is brought down first.
    encrypt(&place, "x", &lines(&values), "19");
    let bootstrap = ["bootstrap", "x.ct", "--keys", "keys/eval", "-o", "y.ct"];
    let told = json(&place, &bootstrap);
    let levels = ["level_in", "level_begin", "level_out"].map(|name| told[name].as_u64());
    assert_eq!(levels, [Some(19), Some(3), Some(8)]);
    assert_eq!(
        (&told["slots"], &told["kind"]),
        (&1024.into(), &"complex".into())
    );
    as_expected(&told, bits(&decrypted(&place, "y.ct"), &values));
    // What comes out has levels, and goes in again.
    let again = ["bootstrap", "y.ct", "--keys", "keys/eval", "-o", "z.ct"];
    let text = place.ok(&again);
    for line in [
        "1024 complex slots",
        "expected ",
        "memory ",
        "forecast time",
        "brought down from level 8 to 3, bootstrapped from 3 to 8",
        "written          z.ct",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let (mean, least) = bits(&decrypted(&place, "z.ct"), &values);
    assert!(mean > 19.0 && least > 17.0, "{mean} {least}");

    // One key less is one that is named.
    let rotation = "keys/eval/rotation-1-level-3-special-2.key";
    fs::remove_file(place.path(rotation)).unwrap();
    let missing = "no key for the rotation by 1 that serves level 3 with 2 special primes";
    place.refused(&[&bootstrap[..5], &["no.ct"]].concat(), missing);
    fs::remove_file(place.path("keys/eval/encapsulation.key")).unwrap();
    let other = "--slots 1024";
    place.refused(&[&bootstrap[..5], &["no.ct"]].concat(), other);
}

#[test]
fn fewer_slots_real_slots_and_two_ciphertexts() {
    let place = toy(11);
    keys(&place, &["--slots", "2^7,512", "--pair"]);
    let (a, b): (Vec<_>, Vec<_>) = complex(100).into_iter().unzip();
    let real = |x: &[f64]| x.iter().map(|x| format!("{x}\n")).collect::<Vec<_>>();
    encrypt(&place, "a", &real(&a), "3");
    encrypt(&place, "b", &real(&b), "4");
    let told = json(
        &place,
        &[
            "bootstrap",
            "a.ct",
            "b.ct",
            "--keys",
            "keys/eval",
            "-o",
            "c.ct",
            "d.ct",
        ],
    );
    assert_eq!(
        (&told["kind"], &told["slots"]),
        (&"pair".into(), &128.into())
    );
    let left = &told["level_out"];
    let padded = |x: &[f64]| {
        let mut x: Vec<_> = x.iter().map(|x| (*x, 0.0)).collect();
        x.resize(128, (0.0, 0.0));
        x
    };
    for (name, exact) in [("c.ct", &a), ("d.ct", &b)] {
        let found: Vec<_> = decrypted(&place, name)
            .into_iter()
            .map(|x| (x.0, 0.0))
            .collect();
        let (_, least) = bits(&found, &padded(exact));
        assert!(
            least > number(&told["expected"]["min_bits"]) - 2.0,
            "{name} {least}"
        );
    }
    // Real slots alone take no key more, and keep a level that the pair takes to come apart.
    let told = json(
        &place,
        &[
            "bootstrap",
            "a.ct",
            "--real",
            "--keys",
            "keys/eval",
            "-o",
            "e.ct",
        ],
    );
    assert!(number(&told["level_out"]) > number(left), "{told}");
    let found: Vec<_> = decrypted(&place, "e.ct")
        .into_iter()
        .map(|x| (x.0, 0.0))
        .collect();
    let (_, least) = bits(&found, &padded(&a));
    assert!(
        least > number(&told["expected"]["min_bits"]) - 2.0,
        "{least}"
    );
    // What does not go together.
    let bootstrap = |args: &[&str], said: &str| {
        place.refused(
            &[&["bootstrap", "--keys", "keys/eval"], args].concat(),
            said,
        );
    };
    bootstrap(&["a.ct", "b.ct", "-o", "f.ct"], "and -o names 1");
    bootstrap(&["a.ct", "b.ct", "-o", "f.ct", "f.ct"], "name two files");
    bootstrap(&["-o", "f.ct", "--", "a.ct", "b.ct", "c.ct"], "c.ct");
    encrypt(&place, "few", &real(&a[..3]), "3");
    bootstrap(&["a.ct", "few.ct", "-o", "f.ct", "g.ct"], "128 and 4 slots");
    bootstrap(&["few.ct", "-o", "f.ct"], "from 8 to 1024");
    encrypt(&place, "sixty", &real(&a[..60]), "3");
    bootstrap(&["sixty.ct", "-o", "f.ct"], "--slots 64");
    encrypt(&place, "low", &real(&a), "2");
    bootstrap(
        &["low.ct", "-o", "f.ct"],
        "low.ct is at level 2, and this bootstrap begins at level 3",
    );
}

#[test]
fn memory_is_forecast_and_kept_to() {
    let place = toy(12);
    keys(&place, &["--slots", "64"]);
    let values = complex(64);
    encrypt(&place, "x", &lines(&values), "3");
    let bootstrap = ["bootstrap", "x.ct", "--keys", "keys/eval", "-o", "y.ct"];
    let output = Command::new(env!("CARGO_BIN_EXE_equiripple"))
        .args(bootstrap)
        .arg("--json")
        .env("RAYON_NUM_THREADS", "2")
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let forecast = number(&told["forecast_bytes"]);
    // Where the system tells it.
    if let Some(peak) = told["peak_bytes"].as_f64() {
        let ratio = forecast / peak;
        assert!((0.9..1.1).contains(&ratio), "{ratio} {told}");
    }
    fs::remove_file(place.path("y.ct")).unwrap();
    let half = (forecast / 2.0) as u64;
    let half = format!("{half}B");
    place.refused(
        &[&bootstrap[..], &["--max-memory", &half]].concat(),
        "--max-memory allows; take fewer slots",
    );
    place.refused(
        &[&bootstrap[..], &["--max-memory", "lots"]].concat(),
        "write 8GiB",
    );
    // The keys are not read before: without them it is refused for the memory all the same.
    fs::remove_file(place.path("keys/eval/encapsulation.key")).unwrap();
    place.refused(
        &[&bootstrap[..], &["--max-memory", &half]].concat(),
        "of memory",
    );
}

#[test]
fn parameters_without_bootstrapping_say_where_to_find_some() {
    let place = Place::new("3");
    let said = "equiripple params --set general";
    place.write("x.csv", "0.5\n");
    place.ok(&["encrypt", "--key", "keys/public.key", "x.csv", "-o", "x.ct"]);
    let keygen = ["keygen", "--params", "toy.json", "--bootstrap"];
    place.refused(&[&keygen[..], &["--out", "more"]].concat(), said);
    place.refused(
        &["bootstrap", "x.ct", "--keys", "keys/eval", "-o", "y.ct"],
        said,
    );
    place.refused(&["simulate", "--params", "toy.json", "--bootstrap"], said);
    place.refused(
        &["bootstrap", "x.ct", "--keys", "keys", "-o", "y.ct"],
        "secret.key is a secret key",
    );
    place.refused(
        &["bootstrap", "x.ct", "--keys", "x.ct", "-o", "y.ct"],
        "is no folder",
    );
    let slots = ["keygen", "--params", "toy.json", "--slots", "8"];
    place.refused(&[&slots[..], &["--out", "more"]].concat(), "--bootstrap");

    let toy = toy(11);
    let keygen = |args: &[&str], said: &str| {
        let all = ["keygen", "--params", "toy.json", "--bootstrap"];
        toy.refused(&[&all[..], args, &["--out", "more"]].concat(), said);
    };
    keygen(&["--slots", "2^11"], "a power of two from 8 to 1024");
    keygen(&["--slots", "2^2"], "a power of two from 8 to 1024");
    keygen(&["--slots", "100"], "a power of two from 8 to 1024");
    keygen(&["--slots", "3^4"], "write 4096 or 2^12");
    keygen(&["--slots", "2^99"], "write 4096 or 2^12");
    keygen(&["--real", "--pair"], "--pair");
    let mut literal: Value =
        serde_json::from_str(&fs::read_to_string(toy.path("toy.json")).unwrap()).unwrap();
    literal["bootstrapping"]["eval_mod"]["degree"] = 64.into();
    literal["bootstrapping"]["coeffs_to_slots"] = 9.into();
    toy.write("long.json", literal.to_string());
    toy.refused(
        &["keygen", "--params", "long.json", "--out", "more"],
        "long.json: bootstrapping: a bootstrap takes 23 levels, one for circuits included, and the chain has 19",
    );
}

#[test]
fn keys_of_bootstraps_and_of_circuits_are_made_together() {
    let place = toy(11);
    keys(
        &place,
        &[
            "--slots",
            "64",
            "--level",
            "7",
            "--rotations",
            "1",
            "--special",
            "2",
        ],
    );
    for name in [
        "relinearization-level-7-special-2.key",
        "relinearization-level-16.key",
        "rotation-1-level-7-special-2.key",
        "conjugation-level-16.key",
        "encapsulation.key",
    ] {
        assert!(place.path("keys/eval").join(name).is_file(), "{name}");
    }
    // Other keys of the same rotations do not stand in the way.
    let values = complex(64);
    encrypt(&place, "x", &lines(&values), "3");
    let told = json(
        &place,
        &["bootstrap", "x.ct", "--keys", "keys/eval", "-o", "y.ct"],
    );
    as_expected(&told, bits(&decrypted(&place, "y.ct"), &values));
    // A circuit goes on from there.
    place.ok(&[
        "evaluate",
        "y.ct",
        "--keys",
        "keys/eval",
        "--function",
        "relu",
        "--alpha",
        "5",
        "-o",
        "z.ct",
    ]);
}

#[test]
fn simulated_bootstraps_err_as_encrypted_ones() {
    let place = toy(11);
    keys(&place, &[]);
    let values = complex(1 << 10);
    encrypt(&place, "x", &lines(&values), "3");
    place.ok(&["bootstrap", "x.ct", "--keys", "keys/eval", "-o", "y.ct"]);
    let (mean, least) = bits(&decrypted(&place, "y.ct"), &values);
    let simulate = ["simulate", "x.csv", "--params", "toy.json", "--bootstrap"];
    let told = json(&place, &[&simulate[..], &["-o", "sim.csv"]].concat());
    let simulated = pairs(&fs::read_to_string(place.path("sim.csv")).unwrap());
    let (of_mean, of_least) = bits(&simulated, &values);
    assert!((mean - of_mean).abs() < 0.5, "{mean} {of_mean}");
    assert!((least - of_least).abs() < 1.5, "{least} {of_least}");
    let precision = &told["precision"];
    assert!((number(&precision["mean_bits"]) - of_mean).abs() < 1e-9);
    assert!((number(&precision["min_bits"]) - of_least).abs() < 1e-9);
    assert_eq!(
        (&told["level_out"], &told["levels_left"]),
        (&8.into(), &5.into())
    );
    let text = place.ok(&[&simulate[..], &["--real", "--level", "9"]].concat());
    assert!(text.contains("1024 real slots"), "{text}");
    place.refused(&[&simulate[..], &["--level", "2"]].concat(), "from 3 to 19");
    place.refused(
        &[&simulate[..], &["--function", "relu"]].concat(),
        "cannot be used with",
    );
    // What no ciphertext shows.
    place.write("big.csv", "0.5,0.25\n-0.5,-2.5\n");
    let big = ["simulate", "big.csv", "--params", "toy.json", "--bootstrap"];
    let more = ["--slots", "16"];
    place.refused(
        &[&big[..], &more].concat(),
        "slot 1 holds -0.5-2.5i, and a bootstrap takes real and imaginary parts from -1 to 1, and at most 1.0625 with their noise; divide all values by 3",
    );
    place.write("big.csv", "1e6\n");
    place.refused(&[&big[..], &more].concat(), "divide all values by 1000000");
}

#[test]
fn a_killed_keygen_leaves_no_folder() {
    let place = toy(13);
    let keygen = ["keygen", "--params", "toy.json", "--bootstrap"];
    let all = [&keygen[..], &["--slots", "8", "--out", "keys"]].concat();
    let mut child = Command::new(env!("CARGO_BIN_EXE_equiripple"))
        .args(&all)
        .current_dir(place.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let left = || {
        names(&place.path("")).into_iter().find(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with(".equiripple-")
        })
    };
    let written = |folder: &Path| fs::read_dir(folder.join("eval")).map_or(0, Iterator::count);
    while left().is_none_or(|folder| written(&folder) <= 1) {
        assert!(child.try_wait().unwrap().is_none(), "it was too fast");
        assert!(started.elapsed() < Duration::from_secs(60));
        thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!place.path("keys").exists());
    assert!(!left().unwrap().join("secret.key").exists());
    place.ok(&all);
    assert!(place.path("keys/secret.key").is_file());
    encrypt(&place, "x", &lines(&complex(8)), "3");
    place.ok(&["bootstrap", "x.ct", "--keys", "keys/eval", "-o", "y.ct"]);
}

#[test]
fn named_sets_are_listed_with_what_they_take() {
    let place = Place::empty();
    let listed = json(&place, &["params", "--bootstrap"]);
    let listed = listed.as_array().unwrap();
    assert!(listed.len() >= 5);
    for set in listed {
        let name = set["name"].as_str().unwrap();
        assert_eq!(set["secure"], name != "toy", "{name}");
        let figures = &set["bootstrapping"];
        assert!(number(&figures["levels_left"]) >= 4.0, "{name}");
        for kind in ["complex", "real"] {
            let (mean, least) = (
                number(&figures[kind]["mean_bits"]),
                number(&figures[kind]["min_bits"]),
            );
            assert!(mean > least && least > 10.0, "{name}");
        }
        let failure = figures["log2_failure"].as_f64();
        assert!(failure.is_none_or(|log2| log2 < -128.0), "{name}");
        let memory = &figures["memory"];
        assert!(number(&memory["key_bytes"]) > 2.0 * number(&memory["key_file_bytes"]));
        assert!(number(&figures["peak_bytes"]) > number(&memory["key_bytes"]));
    }
    place.refused(&["params", "--bootstrap", "--set", "toy"], "--set");
    place.refused(&["params", "--set", "toy", "--levels", "3"], "--levels");
}
