//! A scene as SVG.

use std::fmt::Write as _;

use super::scene::{Anchor, Label, Point, Scene, Shape, corners};
use super::style::{Color, MarkerShape};
use super::text::{FAMILY, spans};

/// The width of a marker's outline.
pub(super) const OUTLINE: f64 = 1.4;

/// The scene as an SVG document whose `title` readers and screen readers see.
pub(super) fn render(scene: &Scene, title: &str) -> String {
    let (width, height) = scene.size;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILY}\" stroke-linecap=\"round\" \
         role=\"img\">\n\
         <title>{}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n",
        escaped(title)
    );
    for shape in &scene.shapes {
        match shape {
            Shape::Stroke {
                points,
                color,
                width,
                dash,
            } => {
                let dashes = dash.lengths().map_or_else(String::new, |(on, off)| {
                    format!(" stroke-dasharray=\"{on} {off}\"")
                });
                push_path(
                    &mut out,
                    &path(points, false),
                    None,
                    Some((*color, *width)),
                    &dashes,
                );
            }
            Shape::Fill { points, color } => {
                push_path(&mut out, &path(points, true), Some(*color), None, "");
            }
            Shape::Marks {
                centers,
                color,
                shape,
                radius,
                filled,
            } => marks(&mut out, centers, *color, *shape, *radius, *filled),
            Shape::Text(label) => text(&mut out, label),
        }
    }
    out.push_str("</svg>\n");
    out
}

fn push_path(
    out: &mut String,
    data: &str,
    fill: Option<Color>,
    stroke: Option<(Color, f64)>,
    more: &str,
) {
    let fill = fill.map_or("none".into(), Color::hex);
    let stroke = stroke.map_or_else(String::new, |(color, width)| {
        format!(
            " stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"",
            color.hex(),
            short(width)
        )
    });
    let _ = writeln!(out, "<path d=\"{data}\" fill=\"{fill}\"{stroke}{more}/>");
}

fn path(points: &[Point], closed: bool) -> String {
    let mut data = String::with_capacity(points.len() * 12);
    for (index, (x, y)) in points.iter().enumerate() {
        data.push(if index == 0 { 'M' } else { 'L' });
        let _ = write!(data, "{} {}", short(*x), short(*y));
    }
    if closed {
        data.push('Z');
    }
    data
}

/// All marks of one look in one element: a disc is a dot of a round pen.
fn marks(
    out: &mut String,
    centers: &[Point],
    color: Color,
    shape: MarkerShape,
    radius: f64,
    filled: bool,
) {
    let outline = Some((color, OUTLINE));
    if shape == MarkerShape::Circle {
        let mut dots = String::with_capacity(centers.len() * 16);
        for (x, y) in centers {
            let _ = write!(dots, "M{} {}h0", short(*x), short(*y));
        }
        push_path(out, &dots, None, Some((color, 2.0 * radius)), "");
        if !filled {
            let inner = 2.0 * (radius - OUTLINE);
            push_path(out, &dots, None, Some((Color::WHITE, inner)), "");
        }
        return;
    }
    let around = corners(shape, radius);
    let mut data = String::new();
    for (x, y) in centers {
        let moved: Vec<Point> = around.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        if shape == MarkerShape::Cross {
            for stroke in moved.chunks(2) {
                data.push_str(&path(stroke, false));
            }
        } else {
            data.push_str(&path(&moved, true));
        }
    }
    match (shape, filled) {
        (MarkerShape::Cross, _) => push_path(out, &data, None, outline, ""),
        (_, true) => push_path(out, &data, Some(color), None, ""),
        (_, false) => push_path(out, &data, Some(Color::WHITE), outline, ""),
    }
}

fn text(out: &mut String, label: &Label) {
    let (x, y) = (short(label.at.0), short(label.at.1));
    let anchor = match label.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = if label.bold {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let turn = if label.upright {
        format!(" transform=\"rotate(-90 {x} {y})\"")
    } else {
        String::new()
    };
    let _ = write!(
        out,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill=\"{}\"{anchor}{weight}{turn}>",
        short(label.em),
        label.color.hex()
    );
    let mut height = 0.0;
    for span in spans(&label.text) {
        let shift = height - span.rise * label.em;
        height = span.rise * label.em;
        let words = escaped(&span.text);
        if span.rise > 0.0 || shift.abs() > 0.0 {
            let size = short(span.size * label.em);
            let dy = short(shift);
            let _ = write!(
                out,
                "<tspan dy=\"{dy}\" font-size=\"{size}\">{words}</tspan>"
            );
        } else {
            out.push_str(&words);
        }
    }
    out.push_str("</text>\n");
}

/// A length to a hundredth of a pixel, without trailing zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 admits neither control characters nor these two.
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
