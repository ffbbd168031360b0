//! The embedded font, the width of texts, and raised parts.

use std::sync::LazyLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

use super::error::PlotError;

/// The family as SVG viewers see it; a viewer without DejaVu takes its own sans-serif.
pub(super) const FAMILY: &str = "DejaVu Sans, sans-serif";

/// DejaVu's ascent and descent together, in ems: plotters sizes fonts by it.
const LINE_PER_EM: f64 = (1901.0 + 483.0) / 2048.0;

/// The em at which widths are measured, large against plotters' rounding to whole pixels.
const MEASURE_EM: f64 = 400.0;

const NAME: &str = "equiripple-dejavu";

static REGISTERED: LazyLock<bool> = LazyLock::new(|| {
    register_font(NAME, FontStyle::Normal, file(false)).is_ok()
        && register_font(NAME, FontStyle::Bold, file(true)).is_ok()
});

/// The bytes of the embedded font.
pub(super) fn file(bold: bool) -> &'static [u8] {
    if bold {
        dejavu::sans::bold()
    } else {
        dejavu::sans::regular()
    }
}

/// A font whose em is `em` pixels.
pub(super) fn font(em: f64, bold: bool) -> Result<FontDesc<'static>, PlotError> {
    if !*REGISTERED {
        return Err(PlotError::Backend {
            what: "text",
            reason: "the embedded font was not accepted".into(),
        });
    }
    let style = if bold {
        FontStyle::Bold
    } else {
        FontStyle::Normal
    };
    Ok(FontDesc::new(
        FontFamily::Name(NAME),
        em * LINE_PER_EM,
        style,
    ))
}

/// A part of a text with one size and one height.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) text: String,
    /// The em, as a fraction of the text's em.
    pub(super) size: f64,
    /// How far the part is raised, as a fraction of the text's em.
    pub(super) rise: f64,
}

/// The parts of a text: `^{…}` is raised, everything else stands on the line.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut push = |text: &str, size, rise| {
        if !text.is_empty() {
            // Control characters have no place in a line of text, nor in XML.
            let text = text.replace(char::is_control, " ");
            spans.push(Span { text, size, rise });
        }
    };
    let mut rest = text;
    while let Some((line, after)) = rest.split_once("^{") {
        let Some((raised, after)) = after.split_once('}') else {
            break;
        };
        push(line, 1.0, 0.0);
        push(raised, 0.74, 0.38);
        rest = after;
    }
    push(rest, 1.0, 0.0);
    spans
}

/// The width of a text whose em is `em` pixels.
pub(super) fn width(text: &str, em: f64, bold: bool) -> Result<f64, PlotError> {
    let font = font(MEASURE_EM, bold)?;
    let mut total = 0.0;
    for span in spans(text) {
        let layout = font.layout_box(&span.text);
        let ((left, _), (right, _)) = layout.map_err(|error| PlotError::Backend {
            what: "text",
            reason: error.to_string(),
        })?;
        total += f64::from(right - left) / MEASURE_EM * em * span.size;
    }
    Ok(total)
}

/// The lines of a text broken at spaces so that each is at most `limit` wide where it can be.
pub(super) fn wrap(text: &str, em: f64, bold: bool, limit: f64) -> Result<Vec<String>, PlotError> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(last)) if width(&longer, em, bold)? <= limit => *last = longer,
            _ => lines.push(word.into()),
        }
    }
    Ok(lines)
}

/// A whole number with a real minus sign.
pub(super) fn signed(text: &str) -> String {
    text.replace('-', "−")
}

/// `base` to a whole power, the exponent in superscript characters.
pub(super) fn power(base: u32, exponent: i32) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = exponent.to_string();
    let raised = digits.bytes().map(|byte| match byte {
        b'-' => '⁻',
        digit => RAISED[usize::from(digit.wrapping_sub(b'0')) % 10],
    });
    format!("{base}{}", raised.collect::<String>())
}

/// A positive value as a power of two to three decimals, in this module's markup:
/// `2^{−13.296}`.
///
/// ```
/// assert_eq!(equiripple_reports::plot::power_of_two(0.125), "2^{−3}");
/// assert_eq!(equiripple_reports::plot::power_of_two(9.9406499e-5), "2^{−13.296}");
/// ```
#[must_use]
pub fn power_of_two(value: f64) -> String {
    if !(value.is_finite() && value > 0.0) {
        return signed(&value.to_string());
    }
    let text = format!("{:.3}", value.log2());
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let text = if text == "-0" { "0" } else { text };
    format!("2^{{{}}}", signed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_every_character_that_labels_use() -> Result<(), PlotError> {
        let font = font(40.0, false)?;
        let ink = |text: &str| {
            let mut pixels = Vec::new();
            let outcome = font.draw::<(), _>(text, (0, 0), |x, y, c| {
                pixels.push((x, y, c.to_bits()));
                Ok(())
            });
            assert!(outcome.is_ok());
            pixels
        };
        let missing = ink("\u{10FFFD}");
        for c in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻−×·±αεσ∘∪≤≥…⌈⌉".chars() {
            let drawn = ink(&c.to_string());
            assert!(!drawn.is_empty() && drawn != missing, "{c}");
        }
        Ok(())
    }

    #[test]
    fn raised_parts_are_found_and_open_ones_are_literal() {
        let found = spans("a^{b}c");
        assert_eq!(found.len(), 3);
        assert!(found[1].rise > 0.0 && found[1].text == "b");
        assert_eq!(spans("a^{b").len(), 1);
        assert_eq!(spans("{15,15}")[0].text, "{15,15}");
    }

    #[test]
    fn lines_are_broken_at_spaces() -> Result<(), PlotError> {
        let lines = wrap("some words that do not fit", 12.0, false, 90.0)?;
        assert!(lines.len() > 1);
        for line in &lines {
            assert!(width(line, 12.0, false)? <= 90.0);
        }
        Ok(())
    }

    #[test]
    fn powers_are_superscripts() {
        assert_eq!(power(2, -13), "2⁻¹³");
        assert_eq!(power(10, 0), "10⁰");
    }
}
