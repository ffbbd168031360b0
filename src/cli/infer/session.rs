//! A program with keys and encoded bootstraps on one backend, ready for images.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use super::{
    client::{self, complex, real},
    description::Interface,
    need::{Need, Planned},
    store::Store,
    trace::{Seen, Tracing},
};
use crate::{
    circuit::ModRaise,
    ckks::{
        Ciphertext, CkksEvaluator, Context,
        keys::{EvaluationKeys, KeyGenerator},
    },
    cli::{cpu, error::Outcome, progress::Bar},
    infer::{Bootstraps, InferError, Plans, Program, Results, Runner, State},
    nn::{NodeId, lower::Stage},
    quantity::Level,
    ring::sampler::MasterSeed,
    sim::Simulator,
};

/// One image on a backend.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) logits: Vec<f64>,
    /// From the encrypted image to the encrypted logits.
    pub(super) seconds: f64,
    /// The same of all threads together; none where nothing was computed.
    pub(super) cpu_seconds: Option<f64>,
    /// Of every node that does something, bootstraps before it included.
    pub(super) nodes: BTreeMap<NodeId, f64>,
    /// Whether some of them were done before.
    pub(super) resumed: bool,
}

/// Takes seconds between nodes, without those that tracing takes.
pub(super) struct Watch<'b> {
    last: Instant,
    cpu: f64,
    cpu_seconds: f64,
    nodes: BTreeMap<NodeId, f64>,
    bar: &'b Bar,
}

impl<'b> Watch<'b> {
    pub(super) fn new(bar: &'b Bar) -> Self {
        Self {
            cpu: cpu::seconds(),
            cpu_seconds: 0.0,
            last: Instant::now(),
            nodes: BTreeMap::new(),
            bar,
        }
    }

    fn node(&mut self, id: NodeId, name: &str) {
        self.nodes.insert(id, self.last.elapsed().as_secs_f64());
        self.cpu_seconds += cpu::seconds() - self.cpu;
        self.bar.step(name);
        self.go_on();
    }

    /// What came since the last node does not count.
    fn go_on(&mut self) {
        self.cpu = cpu::seconds();
        self.last = Instant::now();
    }

    fn seconds(&self) -> f64 {
        self.nodes.values().sum()
    }
}

pub(super) fn steps(program: &Program<'_>) -> u64 {
    let stages = program.lowered().stages().iter();
    let done =
        stages.filter(|stage| !matches!(stage, Stage::View(_) | Stage::Input | Stage::Constant));
    done.count() as u64
}

/// From a state to the result of the network. `see` is shown what every node gives and takes no time of the watch; `keep` is
/// shown the same, and what it takes counts.
pub(super) fn walked<E>(
    program: &Program<'_>,
    runner: &Runner<'_, E>,
    mut state: State<E>,
    watch: &mut Watch<'_>,
    mut see: impl FnMut(NodeId, &[E::Ciphertext]) -> Outcome<()>,
    mut keep: impl FnMut(NodeId, &[E::Ciphertext]) -> Outcome<()>,
) -> Outcome<Results<E>>
where
    E: ModRaise,
    E::Error: Into<InferError>,
{
    let graph = program.lowered().graph();
    while let Some((id, result)) = runner.step(&mut state)? {
        watch.node(id, graph.node(id).name());
        see(id, &result)?;
        watch.go_on();
        keep(id, &result)?;
    }
    Ok(runner.result(state)?)
}

/// For one use: 32 bytes.
fn seed(number: u64, index: u64, purpose: &[u8; 4]) -> MasterSeed {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    bytes[8..16].copy_from_slice(&index.to_le_bytes());
    bytes[16..20].copy_from_slice(purpose);
    MasterSeed::from_bytes(bytes)
}

/// Slots with the noise of encryption.
pub(super) struct Simulated<'a> {
    program: &'a Program<'a>,
    simulator: Simulator,
    bootstraps: Bootstraps<Simulator>,
}

impl<'a> Simulated<'a> {
    pub(super) fn new(planned: &'a Planned<'a>, seed: u64) -> Outcome<Self> {
        let scheme = planned.context.parameters().scheme();
        let simulator = Simulator::new(scheme.clone(), seed);
        Ok(Self {
            bootstraps: Bootstraps::new(&simulator, planned.plans.clone())?,
            program: &planned.program,
            simulator,
        })
    }

