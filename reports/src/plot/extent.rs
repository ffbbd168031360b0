//! The points of a figure, checked.

use super::error::PlotError;
use super::figure::{Axis, Figure, Scale, Series};

/// The ranges of a figure's data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
    /// All abscissae are whole numbers.
    pub(super) whole_x: bool,
    /// All ordinates are whole numbers.
    pub(super) whole_y: bool,
}

/// Checks every point and finds the ranges.
pub(super) fn extent(figure: &Figure) -> Result<Extent, PlotError> {
    let mut found = Extent {
        x: (f64::INFINITY, f64::NEG_INFINITY),
        y: (f64::INFINITY, f64::NEG_INFINITY),
        whole_x: true,
        whole_y: true,
    };
    for series in &figure.series {
        let name = name(series);
        sizes(series)?;
        for (index, (x, y)) in points(series).enumerate() {
            if !(x.is_finite() && y.is_finite()) {
                let series = name.into();
                return Err(PlotError::NotFinite {
                    series,
                    index,
                    x,
                    y,
                });
            }
            for (axis, value) in [(&figure.x, x), (&figure.y, y)] {
                positive(axis, value, name, index)?;
            }
            found.x = (found.x.0.min(x), found.x.1.max(x));
            found.y = (found.y.0.min(y), found.y.1.max(y));
            found.whole_x &= x.fract().abs() <= 0.0;
            found.whole_y &= y.fract().abs() <= 0.0;
        }
    }
    if found.x.0 > found.x.1 {
        let title = figure.title.clone();
        return Err(PlotError::Empty { title });
    }
    for series in &figure.series {
        match series {
            Series::HorizontalLine { y, label, .. } => {
                if !y.is_finite() {
                    return Err(level(label, *y));
                }
                positive(&figure.y, *y, label, 0)?;
                found.y = (found.y.0.min(*y), found.y.1.max(*y));
            }
            Series::VerticalBand { from, to, label } => {
                if let Some(x) = [*from, *to].into_iter().find(|x| !x.is_finite()) {
                    return Err(level(label, x));
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn level(label: &str, value: f64) -> PlotError {
    PlotError::NotFinite {
        series: label.into(),
        index: 0,
        x: value,
        y: value,
    }
}

fn positive(axis: &Axis, value: f64, series: &str, index: usize) -> Result<(), PlotError> {
    if matches!(axis.scale, Scale::Log2 | Scale::Log10) && value <= 0.0 {
        return Err(PlotError::NotPositive {
            series: series.into(),
            index,
            value,
        });
    }
    Ok(())
}

/// Checks a series' line width or marker radius.
fn sizes(series: &Series) -> Result<(), PlotError> {
    let (what, value, from, to) = match series {
        Series::Line { style, .. } | Series::Runs { style, .. } | Series::Steps { style, .. } => {
            ("line width", style.width, 0.2, 20.0)
        }
        Series::Scatter { marker, .. } => ("marker radius", marker.radius, 1.5, 20.0),
        _ => return Ok(()),
    };
    if (from..=to).contains(&value) {
        return Ok(());
    }
    Err(PlotError::Style {
        series: name(series).into(),
        what,
        value,
        from,
        to,
    })
}

/// What an error calls the series.
fn name(series: &Series) -> &str {
    match series {
        Series::Annotations { .. } => "annotations",
        other => other.label(),
    }
}

/// All points of a series, over all its runs.
fn points(series: &Series) -> Box<dyn Iterator<Item = (f64, f64)> + '_> {
    match series {
        Series::Line { points, .. }
        | Series::Steps { points, .. }
        | Series::Scatter { points, .. } => Box::new(points.iter().copied()),
        Series::Runs { runs, .. } => Box::new(runs.iter().flatten().copied()),
        Series::Annotations { notes } => Box::new(notes.iter().map(|note| note.point)),
        Series::HorizontalLine { .. } | Series::VerticalBand { .. } => Box::new([].into_iter()),
    }
}
