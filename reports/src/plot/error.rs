//! Why a figure could not be drawn.

/// Why a figure could not be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlotError {
    /// Nothing to draw.
    #[error("figure \"{title}\" has 0 points, at least 1 needed; add a series with points")]
    Empty {
        /// The figure's title.
        title: String,
    },
    /// An arrow that comes from no earlier box.
    #[error(
        "box {index} (\"{label}\") has an arrow from box {input}; give arrows from earlier boxes"
    )]
    Arrow {
        /// The box's first line.
        label: String,
        /// Where its arrow comes from.
        input: usize,
        /// The box's index.
        index: usize,
    },
    /// A coordinate is NaN or infinite.
    #[error(
        "series \"{series}\", point {index}: ({x}, {y}) is not finite; leave the point out or \
         split the series there"
    )]
    NotFinite {
        /// The label of the series.
        series: String,
        /// The point's index in the series, counted over all its runs.
        index: usize,
        /// Its abscissa.
        x: f64,
        /// Its ordinate.
        y: f64,
    },
    /// A coordinate that a logarithmic axis cannot show.
    #[error(
        "series \"{series}\", point {index}: {value} on a logarithmic axis, above 0 needed; leave \
         the point out or use Scale::SymLog"
    )]
    NotPositive {
        /// The label of the series.
        series: String,
        /// The point's index in the series, counted over all its runs.
        index: usize,
        /// The coordinate.
        value: f64,
    },
    /// An axis range that is empty, not finite, or not positive on a logarithmic axis.
    #[error(
        "axis \"{axis}\" from {from} to {to} cannot be shown; give finite ends in rising order, \
         above 0 on a logarithmic axis"
    )]
    Range {
        /// The axis label.
        axis: String,
        /// The lower end.
        from: f64,
        /// The upper end.
        to: f64,
    },
    /// The threshold of a symmetric logarithmic axis.
    #[error("axis \"{axis}\" has linthresh {linthresh}; give a finite value above 0")]
    Threshold {
        /// The axis label.
        axis: String,
        /// The threshold.
        linthresh: f64,
    },
    /// A line or marker of no size, or larger than any picture needs.
    #[error("series \"{series}\" has a {what} of {value} pixels; give {from} to {to}")]
    Style {
        /// The label of the series.
        series: String,
        /// The line width or the marker radius.
        what: &'static str,
        /// The size that was given.
        value: f64,
        /// The least size.
        from: f64,
        /// The largest size.
        to: f64,
    },
    /// The picture is too small for its content, or its size is out of bounds.
    #[error(
        "{width}×{height} leaves {left:.0} pixels to plot in, {needed:.0} needed; give a larger \
         size or fewer labels"
    )]
    NoRoom {
        /// The picture's width.
        width: u32,
        /// The picture's height.
        height: u32,
        /// The smaller side of the plotting area.
        left: f64,
        /// The least side of a plotting area.
        needed: f64,
    },
    /// The picture is too large to draw.
    #[error("{width}×{height} pixels, {bound} allowed per side; give a smaller size")]
    TooLarge {
        /// The picture's width.
        width: u32,
        /// The picture's height.
        height: u32,
        /// The largest side.
        bound: u32,
    },
    /// The embedded font or the PNG encoder failed.
    #[error("cannot draw {what}: {reason}; write the SVG instead and report this")]
    Backend {
        /// What was being drawn.
        what: &'static str,
        /// What the backend said.
        reason: String,
    },
}
