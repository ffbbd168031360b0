//! `equiripple bench ckks`.

use std::{process::ExitCode, sync::Arc};

use equiripple_approx::{
    coeffs::CoefficientTable,
    composite::{ReluDesign, design_relu},
    evaltree::{Dag, Plain, Plan, PlanOptions},
    remez::Budget,
};
use equiripple_reports::table::{Cell, Column, Table};
use num_complex::Complex64;
use serde::Serialize;

use super::{
    CkksArgs,
    clock::{Clock, Timing},
    forecast::milliseconds,
    peer::{Peer, PeerOperation},
    publish::Publication,
};
use crate::{
    analyze::{self, Analyzer},
    circuit::{
        Evaluator,
        activation::{self, Activation},
        polynomial,
    },
    ckks::{
        Ciphertext, CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
        params::{LevelBits, SpecialPrimes},
    },
    cli::{
        error::{Failure, Outcome},
        progress::Bar,
    },
    quantity::Level,
    ring::{
        AlignedWords, Backend,
        sampler::{MasterSeed, SIGMA},
    },
};

/// Seed of keys, errors and messages: the same work in every run.
const SEED: u8 = 1;
/// Rotations that share their digits.
const HOISTED: i64 = 8;
/// Levels left for operations low in the chain, and for polynomials.
const LOW: u64 = 10;
/// Levels that the longest circuit here takes.
const DEEPEST: u32 = 13;

/// Time of one operation.
#[derive(Debug, Clone, Serialize)]
struct Row {
    operation: &'static str,
    log_n: u8,
    level: u8,
    threads: usize,
    median_ms: f64,
    min_ms: f64,
    /// What the analyzer says, for one thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    predicted_ms: Option<f64>,
    /// −log2 of the mean and of the largest error of a slot, against the same circuit in f64.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_bits: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_bits: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Report {
    parameters: ParametersLiteral,
    log_qp: f64,
    backend: &'static str,
    clock: &'static str,
    repeat: usize,
    relinearization_key_bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<Peer<PeerOperation>>,
    rows: Vec<Row>,
}

/// Everything that operations need.
struct Bench<'a> {
    args: &'a CkksArgs,
    threads: usize,
    clock: Clock,
    context: Context,
    generator: KeyGenerator,
    evaluator: CkksEvaluator,
    message: Vec<f64>,
    rows: Vec<Row>,
    bar: Bar,
}

/// All operations, in the order in which they are timed.
const OPERATIONS: [&str; 10] = [
    "ntt_forward",
    "multiply_relinearize_rescale_top",
    "rotate_top",
    "rotate_hoisted_each",
    "multiply_plain_top",
    "rotate_10_levels",
    "chebyshev_27",
    "chebyshev_59",
    "relu_15_15_27",
    "keygen_relinearization",
];

impl CkksArgs {
    pub(super) fn run(&self) -> Outcome<ExitCode> {
        if let Some(unknown) = self.only.iter().find(|o| !OPERATIONS.contains(&o.as_str())) {
            let known = OPERATIONS.join(", ");
            return Err(Failure::Usage(format!(
                "operation `{unknown}` is not known; choose from {known}"
            )));
        }
        if self.levels < DEEPEST {
            let levels = self.levels;
            return Err(Failure::Usage(format!(
                "{levels} levels are too few for relu_15_15_27; give at least {DEEPEST}"
            )));
        }
        let pool = super::pool(self.threads)?;
        let threads = pool.current_num_threads();
        let peer = self.beside.as_deref().map(Peer::read).transpose()?;
        let mut report = pool.install(|| self.measure(threads))?;
        report.peer = peer;
        let table = table(&report)?;
        let publication = Publication {
            title: "Operations of RNS-CKKS",
            name: "ckks",
            seed: Some(SEED.into()),
            out: self.out.as_ref(),
            splice: self.splice.as_ref(),
            json: self.json,
        };
        publication.publish(&report, &table)
    }

