//! The secret that is behind all roundings of one key.

use crate::circuit::shadow::Event;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// |s(ζ)|²/h in every slot, for every number of slots.
///
/// s(ζ) is a sum of N independent terms, so a complex Gaussian, and its square a unit exponential. Where fewer slots are
/// read, the errors of those that fall together are averaged, and so are their squares.
#[derive(Debug)]
pub(super) struct Secret(Vec<Vec<f64>>);

impl Secret {
    /// Of up to `slots` slots, a power of two.
    pub(super) fn new(slots: usize, event: Event) -> Self {
        let mut rng = ChaCha8Rng::from_seed(event.bytes());
        // 53 bits, in (0, 1].
        let mut uniform = || ((rng.next_u64() >> 11) + 1) as f64 * 0.5f64.powi(53);
        let all: Vec<f64> = (0..slots).map(|_| -uniform().ln()).collect();
        let halved = |wide: &Vec<f64>| {
            let (first, second) = wide.split_at(wide.len() / 2);
            let pairs = first.iter().zip(second);
            (!first.is_empty()).then(|| pairs.map(|(a, b)| (a + b) / 2.0).collect())
        };
        let mut by_slots: Vec<_> = std::iter::successors(Some(all), halved).collect();
        by_slots.reverse();
        Self(by_slots)
    }

    /// In each of `slots` slots. Pre: a power of two, not above the number that it was made for.
    pub(super) fn squares(&self, slots: usize) -> &[f64] {
        &self.0[slots.ilog2() as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_unit_exponentials_and_fewer_slots_their_means() {
        let secret = Secret::new(1 << 15, Event::seeded(1));
        let all = secret.squares(1 << 15);
        let moment = |k: i32| all.iter().map(|m| m.powi(k)).sum::<f64>() / all.len() as f64;
        // Deviations of the means: 1/√n, √20/√n with n = 2^15.
        assert!((moment(1) - 1.0).abs() < 4.0 / 181.0, "{}", moment(1));
        assert!((moment(2) - 2.0).abs() < 4.0 * 4.5 / 181.0, "{}", moment(2));
        let few = secret.squares(4);
        let mean: f64 = all.iter().skip(3).step_by(4).sum::<f64>() / f64::from(1 << 13);
        assert!((few[3] - mean).abs() < 1e-12);
        assert_eq!(few.len(), 4);
    }
}
