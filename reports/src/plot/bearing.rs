//! The free space at the left of each glyph, read from the font's tables.
//!
//! plotters draws a glyph with its ink at the pen; the font wants it a little to the right, by
//! its left side bearing. Without it letters stand unevenly.

/// The left side bearing of a character, in ems; 0 where the font does not tell.
pub(super) fn bearing(font: &[u8], c: char) -> f64 {
    found(font, c).unwrap_or(0.0)
}

fn found(font: &[u8], c: char) -> Option<f64> {
    let glyph = glyph(table(font, b"cmap")?, u32::from(c))?;
    let units = half(table(font, b"head")?, 18)?;
    // The advance widths come first; the glyphs after the last of them have a bearing only.
    let wide = usize::from(half(table(font, b"hhea")?, 34)?);
    let at = if glyph < wide {
        4 * glyph + 2
    } else {
        4 * wide + 2 * (glyph - wide)
    };
    let units_left = half(table(font, b"hmtx")?, at)?.cast_signed();
    Some(f64::from(units_left) / f64::from(units))
}

/// The bytes from the beginning of a table on.
fn table<'a>(font: &'a [u8], tag: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(half(font, 4)?);
    let entries = font.get(12..)?.chunks_exact(16).take(count);
    let entry = entries.into_iter().find(|entry| entry.starts_with(tag))?;
    font.get(word(entry, 8)? as usize..)
}

/// The index of a character's glyph, from a segmented map of all of Unicode (format 12).
fn glyph(cmap: &[u8], c: u32) -> Option<usize> {
    let count = usize::from(half(cmap, 2)?);
    let maps = (0..count).filter_map(|index| cmap.get(word(cmap, 8 + 8 * index)? as usize..));
    let map = maps.into_iter().find(|map| half(map, 0) == Some(12))?;
    let groups = map.get(16..)?.chunks_exact(12);
    let group = groups
        .take(word(map, 12)? as usize)
        .find(|group| word(group, 0) <= Some(c) && Some(c) <= word(group, 4))?;
    Some((word(group, 8)? + c - word(group, 0)?) as usize)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearings_are_found_in_both_fonts() {
        for font in [dejavu::sans::regular(), dejavu::sans::bold()] {
            for c in "Hhl1²⁻α".chars() {
                let found = found(font, c);
                assert!(
                    found.is_some_and(|left| (-0.05..0.3).contains(&left)),
                    "{c} {found:?}"
                );
            }
            // A straight stem stands farther from the edge than a crossbar.
            assert!(bearing(font, 'H') > bearing(font, 'T') + 0.05);
        }
        assert_eq!(found(b"no font", 'a'), None);
    }
}
