//! What is published where.

/// Data sets that can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// 60,000 colour images of 32×32 pixels in 10 classes, binary version (Krizhevsky 2009).
    Cifar10,
    /// The same number in 100 classes.
    Cifar100,
    /// 70,000 grey images of 28×28 pixels: handwritten digits (LeCun, Cortes and Burges).
    Mnist,
}

/// A data set.
pub(super) struct Entry {
    /// What the names of files are appended to.
    pub(super) url: &'static str,
    /// Folder that holds the data at last.
    pub(super) folder: &'static str,
    pub(super) form: Form,
    pub(super) items: &'static [Item],
}

/// How it is published.
pub(super) enum Form {
    /// One .tar.gz that holds the folder.
    Archive,
    /// Files that go into the folder as they are.
    Files,
}

/// A file.
pub(super) struct Item {
    pub(super) name: &'static str,
    pub(super) bytes: u64,
    pub(super) sha256: &'static str,
}

impl Published {
    pub(super) fn entry(self) -> &'static Entry {
        match self {
            Self::Cifar10 => &CIFAR10,
            Self::Cifar100 => &CIFAR100,
            Self::Mnist => &MNIST,
        }
    }
}

const CIFAR10: Entry = Entry {
    url: "https://www.cs.toronto.edu/~kriz/",
    folder: "cifar-10-batches-bin",
    form: Form::Archive,
    items: &[Item {
        name: "cifar-10-binary.tar.gz",
        bytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    }],
};

const CIFAR100: Entry = Entry {
    url: "https://www.cs.toronto.edu/~kriz/",
    folder: "cifar-100-binary",
    form: Form::Archive,
    items: &[Item {
        name: "cifar-100-binary.tar.gz",
        bytes: 168_513_733,
        sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
    }],
};

const MNIST: Entry = Entry {
    url: "https://ossci-datasets.s3.amazonaws.com/mnist/",
    folder: "mnist",
    form: Form::Files,
    items: &[
        Item {
            name: "train-images-idx3-ubyte.gz",
            bytes: 9_912_422,
            sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        },
        Item {
            name: "train-labels-idx1-ubyte.gz",
            bytes: 28_881,
            sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        },
        Item {
            name: "t10k-images-idx3-ubyte.gz",
            bytes: 1_648_877,
            sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        },
        Item {
            name: "t10k-labels-idx1-ubyte.gz",
            bytes: 4_542,
            sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
    ],
};
