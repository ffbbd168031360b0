//! What made a result, for records of it.

use equiripple_reports::record::Machine;
use pyo3::{prelude::*, types::PyDict};

/// Revision, version and machine.
#[pyfunction]
pub(crate) fn provenance(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let here = Machine::detect();
    let machine = PyDict::new(py);
    machine.set_item("cpu", here.cpu)?;
    machine.set_item("cores", here.cores)?;
    machine.set_item("memory_gib", here.memory_gib)?;
    machine.set_item("os", here.os)?;
    machine.set_item("simd", here.simd)?;
    let made = PyDict::new(py);
    made.set_item("revision", equiripple::REVISION)?;
    made.set_item("version", env!("CARGO_PKG_VERSION"))?;
    made.set_item("machine", machine)?;
    Ok(made)
}
