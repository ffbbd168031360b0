//! From parameters to decrypted results, as a user types it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// A folder with toy keys.
pub(crate) struct Place(TempDir);

impl Place {
    /// Without keys.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn new(levels: &str) -> Self {
        let place = Self::empty();
        let toy = [
            "--log-n",
            "11",
            "--levels",
            levels,
            "--insecure-toy-parameters",
        ];
        place.ok(&[&["params"], &toy[..], &["-o", "toy.json"]].concat());
        place.ok(&[
            "keygen",
            "--params",
            "toy.json",
            "--rotations",
            "1,5",
            "--out",
            "keys",
        ]);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_equiripple"));
        command.args(args).current_dir(&self.0).output().unwrap()
    }

    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Fails with exit code 2, says so, and leaves the folder as it was.
    pub(crate) fn refused(&self, args: &[&str], said: &str) {
        let before = names(self.0.path());
        let output = self.run(args);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        assert!(told.contains(said), "{args:?}: {told}");
        assert_eq!(names(self.0.path()), before, "{args:?}");
    }
}

pub(crate) fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    names
}

pub(crate) fn numbers(text: &str) -> Vec<f64> {
    text.lines().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn relu_of_encrypted_numbers_is_within_its_certificate() {
    let place = Place::new("8");
    let values: Vec<f64> = (0..1000).map(|i| f64::from(i) / 499.5 - 1.0).collect();
    let text: String = values.iter().map(|x| format!("{x}\n")).collect();
    place.write("x.csv", text);
    place.ok(&["encrypt", "--key", "keys/public.key", "x.csv", "-o", "x.ct"]);
    let relu = [
        "evaluate",
        "x.ct",
        "--keys",
        "keys/eval",
        "--function",
        "relu",
        "--alpha",
        "10",
    ];
    let told = place.ok(&[&relu[..], &["-o", "y.ct", "--json"]].concat());
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["levels"], &told["level_out"]),
        (&8.into(), &0.into())
    );
    let certified = told["log2_error_upper"].as_f64().unwrap().exp2();
    assert!(certified < (-10f64).exp2());
    let decrypt = [
        "decrypt",
        "--key",
        "keys/secret.key",
        "y.ct",
        "--count",
        "1000",
        "--real",
    ];
    let check = |found: &[f64], tolerance: f64| {
        assert_eq!(found.len(), values.len());
        for (x, y) in values.iter().zip(found) {
            let error = (y - x.max(0.0)).abs();
            assert!(error < certified + tolerance, "relu({x}) = {y}");
        }
    };
    check(&numbers(&place.ok(&decrypt)), 1e-6);
    let rounded = place.ok(&[&decrypt[..], &["--public-precision", "12"]].concat());
    check(&numbers(&rounded), (-13f64).exp2() + 1e-6);
    assert!(
        numbers(&rounded)
            .iter()
            .all(|y| (y * 4096.0).fract() == 0.0)
    );

    // The same from a table, and from a folder that holds what a server is given alone.
    place.ok(&[
        "approx", "relu", "--alpha", "10", "--round", "f64", "--out", "relu",
    ]);
    fs::create_dir(place.path("server")).unwrap();
    for name in ["params.json", "eval/relinearization.key"] {
        let to = place
            .path("server")
            .join(Path::new(name).file_name().unwrap());
        fs::copy(place.path("keys").join(name), to).unwrap();
    }
    let table = [
        "evaluate",
        "x.ct",
        "--keys",
        "server",
        "--coefficients",
        "relu/coefficients.json",
    ];
    place.ok(&[&table[..], &["-o", "z.ct"]].concat());
    assert_eq!(
        fs::read(place.path("y.ct")).unwrap(),
        fs::read(place.path("z.ct")).unwrap()
    );
}

