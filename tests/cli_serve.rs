//! Encrypted inference with a client and a server that share files alone, under toy parameters.

use crate::{
    cli_encrypted::{Place, names},
    infer::{residual, rough},
};
use equiripple::nn::{
    Activation, Graph,
    accuracy::largest,
    arch::Architecture,
    data::{Dataset, Preprocessing},
    file,
    inference::Network,
};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// A picture whose numbers are small after normalisation, so that activations stay in their ranges.
fn draw(path: &Path, width: u32, height: u32) {
    let pixel = |x: u32, y: u32| {
        image::Rgb([0, 1, 2].map(|c: u32| (96 + (37 * x + 23 * y + 11 * c) % 48) as u8))
    };
    image::RgbImage::from_fn(width, height, pixel)
        .save_with_format(path, image::ImageFormat::Png)
        .unwrap();
}

/// A residual network on polynomials, with a picture.
fn place() -> (Place, Graph) {
    let place = Place::empty();
    let graph = rough(&residual(&Activation::Relu));
    file::write(&place.path("net.eqr"), &graph).unwrap();
    draw(&place.path("x.png"), 8, 8);
    (place, graph)
}

/// What the network says of the picture in the clear.
fn plain(place: &Place, graph: &Graph) -> Vec<f64> {
    let usual = Preprocessing::usual(3);
    let picture = Dataset::picture(&place.path("x.png"), usual.clone()).unwrap();
    let batch = picture.batch(0..1, &usual).unwrap();
    let image: Vec<f64> = batch.images.iter().map(|x| f64::from(*x)).collect();
    Network::<f64>::new(graph)
        .unwrap()
        .run(&image)
        .unwrap()
        .logits
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn logits(verdict: &Value) -> Vec<f64> {
    let logits = verdict["logits"].as_array().unwrap().iter();
    logits.map(|x| x.as_f64().unwrap()).collect()
}

/// The label and the logits are those of the network in the clear, and the probabilities their softmax.
fn agrees(verdict: &Value, plain: &[f64]) {
    let found = logits(verdict);
    assert_eq!(found.len(), plain.len());
    for (found, plain) in found.iter().zip(plain) {
        assert!((found - plain).abs() < 1e-2, "{verdict} {plain}");
    }
    assert_eq!(verdict["label"], largest(plain).unwrap());
    let sum: f64 = plain.iter().map(|x| x.exp()).sum();
    for (found, x) in verdict["probabilities"]
        .as_array()
        .unwrap()
        .iter()
        .zip(plain)
    {
        assert!((found.as_f64().unwrap() - x.exp() / sum).abs() < 1e-2);
    }
}

const KEYGEN: [&str; 7] = [
    "infer", "keygen", "net.eqr", "--set", "toy", "--out", "keys",
];
const SERVE: [&str; 8] = [
    "infer", "serve", "net.eqr", "--keys", "eval", "x.ct", "-o", "y.ct",
];

/// Makes keys, encrypts, and parts the client's folder from the server's.
fn parted(place: &Place) {
    place.ok(&KEYGEN);
    place.ok(&["infer", "encrypt", "x.png", "--keys", "keys", "-o", "x.ct"]);
    fs::rename(place.path("keys/eval"), place.path("eval")).unwrap();
    fs::rename(place.path("keys/secret"), place.path("client")).unwrap();
    fs::remove_dir(place.path("keys")).unwrap();
}

#[test]
fn client_and_server_share_files_alone() {
    let (place, graph) = place();
    let plain = plain(&place, &graph);
    let told = json(&place.ok(&[&KEYGEN[..], &["--json"]].concat()));
    let keys = names(&place.path("keys/eval")).len() - 2;
    assert_eq!(told["evaluation_keys"], keys);
    let mode = fs::metadata(place.path("keys/secret/secret.key")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    place.refused(&KEYGEN, "keys are never overwritten");
    // The secret is nowhere but in its file.
    let secret = fs::read(place.path("keys/secret/secret.key")).unwrap();
    let coefficients = &secret[64..96];
    for file in names(&place.path("keys/eval")) {
        let public = fs::read(&file).unwrap();
        assert!(
            !public.windows(32).any(|w| w == coefficients),
            "{}",
            file.display()
        );
    }
    fs::remove_dir_all(place.path("keys")).unwrap();

    parted(&place);
    // The server has no secret, and the client no network.
    fs::rename(place.path("client"), place.path("away")).unwrap();
    let told = json(&place.ok(&[&SERVE[..], &["--json"]].concat()));
    let layers = told["layers"].as_array().unwrap();
    // A stem, four convolutions, a shortcut, two sums, five activations and a linear layer.
    assert_eq!(layers.len(), 1 + 4 + 1 + 2 + 5 + 1, "{told}");
    assert!(told["bootstraps"].as_u64().unwrap() > 0 && told["resumed"] == false);
    assert!(!place.path("y.ct.state").exists());
    fs::rename(place.path("away"), place.path("client")).unwrap();
    fs::rename(place.path("net.eqr"), place.path("away.eqr")).unwrap();
    let decrypt = ["infer", "decrypt", "y.ct", "--keys", "client"];
    agrees(
        &json(&place.ok(&[&decrypt[..], &["--json"]].concat())),
        &plain,
    );
    let label = largest(&plain).unwrap();
    let told = place.ok(&decrypt);
    assert!(told.starts_with(&format!("label {label}\n")), "{told}");

    // What is not the other's.
    place.refused(
        &["infer", "decrypt", "x.ct", "--keys", "client"],
        "x.ct holds 1 ciphertext of 256 slots at level 8, and this network's results are 1 ciphertext of 8 slots",
    );
}

#[test]
fn one_picture_through_all_in_one() {
    let (place, graph) = place();
    let run = [
        "infer", "run", "net.eqr", "--set", "toy", "--image", "x.png",
    ];
    let told = json(&place.ok(&[&run[..], &["--json"]].concat()));
    agrees(&told["verdict"], &plain(&place, &graph));
    assert_eq!(told["images"][0]["name"], "x.png");
    let told = place.ok(&[&run[..], &["--backend", "sim"]].concat());
    let label = told
        .lines()
        .find(|line| line.starts_with("label "))
        .unwrap();
    assert_eq!(
        label,
        format!("label {}", largest(&plain(&place, &graph)).unwrap())
    );
    let both = [&run[..], &["--data", "x.png", "--images", "1"]].concat();
    place.refused(&both, "cannot be used with");
    draw(&place.path("wide.png"), 9, 8);
    let mut wide = run;
    wide[6] = "wide.png";
    place.refused(
        &wide,
        "takes images of 3×8×8, and those of wide.png are 3×8×9",
    );
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (place, graph) = place();
    parted(&place);
    let serve = |more: &[&str], said: &str| place.refused(&[&SERVE, more].concat(), said);
    let instead = |at: usize, name: &'static str, said: &str| {
        let mut args = SERVE;
        args[at] = name;
        place.refused(&args, said);
    };
    let damage = |name: &str| {
        let mut bytes = fs::read(place.path(name)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(place.path(name), bytes).unwrap();
    };

    // Another network, and one of the same name.
    let other = "resnet20".parse::<Architecture>().unwrap();
    let other = other.with_image([8, 8]).random(1).unwrap();
    file::write(&place.path("other.eqr"), &other).unwrap();
    instead(2, "other.eqr", "made for the network `residual`");
    let ranged = residual(&Activation::Relu);
    file::write(&place.path("same.eqr"), &ranged).unwrap();
    instead(2, "same.eqr", "this is one of other weights or layers");
    drop(graph);

    // Files of something else, and damaged ones.
    instead(
        4,
        "client",
        "secret.key is a secret key, which evaluation never takes",
    );
    instead(4, "none", "there is no network.json in none or none/eval");
    instead(5, "none.ct", "none.ct: No such file");
    instead(
        5,
        "client/public.key",
        "the file holds a public key; give a set of ciphertexts",
    );
    instead(7, "client", "client is a folder; name a file by -o");
    serve(
        &["--max-memory", "1MiB"],
        "and 1.0 MiB is what --max-memory allows",
    );
    fs::copy(place.path("x.ct"), place.path("bad.ct")).unwrap();
    damage("bad.ct");
    instead(
        5,
        "bad.ct",
        "bad.ct: the contents do not match their SHA-256",
    );
    let half = fs::read(place.path("x.ct")).unwrap();
    fs::write(place.path("bad.ct"), &half[..half.len() / 2]).unwrap();
    instead(5, "bad.ct", "it was cut off");

    // Keys that are missing, damaged, cut off, or of another secret.
    let key = names(&place.path("eval"))
        .into_iter()
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("rotation-")
        })
        .unwrap();
    let whole = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    serve(&[], "eval holds no key for the rotation by ");
    fs::write(&key, &whole[..whole.len() - 1]).unwrap();
    let name = key.file_name().unwrap().to_str().unwrap();
    serve(&[], name);
    serve(&[], "it was cut off");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(&key, damaged).unwrap();
    serve(&[], &format!("{name}: the "));
    fs::write(&key, whole).unwrap();
    place.ok(&KEYGEN);
    place.ok(&[
        "infer",
        "encrypt",
        "x.png",
        "--keys",
        "keys/secret",
        "-o",
        "its.ct",
    ]);
    instead(5, "its.ct", "its.ct belongs to the secret ");
    let its = place.path("keys/eval").join(name);
    fs::copy(its, &key).unwrap();
    serve(&[], &format!("{name} belongs to the secret "));

    // Descriptions that are changed, and pictures that do not fit.
    let path = place.path("eval/network.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"residual\"", "\"other\"")).unwrap();
    serve(&[], "network.json: the contents do not match their SHA-256");
    fs::write(&path, text.replace("\"schema\": 1", "\"schema\": 9")).unwrap();
    serve(&[], "schema 9 is none that this program knows");
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    serve(&[], "network.json: ");
    let encrypt = |picture, said: &str| {
        let args = [
            "infer", "encrypt", picture, "--keys", "client", "-o", "z.ct",
        ];
        place.refused(&args, said);
    };
    draw(&place.path("wide.png"), 9, 8);
    encrypt(
        "wide.png",
        "takes images of 3×8×8, and wide.png is 3×8×9 after preprocessing",
    );
    encrypt("net.eqr", "net.eqr is no readable PNG or JPEG");
    encrypt("none.png", "cannot read none.png");
    damage("client/secret.key");
    place.refused(
        &["infer", "decrypt", "its.ct", "--keys", "client"],
        "its.ct belongs to the secret ",
    );
}

