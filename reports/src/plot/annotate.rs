//! Where the texts beside points stand.

use std::f64::consts::TAU;

use super::clip::Rect;
use super::error::PlotError;
use super::scene::Point;

/// A placed text: its box, and the line to its point where it stands far off.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) rect: Rect,
    pub(super) leader: Option<(Point, Point)>,
}

/// What texts should not cover.
pub(super) struct Obstacles {
    /// The plotting area, which texts never leave.
    pub(super) area: Rect,
    /// Boxes of markers.
    pub(super) marks: Vec<Rect>,
    /// Lines.
    pub(super) lines: Vec<Vec<Point>>,
}

/// Places boxes of the given sizes beside their points, in order: none covers another, and each
/// takes the place that covers least and stands nearest. `None` where one finds no place.
pub(super) fn place(wanted: &[(Point, f64, f64)], obstacles: &Obstacles) -> Option<Vec<Placed>> {
    let mut placed: Vec<Placed> = Vec::new();
    for (point, width, height) in wanted {
        let best = best_of(*point, *width, *height, &placed, obstacles);
        placed.push(best?);
    }
    // Later texts took what earlier ones left: each now chooses again among the others.
    for _ in 0..SWEEPS {
        for (index, (point, width, height)) in wanted.iter().enumerate() {
            let old = placed.remove(index);
            let best = best_of(*point, *width, *height, &placed, obstacles);
            placed.insert(index, best.unwrap_or(old));
        }
    }
    Some(placed)
}

const SWEEPS: usize = 3;

fn best_of(
    point: Point,
    width: f64,
    height: f64,
    placed: &[Placed],
    obstacles: &Obstacles,
) -> Option<Placed> {
    let near = candidates(point, width, height);
    cheapest(near, point, placed, obstacles).or_else(|| {
        let far = anywhere(&obstacles.area, width, height);
        cheapest(far, point, placed, obstacles)
    })
}

/// Boxes around a point, at growing distances.
fn candidates(point: Point, width: f64, height: f64) -> Vec<Rect> {
    let mut found = Vec::new();
    for distance in [6.0, 10.0, 16.0, 24.0, 36.0, 52.0, 74.0, 104.0] {
        for turn in 0..16 {
            // The upper right is tried first: equal costs go to the first.
            let angle = TAU * (f64::from(turn) / 16.0 + 0.125);
            let (right, up) = (angle.cos(), angle.sin());
            let x = point.0 + right * (distance + width / 2.0);
            let y = point.1 - up * (distance + height / 2.0);
            found.push(Rect {
                left: x - width / 2.0,
                top: y - height / 2.0,
                width,
                height,
            });
        }
    }
    found
}

/// Boxes all over the area.
fn anywhere(area: &Rect, width: f64, height: f64) -> Vec<Rect> {
    let (step_x, step_y) = ((width / 2.0).max(1.0), height.max(1.0));
    let count = |room: f64, step: f64| (room / step).clamp(0.0, 400.0) as u32;
    let mut found = Vec::new();
    for row in 0..count(area.height, step_y) {
        for column in 0..count(area.width, step_x) {
            found.push(Rect {
                left: area.left + f64::from(column) * step_x,
                top: area.top + f64::from(row) * step_y,
                width,
                height,
            });
        }
    }
    found
}

fn cheapest(
    rects: Vec<Rect>,
    point: Point,
    placed: &[Placed],
    obstacles: &Obstacles,
) -> Option<Placed> {
    let mut best: Option<(f64, Placed)> = None;
    for rect in rects {
        let around = rect.grown(2.0);
        let taken = |other: &Placed| around.overlaps(&other.rect);
        if !obstacles.area.holds(&rect) || placed.iter().any(taken) {
            continue;
        }
        let end = nearest(&rect, point);
        let distance = away(end, point);
        let leader = (distance > 13.0).then_some((point, end));
        let crosses = |rect: &Rect, line: Option<(Point, Point)>| {
            line.is_some_and(|(from, to)| rect.clip(from, to).is_some())
        };
        let crossed = placed
            .iter()
            .filter(|other| crosses(&rect, other.leader) || crosses(&other.rect, leader))
            .count();
        let marks = obstacles
            .marks
            .iter()
            .filter(|mark| mark.overlaps(&around))
            .count();
        let crossings = obstacles.lines.iter().flat_map(|line| line.windows(2));
        let crossings = crossings
            .filter(|pair| rect.clip(pair[0], pair[1]).is_some())
            .take(4)
            .count();
        // A text nearer to another marker would be read as that one's.
        let strange = obstacles.marks.iter().any(|mark| {
            let center = (mark.left + mark.width / 2.0, mark.top + mark.height / 2.0);
            let other = away(center, point) > 1.0;
            other && away(nearest(&rect, center), center) < distance
        });
        let cost = distance
            + 60.0 * marks as f64
            + 40.0 * crossings as f64
            + 120.0 * crossed as f64
            + if strange && leader.is_none() {
                25.0
            } else {
                0.0
            };
        if best.as_ref().is_none_or(|(least, _)| cost < *least - 1e-9) {
            best = Some((cost, Placed { rect, leader }));
        }
    }
    best.map(|(_, placed)| placed)
}

fn away(a: Point, b: Point) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

fn nearest(rect: &Rect, point: Point) -> Point {
    (
        point.0.clamp(rect.left, rect.right()),
        point.1.clamp(rect.top, rect.bottom()),
    )
}

/// The error of a picture whose texts find no place.
pub(super) fn no_room(size: (u32, u32), area: &Rect) -> PlotError {
    PlotError::NoRoom {
        width: size.0,
        height: size.1,
        left: area.width.min(area.height),
        needed: area.width.min(area.height) * 1.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_crowded_points_do_not_overlap() {
        let area = Rect {
            left: 0.0,
            top: 0.0,
            width: 700.0,
            height: 400.0,
        };
        let wanted: Vec<_> = (0..40)
            .map(|i| {
                let t = f64::from(i) / 40.0;
                ((300.0 + 60.0 * t, 200.0 - 80.0 * t * t), 62.0, 13.0)
            })
            .collect();
        let obstacles = Obstacles {
            area,
            marks: Vec::new(),
            lines: Vec::new(),
        };
        let placed = place(&wanted, &obstacles).unwrap_or_default();
        assert_eq!(placed.len(), wanted.len());
        for (index, one) in placed.iter().enumerate() {
            assert!(area.holds(&one.rect));
            for other in &placed[..index] {
                assert!(!one.rect.overlaps(&other.rect));
            }
        }
    }
}
