//! Who may import whom: packages and, in the root package, modules.

use std::{fs, path::Path};

/// Module of the root package, and the modules it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("analyze", &["circuit", "quantity"]),
    ("bootstrap", &["circuit", "embedding", "quantity"]),
    ("circuit", &["embedding", "quantity"]),
    (
        "ckks",
        &["bootstrap", "circuit", "embedding", "quantity", "ring"],
    ),
    (
        "cli",
        &[
            "REVISION",
            "analyze",
            "bootstrap",
            "circuit",
            "ckks",
            "curves",
            "infer",
            "nn",
            "quantity",
            "ring",
            "sim",
            "summary",
        ],
    ),
    ("curves", &[]),
    ("embedding", &[]),
    (
        "infer",
        &["analyze", "bootstrap", "circuit", "ckks", "nn", "quantity"],
    ),
    ("nn", &["circuit", "quantity"]),
    ("quantity", &[]),
    ("ring", &[]),
    ("sim", &["circuit", "quantity"]),
    ("summary", &[]),
];

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn modules_use_what_they_may() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![];
    sources(&src, &mut files);
    for path in files {
        let inside = path
            .strip_prefix(&src)
            .unwrap()
            .to_str()
            .unwrap()
            .to_string();
        let module = inside.split(['/', '.']).next().unwrap();
        let Some((_, allowed)) = MAY_USE.iter().find(|m| m.0 == module) else {
            assert!(
                ["main", "lib"].contains(&module),
                "{inside}: say in MAY_USE what `{module}` may use"
            );
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for used in text.split("crate::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            assert!(
                used.is_empty() || used == module || allowed.contains(&used.as_str()),
                "{inside} uses crate::{used}"
            );
        }
    }
}

#[test]
fn packages_do_not_know_each_other() {
    for package in ["approx", "reports"] {
        let manifest = fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(package)
                .join("Cargo.toml"),
        )
        .unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
        assert!(
            !dependencies.contains("equiripple"),
            "{package} depends on a package of the project"
        );
    }
}
