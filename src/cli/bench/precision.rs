//! `equiripple bench precision`.

use std::{process::ExitCode, sync::Arc};

use equiripple_reports::{
    record::Record,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use num_complex::Complex64;
use rayon::prelude::*;
use serde::Serialize;

use super::PrecisionArgs;
use crate::{
    analyze::{Analyzer, CostTable, Part, Secret},
    circuit::Evaluator,
    ckks::{
        CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
        params::{LevelBits, SpecialPrimes},
    },
    cli::{
        error::{Failure, Outcome},
        output,
        progress::Bar,
    },
    ring::sampler::MasterSeed,
};

/// Keys that the encryptions are divided among.
const KEYS: u32 = 10;
/// Bits of the scale and of the levels.
const SCALE: u32 = 40;
/// Probability that some slot of a ciphertext exceeds its bound: the default of the project.
const LOG2_FAILURE: f64 = -20.0;
/// Probability that some slot of the whole run exceeds the run's bound.
const LOG2_RUN_FAILURE: f64 = -7.0;
/// How much more precise than the run's bound the least precise slot may be.
const SLACK: f64 = 1.0;
/// Bits that encryption may cost beyond log2 N.
const LOSS: f64 = 2.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Operation {
    Encrypt,
    Add,
    MultiplyPlain,
    Multiply,
    Rotate,
    Conjugate,
}

impl Operation {
    const ALL: [Self; 6] = [
        Self::Encrypt,
        Self::Add,
        Self::MultiplyPlain,
        Self::Multiply,
        Self::Rotate,
        Self::Conjugate,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Add => "add",
            Self::MultiplyPlain => "multiply by plaintext, rescale",
            Self::Multiply => "multiply, relinearize and rescale",
            Self::Rotate => "rotate",
            Self::Conjugate => "conjugate",
        }
    }

    /// The same on every interpreter.
    fn run<E: Evaluator>(
        self,
        e: &E,
        [a, b]: &[E::Ciphertext; 2],
        v: &E::Plaintext,
    ) -> Result<E::Ciphertext, E::Error> {
        match self {
            Self::Encrypt => Ok(a.clone()),
            Self::Add => e.add(a, b),
            Self::MultiplyPlain => e.rescale(&e.mul_plain(a, v)?),
            Self::Multiply => e.relinearize_rescale(&e.mul(a, b)?),
            Self::Rotate => e.rotate(a, 1),
            Self::Conjugate => e.conjugate(a),
        }
    }
}

#[derive(Debug, Serialize)]
struct Row {
    log_n: u8,
    /// Whether the parameters reach 128 bits of security.
    secure: bool,
    operation: Operation,
    mean_bits: f64,
    min_bits: f64,
    /// What no slot of a ciphertext exceeds but with probability 2^-20.
    bound_bits: f64,
    /// What no slot of all encryptions exceeds but with probability 2^-7.
    run_bound_bits: f64,
    /// The bound of the run holds, and the least precise slot is within a bit of it.
    min_at_bound: bool,
    /// The mean loses no more than log2 N + 2 bits of the scale.
    mean_as_expected: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    encryptions: u32,
    keys: u32,
    log2_scale: u32,
    log2_failure: f64,
    log2_run_failure: f64,
    rows: Vec<Row>,
}

/// Sum and maximum of the errors of all slots, for each operation.
type Errors = [(f64, f64); Operation::ALL.len()];

