//! idx files, plain and compressed.

use std::{fs, path::Path};

use equiripple::nn::data::{DataError, Dataset, Normalization, Split};

use super::{gzip, idx_images, idx_labels, refusal};

fn write(folder: &Path, split: &str, images: &[u8], labels: &[u8]) {
    fs::write(folder.join(format!("{split}-images-idx3-ubyte")), images).unwrap();
    fs::write(folder.join(format!("{split}-labels-idx1-ubyte")), labels).unwrap();
}

#[test]
fn digits_plain_and_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let pixels: Vec<u8> = (0..4 * 6).map(|i| i * 10).collect();
    write(
        folder.path(),
        "t10k",
        &idx_images(2, 4, 3, &pixels),
        &idx_labels(&[7, 2]),
    );
    let packed = gzip(&idx_images(1, 4, 6, &pixels));
    fs::write(folder.path().join("train-images-idx3-ubyte.gz"), packed).unwrap();
    let labels = gzip(&idx_labels(&[5]));
    fs::write(folder.path().join("train-labels-idx1-ubyte.gz"), labels).unwrap();

    let test = Dataset::open(folder.path()).unwrap();
    assert_eq!(
        (test.name(), test.split(), test.len()),
        ("MNIST", Some(Split::Test), 2)
    );
    let second = test.sample(1).unwrap();
    assert_eq!(second.label, Some(2));
    let image = &second.image;
    assert_eq!((image.width(), image.height(), image.channels()), (3, 4, 1));
    assert_eq!(image.pixels(), &pixels[12..]);
    assert_eq!(
        test.preprocessing().normalization(),
        &Normalization::mnist()
    );

    let train = Dataset::open_split(folder.path(), Split::Train).unwrap();
    assert_eq!(train.sample(0).unwrap().label, Some(5));
    assert_eq!(train.sample(0).unwrap().image.pixels(), pixels);
    let alone = folder.path().join("train-images-idx3-ubyte.gz");
    assert_eq!(Dataset::open(alone).unwrap().len(), 1);
}

#[test]
fn without_labels_there_are_no_classes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("test-images.idx3-ubyte"),
        idx_images(1, 1, 1, &[9]),
    )
    .unwrap();
    let data = Dataset::open(folder.path()).unwrap();
    assert!(data.classes().is_empty());
    assert_eq!(data.sample(0).unwrap().label, None);
}

#[test]
fn damage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let images = idx_images(2, 2, 2, &[0; 8]);
    let cases: Vec<(Vec<u8>, Vec<u8>, &str)> = vec![
        (
            images[..23].to_vec(),
            idx_labels(&[0, 0]),
            "has 23 bytes where",
        ),
        (
            [&images[..], &[0]].concat(),
            idx_labels(&[0, 0]),
            "has 25 bytes where",
        ),
        (
            images[..10].to_vec(),
            idx_labels(&[0, 0]),
            "has 10 bytes where",
        ),
        (vec![], idx_labels(&[0, 0]), "has 0 bytes where"),
        (
            idx_labels(&[0, 0]),
            idx_labels(&[0, 0]),
            "0x00000801 where 0x00000803",
        ),
        (
            images.clone(),
            images.clone(),
            "0x00000803 where 0x00000801",
        ),
        (
            images.clone(),
            idx_labels(&[0]),
            "has 1 labels for the 2 images",
        ),
        (idx_images(0, 2, 2, &[]), idx_labels(&[]), "holds no image"),
        // 2^96 bytes, and what 64 bits hold of products that wrap around.
        (
            idx_images(u32::MAX, u32::MAX, u32::MAX, &[]),
            vec![],
            "has 16 bytes where",
        ),
        (
            idx_images(1 << 31, 1 << 31, 4, &[]),
            vec![],
            "has 16 bytes where",
        ),
    ];
    for (images, labels, part) in cases {
        write(folder.path(), "t10k", &images, &labels);
        let text = refusal(folder.path()).to_string();
        assert!(text.contains(part), "{text}");
        assert!(text.contains("idx") || text.contains("MNIST"), "{text}");
    }
    write(folder.path(), "t10k", &images, &idx_labels(&[3, 10]));
    let data = Dataset::open(folder.path()).unwrap();
    assert_eq!(data.sample(0).unwrap().label, Some(3));
    let error = data.sample(1).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::Label {
                found: 10,
                classes: 10,
                ..
            }
        ),
        "{error}"
    );
    write(
        folder.path(),
        "t10k",
        &idx_images(2, 0, 5, &[]),
        &idx_labels(&[3, 1]),
    );
    let error = refusal(folder.path());
    assert!(
        matches!(
            error,
            DataError::Sides {
                columns: 5,
                rows: 0,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn compressed_damage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t10k-images-idx3-ubyte.gz");
    let whole = gzip(&idx_images(3, 5, 5, &[77; 75]));
    fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    let error = refusal(folder.path());
    assert!(matches!(error, DataError::Gzip { .. }), "{error}");
    fs::write(&path, gzip(&idx_images(3, 5, 5, &[77; 70]))).unwrap();
    let error = refusal(folder.path());
    assert!(
        matches!(error, DataError::Length { found: 86, .. }),
        "{error}"
    );
    fs::write(&path, b"no gzip at all").unwrap();
    let error = refusal(folder.path());
    assert!(matches!(error, DataError::Gzip { .. }), "{error}");
}
