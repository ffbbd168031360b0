//! Damaged and hostile files: typed errors, no panic, no memory that a file only claims to need.

use std::{fs, io::Cursor, path::Path, process::Command};

use equiripple::nn::data::{DataError, Dataset, Synthetic};
use image::{ImageFormat, RgbImage};
use proptest::{collection::vec, prelude::*};

use super::{cifar10_record, gzip, idx_images, idx_labels};

/// Reads everything that opens.
fn read_all(path: &Path) -> Result<(), DataError> {
    let data = Dataset::open(path)?;
    for index in 0..data.len() {
        data.sample(index)?;
    }
    data.batch(0..data.len(), data.preprocessing()).map(|_| ())
}

/// Whole files by their names.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let picture = RgbImage::from_fn(19, 14, |x, y| {
        image::Rgb([(x * 13) as u8, (y * 18) as u8, ((x ^ y) * 8) as u8])
    });
    let encoded = |format| {
        let mut bytes = Cursor::new(vec![]);
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let images = idx_images(3, 4, 5, &(0..60).collect::<Vec<u8>>());
    vec![
        (
            "test_batch.bin",
            [cifar10_record(1), cifar10_record(9)].concat(),
        ),
        ("t10k-images-idx3-ubyte", images.clone()),
        ("t10k-images-idx3-ubyte.gz", gzip(&images)),
        ("a.png", encoded(ImageFormat::Png)),
        ("a.jpg", encoded(ImageFormat::Jpeg)),
    ]
}

/// How a file is damaged: a part of it is kept, and some bytes are changed.
fn damage() -> impl Strategy<Value = (f64, Vec<(f64, u8)>)> {
    let kept = prop_oneof![Just(1.0), 0.0..1.0];
    (kept, vec((0.0..1.0, any::<u8>()), 0..4))
}

fn damaged(mut bytes: Vec<u8>, (kept, changes): &(f64, Vec<(f64, u8)>)) -> Vec<u8> {
    bytes.truncate((bytes.len() as f64 * kept).ceil() as usize);
    let len = bytes.len();
    for (place, value) in changes {
        if let Some(byte) = bytes.get_mut((len as f64 * place) as usize) {
            *byte = *value;
        }
    }
    bytes
}

#[test]
fn whole_files_are_read() {
    for (name, bytes) in files() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        read_all(folder.path()).unwrap();
    }
}

#[test]
fn every_truncation_is_noticed() {
    for (name, bytes) in files() {
        let folder = tempfile::tempdir().unwrap();
        // Decoders take what has all its pixels for whole; JPEG's last blocks may even be missing.
        let (end, step) = match name {
            "a.png" => (bytes.len() - 32, 1),
            "a.jpg" => (bytes.len() / 2, 1),
            "test_batch.bin" => (3073, 61),
            _ => (bytes.len(), 1),
        };
        for len in (0..end).step_by(step) {
            fs::write(folder.path().join(name), &bytes[..len]).unwrap();
            assert!(read_all(folder.path()).is_err(), "{name}: {len} bytes");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damage_never_panics(damage in damage()) {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files() {
            let path = folder.path().join(name);
            fs::write(&path, damaged(bytes, &damage)).unwrap();
            let _ = read_all(&path);
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn damaged_labels_never_panic(damage in damage()) {
        let folder = tempfile::tempdir().unwrap();
        let images = idx_images(3, 2, 2, &[0; 12]);
        fs::write(folder.path().join("t10k-images-idx3-ubyte"), images).unwrap();
        let labels = damaged(gzip(&idx_labels(&[1, 2, 3])), &damage);
        fs::write(folder.path().join("t10k-labels-idx1-ubyte.gz"), labels).unwrap();
        let _ = read_all(folder.path());
    }

    #[test]
    fn garbage_is_refused(bytes in vec(any::<u8>(), 0..300)) {
        let folder = tempfile::tempdir().unwrap();
        for (name, _) in files() {
            let path = folder.path().join(name);
            fs::write(&path, &bytes).unwrap();
            prop_assert!(read_all(&path).is_err(), "{}", name);
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn any_text_after_synthetic_opens_or_is_refused(text in "[a-z=,0-9:-]{0,40}") {
        if let Err(error) = Dataset::open(format!("synthetic:{text}")) {
            let typed = matches!(error, DataError::Synthetic { .. });
            prop_assert!(typed, "{}", error);
        }
    }

    #[test]
    fn synthetic_data_survive_their_text(
        classes in 2usize..=90, size in 8usize..40, colour: bool, seed: u64, images in 1usize..1000,
    ) {
        let channels = if colour { 3 } else { 1 };
        let literal = Synthetic { classes, size, channels, seed, images };
        let data = Dataset::open(literal.to_string()).unwrap();
        prop_assert_eq!((data.len(), data.classes().len()), (images, classes));
        let sample = data.sample(images - 1).unwrap();
        prop_assert_eq!(sample.label, Some(((images - 1) % classes) as u32));
        prop_assert_eq!(sample.image.pixels().len(), size * size * channels);
    }
}

/// A PNG of these sides whose pixels are missing.
fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    for (kind, body) in [
        (b"IHDR", &header[..]),
        (b"IDAT", &[0x78, 0x9c]),
        (b"IEND", &[]),
    ] {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(body);
        png.extend((body.len() as u32).to_be_bytes());
        png.extend(kind);
        png.extend(body);
        png.extend(crc.sum().to_be_bytes());
    }
    png
}

/// Files of a few bytes that claim gigabytes are refused by a process that may not have a quarter of one.
#[cfg(target_os = "linux")]
#[test]
fn claims_take_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let huge = idx_images(1 << 20, 64, 64, &[]);
    for (name, bytes) in [
        ("a.png", png_that_claims(20_000, 20_000)),
        ("a.png", png_that_claims(1 << 30, 1 << 30)),
        ("t10k-images-idx3-ubyte", huge.clone()),
        ("t10k-images-idx3-ubyte.gz", gzip(&huge)),
        (
            "train-images-idx3-ubyte.gz",
            gzip(&idx_images(u32::MAX, 1, 1, &[7; 1000])),
        ),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let output = Command::new("sh")
            .args([
                "-c",
                "ulimit -v 262144; RAYON_NUM_THREADS=2 exec \"$0\" data show \"$1\"",
            ])
            .arg(env!("CARGO_BIN_EXE_equiripple"))
            .arg(&path)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {text}");
        assert!(text.starts_with("error: ") && text.contains(name), "{text}");
        fs::remove_file(&path).unwrap();
    }
}