impl PrecisionArgs {
    pub(super) fn run(&self) -> Outcome<ExitCode> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.unwrap_or(0));
        let pool = pool
            .build()
            .map_err(|e| Failure::Usage(format!("cannot start threads: {e}")))?;
        let report = pool.install(|| self.measure())?;
        let table = table(&report)?;
        if let Some(folder) = &self.out {
            let record = Record::new(
                "Precision of RNS-CKKS",
                &output::command(),
                output::revision(),
                env!("CARGO_PKG_VERSION"),
            )
            .with_data(serde_json::to_value(&report)?);
            let mut folder = OutputFolder::create(folder.clone())?;
            folder.stage("precision.json", record.to_json()?.as_bytes())?;
            folder.stage("precision.md", table.to_markdown().as_bytes())?;
            folder.commit()?;
        }
        if self.json {
            output::json(&report)?;
        } else {
            output::line(table.to_text())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn measure(&self) -> Outcome<Report> {
        let keys = KEYS.min(self.encryptions);
        let mut rows = vec![];
        let bar = Bar::new(self.log_n.len() as u64 * u64::from(keys), "tables");
        for log_n in &self.log_n {
            let context = Context::new(Parameters::new(literal(*log_n))?)?;
            let messages = [1u64, 2, 3].map(|k| signs(context.parameters().log_n().max_slots(), k));
            let expected = expected(&context, &messages, self.encryptions)?;
            let mut all: Vec<Errors> = vec![];
            for key in 0..keys {
                bar.step(format!("N = 2^{log_n}, key {} of {keys}", key + 1));
                let own = (0..self.encryptions).filter(|number| number % keys == key);
                let own: Vec<u32> = own.collect();
                all.extend(errors(&context, key, &own, &messages, &expected)?);
            }
            rows.extend(self.rows(&context, &all, &expected));
        }
        Ok(Report {
            encryptions: self.encryptions,
            keys,
            log2_scale: SCALE,
            log2_failure: LOG2_FAILURE,
            log2_run_failure: LOG2_RUN_FAILURE,
            rows,
        })
    }

    fn rows(&self, context: &Context, all: &[Errors], expected: &[Expected]) -> Vec<Row> {
        let log_n = context.parameters().log_n();
        let count = log_n.max_slots() as f64 * f64::from(self.encryptions);
        let row = |(i, operation): (usize, Operation)| {
            let sum: f64 = all.iter().map(|errors| errors[i].0).sum();
            let largest = all.iter().map(|errors| errors[i].1).fold(0.0, f64::max);
            let (mean_bits, min_bits) = (-(sum / count).log2(), -f64::log2(largest));
            let [bound_bits, run_bound_bits] = expected[i].bounds;
            let floor = f64::from(SCALE) - f64::from(log_n.get()) - LOSS;
            Row {
                log_n: log_n.get(),
                secure: context.parameters().is_secure(),
                operation,
                mean_bits,
                min_bits,
                bound_bits,
                run_bound_bits,
                min_at_bound: (0.0..=SLACK).contains(&(min_bits - run_bound_bits)),
                mean_as_expected: mean_bits >= floor,
            }
        };
        let operations = Operation::ALL.into_iter().enumerate();
        operations.map(row).collect()
    }
}

fn literal(log_n: u8) -> ParametersLiteral {
    ParametersLiteral {
        log_n,
        q0_bits: 50,
        levels: LevelBits::Uniform {
            levels: 2,
            bits: SCALE,
        },
        scale_bits: SCALE,
        special: SpecialPrimes { count: 1, bits: 50 },
        secret: Default::default(),
        encapsulation: None,
        sigma: 3.19,
        security: Default::default(),
        // For N = 2^12; every row says whether it is secure.
        insecure_toy: true,
    }
}

