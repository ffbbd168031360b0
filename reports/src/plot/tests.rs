use super::ready::*;
use super::*;

fn wave(steps: u32) -> Vec<(f64, f64)> {
    (1..=steps)
        .map(|i| f64::from(i) / f64::from(steps))
        .map(|x| (x, 1e-4 * (40.0 * x).cos()))
        .collect()
}

fn line(points: Vec<(f64, f64)>, label: &str) -> Series {
    Series::Line {
        points,
        label: label.into(),
        style: LineStyle::default(),
    }
}

fn plain() -> Figure {
    let x = Axis::new("x", Scale::Linear);
    Figure::new("T", x, Axis::new("y", Scale::Linear))
}

/// The PNG signature, and the size that the header tells.
fn png_size(png: &[u8]) -> Option<(u32, u32)> {
    let word = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    png.starts_with(b"\x89PNG\r\n\x1a\n").then_some(())?;
    png.ends_with(b"IEND\xaeB`\x82").then_some(())?;
    Some((word(16)?, word(20)?))
}

/// Every element is closed by its own name, every attribute is quoted, every `&` is an entity.
fn well_formed(svg: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg.trim_end();
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        let entities = ["&lt;", "&gt;", "&amp;", "&quot;"];
        let fine = |(at, _): (usize, &str)| entities.iter().any(|e| text[at..].starts_with(e));
        let Some(end) = rest.find('>') else {
            return false;
        };
        if text.contains('>') || !text.match_indices('&').all(fine) {
            return false;
        }
        let tag = &rest[at + 1..end];
        if !tag.matches('"').count().is_multiple_of(2) {
            return false;
        }
        let name = tag.split(' ').next().unwrap_or("");
        match (name.strip_prefix('/'), tag.ends_with('/')) {
            (Some(closed), _) if open.pop() != Some(closed) => return false,
            (None, false) => open.push(name),
            _ => {}
        }
        rest = &rest[end + 1..];
    }
    open.is_empty() && rest.is_empty()
}

fn hold(rendered: &Rendered, size: (u32, u32), labels: &[&str]) {
    assert_eq!(png_size(&rendered.png), Some((2 * size.0, 2 * size.1)));
    assert!(well_formed(&rendered.svg), "{}", rendered.svg);
    for label in labels {
        assert!(rendered.svg.contains(label), "{label} in {}", rendered.svg);
    }
}

#[test]
fn every_ready_figure_is_drawn_with_its_labels() -> Result<(), PlotError> {
    let runs = vec![wave(500)];
    let error = error_curve("A & B", &runs, &[(0.5, 1e-4)], 1.1e-4, Some(0.9e-4));
    let words = ["A &amp; B", "equioscillation (1 points)", "×10⁻⁴"];
    hold(&error.render()?, error.size, &words);

    let few = [("p<q".to_string(), runs.clone())];
    let function = function_against_approximation("F", ("f", &runs), &few);
    hold(&function.render()?, function.size, &["p&lt;q"]);

    let stage = StageError {
        degree: 15,
        runs: runs.clone(),
        upper: 1e-4,
    };
    let stages = stage_errors("S", &vec![stage; 5]);
    let words = ["Stage 5: degree 15", "certified bound"];
    hold(&stages.render()?, stages.size, &words);

    let designs = [(3.0, 0.1), (4.0, 0.01)].map(|(cost, error)| ParetoPoint {
        cost,
        error,
        label: "{15,15,27}".into(),
    });
    let pareto = pareto_front("P", "depth", &designs);
    hold(&pareto.render()?, pareto.size, &["{15,15,27}", "2⁻⁴"]);

    let designs = [("direct".to_string(), vec![(4.0, 0.05), (13.0, 1e-4)])];
    let alpha = error_against_alpha("E", &designs);
    hold(&alpha.render()?, alpha.size, &["direct", "2⁻¹²"]);
    Ok(())
}

#[test]
fn every_series_and_scale_is_drawn() -> Result<(), PlotError> {
    let points = vec![(0.125, 0.5), (0.5, 0.25), (1.0, 2.0)];
    let symlog = Scale::SymLog { linthresh: 0.125 };
    for x in [Scale::Linear, Scale::Log2, Scale::Log10, symlog] {
        for shape in (0..5).map(MarkerShape::of_series) {
            let mut figure = plain();
            figure.x.scale = x;
            figure.y.scale = x;
            figure.legend = Legend::Right;
            let style = LineStyle {
                dash: Dash::Dotted,
                ..LineStyle::default()
            };
            let marker = Marker {
                shape,
                filled: false,
                ..Marker::default()
            };
            let figure = figure
                .with(Series::VerticalBand {
                    from: 0.0,
                    to: 0.2,
                    label: "band".into(),
                })
                .with(Series::Steps {
                    points: points.clone(),
                    label: "steps".into(),
                    style,
                })
                .with(Series::HorizontalLine {
                    y: 1.0,
                    label: "level".into(),
                    dashed: true,
                })
                .with(Series::Scatter {
                    points: points.clone(),
                    label: "marks".into(),
                    marker,
                });
            let words = ["band", "steps", "level", "marks"];
            hold(&figure.render()?, figure.size, &words);
        }
    }
    Ok(())
}

