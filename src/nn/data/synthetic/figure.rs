//! The figures that tell the first ten classes apart.

/// Names by number.
pub(super) const NAMES: [&str; 10] = [
    "disc", "ring", "square", "diamond", "triangle", "cross", "saltire", "rows", "columns",
    "stairs",
];

/// Half the width of a bar.
const BAR: f64 = 0.28;
/// From stripe to stripe.
const PERIOD: f64 = 0.5;

/// How far a point is outside a figure of radius about 1 around the origin, negative inside; x goes right, y down.
/// Pre: `figure` < 10.
pub(super) fn outside(figure: usize, x: f64, y: f64) -> f64 {
    let radius = (x * x + y * y).sqrt();
    let (across, down) = (x.abs(), y.abs());
    // Stripes fill a disc; the last ones lean.
    let stripes = |along: f64| (radius - 1.0).max(wave(along) - 0.5);
    match figure {
        0 => radius - 0.9,
        1 => (radius - 0.75).abs() - 0.2,
        2 => across.max(down) - 0.75,
        3 => (across + down - 1.0) * 0.7,
        4 => (y - 0.7).max((across * 2.0 - y - 1.0) * 0.45),
        5 => across.min(down) - BAR,
        6 => ((x - y).abs().min((x + y).abs())) * 0.7 - BAR,
        7 => stripes(y),
        8 => stripes(x),
        _ => stripes((x + y) * 0.7),
    }
    .max(across.max(down) - 1.0)
}

/// A triangle wave of period [`PERIOD`] between 0 and 1.
fn wave(t: f64) -> f64 {
    let phase = t / PERIOD;
    ((phase - phase.floor()) * 2.0 - 1.0).abs()
}
