//! Where an axis is labelled, and with what.

use super::error::PlotError;
use super::figure::Scale;
use super::scale::{Mapping, forward};
use super::text::{power, signed};

/// The labels of one axis.
#[derive(Debug, Clone, Default)]
pub(super) struct Ticks {
    /// Places, as fractions of the axis, and their labels.
    pub(super) major: Vec<(f64, String)>,
    /// Places of the light grid lines between.
    pub(super) minor: Vec<f64>,
    /// A power of ten that all labels are multiplied with.
    pub(super) factor: Option<String>,
}

/// What the axis can hold.
pub(super) struct Room<'a> {
    /// Its length in pixels.
    pub(super) length: f64,
    /// How far apart labels should be, for a calm picture.
    pub(super) spacing: f64,
    /// The length that a label takes along the axis, distance to its neighbour included.
    pub(super) extent: &'a dyn Fn(&str) -> Result<f64, PlotError>,
    /// All values are whole numbers.
    pub(super) whole: bool,
}

/// Labels that do not overlap, as many as look calm.
pub(super) fn ticks(axis: &Mapping, room: &Room<'_>) -> Result<Ticks, PlotError> {
    let found = match axis.scale {
        Scale::Linear => None,
        Scale::Log10 => powers(axis, room, 10)?,
        Scale::Log2 => powers(axis, room, 2)?,
        Scale::SymLog { linthresh } => both_sides(axis, room, linthresh)?,
    };
    match found {
        Some(ticks) => Ok(ticks),
        None if axis.scale == Scale::Log2 => parts_of_octaves(axis, room),
        None => even_values(axis, room),
    }
}

