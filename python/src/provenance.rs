//! What made a result, for records of it.

use equiripple_reports::record::Machine;
use pyo3::{prelude::*, types::PyDict};

/// Revision, version and machine.
#[pyfunction]
pub(crate) fn provenance(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    // Taken apart, so that none of its fields is forgotten.
    let Machine {
        cpu,
        cores,
        memory_gib,
        os,
        simd,
    } = Machine::detect();
    let machine = PyDict::new(py);
    machine.set_item("cpu", cpu)?;
    machine.set_item("cores", cores)?;
    machine.set_item("memory_gib", memory_gib)?;
    machine.set_item("os", os)?;
    machine.set_item("simd", simd)?;
    let made = PyDict::new(py);
    made.set_item("revision", equiripple::REVISION)?;
    made.set_item("version", env!("CARGO_PKG_VERSION"))?;
    made.set_item("machine", machine)?;
    Ok(made)
}
