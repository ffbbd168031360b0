//! The picture as a scene.

use super::{
    Flow, Step,
    layers::{Spot, columns, ranks},
    place::{Widths, places},
};
use crate::plot::{
    error::PlotError,
    scene::{Anchor, Point, Scene, Shape},
    style::{Color, Dash},
    text::width,
};
use std::ops::Range;

/// Ems of the title, of the first and of the second line.
const EMS: [f64; 3] = [16.0, 11.0, 9.0];
/// Height of a box, and of a rank with the arrows below.
const HEIGHT: f64 = 30.0;
const PITCH: f64 = 46.0;
/// Around the picture, and between columns.
const MARGIN: f64 = 24.0;
const GUTTER: f64 = 40.0;
/// Below the title.
const HEAD: f64 = 34.0;
/// Width to height that a picture is meant to have.
const ASPECT: f64 = 1.5;
/// Sides beyond which nothing is drawn.
const LARGEST: f64 = 6000.0;

/// A column: its ranks, and how far its places are moved.
struct Column {
    ranks: Range<usize>,
    shift: f64,
    left: f64,
}

pub(super) fn scene(flow: &Flow) -> Result<Scene, PlotError> {
    let ranks = ranks(&flow.steps);
    let step = box_width(&flow.steps)?;
    let widths = Widths {
        step,
        arrow: 6.0,
        gap: 12.0,
    };
    let places = places(&ranks, widths);
    let columns = best_columns(&ranks, &places, step);
    let longest = columns.iter().map(|c| c.ranks.len()).max().unwrap_or(1);
    let right = columns.last().map_or(0.0, |c| {
        let (_, high) = extent(&places[c.ranks.clone()], step);
        c.shift + high
    });
    let size = (
        (right + MARGIN).max(width(&flow.title, EMS[0], true)? + 2.0 * MARGIN),
        HEAD + MARGIN + longest as f64 * PITCH - (PITCH - HEIGHT) + MARGIN,
    );
    if size.0 > LARGEST || size.1 > LARGEST {
        return Err(PlotError::TooLarge {
            width: size.0 as u32,
            height: size.1 as u32,
            bound: LARGEST as u32,
        });
    }
    let mut scene = Scene {
        size: (size.0.ceil() as u32, size.1.ceil() as u32),
        shapes: vec![],
    };
    scene.text(
        (MARGIN, MARGIN + EMS[0]),
        &flow.title,
        EMS[0],
        Anchor::Start,
        Color::BLACK,
    );
    let at = |rank: usize, place: usize| -> Point {
        let column = columns.iter().find(|c| c.ranks.contains(&rank));
        let (shift, first) = column.map_or((0.0, 0), |c| (c.shift, c.ranks.start));
        let y = HEAD + MARGIN + (rank - first) as f64 * PITCH;
        (places[rank][place] + shift, y)
    };
    for (k, rank) in ranks.iter().enumerate() {
        for (place, spot) in rank.iter().enumerate() {
            let to = at(k, place);
            for &above in &spot.above {
                let from = at(k - 1, above);
                let below = (from.0, from.1 + HEIGHT);
                let next = columns.iter().find(|c| c.ranks.start == k);
                arrow(
                    &mut scene,
                    below,
                    to,
                    next.map(|c| c.left),
                    spot.step.is_some(),
                );
            }
            if spot.step.is_none() {
                // The arrow goes straight on past the boxes of this rank.
                scene.line(to, (to.0, to.1 + HEIGHT), Color::GRAY, LINE);
            }
        }
    }
    for (k, rank) in ranks.iter().enumerate() {
        for (place, spot) in rank.iter().enumerate() {
            if let Some(step) = spot.step.and_then(|step| flow.steps.get(step)) {
                draw_box(&mut scene, at(k, place), widths.step, step);
            }
        }
    }
    Ok(scene)
}

/// Width of an arrow's line.
const LINE: f64 = 1.1;

