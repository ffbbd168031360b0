//! Resizing and cropping as Pillow and torchvision do, to the pixel.

use fast_image_resize as fir;

use super::{DataError, Image, image::MAX_PIXELS};

/// Short side to `side`, long side to ⌊side·long/short⌋. An image that has this size stays as it is.
pub(super) fn short_side(
    image: Image,
    side: usize,
    origin: &dyn Fn() -> String,
) -> Result<Image, DataError> {
    let (width, height) = (image.width(), image.height());
    let short = width.min(height);
    if short == side {
        return Ok(image);
    }
    // Both factors are below 2^27.
    let to = |x: usize| side * x / short;
    resized(&image, to(width), to(height)).ok_or_else(|| DataError::Resize {
        origin: origin(),
        width: to(width),
        height: to(height),
        max: MAX_PIXELS,
    })
}

/// To exactly this size; nothing where that is too large.
pub(super) fn resized(image: &Image, width: usize, height: usize) -> Option<Image> {
    let fits = width.checked_mul(height).is_some_and(|n| n <= MAX_PIXELS);
    let pixel = match image.channels() {
        1 => fir::PixelType::U8,
        _ => fir::PixelType::U8x3,
    };
    if !fits || width == 0 || height == 0 {
        return None;
    }
    let size = |n: usize| u32::try_from(n).ok();
    let (from, to) = (
        (size(image.width())?, size(image.height())?),
        (size(width)?, size(height)?),
    );
    let source = fir::images::ImageRef::new(from.0, from.1, image.pixels(), pixel).ok()?;
    let mut target = fir::images::Image::new(to.0, to.1, pixel);
    let bilinear = fir::ResizeAlg::Convolution(fir::FilterType::Bilinear);
    let options = fir::ResizeOptions::new().resize_alg(bilinear);
    fir::Resizer::new()
        .resize(&source, &mut target, &options)
        .ok()?;
    Image::new(width, height, image.channels(), target.into_vec()).ok()
}

/// The centre.
pub(super) fn centre(
    image: Image,
    side: usize,
    origin: &dyn Fn() -> String,
) -> Result<Image, DataError> {
    let (width, height) = (image.width(), image.height());
    let (Some(beside), Some(above)) = (width.checked_sub(side), height.checked_sub(side)) else {
        return Err(DataError::Crop {
            origin: origin(),
            width,
            height,
            crop: side,
        });
    };
    let (left, top) = (half_to_even(beside), half_to_even(above));
    Ok(image.gather(left..left + side, top..top + side, 1))
}

/// n/2, a half rounded to the even neighbour.
fn half_to_even(n: usize) -> usize {
    n / 2 + usize::from(n % 4 == 3)
}

#[cfg(test)]
mod tests {
    use super::half_to_even;

    #[test]
    fn halves_are_rounded_to_even() {
        let found: Vec<_> = (0..=8).map(half_to_even).collect();
        assert_eq!(found, [0, 0, 1, 2, 2, 2, 3, 4, 4]);
    }
}
