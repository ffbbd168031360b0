//! What is measured.

use std::{sync::Arc, time::Instant};

use serde::Serialize;

use super::{
    Args,
    message::{Errors, Message, Precision},
};
use crate::{
    bootstrap::{Bootstrapper, Plan, SlotKind},
    circuit::Evaluator,
    ckks::{
        CkksEvaluator, Context, Decryptor, Encryptor, Parameters,
        keys::{KeyGenerator, bootstrap_keys},
        params::sets::NamedSet,
    },
    cli::{
        bench::{
            clock::Clock,
            peer::{Peer, PeerBootstrap},
        },
        bootstrapping::{self, Time},
        error::Outcome,
        memory,
        progress::Bar,
    },
    ring::{Backend, sampler::MasterSeed},
    sim::Simulator,
};

#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) backend: &'static str,
    pub(super) clock: &'static str,
    pub(super) messages: u64,
    seed: u64,
    pub(super) rows: Vec<Row>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) peers: Vec<Peer<PeerBootstrap>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) set: &'static str,
    pub(super) log_n: u8,
    log_qp: f64,
    pub(super) slots: usize,
    pub(super) kind: SlotKind,
    pub(super) threads: usize,
    pub(super) message: Message,
    /// Median of the messages.
    pub(super) seconds: f64,
    min_seconds: f64,
    /// What the analyzer says, on one thread.
    predicted_seconds: f64,
    #[serde(flatten)]
    pub(super) precision: Precision,
    /// Of as many messages.
    pub(super) simulated: Precision,
    pub(super) levels_left: u32,
    /// log2 of the probability that a multiple of q0 is larger than expected; none where that is impossible.
    pub(super) failure_log2: Option<f64>,
    /// The least of all published keys.
    security_bits: Option<f64>,
    key_count: usize,
    pub(super) key_bytes: u64,
    transform_bytes: u64,
    pub(super) keygen_seconds: f64,
    encode_seconds: f64,
    /// Of the process, keys and transforms included.
    pub(super) peak_memory_bytes: Option<u64>,
}

pub(super) fn report(args: &Args, sets: &[&'static NamedSet], threads: usize) -> Outcome<Report> {
    let mut rows = vec![];
    let clock = Clock::pick(threads);
    for set in sets {
        let parameters = Parameters::new(set.literal())?;
        let max = parameters.log_n().max_slots();
        let all = if args.slots.is_empty() {
            vec![max]
        } else {
            args.slots.clone()
        };
        for slots in all {
            let kinds = [
                (SlotKind::Complex, args.complex || !args.real),
                (SlotKind::Real, args.real),
            ];
            for (kind, wanted) in kinds {
                if wanted {
                    let plan = bootstrapping::plan(&parameters, slots, kind)?;
                    rows.extend(measured(args, set, &parameters, plan, threads, clock)?);
                }
            }
        }
    }
    Ok(Report {
        backend: Backend::detect()?.name(),
        clock: clock.name(),
        messages: args.messages,
        seed: args.seed,
        rows,
        peers: vec![],
    })
}

/// A row for each kind of messages, all under the same keys.
fn measured(
    args: &Args,
    set: &'static NamedSet,
    parameters: &Parameters,
    plan: Plan,
    threads: usize,
    clock: Clock,
) -> Outcome<Vec<Row>> {
    let literal = parameters.literal();
    let predicted_seconds = Time::forecast(parameters, &plan)?.seconds;
    let context = Context::new(parameters.clone())?;
    let generator = KeyGenerator::new(&context, &seed(args.seed, b"keys"))?;
    let wanted = bootstrap_keys(&context, &[&plan])?;
    let bar = Bar::new(wanted.len() as u64, "keys");
    let start = Instant::now();
    let keys = generator.bootstrap_evaluation_keys(&context, &[&plan], |_, _| bar.step("keys"))?;
    let keygen_seconds = start.elapsed().as_secs_f64();
    drop(bar);
    let key_bytes = keys.bytes() as u64;
    let evaluator = CkksEvaluator::new(&context, Arc::new(keys))?;
    let start = Instant::now();
    let bootstrapper = Bootstrapper::new(&evaluator, plan)?;
    let encode_seconds = start.elapsed().as_secs_f64();
    let plan = bootstrapper.plan();
    let (slots, kind) = (plan.slots(), plan.kind());
    let transform_bytes = bootstrapper.transforms().map(|t| t.bytes() as u64).sum();

    let decryptor = Decryptor::new(&context, generator.secret_key())?;
    let mut encryptor = Encryptor::new(&context, &seed(args.seed, b"send"));
    let mut rows = vec![];
    for &message in &args.message {
        let simulated = simulated(args, parameters, plan, message)?;
        let bar = Bar::new(args.messages + 1, "bootstraps");
        let mut errors = Errors::default();
        let mut times = vec![];
        for number in 0..=args.messages {
            let values = message.slots(slots, kind, args.seed, number);
            let scale = evaluator.scheme().scale(plan.input_level());
            let plaintext = context.encode(&values, plan.input_level(), scale)?;
            let input = [encryptor.encrypt_secret(generator.secret_key(), &plaintext)?];
            let (seconds, output) =
                clock.once(|| Ok(bootstrapper.bootstrap(&evaluator, &input)?))?;
            bar.step("bootstraps");
            // The first one warms up.
            if number == 0 {
                continue;
            }
            times.push(seconds);
            for output in &output {
                errors.add(&decryptor.decrypt(output)?, &values, kind);
            }
        }
        times.sort_by(f64::total_cmp);
        rows.push(Row {
            set: set.name,
            log_n: literal.log_n,
            log_qp: parameters.chain().log_qp().into(),
            slots,
            kind,
            threads,
            message,
            seconds: times[times.len() / 2],
            min_seconds: times[0],
            predicted_seconds,
            precision: errors.precision(),
            simulated,
            levels_left: plan.levels_left(),
            failure_log2: bootstrapping::log2_failure(parameters, plan)?,
            security_bits: parameters
                .security()
                .iter()
                .filter_map(|key| key.interpolated_bits)
                .min_by(f64::total_cmp),
            key_count: wanted.len(),
            key_bytes,
            transform_bytes,
            keygen_seconds,
            encode_seconds,
            peak_memory_bytes: memory::peak(),
        });
    }
    Ok(rows)
}

/// For one use: 32 bytes.
fn seed(number: u64, purpose: &[u8; 4]) -> MasterSeed {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    bytes[8..12].copy_from_slice(purpose);
    MasterSeed::from_bytes(bytes)
}

/// As many messages on the simulator, its secret and errors from the same seed.
fn simulated(
    args: &Args,
    parameters: &Parameters,
    plan: &Plan,
    message: Message,
) -> Outcome<Precision> {
    let simulator = Simulator::new(parameters.scheme().clone(), args.seed);
    let bootstrapper = Bootstrapper::new(&simulator, plan.clone())?;
    let mut errors = Errors::default();
    let bar = Bar::new(args.messages, "simulated");
    for number in 1..=args.messages {
        let values = message.slots(plan.slots(), plan.kind(), args.seed, number);
        let input = [simulator.encrypt_secret(&values, plan.input_level(), number)?];
        for output in bootstrapper.bootstrap(&simulator, &input)? {
            errors.add(simulator.decrypt(&output), &values, plan.kind());
        }
        bar.step("simulated");
    }
    Ok(errors.precision())
}
