//! A network with other functions in place of its ReLUs and max-pools.

use super::{
    activation::{Pool, StandIn},
    calibration::Bounds,
};
use crate::{
    cli::error::Outcome,
    nn::{Activation, Graph, GraphError, pass},
};

/// What is not given stays as it is.
pub(in crate::cli) fn replaced(
    graph: &Graph,
    relu: Option<&StandIn<Activation>>,
    pool: Option<&Pool>,
    bounds: &Bounds,
) -> Outcome<Graph> {
    let pooled = pass::replace_max_pools(graph, |id, window| {
        let name = graph.node(id).name();
        Ok::<_, GraphError>(pool.map(|pool| match pool {
            Pool::Plain(pooling) => pooling.clone(),
            Pool::Maxima { make, precision } => make(bounds.pool(name, window, *precision)),
        }))
    })?;
    Ok(pass::replace_activations(&pooled, |id, activation| {
        let relu = relu.filter(|_| matches!(activation, Activation::Relu));
        Ok::<_, GraphError>(relu.map(|make| make(bounds.activation(pooled.node(id).name()))))
    })?)
}
