//! What each node is on ciphertexts, before anybody says how long that takes.
//!
//! | node | work | levels |
//! | --- | --- | --- |
//! | convolution, linear, average-pool of windows | a linear transform for each pair of an input and an output ciphertext | 1 |
//! | reshape, transpose, concat, slice, padding | nothing where linear nodes take it, which read through it; else a linear transform | 0, else 1 |
//! | mean of all pixels | nothing where a linear layer takes it, which sums pixels with its own; else a linear transform | 0, else 1 |
//! | sum | an addition of each ciphertext | 0 |
//! | product, batch norm that is not folded | a product of each ciphertext | 1 |
//! | activation | its circuit on each ciphertext | its own |
//! | softmax of the result | nothing: it is a matter of who decrypts | 0 |
//!
//! The transform of a convolution is the hybrid one of Ebel, Garimella and Reagen (Orion, arXiv 2311.03470): rows of the
//! result, rounded to a power of two b, repeat along the n columns, so that diagonals that are the same modulo b are one, and
//! log2(n/b) rotations with additions fold what is left; where there are fewer columns than rows, these repeat. With kernel k and gaps g of the argument and G of the result, the
//! diagonals along one axis of an image are the offsets g·δ·t + r − R for taps t, dilation δ, 0 ≤ r < g and 0 ≤ R < G:
//! k·g + G − 1 of them for kernels that leave no hole. What is at the border of images is counted with the rest.

use super::DesignError;
use crate::{
    circuit::{CircuitError, LinearTransform, RealTransform},
    nn::{
        Graph, Node, NodeId, Op, Window, depth,
        packing::{Layout, views},
    },
};
use num_complex::Complex64;
use std::collections::BTreeSet;

/// A linear transform of ciphertexts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transform {
    /// Slots that it acts on, a power of two.
    pub slots: usize,
    /// Its diagonals, between one ciphertext and another.
    pub diagonals: Vec<usize>,
    /// Pairs of ciphertexts.
    pub blocks: usize,
    /// Rotations with an addition of each result.
    pub folds: usize,
    /// Ciphertexts of the argument.
    pub arguments: usize,
    /// Ciphertexts of the result.
    pub results: usize,
}

/// What a node is on ciphertexts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Nothing.
    Free,
    /// A linear transform, and a rescaling of each result.
    Transform(Transform),
    /// A sum with another result, or with a constant.
    Sum,
    /// A product with a constant.
    Scaling,
    /// A product with another result.
    Product,
    /// A function of each number.
    Activation,
}

/// A node's work, and where its result lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Of the result.
    pub layout: Layout,
    /// Upon the inputs.
    pub work: Work,
}

impl Transform {
    /// A matrix with these diagonals, all ones: it takes the steps, and pairs of diagonals, of every such matrix.
    ///
    /// # Errors
    /// When there is no diagonal, or the slots are no power of two.
    pub fn pattern(&self) -> Result<RealTransform, CircuitError> {
        let ones = self.diagonals.iter();
        let ones = ones.map(|d| (*d as i64, vec![Complex64::ONE]));
        RealTransform::new(&LinearTransform::new(self.slots, ones)?)
    }
}

impl Work {
    /// Levels, of what is no activation.
    #[must_use]
    pub const fn levels(&self) -> usize {
        match self {
            Self::Transform(_) | Self::Scaling | Self::Product => 1,
            Self::Free | Self::Sum | Self::Activation => 0,
        }
    }
}