/// ReLUs that keygen puts polynomials in place of, with classes and ranges of data; the server has none of them.
#[test]
fn an_interrupted_server_goes_on_to_the_same_bits() {
    let place = Place::empty();
    let network = ["--arch", "resnet20", "--random", "1", "--input", "3x8x8"];
    let polynomials = [
        "--data",
        "synthetic:classes=10,size=8",
        "--activation",
        "relu:degrees=3",
        "--calibration-images",
        "64",
        "--set",
        "toy",
    ];
    draw(&place.path("x.png"), 8, 8);
    place.ok(&[
        &["infer", "keygen"],
        &network[..],
        &polynomials,
        &["--out", "keys"],
    ]
    .concat());
    place.ok(&["infer", "encrypt", "x.png", "--keys", "keys", "-o", "x.ct"]);
    let serve = |out: &'static str| {
        [
            &["infer", "serve"],
            &network[..],
            &["--keys", "keys", "x.ct", "-o", out],
        ]
        .concat()
    };
    place.ok(&serve("whole.ct"));
    let run = [
        &["infer", "run"],
        &network[..],
        &polynomials,
        &["--image", "x.png", "--json"],
    ];
    let verdict = json(&place.ok(&run.concat()))["verdict"].clone();
    let decrypt = ["infer", "decrypt", "whole.ct", "--keys", "keys", "--json"];
    let found = json(&place.ok(&decrypt));
    assert_eq!(
        (&found["label"], &found["name"]),
        (&verdict["label"], &verdict["name"])
    );
    assert!(found["name"].is_string());
    for (a, b) in logits(&found).iter().zip(logits(&verdict)) {
        assert!((a - b).abs() < 0.1, "{found} {verdict}");
    }

    let kept = || fs::read_dir(place.path("cut.ct.state")).map_or(0, Iterator::count);
    for layers in [4, 20] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_equiripple"))
            .args(serve("cut.ct"))
            .current_dir(place.path("."))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while kept() < layers {
            assert!(
                child.try_wait().unwrap().is_none(),
                "ended before it was killed"
            );
            sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(!place.path("cut.ct").exists());
    // Another picture is another job.
    draw(&place.path("y.png"), 8, 8);
    place.ok(&["infer", "encrypt", "y.png", "--keys", "keys", "-o", "y.ct"]);
    let mut other = serve("cut.ct");
    let at = other.iter().position(|arg| *arg == "x.ct").unwrap();
    other[at] = "y.ct";
    place.refused(&other, "holds layers of another run");
    let told = json(&place.ok(&[&serve("cut.ct")[..], &["--json"]].concat()));
    assert_eq!(told["resumed"], true);
    let read = |name: &str| fs::read(place.path(name)).unwrap();
    assert_eq!(read("cut.ct"), read("whole.ct"));
    assert!(!place.path("cut.ct.state").exists());
}
