//! What every node of a program takes, by counting its operations.

use super::{Bootstraps, InferError, Plans, Prices, Program, Runner};
use crate::{
    analyze::Counter,
    circuit::CircuitError,
    ckks::{
        Context,
        keys::{BootstrapKey, KeyRequest},
        memory::{compact_bytes, transform_bytes},
    },
    nn::{NodeId, lower::Stage},
    quantity::Level,
};

/// What a node takes, the bootstraps before it included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The node.
    pub node: NodeId,
    /// Of one thread, once everything is encoded.
    pub seconds: f64,
    /// Rotations and conjugations. Those of a polynomial are its bootstraps'.
    pub rotations: u64,
    /// Of the diagonals of a linear node, encoded ahead, to the byte.
    pub encoded_bytes: u64,
    /// Of their coefficients alone.
    pub compact_bytes: u64,
}

impl Program<'_> {
    /// The program on one image, run without numbers: the same operations at the same levels as on ciphertexts, priced by the
    /// table of `prices`. `keys` are those of [`Program::keys`], and `plans` those of [`Program::plans`].
    ///
    /// A plan knows the numbers of diagonals, and prices all layers of one number alike; here baby steps and giant steps are
    /// those of the matrices. One layer is in memory at a time.
    ///
    /// # Errors
    /// When the program is none for these parameters.
    pub fn forecast(
        &self,
        prices: &Prices,
        context: &Context,
        keys: &[(BootstrapKey, KeyRequest)],
        plans: &Plans,
    ) -> Result<Vec<Forecast>, InferError> {
        let scheme = context.parameters().scheme();
        let counter = || Counter::counting(scheme.clone(), prices.table().clone());
        // Keys of layers have as few special primes as serve their level, those of bootstraps and products have all.
        let (layers, others) = (counter().with_special(prices.special().to_vec()), counter());
        let bootstraps = Bootstraps::new(&others, plans.clone())?;
        let mut on_layers = Runner::new(self, &layers, &bootstraps);
        let on_others = Runner::new(self, &others, &bootstraps);
        let lowered = self.lowered();
        let input = lowered.layout(lowered.graph().input());
        let (count, slots) = (
            input.ciphertexts(lowered.slots()),
            input.period(lowered.slots()),
        );
        let top = Level::new(self.top() as u64)?;
        let images = (0..count).map(|_| layers.ciphertext(slots, top));
        let mut state = on_layers.start(images.collect::<Result<_, CircuitError>>()?);
        let mut found = vec![];
        for ((id, _), stage) in lowered.graph().iter().zip(lowered.stages()) {
            if self.place(id).is_none()
                || matches!(stage, Stage::Input | Stage::Constant | Stage::View(_))
            {
                continue;
            }
            on_layers.encode(id, false)?;
            let bytes = on_layers
                .transforms()
                .map(|t| transform_bytes(context, keys, t.transform(), t.level()));
            let encoded_bytes = bytes.sum();
            let compact = on_layers.transforms().map(|t| compact_bytes(t.transform()));
            let compact_bytes = compact.sum();
            let linear = matches!(stage, Stage::Linear(_));
            let (counter, runner) = if linear {
                (&layers, &on_layers)
            } else {
                (&others, &on_others)
            };
            let before = counter.cost();
            runner.step(&mut state)?;
            let after = counter.cost();
            on_layers.forget(id);
            found.push(Forecast {
                node: id,
                seconds: after.seconds - before.seconds,
                rotations: after.rotations() - before.rotations(),
                encoded_bytes,
                compact_bytes,
            });
        }
        Ok(found)
    }
}

/// The bytes of all layers where `most` are for values: one after another is encoded while the bytes before are fewer, and of
/// those that follow coefficients are kept.
#[must_use]
pub fn ahead(layers: &[Forecast], most: u64) -> u64 {
    let mut bytes = 0;
    for layer in layers {
        bytes += match bytes < most {
            true => layer.encoded_bytes,
            false => layer.compact_bytes,
        };
    }
    bytes
}
