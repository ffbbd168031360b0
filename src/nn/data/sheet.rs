//! Many images on one.

use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

use super::{DataError, Dataset, Image, resize};

/// Side of the square an image is fitted into.
const CELL: usize = 128;
/// Between cells.
const GAP: usize = 4;
/// Cells of a row at most.
const COLUMNS: usize = 12;
/// Cells at most.
const CELLS: usize = COLUMNS * 32;
/// Behind the images.
const PAPER: u8 = 255;

/// The first images of a data set beside each other, row by row, as a PNG. Small ones are enlarged by whole factors, so
/// that their pixels show; at most 384 are drawn.
///
/// # Errors
/// When an image cannot be read.
pub fn contact_sheet(data: &Dataset, images: usize) -> Result<Vec<u8>, DataError> {
    let count = images.clamp(1, CELLS).min(data.len());
    let columns = count.min(COLUMNS);
    let size = |cells: usize| cells * (CELL + GAP) + GAP;
    let (width, height) = (size(columns), size(count.div_ceil(columns)));
    let mut sheet = vec![PAPER; width * height * 3];
    for index in 0..count {
        let image = fitted(&data.sample(index)?.image)?;
        let left = size(index % columns) + (CELL - image.width()) / 2;
        let top = size(index / columns) + (CELL - image.height()) / 2;
        let lines = sheet.chunks_exact_mut(width * 3).skip(top);
        let rows = image
            .pixels()
            .chunks_exact(image.width() * image.channels());
        for (line, row) in lines.zip(rows) {
            let places = line.chunks_exact_mut(3).skip(left);
            for (place, pixel) in places.zip(row.chunks_exact(image.channels())) {
                // One channel is grey: it is all three.
                for (value, byte) in place.iter_mut().zip(pixel.iter().cycle()) {
                    *value = *byte;
                }
            }
        }
    }
    png(&sheet, width, height)
}

/// As large as its cell allows.
fn fitted(image: &Image) -> Result<Image, DataError> {
    let (width, height) = (image.width(), image.height());
    let long = width.max(height);
    if long <= CELL {
        return Ok(image.gather(0..width, 0..height, CELL / long));
    }
    let to = |side: usize| (side * CELL / long).max(1);
    resize::resized(image, to(width), to(height)).ok_or_else(|| DataError::Sheet {
        reason: format!("{width}×{height} pixels cannot be made smaller"),
    })
}

fn png(pixels: &[u8], width: usize, height: usize) -> Result<Vec<u8>, DataError> {
    let failed = |reason: String| DataError::Sheet { reason };
    let side = |n: usize| u32::try_from(n).map_err(|e| failed(e.to_string()));
    let mut bytes = Cursor::new(vec![]);
    PngEncoder::new(&mut bytes)
        .write_image(pixels, side(width)?, side(height)?, ExtendedColorType::Rgb8)
        .map_err(|e| failed(e.to_string()))?;
    Ok(bytes.into_inner())
}