    pub(super) fn answer(
        &self,
        image: &[f32],
        nonce: u64,
        mut trace: Option<&mut Tracing<'_>>,
    ) -> Outcome<Answer> {
        let lowered = self.program.lowered();
        let top = Level::new(self.program.top() as u64)?;
        let packed = lowered.packed(image).into_iter().zip(nonce << 16..);
        let input =
            packed.map(|(slots, nonce)| self.simulator.encrypt(&complex(slots), top, nonce));
        let input = input.collect::<Result<Vec<_>, _>>()?;
        let runner = Runner::new(self.program, &self.simulator, &self.bootstraps);
        let bar = Bar::new(steps(self.program), "simulated");
        let decrypted = |result: &[_]| -> Vec<Vec<f64>> {
            let each = result.iter().map(|x| real(self.simulator.decrypt(x)));
            each.collect()
        };
        let mut watch = Watch::new(&bar);
        let see = |id, result: &[_]| {
            if let Some(trace) = trace.as_deref_mut() {
                trace.node(id, &Seen::found(decrypted(result)));
            }
            Ok(())
        };
        let state = runner.start(input);
        let result = walked(self.program, &runner, state, &mut watch, see, |_, _| Ok(()))?;
        Ok(Answer {
            logits: lowered.unpacked(&decrypted(&result)),
            seconds: watch.seconds(),
            cpu_seconds: Some(watch.cpu_seconds),
            nodes: watch.nodes,
            resumed: false,
        })
    }
}

/// Everything that ciphertexts take, client and server in one.
pub(super) struct Encrypted<'a> {
    service: Service<'a>,
    interface: Interface,
    number: u64,
    generator: KeyGenerator,
}

/// A server with a program whose layers are encoded.
pub(super) struct Service<'a> {
    program: &'a Program<'a>,
    server: &'a Server,
    runner: Runner<'a, CkksEvaluator>,
}

/// One encrypted image through the network.
pub(super) struct Computed {
    pub(super) result: Results<CkksEvaluator>,
    /// From the encrypted image to the encrypted logits.
    pub(super) seconds: f64,
    /// The same of all threads together.
    pub(super) cpu_seconds: f64,
    /// Of every node that does something, bootstraps before it included.
    pub(super) nodes: BTreeMap<NodeId, f64>,
    /// Whether some of them were done before.
    pub(super) resumed: bool,
}

/// Keys and encoded bootstraps of a program.
pub(super) struct Server {
    evaluator: CkksEvaluator,
    bootstraps: Bootstraps<CkksEvaluator>,
    context: Context,
    pub(super) keys: usize,
    pub(super) key_bytes: u64,
    pub(super) transform_bytes: u64,
}

impl Server {
    /// With keys made from a number.
    pub(super) fn new(planned: &Planned<'_>, number: u64) -> Outcome<Self> {
        let Planned {
            context,
            plans,
            need,
            ..
        } = planned;
        let keys = generated(context, number, need)?;
        Self::with_keys(context, plans.clone(), need, keys)
    }

    /// With keys that are there.
    pub(super) fn with_keys(
        context: &Context,
        plans: Plans,
        need: &Need,
        keys: EvaluationKeys,
    ) -> Outcome<Self> {
        let evaluator = CkksEvaluator::new(context, Arc::new(keys))?;
        let bar = Bar::new(0, "encoding bootstraps");
        let bootstraps = Bootstraps::new(&evaluator, plans)?;
        drop(bar);
        let encoded = bootstraps.iter().flat_map(|b| b.transforms());
        Ok(Self {
            transform_bytes: encoded.map(|t| t.bytes() as u64).sum(),
            keys: need.keys.len(),
            key_bytes: need.memory.key_bytes,
            evaluator,
            bootstraps,
            context: context.clone(),
        })
    }
}

/// All keys, and those of the ephemeral secret.
fn generated(context: &Context, number: u64, need: &Need) -> Outcome<EvaluationKeys> {
    let generator = generator(context, number)?;
    let bar = Bar::new(need.keys.len() as u64, "keys");
    let mut keys = generator.no_evaluation_keys();
    keys.set_encapsulation(generator.encapsulation_keys()?)?;
    for (key, request) in &need.keys {
        generator
            .evaluation_key(*key, *request)?
            .add_to(&mut keys)?;
        bar.step("keys");
    }
    Ok(keys)
}

fn generator(context: &Context, number: u64) -> Outcome<KeyGenerator> {
    Ok(KeyGenerator::new(context, &seed(number, 0, b"keys"))?)
}