#[test]
fn figures_are_kept_as_json() -> Result<(), Box<dyn std::error::Error>> {
    let figure = error_curve("E", &[vec![(0.25, 0.5), (1.0, -0.5)]], &[], 0.5, None);
    let text = serde_json::to_string(&figure)?;
    assert_eq!(serde_json::from_str::<Figure>(&text)?, figure);
    Ok(())
}

#[test]
fn runs_are_not_joined() -> Result<(), PlotError> {
    let runs = vec![vec![(-1.0, 0.0), (-0.5, 1.0)], vec![(0.5, 1.0), (1.0, 0.0)]];
    let figure = plain().with(Series::Runs {
        runs,
        label: String::new(),
        style: LineStyle::default(),
    });
    let curves = figure.svg()?.matches("stroke=\"#0072B2\"").count();
    assert_eq!(curves, 2);
    Ok(())
}

#[test]
fn large_series_stay_small_and_keep_their_peak() -> Result<(), PlotError> {
    let mut figure = plain();
    for label in 0..6 {
        figure = figure.with(line(wave(100_000), &format!("line {label}")));
    }
    let mut marks = wave(100_000);
    marks[50_000].1 = 1.0;
    figure = figure.with(Series::Scatter {
        points: marks,
        label: "marks".into(),
        marker: Marker::default(),
    });
    let svg = figure.svg()?;
    assert!(svg.len() < 300_000, "{}", svg.len());
    Ok(())
}

#[test]
fn points_that_cannot_be_shown_are_named() {
    let figure = plain().with(line(vec![(0.0, 0.0), (1.0, f64::NAN)], "bad"));
    let message = figure.svg().unwrap_or_else(|error| error.to_string());
    assert!(message.starts_with("series \"bad\", point 1:"), "{message}");

    let mut figure = plain().with(line(vec![(0.0, 1.0)], "bad"));
    figure.x.scale = Scale::Log2;
    assert!(matches!(
        figure.svg(),
        Err(PlotError::NotPositive { index: 0, .. })
    ));

    assert!(matches!(plain().svg(), Err(PlotError::Empty { .. })));
    let none = stage_errors("S", &[]);
    assert!(matches!(none.svg(), Err(PlotError::Empty { .. })));
}

#[test]
fn sizes_out_of_bounds_are_refused() {
    let figure = plain().with(line(vec![(0.0, 1.0), (1.0, 2.0)], "a"));
    for size in [(0, 0), (100, 100), (800, 90)] {
        let outcome = figure.clone().sized(size.0, size.1).svg();
        assert!(matches!(outcome, Err(PlotError::NoRoom { .. })), "{size:?}");
    }
    let outcome = figure.sized(u32::MAX, 500).png();
    assert!(matches!(outcome, Err(PlotError::TooLarge { .. })));
}

#[test]
fn styles_that_cannot_be_drawn_are_refused() {
    for width in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        let style = LineStyle {
            width,
            ..LineStyle::default()
        };
        let figure = plain().with(Series::Steps {
            points: vec![(0.0, 1.0), (1.0, 2.0)],
            label: "a".into(),
            style,
        });
        assert!(
            matches!(figure.svg(), Err(PlotError::Style { .. })),
            "{width}"
        );
    }
}

#[test]
fn one_point_and_equal_points_have_a_range() -> Result<(), PlotError> {
    for points in [vec![(0.0, 0.0)], vec![(3.0, 7.0); 5], vec![(1e300, 1e-300)]] {
        let figure = plain().with(line(points, "a"));
        hold(&figure.render()?, figure.size, &["a"]);
    }
    Ok(())
}

#[test]
fn data_outside_a_fixed_range_stays_inside_the_frame() -> Result<(), PlotError> {
    let mut figure = plain().with(line(vec![(-1e308, -1e308), (0.5, 0.5), (1e308, 3.0)], "a"));
    figure.x = figure.x.over(0.0, 1.0);
    figure.y = figure.y.over(0.0, 1.0);
    let svg = figure.svg()?;
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    Ok(())
}
