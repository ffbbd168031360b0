//! What a product costs, level by level.

use std::str::FromStr;

use crate::{ApproxError, Result};

/// What a product of two ciphertexts costs at each level, relinearisation and rescaling included.
///
/// A product at level ℓ has operands with ℓ levels left and a result with ℓ−1. The lowest level of the table is where the
/// last product of a design is made: if other layers need five levels after it, the table begins at 6.
///
/// ```
/// use equiripple_approx::search::CostTable;
/// let table: CostTable = "level,cost_of_mult\n1,10\n2,15.5\n3,22\n".parse()?;
/// assert_eq!(table.levels(), 1..=3);
/// assert_eq!(table.cost(2), Some(15.5));
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CostTable {
    lowest: usize,
    costs: Vec<f64>,
}

impl CostTable {
    /// Costs at the levels `lowest`, `lowest + 1`, ….
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] for no cost, one that is negative or not finite, or `lowest` = 0: a product leaves a
    /// level less than its operands had.
    pub fn new(lowest: usize, costs: Vec<f64>) -> Result<Self> {
        let out_of_range = |name, value: String, bound: &str| ApproxError::OutOfRange {
            name,
            value,
            bound: bound.into(),
        };
        if lowest == 0 {
            return Err(out_of_range("lowest level", "0".into(), "at least 1"));
        }
        if costs.is_empty() {
            return Err(out_of_range("number of costs", "0".into(), "at least 1"));
        }
        match costs.iter().find(|c| !(c.is_finite() && **c >= 0.0)) {
            Some(cost) => {
                let bound = "finite and not negative";
                Err(out_of_range("cost_of_mult", cost.to_string(), bound))
            }
            None => Ok(Self { lowest, costs }),
        }
    }

    /// The levels that have a cost.
    pub fn levels(&self) -> std::ops::RangeInclusive<usize> {
        self.lowest..=self.lowest + self.costs.len() - 1
    }

    /// The cost of a product whose operands have `level` levels left.
    pub fn cost(&self, level: usize) -> Option<f64> {
        self.costs.get(level.checked_sub(self.lowest)?).copied()
    }

    /// The deepest circuit that the table covers.
    pub(super) fn deepest(&self) -> usize {
        self.costs.len()
    }

    /// The cost of products at depth `k` of a circuit of the given depth, which the table covers.
    pub(super) fn at_depth(&self, k: usize, depth: usize) -> f64 {
        self.costs[depth - 1 - k]
    }
}

impl FromStr for CostTable {
    type Err = ApproxError;

    /// Lines `level,cost_of_mult`, in any order, each level from the lowest to the highest once; empty lines, lines that
    /// begin with `#`, and the heading are skipped.
    fn from_str(text: &str) -> Result<Self> {
        let fail = |line: usize, why: String| ApproxError::Parse {
            what: "cost table",
            place: format!("line {line}"),
            why,
        };
        let mut rows: Vec<(usize, f64, usize)> = vec![];
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let heading = rows.is_empty() && line.starts_with("level");
            if line.is_empty() || line.starts_with('#') || heading {
                continue;
            }
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            let &[level, cost] = fields.as_slice() else {
                let why = format!("expected `level,cost_of_mult`, found `{line}`");
                return Err(fail(number, why));
            };
            let level: usize =
                level.parse().ok().filter(|&l| l > 0).ok_or_else(|| {
                    fail(number, format!("expected a level from 1, found `{level}`"))
                })?;
            let cost: f64 = cost
                .parse()
                .ok()
                .filter(|c: &f64| c.is_finite() && *c >= 0.0)
                .ok_or_else(|| {
                    let why = format!("expected a cost, finite and not negative, found `{cost}`");
                    fail(number, why)
                })?;
            rows.push((level, cost, number));
        }
        rows.sort_by_key(|row| row.0);
        for pair in rows.windows(2) {
            let (below, above) = (pair[0].0, pair[1].0);
            if above != below + 1 {
                let why = if above == below {
                    format!("level {above} is given twice, first in line {}", pair[0].2)
                } else {
                    let missing = below + 1;
                    format!("level {missing} is missing between {below} and {above}")
                };
                return Err(fail(pair[1].2, why));
            }
        }
        let Some(&(lowest, ..)) = rows.first() else {
            return Err(fail(
                1,
                "expected a line `level,cost_of_mult`, found none".into(),
            ));
        };
        Self::new(lowest, rows.iter().map(|row| row.1).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_any_order_with_comments() -> Result<()> {
        let table: CostTable = "# measured\nlevel, cost_of_mult\n\n7, 3\n6,2.5\n".parse()?;
        assert_eq!(table, CostTable::new(6, vec![2.5, 3.0])?);
        assert_eq!((table.cost(5), table.cost(8)), (None, None));
        Ok(())
    }

    #[test]
    fn errors_name_line_and_value() {
        for (text, place, why) in [
            ("", "line 1", "found none"),
            ("1,2\n2;3", "line 2", "`2;3`"),
            ("1,2,3", "line 1", "`1,2,3`"),
            ("level,cost\n-1,2", "line 2", "`-1`"),
            ("0,2", "line 1", "`0`"),
            ("1,x", "line 1", "`x`"),
            ("1,-2", "line 1", "`-2`"),
            ("1,inf", "line 1", "`inf`"),
            ("1,2\n\n1,3", "line 3", "twice, first in line 1"),
            ("4,2\n1,3", "line 1", "level 2 is missing"),
        ] {
            let found = text.parse::<CostTable>();
            assert!(
                matches!(&found, Err(ApproxError::Parse { place: p, why: w, .. })
                    if p == place && w.contains(why)),
                "{text:?}: {found:?}"
            );
        }
    }
}
