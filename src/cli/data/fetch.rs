//! `equiripple data fetch`: data sets from where they are published.

use std::{cell::OnceCell, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};

use crate::{
    cli::{error::Outcome, output, progress::Bar},
    nn::data::fetch::{Fetch, Published},
};

/// Fetch a data set from where it is published, check it, and unpack it
///
/// cifar10, cifar100: https://www.cs.toronto.edu/~kriz/, the binary version, to DIR/cifar-10-batches-bin or
/// DIR/cifar-100-binary. mnist: https://ossci-datasets.s3.amazonaws.com/mnist/, to DIR/mnist, as it is.
///
/// The SHA-256 of every file must be the published one. A download that was interrupted leaves a file .part, and the same
/// command goes on from there. What is in DIR already is not fetched again. Their authors set the terms of use: read them.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple data fetch cifar10
  equiripple data fetch mnist --out ~/data
  equiripple data fetch cifar10 --url https://mirror.example.org/cifar-10-binary.tar.gz")]
pub(super) struct Args {
    /// The data set
    set: Name,
    /// Folder in which its own folder is made
    #[arg(long, value_name = "DIR", default_value = "data")]
    out: PathBuf,
    /// Another address: of the archive, or of the folder with MNIST's four files
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Another SHA-256, where the archive at --url is not the published one
    #[arg(long, value_name = "HEX", requires = "url")]
    sha256: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// 60,000 colour images of 32×32 pixels in 10 classes: 162 MiB
    Cifar10,
    /// The same in 100 classes: 161 MiB
    Cifar100,
    /// 70,000 grey images of 28×28 pixels, handwritten digits: 11 MiB
    Mnist,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let fetch = Fetch {
            set: match self.set {
                Name::Cifar10 => Published::Cifar10,
                Name::Cifar100 => Published::Cifar100,
                Name::Mnist => Published::Mnist,
            },
            out: self.out,
            url: self.url,
            sha256: self.sha256,
        };
        // Its length is known when the first answer comes.
        let bar = OnceCell::new();
        let fetched = fetch.run(&|p| {
            let bar = bar.get_or_init(|| Bar::bytes(p.total.unwrap_or(0)));
            bar.file(p.file, p.bytes, p.total.unwrap_or(0));
        })?;
        drop(bar);
        output::line(format!(
            "{} {}\n  equiripple data show {0}",
            fetched.folder.display(),
            match fetched.already {
                true => "is there already. Look at it:",
                false => "is complete, and its digests are right. Look at it:",
            },
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
