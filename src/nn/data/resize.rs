//! Resizing and cropping as Pillow and torchvision do.

use fast_image_resize::{
    FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer,
    images::TypedImage,
    pixels::{F32, F32x3, InnerPixel},
};

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

/// To exactly this size; nothing where that is too large or empty.
///
/// Rows first, rounded to bytes, then columns, rounded again: these are Pillow's roundings, which one pass in a higher
/// precision would not give.
pub(super) fn resized(image: &Image, width: usize, height: usize) -> Option<Image> {
    let area = width.checked_mul(height)?;
    if area == 0 || area > MAX_PIXELS {
        return None;
    }
    let narrowed = match image.channels() {
        1 => pass::<F32>(image, width, image.height()),
        _ => pass::<F32x3>(image, width, image.height()),
    }?;
    match image.channels() {
        1 => pass::<F32>(&narrowed, width, height),
        _ => pass::<F32x3>(&narrowed, width, height),
    }
}

/// To this size, computed in f32 and rounded to bytes once.
fn pass<P>(image: &Image, width: usize, height: usize) -> Option<Image>
where
    P: PixelTrait + InnerPixel<Component = f32>,
{
    let view = |width: usize, height: usize| {
        let sides = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
        Some(TypedImage::<P>::new(sides.0, sides.1))
    };
    let mut source = view(image.width(), image.height())?;
    let values = P::components_mut(source.pixels_mut()).iter_mut();
    for (value, byte) in values.zip(image.pixels()) {
        *value = f32::from(*byte);
    }
    let mut target = view(width, height)?;
    let bilinear = ResizeAlg::Convolution(FilterType::Bilinear);
    let options = ResizeOptions::new().resize_alg(bilinear);
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .ok()?;
    let values = P::components(target.pixels()).iter();
    // The cast cuts off what is behind the point, and what is beyond the bytes.
    let bytes = values.map(|value| (value + 0.5) as u8).collect();
    Image::new(width, height, image.channels(), bytes).ok()
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
