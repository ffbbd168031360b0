//! What is said of a bootstrap before it runs.

use num_complex::Complex64;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::Serialize;

use super::{
    error::{Failure, Outcome},
    memory, output,
};
use crate::{
    analyze::CostTable,
    bootstrap::{Bootstrapper, EvalMod, Order, Overflow, OverflowLiteral, Plan, SlotKind},
    ckks::{BootstrapMemory, Context, Parameters},
    infer::{bootstrap_seconds, how, least_slots},
    sim::Simulator,
};

/// What noise and messages are drawn from where nobody gives a seed.
pub(super) const SEED: u64 = 1;
/// Threads that memory is told for where no machine is meant: each further one takes a few polynomials of one prime.
const THREADS: usize = 2;
/// Errors below 2^-60 are beyond f64.
const MOST_BITS: f64 = 60.0;

/// The bootstrap of so many slots of that kind.
pub(super) fn plan(parameters: &Parameters, slots: usize, kind: SlotKind) -> Outcome<Plan> {
    let how = how(parameters)?;
    let (least, most) = (least_slots(how), parameters.log_n().max_slots());
    if !slots.is_power_of_two() || !(least..=most).contains(&slots) {
        return Err(Failure::Usage(format!(
            "{slots} slots cannot be bootstrapped; their number must be a power of two from {least} to {most}"
        )));
    }
    Ok(Plan::new(parameters.scheme(), how, slots, kind)?)
}

/// Bits that are left of messages: −log2 of the errors of real and imaginary parts.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Precision {
    /// Mean of the bits.
    pub(super) mean_bits: f64,
    /// Of the largest error.
    pub(super) min_bits: f64,
}

impl Precision {
    /// Of real parts alone where slots are real.
    pub(super) fn new(found: &[Complex64], exact: &[Complex64], kind: SlotKind) -> Self {
        let parts = if kind == SlotKind::Complex { 2 } else { 1 };
        let errors = found.iter().zip(exact).flat_map(|(x, y)| {
            let error = x - y;
            [error.re, error.im].into_iter().take(parts)
        });
        let (mut sum, mut count, mut min_bits) = (0.0, 0.0, MOST_BITS);
        for error in errors {
            let bits = (-error.abs().log2()).min(MOST_BITS);
            sum += bits;
            count += 1.0;
            min_bits = bits.min(min_bits);
        }
        Self {
            mean_bits: sum / count,
            min_bits,
        }
    }

    /// What the simulator leaves of messages all over [−1, 1], encrypted under the secret key: hardly an error of that is
    /// in it.
    pub(super) fn simulated(parameters: &Parameters, plan: &Plan) -> Outcome<Self> {
        let simulator = Simulator::new(parameters.scheme().clone(), SEED);
        let bootstrapper = Bootstrapper::new(&simulator, plan.clone())?;
        let level = plan.input_level();
        let messages: Vec<_> = (0..plan.inputs() as u64)
            .map(|i| uniform(plan.slots(), plan.kind(), SEED + i))
            .collect();
        let inputs = messages.iter().zip(0..);
        let inputs = inputs.map(|(message, nonce)| simulator.encrypt_secret(message, level, nonce));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let outputs = bootstrapper.bootstrap(&simulator, &inputs)?;
        let found: Vec<_> = outputs.iter().flat_map(|x| simulator.decrypt(x)).collect();
        let found: Vec<_> = found.into_iter().copied().collect();
        Ok(Self::new(&found, &messages.concat(), plan.kind()))
    }
}

/// Seconds by the analyzer, of one thread.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Time {
    pub(super) seconds: f64,
    /// Whose seconds.
    pub(super) machine: String,
}

impl Time {
    /// Of one bootstrap, once its transforms are encoded.
    pub(super) fn forecast(parameters: &Parameters, plan: &Plan) -> Outcome<Self> {
        let table = CostTable::shipped()?;
        let machine = table.provenance().machine.clone();
        Ok(Self {
            seconds: bootstrap_seconds(parameters, &table, plan)?,
            machine,
        })
    }
}

/// Slots whose parts are uniform in [−1, 1].
pub(super) fn uniform(slots: usize, kind: SlotKind, seed: u64) -> Vec<Complex64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    drawn(slots, kind, || symmetric(&mut rng))
}

/// Uniform in [−1, 1), of 53 bits.
pub(super) fn symmetric(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * 0.5f64.powi(52) - 1.0
}

/// Slots of that kind with such parts, each drawn once.
pub(super) fn drawn(slots: usize, kind: SlotKind, mut part: impl FnMut() -> f64) -> Vec<Complex64> {
    let slot = |_| {
        let re = part();
        let im = if kind == SlotKind::Complex {
            part()
        } else {
            0.0
        };
        Complex64::new(re, im)
    };
    (0..slots).map(slot).collect()
}

