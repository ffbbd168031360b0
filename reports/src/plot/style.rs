//! Colours, dashes and markers.

use serde::{Deserialize, Serialize};

/// An opaque colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Color {
    /// Red, green and blue.
    pub rgb: [u8; 3],
}

impl Color {
    /// Okabe–Ito black.
    pub const BLACK: Self = Self::new(0, 0, 0);
    /// Okabe–Ito orange.
    pub const ORANGE: Self = Self::new(0xE6, 0x9F, 0x00);
    /// Okabe–Ito sky blue.
    pub const SKY: Self = Self::new(0x56, 0xB4, 0xE9);
    /// Okabe–Ito bluish green.
    pub const GREEN: Self = Self::new(0x00, 0x9E, 0x73);
    /// Okabe–Ito blue.
    pub const BLUE: Self = Self::new(0x00, 0x72, 0xB2);
    /// Okabe–Ito vermillion.
    pub const VERMILLION: Self = Self::new(0xD5, 0x5E, 0x00);
    /// Okabe–Ito reddish purple.
    pub const PURPLE: Self = Self::new(0xCC, 0x79, 0xA7);
    /// Text that is secondary, and bounds.
    pub const GRAY: Self = Self::new(0x5A, 0x5A, 0x5A);
    /// A curve that stands behind another.
    pub const PALE: Self = Self::new(0xB8, 0xB8, 0xB8);
    pub(super) const GRID: Self = Self::new(0xE4, 0xE4, 0xE4);
    pub(super) const MINOR_GRID: Self = Self::new(0xF3, 0xF3, 0xF3);
    pub(super) const FRAME: Self = Self::new(0x8C, 0x8C, 0x8C);
    pub(super) const WHITE: Self = Self::new(0xFF, 0xFF, 0xFF);

    /// A colour of three channels.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self {
            rgb: [red, green, blue],
        }
    }

    /// The colour of the series with this index: the Okabe–Ito palette, told apart by readers
    /// with any colour vision, less its yellow, which vanishes on white.
    #[must_use]
    pub fn of_series(index: usize) -> Self {
        const CYCLE: [Color; 7] = [
            Color::BLUE,
            Color::VERMILLION,
            Color::GREEN,
            Color::PURPLE,
            Color::ORANGE,
            Color::SKY,
            Color::BLACK,
        ];
        CYCLE[index % CYCLE.len()]
    }

    pub(super) fn hex(self) -> String {
        let [red, green, blue] = self.rgb;
        format!("#{red:02X}{green:02X}{blue:02X}")
    }
}

/// How a line is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dash {
    /// Not at all.
    #[default]
    Solid,
    /// Into strokes.
    Dashed,
    /// Into dots.
    Dotted,
}

impl Dash {
    /// Lengths of stroke and gap, in pixels; none for a solid line.
    pub(super) fn lengths(self) -> Option<(f64, f64)> {
        match self {
            Self::Solid => None,
            Self::Dashed => Some((7.0, 4.5)),
            Self::Dotted => Some((1.5, 3.5)),
        }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineStyle {
    /// Its colour; the palette's next where absent.
    pub color: Option<Color>,
    /// How it is broken.
    pub dash: Dash,
    /// Its width in pixels.
    pub width: f64,
}

impl Default for LineStyle {
    fn default() -> Self {
        Self {
            color: None,
            dash: Dash::Solid,
            width: 1.7,
        }
    }
}

/// The shape of a marker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkerShape {
    /// A disc.
    #[default]
    Circle,
    /// A square.
    Square,
    /// A triangle standing on its base.
    Triangle,
    /// A square standing on its corner.
    Diamond,
    /// Two crossing strokes.
    Cross,
}

impl MarkerShape {
    /// The shape of the series with this index.
    #[must_use]
    pub fn of_series(index: usize) -> Self {
        const CYCLE: [MarkerShape; 5] = [
            MarkerShape::Circle,
            MarkerShape::Square,
            MarkerShape::Triangle,
            MarkerShape::Diamond,
            MarkerShape::Cross,
        ];
        CYCLE[index % CYCLE.len()]
    }
}

/// How a point is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Marker {
    /// Its colour; the palette's next where absent.
    pub color: Option<Color>,
    /// Its shape.
    pub shape: MarkerShape,
    /// Its radius in pixels.
    pub radius: f64,
    /// Filled, or an outline on white.
    pub filled: bool,
}

impl Default for Marker {
    fn default() -> Self {
        Self {
            color: None,
            shape: MarkerShape::Circle,
            radius: 3.6,
            filled: true,
        }
    }
}
