//! From the error curve of one reference to the next reference.

use std::cmp::Ordering;

use rug::Float;

/// A point of the domain and the weighted error there.
#[derive(Debug, Clone)]
pub(super) struct ErrorPoint {
    pub(super) x: Float,
    pub(super) error: Float,
}

impl ErrorPoint {
    fn size(&self, other: &Self) -> Ordering {
        self.error.cmp_abs(&other.error).unwrap_or(Ordering::Equal)
    }
}

/// The largest point of each run of equal signs, in the order of x; points with error zero belong to no run.
pub(super) fn alternation(points: Vec<ErrorPoint>) -> Vec<ErrorPoint> {
    let mut runs: Vec<ErrorPoint> = vec![];
    for point in points.into_iter().filter(|p| !p.error.is_zero()) {
        match runs.last_mut() {
            Some(last) if last.error.is_sign_negative() == point.error.is_sign_negative() => {
                if last.size(&point) == Ordering::Less {
                    *last = point;
                }
            }
            _ => runs.push(point),
        }
    }
    runs
}

/// Takes points off an alternating sequence until `wanted` are left, the smallest errors first, and the signs stay
/// alternating: an end alone, or a neighbouring pair. With two in excess the pair may be the two ends.
pub(super) fn reduce(mut points: Vec<ErrorPoint>, wanted: usize) -> Vec<ErrorPoint> {
    while points.len() > wanted {
        let last = points.len() - 1;
        let drop_end = |points: &mut Vec<ErrorPoint>| {
            if points[0].size(&points[points.len() - 1]) == Ordering::Less {
                points.remove(0);
            } else {
                points.pop();
            }
        };
        if last == wanted {
            drop_end(&mut points);
            continue;
        }
        // A pair is as good as its larger member: that is the error given up.
        let pair = |i: usize| {
            if points[i].size(&points[i + 1]) == Ordering::Less {
                &points[i + 1]
            } else {
                &points[i]
            }
        };
        let Some(smallest) = (0..last).min_by(|&i, &j| pair(i).size(pair(j))) else {
            break;
        };
        let ends = if points[0].size(&points[last]) == Ordering::Less {
            &points[last]
        } else {
            &points[0]
        };
        let excess = points.len() - wanted;
        if excess == 2 && ends.size(pair(smallest)) == Ordering::Less {
            points.remove(last);
            points.remove(0);
        } else if excess >= 3 && smallest == 0 {
            points.remove(0);
        } else if excess >= 3 && smallest + 1 == last {
            points.pop();
        } else {
            points.drain(smallest..smallest + 2);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(errors: &[f64]) -> Vec<ErrorPoint> {
        let point = |(i, e): (usize, &f64)| ErrorPoint {
            x: Float::with_val(53, i as u32),
            error: Float::with_val(53, *e),
        };
        errors.iter().enumerate().map(point).collect()
    }

    fn errors(points: &[ErrorPoint]) -> Vec<f64> {
        points.iter().map(|p| p.error.to_f64()).collect()
    }

    #[test]
    fn runs_collapse_to_their_largest() {
        assert_eq!(
            errors(&alternation(points(&[1.0, 3.0, 2.0, 0.0, -1.0, -0.5, 4.0]))),
            [3.0, -1.0, 4.0]
        );
    }

    #[test]
    fn reduction_keeps_alternation_and_the_largest() {
        for wanted in 2..9 {
            let reduced = reduce(
                points(&[1.0, -5.0, 0.1, -0.2, 7.0, -3.0, 2.0, -6.0, 0.3]),
                wanted,
            );
            assert_eq!(reduced.len(), wanted);
            assert!(
                reduced
                    .windows(2)
                    .all(|p| p[0].error.is_sign_negative() != p[1].error.is_sign_negative())
            );
            assert!(errors(&reduced).contains(&7.0) || wanted < 3);
        }
    }
}