/// log2 of a bound of the probability that one bootstrap meets a larger integer than it expects; none if it cannot.
pub(super) fn log2_failure(parameters: &Parameters, plan: &Plan) -> Outcome<Option<f64>> {
    let how = how(parameters)?;
    let real = plan.kind() == SlotKind::Real && plan.slots_to_coeffs_first();
    let overflow = Overflow::new(&OverflowLiteral {
        hamming_weight: parameters.scheme().encapsulation()?,
        coefficients: plan.slots() as u64 * if real { 1 } else { 2 },
        integers: how.eval_mod.integers,
        log_message_ratio: how.eval_mod.log_message_ratio,
    })?;
    Ok(overflow.log2_of_job(1))
}

/// How parameters bootstrap all their slots.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) order: Order,
    /// Where complex slots begin, and where they end.
    pub(super) input_level: u8,
    pub(super) output_level: u8,
    /// Between two bootstraps.
    pub(super) levels_left: u32,
    /// Bits of the levels that circuits have.
    pub(super) level_bits: u32,
    pub(super) log2_message_ratio: f64,
    /// log2 of the certified error of the modular reduction.
    pub(super) log2_eval_mod_error: f64,
    /// Of uniform messages, by the simulator.
    pub(super) complex: Precision,
    pub(super) real: Precision,
    /// Absent if an overflow is impossible.
    pub(super) log2_failure: Option<f64>,
    /// Of complex slots.
    pub(super) forecast: Time,
    /// Of complex slots on two threads.
    pub(super) memory: BootstrapMemory,
    pub(super) peak_bytes: u64,
}

impl Figures {
    /// Of parameters with `bootstrapping`.
    pub(super) fn new(parameters: &Parameters) -> Outcome<Self> {
        let (scheme, how) = (parameters.scheme(), how(parameters)?);
        let slots = parameters.log_n().max_slots();
        let eval_mod = EvalMod::new(&how.eval_mod)?;
        let log2_eval_mod_error = eval_mod.error().log2();
        let plan = |kind| Plan::with_eval_mod(scheme, how, slots, kind, eval_mod.clone());
        let (complex, real) = (plan(SlotKind::Complex)?, plan(SlotKind::Real)?);
        let context = Context::new(parameters.clone())?;
        let memory = BootstrapMemory::new(&context, &[&complex], THREADS)?;
        let output = complex.output_level().get();
        Ok(Self {
            order: how.order,
            input_level: complex.input_level().get(),
            output_level: output,
            levels_left: complex.levels_left(),
            level_bits: parameters.chain().q_bits()[usize::from(output)],
            log2_message_ratio: how.eval_mod.log_message_ratio,
            log2_eval_mod_error,
            log2_failure: log2_failure(parameters, &complex)?,
            forecast: Time::forecast(parameters, &complex)?,
            complex: Precision::simulated(parameters, &complex)?,
            real: Precision::simulated(parameters, &real)?,
            memory,
            peak_bytes: memory.peak(),
        })
    }

    /// The same in words.
    pub(super) fn tell(&self) -> Outcome<()> {
        output::line(format!(
            "  bootstrapping  {} levels left, from level {} to {}; {}",
            self.levels_left, self.output_level, self.input_level, self.order
        ))?;
        output::line(format!(
            "  message ratio  2^{}; the modular reduction errs by 2^{:.2} at most, certified; an overflow is {}",
            self.log2_message_ratio,
            self.log2_eval_mod_error,
            self.failure()
        ))?;
        output::line(format!(
            "  precision      complex slots {:.1} bits in the mean and {:.1} at least, real ones {:.1} and {:.1} (simulated, uniform messages)",
            self.complex.mean_bits, self.complex.min_bits, self.real.mean_bits, self.real.min_bits
        ))?;
        output::line(format!(
            "  its time       {:.2} s for complex slots ({})",
            self.forecast.seconds, self.forecast.machine
        ))?;
        output::line(format!(
            "  its memory     {} keys of {} ({} in files), transforms {}; {} in all at its height",
            self.memory.keys,
            memory::human(self.memory.key_bytes),
            memory::human(self.memory.key_file_bytes),
            memory::human(self.memory.transform_bytes),
            memory::human(self.peak_bytes)
        ))
    }

    /// How probable an overflow is.
    pub(super) fn failure(&self) -> String {
        let known = |log2: f64| format!("2^{log2:.1}");
        self.log2_failure.map_or("impossible".into(), known)
    }
}