/// Signs without structure, another sequence for each k.
fn signs(slots: usize, k: u64) -> Vec<f64> {
    let odd = |i: usize| {
        (i as u64 + 1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_mul(2 * k + 1)
            .rotate_left(29)
            .count_ones()
    };
    (0..slots)
        .map(|i| if odd(i) & 1 == 1 { 1.0 } else { -1.0 })
        .collect()
}

fn complex(x: &[f64]) -> Vec<Complex64> {
    x.iter().map(|x| Complex64::new(*x, 0.0)).collect()
}

/// What the analyzer says of an operation.
struct Expected {
    values: Vec<f64>,
    /// Bits of the bounds of a ciphertext and of the run.
    bounds: [f64; 2],
}

fn expected(
    context: &Context,
    [a, b, v]: &[Vec<f64>; 3],
    encryptions: u32,
) -> Outcome<Vec<Expected>> {
    let parameters = context.parameters();
    let analyzer = Analyzer::new(parameters.scheme().clone(), CostTable::shipped()?);
    let (top, slots) = (parameters.max_level(), a.len());
    let encrypted = [
        analyzer.encrypt(&complex(a), slots, top, 0)?,
        analyzer.encrypt(&complex(b), slots, top, 1)?,
    ];
    let v = analyzer.encode(&complex(v), top, parameters.default_scale())?;
    let analyzed = |operation: Operation| {
        let result = operation.run(&analyzer, &encrypted, &v)?;
        let report = analyzer.report(&result);
        let values = analyzer.values(&result).iter().map(|z| z.re);
        // The largest errors are where the secret and the masks of encryption happen to be large.
        let bits = |log2| report.bound(Part::Real, Secret::Random, log2);
        // By the union bound over all ciphertexts of the run.
        let of_run = LOG2_RUN_FAILURE - f64::from(encryptions).log2();
        Ok(Expected {
            values: values.collect(),
            bounds: [bits(LOG2_FAILURE)?.get(), bits(of_run)?.get()],
        })
    };
    Operation::ALL.into_iter().map(analyzed).collect()
}

/// The errors of these encryptions under one key.
fn errors(
    context: &Context,
    key: u32,
    numbers: &[u32],
    [a, b, v]: &[Vec<f64>; 3],
    expected: &[Expected],
) -> Outcome<Vec<Errors>> {
    let generator = KeyGenerator::new(context, &seed(1, key))?;
    let request = KeyRequest::full(context);
    let mut keys = generator.no_evaluation_keys();
    keys.add_relinearization(generator.relinearization_key(request)?)?;
    let rotation = context.rotation_exponent(1);
    keys.add_galois(rotation, generator.rotation_key(1, request)?)?;
    let conjugation = context.conjugation_exponent();
    keys.add_galois(conjugation, generator.conjugation_key(request)?)?;
    let evaluator = CkksEvaluator::new(context, Arc::new(keys))?;
    let decryptor = Decryptor::new(context, generator.secret_key())?;
    let public = generator.public_key()?;
    let parameters = context.parameters();
    let (top, scale) = (parameters.max_level(), parameters.default_scale());
    let messages = [
        context.encode_real(a, top, scale)?,
        context.encode_real(b, top, scale)?,
    ];
    let v = context.encode_real(v, top, scale)?;
    let one = |number: &u32| -> Outcome<Errors> {
        let mut encryptor = Encryptor::new(context, &seed(2, *number));
        let encrypted = [
            encryptor.encrypt(&public, &messages[0])?,
            encryptor.encrypt(&public, &messages[1])?,
        ];
        let mut errors = Errors::default();
        for ((operation, expected), errors) in
            Operation::ALL.into_iter().zip(expected).zip(&mut errors)
        {
            let result = operation.run(&evaluator, &encrypted, &v)?;
            let found = decryptor.decrypt(&result)?;
            // One period of the values stands for all.
            for (found, exact) in found.iter().zip(expected.values.iter().cycle()) {
                let error = (found.re - exact).abs();
                *errors = (errors.0 + error, errors.1.max(error));
            }
        }
        Ok(errors)
    };
    numbers.par_iter().map(one).collect()
}

/// A seed of its own for every key and every encryption.
fn seed(purpose: u8, number: u32) -> MasterSeed {
    let mut bytes = [purpose; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    MasterSeed::from_bytes(bytes)
}

fn table(report: &Report) -> Outcome<Table> {
    let columns = vec![
        Column::right("log2 N"),
        Column::left("operation"),
        Column::right("mean bits"),
        Column::right("min bits"),
        Column::right("bound"),
        Column::right("bound of the run"),
        Column::left("within a bit"),
        Column::left("mean ≥ scale − log2 N − 2"),
    ];
    let title = format!(
        "{} encryptions, {} keys, scale 2^{}, bounds at 2^{} for a ciphertext and 2^{} for the run",
        report.encryptions,
        report.keys,
        report.log2_scale,
        report.log2_failure,
        report.log2_run_failure
    );
    let mut table = Table::new(columns, &title)?;
    let bits = |x: f64| Cell::text(format!("{x:.2}"));
    let yes = |x: bool| Cell::text(if x { "yes" } else { "no" });
    for row in &report.rows {
        table.push(vec![
            Cell::text(format!(
                "{}{}",
                row.log_n,
                if row.secure { "" } else { " (toy)" }
            )),
            Cell::text(row.operation.name()),
            bits(row.mean_bits),
            bits(row.min_bits),
            bits(row.bound_bits),
            bits(row.run_bound_bits),
            yes(row.min_at_bound),
            yes(row.mean_as_expected),
        ])?;
    }
    Ok(table)
}
