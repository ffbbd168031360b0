//! Which network a command works on.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::{
    cli::error::{Failure, Outcome},
    nn::{Graph, Shape, Weights, arch::Architecture, file, onnx, shipped},
};

/// The arguments that name a network.
#[derive(Debug, Args)]
pub(in crate::cli) struct Source {
    /// Network: a file that `net import` wrote, an ONNX model (.onnx), or one that this program has: resnet20-cifar10-relu,
    /// resnet20-cifar10-square, convnet-figures-square
    #[arg(value_name = "NET", conflicts_with = "arch")]
    net: Option<PathBuf>,
    #[command(flatten)]
    named: Named,
}

/// The same without a file.
#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// Architecture by name, such as resnet20, resnet18, vgg16_bn, squeezenet1_1
    #[arg(long, value_name = "NAME")]
    arch: Option<Architecture>,
    /// Its weights, a safetensors file with the names of PyTorch
    #[arg(
        long,
        value_name = "FILE",
        requires = "arch",
        conflicts_with = "random"
    )]
    weights: Option<PathBuf>,
    /// Random weights from a seed instead
    #[arg(long, value_name = "SEED", requires = "arch")]
    random: Option<u64>,
    /// Shape of an image, channels × height × width, where the network leaves it open
    #[arg(long, value_name = "CxHxW", value_parser = shape)]
    input: Option<Shape>,
}

/// `3x224x224`.
pub(in crate::cli) fn shape(text: &str) -> Result<Shape, String> {
    let axes: Result<Vec<usize>, _> = text.split(['x', '×']).map(str::parse).collect();
    let wrong = || format!("`{text}` is no shape of an image; write it as in 3x224x224");
    let shape = Shape::from(axes.map_err(|_| wrong())?);
    shape.is_computable().then_some(shape).ok_or_else(wrong)
}

impl Source {
    /// The seed of random weights.
    pub(in crate::cli) fn seed(&self) -> Option<u64> {
        self.named.random
    }

    /// Reads or makes the network.
    pub(in crate::cli) fn read(&self) -> Outcome<Graph> {
        self.named.read(self.net.as_deref())
    }
}

impl Named {
    /// Whether an architecture is named.
    pub(in crate::cli) const fn is_some(&self) -> bool {
        self.arch.is_some()
    }

    /// Reads or makes the network, which is the one of the file where no architecture is named.
    pub(in crate::cli) fn read(&self, net: Option<&Path>) -> Outcome<Graph> {
        let architecture = match (&self.arch, net) {
            (Some(architecture), _) => *architecture,
            (None, Some(path)) => return self.file(path),
            (None, None) => {
                return Err(Failure::Usage(
                    "which network is missing; give a file, or --arch NAME with --weights FILE or --random SEED".into(),
                ));
            }
        };
        let architecture = match &self.input {
            None => architecture,
            Some(shape) => match shape.image() {
                Some([3, height, width]) => architecture.with_image([height, width]),
                _ => {
                    return Err(Failure::Usage(format!(
                        "{architecture} takes images of 3 channels, not {shape}; give --input as in 3x224x224"
                    )));
                }
            },
        };
        match (&self.weights, self.random) {
            (Some(path), _) => Ok(architecture.load(&Weights::open(path)?)?),
            (None, Some(seed)) => Ok(architecture.random(seed)?),
            (None, None) => Err(Failure::Usage(format!(
                "the weights of {architecture} are missing; give --weights FILE, or --random SEED"
            ))),
        }
    }

    fn file(&self, path: &Path) -> Outcome<Graph> {
        if is_onnx(path) {
            return Ok(onnx::import(path, self.input.as_ref())?);
        }
        let shipped = path.to_str().and_then(shipped::find);
        let graph = match shipped {
            Some(shipped) => shipped.network()?,
            None => file::read(path)?,
        };
        let own = graph.node(graph.input()).shape();
        match &self.input {
            Some(given) if given != own => Err(Failure::Usage(format!(
                "{} takes images of {own}, and --input is {given}; leave it out, or import the network for other images",
                path.display()
            ))),
            _ => Ok(graph),
        }
    }
}

/// Whether a path is that of a model, by its end.
pub(in crate::cli) fn is_onnx(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("onnx"))
}
