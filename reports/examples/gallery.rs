//! Draws one picture of each kind, from made-up data, into the folder given as argument.

use std::f64::consts::PI;
use std::path::PathBuf;

use equiripple_reports::plot::ready::{
    ParetoPoint, Runs, StageError, error_against_alpha, error_curve,
    function_against_approximation, pareto_front, stage_errors,
};
use equiripple_reports::plot::{
    Annotation, Axis, Figure, Legend, LineStyle, Marker, MarkerShape, Rendered, Scale, Series,
};
use equiripple_reports::write::OutputFolder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("give the folder to draw into, such as target/gallery")?;
    let mut out = OutputFolder::create(PathBuf::from(folder))?;
    for (name, picture) in pictures()? {
        out.stage(&format!("{name}.svg"), picture.svg.as_bytes())?;
        out.stage(&format!("{name}.png"), &picture.png)?;
    }
    out.commit()?;
    Ok(())
}

type Pictures = Vec<(&'static str, Rendered)>;

fn pictures() -> Result<Pictures, Box<dyn std::error::Error>> {
    let upper = 2f64.powf(-13.296);
    let (one, levels) = ripples(2f64.powi(-9), 1.0, 16, upper);
    let (two, both) = mirrored(&one, &levels);
    Ok(vec![
        (
            "error-curve",
            error_curve(
                "Error of sign after stages {15,15,27}",
                std::slice::from_ref(&one),
                &levels,
                upper * 1.0001,
                Some(upper * 0.9999),
            )
            .subtitled("minimax on [2⁻⁹, 1], error equioscillates at 17 points")
            .render()?,
        ),
        (
            "error-curve-signs",
            error_curve("Error of sign on both sides", &two, &both, upper, None).render()?,
        ),
        ("function", function()?),
        ("stages", stages()?),
        ("pareto", pareto()?),
        ("pareto-crowded", crowded()?),
        ("alpha", alpha()?),
        ("everything", everything()?),
        ("large", large()?),
    ])
}

type Points = Vec<(f64, f64)>;

/// An alternating error of the given number of ripples, even on a logarithmic axis.
fn ripples(from: f64, to: f64, count: u32, height: f64) -> (Points, Points) {
    let octaves = (to / from).log2();
    let at = |part: f64| from * (part * octaves).exp2();
    let steps = 4000;
    let curve = (0..=steps).map(|i| {
        let part = f64::from(i) / f64::from(steps);
        (at(part), height * (PI * part * f64::from(count)).cos())
    });
    let peaks = (0..=count).map(|i| {
        let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
        (at(f64::from(i) / f64::from(count)), sign * height)
    });
    (curve.collect(), peaks.collect())
}

fn mirrored(curve: &[(f64, f64)], peaks: &[(f64, f64)]) -> (Runs, Vec<(f64, f64)>) {
    let turned = |points: &[(f64, f64)]| points.iter().rev().map(|(x, y)| (-x, -y)).collect();
    let left: Vec<_> = turned(curve);
    let mut both: Vec<_> = turned(peaks);
    both.extend_from_slice(peaks);
    (vec![left, curve.to_vec()], both)
}

fn curve(from: f64, to: f64, steps: u32, f: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    (0..=steps)
        .map(|i| from + (to - from) * f64::from(i) / f64::from(steps))
        .map(|x| (x, f(x)))
        .collect()
}

fn function() -> Result<Rendered, Box<dyn std::error::Error>> {
    let relu = [curve(-1.0, 1.0, 400, |x| x.max(0.0))];
    let smooth = |sharp: f64| {
        curve(-1.0, 1.0, 400, move |x| {
            x * (1.0 + (sharp * x).tanh()) / 2.0
        })
    };
    let few = [
        ("degree 3".to_string(), vec![smooth(3.0)]),
        ("degrees {7,7}".to_string(), vec![smooth(9.0)]),
    ];
    let figure =
        function_against_approximation("ReLU and its approximations", ("ReLU", &relu), &few);
    Ok(figure.render()?)
}

fn stages() -> Result<Rendered, Box<dyn std::error::Error>> {
    let stage = |from: f64, to: f64, degree: u32, upper: f64| StageError {
        degree,
        runs: vec![ripples(from, to, degree.div_ceil(2), upper).0],
        upper,
    };
    let stages = [
        stage(2f64.powi(-9), 1.0, 15, 0.93),
        stage(0.07, 1.93, 15, 0.41),
        stage(0.59, 1.41, 27, 9.94e-5),
    ];
    Ok(stage_errors("Errors of the stages of sign {15,15,27}", &stages).render()?)
}

fn pareto() -> Result<Rendered, Box<dyn std::error::Error>> {
    let known = [
        (3.0, -3.3, "{5}"),
        (4.0, -4.2, "{13}"),
        (5.0, -5.2, "{27}"),
        (6.0, -6.1, "{7,7}"),
        (7.0, -7.2, "{7,15}"),
        (8.0, -8.1, "{15,15}"),
        (9.0, -8.9, "{15,31}"),
        (10.0, -9.3, "{7,7,13}"),
        (11.0, -11.2, "{7,7,27}"),
        (12.0, -11.9, "{7,15,27}"),
        (13.0, -13.3, "{15,15,27}"),
        (14.0, -13.7, "{15,27,29}"),
        (6.0, -5.5, "{3,27}"),
        (8.0, -7.4, "{3,3,3,3}"),
        (10.0, -8.8, "{5,5,5}"),
        (12.0, -10.1, "{3,5,5,5}"),
        (14.0, -12.9, "{5,5,5,5,5}"),
    ];
    let designs = known.map(|(cost, exponent, label)| ParetoPoint {
        cost,
        error: f64::exp2(exponent),
        label: label.into(),
    });
    Ok(pareto_front("Sign: error against depth", "depth (levels)", &designs).render()?)
}

fn crowded() -> Result<Rendered, Box<dyn std::error::Error>> {
    let designs: Vec<_> = (0..28u32)
        .map(|i| ParetoPoint {
            cost: 10.0 + f64::from(i) + f64::from(i * i % 3) * 0.2,
            error: f64::exp2(-4.0 - 0.37 * f64::from(i)),
            label: format!(
                "{{{},{},{}}}",
                3 + 2 * (i % 5),
                5 + 2 * (i % 7),
                7 + 2 * (i % 11)
            ),
        })
        .collect();
    let figure = pareto_front(
        "ReLU: error against multiplications",
        "multiplications",
        &designs,
    );
    Ok(figure
        .subtitled("every design of at most 31 per stage")
        .render()?)
}

fn alpha() -> Result<Rendered, Box<dyn std::error::Error>> {
    let design = |name: &str, shift: f64, slope: f64| {
        let points = (4..=14).map(f64::from);
        let error = |alpha: f64| f64::exp2(-slope * alpha - shift + 0.2 * (alpha * 2.0).sin());
        (
            name.to_string(),
            points.map(|alpha| (alpha, error(alpha))).collect(),
        )
    };
    let designs = [
        design("published coefficients", -0.1, 1.0),
        design("greedy stages with offset", 0.7, 1.0),
        design("last stage direct for ReLU", 1.3, 1.0),
        design("cleaning polynomials of Cheon et al.", 0.9, 0.8),
    ];
    Ok(error_against_alpha("ReLU: sup-norm error over [−1, 1]", &designs).render()?)
}

fn everything() -> Result<Rendered, Box<dyn std::error::Error>> {
    let x = Axis::new("x", Scale::SymLog { linthresh: 0.125 });
    let y = Axis::new("response", Scale::Log10);
    let mut figure = Figure::new("Every kind of series, legend to the right", x, y)
        .with(Series::VerticalBand {
            from: -0.125,
            to: 0.125,
            label: "gap |x| < ε".into(),
        })
        .with(Series::Steps {
            points: curve(-4.0, 4.0, 16, |x| 0.02 * (1.0 + x * x)),
            label: "steps".into(),
            style: LineStyle::default(),
        })
        .with(Series::HorizontalLine {
            y: 0.004,
            label: "a level with a label long enough to be wrapped".into(),
            dashed: true,
        });
    for (index, shape) in (0..5).map(MarkerShape::of_series).enumerate() {
        let height = 0.7 / f64::from(1 << index);
        figure = figure.with(Series::Scatter {
            points: curve(-4.0, 4.0, 8, |x| height * (0.1 * x).exp2()),
            label: format!("marker {}", index + 1),
            marker: Marker {
                shape,
                filled: index % 2 == 0,
                ..Marker::default()
            },
        });
    }
    figure.legend = Legend::Right;
    let notes = vec![
        Annotation {
            point: (4.0, 0.924),
            text: "upper right".into(),
        },
        Annotation {
            point: (-4.0, 0.033),
            text: "a note at the edge".into(),
        },
    ];
    Ok(figure.with(Series::Annotations { notes }).render()?)
}

fn large() -> Result<Rendered, Box<dyn std::error::Error>> {
    let mut noise = 1u64;
    let mut next = || {
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (noise >> 40) as f64 / f64::from(1u32 << 24) - 0.5
    };
    let mut points: Vec<_> = (0..100_000)
        .map(|i| (f64::from(i) / 1e5, next() + next()))
        .collect();
    points[61_803].1 = 3.0;
    let x = Axis::new("slot / 100,000", Scale::Linear);
    let figure = Figure::new(
        "100,000 slots with one outlier",
        x,
        Axis::new("error", Scale::Linear),
    );
    let style = LineStyle {
        width: 1.0,
        ..LineStyle::default()
    };
    let line = Series::Line {
        points,
        label: "error per slot".into(),
        style,
    };
    Ok(figure.with(line).render()?)
}
