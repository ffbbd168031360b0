//! `equiripple simulate --bootstrap`: what `bootstrap` would give, without keys.

use std::process::ExitCode;

use equiripple_reports::write::write_atomic;
use num_complex::Complex64;
use serde::Serialize;

use super::Args;
use crate::{
    bootstrap::{Bootstrapper, Order, SlotKind},
    circuit::{CircuitError, Evaluator, lowered},
    cli::{
        bootstrapping::{self, Precision, Time},
        error::{Failure, Outcome},
        files,
        forecast::tell_time,
        number, output,
        progress::Bar,
        values::{self, Packed},
    },
    sim::Simulator,
};

#[derive(Serialize)]
struct Summary {
    values: usize,
    slots: usize,
    kind: SlotKind,
    order: Order,
    level_in: u8,
    /// Where bootstrapping begins, after a ciphertext that is higher is brought down.
    level_begin: u8,
    level_out: u8,
    levels_left: u32,
    /// log2 of the certified error of the modular reduction.
    log2_eval_mod_error: f64,
    /// What is left of the values.
    precision: Precision,
    forecast: Time,
}

impl Args {
    /// The slots, and how many of them are values: all of them uniform where no file is given.
    fn messages(&self, max_slots: usize, kind: SlotKind) -> Outcome<(Vec<Complex64>, usize)> {
        if let Some(path) = &self.values {
            let packed = Packed::read(path, self.slots, max_slots)?;
            return Ok((packed.values.complex(), packed.count));
        }
        let slots = self.slots.unwrap_or(max_slots);
        values::check_slots(slots, max_slots)?;
        Ok((bootstrapping::uniform(slots, kind, self.seed), slots))
    }

    pub(super) fn bootstrap(&self) -> Outcome {
        let parameters = files::parameters(&self.params)?;
        let how = crate::infer::how(&parameters)?;
        let kind = match self.real {
            true => SlotKind::Real,
            false => SlotKind::Complex,
        };
        let (inputs, count) = self.messages(parameters.log_n().max_slots(), kind)?;
        let bar = Bar::new(0, "simulating");
        let plan = bootstrapping::plan(&parameters, inputs.len(), kind)?;
        let (begin, max_level) = (plan.input_level(), parameters.max_level());
        let level = self
            .level
            .map_or(Ok(begin), |l| number::level(l, max_level))?;
        if level < begin {
            return Err(Failure::Usage(format!(
                "--level {level} is out of range; this bootstrap begins at level {begin}, so give one from {begin} to {max_level}"
            )));
        }
        let simulator = Simulator::new(parameters.scheme().clone(), self.seed);
        let bootstrapper = Bootstrapper::new(&simulator, plan)?;
        let plan = bootstrapper.plan();
        let input = simulator.encrypt(&inputs, level, 0)?;
        let result = lowered(&simulator, &input, begin)
            .and_then(|input| bootstrapper.bootstrap(&simulator, &[input]))
            .map_err(|error| out_of_range(error, &inputs, how.order))?;
        let shape = simulator.shape(&result[0]);
        let found = &simulator.decrypt(&result[0])[..count];
        let forecast = Time::forecast(&parameters, plan)?;
        drop(bar);
        let summary = Summary {
            values: count,
            slots: inputs.len(),
            kind,
            order: how.order,
            level_in: level.get(),
            level_begin: begin.get(),
            level_out: shape.level.get(),
            levels_left: plan.levels_left(),
            log2_eval_mod_error: plan.eval_mod().error().log2(),
            precision: Precision::new(found, &inputs, kind),
            forecast,
        };
        if let Some(path) = &self.out {
            write_atomic(path, values::to_csv(found, self.real).as_bytes())?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            self.tell_bootstrap(&summary)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn tell_bootstrap(&self, s: &Summary) -> Outcome<()> {
        output::line(format!(
            "bootstrapping {} values in {} {} slots, noise of seed {}",
            s.values, s.slots, s.kind, self.seed
        ))?;
        output::line(format!(
            "  levels           from {} to {}: {} between two bootstraps",
            s.level_begin, s.level_out, s.levels_left
        ))?;
        output::line(format!(
            "  precision        {:.2} bits in the mean, {:.2} at least",
            s.precision.mean_bits, s.precision.min_bits
        ))?;
        output::line(format!(
            "  reduction        errs by 2^{:.2} at most, certified",
            s.log2_eval_mod_error
        ))?;
        tell_time(s.forecast.seconds, &s.forecast.machine)?;
        match &self.out {
            Some(path) => output::line(format!("  written          {}", path.display())),
            None => Ok(()),
        }
    }
}

/// Says of a message out of range which values are, and what to divide them by.
fn out_of_range(error: CircuitError, inputs: &[Complex64], order: Order) -> Failure {
    let most = match error {
        CircuitError::CoefficientBound { bound, .. } => Some(bound),
        CircuitError::Overflow { .. } => None,
        other => return other.into(),
    };
    let part = |x: &Complex64| x.re.abs().max(x.im.abs());
    let largest = inputs.iter().map(part).enumerate();
    let largest = largest.max_by(|a, b| a.1.total_cmp(&b.1));
    match (largest, order) {
        (Some((slot, part)), Order::SlotsToCoeffsFirst) if part > 1.0 => {
            let bound = most.map(|most| format!(", and at most {most} with their noise"));
            Failure::Usage(format!(
                "slot {slot} holds {}, and a bootstrap takes real and imaginary parts from -1 to 1{}; divide all values by {} before they are encrypted, and multiply the results by it",
                inputs[slot],
                bound.unwrap_or_default(),
                part.ceil()
            ))
        }
        _ => error.into(),
    }
}
