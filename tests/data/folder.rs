//! Folders of pictures.

use std::{fs, path::Path};

use equiripple::nn::data::{DataError, Dataset, Preprocessing, Split};
use image::{GrayImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::refusal;

/// A picture of one colour.
fn plain(path: &Path, width: u32, height: u32, colour: [u8; 3]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    RgbImage::from_pixel(width, height, Rgb(colour))
        .save(path)
        .unwrap();
}

#[test]
fn folders_are_classes_by_rank_of_their_names() {
    let root = tempfile::tempdir().unwrap();
    plain(&root.path().join("zebra/1.png"), 3, 2, [1, 2, 3]);
    plain(&root.path().join("ant/b.jpg"), 8, 8, [200, 10, 10]);
    plain(&root.path().join("ant/a.PNG"), 8, 8, [4, 5, 6]);
    fs::write(root.path().join("ant/notes.txt"), "not a picture").unwrap();
    fs::write(root.path().join("ant/.hidden.png"), "not a picture").unwrap();
    fs::create_dir(root.path().join(".cache")).unwrap();
    let data = Dataset::open(root.path()).unwrap();
    assert_eq!(data.name(), "pictures by class");
    assert_eq!(data.classes(), ["ant", "zebra"]);
    let labels: Vec<_> = (0..3).map(|i| data.sample(i).unwrap().label).collect();
    assert_eq!(labels, [Some(0), Some(0), Some(1)]);
    let zebra = data.sample(2).unwrap().image;
    assert_eq!(
        (zebra.width(), zebra.height(), zebra.pixels()),
        (3, 2, &[1, 2, 3].repeat(6)[..])
    );
    assert!(data.origin(0).ends_with("ant/a.PNG"));
    let error = data.batch(0..3, data.preprocessing()).unwrap_err();
    assert!(
        matches!(
            &error,
            DataError::Shape {
                found: [3, 2, 3],
                need: [3, 8, 8],
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("zebra/1.png"), "{error}");
}

#[test]
fn wordnet_names_are_imagenet_in_its_split() {
    let root = tempfile::tempdir().unwrap();
    plain(
        &root.path().join("val/n01440764/x.JPEG"),
        300,
        256,
        [9, 9, 9],
    );
    plain(
        &root.path().join("val/n01443537/x.JPEG"),
        256,
        400,
        [9, 9, 9],
    );
    let data = Dataset::open(root.path()).unwrap();
    assert_eq!((data.name(), data.split()), ("ImageNet", Some(Split::Test)));
    assert_eq!(data.preprocessing(), &Preprocessing::imagenet());
    let batch = data.batch(0..2, data.preprocessing()).unwrap();
    assert_eq!(batch.shape, [2, 3, 224, 224]);
    let error = Dataset::open_split(root.path(), Split::Train).unwrap_err();
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
    let inside = Dataset::open(root.path().join("val")).unwrap();
    assert_eq!((inside.len(), inside.split()), (2, None));
}

#[test]
fn grey_and_transparent_pictures_become_colour() {
    let root = tempfile::tempdir().unwrap();
    GrayImage::from_pixel(2, 2, image::Luma([7]))
        .save(root.path().join("a.png"))
        .unwrap();
    RgbaImage::from_pixel(2, 2, Rgba([1, 2, 3, 0]))
        .save(root.path().join("b.png"))
        .unwrap();
    // What a file is shows in its content, not in its name.
    RgbImage::from_pixel(2, 2, Rgb([8, 8, 8]))
        .save_with_format(root.path().join("c.jpg"), ImageFormat::Png)
        .unwrap();
    let data = Dataset::open(root.path()).unwrap();
    assert_eq!((data.name(), data.classes().len()), ("pictures", 0));
    for (i, colour) in [[7, 7, 7], [1, 2, 3], [8, 8, 8]].into_iter().enumerate() {
        let sample = data.sample(i).unwrap();
        assert_eq!(
            (sample.label, sample.image.pixels()),
            (None, &colour.repeat(4)[..])
        );
    }
    let one = Dataset::open(root.path().join("b.png")).unwrap();
    assert_eq!(one.len(), 1);
}

#[test]
fn unreadable_pictures_are_named() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("broken.jpg");
    plain(&path, 64, 64, [1, 2, 3]);
    let whole = fs::read(&path).unwrap();
    for bytes in [&whole[..100], b"", b"GIF89a"] {
        fs::write(&path, bytes).unwrap();
        let data = Dataset::open(root.path()).unwrap();
        let error = data.sample(0).unwrap_err();
        assert!(matches!(error, DataError::Picture { .. }), "{error}");
        assert!(error.to_string().contains("broken.jpg"), "{error}");
    }
}

#[test]
fn unknown_places_say_what_was_looked_for() {
    let root = tempfile::tempdir().unwrap();
    let error = refusal(root.path());
    assert!(matches!(error, DataError::Empty { .. }), "{error}");
    let error = refusal(root.path().join("nowhere"));
    assert!(matches!(error, DataError::Io { .. }), "{error}");
    fs::write(root.path().join("table.csv"), "1,2").unwrap();
    for path in [root.path().to_path_buf(), root.path().join("table.csv")] {
        let error = refusal(path);
        assert!(matches!(error, DataError::Layout { .. }), "{error}");
        let text = error.to_string();
        for kind in ["data_batch_1.bin", "images-idx3-ubyte", "PNG or JPEG"] {
            assert!(text.contains(kind), "{text}");
        }
    }
    plain(&root.path().join("ant/1.png"), 2, 2, [0; 3]);
    let error = Dataset::open_split(root.path(), Split::Test).unwrap_err();
    assert!(matches!(error, DataError::Split { .. }), "{error}");
    fs::create_dir(root.path().join("bee")).unwrap();
    let error = refusal(root.path());
    assert!(
        matches!(&error, DataError::Empty { place } if place.ends_with("bee")),
        "{error}"
    );
    plain(&root.path().join("1.png"), 2, 2, [0; 3]);
    assert!(
        refusal(root.path())
            .to_string()
            .contains("labels are in doubt")
    );
}
