//! A run as a picture: levels against seconds.

use equiripple_reports::plot::{Axis, Color, Figure, LineStyle, Scale, Series};

use super::plan::Row;

/// Every layer as a line from where it starts to where it ends; bootstraps rise. Of what was measured of a layer, the
/// bootstraps before it and behind it have the share that was modelled.
pub(super) fn timeline(title: &str, what: &str, top: usize, rows: &[(Row, f64)]) -> Figure {
    let mut clock = 0.0;
    let (mut bootstraps, mut layers, mut polynomials) = (vec![], vec![], vec![]);
    for (row, seconds) in rows {
        let share =
            row.bootstrap_seconds / (row.bootstrap_seconds + row.seconds).max(f64::MIN_POSITIVE);
        let times = [row.bootstrapped, row.renewed].map(|is| f64::from(u8::from(is)));
        let [before, behind] =
            times.map(|is| is * seconds * share / times.iter().sum::<f64>().max(1.0));
        let (begun, done, end) = (clock + before, clock + seconds - behind, clock + seconds);
        for (from, to) in [(clock, begun), (done, end)] {
            if to > from {
                bootstraps.push(vec![(from, 0.0), (to, top as f64)]);
            }
        }
        clock = end;
        let line = vec![
            (begun, row.level as f64),
            (done, row.level.saturating_sub(row.levels) as f64),
        ];
        if row.op == "polynomial" || row.op == "quadratic" {
            polynomials.push(line);
        } else {
            layers.push(line);
        }
    }
    let series = [
        (bootstraps, "bootstraps", Color::VERMILLION),
        (polynomials, "activations", Color::BLUE),
        (layers, "linear layers", Color::GREEN),
    ];
    let figure = Figure::new(
        title,
        Axis::new(what, Scale::Linear).over(0.0, clock.max(f64::MIN_POSITIVE)),
        Axis::new("level", Scale::Linear).over(0.0, top as f64),
    );
    let drawn = series.into_iter().filter(|(runs, ..)| !runs.is_empty());
    drawn.fold(figure, |figure, (runs, label, color)| {
        figure.with(Series::Runs {
            runs,
            label: label.into(),
            style: LineStyle {
                color: Some(color),
                ..LineStyle::default()
            },
        })
    })
}
