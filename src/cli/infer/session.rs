//! A program with keys and encoded bootstraps on one backend, ready for images.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use num_complex::Complex64;

use super::{need::Need, store::Store};
use crate::{
    ckks::{
        Ciphertext, CkksEvaluator, Context, Decryptor, Encryptor, Parameters, keys::KeyGenerator,
    },
    cli::{error::Outcome, memory, progress::Bar},
    infer::{Bootstraps, Program, Runner, State},
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
    /// Of every node that does something, bootstraps before it included.
    pub(super) nodes: BTreeMap<NodeId, f64>,
    /// Whether some of them were done before.
    pub(super) resumed: bool,
}

/// Takes seconds between nodes.
struct Watch<'b> {
    last: Instant,
    nodes: BTreeMap<NodeId, f64>,
    bar: &'b Bar,
}

impl<'b> Watch<'b> {
    fn new(bar: &'b Bar) -> Self {
        Self {
            last: Instant::now(),
            nodes: BTreeMap::new(),
            bar,
        }
    }

    fn node(&mut self, id: NodeId, name: &str) {
        let now = Instant::now();
        self.nodes.insert(id, (now - self.last).as_secs_f64());
        self.last = now;
        self.bar.step(name);
    }
}

fn complex(slots: Vec<f64>) -> Vec<Complex64> {
    slots.into_iter().map(|x| Complex64::new(x, 0.0)).collect()
}

fn real(slots: &[Complex64]) -> Vec<f64> {
    slots.iter().map(|x| x.re).collect()
}

fn steps(program: &Program<'_>) -> u64 {
    let stages = program.lowered().stages().iter();
    let done = stages.filter(|stage| !matches!(stage, Stage::View(_) | Stage::Input));
    done.count() as u64
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
    pub(super) fn new(
        program: &'a Program<'a>,
        parameters: &Parameters,
        seed: u64,
    ) -> Outcome<Self> {
        let simulator = Simulator::new(parameters.scheme().clone(), seed);
        Ok(Self {
            bootstraps: Bootstraps::new(&simulator, program.plans(parameters)?)?,
            program,
            simulator,
        })
    }

    pub(super) fn answer(&self, image: &[f32], nonce: u64) -> Outcome<Answer> {
        let lowered = self.program.lowered();
        let top = Level::new(self.program.top() as u64)?;
        let packed = lowered.packed(image).into_iter().zip(nonce << 16..);
        let input =
            packed.map(|(slots, nonce)| self.simulator.encrypt(&complex(slots), top, nonce));
        let input = input.collect::<Result<Vec<_>, _>>()?;
        let runner = Runner::new(self.program, &self.simulator, &self.bootstraps);
        let bar = Bar::new(steps(self.program), "simulated");
        let clock = Instant::now();
        let mut watch = Watch::new(&bar);
        let mut state = runner.start(input);
        while let Some((id, _)) = runner.step(&mut state)? {
            watch.node(id, lowered.graph().node(id).name());
        }
        let result = runner.result(state)?;
        let slots: Vec<_> = result
            .iter()
            .map(|x| real(self.simulator.decrypt(x)))
            .collect();
        Ok(Answer {
            logits: lowered.unpacked(&slots),
            seconds: clock.elapsed().as_secs_f64(),
            nodes: watch.nodes,
            resumed: false,
        })
    }
}

/// Everything that ciphertexts take, client and server in one.
pub(super) struct Encrypted<'a> {
    program: &'a Program<'a>,
    server: &'a Server,
    number: u64,
    runner: Runner<'a, CkksEvaluator>,
}

/// The server's side of it.
pub(super) struct Server {
    evaluator: CkksEvaluator,
    bootstraps: Bootstraps<CkksEvaluator>,
    context: Context,
    generator: KeyGenerator,
    /// Special primes of the keys of layers, by level.
    special: Vec<usize>,
    pub(super) keys: usize,
    pub(super) key_bytes: u64,
    pub(super) transform_bytes: u64,
}

