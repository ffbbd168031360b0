//! One figure in its part of the picture: heading, axes, grid and legend around the data.

use super::clip::Rect;
use super::draw::{Area, bands, series};
use super::error::PlotError;
use super::extent::extent;
use super::figure::{Figure, Legend, Series};
use super::legend::{Block, column, entries, rows};
use super::scale::Mapping;
use super::scene::{Anchor, Label, Scene, Shape};
use super::style::{Color, Dash};
use super::text::{width, wrap};
use super::ticks::{Room, Ticks, ticks};

const TICK_EM: f64 = 11.5;
const LABEL_EM: f64 = 13.0;
const EDGE: f64 = 14.0;
/// The least side of a plotting area.
const LEAST: f64 = 60.0;

/// The sizes of a heading.
pub(super) struct Heading {
    pub(super) title: f64,
    pub(super) subtitle: f64,
}

/// Draws the heading at the top of `rect` and returns what is left below it.
pub(super) fn heading(
    scene: &mut Scene,
    rect: &Rect,
    title: &str,
    subtitle: Option<&str>,
    sizes: &Heading,
) -> Result<Rect, PlotError> {
    let mut below = rect.top;
    let parts = [
        (title, sizes.title, true, Color::BLACK),
        (subtitle.unwrap_or(""), sizes.subtitle, false, Color::GRAY),
    ];
    for (text, em, bold, color) in parts {
        for line in wrap(text, em, bold, rect.width - 2.0 * EDGE)? {
            below += 1.35 * em;
            scene.shapes.push(Shape::Text(Label {
                at: (rect.left + EDGE, below),
                text: line,
                em,
                bold,
                anchor: Anchor::Start,
                color,
                upright: false,
            }));
        }
    }
    let used = below - rect.top;
    let used = if used > 0.0 {
        used + 0.3 * sizes.title
    } else {
        0.0
    };
    Ok(Rect {
        top: rect.top + used,
        height: rect.height - used,
        ..*rect
    })
}

/// Draws a whole figure into `rect`, its points thinned to `1/share` of a picture's.
pub(super) fn figure(
    scene: &mut Scene,
    figure: &Figure,
    rect: &Rect,
    sizes: &Heading,
    share: usize,
) -> Result<(), PlotError> {
    let data = extent(figure)?;
    let marked = figure
        .series
        .iter()
        .any(|one| matches!(one, Series::Scatter { .. } | Series::Annotations { .. }));
    let x = Mapping::new(&figure.x, data.x, if marked { 0.03 } else { 0.012 })?;
    let y = Mapping::new(&figure.y, data.y, 0.07)?;
    let subtitle = figure.subtitle.as_deref();
    let body = heading(scene, rect, &figure.title, subtitle, sizes)?;
    let (body, legend) = beside_legend(figure, &body)?;

    // Above the area stands the factor of the ordinates; below it labels and axis label.
    let top = body.top + 20.0;
    let bottom = body.bottom() - 8.0 - TICK_EM - 10.0 - LABEL_EM - 4.0;
    room(scene, bottom - top)?;
    let upright = |_: &str| Ok(TICK_EM * 1.7);
    let y_ticks = ticks(
        &y,
        &Room {
            length: bottom - top,
            spacing: 42.0,
            extent: &upright,
            whole: data.whole_y,
        },
    )?;
    let mut widest = 0.0f64;
    for (_, label) in &y_ticks.major {
        widest = widest.max(width(label, TICK_EM, false)?);
    }
    let left = body.left + EDGE + LABEL_EM + 10.0 + widest + 7.0;
    let flat = |label: &str| Ok(width(label, TICK_EM, false)? + 12.0);
    let mut right = body.right() - EDGE;
    let mut x_ticks = Ticks::default();
    // The last label may stand out to the right: it takes its room from the area.
    for _ in 0..2 {
        room(scene, right - left)?;
        let length = right - left;
        x_ticks = ticks(
            &x,
            &Room {
                length,
                spacing: 62.0,
                extent: &flat,
                whole: data.whole_x,
            },
        )?;
        let mut over = 0.0f64;
        for (fraction, label) in &x_ticks.major {
            let end = left + fraction * length + width(label, TICK_EM, false)? / 2.0;
            over = over.max(end + 6.0 - body.right());
        }
        if over <= 0.0 {
            break;
        }
        right -= over;
    }
    let plot = Rect {
        left,
        top,
        width: right - left,
        height: bottom - top,
    };
    let area = Area { rect: plot, x, y };
    bands(scene, figure, &area);
    grid(scene, &plot, &x_ticks, &y_ticks);
    frame(scene, &plot);
    series(scene, figure, &area, share)?;
    axis_labels(scene, figure, &body, &plot, &x_ticks, &y_ticks)?;
    if let Some((block, left, top)) = legend {
        block.draw(scene, left, top);
    }
    Ok(())
}

