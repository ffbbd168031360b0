//! A network on images in the clear, on the simulator and on ciphertexts, side by side.

use std::{collections::BTreeMap, time::Instant};

use super::{
    need::{Planned, Slots},
    session::{Encrypted, Server, Simulated},
};
use crate::{
    analyze::CostTable,
    ckks::Parameters,
    cli::error::Outcome,
    nn::{Graph, NodeId, inference},
};

/// Logits of one image.
pub(in crate::cli) struct Compared {
    pub(in crate::cli) plain: Vec<f64>,
    pub(in crate::cli) simulated: Vec<f64>,
    pub(in crate::cli) encrypted: Vec<f64>,
    /// On ciphertexts.
    pub(in crate::cli) seconds: f64,
}

/// What all of it took.
pub(in crate::cli) struct Comparison {
    pub(in crate::cli) images: Vec<Compared>,
    /// Keys, encoded bootstraps and layers.
    pub(in crate::cli) setup_seconds: f64,
    pub(in crate::cli) bootstraps: usize,
    pub(in crate::cli) levels: usize,
}

/// As few as a bootstrap may have, and one image.
const SLOTS: Slots = Slots { least: 4, batch: 1 };

/// A network whose activations are polynomials; `ranges` are the B of its quadratics, and `seed` is what keys and noise are
/// drawn from.
pub(in crate::cli) fn compare(
    graph: &Graph,
    ranges: &BTreeMap<NodeId, f64>,
    parameters: &Parameters,
    images: &[Vec<f32>],
    seed: u64,
) -> Outcome<Comparison> {
    let costs = CostTable::shipped()?;
    let planned = Planned::new(graph, ranges, parameters, SLOTS, costs, u64::MAX)?;
    let (program, need) = (&planned.program, &planned.need);
    need.memory.check(None)?;
    let clear = inference::Network::<f64>::new(graph)?;
    let simulated = Simulated::new(&planned, seed)?;
    let clock = Instant::now();
    let server = Server::new(&planned, seed)?;
    let encrypted = Encrypted::new(program, &server, seed, u64::MAX)?;
    let setup_seconds = clock.elapsed().as_secs_f64();
    let each = images.iter().zip(0..).map(|(image, index)| {
        let exact: Vec<f64> = image.iter().map(|x| f64::from(*x)).collect();
        let answer = encrypted.answer(image, index, None, None)?;
        Ok(Compared {
            plain: clear.run(&exact)?.logits,
            simulated: simulated.answer(image, index, None)?.logits,
            encrypted: answer.logits,
            seconds: answer.seconds,
        })
    });
    Ok(Comparison {
        images: each.collect::<Outcome<_>>()?,
        setup_seconds,
        bootstraps: program.bootstraps().count(),
        levels: program.top(),
    })
}
