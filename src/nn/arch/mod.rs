//! Architectures that are built in: their layers by the names that PyTorch gives the weights.
//!
//! | names | source |
//! | --- | --- |
//! | `resnet20`, `32`, `44`, `56`, `110` | He et al., [arXiv:1512.03385](https://arxiv.org/abs/1512.03385), for CIFAR, shortcuts of option A |
//! | `resnet18`, `34`, `50`, `101`, `152` | the same, for ImageNet, as torchvision has it: the stride of a bottleneck is that of its 3×3 convolution |
//! | `vgg11`, `13`, `16`, `19`, with `_bn` | Simonyan and Zisserman, [arXiv:1409.1556](https://arxiv.org/abs/1409.1556) |
//! | `alexnet` | Krizhevsky, [arXiv:1404.5997](https://arxiv.org/abs/1404.5997) |
//! | `squeezenet1_1` | Iandola et al., [arXiv:1602.07360](https://arxiv.org/abs/1602.07360), release 1.1 |
//! | `googlenet` | Szegedy et al., [arXiv:1409.4842](https://arxiv.org/abs/1409.4842), with batch norm |
//! | `inception_v3` | Szegedy et al., [arXiv:1512.00567](https://arxiv.org/abs/1512.00567) |
//! | `convnet` | three convolutions for demonstrations, for images of CIFAR's size |
//!
//! Activations are ReLU, unless the weights have coefficients of quadratics in their place: `relu.a`, `relu.b`, `relu.c`, as
//! training of HE-friendly networks gives them; those of CIFAR may have norm and activation before each convolution.
//!
//! Dropout and auxiliary heads serve training alone and are left out. Batch normalisations are nodes of their own; a pass
//! folds them into the convolutions.

mod alexnet;
mod cifar;
mod convnet;
mod error;
mod googlenet;
mod inception;
mod layers;
mod parameters;
mod resnet;
mod squeezenet;
mod vgg;

pub use error::{ArchError, Misfit};

use super::{Graph, GraphError, NodeId, Shape, Weights};
use layers::Layers;
use parameters::{Given, Parameters, Random};
use std::{fmt, str::FromStr};

/// A network that is known by name, for images of some size and so many classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Architecture {
    name: &'static str,
    family: Family,
    image: [usize; 2],
    classes: usize,
}

/// What networks of one kind differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Blocks in each of the three stages.
    Cifar(usize),
    /// Blocks in each of the four stages, of two convolutions.
    Basic([usize; 4]),
    /// Blocks in each of the four stages, of three convolutions.
    Bottleneck([usize; 4]),
    /// Convolutions in each of the five stages, and whether each has a batch norm.
    Vgg([usize; 5], bool),
    AlexNet,
    SqueezeNet,
    GoogLeNet,
    InceptionV3,
    ConvNet,
}

use Family::{AlexNet, Basic, Bottleneck, Cifar, ConvNet, GoogLeNet, InceptionV3, SqueezeNet, Vgg};

/// Name, layers and side of the images of every architecture.
const ALL: [(&str, Family, usize); 23] = [
    ("resnet20", Cifar(3), 32),
    ("resnet32", Cifar(5), 32),
    ("resnet44", Cifar(7), 32),
    ("resnet56", Cifar(9), 32),
    ("resnet110", Cifar(18), 32),
    ("resnet18", Basic([2, 2, 2, 2]), 224),
    ("resnet34", Basic([3, 4, 6, 3]), 224),
    ("resnet50", Bottleneck([3, 4, 6, 3]), 224),
    ("resnet101", Bottleneck([3, 4, 23, 3]), 224),
    ("resnet152", Bottleneck([3, 8, 36, 3]), 224),
    ("vgg11", Vgg([1, 1, 2, 2, 2], false), 224),
    ("vgg11_bn", Vgg([1, 1, 2, 2, 2], true), 224),
    ("vgg13", Vgg([2, 2, 2, 2, 2], false), 224),
    ("vgg13_bn", Vgg([2, 2, 2, 2, 2], true), 224),
    ("vgg16", Vgg([2, 2, 3, 3, 3], false), 224),
    ("vgg16_bn", Vgg([2, 2, 3, 3, 3], true), 224),
    ("vgg19", Vgg([2, 2, 4, 4, 4], false), 224),
    ("vgg19_bn", Vgg([2, 2, 4, 4, 4], true), 224),
    ("alexnet", AlexNet, 224),
    ("squeezenet1_1", SqueezeNet, 224),
    ("googlenet", GoogLeNet, 224),
    ("inception_v3", InceptionV3, 299),
    ("convnet", ConvNet, 32),
];

