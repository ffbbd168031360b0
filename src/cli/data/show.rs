//! `equiripple data show`: what a data set holds.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::write::write_atomic;
use serde::Serialize;

use crate::{
    cli::{error::Outcome, output, progress::Bar},
    nn::data::{Dataset, Preprocessing, Split, Statistics, contact_sheet},
};

/// Images on a contact sheet.
const SHEET: usize = 96;
/// Classes that are listed.
const CLASSES: usize = 20;
/// Characters of the longest bar.
const BAR: u64 = 30;

/// Look at a data set: what it is, its classes, mean and deviation, and a picture of its first images
///
/// What is at PATH is recognised by its content:
///
///   test_batch.bin, data_batch_1.bin …  CIFAR-10, binary version
///   test.bin, train.bin                 CIFAR-100, binary version, fine labels
///   t10k-images-idx3-ubyte …            MNIST and its kin, plain or .gz, labels beside
///   train, val or test                  folders that hold one of these
///   folders of PNG and JPEG files       a class a folder; its label is the folder's rank by
///                                       name, so all must be there. Where all names are
///                                       WordNet's (n01440764 …), it is ImageNet
///   PNG and JPEG files                  images without labels
///
/// synthetic:classes=10,size=32,seed=1,images=1000 makes images of figures instead: the same for a
/// seed, on every machine. Each part may be left out; channels=1 makes them grey.
///
/// Mean and deviation are those of all pixels as they are stored, on the scale 0 to 1. The
/// preprocessing is what is done to these data for a network by default: colour images take
/// ImageNet's normalisation, which published weights of CIFAR expect too, and ImageNet is resized
/// to 256 and cropped to 224 first.
#[derive(Debug, Parser)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  equiripple data show data/cifar-10-batches-bin --out first.png
  equiripple data show imagenet --images 200
  equiripple data show synthetic:classes=4,size=28,channels=1 --json"
)]
pub(super) struct Args {
    /// Folder, file, or `synthetic:…`
    path: PathBuf,
    /// Only the first N images
    #[arg(long, value_name = "N")]
    images: Option<usize>,
    /// train or test; test when absent, where there is one
    #[arg(long)]
    split: Option<Split>,
    /// PNG of the first 96 images, row by row
    #[arg(long, value_name = "FILE.png")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// What is found.
#[derive(Serialize)]
struct Found<'a> {
    kind: &'a str,
    split: Option<Split>,
    /// Images of the data set.
    len: usize,
    classes: &'a [String],
    /// Of the images that were looked at.
    statistics: Statistics,
    preprocessing: &'a Preprocessing,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let data = match self.split {
            Some(split) => Dataset::open_split(&self.path, split)?,
            None => Dataset::open(&self.path)?,
        };
        let looked = match self.images {
            Some(count) => data.first(count)?,
            None => data.clone(),
        };
        let bar = Bar::new(looked.len() as u64, "images");
        let statistics = Statistics::of(&looked, &|done| bar.set(done as u64))?;
        drop(bar);
        if let Some(path) = &self.out {
            write_atomic(path, &contact_sheet(&looked, SHEET)?)?;
        }
        let found = Found {
            kind: data.name(),
            split: data.split(),
            len: data.len(),
            classes: data.classes(),
            statistics,
            preprocessing: data.preprocessing(),
        };
        if self.json {
            output::json(&found)?;
        } else {
            show(&found)?;
            if let Some(path) = &self.out {
                output::line(format!(
                    "  contact sheet   {}: the first {} images",
                    path.display(),
                    looked.len().min(SHEET)
                ))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(found: &Found) -> Outcome<()> {
    let s = &found.statistics;
    let split = found.split.map_or(String::new(), |s| format!(", {s}"));
    output::line(format!("{}{split}: {} images", found.kind, found.len))?;
    if s.images < found.len {
        output::line(format!("  looked at       the first {}", s.images))?;
    }
    output::line(format!(
        "  size            {} × {} pixels, {}",
        range(s.width),
        range(s.height),
        if s.mean.len() == 1 { "grey" } else { "colour" }
    ))?;
    output::line(format!("  mean            {}", numbers(&s.mean)))?;
    output::line(format!("  deviation       {}", numbers(&s.std)))?;
    output::line(format!("  preprocessing   {}", steps(found.preprocessing)))?;
    if found.classes.is_empty() {
        return output::line("  classes         none: images without labels");
    }
    output::line(format!("  classes         {}", found.classes.len()))?;
    let most = s.histogram.iter().copied().max().unwrap_or(0).max(1);
    let shown = || found.classes.iter().take(CLASSES);
    let width = shown().map(|name| name.chars().count()).max().unwrap_or(0);
    for (label, (name, count)) in shown().zip(&s.histogram).enumerate() {
        let bar = "▪".repeat((count * BAR).div_ceil(most) as usize);
        output::line(format!("    {label:>2} {name:<width$} {count:>6} {bar}"))?;
    }
    match found.classes.len().saturating_sub(CLASSES) {
        0 => Ok(()),
        more => output::line(format!("    and {more} more: --json has all")),
    }
}

fn range([min, max]: [usize; 2]) -> String {
    if min == max {
        min.to_string()
    } else {
        format!("{min}…{max}")
    }
}

fn numbers<T: Into<f64> + Copy>(values: &[T]) -> String {
    let each = values.iter().map(|v| format!("{:.4}", (*v).into()));
    each.collect::<Vec<_>>().join(" ")
}

fn steps(preprocessing: &Preprocessing) -> String {
    let resize = preprocessing.resize().map(|n| format!("short side {n}, "));
    let crop = preprocessing.crop().map(|n| format!("centre {n}×{n}, "));
    let normalization = preprocessing.normalization();
    format!(
        "{}{}(x − {}) / {}",
        resize.unwrap_or_default(),
        crop.unwrap_or_default(),
        numbers(normalization.mean()),
        numbers(normalization.std())
    )
}
