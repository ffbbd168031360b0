//! CIFAR in its binary version.

use std::fs;

use equiripple::nn::data::{DataError, Dataset, Split};

use super::{cifar10_record, refusal};

#[test]
fn ten_classes_in_the_order_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    for (name, labels) in [
        ("data_batch_2.bin", vec![3, 4]),
        ("data_batch_1.bin", vec![1, 2]),
        ("test_batch.bin", vec![9]),
    ] {
        let bytes: Vec<u8> = labels.into_iter().flat_map(cifar10_record).collect();
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let test = Dataset::open(folder.path()).unwrap();
    assert_eq!(
        (test.name(), test.split(), test.len()),
        ("CIFAR-10", Some(Split::Test), 1)
    );
    assert_eq!(test.classes()[9], "9");
    let train = Dataset::open_split(folder.path(), Split::Train).unwrap();
    let labels: Vec<_> = (0..4)
        .map(|i| train.sample(i).unwrap().label.unwrap())
        .collect();
    assert_eq!(labels, [1, 2, 3, 4]);
    assert!(train.origin(3).starts_with("record 1 of "));
    let one = Dataset::open(folder.path().join("data_batch_2.bin")).unwrap();
    assert_eq!((one.len(), one.split()), (2, Some(Split::Train)));

    let image = train.sample(2).unwrap().image;
    let record = cifar10_record(3);
    for (y, x, c) in [(0, 0, 0), (5, 30, 1), (31, 31, 2)] {
        let place = 1 + c * 1024 + y * 32 + x;
        assert_eq!(image.pixels()[(y * 32 + x) * 3 + c], record[place]);
    }
}

#[test]
fn names_come_from_the_file_beside() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("test_batch.bin"), cifar10_record(0)).unwrap();
    let meta = folder.path().join("batches.meta.txt");
    fs::write(&meta, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n").unwrap();
    assert_eq!(Dataset::open(folder.path()).unwrap().classes()[2], "c");
    fs::write(&meta, "a\nb\n").unwrap();
    let error = refusal(folder.path());
    assert!(
        matches!(
            error,
            DataError::ClassNames {
                found: 2,
                need: 10,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn hundred_classes_have_fine_labels() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = vec![7, 93];
    record.extend(&cifar10_record(0)[1..]);
    fs::write(folder.path().join("test.bin"), record.repeat(2)).unwrap();
    let data = Dataset::open(folder.path()).unwrap();
    assert_eq!(
        (data.name(), data.len(), data.classes().len()),
        ("CIFAR-100", 2, 100)
    );
    assert_eq!(data.sample(1).unwrap().label, Some(93));
    let error = Dataset::open_split(folder.path(), Split::Train).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::Split {
                wanted: Split::Train,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn damage_is_told_with_the_file_and_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test_batch.bin");
    let whole = cifar10_record(0).repeat(2);
    for len in [0, 1, 3072, 3074, 6145] {
        fs::write(&path, &whole[..len]).unwrap();
        let error = refusal(folder.path());
        let text = error.to_string();
        assert!(
            matches!(error, DataError::Length { found, .. } if found == len as u64),
            "{text}"
        );
        assert!(
            text.contains("test_batch.bin") && text.contains("3073"),
            "{text}"
        );
    }
    fs::write(&path, cifar10_record(10)).unwrap();
    let error = Dataset::open(folder.path()).unwrap().sample(0).unwrap_err();
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
}
