//! Slots that repeat.

use num_complex::Complex64;

/// One period, a power of two, of something that every slot has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Periodic<T>(Vec<T>);

/// Of complex numbers.
pub(super) type Complexes = Periodic<Complex64>;

impl<T: Copy> Periodic<T> {
    /// Pre: the length is a power of two.
    pub(super) fn new(period: Vec<T>) -> Self {
        Self(period)
    }

    /// The same in every slot.
    pub(super) fn constant(value: T) -> Self {
        Self(vec![value])
    }

    pub(super) fn from_fn(period: usize, f: impl FnMut(usize) -> T) -> Self {
        Self((0..period).map(f).collect())
    }

    pub(super) fn period(&self) -> &[T] {
        &self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn at(&self, slot: usize) -> T {
        self.0[slot & (self.0.len() - 1)]
    }

    pub(super) fn map<U>(&self, f: impl FnMut(T) -> U) -> Periodic<U> {
        Periodic(self.0.iter().copied().map(f).collect())
    }

    pub(super) fn zip<U: Copy, V: Copy>(
        &self,
        other: &Periodic<U>,
        f: impl Fn(T, U) -> V,
    ) -> Periodic<V> {
        let period = self.len().max(other.len());
        Periodic::from_fn(period, |i| f(self.at(i), other.at(i)))
    }

    /// Of every `slots` slots the sum of those that fall together, each weighted by the share it has in the mean.
    pub(super) fn folded<U>(&self, slots: usize, weighted: impl Fn(T, f64) -> U) -> Periodic<U>
    where
        U: std::iter::Sum,
    {
        let together = (self.len() / slots).max(1);
        let share = 1.0 / together as f64;
        let sum = |i| {
            (0..together)
                .map(|k| weighted(self.at(i + k * slots), share))
                .sum()
        };
        Periodic((0..slots.min(self.len())).map(sum).collect())
    }

    /// Slot i becomes slot i+k.
    pub(super) fn rotated(&self, k: usize) -> Self {
        Self::from_fn(self.len(), |i| self.at(i + k))
    }
}