#[test]
fn complex_numbers_other_functions_and_lower_levels() {
    let place = Place::new("8");
    place.write("x.csv", "# two columns\n0.5, -0.25\n\n-1e-3,2\n0,0\n");
    let encrypt = [
        "encrypt",
        "--key",
        "keys/public.key",
        "x.csv",
        "--level",
        "2",
        "--slots",
        "16",
    ];
    let told = place.ok(&[&encrypt[..], &["-o", "x.ct", "--json"]].concat());
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["values"], &told["slots"], &told["level"]),
        (&3.into(), &16.into(), &2.into())
    );
    let out = [
        "decrypt",
        "--key",
        "keys/secret.key",
        "x.ct",
        "--public-precision",
        "16",
        "-o",
        "out.csv",
    ];
    place.ok(&out);
    let text = fs::read_to_string(place.path("out.csv")).unwrap();
    assert_eq!(text.lines().count(), 16);
    assert!(
        text.starts_with("0.5,-0.25\n-0.001007080078125,2\n0,0\n0,0\n"),
        "{text}"
    );

    place.write("y.csv", "-6\n-1\n0.5\n6\n");
    place.ok(&["encrypt", "--key", "keys/public.key", "y.csv", "-o", "y.ct"]);
    let gelu = [
        "evaluate",
        "y.ct",
        "--keys",
        "keys/eval",
        "--function",
        "gelu",
        "--alpha",
        "6",
    ];
    place.ok(&[&gelu[..], &["--domain", "[-6,6]", "-o", "z.ct"]].concat());
    let found = numbers(&place.ok(&["decrypt", "--key", "keys/secret.key", "z.ct", "--real"]));
    for (y, expected) in found.iter().zip([0.0, -0.158_655, 0.345_731, 6.0]) {
        assert!((y - expected).abs() < 1.0 / 64.0 + 1e-5, "{y} {expected}");
    }
    place.refused(
        &[
            "evaluate",
            "x.ct",
            "--keys",
            "keys/eval",
            "--function",
            "relu",
            "--alpha",
            "4",
            "-o",
            "no.ct",
        ],
        "relu takes 3 levels, and the ciphertext has 2",
    );
    place.refused(
        &[
            "evaluate",
            "y.ct",
            "--keys",
            "keys/eval",
            "--function",
            "max",
            "--alpha",
            "4",
            "-o",
            "no.ct",
        ],
        "max takes two inputs",
    );
}

#[test]
fn keys_follow_from_a_seed_and_are_private() {
    let place = Place::new("2");
    let seed = "0123456789abcdef".repeat(4);
    for out in ["a", "b"] {
        place.ok(&[
            "keygen",
            "--params",
            "toy.json",
            "--seed",
            &seed,
            "--conjugation",
            "--out",
            out,
        ]);
    }
    for name in [
        "secret.key",
        "public.key",
        "eval/relinearization.key",
        "eval/conjugation.key",
        "params.json",
    ] {
        let read = |folder| fs::read(place.path(folder).join(name)).unwrap();
        assert!(read("a") == read("b"), "{name}");
    }
    let mode = |name| fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("a/secret.key"), 0o600);
    place.refused(
        &["keygen", "--params", "toy.json", "--out", "a"],
        "not an empty folder",
    );
    place.refused(
        &["keygen", "--params", "toy.json", "--out", "toy.json"],
        "not an empty folder",
    );
    place.refused(
        &[
            "keygen", "--params", "toy.json", "--seed", "12", "--out", "c",
        ],
        "64 hexadecimal digits",
    );
    let rotation = [
        "keygen",
        "--params",
        "toy.json",
        "--rotations",
        "1024",
        "--out",
        "c",
    ];
    place.refused(&rotation, "choose from 1 to 1023");
    fs::create_dir(place.path("empty")).unwrap();
    place.ok(&["keygen", "--params", "toy.json", "--out", "empty"]);
}

#[test]
fn parameters_with_an_ephemeral_secret_get_its_keys() {
    let place = Place::new("2");
    let toy = fs::read_to_string(place.path("toy.json")).unwrap();
    let with = toy.replacen('{', "{\"encapsulation\": {\"hamming_weight\": 32},", 1);
    place.write("boot.json", with);
    let told = place.ok(&["keygen", "--params", "boot.json", "--out", "boot"]);
    assert!(told.contains("eval/encapsulation.key"), "{told}");
    assert!(place.path("boot/eval/encapsulation.key").is_file());
    assert!(!place.path("keys/eval/encapsulation.key").exists());
    // The folder is good for what needs none of them.
    place.write("x.csv", "0.5\n-0.25\n");
    place.ok(&[
        "encrypt",
        "x.csv",
        "--key",
        "boot/public.key",
        "--out",
        "x.ct",
    ]);
}

#[test]
fn values_that_cannot_be_encrypted_are_named_by_line() {
    let place = Place::new("1");
    let too_many = "0\n".repeat(1025);
    for (text, said) in [
        ("0.5\nnan\n", "line 2: `nan` is not finite"),
        ("inf\n", "line 1: `inf` is not finite"),
        ("0.5\n\nabc\n", "line 3: `abc` is no number"),
        ("x,y\n", "line 1: `x` is no number"),
        ("0.5\n1,2\n", "line 2: the number of columns changes"),
        ("1,2,3\n", "line 1: 3 columns"),
        ("1,\n", "line 1: `` is no number"),
        ("", "no value"),
        (&too_many, "line 1025: there are more than 1024 values"),
        ("1e30\n", "scale the message down"),
        ("1e15\n", "exceeds half the modulus"),
    ] {
        place.write("bad.csv", text);
        place.refused(
            &[
                "encrypt",
                "--key",
                "keys/public.key",
                "bad.csv",
                "-o",
                "x.ct",
            ],
            said,
        );
    }
    place.write("bad.csv", [0xff, 0xfe, 0x00]);
    let encrypt = [
        "encrypt",
        "--key",
        "keys/public.key",
        "bad.csv",
        "-o",
        "x.ct",
    ];
    place.refused(&encrypt, "cannot read bad.csv");
    place.write("bad.csv", "1\n2\n3\n");
    place.refused(
        &[&encrypt[..], &["--slots", "2"]].concat(),
        "line 3: there are more than 2",
    );
    place.refused(
        &[&encrypt[..], &["--slots", "12"]].concat(),
        "a power of two up to 1024",
    );
    place.refused(&[&encrypt[..], &["--level", "2"]].concat(), "from 0 to 1");
}

