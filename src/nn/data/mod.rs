//! Images with labels, and the batches that networks take.
//!
//! A [`Dataset`] is recognised by what is found at a path, or made from a seed, and gives its images in one order; a
//! [`Preprocessing`] resizes, crops and normalises them; a [`Batch`] is what comes out, as f32 of shape \[N, C, H, W\].
//! The same data give the same bits on any number of threads.
//!
//! ```
//! use equiripple::nn::data::Dataset;
//! let data = Dataset::open("synthetic:classes=10,size=32,seed=1,images=1000")?;
//! let batch = data.batch(0..8, data.preprocessing())?;
//! assert_eq!(batch.shape, [8, 3, 32, 32]);
//! assert_eq!(batch.labels[7], Some(7));
//! # Ok::<(), equiripple::nn::data::DataError>(())
//! ```

mod batch;
mod cifar;
mod dataset;
mod decode;
mod error;
pub mod fetch;
mod folder;
mod idx;
mod image;
mod open;
mod preprocess;
mod resize;
mod sheet;
mod statistics;
mod synthetic;

pub use batch::Batch;
pub use dataset::{Dataset, Reader, Sample, Split};
pub use error::DataError;
pub use image::Image;
pub use preprocess::{Normalization, Preprocessing};
pub use sheet::contact_sheet;
pub use statistics::Statistics;
pub use synthetic::Synthetic;
