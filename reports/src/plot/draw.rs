//! From series to shapes inside a plotting area.

use super::annotate::{Obstacles, no_room, place};
use super::clip::Rect;
use super::decimate::{decimate, thin};
use super::error::PlotError;
use super::figure::{Annotation, Figure, Series};
use super::legend::{Look, colors, level_look};
use super::scale::Mapping;
use super::scene::{Anchor, Point, Scene, Shape};
use super::style::{Color, Dash};
use super::text::width;

/// Points in one picture: at about 13 bytes each an SVG stays below 300 kB.
const BUDGET: usize = 16_000;
const NOTE_EM: f64 = 11.0;

/// A plotting area with its two axes.
pub(super) struct Area {
    pub(super) rect: Rect,
    pub(super) x: Mapping,
    pub(super) y: Mapping,
}

impl Area {
    fn at(&self, (x, y): (f64, f64)) -> Point {
        // Far outside is outside: the bound keeps the arithmetic of clipping finite.
        let x = self.x.fraction(x).clamp(-1e6, 1e6);
        let y = self.y.fraction(y).clamp(-1e6, 1e6);
        (
            self.rect.left + x * self.rect.width,
            self.rect.bottom() - y * self.rect.height,
        )
    }

    fn line(&self, points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|point| self.at(*point)).collect()
    }

    /// The lines or marks of a series, in pixels, before any are left out.
    fn lines(&self, series: &Series) -> Vec<Vec<Point>> {
        match series {
            Series::Line { points, .. } | Series::Scatter { points, .. } => {
                vec![self.line(points)]
            }
            Series::Runs { runs, .. } => runs.iter().map(|run| self.line(run)).collect(),
            Series::Steps { points, .. } => vec![stairs(&self.line(points))],
            Series::HorizontalLine { y, .. } => {
                let height = self.at((self.x.from, *y)).1;
                vec![vec![(self.rect.left, height), (self.rect.right(), height)]]
            }
            Series::VerticalBand { .. } | Series::Annotations { .. } => Vec::new(),
        }
    }
}

/// Shades the bands of a figure: they lie behind the grid.
pub(super) fn bands(scene: &mut Scene, figure: &Figure, area: &Area) {
    for (series, color) in figure.series.iter().zip(colors(&figure.series)) {
        let Series::VerticalBand { from, to, .. } = series else {
            continue;
        };
        let rect = &area.rect;
        // An end that the axis cannot show, such as 0 on a logarithmic one, is the axis' end.
        let end = |value: f64, otherwise: f64| {
            let fraction = area.x.fraction(value);
            let fraction = if fraction.is_nan() {
                otherwise
            } else {
                fraction
            };
            rect.left + fraction.clamp(0.0, 1.0) * rect.width
        };
        let (left, right) = (end(from.min(*to), 0.0), end(from.max(*to), 0.0));
        if right > left {
            let band = Rect {
                left,
                width: right - left,
                ..*rect
            };
            scene.shapes.push(Shape::Fill {
                points: band.corners(),
                color,
            });
        }
    }
}

