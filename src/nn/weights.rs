//! Weights from a safetensors file, by name.

use super::{GraphError, Shape, Tensor};
use half::{bf16, f16};
use safetensors::{
    Dtype, SafeTensorError, SafeTensors,
    tensor::{Metadata, TensorInfo},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why weights cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file does not open.
    #[error("cannot read {}: {reason}; check the path and its permissions", path.display())]
    File {
        /// Path that was given.
        path: PathBuf,
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// No safetensors, or not a whole one.
    #[error("{origin} is no whole safetensors file ({reason}); fetch or export it again")]
    Format {
        /// Name of the file.
        origin: String,
        /// What the reader said.
        reason: SafeTensorError,
    },
    /// No tensor of that name.
    #[error("{origin} has no tensor `{tensor}`; it has {}", listed(present))]
    Missing {
        /// Name of the file.
        origin: String,
        /// Name of the tensor.
        tensor: String,
        /// Names of all tensors.
        present: Vec<String>,
    },
    /// Another shape than the network needs.
    #[error("tensor `{tensor}` of {origin} is {found}, and {expected} is needed")]
    Shape {
        /// Name of the file.
        origin: String,
        /// Name of the tensor.
        tensor: String,
        /// Shape that is needed.
        expected: Shape,
        /// Shape that the file has.
        found: Shape,
    },
    /// Numbers that are no floating-point numbers of 16, 32 or 64 bits.
    #[error("tensor `{tensor}` of {origin} holds {dtype}; F16, BF16, F32 and F64 are read")]
    Type {
        /// Name of the file.
        origin: String,
        /// Name of the tensor.
        tensor: String,
        /// Type of its numbers.
        dtype: String,
    },
    /// A number that is infinite or none, also as f32.
    #[error("tensor `{tensor}` of {origin}: {reason}")]
    Values {
        /// Name of the file.
        origin: String,
        /// Name of the tensor.
        tensor: String,
        /// Which element, and its value.
        reason: Box<GraphError>,
    },
}

/// A file of named arrays, checked as a whole; an array is converted to f32 when it is asked for.
///
/// Format: 8 bytes with the length n of the header, little endian, n bytes of JSON, the numbers.
///
/// ```
/// # use equiripple::nn::Weights;
/// let header = br#"{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#;
/// let mut file = (header.len() as u64).to_le_bytes().to_vec();
/// file.extend(header);
/// file.extend([0x00, 0x3c, 0x00, 0xc0]);
/// let weights = Weights::from_bytes("two.safetensors", file)?;
/// assert_eq!(weights.tensor("w")?.values(), [1.0, -2.0]);
/// assert!(weights.tensor("v").is_err());
/// # Ok::<(), equiripple::nn::WeightsError>(())
/// ```
#[derive(Debug)]
pub struct Weights {
    origin: String,
    bytes: Vec<u8>,
    /// Where the numbers begin.
    data: usize,
    metadata: Metadata,
}

impl Weights {
    /// Reads a file.
    ///
    /// # Errors
    /// When it does not open, or is no whole safetensors file.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let bytes = std::fs::read(path).map_err(|reason| WeightsError::File {
            path: path.to_path_buf(),
            reason,
        })?;
        Self::from_bytes(&path.display().to_string(), bytes)
    }

    /// The file's contents; `origin` is what errors call it.
    ///
    /// # Errors
    /// When they are no whole safetensors file.
    pub fn from_bytes(origin: &str, bytes: Vec<u8>) -> Result<Self, WeightsError> {
        let (header, metadata) =
            SafeTensors::read_metadata(&bytes).map_err(|reason| WeightsError::Format {
                origin: origin.into(),
                reason,
            })?;
        Ok(Self {
            origin: origin.into(),
            data: size_of::<u64>() + header,
            bytes,
            metadata,
        })
    }

    /// What errors call the file.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Names of all arrays, in the order of their numbers.
    pub fn names(&self) -> Vec<String> {
        self.metadata.offset_keys()
    }

    /// Length of each axis of an array.
    pub fn shape(&self, name: &str) -> Option<Shape> {
        let info = self.metadata.info(name)?;
        Some(info.shape.clone().into())
    }

    /// Texts that go with the arrays.
    pub fn texts(&self) -> Option<&HashMap<String, String>> {
        self.metadata.metadata().as_ref()
    }

    /// An array, rounded to f32 where it holds f64.
    ///
    /// # Errors
    /// When there is none of that name, it holds no floating-point numbers, or one of them is not finite.
    pub fn tensor(&self, name: &str) -> Result<Tensor, WeightsError> {
        let info = self
            .metadata
            .info(name)
            .ok_or_else(|| WeightsError::Missing {
                origin: self.origin.clone(),
                tensor: name.into(),
                present: self.names(),
            })?;
        let values = self.values(info).ok_or_else(|| WeightsError::Type {
            origin: self.origin.clone(),
            tensor: name.into(),
            dtype: info.dtype.to_string(),
        })?;
        Tensor::new(info.shape.clone(), values).map_err(|reason| WeightsError::Values {
            origin: self.origin.clone(),
            tensor: name.into(),
            reason: reason.into(),
        })
    }

    /// An array of that shape.
    ///
    /// # Errors
    /// Those of [`Self::tensor`], and another shape.
    pub fn tensor_of(&self, name: &str, shape: impl Into<Shape>) -> Result<Tensor, WeightsError> {
        let expected = shape.into();
        match self.shape(name) {
            Some(found) if found != expected => Err(WeightsError::Shape {
                origin: self.origin.clone(),
                tensor: name.into(),
                expected,
                found,
            }),
            _ => self.tensor(name),
        }
    }

    /// The numbers; nothing where they are of another type. The reader has checked the offsets.
    fn values(&self, info: &TensorInfo) -> Option<Vec<f32>> {
        let (start, end) = info.data_offsets;
        let bytes = self.bytes.get(self.data..)?.get(start..end)?;
        match info.dtype {
            Dtype::F16 => Some(numbers(bytes, |b| f16::from_le_bytes(b).to_f32())),
            Dtype::BF16 => Some(numbers(bytes, |b| bf16::from_le_bytes(b).to_f32())),
            Dtype::F32 => Some(numbers(bytes, f32::from_le_bytes)),
            Dtype::F64 => Some(numbers(bytes, |b| f64::from_le_bytes(b) as f32)),
            _ => None,
        }
    }
}

