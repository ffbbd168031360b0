//! What the Python package takes from the Rust ones: approximations, their search and certificates, and plain inference.
//!
//! Each function here turns Python's numbers into a request, lets other threads of Python run meanwhile, and turns the
//! outcome into NumPy arrays. Documentation for users is in `equiripple/_native.pyi`.

mod approximation;
mod certificate;
mod error;
mod images;
mod network;
mod provenance;
mod search;

/// The extension module.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::approximation::{Approximation, approximate, compose};
    #[pymodule_export]
    use crate::certificate::{Certificate, certify};
    #[pymodule_export]
    use crate::error::ApproximationError;
    #[pymodule_export]
    use crate::images::read_images;
    #[pymodule_export]
    use crate::network::Network;
    #[pymodule_export]
    use crate::provenance::provenance;
    #[pymodule_export]
    use crate::search::{Design, search};
}