/// Wide enough for all texts.
fn box_width(steps: &[Step]) -> Result<f64, PlotError> {
    let mut widest = 60f64;
    for step in steps {
        widest =
            widest
                .max(width(&step.label, EMS[1], true)?)
                .max(width(&step.detail, EMS[2], false)?);
    }
    Ok(widest + 16.0)
}

/// The leftmost and the rightmost edge of a box.
fn extent(places: &[Vec<f64>], step: f64) -> (f64, f64) {
    let all = || places.iter().flatten().copied();
    let (low, high) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(f64::NEG_INFINITY, f64::max),
    );
    (low - step / 2.0, high + step / 2.0)
}

/// The columns whose picture is nearest to the aspect that is meant.
fn best_columns(ranks: &[Vec<Spot>], places: &[Vec<f64>], step: f64) -> Vec<Column> {
    let laid = |limit: usize| {
        let mut left = MARGIN;
        let mut laid = vec![];
        for ranks in columns(ranks, limit) {
            let (low, high) = extent(&places[ranks.clone()], step);
            laid.push(Column {
                ranks,
                shift: left - low,
                left,
            });
            left += high - low + GUTTER;
        }
        (left, laid)
    };
    let longest = |laid: &[Column]| laid.iter().map(|c| c.ranks.len()).max().unwrap_or(1);
    let distance = |(right, laid): &(f64, Vec<Column>)| {
        (right / (longest(laid) as f64 * PITCH) / ASPECT).ln().abs()
    };
    let mut candidates: Vec<(f64, Vec<Column>)> = (8..=ranks.len().max(8)).map(laid).collect();
    // Of as many columns, those that are filled most evenly.
    candidates.sort_by_key(|(_, laid)| (laid.len(), longest(laid)));
    candidates.dedup_by_key(|(_, laid)| laid.len());
    let best = candidates
        .into_iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)));
    best.map_or(vec![], |(_, laid)| laid)
}

/// From below a box to above another; where that one begins a column, around the end of the column before it.
fn arrow(scene: &mut Scene, from: Point, to: Point, column: Option<f64>, ends: bool) {
    let points = match column {
        None if (from.0 - to.0).abs() < 0.5 => vec![from, to],
        None => {
            let half = (from.1 + to.1) / 2.0;
            vec![from, (from.0, half - 3.0), (to.0, half + 3.0), to]
        }
        Some(left) => {
            let (down, up, gutter) = (from.1 + 8.0, to.1 - 10.0, left - GUTTER / 2.0);
            vec![
                from,
                (from.0, down),
                (gutter, down),
                (gutter, up),
                (to.0, up),
                to,
            ]
        }
    };
    scene.shapes.push(Shape::Stroke {
        points,
        color: Color::GRAY,
        width: LINE,
        dash: Dash::Solid,
    });
    if ends {
        let (x, y) = to;
        scene.shapes.push(Shape::Fill {
            points: vec![(x, y), (x - 3.2, y - 6.0), (x + 3.2, y - 6.0)],
            color: Color::GRAY,
        });
    }
}

fn draw_box(scene: &mut Scene, (x, y): Point, width: f64, step: &Step) {
    let (left, right, bottom) = (x - width / 2.0, x + width / 2.0, y + HEIGHT);
    let corners =
        |left: f64, right: f64| vec![(left, y), (right, y), (right, bottom), (left, bottom)];
    scene.shapes.push(Shape::Fill {
        points: corners(left, right),
        color: Color::WHITE,
    });
    scene.shapes.push(Shape::Fill {
        points: corners(left, left + 4.0),
        color: step.color,
    });
    let mut outline = corners(left, right);
    outline.push((left, y));
    scene.shapes.push(Shape::Stroke {
        points: outline,
        color: step.color,
        width: LINE,
        dash: Dash::Solid,
    });
    let middle = x + 2.0;
    scene.text(
        (middle, y + 13.0),
        &step.label,
        EMS[1],
        Anchor::Middle,
        Color::BLACK,
    );
    scene.text(
        (middle, y + 25.0),
        &step.detail,
        EMS[2],
        Anchor::Middle,
        Color::GRAY,
    );
}
