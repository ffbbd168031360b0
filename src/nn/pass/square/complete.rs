//! Which nodes are quadratics of another one, and the square in each.

use super::map::Map;
use crate::nn::{
    Activation, Graph, GraphError, NodeId, Op,
    pass::{copied, remove_identities},
};

/// c + b·x + a·x² by channel, x the result of a node.
#[derive(Debug, Clone)]
struct Quadratic {
    of: NodeId,
    coefficients: Vec<[f64; 3]>,
}

/// The network with a·(x + b/2a)² + (c − b²/4a) in place of each quadratic: a map by channel, x², and another map. The
/// square keeps the quadratic's name.
pub(super) fn complete(graph: &Graph) -> Result<Graph, GraphError> {
    let found = quadratics(graph);
    let mut made = vec![graph.input(); graph.nodes().len()];
    let completed = graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        let split = found[id.index()].as_ref().and_then(|q| {
            // A map that no layer before can take is part of the quadratic.
            let q = q.of_first(graph);
            Some((q.of, q.split()?))
        });
        let new = match split {
            None => copied(graph, builder, id, inputs)?,
            Some((of, [before, after])) => {
                let at = |part: &str| format!("{}.{part}", node.name());
                let x = builder.push(&at("shift"), before.op()?, &[made[of.index()]])?;
                let square = Activation::Quadratic {
                    a: 1.0,
                    b: 0.0,
                    c: 0.0,
                };
                let x = builder.push(node.name(), Op::Activation(square), &[x])?;
                builder.push(&at("factor"), after.op()?, &[x])?
            }
        };
        made[id.index()] = new;
        Ok::<_, GraphError>(new)
    })?;
    // Sums and products that made up a quadratic are needed no more.
    remove_identities(&completed)
}

/// What each node is a quadratic of, where it is one.
fn quadratics(graph: &Graph) -> Vec<Option<Quadratic>> {
    let mut found: Vec<Option<Quadratic>> = vec![];
    for (id, node) in graph.iter() {
        let own = match (node.op(), node.inputs()) {
            (&Op::Activation(Activation::Quadratic { a, b, c }), &[x]) => {
                let channels = node.shape().axes().first().copied().unwrap_or(1);
                let coefficients = vec![[c.into(), b.into(), a.into()]; channels];
                Some(Quadratic {
                    of: x,
                    coefficients,
                })
            }
            (Op::Affine { scale, shift }, &[x]) => found[x.index()].as_ref().map(|quadratic| {
                let map = Map::of(scale, shift);
                quadratic.mapped(&map)
            }),
            (Op::Multiply, &[x, y]) => same_shapes(graph, id)
                .then(|| product(graph, x, y))
                .flatten(),
            (Op::Add, &[x, y]) if same_shapes(graph, id) => {
                let pair = sum(graph, &found, x, y);
                pair.or_else(|| sum(graph, &found, y, x))
            }
            _ => None,
        };
        found.push(own);
    }
    found
}

fn same_shapes(graph: &Graph, id: NodeId) -> bool {
    let node = graph.node(id);
    let mut inputs = node.inputs().iter();
    inputs.all(|x| graph.node(*x).shape() == node.shape())
}

/// Of two maps by channel of one result.
fn product(graph: &Graph, x: NodeId, y: NodeId) -> Option<Quadratic> {
    let (first, second) = (chain(graph, x), chain(graph, y));
    // The last node that both are maps of.
    let shared = first.iter().find_map(|(of, p)| {
        let (_, q) = second.iter().find(|(other, _)| other == of)?;
        Some((*of, p, q))
    });
    let (of, p, q) = shared?;
    let pairs = p.0.iter().zip(&q.0);
    let coefficients = pairs.map(|([s, t], [u, v])| [t * v, s * v + t * u, s * u]);
    Some(Quadratic {
        of,
        coefficients: coefficients.collect(),
    })
}

/// Of a quadratic and another one, or a map by channel, of the same result.
fn sum(graph: &Graph, found: &[Option<Quadratic>], x: NodeId, y: NodeId) -> Option<Quadratic> {
    let quadratic = found[x.index()].as_ref()?;
    let other: Vec<[f64; 3]> = match &found[y.index()] {
        Some(other) if other.of == quadratic.of => other.coefficients.clone(),
        _ => {
            let maps = chain(graph, y);
            let (_, map) = maps.iter().find(|(of, _)| *of == quadratic.of)?;
            map.0
                .iter()
                .map(|&[scale, shift]| [shift, scale, 0.0])
                .collect()
        }
    };
    let pairs = quadratic.coefficients.iter().zip(&other);
    Some(Quadratic {
        of: quadratic.of,
        coefficients: pairs.map(|(p, q)| [0, 1, 2].map(|k| p[k] + q[k])).collect(),
    })
}

/// The node, and all before it that it is a map by channel of.
fn chain(graph: &Graph, mut id: NodeId) -> Vec<(NodeId, Map)> {
    let channels = graph.node(id).shape().axes().first().copied().unwrap_or(1);
    let mut map = Map(vec![[1.0, 0.0]; channels]);
    let mut chain = vec![(id, map.clone())];
    while let (Op::Affine { scale, shift }, &[x]) = (graph.node(id).op(), graph.node(id).inputs()) {
        map = map.after(&Map::of(scale, shift));
        chain.push((x, map.clone()));
        id = x;
    }
    chain
}

impl Quadratic {
    fn mapped(&self, map: &Map) -> Self {
        let pairs = self.coefficients.iter().zip(&map.0);
        let mapped = pairs.map(|(p, [scale, shift])| {
            let [c, b, a] = p.map(|v| v * scale);
            [c + shift, b, a]
        });
        Self {
            of: self.of,
            coefficients: mapped.collect(),
        }
    }

    /// The same of the first result that its argument is a map of.
    fn of_first(&self, graph: &Graph) -> Self {
        let maps = chain(graph, self.of);
        let Some((of, map)) = maps.last() else {
            return self.clone();
        };
        let pairs = self.coefficients.iter().zip(&map.0);
        let composed = pairs.map(|(&[c, b, a], &[scale, shift])| {
            [
                c + (b + a * shift) * shift,
                (b + 2.0 * a * shift) * scale,
                a * scale * scale,
            ]
        });
        Self {
            of: *of,
            coefficients: composed.collect(),
        }
    }

    /// The maps before and after the square; nothing where a channel has none, or a number is beyond f32.
    fn split(&self) -> Option<[Map; 2]> {
        let each = |&[c, b, a]: &[f64; 3]| {
            let shift = b / (2.0 * a);
            let constant = c - b * shift / 2.0;
            let fits = a != 0.0
                && [shift, constant]
                    .iter()
                    .all(|v| v.abs() <= f64::from(f32::MAX));
            fits.then_some(([1.0, shift], [a, constant]))
        };
        let pairs: Option<Vec<_>> = self.coefficients.iter().map(each).collect();
        let (before, after) = pairs?.into_iter().unzip();
        Some([Map(before), Map(after)])
    }
}
