//! Powers of the root, in the order and the form in which the passes read them.

use super::{
    super::NttConstants,
    TAIL, Vector, WORD_BITS,
    lanes::{Factors, broadcast, load},
};
use crate::ring::{Modulus, ntt::portable::reversed_powers};

/// The powers ψ^rev(i), those of the last six levels apart.
#[derive(Clone, Debug)]
pub(super) struct Twiddles {
    /// Of all levels but the last six, in the order of i.
    pub(super) head: Vec<Factor>,
    /// Of the last six levels, for 64 elements each.
    pub(super) tail: Vec<TailTwiddles>,
    /// N⁻¹ and N⁻¹·ψ^rev(1).
    pub(super) last: [Factor; 2],
}

/// A factor w and ⌊w·2^52 / q⌋.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factor {
    value: u64,
    quotient: u64,
}

/// Factors of 64 elements, sixteen cache lines. The order is that of a tree: node 1 is the first of three levels, and the
/// nodes 2i and 2i+1 follow node i.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct TailTwiddles {
    /// Nodes of the levels of distance 32, 16 and 8; number 0 is not used.
    between: [Factor; 8],
    /// Nodes of the levels of distance 4, 2 and 1, less one, of each of the eight rows of eight elements.
    within: [[Vector; 2]; 7],
}

impl Factor {
    fn new(value: u64, modulus: &Modulus) -> Self {
        let quotient = (u128::from(value) << WORD_BITS) / u128::from(modulus.value());
        Self {
            value,
            quotient: quotient as u64,
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn everywhere(self) -> Factors {
        Factors {
            value: broadcast(self.value),
            quotient: broadcast(self.quotient),
        }
    }
}

/// Number of node `i` of the small tree below node `root` of the large one.
pub(super) fn below(root: usize, i: usize) -> usize {
    let level = i.ilog2();
    (root << level) + i - (1 << level)
}

impl Twiddles {
    /// Powers of ψ = `root`, or of its inverse.
    pub(super) fn new(constants: &NttConstants, root: u64) -> Self {
        let modulus = &constants.modulus;
        let blocks = constants.degree / TAIL;
        let powers = reversed_powers(modulus, root, constants.degree);
        let factor = |i: usize| Factor::new(powers[i], modulus);
        let tail = |block: usize| TailTwiddles {
            between: std::array::from_fn(|i| factor(below(blocks + block, i.max(1)))),
            within: std::array::from_fn(|i| {
                let row = |row: usize| factor(below(8 * (blocks + block) + row, i + 1));
                let rows: [Factor; 8] = std::array::from_fn(row);
                [rows.map(|f| f.value), rows.map(|f| f.quotient)]
            }),
        };
        let scale = constants.degree_inverse;
        Self {
            head: (0..blocks).map(factor).collect(),
            tail: (0..blocks).map(tail).collect(),
            last: [scale, modulus.mul(scale, powers[1])].map(|w| Factor::new(w, modulus)),
        }
    }

    /// Pairs of the last levels below a node of the others, from the first on.
    #[inline]
    pub(super) fn tail_below(&self, node: usize) -> &[[TailTwiddles; 2]] {
        // Level l has the nodes from 2^l to 2^(l+1) − 1, and the one after the head as many as there are tails.
        let tails = self.tail.len();
        let first = (node << (tails.ilog2() - node.ilog2())) - tails;
        self.tail[first..].as_chunks().0
    }
}

impl TailTwiddles {
    /// The levels of distance 32, 16 and 8; number 0 is not used.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn between(&self) -> [Factors; 8] {
        let mut w = [self.between[0].everywhere(); 8];
        for i in 1..8 {
            w[i] = self.between[i].everywhere();
        }
        w
    }

    /// The levels of distance 4, 2 and 1, of row r in lane r; number 0 is not used.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn within(&self) -> [Factors; 8] {
        let factors = |[value, quotient]: &[Vector; 2]| Factors {
            value: load(value),
            quotient: load(quotient),
        };
        let mut w = [factors(&self.within[0]); 8];
        for i in 1..8 {
            w[i] = factors(&self.within[i - 1]);
        }
        w
    }
}