impl<'a> Service<'a> {
    /// With layers encoded ahead while all encoded plaintexts take no more than `most` bytes.
    pub(super) fn new(program: &'a Program<'a>, server: &'a Server, most: u64) -> Outcome<Self> {
        let mut runner = Runner::new(program, &server.evaluator, &server.bootstraps);
        let graph = program.lowered().graph();
        let bar = Bar::new(graph.nodes().len() as u64, "encoding layers");
        for (id, node) in graph.iter() {
            let bytes: u64 = runner.transforms().map(|t| t.bytes() as u64).sum();
            runner.encode(id, bytes >= most)?;
            bar.step(node.name());
        }
        Ok(Self {
            server,
            program,
            runner,
        })
    }

    /// Bytes of the layers that are encoded.
    pub(super) fn layer_bytes(&self) -> u64 {
        self.runner.transforms().map(|t| t.bytes() as u64).sum()
    }

    /// The image of that index. Where there is a store, results of layers are kept there, and a run that was cut off goes on
    /// from the last one that is whole.
    pub(super) fn compute(
        &self,
        index: u64,
        store: Option<&Store>,
        input: impl FnOnce() -> Outcome<Vec<Ciphertext>>,
        see: impl FnMut(NodeId, &[Ciphertext]) -> Outcome<()>,
    ) -> Outcome<Computed> {
        let bar = Bar::new(steps(self.program), "encrypted");
        let kept = store.and_then(|store| self.kept(store, index));
        let resumed = kept.is_some();
        let state = match kept {
            Some(state) => state,
            None => self.runner.start(input()?),
        };
        let mut watch = Watch::new(&bar);
        let keep = |id, result: &[_]| match store {
            Some(store) => store.keep(index, id, result, &self.server.context),
            None => Ok(()),
        };
        let result = walked(self.program, &self.runner, state, &mut watch, see, keep)?;
        Ok(Computed {
            seconds: watch.seconds(),
            cpu_seconds: watch.cpu_seconds,
            result,
            nodes: watch.nodes,
            resumed,
        })
    }

    /// After the last node whose results are all there.
    fn kept(&self, store: &Store, index: u64) -> Option<State<CkksEvaluator>> {
        let graph = self.program.lowered().graph();
        let mut nodes: Vec<NodeId> = graph.iter().map(|(id, _)| id).collect();
        nodes.reverse();
        let context = &self.server.context;
        let load = |id| store.load(index, id, context);
        let kept = nodes.into_iter().filter(|id| store.has(index, *id));
        kept.into_iter()
            .find_map(|id| self.runner.restored(id, load))
    }
}

impl<'a> Encrypted<'a> {
    /// As [`Service::new`], with the secret of that number.
    pub(super) fn new(
        program: &'a Program<'a>,
        server: &'a Server,
        number: u64,
        most: u64,
    ) -> Outcome<Self> {
        Ok(Self {
            service: Service::new(program, server, most)?,
            interface: Interface::new(program),
            number,
            generator: generator(&server.context, number)?,
        })
    }

    /// Bytes of the layers that are encoded.
    pub(super) fn layer_bytes(&self) -> u64 {
        self.service.layer_bytes()
    }

    /// As [`Service::compute`]. Every image is encrypted by a seed of its own, so that it is the same whichever were before
    /// it.
    pub(super) fn answer(
        &self,
        image: &[f32],
        index: u64,
        store: Option<&Store>,
        mut trace: Option<&mut Tracing<'_>>,
    ) -> Outcome<Answer> {
        let context = &self.service.server.context;
        let (secret, reading) = (self.generator.secret_key(), &self.interface.output);
        let input = || {
            let public = self.generator.public_key()?;
            let seed = seed(self.number, index, b"send");
            let sent = client::encrypted(context, &public, &self.interface, image, &seed)?;
            Ok(sent.into())
        };
        let computed = self.service.compute(index, store, input, |id, result| {
            if let Some(trace) = trace.as_deref_mut() {
                let slots = client::slots(context, secret, result)?;
                trace.node(id, &Seen::found(slots));
            }
            Ok(())
        })?;
        Ok(Answer {
            logits: client::decrypted(context, secret, reading, &computed.result)?,
            seconds: computed.seconds,
            cpu_seconds: Some(computed.cpu_seconds),
            nodes: computed.nodes,
            resumed: computed.resumed,
        })
    }
}