/// The work of every node, in ciphertexts of `most` slots that a `batch` of images shares.
///
/// ```
/// use equiripple::nn::{arch::Architecture, design::{Work, pieces}, pass};
/// let net = pass::fold_affine(&"resnet20".parse::<Architecture>()?.random(1)?)?;
/// let diagonals: Vec<usize> = pieces(&net, 1, 1 << 15)?.iter().filter_map(|piece| match &piece.work {
///     Work::Transform(t) => Some(t.diagonals.len()),
///     _ => None,
/// }).collect();
/// // The stem, whose three channels repeat, and six convolutions; then from gap 1 to 2, at gap 2, to 4 and at gap 4.
/// assert_eq!(diagonals[..7], [36, 144, 144, 144, 144, 144, 144]);
/// for count in [128, 392, 324, 900] {
///     assert!(diagonals.contains(&count), "{count} of {diagonals:?}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DesignError::Node`] for a max-pool, as [`expand_max_pools`](crate::nn::pass::expand_max_pools) leaves none that is a
/// polynomial, and a softmax before the result.
pub fn pieces(graph: &Graph, batch: usize, most: usize) -> Result<Vec<Piece>, DesignError> {
    let depths = depth::depths(graph)?;
    let views = views(graph);
    let mut pieces: Vec<Piece> = Vec::with_capacity(graph.nodes().len());
    for (id, node) in graph.iter() {
        let inputs = node.inputs();
        let from = inputs.first().map(|input| pieces[input.index()].layout);
        let gap = from.map_or([1, 1], |from| from.gap);
        let layout = |gap| Layout::new(node.shape(), gap, batch, most);
        let constant = inputs
            .iter()
            .any(|input| matches!(graph.node(*input).op(), Op::Constant(_)));
        let refused = |what| DesignError::Node {
            node: node.name().into(),
            op: node.op().name(),
            what,
        };
        let (layout, work) = match (node.op(), from) {
            (Op::Conv2d { window, groups, .. }, Some(from)) => {
                let to = layout(strided(gap, window));
                let shape = [from.channels / groups, to.channels / groups];
                (to, convolved(&from, &to, window, shape, *groups, most))
            }
            (Op::AveragePool { window, .. }, Some(from)) => {
                let to = layout(strided(gap, window));
                (
                    to,
                    convolved(&from, &to, window, [1, 1], from.channels, most),
                )
            }
            (Op::Linear { .. }, Some(from)) => {
                let to = layout([1, 1]);
                (to, dense(&from, &to, most))
            }
            // The means are taken with the weights, of pixels where they are.
            (Op::GlobalAveragePool, Some(from)) if views[id.index()] => (from, Work::Free),
            (Op::GlobalAveragePool, Some(from)) => {
                let to = layout([1, 1]);
                (to, dense(&from, &to, most))
            }
            (Op::Slice { .. } | Op::Pad { .. }, Some(_)) => {
                let to = layout(sliced(gap, node));
                if views[id.index()] {
                    (to, Work::Free)
                } else {
                    let chain = chain(graph, &views, id);
                    let source = graph.node(chain[0]).inputs()[0];
                    let nodes = chain.iter().map(|id| graph.node(*id));
                    let work = moved(&pieces[source.index()].layout, &to, nodes, most);
                    (to, work)
                }
            }
            (Op::Concat { axis }, Some(_)) if !views[id.index()] => {
                let to = layout(gap);
                let parts = inputs.iter().map(|input| &pieces[input.index()].layout);
                let work = joined(&parts.copied().collect::<Vec<_>>(), &to, *axis, most);
                (to, work)
            }
            (Op::Reshape(_) | Op::Transpose { .. }, Some(from)) if !views[id.index()] => {
                let to = layout([1, 1]);
                (to, dense(&from, &to, most))
            }
            (Op::Affine { .. }, Some(from)) if depths.own[id.index()] == Some(1) => {
                (from, Work::Scaling)
            }
            (Op::Affine { .. }, Some(from)) => (from, Work::Sum),
            (Op::Multiply, Some(from)) if constant => (from, Work::Scaling),
            (Op::Multiply, Some(_)) => (layout(gap), Work::Product),
            (Op::Add, Some(_)) => (layout(gap), Work::Sum),
            (Op::Activation(_), Some(from)) => (from, Work::Activation),
            (Op::Reshape(_) | Op::Transpose { .. }, Some(from)) => (from, Work::Free),
            (Op::MaxPool { .. }, _) => {
                return Err(refused(
                    "put averages, a stride or maxima by a polynomial in place of its max-pools first",
                ));
            }
            (Op::Softmax | Op::LogSoftmax, _) if id != graph.output() => {
                return Err(refused(
                    "only the result itself may go through one, once it is decrypted",
                ));
            }
            _ => (layout(gap), Work::Free),
        };
        pieces.push(Piece { layout, work });
    }
    Ok(pieces)
}

fn strided(gap: [usize; 2], window: &Window) -> [usize; 2] {
    [gap[0] * window.stride[0], gap[1] * window.stride[1]]
}

/// The gaps behind a slice.
fn sliced(gap: [usize; 2], node: &Node) -> [usize; 2] {
    match node.op() {
        Op::Slice { axis: 1, step, .. } => [gap[0] * step, gap[1]],
        Op::Slice { axis: 2, step, .. } => [gap[0], gap[1] * step],
        _ => gap,
    }
}

/// The slices and paddings that end in a node, those before it views.
fn chain(graph: &Graph, views: &[bool], last: NodeId) -> Vec<NodeId> {
    let mut chain = vec![last];
    let mut at = last;
    while let [input] = graph.node(at).inputs() {
        let moves = matches!(graph.node(*input).op(), Op::Slice { .. } | Op::Pad { .. });
        if !moves || !views[input.index()] {
            break;
        }
        at = *input;
        chain.insert(0, at);
    }
    chain
}

/// A convolution of groups of [I, O] channels.
fn convolved(
    from: &Layout,
    to: &Layout,
    window: &Window,
    [inputs, outputs]: [usize; 2],
    groups: usize,
    most: usize,
) -> Work {
    let along = |axis: usize| -> BTreeSet<i64> {
        let (g, wide) = (from.gap[axis] as i64, to.gap[axis] as i64);
        let reach = g * window.dilation[axis] as i64;
        let before = window.before[axis] as i64;
        let taps = 0..window.kernel[axis] as i64;
        taps.flat_map(|tap| {
            let start = tap * reach - before * g;
            start - (wide - 1)..start + g
        })
        .collect()
    };
    // Which images of the result take which of the argument.
    let images: BTreeSet<i64> = (0..groups)
        .flat_map(|group| {
            let range = |count: usize, layout: &Layout| {
                let together = layout.together();
                let (first, last) = (group * count, group * count + count.max(1) - 1);
                [(first / together) as i64, (last / together) as i64]
            };
            let ([a, b], [c, d]) = (range(inputs, from), range(outputs, to));
            a - d..=b - c
        })
        .collect();
    let offsets = offsets(from, &images, &along(0), &along(1));
    transform(from, to, &offsets, most)
}

