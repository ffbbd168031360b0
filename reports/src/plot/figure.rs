//! What a figure shows, as plain data.

use serde::{Deserialize, Serialize};

use super::style::{Color, LineStyle, Marker};

/// How values are laid out along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By decimal logarithm; values are above 0.
    Log10,
    /// By binary logarithm, with ticks such as 2⁻¹³; values are above 0.
    Log2,
    /// By logarithm on both sides of 0 and evenly within ±`linthresh`; for sign-like domains
    /// [−1, −ε] ∪ [ε, 1]. Ticks are powers of two where `linthresh` is one, of ten elsewhere.
    SymLog {
        /// Where the even part ends; above 0.
        linthresh: f64,
    },
}

/// One axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// What is measured, with its unit.
    pub label: String,
    /// How values are laid out.
    pub scale: Scale,
    /// The first and last value shown; those of the data, with a margin, where absent.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// An axis over the range of the data.
    #[must_use]
    pub fn new(label: &str, scale: Scale) -> Self {
        Self {
            label: label.into(),
            scale,
            range: None,
        }
    }

    /// The same axis over a fixed range.
    #[must_use]
    pub fn over(mut self, from: f64, to: f64) -> Self {
        self.range = Some((from, to));
        self
    }
}

/// A text beside a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// The point.
    pub point: (f64, f64),
    /// The text, such as a degree vector.
    pub text: String,
}

/// One thing drawn in a figure. Series with the same label and look share a legend entry; an
/// empty label has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Points joined in order.
    Line {
        /// The points.
        points: Vec<(f64, f64)>,
        /// The legend entry.
        label: String,
        /// The line.
        style: LineStyle,
    },
    /// Curves that are not joined with each other: an error over a union of intervals.
    Runs {
        /// The points of each curve.
        runs: Vec<Vec<(f64, f64)>>,
        /// The legend entry.
        label: String,
        /// The line.
        style: LineStyle,
    },
    /// A staircase: each ordinate holds until the next point.
    Steps {
        /// The corners, by rising abscissa.
        points: Vec<(f64, f64)>,
        /// The legend entry.
        label: String,
        /// The line.
        style: LineStyle,
    },
    /// Points by themselves.
    Scatter {
        /// The points.
        points: Vec<(f64, f64)>,
        /// The legend entry.
        label: String,
        /// The marker.
        marker: Marker,
    },
    /// A level across the whole figure.
    HorizontalLine {
        /// The ordinate.
        y: f64,
        /// The legend entry.
        label: String,
        /// Dashed or solid.
        dashed: bool,
    },
    /// A shaded range of abscissae.
    VerticalBand {
        /// Its left end.
        from: f64,
        /// Its right end.
        to: f64,
        /// The legend entry.
        label: String,
    },
    /// Texts beside points, placed so that they cover neither each other nor the points.
    Annotations {
        /// The texts and their points.
        notes: Vec<Annotation>,
    },
}

/// Where the legend stands; always outside the plotting area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Legend {
    /// In rows below the figure.
    #[default]
    Below,
    /// In a column to the right.
    Right,
    /// Nowhere.
    Hidden,
}

/// One picture: two axes and what is drawn between them.
///
/// Texts may raise a part with `^{…}`: `2^{−13.296}`.
///
/// ```
/// use equiripple_reports::plot::{Axis, Figure, LineStyle, Scale, Series};
/// let points = (1..=100).map(|i| (f64::from(i), 1.0 / f64::from(i))).collect();
/// let figure = Figure::new("Decay", Axis::new("n", Scale::Log10), Axis::new("1/n", Scale::Log2))
///     .with(Series::Line { points, label: "1/n".into(), style: LineStyle::default() });
/// assert!(figure.svg()?.starts_with("<svg"));
/// assert!(figure.png()?.starts_with(b"\x89PNG"));
/// # Ok::<(), equiripple_reports::plot::PlotError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The heading.
    pub title: String,
    /// A second, smaller line of the heading.
    pub subtitle: Option<String>,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, from back to front.
    pub series: Vec<Series>,
    /// Where the legend stands.
    pub legend: Legend,
    /// Width and height in pixels; the PNG has twice as many each way.
    pub size: (u32, u32),
}

impl Figure {
    /// A figure of 800×500 without series.
    #[must_use]
    pub fn new(title: &str, x: Axis, y: Axis) -> Self {
        Self {
            title: title.into(),
            subtitle: None,
            x,
            y,
            series: Vec::new(),
            legend: Legend::Below,
            size: (800, 500),
        }
    }

    /// The same figure with one more series in front.
    #[must_use]
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// The same figure with a subtitle.
    #[must_use]
    pub fn subtitled(mut self, subtitle: &str) -> Self {
        self.subtitle = Some(subtitle.into());
        self
    }

    /// The same figure with a size.
    #[must_use]
    pub fn sized(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }
}

/// Small multiples: several figures in one picture under one heading and one legend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panels {
    /// The heading.
    pub title: String,
    /// A second, smaller line of the heading.
    pub subtitle: Option<String>,
    /// The figures, row by row; their own sizes and legends do not count.
    pub figures: Vec<Figure>,
    /// Figures per row; at least 1.
    pub columns: usize,
    /// Width and height in pixels; the PNG has twice as many each way.
    pub size: (u32, u32),
}

impl Series {
    /// The legend entry; empty where there is none.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Line { label, .. }
            | Self::Runs { label, .. }
            | Self::Steps { label, .. }
            | Self::Scatter { label, .. }
            | Self::HorizontalLine { label, .. }
            | Self::VerticalBand { label, .. } => label,
            Self::Annotations { .. } => "",
        }
    }

    /// Whether the series takes its colour from the palette.
    pub(super) fn takes_palette(&self) -> bool {
        match self {
            Self::Line { style, .. } | Self::Runs { style, .. } | Self::Steps { style, .. } => {
                style.color.is_none()
            }
            Self::Scatter { marker, .. } => marker.color.is_none(),
            _ => false,
        }
    }

    /// The colour of the series, the palette standing at `index`.
    pub(super) fn color(&self, index: usize) -> Color {
        match self {
            Self::Line { style, .. } | Self::Runs { style, .. } | Self::Steps { style, .. } => {
                style.color.unwrap_or(Color::of_series(index))
            }
            Self::Scatter { marker, .. } => marker.color.unwrap_or(Color::of_series(index)),
            _ => Color::GRAY,
        }
    }
}