#[test]
fn files_in_the_wrong_place_are_refused() {
    let place = Place::new("3");
    place.write("x.csv", "0.5\n");
    place.ok(&["encrypt", "--key", "keys/public.key", "x.csv", "-o", "x.ct"]);
    let relu = |ciphertext: &str, keys: &str, said: &str| {
        let args = [
            "evaluate",
            ciphertext,
            "--keys",
            keys,
            "--function",
            "relu",
            "--alpha",
            "4",
        ];
        place.refused(&[&args[..], &["-o", "y.ct"]].concat(), said);
    };
    relu(
        "x.ct",
        "keys",
        "secret.key is a secret key, which evaluation never takes",
    );
    relu(
        "x.ct",
        "keys/secret.key",
        "a secret key, which evaluation never takes",
    );
    relu(
        "keys/secret.key",
        "keys/eval",
        "the file holds a secret key; give a ciphertext",
    );
    relu("x.ct", "keys/public.key", "is no folder");
    relu("x.csv", "keys/eval", "not with EQRP");
    relu("no.ct", "keys/eval", "no.ct: No such file");
    let decrypt = |key: &str, ciphertext: &str, said: &str| {
        place.refused(&["decrypt", "--key", key, ciphertext], said);
    };
    decrypt(
        "keys/public.key",
        "x.ct",
        "the file holds a public key; give a secret key",
    );
    decrypt("keys/secret.key", "keys/public.key", "give a ciphertext");
    decrypt("x.csv", "x.ct", "there is no params.json");
    let cut = fs::read(place.path("x.ct")).unwrap();
    place.write("cut.ct", &cut[..1000]);
    decrypt(
        "keys/secret.key",
        "cut.ct",
        "cut.ct: the file has 1000 bytes, and its header says",
    );
    place.ok(&["keygen", "--params", "toy.json", "--out", "other"]);
    decrypt(
        "other/secret.key",
        "x.ct",
        "take all keys from one generation",
    );
    relu("x.ct", "other/eval", "take all keys from one generation");
    let small = [
        "params",
        "--log-n",
        "10",
        "--levels",
        "3",
        "--insecure-toy-parameters",
    ];
    place.ok(&[&small[..], &["-o", "small.json"]].concat());
    place.ok(&["keygen", "--params", "small.json", "--out", "small"]);
    decrypt("small/secret.key", "x.ct", "use one parameter file");
    let count = [
        "decrypt",
        "--key",
        "keys/secret.key",
        "x.ct",
        "--count",
        "2",
    ];
    place.refused(&count, "the ciphertext has 1 slots");
}

#[test]
fn insecure_parameters_are_refused_and_toys_say_so() {
    let place = Place::new("1");
    let params = |args: &[&str], said: &str| place.refused(&[&["params"], args].concat(), said);
    params(
        &["--log-n", "13", "--levels", "10"],
        "misses 128-bit security, which allows 214 bits",
    );
    params(&["--levels", "45"], "--insecure-toy-parameters");
    params(
        &["--secret", "sparse:192"],
        "no figure supports 128-bit security",
    );
    params(&["--security", "100"], "128, 192 or 256");
    params(
        &["--scale", "60", "--q0", "50"],
        "q0 needs at least one bit more",
    );
    params(&["--levels", "64"], "0..=63");
    params(&["--special", "0"], "special.count is 0");
    let toy = fs::read_to_string(place.path("toy.json")).unwrap();
    place.write(
        "lie.json",
        toy.replace("\"insecure_toy\": true", "\"insecure_toy\": false"),
    );
    place.refused(
        &["keygen", "--params", "lie.json", "--out", "lie"],
        "lie.json: no figure supports",
    );
    let output = place.run(&["keygen", "--params", "toy.json", "--out", "more"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("INSECURE"));
    let told: serde_json::Value = serde_json::from_str(&place.ok(&["params", "--json"])).unwrap();
    assert_eq!(told["secure"], true);
    assert_eq!(told["relu"]["alpha"], 12);
}
