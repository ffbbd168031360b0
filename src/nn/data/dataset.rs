//! A data set, and what reads one.

use std::{fmt, ops::Range, str::FromStr, sync::Arc};

use serde::Serialize;

use super::{Batch, DataError, Image, Preprocessing};

/// An image and its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Index of the class, where it is known.
    pub label: Option<u32>,
    /// The image as it is stored.
    pub image: Image,
}

/// What gives the images of a data set, each the same whenever it is asked for.
pub trait Reader: fmt::Debug + Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// One of them. Pre: `index` < [`count`](Self::count).
    ///
    /// # Errors
    /// When it cannot be read.
    fn sample(&self, index: usize) -> Result<Sample, DataError>;

    /// Its name in errors: a file, and a place in it.
    fn origin(&self, index: usize) -> String;
}

/// Which part of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// What networks are trained on.
    Train,
    /// What they are tested on; validation images are this too.
    Test,
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Train => "train",
            Self::Test => "test",
        })
    }
}

impl FromStr for Split {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "train" => Ok(Self::Train),
            "test" | "val" => Ok(Self::Test),
            _ => Err(format!("`{text}` is no split; give train or test")),
        }
    }
}

/// Images with labels, in one order.
///
/// [`Dataset::open`] recognises what is at a path; [`Dataset::new`] takes a [`Reader`] of yours.
#[derive(Debug, Clone)]
pub struct Dataset {
    name: String,
    split: Option<Split>,
    classes: Arc<[String]>,
    preprocessing: Preprocessing,
    reader: Arc<dyn Reader>,
    len: usize,
}

impl Dataset {
    /// The images of a reader; `classes` names the classes in the order of their labels, and is empty where there are none.
    /// `preprocessing` is what networks expect of these data unless they say otherwise.
    ///
    /// # Errors
    /// [`DataError::Empty`] when there is no image.
    pub fn new(
        name: impl Into<String>,
        classes: Vec<String>,
        preprocessing: Preprocessing,
        reader: impl Reader + 'static,
    ) -> Result<Self, DataError> {
        let (name, len) = (name.into(), reader.count());
        if len == 0 {
            return Err(DataError::Empty { place: name });
        }
        Ok(Self {
            name,
            split: None,
            classes: classes.into(),
            preprocessing,
            reader: Arc::new(reader),
            len,
        })
    }

    pub(super) fn of_split(self, split: Option<Split>) -> Self {
        Self { split, ..self }
    }

    /// What it is, such as "CIFAR-10".
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which part of the data, where they have parts.
    #[must_use]
    pub fn split(&self) -> Option<Split> {
        self.split
    }

    /// Names of the classes in the order of their labels; none for images without labels.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never: there is at least one image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What is done to these images by default.
    #[must_use]
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// The first `count` images alone.
    ///
    /// # Errors
    /// [`DataError::Range`] when there are fewer, [`DataError::Empty`] for none.
    pub fn first(&self, count: usize) -> Result<Self, DataError> {
        self.check(&(0..count))?;
        if count == 0 {
            return Err(DataError::Empty {
                place: "a selection of 0 images".into(),
            });
        }
        Ok(Self {
            len: count,
            ..self.clone()
        })
    }

    /// One image as it is stored, and its label.
    ///
    /// # Errors
    /// When there is no such image, it cannot be read, or its label is beyond the classes.
    pub fn sample(&self, index: usize) -> Result<Sample, DataError> {
        self.check(&(index..index.saturating_add(1)))?;
        let sample = self.reader.sample(index)?;
        let classes = self.classes.len();
        match sample.label {
            Some(found) if found as usize >= classes => Err(DataError::Label {
                origin: self.origin(index),
                found,
                classes,
            }),
            _ => Ok(sample),
        }
    }

    /// Where an image is from: a file, and a place in it.
    #[must_use]
    pub fn origin(&self, index: usize) -> String {
        self.reader.origin(index)
    }

    /// Images as a network takes them, decoded in parallel, in order.
    ///
    /// # Errors
    /// When an image is not there or cannot be read, has another shape than the first, or does not go with the
    /// preprocessing. Of several errors the one of the first image is told.
    pub fn batch(
        &self,
        images: Range<usize>,
        preprocessing: &Preprocessing,
    ) -> Result<Batch, DataError> {
        self.check(&images)?;
        Batch::read(self, images, preprocessing)
    }

    /// All images in batches of `size`; the last one may have fewer. A size of 0 counts as 1.
    pub fn batches<'a>(
        &'a self,
        size: usize,
        preprocessing: &'a Preprocessing,
    ) -> impl Iterator<Item = Result<Batch, DataError>> + 'a {
        let size = size.max(1);
        let starts = (0..self.len).step_by(size);
        starts.map(move |start| {
            let end = start.saturating_add(size).min(self.len);
            self.batch(start..end, preprocessing)
        })
    }

    fn check(&self, images: &Range<usize>) -> Result<(), DataError> {
        if images.start <= images.end && images.end <= self.len {
            return Ok(());
        }
        Err(DataError::Range {
            start: images.start,
            end: images.end,
            len: self.len,
        })
    }
}
