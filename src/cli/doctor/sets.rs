//! Which named sets a machine can bootstrap.

use serde::Serialize;

use crate::{
    analyze::CostTable,
    bootstrap::SlotKind,
    ckks::{
        BootstrapMemory, Context, Parameters,
        params::sets::{NamedSet, SETS},
        security::SecurityEstimate,
    },
    cli::{bootstrapping, error::Outcome, progress::Bar},
    infer::bootstrap_seconds,
};

/// One bootstrap of all slots, complex ones.
#[derive(Debug, Serialize)]
pub(super) struct Fit {
    pub(super) set: &'static str,
    pub(super) log_n: u8,
    /// Between two bootstraps.
    pub(super) levels_left: u32,
    pub(super) key_bytes: u64,
    /// At the height.
    pub(super) memory_bytes: u64,
    /// Here, as far as transforms tell, on one thread.
    pub(super) seconds: f64,
    security: Vec<SecurityEstimate>,
    pub(super) fits: bool,
}

impl Fit {
    fn new(
        set: &'static NamedSet,
        parameters: &Parameters,
        limit: Option<u64>,
        slower: f64,
    ) -> Outcome<Self> {
        let slots = parameters.log_n().max_slots();
        let plan = bootstrapping::plan(parameters, slots, SlotKind::Complex)?;
        let context = Context::new(parameters.clone())?;
        let memory = BootstrapMemory::new(&context, &[&plan], rayon::current_num_threads())?;
        let seconds = bootstrap_seconds(parameters, &CostTable::shipped()?, &plan)?;
        Ok(Self {
            set: set.name,
            log_n: parameters.log_n().get(),
            levels_left: plan.levels_left(),
            key_bytes: memory.key_bytes,
            memory_bytes: memory.peak(),
            seconds: seconds * slower,
            security: parameters.security().to_vec(),
            fits: limit.is_none_or(|limit| memory.peak() <= limit),
        })
    }
}

/// All that protect something.
pub(super) fn all(limit: Option<u64>, slower: f64) -> Outcome<Vec<Fit>> {
    let bar = Bar::new(SETS.len() as u64, "planning");
    let mut found = vec![];
    for set in SETS {
        bar.step(set.name);
        let parameters = Parameters::new(set.literal())?;
        if parameters.is_secure() {
            found.push(Fit::new(set, &parameters, limit, slower)?);
        }
    }
    Ok(found)
}
