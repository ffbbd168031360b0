//! What room a folder has left.

use std::path::Path;

use super::{
    error::{Failure, Outcome},
    files, memory,
};

/// Refuses to begin what would fill the disk of a folder, or of the nearest one above that is there.
pub(super) fn fits(folder: &Path, bytes: u64, what: &str) -> Outcome<()> {
    let there = folder.ancestors().find(|above| above.is_dir());
    let there = there.unwrap_or(Path::new("."));
    let asked = rustix::fs::statvfs(there).map_err(|error| std::io::Error::from(error).into());
    let found = files::at(there, asked)?;
    let left = found.f_bavail.saturating_mul(found.f_frsize);
    if bytes <= left {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{what} takes {} on the disk of {}, which has {} left; free some, or take a folder on another disk",
        memory::human(bytes),
        there.display(),
        memory::human(left)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_is_does_not_fit() {
        let here = Path::new("src/none/at/all");
        assert!(fits(here, 1, "nothing").is_ok());
        let told = fits(here, u64::MAX, "all").map_err(|error| error.to_string());
        let told = told.expect_err("no disk is as large");
        assert!(
            told.contains("all takes ") && told.contains(" left; free some"),
            "{told}"
        );
    }
}
