//! Figures of approximation errors and costs, from plain numbers.

use super::{
    Annotation, Axis, Color, Dash, Figure, LineStyle, Marker, MarkerShape, Panels, Scale, Series,
    power_of_two,
};

/// A curve over a union of intervals: the points of each interval by themselves.
pub type Runs = Vec<Vec<(f64, f64)>>;

/// The signed error of an approximation, with its equioscillation points and certified bounds.
///
/// `runs` are the points (x, error) of each interval of the domain, `levelled` those at which the
/// levelled error is reached, `upper` and `lower` the certified bounds of the sup-norm, drawn as
/// dashed ± lines; bounds within 1% of each other are drawn as one. A domain on both sides of 0 that leaves a gap
/// around it, and a positive one of more than five octaves, have a logarithmic abscissa.
///
/// ```
/// use equiripple_reports::plot::ready::error_curve;
/// let ripple = |i: i32| (f64::from(i) / 100.0, 1e-4 * (f64::from(i) / 5.0).cos());
/// let runs = vec![(1..=100).map(ripple).collect()];
/// let figure = error_curve("Error of sign", &runs, &[(0.01, 1e-4)], 1.01e-4, Some(0.99e-4));
/// assert!(figure.svg()?.contains("Error of sign"));
/// # Ok::<(), equiripple_reports::plot::PlotError>(())
/// ```
#[must_use]
pub fn error_curve(
    title: &str,
    runs: &[Vec<(f64, f64)>],
    levelled: &[(f64, f64)],
    upper: f64,
    lower: Option<f64>,
) -> Figure {
    let x = Axis::new("x", domain_scale(runs));
    let mut figure = Figure::new(title, x, Axis::new("error", Scale::Linear));
    for (label, value) in bounds(upper, lower) {
        for y in [value, -value] {
            figure.series.push(Series::HorizontalLine {
                y,
                label: label.clone(),
                dashed: true,
            });
        }
    }
    figure.series.push(Series::Runs {
        runs: runs.to_vec(),
        label: "error".into(),
        style: LineStyle::default(),
    });
    if !levelled.is_empty() {
        figure.series.push(Series::Scatter {
            points: levelled.to_vec(),
            label: format!("equioscillation ({} points)", levelled.len()),
            marker: Marker {
                color: Some(Color::VERMILLION),
                ..Marker::default()
            },
        });
    }
    figure
}

/// The lines of the certified bounds: one where the eye could not tell two apart.
fn bounds(upper: f64, lower: Option<f64>) -> Vec<(String, f64)> {
    let above = round_up(upper);
    match lower {
        None => vec![(format!("certified bound ±{above}"), upper)],
        Some(lower) if lower > 0.99 * upper => {
            let gap = percent(100.0 * (1.0 - lower / upper));
            let label = format!("certified bound ±{above}, tight within {gap}%");
            vec![(label, upper)]
        }
        Some(lower) => vec![
            (format!("certified upper bound ±{above}"), upper),
            (
                format!("certified lower bound ±{}", round_down(lower)),
                lower,
            ),
        ],
    }
}

/// A percentage to four decimals, rounded up: a gap is never told smaller than it is.
fn percent(gap: f64) -> String {
    ((gap * 1e4).ceil().max(1.0) / 1e4).to_string()
}

/// An upper bound as a power of two to three decimals, never below the bound.
fn round_up(value: f64) -> String {
    power_of_two(to_thousandth(value, f64::ceil))
}

/// A lower bound as a power of two to three decimals, never above the bound.
fn round_down(value: f64) -> String {
    power_of_two(to_thousandth(value, f64::floor))
}

fn to_thousandth(value: f64, round: fn(f64) -> f64) -> f64 {
    (round(value.log2() * 1000.0) / 1000.0).exp2()
}