impl Architecture {
    /// Every architecture, for images of its data set: 32×32 and 10 classes of CIFAR-10, or ImageNet's 1000.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|&(name, family, side)| Self {
            name,
            family,
            image: [side; 2],
            classes: if side == 32 { 10 } else { 1000 },
        })
    }

    /// The name it is known by.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The same for images of another height and width.
    #[must_use]
    pub fn with_image(self, image: [usize; 2]) -> Self {
        Self { image, ..self }
    }

    /// The same for another number of classes.
    #[must_use]
    pub fn with_classes(self, classes: usize) -> Self {
        Self { classes, ..self }
    }

    /// Shape of an image: red, green and blue, height, width.
    pub fn input(&self) -> Shape {
        [3, self.image[0], self.image[1]].into()
    }

    /// The network with these weights; as many classes as its last layer has in the file. A prefix `module.` of all
    /// names, the counters of batch norms and the auxiliary heads of training are passed over.
    ///
    /// # Errors
    /// Every weight that is missing, of another shape or type, not finite, or left over; images that the network does not
    /// take.
    pub fn load(&self, weights: &Weights) -> Result<Graph, ArchError> {
        let mut given = Given::new(weights);
        let graph = self.build(&mut given);
        let misfits = given.misfits();
        if !misfits.is_empty() {
            return Err(ArchError::Misfits {
                architecture: self.name,
                origin: weights.origin().into(),
                misfits,
            });
        }
        Ok(graph?)
    }

    /// The network with random weights: convolutions and linear layers uniform with variance 2/fan-in (He et al.,
    /// [arXiv:1502.01852](https://arxiv.org/abs/1502.01852)), batch norms within 10 % of the identity, those that end a
    /// residual branch smaller, so that the last layer's numbers are about as large as the image's.
    ///
    /// ```
    /// use equiripple::nn::arch::Architecture;
    /// let net = "resnet20".parse::<Architecture>()?.random(1)?;
    /// assert_eq!(net.parameters(), 269_722);
    /// # Ok::<(), equiripple::nn::arch::ArchError>(())
    /// ```
    ///
    /// # Errors
    /// When the network does not take images of that size.
    pub fn random(&self, seed: u64) -> Result<Graph, ArchError> {
        Ok(self.build(&mut Random::new(seed))?)
    }

    fn build(&self, parameters: &mut dyn Parameters) -> Result<Graph, GraphError> {
        let mut net = Layers::new(self.name, self.input(), parameters);
        let output: NodeId = match self.family {
            Cifar(blocks) => cifar::build(&mut net, blocks, self.classes),
            Basic(blocks) => resnet::build(&mut net, blocks, false, self.classes),
            Bottleneck(blocks) => resnet::build(&mut net, blocks, true, self.classes),
            Vgg(convolutions, norm) => vgg::build(&mut net, convolutions, norm, self.classes),
            AlexNet => alexnet::build(&mut net, self.classes),
            SqueezeNet => squeezenet::build(&mut net, self.classes),
            GoogLeNet => googlenet::build(&mut net, self.classes),
            InceptionV3 => inception::build(&mut net, self.classes),
            ConvNet => convnet::build(&mut net, self.classes),
        }?;
        net.finish(output)
    }
}

impl FromStr for Architecture {
    type Err = ArchError;

    fn from_str(name: &str) -> Result<Self, ArchError> {
        let mut all = Self::all();
        all.find(|a| a.name == name).ok_or_else(|| ArchError::Name {
            name: name.into(),
            known: ALL.map(|a| a.0).join(", "),
        })
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests;
