//! Data sets as arrays of bytes.

use crate::error::refused;
use equiripple::nn::data::{Dataset, Split};
use numpy::{PyArray1, PyArray4, PyArrayMethods};
use pyo3::prelude::*;
use std::path::PathBuf;

/// Pixels as they are stored, N×H×W×C, labels, and the names of the classes.
type Arrays<'py> = (
    Bound<'py, PyArray4<u8>>,
    Bound<'py, PyArray1<i64>>,
    Vec<String>,
);

/// The images of a data set that `equiripple data show` knows, all of one size.
#[pyfunction]
#[pyo3(signature = (source, *, train = true))]
pub(crate) fn read_images(py: Python<'_>, source: PathBuf, train: bool) -> PyResult<Arrays<'_>> {
    let split = if train { Split::Train } else { Split::Test };
    let data = Dataset::open_split(source, split).map_err(refused)?;
    let (mut pixels, mut labels, mut shape) = (vec![], vec![], None);
    for index in 0..data.len() {
        let sample = data.sample(index).map_err(refused)?;
        let image = &sample.image;
        let own = [image.height(), image.width(), image.channels()];
        if *shape.get_or_insert(own) != own {
            return Err(refused(format!(
                "{} has the shape {own:?}, images before it {shape:?}: an array takes images of one shape",
                data.origin(index)
            )));
        }
        let label = sample
            .label
            .ok_or_else(|| refused(format!("{} has no label", data.origin(index))))?;
        pixels.extend_from_slice(image.pixels());
        labels.push(i64::from(label));
    }
    let [height, width, channels] = shape.unwrap_or([0; 3]);
    let pixels = PyArray1::from_vec(py, pixels).reshape([labels.len(), height, width, channels])?;
    Ok((
        pixels,
        PyArray1::from_vec(py, labels),
        data.classes().to_vec(),
    ))
}
