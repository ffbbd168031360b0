//! A scene as pixels, every edge smoothed by its distance to the pixel's centre.

use super::bearing::bearing;
use super::error::PlotError;
use super::scene::{Anchor, Label, Point, Scene, Shape, corners};
use super::style::{Color, MarkerShape};
use super::svg::OUTLINE;
use super::text::{file, font, spans, width};

/// How much finer glyphs are drawn, each way.
const FINE: f64 = 4.0;

/// Rows of RGB bytes.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) bytes: Vec<u8>,
    /// How much of each pixel the shape being drawn covers.
    cover: Vec<f32>,
    scale: f64,
}

/// Draws the scene with `scale` pixels for each of its own.
pub(super) fn render(scene: &Scene, scale: u32) -> Result<Canvas, PlotError> {
    let side = |length: u32| length as usize * scale as usize;
    let (width, height) = (side(scene.size.0), side(scene.size.1));
    let mut canvas = Canvas {
        width,
        height,
        bytes: vec![255; 3 * width * height],
        cover: vec![0.0; width * height],
        scale: f64::from(scale),
    };
    for shape in &scene.shapes {
        canvas.shape(shape)?;
    }
    Ok(canvas)
}

impl Canvas {
    fn shape(&mut self, shape: &Shape) -> Result<(), PlotError> {
        match shape {
            Shape::Stroke {
                points,
                color,
                width,
                dash,
            } => match dash.lengths() {
                None => self.stroke(points, *width, *color),
                Some(lengths) => {
                    for piece in dashed(points, lengths) {
                        self.stroke(&piece, *width, *color);
                    }
                }
            },
            Shape::Fill { points, color } => self.polygon(points, *color),
            Shape::Marks {
                centers,
                color,
                shape,
                radius,
                filled,
            } => {
                for center in centers {
                    self.mark(*center, *color, *shape, *radius, *filled);
                }
            }
            Shape::Text(label) => self.text(label)?,
        }
        Ok(())
    }

    fn mark(&mut self, at: Point, color: Color, shape: MarkerShape, radius: f64, filled: bool) {
        let moved = |(dx, dy): &Point| (at.0 + dx, at.1 + dy);
        let around: Vec<Point> = corners(shape, radius).iter().map(moved).collect();
        match shape {
            MarkerShape::Circle => {
                self.stroke(&[at, at], 2.0 * radius, color);
                if !filled {
                    self.stroke(&[at, at], 2.0 * (radius - OUTLINE), Color::WHITE);
                }
            }
            MarkerShape::Cross => {
                for ends in around.chunks(2) {
                    self.stroke(ends, OUTLINE, color);
                }
            }
            _ if filled => self.polygon(&around, color),
            _ => {
                self.polygon(&around, Color::WHITE);
                let mut closed = around;
                closed.extend(closed.first().copied());
                self.stroke(&closed, OUTLINE, color);
            }
        }
    }

    /// A line with round joints: a pixel is covered as its distance to the nearest piece says.
    fn stroke(&mut self, points: &[Point], width: f64, color: Color) {
        let half = width * self.scale / 2.0;
        let mut bounds = Bounds::default();
        for pair in points.windows(2) {
            let [from, to] = [self.scaled(pair[0]), self.scaled(pair[1])];
            let reach = Bounds::around(&[from, to], half + 1.0, self);
            bounds.join(&reach);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length2 = dx * dx + dy * dy;
            for row in reach.rows.0..reach.rows.1 {
                let y = row as f64 + 0.5 - from.1;
                for column in reach.columns.0..reach.columns.1 {
                    let x = column as f64 + 0.5 - from.0;
                    let along = if length2 > 0.0 {
                        ((x * dx + y * dy) / length2).clamp(0.0, 1.0)
                    } else {
                        0.0
                    };
                    let distance = (x - along * dx).hypot(y - along * dy);
                    self.cover(row, column, half + 0.5 - distance);
                }
            }
        }
        self.paint(&bounds, color);
    }

    /// A convex polygon: a pixel is covered as its distance to the nearest edge says.
    fn polygon(&mut self, points: &[Point], color: Color) {
        let points: Vec<Point> = points.iter().map(|point| self.scaled(*point)).collect();
        let reach = Bounds::around(&points, 1.0, self);
        let area: f64 = edges(&points).map(|(a, b)| a.0 * b.1 - a.1 * b.0).sum();
        for row in reach.rows.0..reach.rows.1 {
            for column in reach.columns.0..reach.columns.1 {
                let (x, y) = (column as f64 + 0.5, row as f64 + 0.5);
                let inside = edges(&points).map(|(a, b)| {
                    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                    let cross = dx * (y - a.1) - dy * (x - a.0);
                    cross.copysign(cross * area) / dx.hypot(dy).max(1e-9)
                });
                let inside = inside.fold(f64::INFINITY, f64::min);
                self.cover(row, column, inside + 0.5);
            }
        }
        self.paint(&reach, color);
    }

