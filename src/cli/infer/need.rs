//! Keys and memory that a program takes, before any is made.

use crate::{
    ckks::{
        BootstrapMemory, Context,
        keys::{BootstrapKey, EncapsulationKeys, KeyRequest},
        memory::switching_key_bytes,
    },
    cli::error::Outcome,
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
        // Of a layer that is not encoded ahead, what makes one ciphertext of its result is encoded at a time.
        let mut row_bytes = 0;
        for (id, _) in program.lowered().graph().iter() {
            let bytes = program.encoded_bytes(id, context, special)?;
            let rows = program
                .lowered()
                .layout(id)
                .ciphertexts(program.lowered().slots());
            row_bytes = bytes.div_ceil(rows as u64).max(row_bytes);
        }
        Ok(Self {
            keys,
            key_bytes,
            bootstrap_bytes: bootstraps.transform_bytes,
            working_bytes: bootstraps.working_bytes + bootstraps.table_bytes + row_bytes,
        })
    }

    /// All of it.
    pub(super) const fn bytes(&self) -> u64 {
        self.key_bytes + self.bootstrap_bytes + self.working_bytes
    }
}
