//! The baby and giant steps of one circuit: which T_n and x·T_n are at hand, and how each is made.

/// ⌈log2 n⌉ for n ≥ 1: the depth of T_n.
pub(super) fn log2_ceil(n: usize) -> usize {
    n.next_power_of_two().trailing_zeros() as usize
}

/// What is evaluated by baby and giant steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// An odd polynomial p(y): babies T_1, T_3, …, even giants.
    Odd,
    /// x·p(y), p odd: babies x·T_1(y), x·T_3(y), …, even giants T_g(y).
    Folded,
    /// Any polynomial p(y): babies T_1, T_2, …, giants of both parities.
    General,
}

/// A set of Chebyshev polynomials that can be made with one product each, at the least depth.
#[derive(Debug, Clone)]
pub(super) struct Powers {
    pub(super) shape: Shape,
    /// Largest index of a baby; all of its parity up to it exist. 0 is allowed in `Folded` only.
    pub(super) babies: usize,
    /// Indices by which a polynomial may be divided, ascending.
    pub(super) giants: Vec<usize>,
}

impl Powers {
    /// Babies up to `babies`, giants 2, 4, …, 2^(doublings), and `extra`·2^k for k < `extras`.
    pub(super) fn new(
        shape: Shape,
        babies: usize,
        doublings: usize,
        extra: usize,
        extras: usize,
    ) -> Self {
        let mut giants: Vec<usize> = (1..=doublings).map(|k| 1 << k).collect();
        giants.extend((0..extras).map(|k| extra << k));
        giants.sort_unstable();
        giants.dedup();
        Self {
            shape,
            babies,
            giants,
        }
    }

    /// Whether each can be made from the others with one product, T_n at depth ⌈log2 n⌉.
    pub(super) fn is_complete(&self) -> bool {
        self.all_t().all(|n| self.t_factors(n).is_some())
            && self.all_w().all(|n| self.w_factors(n).is_some())
    }

    /// Whether T_n is in the set; T_0 = 1 and T_1 = y always are.
    fn has_t(&self, n: usize) -> bool {
        n <= 1 || self.is_t_baby(n) || self.giants.binary_search(&n).is_ok()
    }

    fn is_t_baby(&self, n: usize) -> bool {
        let parity = match self.shape {
            Shape::Odd => n % 2 == 1,
            Shape::Folded => false,
            Shape::General => true,
        };
        parity && n <= self.babies
    }

    /// The T_n that take a product.
    fn all_t(&self) -> impl Iterator<Item = usize> {
        let babies = (2..=self.babies).filter(|&n| self.is_t_baby(n));
        let giants = self.giants.iter().copied();
        babies.chain(giants.filter(|&g| !self.is_t_baby(g)))
    }

    /// The x·T_n that are in the set.
    fn all_w(&self) -> impl Iterator<Item = usize> + use<> {
        let babies = match self.shape {
            Shape::Folded => self.babies,
            Shape::Odd | Shape::General => 0,
        };
        (1..=babies).step_by(2)
    }

    /// Products spent on the set.
    pub(super) fn mults(&self) -> usize {
        self.all_t().count() + self.all_w().count()
    }

    /// a ≥ b with T_n = 2·T_a·T_b − T_(a−b), all at hand and shallow enough. The most even split comes first: a square
    /// is cheaper than a product.
    pub(super) fn t_factors(&self, n: usize) -> Option<(usize, usize)> {
        let depth = log2_ceil(n);
        (n.div_ceil(2)..n).map(|a| (a, n - a)).find(|&(a, b)| {
            self.has_t(a) && self.has_t(b) && self.has_t(a - b) && log2_ceil(a) < depth
        })
    }

    /// a odd, b even with x·T_n = 2·(x·T_a)·T_b − x·T_|a−b|, at depth ⌈log2(n+1)⌉; (0, 1) for x·T_1 = x·y.
    pub(super) fn w_factors(&self, n: usize) -> Option<(usize, usize)> {
        if n == 1 {
            return Some((0, 1));
        }
        let depth = log2_ceil(n + 1);
        (2..n)
            .step_by(2)
            .map(|b| (n - b, b))
            .find(|&(a, b)| self.has_t(b) && log2_ceil(a + 1) < depth && log2_ceil(b) < depth)
    }

    /// Whether a polynomial of degree i is a plain sum over the babies at depth ≤ j.
    pub(super) fn is_leaf(&self, i: usize, j: usize) -> bool {
        match self.shape {
            Shape::Folded => i <= self.babies && log2_ceil(i + 1) < j,
            Shape::Odd | Shape::General => i == 0 || (i <= self.babies && log2_ceil(i) < j),
        }
    }
}