/// A function and its approximations over the same domain.
///
/// `function` is drawn pale and wide behind; each approximation has a label and runs.
#[must_use]
pub fn function_against_approximation(
    title: &str,
    function: (&str, &[Vec<(f64, f64)>]),
    approximations: &[(String, Runs)],
) -> Figure {
    let x = Axis::new("x", Scale::Linear);
    let mut figure = Figure::new(title, x, Axis::new("value", Scale::Linear));
    figure.series.push(Series::Runs {
        runs: function.1.to_vec(),
        label: function.0.into(),
        style: LineStyle {
            color: Some(Color::PALE),
            width: 5.0,
            dash: Dash::Solid,
        },
    });
    for (index, (label, runs)) in approximations.iter().enumerate() {
        let dash = [Dash::Solid, Dash::Dashed, Dash::Dotted][index % 3];
        figure.series.push(Series::Runs {
            runs: runs.clone(),
            label: label.clone(),
            style: LineStyle {
                dash,
                ..LineStyle::default()
            },
        });
    }
    figure
}

/// One stage of a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct StageError {
    /// The degree of the stage's polynomial.
    pub degree: u32,
    /// The points (x, error) over each interval of the stage's domain.
    pub runs: Runs,
    /// The certified bound of the stage's error.
    pub upper: f64,
}

/// The error of each stage of a composition: one panel per stage, each on its own scale.
#[must_use]
pub fn stage_errors(title: &str, stages: &[StageError]) -> Panels {
    let panels = stages.iter().enumerate().map(|(index, stage)| {
        let heading = format!("Stage {}: degree {}", index + 1, stage.degree);
        let x = Axis::new(
            &format!("input of stage {}", index + 1),
            domain_scale(&stage.runs),
        );
        let mut panel = Figure::new(&heading, x, Axis::new("error", Scale::Linear));
        panel.subtitle = Some(format!("|error| ≤ {}", round_up(stage.upper)));
        for y in [stage.upper, -stage.upper] {
            panel.series.push(Series::HorizontalLine {
                y,
                label: "certified bound".into(),
                dashed: true,
            });
        }
        panel.with(Series::Runs {
            runs: stage.runs.clone(),
            label: "error of the stage".into(),
            style: LineStyle::default(),
        })
    });
    let figures: Vec<Figure> = panels.collect();
    let columns = match figures.len() {
        0..=3 => figures.len().max(1),
        4 => 2,
        _ => 3,
    };
    let lines = figures.len().div_ceil(columns).clamp(1, 8);
    let height = u32::try_from(lines).unwrap_or(1) * 300 + 90;
    Panels {
        title: title.into(),
        subtitle: None,
        figures,
        columns,
        size: (1080, height),
    }
}

/// One design in a trade of cost against error.
#[derive(Clone, Debug, PartialEq)]
pub struct ParetoPoint {
    /// What it costs: depth, levels, multiplications or seconds; lower is better.
    pub cost: f64,
    /// Its error, above 0; lower is better.
    pub error: f64,
    /// Its name, such as the degree vector `{15,15,27}`.
    pub label: String,
}

/// Error against cost; the designs that no other beats in both are joined and named.
///
/// ```
/// use equiripple_reports::plot::ready::{ParetoPoint, pareto_front};
/// let point = |cost, error, label: &str| ParetoPoint { cost, error, label: label.into() };
/// let designs = [point(8.0, 1e-3, "{15,15}"), point(9.0, 1e-4, "{7,15,15}"), point(9.0, 1e-2, "{5,5}")];
/// let svg = pareto_front("Sign", "depth", &designs).svg()?;
/// assert!(svg.contains("{7,15,15}") && !svg.contains("{5,5}"));
/// # Ok::<(), equiripple_reports::plot::PlotError>(())
/// ```
#[must_use]
pub fn pareto_front(title: &str, cost: &str, designs: &[ParetoPoint]) -> Figure {
    let mut order: Vec<&ParetoPoint> = designs.iter().collect();
    order.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.error.total_cmp(&b.error)));
    let (mut front, mut beaten): (Vec<&ParetoPoint>, Vec<(f64, f64)>) = Default::default();
    for design in order {
        match front.last() {
            Some(best) if design.error >= best.error => beaten.push((design.cost, design.error)),
            _ => front.push(design),
        }
    }
    let points: Vec<_> = front
        .iter()
        .map(|design| (design.cost, design.error))
        .collect();
    let notes = front.iter().map(|design| Annotation {
        point: (design.cost, design.error),
        text: design.label.clone(),
    });
    let notes = notes.filter(|note| !note.text.is_empty()).collect();
    let x = Axis::new(cost, Scale::Linear);
    let mut figure = Figure::new(title, x, Axis::new("error", Scale::Log2));
    figure.series.push(Series::Steps {
        points: points.clone(),
        label: "Pareto front".into(),
        style: LineStyle::default(),
    });
    if !beaten.is_empty() {
        figure.series.push(Series::Scatter {
            points: beaten,
            label: "not on the front".into(),
            marker: Marker {
                color: Some(Color::new(0x9A, 0x9A, 0x9A)),
                radius: 3.0,
                ..Marker::default()
            },
        });
    }
    figure
        .with(Series::Scatter {
            points,
            label: "Pareto front".into(),
            marker: Marker::default(),
        })
        .with(Series::Annotations { notes })
}

