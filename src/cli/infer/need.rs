//! Keys and memory that a program takes, before any is made.

use crate::{
    ckks::{
        BootstrapMemory, Context,
        keys::{BootstrapKey, EncapsulationKeys, KeyRequest},
        memory::switching_key_bytes,
    },
    cli::{error::Outcome, memory},
    infer::{Plans, Program},
};

/// What all takes but layers that are encoded ahead.
pub(super) struct Need {
    /// Besides those of the ephemeral secret.
    pub(super) keys: Vec<(BootstrapKey, KeyRequest)>,
    pub(super) key_bytes: u64,
    /// Of encoded bootstraps.
    pub(super) bootstrap_bytes: u64,
    /// Of what is computed.
    pub(super) working_bytes: u64,
}

impl Need {
    pub(super) fn new(
        program: &Program<'_>,
        context: &Context,
        plans: &Plans,
        special: &[usize],
    ) -> Outcome<Self> {
        let plans: Vec<_> = plans.values().collect();
        let keys = program.keys(context, &plans, special)?;
        let mut key_bytes = EncapsulationKeys::size(context)?;
        for (_, request) in &keys {
            key_bytes += switching_key_bytes(context, *request)?;
        }
        let bootstraps = BootstrapMemory::new(context, &plans, rayon::current_num_threads())?;
        Ok(Self {
            keys,
            key_bytes,
            bootstrap_bytes: bootstraps.transform_bytes,
            working_bytes: bootstraps.working_bytes + bootstraps.table_bytes,
        })
    }

    /// Refuses, before keys are made or read, what takes more memory together with layers that are encoded ahead than
    /// `most` or, without it, than the machine has left.
    pub(super) fn fits(&self, encoded: u64, most: Option<u64>) -> Outcome<()> {
        let parts = [
            ("keys", self.key_bytes),
            ("bootstraps", self.bootstrap_bytes),
            ("layers that are encoded ahead", encoded),
            ("what is computed", self.working_bytes),
        ];
        memory::fits(
            "this network",
            &parts,
            most,
            "lower --encoded-memory, take a smaller set (`equiripple params --bootstrap`), or polynomials of fewer levels",
        )
    }

    /// All of it.
    pub(super) const fn bytes(&self) -> u64 {
        self.key_bytes + self.bootstrap_bytes + self.working_bytes
    }
}