    fn measure(&self, threads: usize) -> Outcome<Report> {
        let literal = ParametersLiteral {
            log_n: self.log_n,
            q0_bits: 50,
            levels: LevelBits::Uniform {
                levels: self.levels,
                bits: self.scale,
            },
            scale_bits: self.scale,
            special: SpecialPrimes {
                count: self.special,
                bits: 50,
            },
            secret: crate::ckks::security::SecretKind::UniformTernary,
            encapsulation: None,
            bootstrapping: None,
            sigma: SIGMA,
            security: crate::ckks::security::SecurityLevel::Bits128,
            // Times do not depend on security; what is measured says whether it is secure.
            insecure_toy: true,
        };
        let bar = Bar::new(OPERATIONS.len() as u64, "tables");
        let context = Context::new(Parameters::new(literal)?)?;
        let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([SEED; 32]))?;
        let request = KeyRequest::full(&context);
        let mut keys = generator.no_evaluation_keys();
        let relinearization = generator.relinearization_key(request)?;
        let relinearization_key_bytes = relinearization.bytes();
        keys.add_relinearization(relinearization)?;
        for k in 1..=HOISTED as usize {
            let key = generator.rotation_key(k, request)?;
            keys.add_galois(context.rotation_exponent(k), key)?;
        }
        let low = KeyRequest {
            level: Level::new(LOW)?,
            ..request
        };
        keys.add_galois(
            context.rotation_exponent(1),
            generator.rotation_key(1, low)?,
        )?;
        keys.add_relinearization(generator.relinearization_key(low)?)?;
        let evaluator = CkksEvaluator::new(&context, Arc::new(keys))?;
        let slots = context.parameters().log_n().max_slots();
        // Values all over [−1, 1] in an order without structure.
        let message = (0..slots).map(|i| (i as f64 * 0.754_877_666).fract() * 2.0 - 1.0);
        let mut bench = Bench {
            args: self,
            threads,
            clock: Clock::pick(threads),
            message: message.collect(),
            context,
            generator,
            evaluator,
            rows: vec![],
            bar,
        };
        bench.all()?;
        let parameters = bench.context.parameters();
        Ok(Report {
            parameters: parameters.literal().clone(),
            log_qp: parameters.chain().log_qp().into(),
            backend: Backend::detect()?.name(),
            clock: bench.clock.name(),
            repeat: self.repeat,
            relinearization_key_bytes,
            peer: None,
            rows: bench.rows,
        })
    }
}

impl Bench<'_> {
    fn all(&mut self) -> Outcome<()> {
        let top = self.context.parameters().max_level();
        let low = Level::new(LOW)?;
        let a = self.encrypted(top)?;
        let other = a.clone();
        let e = self.evaluator.clone();
        let scale = e.scheme().scale(top).clone();
        let table = Arc::clone(&self.context.basis(top)?.tables()[1]);
        let mut limb = AlignedWords::zeros(table.degree());
        limb.iter_mut().zip(0..).for_each(|(x, i)| *x = i);
        self.add(
            "ntt_forward",
            top,
            1,
            None,
            || Ok(table.forward(&mut limb)?),
        )?;
        let none = |_: &Analyzer| Ok(());
        let predicted = milliseconds(e.scheme(), top, none, |e, a, ()| {
            e.relinearize_rescale(&e.mul(a, a)?)
        })?;
        self.add(
            "multiply_relinearize_rescale_top",
            top,
            1,
            Some(predicted),
            || Ok(e.relinearize_rescale(&e.mul(&a, &other)?)?),
        )?;
        let rotate = |e: &Analyzer, a: &analyze::Ciphertext, (): &()| e.rotate(a, 1);
        let predicted = milliseconds(e.scheme(), top, none, rotate)?;
        self.add("rotate_top", top, 1, Some(predicted), || {
            Ok(e.rotate(&a, 1)?)
        })?;
        let steps: Vec<i64> = (1..=HOISTED).collect();
        let predicted = milliseconds(e.scheme(), top, none, |e, a, ()| e.rotate_many(a, &steps))?;
        let each = predicted / steps.len() as f64;
        self.add("rotate_hoisted_each", top, steps.len(), Some(each), || {
            Ok(e.rotate_many(&a, &steps)?)
        })?;
        let complex: Vec<_> = self
            .message
            .iter()
            .map(|x| Complex64::new(*x, 0.0))
            .collect();
        let plaintext = e.encode(&complex, top, &scale)?;
        let encode = |e: &Analyzer| e.encode(&complex, top, &scale);
        let predicted = milliseconds(e.scheme(), top, encode, |e, a, v| e.mul_plain(a, v))?;
        self.add("multiply_plain_top", top, 1, Some(predicted), || {
            Ok(e.mul_plain(&a, &plaintext)?)
        })?;
        let b = self.encrypted(low)?;
        let predicted = milliseconds(e.scheme(), low, none, rotate)?;
        self.add("rotate_10_levels", low, 1, Some(predicted), || {
            Ok(e.rotate(&b, 1)?)
        })?;
        for (name, degree) in [("chebyshev_27", 27), ("chebyshev_59", 59)] {
            self.circuit(name, low, || series(degree))?;
        }
        let levels = Level::new(DEEPEST.into())?;
        self.circuit("relu_15_15_27", levels, || {
            let relu = design_relu(&ReluDesign::new(&[15, 15, 27], true), Budget::unlimited())?;
            let table = CoefficientTable::from_relu(&relu)?;
            Ok(activation::from_table(&table, Activation::Table)?)
        })?;
        let (generator, request) = (&self.generator, KeyRequest::full(&self.context));
        let timing = self.wanted("keygen_relinearization").then(|| {
            self.clock.time(self.args.repeat, || {
                Ok(generator.relinearization_key(request)?)
            })
        });
        if let Some(timing) = timing.transpose()? {
            self.push("keygen_relinearization", top, timing, None, None);
        }
        Ok(())
    }

    fn wanted(&self, operation: &str) -> bool {
        self.args.only.is_empty() || self.args.only.iter().any(|o| o == operation)
    }

    fn encrypted(&self, level: Level) -> Outcome<Ciphertext> {
        let scale = self.evaluator.scheme().scale(level);
        let plaintext = self.context.encode_real(&self.message, level, scale)?;
        let seed = MasterSeed::from_bytes([SEED + 1 + level.get(); 32]);
        let mut encryptor = Encryptor::new(&self.context, &seed);
        Ok(encryptor.encrypt(&self.generator.public_key()?, &plaintext)?)
    }

    /// Times `run`, which does the operation `count` times; `predicted` is for one.
    fn add<T>(
        &mut self,
        operation: &'static str,
        level: Level,
        count: usize,
        predicted: Option<f64>,
        run: impl FnMut() -> Outcome<T>,
    ) -> Outcome<()> {
        self.bar.step(operation);
        if self.wanted(operation) {
            let timing = self.clock.time(self.args.repeat, run)?.each(count);
            self.push(operation, level, timing, predicted, None);
        }
        Ok(())
    }

    /// Times a polynomial circuit, and compares its result with the same in f64.
    fn circuit(
        &mut self,
        operation: &'static str,
        level: Level,
        make: impl FnOnce() -> Outcome<Dag<f64>>,
    ) -> Outcome<()> {
        self.bar.step(operation);
        if !self.wanted(operation) {
            return Ok(());
        }
        let circuit = make()?;
        let input = [self.encrypted(level)?];
        let run = || Ok(polynomial::evaluate(&self.evaluator, &circuit, &input)?);
        let timing = self.clock.time(self.args.repeat, run)?;
        let predicted = milliseconds(
            self.evaluator.scheme(),
            level,
            |_| Ok(()),
            |e, x, ()| polynomial::evaluate(e, &circuit, std::slice::from_ref(x)),
        )?;
        let result = polynomial::evaluate(&self.evaluator, &circuit, &input)?;
        let decryptor = Decryptor::new(&self.context, self.generator.secret_key())?;
        let found = decryptor.decrypt(&result)?;
        let (mut sum, mut largest) = (0.0, 0f64);
        for (x, found) in self.message.iter().zip(&found) {
            let error = (found.re - circuit.evaluate(&mut Plain, &[*x])?).abs();
            sum += error;
            largest = largest.max(error);
        }
        let mean = sum / self.message.len() as f64;
        self.push(
            operation,
            level,
            timing,
            Some(predicted),
            Some([-mean.log2(), -largest.log2()]),
        );
        Ok(())
    }

    fn push(
        &mut self,
        operation: &'static str,
        level: Level,
        timing: Timing,
        predicted: Option<f64>,
        bits: Option<[f64; 2]>,
    ) {
        self.rows.push(Row {
            operation,
            log_n: self.args.log_n,
            level: level.get(),
            threads: self.threads,
            median_ms: timing.median,
            min_ms: timing.min,
            // The forecast is for one thread.
            predicted_ms: predicted.filter(|_| self.threads == 1),
            mean_bits: bits.map(|b| b[0]),
            min_bits: bits.map(|b| b[1]),
        });
    }
}

