//! Designs by time and loss.

use equiripple_reports::plot::{
    Annotation, Axis, Color, Figure, Marker, MarkerShape, Scale, Series,
};

use super::report::Summary;

/// Designs whose accuracy is lost are not drawn: they would leave no room for the others.
const SHOWN: f64 = 0.1;

/// All designs that were tried, the bound, the design and its uniform counterpart.
pub(super) fn front(summary: &Summary) -> Figure {
    let percent = |loss: f64| 100.0 * loss;
    let tried = summary.tried.iter().filter(|point| point.loss < SHOWN);
    let points = tried.map(|point| (point.seconds, percent(point.loss)));
    let mut figure = Figure::new(
        &summary.title(),
        Axis::new("modelled seconds for one image", Scale::Linear),
        Axis::new("accuracy lost on choosing images, %", Scale::Linear),
    )
    .with(Series::HorizontalLine {
        y: percent(summary.max_loss),
        label: "bound".into(),
        dashed: true,
    })
    .with(Series::Scatter {
        points: points.collect(),
        label: "designs that were tried".into(),
        marker: Marker {
            shape: MarkerShape::Circle,
            color: Some(Color::GRAY),
            ..Marker::default()
        },
    });
    let mut notes = vec![];
    if let Some(uniform) = &summary.uniform {
        let point = (uniform.seconds.total, percent(uniform.choosing.loss));
        notes.push(Annotation {
            point,
            text: format!("{:.1} s", point.0),
        });
        figure = figure.with(Series::Scatter {
            points: vec![point],
            label: "one minimax ReLU everywhere".into(),
            marker: Marker {
                shape: MarkerShape::Square,
                color: Some(Color::VERMILLION),
                ..Marker::default()
            },
        });
    }
    let point = (summary.total(), percent(summary.choosing.loss));
    notes.push(Annotation {
        point,
        text: format!("{:.1} s", point.0),
    });
    figure
        .with(Series::Scatter {
            points: vec![point],
            label: "the design".into(),
            marker: Marker {
                shape: MarkerShape::Diamond,
                color: Some(Color::BLUE),
                ..Marker::default()
            },
        })
        .with(Series::Annotations { notes })
}