fn offsets(
    from: &Layout,
    images: &BTreeSet<i64>,
    rows: &BTreeSet<i64>,
    columns: &BTreeSet<i64>,
) -> BTreeSet<i64> {
    let [image, row, column] = from.strides().map(|stride| stride as i64);
    let mut offsets = BTreeSet::new();
    for t in images {
        for y in rows {
            offsets.extend(columns.iter().map(|x| t * image + y * row + x * column));
        }
    }
    offsets
}

/// Slices and paddings: channel o of the result is one channel of the argument, or none.
fn moved<'a>(
    from: &Layout,
    to: &Layout,
    nodes: impl Iterator<Item = &'a Node>,
    most: usize,
) -> Work {
    // Of each axis: element i of the result is element i·step + start of the argument.
    let (mut start, mut step) = ([0i64; 3], [1i64; 3]);
    for node in nodes {
        match node.op() {
            Op::Slice {
                axis,
                start: first,
                step: by,
                ..
            } if *axis < 3 => {
                start[*axis] += *first as i64 * step[*axis];
                step[*axis] *= *by as i64;
            }
            Op::Pad { before, .. } => {
                for (axis, before) in before.iter().enumerate().take(3) {
                    start[axis] -= *before as i64 * step[axis];
                }
            }
            _ => {}
        }
    }
    let [_, row, column] = from.strides().map(|stride| stride as i64);
    let gap = from.gap.map(|gap| gap as i64);
    let corner = start[1] * gap[0] * row + start[2] * gap[1] * column;
    let offsets: BTreeSet<i64> = (0..to.channels as i64)
        .map(|o| (o, o * step[0] + start[0]))
        .filter(|(_, i)| (0..from.channels as i64).contains(i))
        .map(|(o, i)| channel(from, i) - channel(to, o) + corner)
        .collect();
    transform(from, to, &offsets, most)
}

/// Where a channel begins.
fn channel(layout: &Layout, c: i64) -> i64 {
    let [image, row, column] = layout.strides().map(|stride| stride as i64);
    let (together, wide) = (layout.together() as i64, layout.gap[1] as i64);
    let inside = c % together;
    c / together * image + inside / wide * row + inside % wide * column
}

/// Results brought one after another into one, those of one gap along channels; of others all diagonals are counted.
fn joined(from: &[Layout], to: &Layout, axis: usize, most: usize) -> Work {
    let mut offsets = BTreeSet::new();
    let mut arguments = 0;
    let mut largest = *to;
    let mut before = 0;
    for part in from {
        arguments += part.ciphertexts(most);
        if part.period(most) > largest.period(most) {
            largest = *part;
        }
        let like = axis == 0 && part.gap == to.gap && part.aligned == to.aligned;
        if like {
            let each = 0..part.channels as i64;
            offsets.extend(each.map(|c| channel(part, c) - channel(to, before + c)));
        } else {
            offsets.extend((0..part.period(most) as i64).step_by(part.batch));
        }
        before += part.channels as i64;
    }
    match transform(&largest, to, &offsets, most) {
        // Every ciphertext of an argument reaches into two of the result at most.
        Work::Transform(t) => Work::Transform(Transform {
            blocks: (2 * arguments).min(arguments * t.results),
            arguments,
            ..t
        }),
        other => other,
    }
}

/// A matrix without zeros.
fn dense(from: &Layout, to: &Layout, most: usize) -> Work {
    let rows = to.period(most).min(from.period(most)) as i64;
    transform(from, to, &(0..rows).step_by(to.batch).collect(), most)
}

/// The transform with these diagonals of the whole matrix.
fn transform(from: &Layout, to: &Layout, offsets: &BTreeSet<i64>, most: usize) -> Work {
    let (inputs, results) = (from.ciphertexts(most), to.ciphertexts(most));
    // Rows repeat along the columns.
    let rows = to.period(most);
    let slots = rows.max(from.period(most));
    let mut blocks = inputs * results;
    if from.strides()[0] > most {
        // An image is in several ciphertexts: a diagonal of it reaches from each into two.
        blocks = blocks.min(2 * results * from.images());
    }
    let diagonals: BTreeSet<usize> = offsets
        .iter()
        .map(|d| d.rem_euclid(rows.min(from.period(most)) as i64) as usize)
        .collect();
    Work::Transform(Transform {
        slots,
        diagonals: diagonals.into_iter().collect(),
        blocks,
        folds: (slots / rows).ilog2() as usize,
        arguments: inputs,
        results,
    })
}
