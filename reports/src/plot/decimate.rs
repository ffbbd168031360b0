//! Fewer points, the same picture.

use super::scene::Point;

/// The points of a line, in pixels, with at most four per column of `column` pixels: the first,
/// the lowest, the highest and the last of each stay in their order, so no peak is lost.
pub(super) fn decimate(points: &[Point], column: f64) -> Vec<Point> {
    let place = |point: &Point| (point.0 / column).floor();
    let mut kept = Vec::new();
    for group in points.chunk_by(|a, b| place(a).total_cmp(&place(b)).is_eq()) {
        if group.len() <= 4 {
            kept.extend_from_slice(group);
            continue;
        }
        let (mut low, mut high) = (0, 0);
        for (index, point) in group.iter().enumerate() {
            if point.1 < group[low].1 {
                low = index;
            }
            if point.1 > group[high].1 {
                high = index;
            }
        }
        let mut chosen = [0, low.min(high), low.max(high), group.len() - 1].to_vec();
        chosen.dedup();
        kept.extend(chosen.into_iter().map(|index| group[index]));
    }
    kept
}

/// Marks, in pixels, with at most one per square of `cell` pixels; the lowest and the highest of
/// each column of squares stay.
pub(super) fn thin(points: &[Point], cell: f64) -> Vec<Point> {
    let mut order: Vec<(i64, i64, Point)> = points
        .iter()
        .map(|point| ((point.0 / cell) as i64, (point.1 / cell) as i64, *point))
        .collect();
    order.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.1.total_cmp(&b.2.1)));
    let mut kept = Vec::new();
    for column in order.chunk_by(|a, b| a.0 == b.0) {
        let from = kept.len();
        for cell in column.chunk_by(|a, b| a.1 == b.1) {
            kept.push(cell[0].2);
        }
        if let (Some(last), Some(slot)) = (column.last(), kept.get_mut(from..))
            && let Some(slot) = slot.last_mut()
        {
            *slot = last.2;
        }
        // The last square gave up its lowest point; where it is the only one, that was the column's.
        if kept.len() == from + 1 && column.len() > 1 {
            kept.push(column[0].2);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(count: u32) -> Vec<Point> {
        (0..count)
            .map(|i| {
                let t = f64::from(i) / f64::from(count);
                (t * 700.0, (t * 900.0).sin() * 100.0)
            })
            .collect()
    }

    fn ends(points: &[Point]) -> (f64, f64) {
        let low = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
        (low, high)
    }

    #[test]
    fn every_column_keeps_its_peaks() {
        let mut all = wave(100_000);
        all[51_234].1 = 5000.0;
        all[77_777].1 = -5000.0;
        let few = decimate(&all, 1.0);
        assert!(few.len() <= 4 * 701, "{}", few.len());
        for column in 0..700 {
            let within = |points: &[Point]| -> Vec<Point> {
                let here = |p: &&Point| p.0 as i32 == column;
                points.iter().filter(here).copied().collect()
            };
            assert_eq!(ends(&within(&all)), ends(&within(&few)), "column {column}");
        }
        assert_eq!(few.first(), all.first());
        assert_eq!(few.last(), all.last());
    }

    #[test]
    fn few_points_are_left_alone() {
        let all = wave(200);
        assert_eq!(decimate(&all, 1.0), all);
    }

    #[test]
    fn thinned_marks_keep_the_extremes() {
        let mut all = wave(50_000);
        all[20_000].1 = 777.0;
        all[20_001].1 = -777.0;
        let few = thin(&all, 3.0);
        assert!(few.len() < 20_000, "{}", few.len());
        assert_eq!(ends(&all), ends(&few));
    }
}
