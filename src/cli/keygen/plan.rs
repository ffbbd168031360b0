//! Which evaluation keys are made.

use std::collections::BTreeSet;

use crate::{
    ckks::{
        CkksError, Context,
        keys::{KeyGenerator, KeyRequest},
        serial::EvaluationKey,
    },
    cli::{
        error::{Failure, Outcome},
        number,
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

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Relinearization,
    Rotation(usize),
    Conjugation,
}

/// One key to make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned {
    what: Use,
    request: KeyRequest,
}

/// What is asked for.
pub(super) struct Wanted<'a> {
    pub(super) levels: &'a [u64],
    pub(super) special: Option<usize>,
    pub(super) rotations: &'a [Rotations],
    pub(super) conjugation: bool,
}

impl Wanted<'_> {
    /// All keys, each once, after a check that these parameters have them.
    pub(super) fn plan(&self, context: &Context) -> Outcome<Vec<Planned>> {
        let full = KeyRequest::full(context);
        let level = |l: &u64| number::level(*l, full.level);
        let mut levels = self.levels.iter().map(level).collect::<Outcome<Vec<_>>>()?;
        if levels.is_empty() {
            levels.push(full.level);
        }
        let mut keys = BTreeSet::<(Use, Level)>::new();
        for l in &levels {
            keys.insert((Use::Relinearization, *l));
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
        let planned = |(what, level)| {
            let request = KeyRequest { level, special };
            request.check(context)?;
            Ok(Planned { what, request })
        };
        keys.into_iter().map(planned).collect()
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
    /// Its file: the level is in the name unless it is the highest.
    pub(super) fn name(&self, context: &Context) -> String {
        let what = match self.what {
            Use::Relinearization => "relinearization".into(),
            Use::Rotation(k) => format!("rotation-{k}"),
            Use::Conjugation => "conjugation".into(),
        };
        match self.request.level {
            level if level == context.parameters().max_level() => format!("eval/{what}.key"),
            level => format!("eval/{what}-level-{level}.key"),
        }
    }

    /// The key.
    pub(super) fn make(
        &self,
        generator: &KeyGenerator,
        context: &Context,
    ) -> Result<EvaluationKey, CkksError> {
        let request = self.request;
        Ok(match self.what {
            Use::Relinearization => {
                EvaluationKey::Relinearization(generator.relinearization_key(request)?)
            }
            Use::Rotation(k) => {
                let exponent = context.rotation_exponent(k);
                EvaluationKey::Galois(exponent, generator.rotation_key(k, request)?)
            }
            Use::Conjugation => {
                let exponent = context.conjugation_exponent();
                EvaluationKey::Galois(exponent, generator.conjugation_key(request)?)
            }
        })
    }
}
