//! Certificates of coefficients against a claim.

use crate::{
    approximation::{Approximation, budget},
    error::approximation,
};
use equiripple_approx::audit::{Claimed, Verdict, audit};
use pyo3::prelude::*;
use rug::Float;

/// How a claim was judged.
#[pyclass(frozen, get_all, module = "equiripple")]
pub(crate) struct Certificate {
    verdict: &'static str,
    log2_claim: f64,
    log2_error: (f64, f64),
    witness: f64,
    error_at_witness: f64,
    ranges: Vec<((f64, f64), (f64, f64))>,
}

/// Certifies or refutes that a composition approximates sign, relu or max to a precision.
#[pyfunction]
#[pyo3(signature = (composition, function, alpha, *, input_scale=1.0, time_limit=None))]
pub(crate) fn certify(
    py: Python<'_>,
    composition: &Approximation,
    function: &str,
    alpha: f64,
    input_scale: f64,
    time_limit: Option<f64>,
) -> PyResult<Certificate> {
    let claimed: Claimed = function.parse().map_err(approximation)?;
    let (scale, budget) = (Float::with_val(64, input_scale), budget(time_limit)?);
    let table = &composition.table;
    let audit = py.detach(|| audit(table, claimed, alpha, &scale, budget));
    let audit = audit.map_err(approximation)?;
    Ok(Certificate {
        verdict: match audit.verdict {
            Verdict::Certified => "certified",
            Verdict::Refuted => "refuted",
            Verdict::Undecided => "undecided",
        },
        log2_claim: audit.log2_claim,
        log2_error: (audit.bounds.log2_lower(), audit.bounds.log2_upper()),
        witness: audit.witness,
        error_at_witness: audit.error_at_witness,
        ranges: audit.ranges,
    })
}

#[pymethods]
impl Certificate {
    fn __bool__(&self) -> bool {
        self.verdict == "certified"
    }

    fn __repr__(&self) -> String {
        let (lower, upper) = self.log2_error;
        format!(
            "<Certificate: {}, error from 2^{lower:.4} to 2^{upper:.4}>",
            self.verdict
        )
    }
}
