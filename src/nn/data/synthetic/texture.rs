//! What is behind the figures, from the eleventh class on.

/// Names by number.
pub(super) const NAMES: [&str; 9] = [
    "plain ground",
    "fine rows",
    "fine columns",
    "fine stairs",
    "fine checks",
    "coarse rows",
    "coarse columns",
    "coarse stairs",
    "coarse checks",
];

/// −1 or 1 at a pixel, 0 on plain ground.
pub(super) fn at(texture: usize, row: usize, column: usize, size: usize) -> f64 {
    let Some(kind) = texture.checked_sub(1) else {
        return 0.0;
    };
    let bar = if kind < 4 { size / 16 } else { size / 6 }.max(1);
    let (row, column) = (row / bar, column / bar);
    let odd = match kind % 4 {
        0 => row % 2,
        1 => column % 2,
        2 => (row + column) / 2 % 2,
        _ => (row + column) % 2,
    };
    if odd == 1 { 1.0 } else { -1.0 }
}
