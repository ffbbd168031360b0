//! Images from a seed.

use equiripple::nn::data::{DataError, Dataset, Split, Synthetic};
use sha2::{Digest, Sha256};

use super::refusal;

#[test]
fn a_seed_gives_these_bytes_for_ever() {
    let data = Dataset::open("synthetic:classes=20,size=24,seed=7,images=60").unwrap();
    let mut hash = Sha256::new();
    for i in 0..data.len() {
        hash.update(data.sample(i).unwrap().image.pixels());
    }
    let hex: String = hash.finalize()[..8]
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(hex, "bfd61176b4410312");
}

#[test]
fn images_do_not_depend_on_how_many_there_are() {
    let few = Dataset::open("synthetic:images=5").unwrap();
    let many = Dataset::open("synthetic:images=500").unwrap();
    for i in 0..5 {
        assert_eq!(few.sample(i).unwrap(), many.sample(i).unwrap());
    }
}

#[test]
fn splits_and_seeds_differ() {
    let image = |spec: &str, split| {
        let data = Dataset::open_split(spec, split).unwrap();
        data.sample(3).unwrap().image
    };
    let test = image("synthetic:seed=1", Split::Test);
    assert_ne!(test, image("synthetic:seed=1", Split::Train));
    assert_ne!(test, image("synthetic:seed=2", Split::Test));
}

/// The label of the nearest training image, by the distance of edges summed over 4×4 cells: places and colours vary, so a
/// classifier as plain as this one finds much of what a network can.
#[test]
fn classes_can_be_told_apart() {
    let literal = Synthetic {
        images: 600,
        channels: 1,
        ..Synthetic::default()
    };
    let [train, test] = [Split::Train, Split::Test].map(|split| {
        let data = literal.dataset(split).unwrap();
        (0..data.len())
            .map(|i| {
                let sample = data.sample(i).unwrap();
                (
                    sample.label.unwrap(),
                    edges(sample.image.pixels(), literal.size),
                )
            })
            .collect::<Vec<_>>()
    });
    let right = test.iter().filter(|(label, edges)| {
        let distance =
            |other: &[f64]| -> f64 { edges.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum() };
        let nearest = train
            .iter()
            .min_by(|a, b| distance(&a.1).total_cmp(&distance(&b.1)));
        nearest.unwrap().0 == *label
    });
    let accuracy = right.count() as f64 / test.len() as f64;
    assert!(accuracy > 0.5, "{accuracy}: chance is 0.1");
}

/// Horizontal, vertical and the two diagonal differences in each of 4×4 cells, to unit length.
fn edges(pixels: &[u8], size: usize) -> Vec<f64> {
    let at = |y: usize, x: usize| f64::from(pixels[y * size + x]);
    let mut cells = vec![0.0; 4 * 16];
    for y in 1..size - 1 {
        for x in 1..size - 1 {
            let cell = (y * 4 / size) * 4 + x * 4 / size;
            let differences = [
                at(y, x + 1) - at(y, x - 1),
                at(y + 1, x) - at(y - 1, x),
                at(y + 1, x + 1) - at(y - 1, x - 1),
                at(y + 1, x - 1) - at(y - 1, x + 1),
            ];
            for (d, difference) in differences.iter().enumerate() {
                // Noise is below 40 nearly always.
                cells[cell * 4 + d] += (difference.abs() - 40.0).max(0.0);
            }
        }
    }
    let length = cells.iter().map(|c| c * c).sum::<f64>().sqrt();
    cells.iter().map(|c| c / length.max(1.0)).collect()
}

#[test]
fn refusals_name_what_is_wrong() {
    for (spec, part) in [
        ("synthetic:classes=1", "classes = 1 is outside 2 to 90"),
        ("synthetic:classes=91", "classes = 91 is outside 2 to 90"),
        ("synthetic:size=7", "size = 7 is outside 8 to 1024"),
        ("synthetic:size=99999999999999999999", "is no whole number"),
        (
            "synthetic:images=0",
            "images = 0 is outside 1 to 4294967295",
        ),
        ("synthetic:channels=2", "channels = 2 is neither 1 nor 3"),
        ("synthetic:colour=2", "there is no `colour`"),
        ("synthetic:size", "`size` has no ="),
        ("synthetic:size=8,size=9", "`size` is given twice"),
        ("synthetic:seed=8,seed=9", "`seed` is given twice"),
    ] {
        let error = refusal(spec);
        assert!(matches!(error, DataError::Synthetic { .. }), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
}
