//! Errors of the Rust packages as exceptions.

use equiripple_approx::ApproxError;
use pyo3::{
    PyErr, create_exception,
    exceptions::{PyTimeoutError, PyValueError},
};

create_exception!(
    equiripple,
    ApproximationError,
    PyValueError,
    "A request without sense, or one that could not be met; the message says which number, and what to change."
);

/// As a `TimeoutError` where the time is up, as an `ApproximationError` otherwise.
pub(crate) fn approximation(error: ApproxError) -> PyErr {
    match error {
        ApproxError::TimeLimit { .. } => PyTimeoutError::new_err(error.to_string()),
        _ => refused(error),
    }
}

/// As an `ApproximationError`.
pub(crate) fn refused(error: impl std::fmt::Display) -> PyErr {
    ApproximationError::new_err(error.to_string())
}
