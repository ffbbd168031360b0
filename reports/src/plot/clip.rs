//! What of a line lies in a rectangle.

use super::scene::Point;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(super) fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right()).contains(&x) && (self.top..=self.bottom()).contains(&y)
    }

    pub(super) fn holds(&self, other: &Self) -> bool {
        self.contains((other.left, other.top)) && self.contains((other.right(), other.bottom()))
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right()
            && other.left < self.right()
            && self.top < other.bottom()
            && other.top < self.bottom()
    }

    /// The rectangle with a margin of `by` on every side.
    pub(super) fn grown(&self, by: f64) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            width: self.width + 2.0 * by,
            height: self.height + 2.0 * by,
        }
    }

    pub(super) fn corners(&self) -> Vec<Point> {
        let (right, bottom) = (self.right(), self.bottom());
        let (left, top) = (self.left, self.top);
        vec![(left, top), (right, top), (right, bottom), (left, bottom)]
    }

    /// The part of a segment inside, by Liang and Barsky's parameters.
    pub(super) fn clip(&self, from: Point, to: Point) -> Option<(Point, Point)> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut first, mut last) = (0.0f64, 1.0f64);
        for (step, room) in [
            (-dx, from.0 - self.left),
            (dx, self.right() - from.0),
            (-dy, from.1 - self.top),
            (dy, self.bottom() - from.1),
        ] {
            if step < 0.0 {
                first = first.max(room / step);
            } else if step > 0.0 {
                last = last.min(room / step);
            } else if room < 0.0 {
                return None;
            }
        }
        let at = |part: f64| (from.0 + part * dx, from.1 + part * dy);
        (first <= last).then(|| (at(first), if last < 1.0 { at(last) } else { to }))
    }

    /// The parts of a line inside.
    pub(super) fn clip_line(&self, points: &[Point]) -> Vec<Vec<Point>> {
        if let [only] = points {
            return if self.contains(*only) {
                vec![vec![*only, *only]]
            } else {
                Vec::new()
            };
        }
        let mut parts: Vec<Vec<Point>> = Vec::new();
        let mut joined = false;
        for pair in points.windows(2) {
            let Some((from, to)) = self.clip(pair[0], pair[1]) else {
                joined = false;
                continue;
            };
            match parts.last_mut() {
                Some(part) if joined => part.push(to),
                _ => parts.push(vec![from, to]),
            }
            joined = self.contains(pair[1]);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_leaves_and_returns_has_two_parts() {
        let rect = Rect {
            left: 0.0,
            top: 0.0,
            width: 10.0,
            height: 10.0,
        };
        let parts = rect.clip_line(&[(1.0, 5.0), (5.0, 15.0), (9.0, 5.0)]);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], [(1.0, 5.0), (3.0, 10.0)]);
        assert_eq!(parts[1], [(7.0, 10.0), (9.0, 5.0)]);
        assert!(rect.clip_line(&[(-5.0, -5.0), (-5.0, 20.0)]).is_empty());
    }
}
