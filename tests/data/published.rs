//! Data sets as they are published, from the folder that EQUIRIPPLE_DATA names; skipped without it.
//!
//! The folder holds `cifar-10-batches-bin` and `imagenet/val`, each class of ImageNet with one picture of 256×256.

use std::path::PathBuf;

use equiripple::nn::data::{Dataset, Split, Statistics};

/// The path of a data set, or nothing and a word why.
#[allow(clippy::print_stderr, reason = "a skipped test must show")]
fn published(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("EQUIRIPPLE_DATA").map(|folder| PathBuf::from(folder).join(name));
    let found = found.filter(|path| path.is_dir());
    if found.is_none() {
        eprintln!("SKIPPED: EQUIRIPPLE_DATA names no folder with {name}");
    }
    found
}

#[test]
fn cifar_10_has_a_thousand_test_images_a_class() {
    let Some(path) = published("cifar-10-batches-bin") else {
        return;
    };
    let test = Statistics::of(&Dataset::open(&path).unwrap(), &|_| {}).unwrap();
    assert_eq!(test.histogram, [1000; 10]);
    let train = Dataset::open_split(&path, Split::Train).unwrap();
    let train = Statistics::of(&train, &|_| {}).unwrap();
    assert_eq!(train.histogram, [5000; 10]);
    // What is published of the training images: .4914 .4822 .4465 and .2470 .2435 .2616.
    for (found, known) in train.mean.iter().zip([0.4914, 0.4822, 0.4465]) {
        assert!((found - known).abs() < 2e-3, "{:?}", train.mean);
    }
    for (found, known) in train.std.iter().zip([0.2470, 0.2435, 0.2616]) {
        assert!((found - known).abs() < 2e-3, "{:?}", train.std);
    }
}

#[test]
fn imagenet_is_normalised() {
    let Some(path) = published("imagenet") else {
        return;
    };
    let data = Dataset::open(path).unwrap();
    assert_eq!((data.len(), data.classes().len()), (1000, 1000));
    assert_eq!(data.classes()[283], "n02123394");
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for batch in data.first(200).unwrap().batches(50, data.preprocessing()) {
        let batch = batch.unwrap();
        assert_eq!(batch.shape, [50, 3, 224, 224]);
        for value in &batch.images {
            sum += f64::from(*value);
            squares += f64::from(*value).powi(2);
            count += 1.0;
        }
    }
    let (mean, variance) = (sum / count, squares / count);
    assert!(
        mean.abs() < 0.3 && (0.7..1.7).contains(&variance),
        "{mean} {variance}"
    );
}