impl Server {
    pub(super) fn new(
        program: &Program<'_>,
        parameters: &Parameters,
        special: &[usize],
        number: u64,
        (encoded, most): (u64, Option<u64>),
    ) -> Outcome<Self> {
        let context = Context::new(parameters.clone())?;
        let generator = KeyGenerator::new(&context, &seed(number, 0, b"keys"))?;
        let plans = program.plans(parameters)?;
        let bar = Bar::new(0, "which keys");
        let need = Need::new(program, &context, &plans, special)?;
        drop(bar);
        let parts = [
            ("keys", need.key_bytes),
            ("bootstraps", need.bootstrap_bytes),
            ("layers that are encoded ahead", encoded),
            ("what is computed", need.working_bytes),
        ];
        memory::fits(
            "this network",
            &parts,
            most,
            "lower --encoded-memory, take a smaller set (`equiripple params --bootstrap`), or polynomials of fewer levels",
        )?;
        let bar = Bar::new(need.keys.len() as u64, "keys");
        let mut keys = generator.no_evaluation_keys();
        keys.set_encapsulation(generator.encapsulation_keys()?)?;
        for (key, request) in &need.keys {
            generator
                .evaluation_key(*key, *request)?
                .add_to(&mut keys)?;
            bar.step("keys");
        }
        drop(bar);
        let evaluator = CkksEvaluator::new(&context, Arc::new(keys))?;
        let bar = Bar::new(0, "encoding bootstraps");
        let bootstraps = Bootstraps::new(&evaluator, plans)?;
        drop(bar);
        let encoded = bootstraps.iter().flat_map(|b| b.transforms());
        Ok(Self {
            transform_bytes: encoded.map(|t| t.bytes() as u64).sum(),
            keys: need.keys.len(),
            key_bytes: need.key_bytes,
            evaluator,
            bootstraps,
            context,
            generator,
            special: special.to_vec(),
        })
    }
}

impl<'a> Encrypted<'a> {
    /// With layers encoded ahead while all encoded plaintexts take no more than `most` bytes.
    pub(super) fn new(
        program: &'a Program<'a>,
        server: &'a Server,
        number: u64,
        most: u64,
    ) -> Outcome<Self> {
        let mut runner = Runner::new(program, &server.evaluator, &server.bootstraps);
        let graph = program.lowered().graph();
        let bar = Bar::new(graph.nodes().len() as u64, "encoding layers");
        for (id, node) in graph.iter() {
            let bytes: u64 = runner.transforms().map(|t| t.bytes() as u64).sum();
            let more = program.encoded_bytes(id, &server.context, &server.special)?;
            if bytes + more <= most {
                runner.encode(id)?;
            }
            bar.step(node.name());
        }
        Ok(Self {
            number,
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
    pub(super) fn answer(
        &self,
        image: &[f32],
        index: u64,
        store: Option<&Store>,
    ) -> Outcome<Answer> {
        let lowered = self.program.lowered();
        let context = &self.server.context;
        let bar = Bar::new(steps(self.program), "encrypted");
        let kept = store.and_then(|store| self.kept(store, index));
        let resumed = kept.is_some();
        let mut state = match kept {
            Some(state) => state,
            None => self.runner.start(self.encrypted(image, index)?),
        };
        let clock = Instant::now();
        let mut watch = Watch::new(&bar);
        while let Some((id, result)) = self.runner.step(&mut state)? {
            watch.node(id, lowered.graph().node(id).name());
            if let Some(store) = store {
                store.keep(index, id, &result, context)?;
            }
        }
        let seconds = clock.elapsed().as_secs_f64();
        let result = self.runner.result(state)?;
        let decryptor = Decryptor::new(context, self.server.generator.secret_key())?;
        let slots = result.iter().map(|x| Ok(real(&decryptor.decrypt(x)?)));
        let slots = slots.collect::<Outcome<Vec<_>>>()?;
        Ok(Answer {
            logits: lowered.unpacked(&slots),
            seconds,
            nodes: watch.nodes,
            resumed,
        })
    }

    /// Every image is encrypted by a seed of its own, so that it is the same whichever were before it.
    fn encrypted(&self, image: &[f32], index: u64) -> Outcome<Vec<Ciphertext>> {
        let context = &self.server.context;
        let top = Level::new(self.program.top() as u64)?;
        let scale = context.parameters().scheme().scale(top);
        let public = self.server.generator.public_key()?;
        let mut encryptor = Encryptor::new(context, &seed(self.number, index, b"send"));
        let mut input = vec![];
        for slots in self.program.lowered().packed(image) {
            let plaintext = context.encode(&complex(slots), top, scale)?;
            input.push(encryptor.encrypt(&public, &plaintext)?);
        }
        Ok(input)
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