/// Draws the series of a figure, thinned to `1/share` of a picture's points.
pub(super) fn series(
    scene: &mut Scene,
    figure: &Figure,
    area: &Area,
    share: usize,
) -> Result<(), PlotError> {
    let all: Vec<_> = figure.series.iter().map(|one| area.lines(one)).collect();
    let reduced = reduce(&figure.series, all, &area.rect, BUDGET / share.max(1));
    let mut obstacles = Obstacles {
        area: area.rect.grown(-3.0),
        marks: Vec::new(),
        lines: Vec::new(),
    };
    for ((one, lines), color) in figure
        .series
        .iter()
        .zip(reduced)
        .zip(colors(&figure.series))
    {
        match one {
            Series::Scatter { marker, .. } => {
                let centers: Vec<Point> = lines.into_iter().flatten().collect();
                obstacles.marks.extend(centers.iter().map(|(x, y)| {
                    Rect {
                        left: *x,
                        top: *y,
                        width: 0.0,
                        height: 0.0,
                    }
                    .grown(marker.radius)
                }));
                scene.shapes.push(Shape::Marks {
                    centers,
                    color,
                    shape: marker.shape,
                    radius: marker.radius,
                    filled: marker.filled,
                });
            }
            Series::Line { style, .. }
            | Series::Runs { style, .. }
            | Series::Steps { style, .. } => {
                strokes(scene, &lines, color, style.width, style.dash);
                obstacles.lines.extend(lines);
            }
            Series::HorizontalLine { dashed, .. } => {
                if let Look::Line(color, width, dash) = level_look(color, *dashed) {
                    strokes(scene, &lines, color, width, dash);
                }
                obstacles.lines.extend(lines);
            }
            Series::VerticalBand { .. } | Series::Annotations { .. } => {}
        }
    }
    let notes = figure.series.iter().filter_map(|one| match one {
        Series::Annotations { notes } => Some(notes),
        _ => None,
    });
    let notes: Vec<_> = notes.flatten().collect();
    annotations(scene, &notes, area, &obstacles)
}

fn strokes(scene: &mut Scene, lines: &[Vec<Point>], color: Color, width: f64, dash: Dash) {
    for points in lines {
        scene.shapes.push(Shape::Stroke {
            points: points.clone(),
            color,
            width,
            dash,
        });
    }
}

/// What is visible of each series, with ever wider columns until all fit the budget.
fn reduce(
    series: &[Series],
    all: Vec<Vec<Vec<Point>>>,
    rect: &Rect,
    budget: usize,
) -> Vec<Vec<Vec<Point>>> {
    let mut column = 1.0;
    loop {
        let mut total = 0;
        let mut kept = Vec::with_capacity(all.len());
        for (one, lines) in series.iter().zip(&all) {
            let mut visible = Vec::new();
            for line in lines {
                if matches!(one, Series::Scatter { .. }) {
                    let inside = line.iter().filter(|point| rect.contains(**point));
                    let inside: Vec<Point> = inside.copied().collect();
                    let many = inside.len() > 2000;
                    visible.push(if many { thin(&inside, column) } else { inside });
                } else {
                    for part in rect.clip_line(line) {
                        visible.push(decimate(&part, column));
                    }
                }
            }
            total += visible.iter().map(Vec::len).sum::<usize>();
            kept.push(visible);
        }
        if total <= budget || column > rect.width {
            return kept;
        }
        column *= 1.5;
    }
}

fn stairs(corners: &[Point]) -> Vec<Point> {
    let mut points: Vec<Point> = corners.first().copied().into_iter().collect();
    for pair in corners.windows(2) {
        points.push((pair[1].0, pair[0].1));
        points.push(pair[1]);
    }
    points
}

fn annotations(
    scene: &mut Scene,
    notes: &[&Annotation],
    area: &Area,
    obstacles: &Obstacles,
) -> Result<(), PlotError> {
    let mut wanted = Vec::new();
    for note in notes {
        let point = area.at(note.point);
        if area.rect.contains(point) {
            wanted.push((
                point,
                width(&note.text, NOTE_EM, false)?,
                1.15 * NOTE_EM,
                note,
            ));
        }
    }
    let sizes: Vec<_> = wanted
        .iter()
        .map(|(point, w, h, _)| (*point, *w, *h))
        .collect();
    let placed = place(&sizes, obstacles).ok_or_else(|| no_room(scene.size, &area.rect))?;
    for (placed, (_, _, _, note)) in placed.iter().zip(&wanted) {
        if let Some((from, to)) = placed.leader {
            scene.line(from, to, Color::GRAY, 0.7);
        }
        let base = placed.rect.top + 0.95 * NOTE_EM;
        let at = (placed.rect.left, base);
        scene.text(at, &note.text, NOTE_EM, Anchor::Start, Color::BLACK);
    }
    Ok(())
}
