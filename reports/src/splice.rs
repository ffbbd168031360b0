//! Generated text between the markers of a README.
//!
//! A document holds `<!-- BEGIN GENERATED name -->` and `<!-- END GENERATED name -->`; what lies
//! between them belongs to the generator, everything else to the author.

use std::io;
use std::path::{Path, PathBuf};

use crate::write::{WriteError, write_atomic};

/// Whether a document already holds the generated text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Generating again would change nothing.
    UpToDate,
    /// Generating again would change the document.
    Stale,
}

/// Why generated text could not be placed.
#[derive(Debug, thiserror::Error)]
pub enum SpliceError {
    /// A marker does not occur.
    #[error("marker \"{marker}\" is missing; add it on a line of its own")]
    Missing {
        /// The marker that was looked for.
        marker: String,
    },
    /// A marker occurs more than once.
    #[error("marker \"{marker}\" occurs {count} times, 1 allowed; rename or remove the others")]
    Duplicate {
        /// The marker that was looked for.
        marker: String,
        /// How often it occurs.
        count: usize,
    },
    /// The end stands before the beginning.
    #[error("the END marker of \"{name}\" stands before its BEGIN marker; exchange them")]
    Order {
        /// The name in both markers.
        name: String,
    },
    /// The generated text itself holds a marker.
    #[error("the text generated for \"{name}\" contains \"{marker}\"; remove it from the text")]
    Nested {
        /// The name in the markers.
        name: String,
        /// The marker inside the text.
        marker: String,
    },
    /// The document could not be read.
    #[error("cannot read {}: {reason}; give the path of an existing text file", path.display())]
    Read {
        /// The document.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// The document could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The document with the text between the markers of `name` replaced by `generated`.
///
/// Doing it twice gives what doing it once gives. Documents with CRLF line ends keep them.
///
/// # Errors
/// [`SpliceError`] when a marker is missing, doubled, out of order, or inside `generated`.
///
/// ```
/// use equiripple_reports::splice::splice;
/// let page = "Intro\n<!-- BEGIN GENERATED t -->\nold\n<!-- END GENERATED t -->\nEnd\n";
/// let page = splice(page, "t", "new")?;
/// assert!(page.contains("-->\nnew\n<!-- END"));
/// # Ok::<(), equiripple_reports::splice::SpliceError>(())
/// ```
pub fn splice(document: &str, name: &str, generated: &str) -> Result<String, SpliceError> {
    let begin = format!("<!-- BEGIN GENERATED {name} -->");
    let end = format!("<!-- END GENERATED {name} -->");
    for marker in [&begin, &end] {
        if generated.contains(marker.as_str()) {
            return Err(SpliceError::Nested {
                name: name.into(),
                marker: marker.clone(),
            });
        }
    }
    let after_begin = position(document, &begin)? + begin.len();
    let before_end = position(document, &end)?;
    if before_end < after_begin {
        return Err(SpliceError::Order { name: name.into() });
    }
    let (head, rest) = document.split_at(after_begin);
    let tail = &rest[before_end - after_begin..];
    let newline = if document.contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let mut spliced = String::from(head);
    spliced.push_str(newline);
    for line in generated.trim_end().lines() {
        spliced.push_str(line);
        spliced.push_str(newline);
    }
    spliced.push_str(tail);
    Ok(spliced)
}

/// Whether [`splice`] would leave the document as it is.
///
/// # Errors
/// As [`splice`].
pub fn check(document: &str, name: &str, generated: &str) -> Result<Freshness, SpliceError> {
    let fresh = splice(document, name, generated)? == document;
    Ok(freshness(fresh))
}

/// Splices several named texts into a file and says whether it was up to date before.
///
/// A file that is up to date is not touched.
///
/// # Errors
/// [`SpliceError`]; the file is then unchanged.
pub fn splice_file(path: &Path, texts: &[(&str, &str)]) -> Result<Freshness, SpliceError> {
    let (before, after) = spliced_file(path, texts)?;
    if before != after {
        write_atomic(path, after.as_bytes())?;
    }
    Ok(freshness(before == after))
}

/// Says whether [`splice_file`] would leave the file as it is, and writes nothing.
///
/// # Errors
/// As [`splice_file`], less the writing.
pub fn check_file(path: &Path, texts: &[(&str, &str)]) -> Result<Freshness, SpliceError> {
    let (before, after) = spliced_file(path, texts)?;
    Ok(freshness(before == after))
}

fn spliced_file(path: &Path, texts: &[(&str, &str)]) -> Result<(String, String), SpliceError> {
    let before = std::fs::read_to_string(path).map_err(|reason| SpliceError::Read {
        path: path.into(),
        reason,
    })?;
    let mut after = before.clone();
    for (name, text) in texts {
        after = splice(&after, name, text)?;
    }
    Ok((before, after))
}

fn freshness(fresh: bool) -> Freshness {
    if fresh {
        Freshness::UpToDate
    } else {
        Freshness::Stale
    }
}

fn position(document: &str, marker: &str) -> Result<usize, SpliceError> {
    let marker_text = || String::from(marker);
    let mut found = document.match_indices(marker).map(|(at, _)| at);
    match (found.next(), found.count()) {
        (None, _) => Err(SpliceError::Missing {
            marker: marker_text(),
        }),
        (Some(at), 0) => Ok(at),
        (Some(_), more) => Err(SpliceError::Duplicate {
            marker: marker_text(),
            count: more + 1,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "a\n<!-- BEGIN GENERATED t -->\n<!-- END GENERATED t -->\nb\n";

    #[test]
    fn twice_is_once() -> Result<(), SpliceError> {
        let once = splice(PAGE, "t", "| x |\n| - |\n")?;
        assert_eq!(splice(&once, "t", "| x |\n| - |")?, once);
        assert_eq!(check(&once, "t", "| x |\n| - |\n")?, Freshness::UpToDate);
        assert_eq!(check(PAGE, "t", "| x |")?, Freshness::Stale);
        assert!(once.starts_with("a\n") && once.ends_with("\nb\n"));
        Ok(())
    }

    #[test]
    fn line_ends_are_kept() -> Result<(), SpliceError> {
        let once = splice(&PAGE.replace('\n', "\r\n"), "t", "x\ny")?;
        assert!(once.contains("-->\r\nx\r\ny\r\n<!--"));
        Ok(())
    }

    #[test]
    fn wrong_markers_are_told_apart() {
        let missing = splice("text", "t", "");
        assert!(matches!(missing, Err(SpliceError::Missing { .. })));
        let doubled = splice(&PAGE.repeat(2), "t", "");
        assert!(matches!(
            doubled,
            Err(SpliceError::Duplicate { count: 2, .. })
        ));
        let page = "<!-- END GENERATED t --><!-- BEGIN GENERATED t -->";
        assert!(matches!(
            splice(page, "t", ""),
            Err(SpliceError::Order { .. })
        ));
        let nested = splice(PAGE, "t", "<!-- END GENERATED t -->");
        assert!(matches!(nested, Err(SpliceError::Nested { .. })));
    }

    #[test]
    fn checking_a_file_writes_nothing() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("README.md");
        std::fs::write(&path, PAGE)?;
        assert_eq!(check_file(&path, &[("t", "x")])?, Freshness::Stale);
        assert_eq!(std::fs::read_to_string(&path)?, PAGE);
        assert_eq!(splice_file(&path, &[("t", "x")])?, Freshness::Stale);
        assert_eq!(check_file(&path, &[("t", "x")])?, Freshness::UpToDate);
        Ok(())
    }
}
