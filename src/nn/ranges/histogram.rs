//! Counts of magnitudes by their logarithm.

/// Bins of a factor of two.
const BINS: i32 = 32;
/// Below 2 to this all magnitudes count as one.
const LEAST: i32 = -30;
/// From 2 to this on too.
const MOST: i32 = 40;

/// How many magnitudes lie in each interval \[2^(k/32), 2^((k+1)/32)).
#[derive(Debug, Clone, Default)]
pub(super) struct Magnitudes(Vec<u64>);

impl Magnitudes {
    pub(super) fn add(&mut self, magnitude: f64) {
        if self.0.is_empty() {
            self.0.resize(((MOST - LEAST) * BINS) as usize, 0);
        }
        let last = self.0.len() - 1;
        // What is not a number falls into the last bin, 0 into the first.
        let place = (magnitude.log2() - f64::from(LEAST)) * f64::from(BINS);
        let bin = if place.is_nan() {
            last
        } else {
            (place.max(0.0) as usize).min(last)
        };
        self.0[bin] += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a += b;
        }
    }

    /// Upper end and count of the bins that hold some.
    pub(super) fn bins(&self) -> impl Iterator<Item = (f64, u64)> {
        let filled = self.0.iter().enumerate().filter(|bin| *bin.1 > 0);
        filled.map(|(k, count)| {
            (
                (f64::from(LEAST) + (k as f64 + 1.0) / f64::from(BINS)).exp2(),
                *count,
            )
        })
    }

    /// The end of the first bin up to which at least this share lies; 0 of nothing.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let all: u64 = self.0.iter().sum();
        let wanted = share * all as f64;
        let mut seen = 0;
        let mut reached = self.bins().skip_while(|(_, count)| {
            seen += count;
            (seen as f64) < wanted
        });
        reached.next().map_or(0.0, |bin| bin.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_a_bin() {
        let mut magnitudes = Magnitudes::default();
        for i in 0..1000 {
            magnitudes.add(f64::from(i));
        }
        for share in [0.5, 0.9, 0.99, 1.0] {
            let exact = 1000.0 * share - 1.0;
            let found = magnitudes.quantile(share);
            assert!(
                found >= exact && found <= exact * 1.023 + 1e-9,
                "{share}: {found}"
            );
        }
        magnitudes.add(f64::NAN);
        assert!(magnitudes.quantile(1.0) > 1e12);
    }
}
