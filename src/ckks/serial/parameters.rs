//! Parameters: the literal as JSON.

use super::{SerialError, file};
use crate::ckks::{Parameters, ParametersLiteral};
use std::{fs::File, io::Read, path::Path};

/// Longest text: the literal of the longest chain takes less than a tenth of it.
const MAX: u64 = 1 << 14;

/// Reads parameters and checks them, the security gate included.
///
/// # Errors
/// When the file is longer than 16 KiB, is no literal in JSON, or the parameters are refused.
pub fn read_parameters(path: &Path) -> Result<Parameters, SerialError> {
    let file = File::open(path)?;
    let found = file.metadata()?.len();
    if found > MAX {
        return Err(SerialError::TooLarge { found, max: MAX });
    }
    let mut text = String::new();
    file.take(MAX).read_to_string(&mut text)?;
    let literal: ParametersLiteral = serde_json::from_str(&text)?;
    Ok(Parameters::new(literal)?)
}

/// Writes parameters, replacing what was there.
///
/// # Errors
/// When the operating system refuses.
pub fn write_parameters(path: &Path, parameters: &Parameters) -> Result<(), SerialError> {
    let text = serde_json::to_string_pretty(parameters.literal())?;
    file::write_text(path, &(text + "\n"))
}
