//! Resizing and cropping against Pillow 13 and torchvision's arithmetic of sizes, on an image of odd sides.

use equiripple::nn::data::{Dataset, Normalization, Preprocessing};
use image::{Rgb, RgbImage};

/// Row 5 of the crop, and the sum of all bytes.
const REDUCED: ([u8; 39], u32) = (
    [
        163, 160, 113, 88, 122, 171, 137, 76, 79, 162, 170, 104, 125, 175, 134, 118, 168, 128, 144,
        176, 153, 153, 157, 136, 76, 126, 116, 144, 152, 88, 109, 122, 126, 110, 112, 153, 136,
        130, 175,
    ],
    64_113,
);
const ENLARGED: ([u8; 90], u32) = (
    [
        185, 235, 49, 133, 183, 136, 86, 134, 184, 49, 90, 140, 87, 54, 101, 190, 25, 64, 190, 105,
        40, 162, 212, 23, 143, 193, 141, 125, 175, 225, 113, 163, 213, 105, 155, 205, 101, 151,
        201, 103, 153, 203, 107, 157, 207, 119, 169, 219, 133, 183, 198, 152, 202, 80, 176, 159,
        33, 203, 48, 60, 136, 44, 89, 33, 80, 117, 67, 117, 161, 106, 156, 177, 158, 208, 90, 150,
        197, 66, 71, 111, 119, 90, 133, 85, 150, 200, 14, 94, 144, 75,
    ],
    340_719,
);

/// Bytes [height, width, channel] of the picture, resized and cropped.
fn prepared(resize: usize, crop: usize) -> Vec<u32> {
    let folder = tempfile::tempdir().unwrap();
    let value = |x: u32, y: u32, c: u32| ((x * x * 7 + y * 13 + c * 50 + x * y * 3) % 256) as u8;
    RgbImage::from_fn(37, 23, |x, y| Rgb([0, 1, 2].map(|c| value(x, y, c))))
        .save(folder.path().join("a.png"))
        .unwrap();
    let data = Dataset::open(folder.path()).unwrap();
    let bytes = Preprocessing::new(Normalization::none(3));
    let prep = bytes.resized(resize).unwrap().cropped(crop).unwrap();
    let batch = data.batch(0..1, &prep).unwrap();
    let area = crop * crop;
    let planes = |i: usize| batch.images[i % 3 * area + i / 3] * 255.0;
    (0..3 * area).map(|i| planes(i).round() as u32).collect()
}

fn assert_alike<const N: usize>(resize: usize, (row, sum): ([u8; N], u32)) {
    let found = prepared(resize, N / 3);
    let ours = &found[5 * N..6 * N];
    let off = row.iter().zip(ours).filter(|(a, b)| u32::from(**a) != **b);
    // A tie of rounding may go the other way.
    assert!(off.count() <= 1, "{ours:?}");
    let total: u32 = found.iter().sum();
    assert!(total.abs_diff(sum) as usize <= found.len() / 100, "{total}");
}

#[test]
fn reduced_as_pillow_does() {
    assert_alike(16, REDUCED);
}

#[test]
fn enlarged_as_pillow_does() {
    assert_alike(41, ENLARGED);
}
