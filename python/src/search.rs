//! Which degrees are best.

use crate::{
    approximation::budget,
    error::{approximation, refused},
};
use equiripple_approx::search::{Front, Limits, Objective, ReluTarget, Search, SignTarget, silent};
use pyo3::prelude::*;

/// A composition on the front of levels and products.
#[pyclass(frozen, get_all, module = "equiripple")]
pub(crate) struct Design {
    degrees: Vec<usize>,
    levels: usize,
    mults: usize,
    log2_error: f64,
    best: bool,
}

fn designs<T>(front: &Front<T>) -> Vec<Design> {
    let each = front.designs.iter().enumerate();
    each.map(|(k, design)| Design {
        degrees: design.composition.degrees.clone(),
        levels: design.composition.depth,
        mults: design.composition.mults,
        log2_error: design.log2_error,
        best: k == front.best,
    })
    .collect()
}

/// Searches the degrees of compositions.
#[pyfunction]
#[pyo3(signature = (function, alpha, *, max_degree=31, cost="depth", offset=true, time_limit=None))]
pub(crate) fn search(
    py: Python<'_>,
    function: &str,
    alpha: f64,
    max_degree: usize,
    cost: &str,
    offset: bool,
    time_limit: Option<f64>,
) -> PyResult<Vec<Design>> {
    let objective = match cost {
        "depth" => Objective::Depth,
        "mults" => Objective::Mults,
        _ => {
            return Err(refused(format!(
                "cost is '{cost}'; there are depth and mults"
            )));
        }
    };
    let budget = budget(time_limit)?;
    let made = py.detach(|| {
        let search = Search::new(Limits::degree(max_degree))?
            .with_budget(budget)
            .with_report(&silent);
        Ok(Some(match function {
            "sign" => designs(&search.sign(&SignTarget::alpha(alpha), &objective)?),
            "relu" | "max" => designs(&search.relu(&ReluTarget::alpha(alpha, offset), &objective)?),
            _ => return Ok(None),
        }))
    });
    let unknown = || {
        refused(format!(
            "function is '{function}'; compositions are of sign, relu and max"
        ))
    };
    made.map_err(approximation)?.ok_or_else(unknown)
}

#[pymethods]
impl Design {
    fn __repr__(&self) -> String {
        format!(
            "<Design {:?}, {} levels, {} products, error 2^{:.2}>",
            self.degrees, self.levels, self.mults, self.log2_error
        )
    }
}
