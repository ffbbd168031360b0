//! Figures, rendered to SVG and PNG from one description.
//!
//! A [`Figure`] is plain data: two axes and the series between them. It is laid out once, into
//! lines, markers and texts whose places are known, and both formats are written from those. So
//! they agree, and a test can hold the layout to its rules: labels and legend cover no data and
//! none of each other.
//!
//! Ready-made figures of approximation errors and costs are in [`ready`].

mod annotate;
mod bearing;
mod clip;
mod compose;
mod decimate;
mod draw;
mod error;
mod extent;
mod figure;
mod flow;
mod frame;
mod legend;
mod png;
mod raster;
pub mod ready;
mod scale;
mod scene;
mod style;
mod svg;
mod text;
mod ticks;

pub use compose::Rendered;
pub use error::PlotError;
pub use figure::{Annotation, Axis, Figure, Legend, Panels, Scale, Series};
pub use flow::{Flow, Step};
pub use style::{Color, Dash, LineStyle, Marker, MarkerShape};
pub use text::power_of_two;

#[cfg(test)]
mod tests;
