//! Batches and what is done to their images.

use equiripple::nn::data::{DataError, Dataset, Normalization, Preprocessing};

#[test]
fn values_are_those_of_the_formula() {
    let data = Dataset::open("synthetic:size=16,images=9").unwrap();
    let batch = data.batch(2..9, data.preprocessing()).unwrap();
    assert_eq!(batch.shape, [7, 3, 16, 16]);
    let labels: Vec<_> = (2..9).map(Some).collect();
    assert_eq!(batch.labels, labels);
    let (mean, std) = ([0.485f32, 0.456, 0.406], [0.229f32, 0.224, 0.225]);
    for n in 0..7 {
        let image = data.sample(n + 2).unwrap().image;
        for c in 0..3 {
            for place in 0..256 {
                let byte = f32::from(image.pixels()[place * 3 + c]);
                let value = (byte / 255.0 - mean[c]) / std[c];
                let found = batch.images[(n * 3 + c) * 256 + place];
                assert_eq!(found.to_bits(), value.to_bits());
            }
        }
    }
    assert_eq!(batch.image(6).unwrap(), &batch.images[6 * 768..]);
    assert!(batch.image(7).is_none());
}

#[test]
fn threads_do_not_matter() {
    let data = Dataset::open("synthetic:size=40,images=50").unwrap();
    let prep = data
        .preprocessing()
        .clone()
        .resized(25)
        .unwrap()
        .cropped(20)
        .unwrap();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| data.batch(0..50, &prep).unwrap())
    };
    assert_eq!(on(1), on(7));
}

#[test]
fn batches_cover_all_images_once() {
    let data = Dataset::open("synthetic:size=8,images=23")
        .unwrap()
        .first(17)
        .unwrap();
    let prep = Preprocessing::new(Normalization::none(3));
    let batches: Vec<_> = data.batches(5, &prep).map(Result::unwrap).collect();
    let sizes: Vec<_> = batches.iter().map(|b| b.shape[0]).collect();
    assert_eq!(sizes, [5, 5, 5, 2]);
    let whole = data.batch(0..17, &prep).unwrap();
    let joined: Vec<f32> = batches.iter().flat_map(|b| b.images.clone()).collect();
    assert_eq!(joined, whole.images);
}

#[test]
fn resizing_to_the_half_averages_with_a_triangle() {
    // A step edge: Pillow's antialiased bilinear weighs the four pixels about a new one 1:3:3:1.
    let folder = tempfile::tempdir().unwrap();
    let mut record = vec![0u8];
    for _ in 0..3 * 32 {
        record.extend((0..32).map(|x| if x < 15 { 0 } else { 240 }));
    }
    std::fs::write(folder.path().join("test_batch.bin"), record).unwrap();
    let data = Dataset::open(folder.path()).unwrap();
    let prep = Preprocessing::new(Normalization::none(3))
        .resized(16)
        .unwrap();
    let batch = data.batch(0..1, &prep).unwrap();
    let row: Vec<f32> = batch.images[5 * 16..6 * 16]
        .iter()
        .map(|v| v * 255.0)
        .collect();
    let expected = |x: usize| match x {
        0..7 => 0.0,
        7 => 240.0 * 4.0 / 8.0,
        _ => 240.0,
    };
    for (x, found) in row.iter().enumerate() {
        assert!((found - expected(x)).abs() < 0.01, "{x}: {row:?}");
    }
}

#[test]
fn impossible_preprocessing_is_refused() {
    let data = Dataset::open("synthetic:size=16,images=2").unwrap();
    let grey = Preprocessing::new(Normalization::mnist());
    let error = data.batch(0..1, &grey).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::Channels {
                found: 3,
                need: 1,
                ..
            }
        ),
        "{error}"
    );
    let prep = data.preprocessing().clone().cropped(17).unwrap();
    let error = data.batch(0..1, &prep).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::Crop {
                width: 16,
                crop: 17,
                ..
            }
        ),
        "{error}"
    );
    let error = data.batch(1..3, data.preprocessing()).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::Range {
                start: 1,
                end: 3,
                len: 2
            }
        ),
        "{error}"
    );
    for refused in [
        data.preprocessing().clone().resized(0),
        data.preprocessing().clone().cropped(8193),
        Normalization::new(&[0.5], &[0.0]).map(Preprocessing::new),
        Normalization::new(&[0.5, 0.5], &[1.0, 1.0]).map(Preprocessing::new),
        Normalization::new(&[f32::NAN], &[1.0]).map(Preprocessing::new),
    ] {
        assert!(matches!(refused, Err(DataError::Preprocessing { .. })));
    }
    assert!(
        data.batch(1..1, data.preprocessing())
            .unwrap()
            .images
            .is_empty()
    );
}
