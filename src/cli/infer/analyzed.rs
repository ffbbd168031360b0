//! A program on the analyzer: exact slots, and what their errors are expected to be.

use super::{
    client::complex,
    need::{Need, Planned},
    session::{Answer, Watch, steps, walked},
    trace::{Expected, Seen, Tracing},
};
use crate::{
    analyze::{Analyzer, Ciphertext, Part, Secret},
    cli::{error::Outcome, progress::Bar},
    infer::{Bootstraps, Program, Runner},
    quantity::Level,
};

/// log2 of the probability that any slot of a result errs by more than is said.
const FAILURE: f64 = -20.0;

/// Slots with the deviations of their errors.
pub(super) struct Analyzed<'a> {
    program: &'a Program<'a>,
    need: &'a Need,
    analyzer: Analyzer,
    bootstraps: Bootstraps<Analyzer>,
}

impl<'a> Analyzed<'a> {
    pub(super) fn new(planned: &'a Planned<'a>) -> Outcome<Self> {
        let scheme = planned.context.parameters().scheme();
        let analyzer = Analyzer::new(scheme.clone(), planned.prices.table().clone());
        Ok(Self {
            bootstraps: Bootstraps::new(&analyzer, planned.plans.clone())?,
            program: &planned.program,
            need: &planned.need,
            analyzer,
        })
    }

    /// Of a batch of images. Seconds are modelled, of one thread.
    pub(super) fn answer(
        &self,
        image: &[f32],
        nonce: u64,
        mut trace: Option<&mut Tracing<'_>>,
    ) -> Outcome<Answer> {
        let lowered = self.program.lowered();
        let top = Level::new(self.program.top() as u64)?;
        let packed = lowered.packed(image).into_iter().zip(nonce << 16..);
        let input = packed.map(|(slots, nonce)| {
            let values = complex(slots);
            self.analyzer.encrypt(&values, values.len(), top, nonce)
        });
        let input = input.collect::<Result<Vec<_>, _>>()?;
        let runner = Runner::new(self.program, &self.analyzer, &self.bootstraps);
        let bar = Bar::new(steps(self.program), "analyzed");
        let see = |id, result: &[_]| {
            if let Some(trace) = trace.as_deref_mut() {
                trace.node(id, &self.seen(result)?);
            }
            Ok(())
        };
        let (state, mut watch) = (runner.start(input), Watch::new(&bar));
        let result = walked(self.program, &runner, state, &mut watch, see, |_, _| Ok(()))?;
        let slots: Vec<_> = result.iter().map(|x| self.slots(x)).collect();
        let nodes = self.need.nodes.iter();
        Ok(Answer {
            logits: lowered.unpacked(&slots),
            seconds: self.need.seconds(),
            cpu_seconds: None,
            nodes: nodes.map(|node| (node.node, node.seconds)).collect(),
            resumed: false,
        })
    }

    /// All slots: values may repeat sooner.
    fn slots(&self, x: &Ciphertext) -> Vec<f64> {
        let values = self.analyzer.values(x).iter().map(|value| value.re).cycle();
        values.take(x.shape().slots).collect()
    }

    fn seen(&self, result: &[Ciphertext]) -> Outcome<Seen> {
        let (mut slots, mut deviations, mut bound) = (vec![], vec![], 0.0f64);
        for x in result {
            let report = self.analyzer.report(x);
            let bits = report.bound(Part::Real, Secret::Random, FAILURE)?;
            bound = bound.max(bits.error());
            deviations.push(report.real_deviations);
            slots.push(self.slots(x));
        }
        let expected = Some(Expected { deviations, bound });
        Ok(Seen { slots, expected })
    }
}
