//! Pictures in files: PNG and JPEG.

use std::{fs, io::Cursor, path::Path};

use image::{ImageReader, Limits};

use super::{DataError, Image, image::MAX_PIXELS};

/// Largest file that is read.
const MAX_BYTES: u64 = 256 << 20;
/// Most bytes of an image for a byte of its file, beyond [`WORKSPACE`]: what deflate (1032) and JPEG (a bit a block of 64
/// samples, and fewer samples than pixels) can expand.
const EXPANSION: u64 = 2048;
/// What any picture may take.
const WORKSPACE: u64 = 64 << 20;

/// Whether the name of a file is one of a picture.
pub(super) fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    extension.is_some_and(|e| {
        let e = e.to_ascii_lowercase();
        ["png", "jpg", "jpeg"].contains(&e.as_str())
    })
}

/// A picture as red, green and blue, whatever its name ends with. Grey is repeated, transparency dropped, and the
/// orientation a camera notes is not applied: so does torchvision's loader.
///
/// JPEG decoders may differ: against libjpeg-turbo, 99.9 % of the bytes are within 2 and all within 5, most of it from
/// enlarging the halved colour planes.
pub(super) fn picture(path: &Path) -> Result<Image, DataError> {
    let refused = |reason: String| DataError::Picture {
        path: path.to_path_buf(),
        reason,
    };
    let bytes = fs::metadata(path).map_err(DataError::io(path))?.len();
    if bytes > MAX_BYTES {
        return Err(refused(format!(
            "{bytes} bytes are more than the {MAX_BYTES} allowed"
        )));
    }
    let file = fs::read(path).map_err(DataError::io(path))?;
    let mut reader = ImageReader::new(Cursor::new(&file))
        .with_guessed_format()
        .map_err(DataError::io(path))?;
    // A few bytes that claim a large image are refused before memory is taken for it.
    let mut limits = Limits::default();
    let side = u32::try_from(MAX_PIXELS).unwrap_or(u32::MAX);
    limits.max_image_width = Some(side);
    limits.max_image_height = Some(side);
    limits.max_alloc = Some(file.len() as u64 * EXPANSION + WORKSPACE);
    reader.limits(limits);
    let decoded = reader.decode().map_err(|e| refused(e.to_string()))?;
    let rgb = decoded.into_rgb8();
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    Image::new(width, height, 3, rgb.into_raw()).map_err(|e| refused(e.to_string()))
}
