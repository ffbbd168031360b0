//! Data sets: what is read, what is refused.

mod batches;
mod cifar;
mod damaged;
mod fetch;
mod folder;
mod idx;
mod pillow;
mod published;
mod synthetic;

use std::{io::Write, path::Path};

use equiripple::nn::data::{DataError, Dataset};
use flate2::{Compression, write::GzEncoder};

/// The refusal of what must not open.
fn refusal(source: impl AsRef<Path>) -> DataError {
    Dataset::open(source).expect_err("this must not open")
}

/// A record of CIFAR-10: label, then pixels that tell their places.
fn cifar10_record(label: u8) -> Vec<u8> {
    let pixels = (0..3072).map(|i| (i * 7 + i / 1024 + usize::from(label)) as u8);
    std::iter::once(label).chain(pixels).collect()
}

/// An idx file of images, with whatever follows the header.
fn idx_images(count: u32, rows: u32, columns: u32, pixels: &[u8]) -> Vec<u8> {
    let header = [0x803, count, rows, columns].map(u32::to_be_bytes);
    [&header.concat()[..], pixels].concat()
}

fn idx_labels(labels: &[u8]) -> Vec<u8> {
    let header = [0x801, labels.len() as u32].map(u32::to_be_bytes);
    [&header.concat()[..], labels].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
