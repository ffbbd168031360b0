//! The text form of a synthetic data set.

use std::fmt;

use super::{DataError, Synthetic};

impl fmt::Display for Synthetic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            classes,
            size,
            channels,
            seed,
            images,
        } = self;
        write!(
            f,
            "synthetic:classes={classes},size={size},channels={channels},seed={seed},images={images}"
        )
    }
}

impl Synthetic {
    /// Reads what follows `synthetic:`; what is left out has its default.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataError> {
        let refused = |reason: String| DataError::Synthetic {
            found: format!("synthetic:{text}"),
            reason,
        };
        let mut literal = Self::default();
        let mut seen = vec![];
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (key, value) = part
                .split_once('=')
                .ok_or_else(|| refused(format!("`{part}` has no =")))?;
            if seen.contains(&key) {
                return Err(refused(format!("`{key}` is given twice")));
            }
            seen.push(key);
            let number: u64 = value
                .parse()
                .map_err(|_| refused(format!("`{value}` is no whole number")))?;
            // What does not fit is out of every range.
            let count = usize::try_from(number).unwrap_or(usize::MAX);
            match key {
                "classes" => literal.classes = count,
                "size" => literal.size = count,
                "channels" => literal.channels = count,
                "images" => literal.images = count,
                "seed" => literal.seed = number,
                _ => return Err(refused(format!("there is no `{key}`"))),
            }
        }
        Ok(literal)
    }
}
