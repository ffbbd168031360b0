//! The legend, outside the plotting area.

use super::clip::Rect;
use super::error::PlotError;
use super::figure::Series;
use super::scene::{Anchor, Scene, Shape};
use super::style::{Color, Dash, MarkerShape};
use super::text::{width, wrap};

const EM: f64 = 12.0;
const SWATCH: f64 = 26.0;
const GAP: f64 = 7.0;
const LINE: f64 = 16.0;
const ROW: f64 = 4.0;
const APART: f64 = 22.0;

/// How one series looks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Look {
    Line(Color, f64, Dash),
    Mark(Color, MarkerShape, f64, bool),
    Band(Color),
}

/// A label and everything drawn under it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    label: String,
    looks: Vec<Look>,
}

/// The colours of each series: series with the same label share one.
pub(super) fn colors(series: &[Series]) -> Vec<Color> {
    let mut palette: Vec<&str> = Vec::new();
    let mut levels: Vec<&str> = Vec::new();
    let mut bands: Vec<&str> = Vec::new();
    let rank = |seen: &mut Vec<&str>, label: &str| seen.iter().position(|known| *known == label);
    let mut colors = Vec::with_capacity(series.len());
    for one in series {
        let seen = match one {
            Series::HorizontalLine { .. } => &mut levels,
            Series::VerticalBand { .. } => &mut bands,
            _ if one.takes_palette() => &mut palette,
            _ => {
                colors.push(one.color(0));
                continue;
            }
        };
        let known = if one.label().is_empty() {
            None
        } else {
            rank(seen, one.label())
        };
        let index = known.unwrap_or_else(|| {
            seen.push(one.label());
            seen.len() - 1
        });
        colors.push(match one {
            Series::HorizontalLine { .. } => {
                [Color::GRAY, Color::PURPLE, Color::GREEN, Color::ORANGE][index % 4]
            }
            Series::VerticalBand { .. } => [
                Color::new(0xEC, 0xEF, 0xF5),
                Color::new(0xFB, 0xEE, 0xE3),
                Color::new(0xE6, 0xF4, 0xEF),
            ][index % 3],
            _ => one.color(index),
        });
    }
    colors
}

/// The entries of some series, those with the same label merged.
pub(super) fn entries(series: &[Series]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (one, color) in series.iter().zip(colors(series)) {
        let look = match one {
            Series::Line { style, .. }
            | Series::Runs { style, .. }
            | Series::Steps { style, .. } => Look::Line(color, style.width, style.dash),
            Series::Scatter { marker, .. } => {
                Look::Mark(color, marker.shape, marker.radius, marker.filled)
            }
            Series::HorizontalLine { dashed, .. } => level_look(color, *dashed),
            Series::VerticalBand { .. } => Look::Band(color),
            Series::Annotations { .. } => continue,
        };
        if one.label().is_empty() {
            continue;
        }
        merge(&mut entries, one.label(), look);
    }
    entries
}

/// The look of a level.
pub(super) fn level_look(color: Color, dashed: bool) -> Look {
    let dash = if dashed { Dash::Dashed } else { Dash::Solid };
    Look::Line(color, 1.3, dash)
}

fn merge(entries: &mut Vec<Entry>, label: &str, look: Look) {
    match entries.iter_mut().find(|entry| entry.label == label) {
        Some(entry) if entry.looks.contains(&look) => {}
        Some(entry) => entry.looks.push(look),
        None => entries.push(Entry {
            label: label.into(),
            looks: vec![look],
        }),
    }
}

/// The entries of several figures, those with the same label merged.
pub(super) fn joined(all: impl Iterator<Item = Vec<Entry>>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for entry in all.flatten() {
        for look in entry.looks {
            merge(&mut entries, &entry.label, look);
        }
    }
    entries
}

/// A legend with every entry in its place, from its own upper left corner.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    placed: Vec<(f64, f64, Entry, Vec<String>)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Rows of entries at most `limit` wide, each row centred.
pub(super) fn rows(entries: Vec<Entry>, limit: f64) -> Result<Block, PlotError> {
    let mut block = Block {
        width: limit,
        ..Block::default()
    };
    let mut row: Vec<(f64, f64, Entry, Vec<String>)> = Vec::new();
    let mut along = 0.0;
    for entry in entries {
        let lines = wrap(&entry.label, EM, false, limit - SWATCH - GAP)?;
        let wide = SWATCH + GAP + widest(&lines)?;
        if along + wide > limit && !row.is_empty() {
            block.push_row(std::mem::take(&mut row), along - APART);
            along = 0.0;
        }
        row.push((along, 0.0, entry, lines));
        along += wide + APART;
    }
    block.push_row(row, along - APART);
    Ok(block)
}

/// One column of entries at most `limit` wide.
pub(super) fn column(entries: Vec<Entry>, limit: f64) -> Result<Block, PlotError> {
    let mut block = Block::default();
    for entry in entries {
        let lines = wrap(&entry.label, EM, false, limit - SWATCH - GAP)?;
        block.width = block.width.max(SWATCH + GAP + widest(&lines)?);
        let tall = LINE * lines.len() as f64 + ROW;
        block.placed.push((0.0, block.height, entry, lines));
        block.height += tall;
    }
    Ok(block)
}

fn widest(lines: &[String]) -> Result<f64, PlotError> {
    let mut most = 0.0f64;
    for line in lines {
        most = most.max(width(line, EM, false)?);
    }
    Ok(most)
}

impl Block {
    fn push_row(&mut self, row: Vec<(f64, f64, Entry, Vec<String>)>, wide: f64) {
        let lines = row.iter().map(|entry| entry.3.len()).max().unwrap_or(0);
        let shift = ((self.width - wide) / 2.0).max(0.0);
        for (along, _, entry, lines) in row {
            self.placed.push((along + shift, self.height, entry, lines));
        }
        if lines > 0 {
            self.height += LINE * lines as f64 + ROW;
        }
    }

    /// Draws the legend with its corner at `(left, top)`.
    pub(super) fn draw(&self, scene: &mut Scene, left: f64, top: f64) {
        for (x, y, entry, lines) in &self.placed {
            let (x, y) = (left + x, top + y);
            let middle = y + LINE / 2.0;
            for look in &entry.looks {
                swatch(scene, look, x, middle);
            }
            for (index, line) in lines.iter().enumerate() {
                let base = middle + 0.35 * EM + LINE * index as f64;
                scene.text(
                    (x + SWATCH + GAP, base),
                    line,
                    EM,
                    Anchor::Start,
                    Color::BLACK,
                );
            }
        }
    }
}

fn swatch(scene: &mut Scene, look: &Look, x: f64, middle: f64) {
    match look {
        Look::Line(color, width, dash) => scene.shapes.push(Shape::Stroke {
            points: vec![(x, middle), (x + SWATCH, middle)],
            color: *color,
            width: *width,
            dash: *dash,
        }),
        Look::Mark(color, shape, radius, filled) => scene.shapes.push(Shape::Marks {
            centers: vec![(x + SWATCH / 2.0, middle)],
            color: *color,
            shape: *shape,
            radius: *radius,
            filled: *filled,
        }),
        Look::Band(color) => {
            let rect = Rect {
                left: x,
                top: middle - 6.0,
                width: SWATCH,
                height: 12.0,
            };
            let mut outline = rect.corners();
            outline.extend(outline.first().copied());
            scene.shapes.push(Shape::Fill {
                points: rect.corners(),
                color: *color,
            });
            scene.shapes.push(Shape::Stroke {
                points: outline,
                color: Color::PALE,
                width: 0.8,
                dash: Dash::Solid,
            });
        }
    }
}