    /// Glyphs are drawn at a finer resolution and averaged, which evens out their spacing.
    fn text(&mut self, label: &Label) -> Result<(), PlotError> {
        let total = width(&label.text, label.em, label.bold)?;
        let mut along = match label.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -total / 2.0,
            Anchor::End => -total,
        };
        let mut bounds = Bounds::default();
        for span in spans(&label.text) {
            let em = label.em * span.size;
            let mut end = 0;
            for c in span.text.chars() {
                end += c.len_utf8();
                // The pen before this glyph: kerning with the one before it included.
                let glyph = c.to_string();
                let before = span.text.get(..end).unwrap_or(&glyph);
                let advance = width(&glyph, em, label.bold)?;
                let pen = along + width(before, em, label.bold)? - advance;
                self.glyph(label, &glyph, em, (pen, span.rise * label.em), &mut bounds)?;
            }
            along += width(&span.text, em, label.bold)?;
        }
        self.paint(&bounds, label.color);
        Ok(())
    }

    /// Covers what a glyph covers, its pen `along` and `rise` away from the label's place.
    fn glyph(
        &mut self,
        label: &Label,
        glyph: &str,
        em: f64,
        (along, rise): Point,
        bounds: &mut Bounds,
    ) -> Result<(), PlotError> {
        let fine = FINE * self.scale;
        let font = font(em * fine, label.bold)?;
        let bearing = glyph
            .chars()
            .next()
            .map_or(0.0, |c| bearing(file(label.bold), c));
        // plotters puts the baseline half a font size below the place it is given.
        let base = -rise * fine - (font.get_size() / 2.0).floor();
        let left = (along * fine).round() + (bearing * em * fine).floor();
        let at = (label.at.0 * fine, label.at.1 * fine);
        let drawn = font.draw(glyph, (left as i32, base.round() as i32), |x, y, cover| {
            let (x, y) = (f64::from(x), f64::from(y));
            let (x, y) = if label.upright { (y, -x - 1.0) } else { (x, y) };
            let (column, row) = ((at.0 + x) / FINE, (at.1 + y) / FINE);
            if column >= 0.0 && row >= 0.0 {
                let (column, row) = (column as usize, row as usize);
                if column < self.width && row < self.height {
                    self.cover[row * self.width + column] += cover / (FINE * FINE) as f32;
                    bounds.join(&Bounds {
                        columns: (column, column + 1),
                        rows: (row, row + 1),
                    });
                }
            }
            Ok::<(), ()>(())
        });
        drawn
            .map_err(|error| error.to_string())
            .and_then(|inner| inner.map_err(|()| String::from("pixel refused")))
            .map_err(|reason| PlotError::Backend {
                what: "text",
                reason,
            })
    }

    fn scaled(&self, (x, y): Point) -> Point {
        (x * self.scale, y * self.scale)
    }

    fn cover(&mut self, row: usize, column: usize, amount: f64) {
        let here = &mut self.cover[row * self.width + column];
        *here = here.max(amount.clamp(0.0, 1.0) as f32);
    }

    /// Blends the colour where the cover says and clears the cover.
    fn paint(&mut self, bounds: &Bounds, color: Color) {
        for row in bounds.rows.0..bounds.rows.1 {
            for column in bounds.columns.0..bounds.columns.1 {
                let index = row * self.width + column;
                let cover = std::mem::take(&mut self.cover[index]).min(1.0);
                if cover <= 0.0 {
                    continue;
                }
                let pixel = &mut self.bytes[3 * index..3 * index + 3];
                for (old, new) in pixel.iter_mut().zip(color.rgb) {
                    let mixed = f32::from(*old) * (1.0 - cover) + f32::from(new) * cover;
                    *old = mixed.round() as u8;
                }
            }
        }
    }
}

/// Half-open ranges of columns and rows.
#[derive(Default)]
struct Bounds {
    columns: (usize, usize),
    rows: (usize, usize),
}

impl Bounds {
    fn around(points: &[Point], margin: f64, canvas: &Canvas) -> Self {
        let range = |values: &dyn Fn(&Point) -> f64, limit: usize| {
            let low = points.iter().map(values).fold(f64::INFINITY, f64::min);
            let high = points.iter().map(values).fold(f64::NEG_INFINITY, f64::max);
            // A cast from a float saturates: below 0 is 0.
            let first = (low - margin).floor() as usize;
            let last = (high + margin).ceil() as usize;
            (first.min(limit), last.min(limit))
        };
        Self {
            columns: range(&|point| point.0, canvas.width),
            rows: range(&|point| point.1, canvas.height),
        }
    }

    fn join(&mut self, other: &Self) {
        if other.columns.0 >= other.columns.1 || other.rows.0 >= other.rows.1 {
            return;
        }
        if self.columns.0 == self.columns.1 {
            (self.columns, self.rows) = (other.columns, other.rows);
            return;
        }
        let join = |a: (usize, usize), b: (usize, usize)| (a.0.min(b.0), a.1.max(b.1));
        self.columns = join(self.columns, other.columns);
        self.rows = join(self.rows, other.rows);
    }
}

fn edges(points: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    let next = points.iter().cycle().skip(1);
    points.iter().copied().zip(next.copied())
}

/// The strokes of a broken line, by its length.
fn dashed(points: &[Point], (on, off): (f64, f64)) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let part = done / length;
            let turn = (
                from.0 + part * (to.0 - from.0),
                from.1 + part * (to.1 - from.1),
            );
            if drawing {
                piece.push(turn);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![turn];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= length - done;
        if drawing {
            piece.push(to);
        }
    }
    if drawing && piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share_of_the_line() {
        let line = [(0.0, 0.0), (30.0, 0.0), (30.0, 70.0)];
        let pieces = dashed(&line, (6.0, 4.0));
        let length = |piece: &Vec<Point>| -> f64 {
            piece
                .windows(2)
                .map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1))
                .sum()
        };
        let total: f64 = pieces.iter().map(length).sum();
        assert!((total - 60.0).abs() < 1e-9, "{total}");
    }
}
