//! Linear layers as rows of sparse matrices: which elements of an earlier result make an element of this one.

use crate::nn::{Graph, NodeId, Op, Shape, Tensor, Window};

/// A number of a matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Which of [`Rows::bases`] the column is of.
    pub part: usize,
    /// Which element of it.
    pub column: usize,
    /// The factor.
    pub value: f64,
}

/// The rows of a node's matrix over the elements of the results before it that are made: nodes between may be views, which
/// move elements, join them or take means of them, and are seen through.
#[derive(Debug, Clone)]
pub struct Rows<'g> {
    graph: &'g Graph,
    /// Of each node, whether it is a view.
    views: &'g [bool],
    /// The node.
    id: NodeId,
    bases: Vec<NodeId>,
}

impl<'g> Rows<'g> {
    /// Of a linear node.
    #[must_use]
    pub fn new(graph: &'g Graph, views: &'g [bool], id: NodeId) -> Self {
        let mut bases = vec![];
        let mut waiting: Vec<NodeId> = graph.node(id).inputs().iter().rev().copied().collect();
        while let Some(at) = waiting.pop() {
            if views[at.index()] {
                waiting.extend(graph.node(at).inputs().iter().rev());
            } else if !bases.contains(&at) {
                bases.push(at);
            }
        }
        Self {
            graph,
            views,
            id,
            bases,
        }
    }

