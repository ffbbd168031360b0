//! All trades of time for quality that some price makes best.

use super::{DesignError, Plan, Problem};

/// Plans at most.
const MOST: usize = 1024;

/// A price at which the least loss decides, and seconds only between equals.
const DEAR: f64 = 1e9;

impl Problem {
    /// The plans that are best at some price of loss, by falling loss and rising seconds: the corners of the convex hull of
    /// all plans. Between two of them the price (t₂ − t₁)/(l₁ − l₂) makes both equally good; where a better one exists it is
    /// found there, and the search goes on at both of its sides.
    ///
    /// # Errors
    /// Those of [`Problem::solve`].
    pub fn front(&self) -> Result<Vec<Plan>, DesignError> {
        let (fast, good) = (self.solve(0.0)?, self.solve(DEAR)?);
        let mut plans = vec![fast];
        if good.loss < plans[0].loss {
            let first = plans[0].clone();
            self.between(&first, &good, &mut plans)?;
            plans.push(good);
        }
        Ok(plans)
    }

    fn between(&self, fast: &Plan, good: &Plan, plans: &mut Vec<Plan>) -> Result<(), DesignError> {
        let price = (good.seconds - fast.seconds) / (fast.loss - good.loss);
        if !(price > 0.0 && price.is_finite()) || plans.len() >= MOST {
            return Ok(());
        }
        let plan = self.solve(price)?;
        let cost = |plan: &Plan| plan.seconds + price * plan.loss;
        let known = cost(fast).min(cost(good));
        // Rounding alone makes no corner.
        if cost(&plan) < known * (1.0 - 1e-9) && plan.loss < fast.loss && plan.loss > good.loss {
            self.between(fast, &plan, plans)?;
            plans.push(plan.clone());
            self.between(&plan, good, plans)?;
        }
        Ok(())
    }
}