/// A Chebyshev series without zero coefficients.
fn series(degree: usize) -> Outcome<Dag<f64>> {
    let coefficients: Vec<f64> = (0..=degree)
        .map(|k| (1.7 * k as f64 + 1.0).sin() / (k + 1) as f64)
        .collect();
    Ok(Plan::general(&coefficients, PlanOptions::default())?)
}

fn table(report: &Report) -> Outcome<Table> {
    let mut columns = vec![
        Column::left("operation"),
        Column::right("level"),
        Column::right("threads"),
        Column::right("median, ms"),
        Column::right("min, ms"),
        Column::right("predicted, ms"),
    ];
    if let Some(peer) = &report.peer {
        columns.push(Column::right(&format!("{}, ms", peer.library)));
        columns.push(Column::right("ratio"));
    }
    columns.extend([Column::right("mean bits"), Column::right("min bits")]);
    let parameters = &report.parameters;
    let title = format!(
        "N = 2^{}, log2 QP = {}, {} special primes, {}, {}",
        parameters.log_n, report.log_qp, parameters.special.count, report.backend, report.clock
    );
    let mut table = Table::new(columns, &title)?;
    let bits = |b: Option<f64>| b.map_or(Cell::Empty, |b| Cell::text(format!("{b:.1}")));
    for row in &report.rows {
        let mut cells = vec![
            Cell::text(row.operation),
            Cell::text(row.level.to_string()),
            Cell::text(row.threads.to_string()),
            Cell::text(format!("{:.3}", row.median_ms)),
            Cell::text(format!("{:.3}", row.min_ms)),
            row.predicted_ms
                .map_or(Cell::Empty, |p| Cell::text(format!("{p:.3}"))),
        ];
        if let Some(peer) = &report.peer {
            let theirs = peer.median(row.operation, row.threads);
            let text = |x: Option<f64>| x.map_or(Cell::Empty, |x| Cell::text(format!("{x:.1}")));
            cells.push(text(theirs));
            cells.push(text(theirs.map(|theirs| theirs / row.median_ms)));
        }
        cells.extend([bits(row.mean_bits), bits(row.min_bits)]);
        table.push(cells)?;
    }
    Ok(table)
}
