//! A monotone cubic through points on a uniform grid (Fritsch and Carlson, SIAM J. Numer. Anal. 17(2), 1980).

/// A rising function, tabulated; linear beyond both ends.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    start: f64,
    step: f64,
    values: Vec<f64>,
    slopes: Vec<f64>,
}

impl Curve {
    /// Through `values` at `start`, `start + step`, …; at least two, rising. `first_slope` is the slope at the start
    /// and before it.
    pub(super) fn new(start: f64, step: f64, values: Vec<f64>, first_slope: f64) -> Self {
        let secants: Vec<f64> = values.windows(2).map(|v| (v[1] - v[0]) / step).collect();
        let last = secants.len();
        let slopes = (0..=last)
            .map(|i| {
                let (left, right) = (secants[i.saturating_sub(1)], secants[i.min(last - 1)]);
                let slope = match i {
                    0 => first_slope,
                    // The parabola through the last three points.
                    _ if i == last => 1.5 * left - 0.5 * secants[i.saturating_sub(2)],
                    _ => 0.5 * (left + right),
                };
                // Within three times both secants the cubic cannot turn back.
                slope.min(3.0 * left).min(3.0 * right).max(0.0)
            })
            .collect();
        Self {
            start,
            step,
            values,
            slopes,
        }
    }

    /// The value at `x`.
    pub(super) fn at(&self, x: f64) -> f64 {
        let last = self.values.len() - 1;
        let place = (x - self.start) / self.step;
        if place <= 0.0 {
            return self.values[0] + (x - self.start) * self.slopes[0];
        }
        if place >= last as f64 {
            return self.values[last] + (place - last as f64) * self.step * self.slopes[last];
        }
        let i = (place as usize).min(last - 1);
        let t = place - i as f64;
        let (v0, v1) = (self.values[i], self.values[i + 1]);
        let (m0, m1) = (self.slopes[i] * self.step, self.slopes[i + 1] * self.step);
        // Hermite's cubic in nested form.
        let rise = v1 - v0;
        v0 + t * (m0 + t * (3.0 * rise - 2.0 * m0 - m1 + t * (m0 + m1 - 2.0 * rise)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_lines_are_exact() {
        let line = Curve::new(-1.0, 0.5, vec![0.0, 1.0, 2.0, 3.0], 2.0);
        for x in [-3.0, -1.0, -0.9, 0.0, 0.3, 0.5, 2.0] {
            assert!((line.at(x) - 2.0 * (x + 1.0)).abs() < 1e-14, "{x}");
        }
    }

    #[test]
    fn a_jump_is_not_overshot() {
        let step = Curve::new(0.0, 1.0, vec![0.0, 0.0, 1.0, 1.0], 0.0);
        let mut before = 0.0;
        for k in 0..=300 {
            let value = step.at(f64::from(k) / 100.0);
            assert!((before..=1.0).contains(&value));
            before = value;
        }
    }
}