    /// The nodes whose elements the columns are: the first that are no views on the ways to the images, each once.
    #[must_use]
    pub fn bases(&self) -> &[NodeId] {
        &self.bases
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.node(self.id).shape().elements().unwrap_or(0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the entries of a row, elements in the order of their shapes; a column may come more than once.
    pub fn row(&self, element: usize, entries: &mut Vec<Entry>) {
        self.follow(self.id, element, 1.0, entries);
    }

    /// The bias of a row.
    #[must_use]
    pub fn bias(&self, element: usize) -> f64 {
        let node = self.graph.node(self.id);
        let each = |list: &Tensor| {
            let channels = list.values().len().max(1);
            let elements = self.len() / channels;
            list.values()
                .get(element / elements.max(1))
                .map_or(0.0, |x| f64::from(*x))
        };
        match node.op() {
            Op::Conv2d { bias, .. } => bias.as_ref().map_or(0.0, each),
            // Along the last axis.
            Op::Linear { bias, .. } => bias.as_ref().map_or(0.0, |bias| {
                let values = bias.values();
                f64::from(values[element % values.len().max(1)])
            }),
            Op::Affine { shift, .. } => each(shift),
            _ => 0.0,
        }
    }

    /// An element of a node, or what it is made of.
    fn element(&self, id: NodeId, element: usize, factor: f64, entries: &mut Vec<Entry>) {
        if self.views[id.index()] {
            self.follow(id, element, factor, entries);
        } else if let Some(part) = self.bases.iter().position(|base| *base == id) {
            entries.push(Entry {
                part,
                column: element,
                value: factor,
            });
        }
    }

    fn follow(&self, id: NodeId, element: usize, factor: f64, entries: &mut Vec<Entry>) {
        let node = self.graph.node(id);
        let Some(input) = node.inputs().first() else {
            return;
        };
        let (to, from) = (node.shape(), self.graph.node(*input).shape());
        let mut push = |element, factor| self.element(*input, element, factor, entries);
        match node.op() {
            Op::Conv2d {
                weight,
                window,
                groups,
                ..
            } => {
                let ([outputs, inputs, h, w], Some(at)) =
                    (axes4(weight.shape()), pixel(to, element))
                else {
                    return;
                };
                let first = at[0] / (outputs / groups).max(1) * inputs;
                window_taps(window, from, at, |[a, b], y, x| {
                    for i in 0..inputs {
                        let value = weight.values()[((at[0] * inputs + i) * h + a) * w + b];
                        if value != 0.0 {
                            push(place(from, [first + i, y, x]), factor * f64::from(value));
                        }
                    }
                });
            }
            Op::AveragePool {
                window,
                count_padding,
            } => {
                let Some(at) = pixel(to, element) else { return };
                let mut taps = vec![];
                window_taps(window, from, at, |_, y, x| {
                    taps.push(place(from, [at[0], y, x]))
                });
                let count = if *count_padding {
                    padded_taps(window, from, at)
                } else {
                    taps.len()
                };
                for tap in taps {
                    push(tap, factor / count.max(1) as f64);
                }
            }
            Op::GlobalAveragePool => {
                let pixels = from.elements().unwrap_or(0) / to.elements().unwrap_or(1).max(1);
                for pixel in 0..pixels {
                    push(element * pixels + pixel, factor / pixels as f64);
                }
            }
            Op::Linear { weight, .. } => {
                let columns = weight.shape().axes()[1];
                let rows = weight.shape().axes()[0].max(1);
                let (before, row) = (element / rows, element % rows);
                let values = weight.values()[row * columns..(row + 1) * columns].iter();
                for (column, value) in values.enumerate().filter(|(_, value)| **value != 0.0) {
                    push(before * columns + column, factor * f64::from(*value));
                }
            }
            Op::Affine { scale, .. } => {
                let each = to.elements().unwrap_or(0) / scale.values().len().max(1);
                push(
                    element,
                    factor * f64::from(scale.values()[element / each.max(1)]),
                );
            }
            Op::Transpose { order } => {
                let indices = indices(to, element);
                let mut source = vec![0; indices.len()];
                for (axis, index) in order.iter().zip(indices) {
                    source[*axis] = index;
                }
                push(flat(from, &source), factor);
            }
            Op::Slice {
                axis, start, step, ..
            } => {
                let mut indices = indices(to, element);
                indices[*axis] = start + indices[*axis] * step;
                push(flat(from, &indices), factor);
            }
            Op::Concat { axis } => {
                let mut indices = indices(to, element);
                for input in node.inputs() {
                    let from = self.graph.node(*input).shape();
                    let length = from.axes()[*axis];
                    if indices[*axis] < length {
                        return self.element(*input, flat(from, &indices), factor, entries);
                    }
                    indices[*axis] -= length;
                }
            }
            Op::Pad { before, .. } => {
                let moved = indices(to, element)
                    .into_iter()
                    .zip(before)
                    .zip(from.axes());
                let source: Option<Vec<usize>> = moved
                    .map(|((index, before), length)| {
                        index.checked_sub(*before).filter(|index| index < length)
                    })
                    .collect();
                if let Some(source) = source {
                    push(flat(from, &source), factor);
                }
            }
            _ => push(element, factor),
        }
    }
}

fn axes4(shape: &Shape) -> [usize; 4] {
    <[usize; 4]>::try_from(shape.axes()).unwrap_or([0; 4])
}

/// Channel, row and column of an element of an image.
fn pixel(shape: &Shape, element: usize) -> Option<[usize; 3]> {
    let [_, height, width] = shape.image()?;
    Some([
        element / (height * width),
        element / width % height,
        element % width,
    ])
}

fn place(shape: &Shape, [c, y, x]: [usize; 3]) -> usize {
    let axes = shape.axes();
    (c * axes[1] + y) * axes[2] + x
}

/// Every tap [a, b] of the window at a pixel of the result that lies within the argument, with its row and column.
fn window_taps(
    window: &Window,
    from: &Shape,
    [_, y, x]: [usize; 3],
    mut tap: impl FnMut([usize; 2], usize, usize),
) {
    let Some([_, height, width]) = from.image() else {
        return;
    };
    let along = |axis: usize, at: usize, k: usize| {
        (at * window.stride[axis] + k * window.dilation[axis]).checked_sub(window.before[axis])
    };
    for a in 0..window.kernel[0] {
        let Some(row) = along(0, y, a).filter(|row| *row < height) else {
            continue;
        };
        for b in 0..window.kernel[1] {
            if let Some(column) = along(1, x, b).filter(|column| *column < width) {
                tap([a, b], row, column);
            }
        }
    }
}

/// Taps of the window at a pixel that lie within the argument or its padding.
fn padded_taps(window: &Window, from: &Shape, at: [usize; 3]) -> usize {
    let along = |axis: usize| {
        let length = from
            .axes()
            .get(axis + 1)
            .map_or(0, |n| n + window.before[axis] + window.after[axis]);
        let taps = (0..window.kernel[axis])
            .map(|k| at[axis + 1] * window.stride[axis] + k * window.dilation[axis]);
        taps.filter(|tap| *tap < length).count()
    };
    along(0) * along(1)
}

/// The indices of an element along all axes.
fn indices(shape: &Shape, mut element: usize) -> Vec<usize> {
    let mut indices = vec![0; shape.axes().len()];
    for (index, length) in indices.iter_mut().zip(shape.axes()).rev() {
        *index = element % length.max(&1);
        element /= length.max(&1);
    }
    indices
}

fn flat(shape: &Shape, indices: &[usize]) -> usize {
    let steps = shape.axes().iter().zip(indices);
    steps.fold(0, |flat, (length, index)| flat * length + index)
}
