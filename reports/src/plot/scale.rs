//! From values to positions along an axis.

use super::error::PlotError;
use super::figure::{Axis, Scale};

/// A checked axis: a scale and the values at its two ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mapping {
    pub(super) scale: Scale,
    pub(super) from: f64,
    pub(super) to: f64,
    low: f64,
    high: f64,
}

impl Mapping {
    /// The axis over its own range, or over `data` with a margin of `margin` of its length.
    pub(super) fn new(axis: &Axis, data: (f64, f64), margin: f64) -> Result<Self, PlotError> {
        if let Scale::SymLog { linthresh } = axis.scale
            && !(linthresh.is_finite() && linthresh > 0.0)
        {
            let axis = axis.label.clone();
            return Err(PlotError::Threshold { axis, linthresh });
        }
        let refuse = |(from, to)| PlotError::Range {
            axis: axis.label.clone(),
            from,
            to,
        };
        let forward = |value| forward(axis.scale, value);
        let (low, high) = match axis.range {
            Some((from, to)) => (forward(from), forward(to)),
            None => {
                let (low, high) = (forward(data.0), forward(data.1));
                let pad = if high > low {
                    (high - low) * margin
                } else if axis.scale == Scale::Linear && low != 0.0 {
                    low.abs() * 0.1
                } else {
                    1.0
                };
                (low - pad, high + pad)
            }
        };
        if !(low < high && (high - low).is_finite() && low.is_finite() && high.is_finite()) {
            return Err(refuse(axis.range.unwrap_or(data)));
        }
        let (from, to) = match axis.range {
            Some(range) => range,
            None => (backward(axis.scale, low), backward(axis.scale, high)),
        };
        Ok(Self {
            scale: axis.scale,
            from,
            to,
            low,
            high,
        })
    }

    /// Where a value stands: 0 at the first end, 1 at the last.
    pub(super) fn fraction(&self, value: f64) -> f64 {
        (forward(self.scale, value) - self.low) / (self.high - self.low)
    }

    /// The two ends on the even scale: exponents on a logarithmic axis.
    pub(super) fn even_ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The even-scale position of a value, as a fraction of the axis.
    pub(super) fn even_fraction(&self, even: f64) -> f64 {
        (even - self.low) / (self.high - self.low)
    }
}

/// The scale's monotone function; NaN where the value has no place.
pub(super) fn forward(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log10 if value > 0.0 => value.log10(),
        Scale::Log2 if value > 0.0 => value.log2(),
        Scale::Log10 | Scale::Log2 => f64::NAN,
        Scale::SymLog { linthresh } => {
            let size = value.abs() / linthresh;
            let even = if size <= 1.0 { size } else { 1.0 + size.log2() };
            even.copysign(value)
        }
    }
}

/// The inverse of [`forward`].
pub(super) fn backward(scale: Scale, even: f64) -> f64 {
    match scale {
        Scale::Linear => even,
        Scale::Log10 => 10f64.powf(even),
        Scale::Log2 => even.exp2(),
        Scale::SymLog { linthresh } => {
            let size = even.abs();
            let value = if size <= 1.0 {
                size
            } else {
                (size - 1.0).exp2()
            };
            (value * linthresh).copysign(even)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_is_inverted() {
        let symlog = Scale::SymLog { linthresh: 0.01 };
        for scale in [Scale::Linear, Scale::Log10, Scale::Log2, symlog] {
            for value in [1e-4, 0.01, 0.3, 7.0] {
                let again = backward(scale, forward(scale, value));
                assert!((again - value).abs() < 1e-12, "{scale:?} {value} {again}");
            }
        }
        let again = backward(symlog, forward(symlog, -0.5));
        assert!((again + 0.5).abs() < 1e-12);
    }

    #[test]
    fn bad_ranges_are_refused() {
        for (scale, from, to) in [
            (Scale::Linear, 1.0, 1.0),
            (Scale::Linear, f64::NAN, 1.0),
            (Scale::Linear, -f64::MAX, f64::MAX),
            (Scale::Log2, 0.0, 1.0),
            (Scale::Log10, -1.0, 1.0),
        ] {
            let axis = Axis::new("a", scale).over(from, to);
            let outcome = Mapping::new(&axis, (0.0, 1.0), 0.0);
            assert!(
                matches!(outcome, Err(PlotError::Range { .. })),
                "{scale:?} {from}"
            );
        }
        let axis = Axis::new("a", Scale::SymLog { linthresh: 0.0 });
        let outcome = Mapping::new(&axis, (0.0, 1.0), 0.0);
        assert!(matches!(outcome, Err(PlotError::Threshold { .. })));
    }
}
