//! What makes one design better than another.

use super::cost_table::CostTable;

/// What a search minimises. Among equals the shallower, then the more exact design wins.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Objective {
    /// Levels, and of those the fewest products.
    #[default]
    Depth,
    /// Products of ciphertexts, and of those the fewest levels.
    Mults,
    /// The sum of what each product costs at its level.
    Table(CostTable),
}
