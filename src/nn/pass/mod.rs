//! Networks from networks: each pass gives a new graph, whose nodes keep their names.
//!
//! | pass | the network computes |
//! | --- | --- |
//! | [`fold_affine`] | the same, with rounding to f32 |
//! | [`remove_identities`] | the same |
//! | [`fold_ranges`] | the same, with rounding to f32 |
//! | [`equalise_channels`] | the same, with rounding to f32 |
//! | [`fold_squares`] | the same, with rounding to f32 |
//! | [`split_at_concats`] | the same |
//! | [`expand_max_pools`] | the same, with other errors of its polynomials |
//! | [`replace_activations`], [`replace_max_pools`] | what is put in place |
//! | [`cut`] | a part of it |

mod activation;
mod concat;
mod cut;
mod equalise;
mod fold;
mod identity;
mod maximum;
mod pool;
mod scale;
mod square;

#[cfg(test)]
mod tests;

pub use activation::replace_activations;
pub use concat::split_at_concats;
pub use cut::cut;
pub use equalise::equalise_channels;
pub use fold::fold_affine;
pub use identity::remove_identities;
pub use maximum::expand_max_pools;
pub use pool::{Pooling, replace_max_pools};
pub use scale::{fold_ranges, shared_ranges};
pub use square::fold_squares;

pub(super) use fold::absorbed;

use super::{Builder, Graph, GraphError, NodeId};

/// The node again, its name and operation unchanged.
fn copied(
    graph: &Graph,
    builder: &mut Builder,
    id: NodeId,
    inputs: &[NodeId],
) -> Result<NodeId, GraphError> {
    let node = graph.node(id);
    builder.push(node.name(), node.op().clone(), inputs)
}