/// One number after another, of N bytes each.
pub(super) fn numbers<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (chunks, _) = bytes.as_chunks::<N>();
    chunks.iter().map(|chunk| number(*chunk)).collect()
}

/// The first few names.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|n| format!("`{n}`")).collect();
    match names.len() {
        0 => "none".into(),
        n if n > SHOWN => format!("{} and {} more", shown.join(", "), n - SHOWN),
        _ => shown.join(", "),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(header: &str, numbers: &[u8]) -> Vec<u8> {
        let length = (header.len() as u64).to_le_bytes();
        [&length, header.as_bytes(), numbers].concat()
    }

    fn one(dtype: &str, count: usize, numbers: &[u8]) -> Result<Tensor, WeightsError> {
        let end = numbers.len();
        let header =
            format!(r#"{{"a":{{"dtype":"{dtype}","shape":[{count}],"data_offsets":[0,{end}]}}}}"#);
        Weights::from_bytes("a.safetensors", file(&header, numbers))?.tensor("a")
    }

    #[test]
    fn every_floating_point_type_is_read() {
        let expected = [1.5f32, -0.25];
        let bytes = |b: Vec<Vec<u8>>| b.concat();
        let f16s = bytes(
            expected
                .map(|v| f16::from_f32(v).to_le_bytes().to_vec())
                .into(),
        );
        let bf16s = bytes(
            expected
                .map(|v| bf16::from_f32(v).to_le_bytes().to_vec())
                .into(),
        );
        let f32s = bytes(expected.map(|v| v.to_le_bytes().to_vec()).into());
        let f64s = bytes(expected.map(|v| f64::from(v).to_le_bytes().to_vec()).into());
        for (dtype, numbers) in [("F16", f16s), ("BF16", bf16s), ("F32", f32s), ("F64", f64s)] {
            assert_eq!(one(dtype, 2, &numbers).unwrap().values(), expected);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let text = |e: Result<Tensor, WeightsError>| e.unwrap_err().to_string();
        assert_eq!(
            text(one("F32", 1, &f32::NAN.to_le_bytes())),
            "tensor `a` of a.safetensors: element 0 of an array of 1 is NaN: weights must be finite"
        );
        let beyond = text(one("F64", 1, &1e300f64.to_le_bytes()));
        assert!(beyond.contains("is inf"), "{beyond}");
        assert_eq!(
            text(one("I64", 1, &[0; 8])),
            "tensor `a` of a.safetensors holds I64; F16, BF16, F32 and F64 are read"
        );
        let weights = Weights::from_bytes(
            "a.safetensors",
            file(
                r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
                &[0; 8],
            ),
        )
        .unwrap();
        assert_eq!(
            weights.tensor_of("a", [3, 3]).unwrap_err().to_string(),
            "tensor `a` of a.safetensors is 2, and 3×3 is needed"
        );
        assert_eq!(
            weights.tensor("b").unwrap_err().to_string(),
            "a.safetensors has no tensor `b`; it has `a`"
        );
    }

    /// A file of two small arrays.
    fn small() -> Vec<u8> {
        file(
            r#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]}}"#,
            &[0, 0x3c, 0, 0x3c, 0, 0, 0x80, 0x3f],
        )
    }

    /// Whatever the bytes are, there are arrays or errors that name the file.
    fn survives(bytes: Vec<u8>) {
        let named = |e: WeightsError| assert!(e.to_string().contains("w.safetensors"), "{e}");
        match Weights::from_bytes("w.safetensors", bytes) {
            Ok(weights) => {
                for name in weights.names() {
                    weights.tensor(&name).map_or_else(named, drop);
                }
            }
            Err(e) => named(e),
        }
    }

    #[test]
    fn a_file_that_was_cut_is_refused() {
        let whole = small();
        for end in 0..whole.len() {
            let cut = Weights::from_bytes("w.safetensors", whole[..end].to_vec());
            let refused = cut.unwrap_err().to_string();
            assert!(refused.starts_with("w.safetensors"), "{refused}");
        }
    }

    #[test]
    fn each_bit_turned_is_survived() {
        for bit in 0..8 * small().len() {
            let mut damaged = small();
            damaged[bit / 8] ^= 1 << (bit % 8);
            survives(damaged);
        }
    }

    #[test]
    fn claimed_sizes_take_no_memory() {
        for shape in [
            "[18446744073709551615]",
            "[4294967296,4294967296]",
            "[0,9223372036854775807]",
        ] {
            let header =
                format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,8]}}}}"#);
            survives(file(&header, &[0; 8]));
        }
        survives([u64::MAX.to_le_bytes().to_vec(), vec![b'{'; 8]].concat());
        survives([99_999_999u64.to_le_bytes().to_vec(), vec![b'{'; 8]].concat());
    }

    proptest! {
        #[test]
        fn garbage_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            survives(bytes);
        }
    }
}