/// The body less the legend, and the legend with its place.
type Placed = (Rect, Option<(Block, f64, f64)>);

fn beside_legend(figure: &Figure, body: &Rect) -> Result<Placed, PlotError> {
    let entries = entries(&figure.series);
    if entries.is_empty() {
        return Ok((*body, None));
    }
    match figure.legend {
        Legend::Hidden => Ok((*body, None)),
        Legend::Below => {
            let block = rows(entries, body.width - 2.0 * EDGE)?;
            let height = body.height - block.height - 12.0;
            let place = (body.left + EDGE, body.top + height + 4.0);
            Ok((Rect { height, ..*body }, Some((block, place.0, place.1))))
        }
        Legend::Right => {
            let block = column(entries, 0.38 * body.width)?;
            let width = body.width - block.width - EDGE;
            let place = (body.left + width + 2.0, body.top + 22.0);
            Ok((Rect { width, ..*body }, Some((block, place.0, place.1))))
        }
    }
}

fn room(scene: &Scene, left: f64) -> Result<(), PlotError> {
    if left >= LEAST {
        return Ok(());
    }
    Err(PlotError::NoRoom {
        width: scene.size.0,
        height: scene.size.1,
        left: left.max(0.0),
        needed: LEAST,
    })
}

fn grid(scene: &mut Scene, plot: &Rect, x: &Ticks, y: &Ticks) {
    let lines = |ticks: &Ticks| {
        let minor = ticks.minor.iter().map(|at| (*at, Color::MINOR_GRID));
        let major = ticks.major.iter().map(|(at, _)| (*at, Color::GRID));
        minor.chain(major).collect::<Vec<_>>()
    };
    for (at, color) in lines(x) {
        let x = plot.left + at * plot.width;
        scene.line((x, plot.top), (x, plot.bottom()), color, 1.0);
    }
    for (at, color) in lines(y) {
        let y = plot.bottom() - at * plot.height;
        scene.line((plot.left, y), (plot.right(), y), color, 1.0);
    }
}

fn frame(scene: &mut Scene, plot: &Rect) {
    let mut points = plot.corners();
    points.extend(points.first().copied());
    scene.shapes.push(Shape::Stroke {
        points,
        color: Color::FRAME,
        width: 1.0,
        dash: Dash::Solid,
    });
}

fn axis_labels(
    scene: &mut Scene,
    figure: &Figure,
    body: &Rect,
    plot: &Rect,
    x: &Ticks,
    y: &Ticks,
) -> Result<(), PlotError> {
    let below = plot.bottom() + 8.0 + 0.8 * TICK_EM;
    for (at, label) in &x.major {
        let place = plot.left + at * plot.width;
        let edge = plot.bottom();
        scene.line((place, edge), (place, edge + 4.0), Color::FRAME, 1.0);
        scene.text((place, below), label, TICK_EM, Anchor::Middle, Color::BLACK);
    }
    for (at, label) in &y.major {
        let place = plot.bottom() - at * plot.height;
        scene.line(
            (plot.left - 4.0, place),
            (plot.left, place),
            Color::FRAME,
            1.0,
        );
        let at = (plot.left - 7.0, place + 0.36 * TICK_EM);
        scene.text(at, label, TICK_EM, Anchor::End, Color::BLACK);
    }
    if let Some(factor) = &y.factor {
        let at = (plot.left, plot.top - 6.0);
        scene.text(at, factor, TICK_EM, Anchor::Start, Color::BLACK);
    }
    let line = below + 8.0 + LABEL_EM;
    if let Some(factor) = &x.factor {
        scene.text(
            (plot.right(), line),
            factor,
            TICK_EM,
            Anchor::End,
            Color::BLACK,
        );
    }
    let middle = plot.left + plot.width / 2.0;
    scene.text(
        (middle, line),
        &figure.x.label,
        LABEL_EM,
        Anchor::Middle,
        Color::BLACK,
    );
    // A label longer than its axis is moved so that it begins at the lower edge.
    let long = width(&figure.y.label, LABEL_EM, false)?;
    let center = plot.top + plot.height / 2.0;
    let start = (center + long / 2.0).min(body.bottom() - 2.0);
    scene.shapes.push(Shape::Text(Label {
        at: (body.left + EDGE + 0.8 * LABEL_EM, start),
        text: figure.y.label.clone(),
        em: LABEL_EM,
        bold: false,
        anchor: Anchor::Start,
        color: Color::BLACK,
        upright: true,
    }));
    Ok(())
}
