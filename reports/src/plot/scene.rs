//! A picture as shapes, before it becomes SVG or pixels.

use super::style::{Color, Dash, MarkerShape};

/// A place in pixels, from the upper left corner.
pub(super) type Point = (f64, f64);

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text whose baseline passes through `at`.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) em: f64,
    pub(super) bold: bool,
    pub(super) anchor: Anchor,
    pub(super) color: Color,
    /// Read from below to above.
    pub(super) upright: bool,
}

/// One shape.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// An open line.
    Stroke {
        points: Vec<Point>,
        color: Color,
        width: f64,
        dash: Dash,
    },
    /// A filled convex polygon.
    Fill { points: Vec<Point>, color: Color },
    /// The same marker at many places.
    Marks {
        centers: Vec<Point>,
        color: Color,
        shape: MarkerShape,
        radius: f64,
        filled: bool,
    },
    /// A text.
    Text(Label),
}

/// Shapes from back to front on white.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) size: (u32, u32),
    pub(super) shapes: Vec<Shape>,
}

impl Scene {
    pub(super) fn line(&mut self, from: Point, to: Point, color: Color, width: f64) {
        self.shapes.push(Shape::Stroke {
            points: vec![from, to],
            color,
            width,
            dash: Dash::Solid,
        });
    }

    pub(super) fn text(&mut self, at: Point, text: &str, em: f64, anchor: Anchor, color: Color) {
        self.shapes.push(Shape::Text(Label {
            at,
            text: text.into(),
            em,
            bold: false,
            anchor,
            color,
            upright: false,
        }));
    }
}

/// The corners of a polygonal marker around the origin, or the ends of its strokes in pairs.
pub(super) fn corners(shape: MarkerShape, radius: f64) -> Vec<Point> {
    let r = radius;
    match shape {
        MarkerShape::Circle => Vec::new(),
        MarkerShape::Square => {
            let r = 0.88 * r;
            vec![(-r, -r), (r, -r), (r, r), (-r, r)]
        }
        MarkerShape::Triangle => vec![(0.0, -1.2 * r), (1.1 * r, 0.75 * r), (-1.1 * r, 0.75 * r)],
        MarkerShape::Diamond => {
            let r = 1.25 * r;
            vec![(0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0)]
        }
        MarkerShape::Cross => {
            let r = 0.9 * r;
            vec![(-r, -r), (r, r), (-r, r), (r, -r)]
        }
    }
}
