//! A Python module for NumPy.

use super::{double, lines, names};
use crate::{
    Result,
    coeffs::{CoefficientTable, Exact},
};

/// The stages as `numpy.polynomial.Chebyshev` objects, and a function for the whole circuit.
pub(super) fn module(table: &CoefficientTable) -> Result<String> {
    let mut out: String = names::summary(table)
        .iter()
        .map(|l| format!("# {l}\n"))
        .collect();
    out.push_str(
        "# Coefficients are rounded to double precision.\n\n\
         import numpy as np\nfrom numpy.polynomial import Chebyshev\n\n\
         # The stages in order of application.\nSTAGES = [\n",
    );
    for poly in table.polys()? {
        let (lo, hi) = poly.interval();
        let (lo, hi) = (double(&Exact::new(lo)?)?, double(&Exact::new(hi)?)?);
        let numbers = poly
            .dense_coeffs()
            .iter()
            .map(|c| double(&Exact::new(c)?))
            .collect::<Result<Vec<_>>>()?;
        out.push_str(&format!(
            "    Chebyshev(\n        [\n{}        ],\n        domain=[{lo}, {hi}],\n    ),\n",
            lines(numbers, "            ")
        ));
    }
    let value = if table.product {
        "0.5 * x + x * y + OFFSET"
    } else {
        "y + OFFSET"
    };
    out.push_str(&format!(
        "]\n\n# The input is multiplied by this before the first stage.\nINPUT_SCALE = {}\n\n\
         # Added at the end.\nOFFSET = {}\n\n\n\
         def evaluate(x):\n    \
             \"\"\"The whole circuit at x, a number or an array.\"\"\"\n    \
             x = np.asarray(x, dtype=float)\n    \
             y = INPUT_SCALE * x\n    \
             for stage in STAGES:\n        \
                 y = stage(y)\n    \
             return {value}\n",
        double(&table.input_scale)?,
        double(&table.offset)?
    ));
    Ok(out)
}
