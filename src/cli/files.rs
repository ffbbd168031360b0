//! Where parameters and keys are, and what is said about files.

use std::path::{Path, PathBuf};

use super::error::{Failure, Outcome, warn};
use crate::ckks::{
    Context, Parameters, SerialError,
    serial::{self, Kind},
};

/// Name of the parameters beside the keys.
pub(super) const PARAMETERS: &str = "params.json";

/// Name of the public key.
pub(super) const PUBLIC: &str = "public.key";

/// Name of the secret key.
pub(super) const SECRET: &str = "secret.key";

/// Folder of evaluation keys.
pub(super) const EVALUATION: &str = "eval";

/// Names the file of an error.
pub(super) fn at<T>(path: &Path, done: Result<T, SerialError>) -> Outcome<T> {
    done.map_err(|reason| Failure::File {
        path: path.to_path_buf(),
        reason,
    })
}

/// Reads parameters, and warns of those that protect nothing.
pub(super) fn parameters(path: &Path) -> Outcome<Parameters> {
    let parameters = at(path, serial::read_parameters(path))?;
    if !parameters.is_secure() {
        warn_insecure();
    }
    Ok(parameters)
}

/// Says that the parameters are toys.
pub(super) fn warn_insecure() {
    warn("these parameters are INSECURE toys: they protect nothing, and serve tests alone");
}

/// The context of the parameters given, or of those beside the key or one folder above.
pub(super) fn context(given: Option<&Path>, folder: &Path) -> Outcome<Context> {
    let path = match given {
        Some(path) => path.to_path_buf(),
        None => beside(folder)?,
    };
    Ok(Context::new(parameters(&path)?)?)
}

/// The context for a folder of evaluation keys, as `maker` wrote it; with a secret in it, it is refused.
pub(super) fn of_evaluation(given: Option<&Path>, keys: &Path, maker: &str) -> Outcome<Context> {
    refuse_secrets(keys)?;
    if !keys.is_dir() {
        return Err(Failure::Usage(format!(
            "{} is no folder; give the folder `eval` that `{maker}` wrote",
            keys.display()
        )));
    }
    context(given, keys)
}

fn beside(folder: &Path) -> Outcome<PathBuf> {
    let candidates = [folder.join(PARAMETERS), folder.join("..").join(PARAMETERS)];
    candidates.into_iter().find(|p| p.is_file()).ok_or_else(|| {
        Failure::Usage(format!(
            "there is no {PARAMETERS} in {} or above it; give the parameters by --params",
            folder.display()
        ))
    })
}

/// The folder of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// What is in a folder.
pub(super) fn inside(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder);
    let paths = entries.and_then(|all| all.map(|entry| Ok(entry?.path())).collect());
    at(folder, paths.map_err(SerialError::from))
}

/// Refuses a secret key, and a folder with one in it.
fn refuse_secrets(path: &Path) -> Outcome<()> {
    if !path.is_dir() {
        return match serial::kind(path) {
            Ok(Kind::SecretKey) => Err(Failure::Usage(format!(
                "{} is a secret key, which evaluation never takes: whoever evaluates must not decrypt; give the folder `eval` alone",
                path.display()
            ))),
            // What else is wrong with a file shows when it is read.
            _ => Ok(()),
        };
    }
    for file in inside(path)? {
        if file.is_file() {
            refuse_secrets(&file)?;
        }
    }
    Ok(())
}

/// Whether a picture is to be a PNG or, if not, an SVG, by the end of its name.
pub(super) fn is_png(path: &Path) -> Outcome<bool> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("png") => Ok(true),
        Some("svg") => Ok(false),
        _ => Err(Failure::Usage(format!(
            "{} ends neither in .svg nor in .png",
            path.display()
        ))),
    }
}

/// 3.4 MiB.
pub(super) fn mebibytes(bytes: u64) -> String {
    if bytes < 1 << 20 {
        format!("{:.1} KiB", bytes as f64 / 1024.0)
    } else {
        format!("{:.1} MiB", bytes as f64 / (1u64 << 20) as f64)
    }
}
