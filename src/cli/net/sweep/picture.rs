//! A sweep as curves.

use equiripple_reports::plot::{
    Axis, Color, Dash, Figure, LineStyle, Marker, MarkerShape, Panels, Scale, Series,
};

use super::{
    design::Kind,
    report::{Report, Row},
};

/// From here on losses are small: panels of their own show them.
const FINE: u32 = 7;

/// What is on an axis.
type Value = fn(&Row) -> Option<f64>;

/// One line of a picture.
struct Line {
    kind: Kind,
    label: &'static str,
    color: Color,
    dash: Dash,
    shape: MarkerShape,
}

const PUBLISHED: Line = Line {
    kind: Kind::Published,
    label: "published",
    color: Color::BLUE,
    dash: Dash::Dashed,
    shape: MarkerShape::Circle,
};
const EQUAL: Line = Line {
    kind: Kind::EqualLevels,
    label: "ours, as many levels as the published",
    color: Color::VERMILLION,
    dash: Dash::Solid,
    shape: MarkerShape::Square,
};
const FEWEST: Line = Line {
    kind: Kind::FewestLevels,
    label: "ours, fewest levels",
    color: Color::GREEN,
    dash: Dash::Dotted,
    shape: MarkerShape::Triangle,
};

/// Accuracy and agreement against α.
pub(super) fn against_alpha(report: &Report) -> Panels {
    panels(report, "precision α", &[PUBLISHED, FEWEST, EQUAL], |row| {
        f64::from(row.design.alpha)
    })
}

/// Accuracy and agreement against the levels of a ReLU.
pub(super) fn against_levels(report: &Report) -> Panels {
    let equal = Line {
        label: "ours",
        ..EQUAL
    };
    panels(report, "levels of a ReLU", &[PUBLISHED, equal], |row| {
        row.design.levels as f64
    })
}

fn panels(report: &Report, name: &str, lines: &[Line], x: fn(&Row) -> f64) -> Panels {
    let setting = |key: &str| report.settings[key].as_str().unwrap_or_default();
    let top1: Value = |row| row.accuracy.top1.map(|e| e.percent());
    let agreement: Value = |row| Some(row.agreement.percent());
    let plain = report.plain.and_then(|plain| plain.top1);
    let plain = plain.map(|e| e.percent());
    let all = |_: &Row| true;
    let fine = |row: &Row| row.design.alpha >= FINE;
    let zoomed = report.rows.iter().any(|row| !fine(row)) && report.rows.iter().any(fine);
    let mut figures = vec![];
    for (title, y, level) in [
        ("top-1 accuracy, %", top1, plain),
        ("same label as plain, %", agreement, Some(100.0)),
    ] {
        // Images without labels have no accuracy.
        if report.rows.iter().all(|row| y(row).is_none()) {
            continue;
        }
        let draw = |heading: &str, shown: &dyn Fn(&Row) -> bool| {
            let rows: Vec<&Row> = report.rows.iter().filter(|row| shown(row)).collect();
            let mut figure = Figure::new(
                heading,
                Axis::new(name, Scale::Linear),
                Axis::new(title, Scale::Linear),
            );
            if let Some(y) = level {
                figure.series.push(Series::HorizontalLine {
                    y,
                    label: "plain network".into(),
                    dashed: true,
                });
            }
            for line in lines {
                let of_line = rows.iter().filter(|row| row.design.kind == line.kind);
                let points = of_line.filter_map(|row| Some((x(row), y(row)?)));
                line.draw(points.collect(), &mut figure.series);
            }
            figure
        };
        figures.push(draw("all α", &all));
        if zoomed {
            figures.push(draw(&format!("α ≥ {FINE}"), &fine));
        }
    }
    Panels {
        title: format!("{} with polynomials for ReLU", setting("network")),
        subtitle: Some(format!(
            "{} images of {}",
            report.settings["images"],
            setting("data")
        )),
        size: (1000, 100 + 330 * figures.len().div_ceil(2).max(1) as u32),
        columns: figures.len().clamp(1, 2),
        figures,
    }
}

impl Line {
    fn draw(&self, points: Vec<(f64, f64)>, series: &mut Vec<Series>) {
        if points.is_empty() {
            return;
        }
        series.push(Series::Line {
            points: points.clone(),
            label: self.label.into(),
            style: LineStyle {
                color: Some(self.color),
                dash: self.dash,
                ..LineStyle::default()
            },
        });
        series.push(Series::Scatter {
            points,
            label: self.label.into(),
            marker: Marker {
                color: Some(self.color),
                shape: self.shape,
                ..Marker::default()
            },
        });
    }
}
