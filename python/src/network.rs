//! Plain inference of networks, as `equiripple net` does it.

use crate::error::refused;
use equiripple::nn::{
    Graph, Weights, arch::Architecture, depth::depths, file, inference, onnx, pass,
};
use numpy::{PyArray2, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use std::path::PathBuf;

/// A network as a graph, ready to run.
#[pyclass(frozen, module = "equiripple")]
pub(crate) struct Network {
    graph: Graph,
    ready: inference::Network<f32>,
}

impl Network {
    fn of(graph: Graph) -> PyResult<Self> {
        Ok(Self {
            ready: inference::Network::new(&graph).map_err(refused)?,
            graph,
        })
    }
}

#[pymethods]
impl Network {
    /// Reads an ONNX model, or a file of `equiripple net import`.
    #[staticmethod]
    fn read(path: PathBuf) -> PyResult<Self> {
        let is_onnx = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("onnx"));
        Self::of(match is_onnx {
            true => onnx::import(&path, None).map_err(refused)?,
            false => file::read(&path).map_err(refused)?,
        })
    }

    /// An architecture with weights from a safetensors file.
    #[staticmethod]
    fn load(architecture: &str, weights: PathBuf) -> PyResult<Self> {
        let architecture: Architecture = architecture.parse().map_err(refused)?;
        let weights = Weights::open(&weights).map_err(refused)?;
        Self::of(architecture.load(&weights).map_err(refused)?)
    }

    /// The same network with its quadratics as pure squares.
    fn fold_squares(&self) -> PyResult<Self> {
        Self::of(pass::fold_squares(&self.graph).map_err(refused)?)
    }

    /// Levels that it takes, and how many nodes are no polynomial.
    #[getter]
    fn levels(&self) -> PyResult<(usize, usize)> {
        let depths = depths(&self.graph).map_err(refused)?;
        Ok((depths.total, depths.missing.len()))
    }

    /// Shape of an image.
    #[getter]
    fn input_shape(&self) -> Vec<usize> {
        self.graph.node(self.graph.input()).shape().axes().to_vec()
    }

    /// Results for images.
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        images: PyReadonlyArrayDyn<'py, f32>,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let own = self.input_shape();
        if images.shape().len() != own.len() + 1 || images.shape()[1..] != own[..] {
            return Err(refused(format!(
                "images have the shape {:?}; N×{own:?} is wanted",
                images.shape()
            )));
        }
        let count = images.shape()[0];
        let numbers = images.as_slice().map_err(|_| {
            refused("images do not lie in C order: give numpy.ascontiguousarray(images)")
        })?;
        let outcome = py.detach(|| self.ready.run(numbers)).map_err(refused)?;
        let results = numpy::PyArray1::from_vec(py, outcome.logits);
        results.reshape([count, self.ready.output_elements()])
    }
}