/// The error of several designs against the precision parameter α, with the target 2^-α.
///
/// Each design has a name and points (α, error), the errors above 0.
#[must_use]
pub fn error_against_alpha(title: &str, designs: &[(String, Vec<(f64, f64)>)]) -> Figure {
    let x = Axis::new("precision parameter α", Scale::Linear);
    let mut figure = Figure::new(title, x, Axis::new("error", Scale::Log2));
    let alphas = || {
        designs
            .iter()
            .flat_map(|(_, points)| points.iter().map(|point| point.0))
    };
    let (low, high) = (
        alphas().fold(f64::INFINITY, f64::min),
        alphas().fold(0.0, f64::max),
    );
    if low.is_finite() && high.is_finite() {
        figure.series.push(Series::Line {
            points: [low, high].map(|alpha| (alpha, (-alpha).exp2())).into(),
            label: "target 2^{−α}".into(),
            style: LineStyle {
                color: Some(Color::GRAY),
                dash: Dash::Dashed,
                width: 1.3,
            },
        });
    }
    for (index, (label, points)) in designs.iter().enumerate() {
        figure.series.push(Series::Line {
            points: points.clone(),
            label: label.clone(),
            style: LineStyle::default(),
        });
        figure.series.push(Series::Scatter {
            points: points.clone(),
            label: label.clone(),
            marker: Marker {
                shape: MarkerShape::of_series(index),
                ..Marker::default()
            },
        });
    }
    figure
}

/// The scale on which the pieces of a domain can all be seen.
fn domain_scale(runs: &[Vec<(f64, f64)>]) -> Scale {
    let sizes = || runs.iter().flatten().map(|(x, _)| *x);
    let least = sizes().map(f64::abs).fold(f64::INFINITY, f64::min);
    let most = sizes().map(f64::abs).fold(0.0, f64::max);
    let wide = least > 0.0 && most > 32.0 * least && most.is_finite();
    let gap = runs
        .iter()
        .all(|run| run.iter().all(|p| p.0 > 0.0) || run.iter().all(|p| p.0 < 0.0));
    if !wide || !gap {
        Scale::Linear
    } else if sizes().all(|x| x > 0.0) {
        Scale::Log2
    } else {
        Scale::SymLog { linthresh: least }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_bounds_hold() {
        let value = f64::exp2(-13.2964);
        assert_eq!(round_up(value), "2^{−13.296}");
        assert_eq!(round_down(value), "2^{−13.297}");
        assert_eq!(percent(0.02131), "0.0214");
        assert_eq!(percent(0.0), "0.0001");
    }

    #[test]
    fn close_bounds_are_one_line_and_others_two() {
        assert_eq!(bounds(1.0, Some(0.999)).len(), 1);
        assert_eq!(bounds(1.0, Some(0.9)).len(), 2);
        assert_eq!(bounds(1.0, None).len(), 1);
    }

    #[test]
    fn a_split_wide_domain_is_symmetric_and_logarithmic() {
        let runs = vec![
            vec![(-1.0, 0.0), (-0.001, 0.0)],
            vec![(0.001, 0.0), (1.0, 0.0)],
        ];
        assert_eq!(domain_scale(&runs), Scale::SymLog { linthresh: 0.001 });
        assert_eq!(domain_scale(&runs[1..]), Scale::Log2);
        assert_eq!(
            domain_scale(&[vec![(-1.0, 0.0), (1.0, 0.0)]]),
            Scale::Linear
        );
    }
}
