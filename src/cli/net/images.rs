//! Which images a network is given.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::error::{Failure, Outcome},
    nn::{
        Graph,
        data::{Batch, DataError, Dataset, Split},
    },
};

/// Images that are in memory at once.
pub(in crate::cli) const AT_ONCE: usize = 256;

/// The arguments that name images.
#[derive(Debug, Args)]
pub(in crate::cli) struct Images {
    /// Images: CIFAR, MNIST, ImageNet or pictures in a folder, or `synthetic:classes=10,size=32`
    #[arg(long, value_name = "PATH")]
    data: PathBuf,
    /// The first so many of them; all when absent
    #[arg(long, value_name = "N")]
    images: Option<usize>,
}

impl Images {
    /// The first so many at a path, or all.
    pub(in crate::cli) fn new(data: PathBuf, images: Option<usize>) -> Self {
        Self { data, images }
    }

    pub(in crate::cli) fn open(&self) -> Outcome<Dataset> {
        let all = Dataset::open(&self.data)?;
        Ok(match self.images {
            Some(count) => all.first(count)?,
            None => all,
        })
    }

    /// The training images.
    pub(in crate::cli) fn training(&self) -> Result<Dataset, DataError> {
        Dataset::open_split(&self.data, Split::Train)
    }
}

/// Batches of a data set, each with the index of its first image, as the network takes them.
pub(in crate::cli) fn batches<'a>(
    graph: &'a Graph,
    data: &'a Dataset,
) -> impl Iterator<Item = Outcome<(usize, Batch)>> + 'a {
    let own = graph.node(graph.input()).shape();
    let preprocessing = data.preprocessing().fitted(own);
    let starts = (0..data.len()).step_by(AT_ONCE);
    starts.map(move |start| {
        let end = data.len().min(start + AT_ONCE);
        let batch = data.batch(start..end, &preprocessing)?;
        if batch.shape[1..] != *own.axes() {
            let [_, c, h, w] = batch.shape;
            return Err(Failure::Usage(format!(
                "{} takes images of {own}, and those of {} are {c}×{h}×{w}; give data or a network of the other size",
                graph.name(),
                data.name()
            )));
        }
        Ok((start, batch))
    })
}