/// Whether neighbouring labels leave each other room.
fn fits(major: &[(f64, String)], room: &Room<'_>) -> Result<bool, PlotError> {
    for pair in major.windows(2) {
        let distance = (pair[1].0 - pair[0].0) * room.length;
        let needed = ((room.extent)(&pair[0].1)? + (room.extent)(&pair[1].1)?) / 2.0;
        if distance < needed {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Labels at round values, for a linear axis or a short logarithmic one.
fn even_values(axis: &Mapping, room: &Room<'_>) -> Result<Ticks, PlotError> {
    let span = axis.to - axis.from;
    // Whole numbers are short: each may have its own label.
    let (spacing, limit) = if room.whole {
        (0.6 * room.spacing, 16.0)
    } else {
        (room.spacing, 12.0)
    };
    let most = (room.length / spacing).clamp(2.0, limit) as u32;
    let largest = axis.from.abs().max(axis.to.abs());
    let exponent = if (1e-3..1e5).contains(&largest) {
        0
    } else {
        largest.log10().floor() as i32
    };
    let mut last = Ticks::default();
    for count in (1..=most).rev() {
        let Some((step, digit)) = round_step(span / f64::from(count), room.whole) else {
            continue;
        };
        let decimals = usize::try_from(exponent - digit).unwrap_or(0);
        let unit = 10f64.powi(exponent);
        let (first, end) = ((axis.from / step).ceil(), (axis.to / step).floor());
        let mut major = Vec::new();
        for index in 0..=(end - first).clamp(0.0, 100.0) as u32 {
            let value = (first + f64::from(index)) * step;
            let fraction = axis.even_fraction(forward(axis.scale, value));
            let label = signed(&format!("{:.decimals$}", value / unit + 0.0));
            if (-1e-9..=1.0 + 1e-9).contains(&fraction) {
                major.push((fraction, label));
            }
        }
        last = Ticks {
            major,
            minor: Vec::new(),
            factor: (exponent != 0).then(|| format!("×{}", power(10, exponent))),
        };
        if fits(&last.major, room)? {
            break;
        }
    }
    Ok(last)
}

/// The least round step from `rough` on, and the decimal place of its last digit.
fn round_step(rough: f64, whole: bool) -> Option<(f64, i32)> {
    if !(rough.is_finite() && rough > f64::MIN_POSITIVE) {
        return None;
    }
    let rough = if whole { rough.max(1.0) } else { rough };
    let digit = rough.log10().floor() as i32;
    for (times, lower) in [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0), (10.0, -1)] {
        let step = times * 10f64.powi(digit);
        let fraction = whole && digit < lower;
        if step >= rough * (1.0 - 1e-9) && step > 0.0 && !fraction {
            return Some((step, digit - lower));
        }
    }
    None
}

/// Labels at whole powers; none where fewer than two fall on the axis.
fn powers(axis: &Mapping, room: &Room<'_>, base: u32) -> Result<Option<Ticks>, PlotError> {
    let (low, high) = axis.even_ends();
    let (first, last) = ((low - 1e-9).ceil() as i32, (high + 1e-9).floor() as i32);
    if last - first < 1 {
        return Ok(None);
    }
    let calm = room.spacing / room.length * (high - low);
    for step in STEPS {
        if f64::from(step) < 0.6 * calm {
            continue;
        }
        let exponents = (first..=last).filter(|exponent| exponent.rem_euclid(step) == 0);
        let major: Vec<_> = exponents
            .map(|e| (axis.even_fraction(f64::from(e)), power_label(base, e)))
            .collect();
        if !fits(&major, room)? {
            continue;
        }
        if major.len() < 2 {
            break;
        }
        let minor = if base == 10 && step == 1 {
            (first - 1..=last)
                .flat_map(|e| (2..10).map(move |k| f64::from(e) + f64::from(k).log10()))
                .filter(|even| (low..=high).contains(even))
                .map(|even| axis.even_fraction(even))
                .collect()
        } else if step > 1 && last - first <= 80 {
            let all = (first..=last).filter(|e| e.rem_euclid(step) != 0);
            all.map(|e| axis.even_fraction(f64::from(e))).collect()
        } else {
            Vec::new()
        };
        return Ok(Some(Ticks {
            major,
            minor,
            factor: None,
        }));
    }
    let ends = [first, last].map(|e| (axis.even_fraction(f64::from(e)), power_label(base, e)));
    Ok(Some(Ticks {
        major: ends.into(),
        ..Ticks::default()
    }))
}

/// Steps of exponents that read well.
const STEPS: [i32; 14] = [1, 2, 3, 4, 5, 8, 10, 16, 20, 32, 50, 100, 200, 500];

fn power_label(base: u32, exponent: i32) -> String {
    match exponent {
        0 => "1".into(),
        1 => base.to_string(),
        _ => power(base, exponent),
    }
}

/// Labels at fractions of octaves, for a binary axis shorter than two.
fn parts_of_octaves(axis: &Mapping, room: &Room<'_>) -> Result<Ticks, PlotError> {
    let (low, high) = axis.even_ends();
    let most = (room.length / room.spacing).clamp(2.0, 12.0) as u32;
    for count in (1..=most).rev() {
        let Some((step, digit)) = round_step((high - low) / f64::from(count), false) else {
            continue;
        };
        let decimals = usize::try_from(-digit).unwrap_or(0);
        let first = (low / step).ceil();
        let major: Vec<_> = (0..=((high / step).floor() - first).clamp(0.0, 100.0) as u32)
            .map(|index| (first + f64::from(index)) * step)
            .map(|even| {
                let exponent = signed(&format!("{:.decimals$}", even + 0.0));
                (axis.even_fraction(even), format!("2^{{{exponent}}}"))
            })
            .collect();
        if fits(&major, room)? {
            return Ok(Ticks {
                major,
                ..Ticks::default()
            });
        }
    }
    Ok(Ticks::default())
}

/// Labels at 0 and at powers on both sides; none where fewer than two fall on the axis.
fn both_sides(axis: &Mapping, room: &Room<'_>, linthresh: f64) -> Result<Option<Ticks>, PlotError> {
    let octave = linthresh.log2();
    let binary = (octave - octave.round()).abs() < 1e-12;
    let (base, start) = if binary {
        (2, octave.round() as i32)
    } else {
        (10, linthresh.log10().ceil() as i32)
    };
    let largest = axis.from.abs().max(axis.to.abs());
    let end = (largest.log2() / f64::from(base).log2() + 1e-9).floor() as i32;
    let labelled = |step: i32| {
        let mut major = vec![(0.0, String::from("0"))];
        for exponent in (start..=end).filter(|e| (e - start) % step == 0) {
            let value = f64::from(base).powi(exponent);
            let label = power_label(base, exponent);
            major.push((value, label.clone()));
            major.push((-value, format!("−{label}")));
        }
        major.retain_mut(|(place, _)| {
            *place = axis.fraction(*place);
            (-1e-9..=1.0 + 1e-9).contains(place)
        });
        major.sort_by(|a, b| a.0.total_cmp(&b.0));
        major
    };
    let mut best = labelled(STEPS[STEPS.len() - 1]);
    for step in STEPS {
        if fits(&labelled(step), room)? {
            // A step that also labels the last power is better, unless it is much wider.
            let ends = |step: &i32| (end - start) % step == 0;
            let better = (step..=2 * step).find(ends).map(labelled);
            best = match better {
                Some(better) if fits(&better, room)? => better,
                _ => labelled(step),
            };
            break;
        }
    }
    let minor = labelled(1).into_iter().map(|(place, _)| place);
    let minor = if end - start <= 40 {
        minor.collect()
    } else {
        Vec::new()
    };
    let mut thinned: Vec<(f64, String)> = Vec::new();
    for tick in best {
        thinned.push(tick);
        if !fits(&thinned, room)? {
            thinned.pop();
        }
    }
    Ok((thinned.len() > 1).then_some(Ticks {
        major: thinned,
        minor,
        factor: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::figure::Axis;
    use super::*;

    fn labels(scale: Scale, from: f64, to: f64, whole: bool) -> Result<Vec<String>, PlotError> {
        let axis = Mapping::new(&Axis::new("a", scale).over(from, to), (0.0, 1.0), 0.0)?;
        let room = Room {
            length: 600.0,
            spacing: 70.0,
            extent: &|text| Ok(text.chars().count() as f64 * 8.0 + 8.0),
            whole,
        };
        let found = ticks(&axis, &room)?;
        assert!(fits(&found.major, &room)?);
        Ok(found.major.into_iter().map(|(_, label)| label).collect())
    }

    #[test]
    fn labels_are_round_and_few() -> Result<(), PlotError> {
        let half = labels(Scale::Linear, -1.0, 1.0, false)?;
        assert!(
            half.contains(&"−0.50".into()) || half.contains(&"−0.5".into()),
            "{half:?}"
        );
        let whole = labels(Scale::Linear, 4.0, 7.0, true)?;
        assert_eq!(whole, ["4", "5", "6", "7"]);
        let octaves = labels(Scale::Log2, 2f64.powi(-9), 1.0, false)?;
        assert!(
            octaves.contains(&"2⁻⁸".into()) && octaves.contains(&"1".into()),
            "{octaves:?}"
        );
        let signs = labels(Scale::SymLog { linthresh: 0.125 }, -1.0, 1.0, false)?;
        assert_eq!(signs.first().map(String::as_str), Some("−1"));
        assert!(
            signs.contains(&"−2⁻³".into()) && signs.contains(&"2⁻³".into()),
            "{signs:?}"
        );
        Ok(())
    }

    #[test]
    fn short_and_long_ranges_have_at_least_two_labels() -> Result<(), PlotError> {
        for (scale, from, to) in [
            (Scale::Log2, 0.30, 0.34),
            (Scale::Log10, 0.30, 0.34),
            (Scale::Log2, 1e-300, 1e300),
            (Scale::Log10, 1e-300, 1e300),
            (Scale::Linear, 1e-17, 3e-17),
            (Scale::SymLog { linthresh: 1.0 }, -0.5, 0.5),
            (Scale::SymLog { linthresh: 1e-30 }, -1.0, 1.0),
        ] {
            let found = labels(scale, from, to, false)?;
            assert!(
                (2..=25).contains(&found.len()),
                "{scale:?} {from} {found:?}"
            );
        }
        Ok(())
    }
}
