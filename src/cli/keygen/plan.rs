//! Which evaluation keys are made.

use std::collections::BTreeSet;

use crate::{
    bootstrap::Plan,
    ckks::{
        CkksError, Context,
        keys::{BootstrapKey as Use, EvaluationKey, KeyGenerator, KeyRequest, bootstrap_keys},
    },
    cli::{
        error::{Failure, Outcome},
        files, number,
    },
    quantity::Level,
};

/// Rotations to the left, and the level of their keys where it is a level of their own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rotations {
    steps: Vec<usize>,
    level: Option<u64>,
}

/// Reads `1,2,4` or `1,2,4@10`.
pub(super) fn rotations(text: &str) -> Result<Rotations, String> {
    let (steps, level) = match text.split_once('@') {
        None => (text, None),
        Some((steps, level)) => {
            let parsed = level.trim().parse();
            let parsed = parsed
                .map_err(|_| format!("`{level}` is no level; write 1,2,4@10 for keys at level 10"));
            (steps, Some(parsed?))
        }
    };
    let step = |text: &str| {
        let step = text.trim().parse();
        step.map_err(|_| format!("`{text}` is no rotation; write 1,2,4, or 1,2,4@10"))
    };
    let steps = steps.split(',').map(step).collect::<Result<_, _>>()?;
    Ok(Rotations { steps, level })
}

/// One key to make.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Planned {
    what: Use,
    request: KeyRequest,
}

/// What is asked for.
pub(super) struct Wanted<'a> {
    pub(super) levels: &'a [u64],
    pub(super) special: Option<usize>,
    pub(super) rotations: &'a [Rotations],
    pub(super) conjugation: bool,
    /// Bootstraps that keys are made for.
    pub(super) bootstraps: &'a [Plan],
}

impl Wanted<'_> {
    /// All keys, each once, after a check that these parameters have them.
    pub(super) fn plan(&self, context: &Context) -> Outcome<Vec<Planned>> {
        let full = KeyRequest::full(context);
        let level = |l: &u64| number::level(*l, full.level);
        let mut levels = self.levels.iter().map(level).collect::<Outcome<Vec<_>>>()?;
        let mut keys = BTreeSet::<(Use, Level)>::new();
        // Bootstraps have a key of their own, for the level where they first need it.
        let relinearization = !levels.is_empty() || self.bootstraps.is_empty();
        if levels.is_empty() {
            levels.push(full.level);
        }
        for l in &levels {
            if relinearization {
                keys.insert((Use::Relinearization, *l));
            }
            if self.conjugation {
                keys.insert((Use::Conjugation, *l));
            }
        }
        for rotations in self.rotations {
            let own = rotations.level.as_ref().map(level).transpose()?;
            let levels = own.as_ref().map_or(&levels[..], std::slice::from_ref);
            for k in &rotations.steps {
                check_rotation(*k, context)?;
                keys.extend(levels.iter().map(|l| (Use::Rotation(*k), *l)));
            }
        }
        let special = self.special.unwrap_or(full.special);
        let asked = keys.into_iter().map(|(what, level)| {
            let request = KeyRequest { level, special };
            request.check(context)?;
            Ok(Planned { what, request })
        });
        let mut planned = asked.collect::<Result<Vec<_>, CkksError>>()?;
        let plans: Vec<&Plan> = self.bootstraps.iter().collect();
        for (what, request) in bootstrap_keys(context, &plans)? {
            if !planned
                .iter()
                .any(|p| p.what == what && p.request == request)
            {
                planned.push(Planned { what, request });
            }
        }
        Ok(planned)
    }
}

fn check_rotation(k: usize, context: &Context) -> Outcome<()> {
    let slots = context.parameters().log_n().max_slots();
    if (1..slots).contains(&k) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "a rotation by {k} is out of range; choose from 1 to {}, and {slots} − k for k to the right",
        slots - 1
    )))
}

impl Planned {
    /// A key that these parameters have.
    pub(in crate::cli) const fn new(what: Use, request: KeyRequest) -> Self {
        Self { what, request }
    }

    /// Its file: level and special primes are in the name where they are not those of the parameters.
    pub(super) fn name(&self, context: &Context) -> String {
        let what = match self.what {
            Use::Relinearization => "relinearization".into(),
            Use::Rotation(k) => format!("rotation-{k}"),
            Use::Conjugation => "conjugation".into(),
        };
        let full = KeyRequest::full(context);
        let KeyRequest { level, special } = self.request;
        let level = (level != full.level).then(|| format!("-level-{level}"));
        let special = (special != full.special).then(|| format!("-special-{special}"));
        let (level, special) = (level.unwrap_or_default(), special.unwrap_or_default());
        format!("{}/{what}{level}{special}.key", files::EVALUATION)
    }

    /// The key.
    pub(super) fn make(&self, generator: &KeyGenerator) -> Result<EvaluationKey, CkksError> {
        generator.evaluation_key(self.what, self.request)
    }
}
