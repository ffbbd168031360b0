//! The demo's second half: what was made, on ciphertexts.

use std::{sync::Arc, time::Instant};

use equiripple_approx::{
    coeffs::CoefficientTable,
    evaltree::{Cost, Plain},
};

use crate::{
    circuit::{
        Evaluator,
        activation::{Activation, from_table},
        polynomial,
    },
    ckks::{
        CkksError, CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
        params::{LevelBits, SpecialPrimes},
        security::{SecretKind, SecurityLevel},
    },
    cli::{error::Outcome, output, progress::Bar},
    ring::sampler::{MasterSeed, SIGMA},
};

/// Levels that fit under 128 bits of security at N = 2^15, beside a prime of 50 bits and three special ones.
const SMALL: usize = 16;

/// Evaluates the table on as many encrypted numbers as a ciphertext holds, and says how long it took and what came out.
pub(super) fn show(table: &CoefficientTable) -> Outcome<()> {
    let circuit = from_table(table, Activation::Table)?;
    let depth = Cost::of(&circuit).depth;
    let bar = Bar::new(0, "making keys");
    let context = Context::new(Parameters::new(ParametersLiteral {
        log_n: if depth <= SMALL { 15 } else { 16 },
        q0_bits: 50,
        levels: LevelBits::Uniform {
            levels: depth as u32,
            bits: 40,
        },
        scale_bits: 40,
        special: SpecialPrimes { count: 3, bits: 50 },
        secret: SecretKind::UniformTernary,
        encapsulation: None,
        bootstrapping: None,
        sigma: SIGMA,
        security: SecurityLevel::Bits128,
        insecure_toy: false,
    })?)?;
    let generator = KeyGenerator::new(&context, &MasterSeed::from_os().map_err(CkksError::from)?)?;
    let mut keys = generator.no_evaluation_keys();
    keys.add_relinearization(generator.relinearization_key(KeyRequest::full(&context))?)?;
    let evaluator = CkksEvaluator::new(&context, Arc::new(keys))?;

    let parameters = context.parameters();
    let slots = parameters.log_n().max_slots();
    let grid = (0..slots).map(|i| 2.0 * i as f64 / (slots - 1) as f64 - 1.0);
    let message: Vec<f64> = grid.collect();
    let (level, scale) = (parameters.max_level(), parameters.default_scale());
    let plaintext = context.encode_real(&message, level, scale)?;
    let mut encryptor = Encryptor::new(&context, &MasterSeed::from_os().map_err(CkksError::from)?);
    let input = [encryptor.encrypt(&generator.public_key()?, &plaintext)?];
    bar.step("evaluating");
    let start = Instant::now();
    let result = polynomial::evaluate(&evaluator, &circuit, &input)?;
    let seconds = start.elapsed().as_secs_f64();
    let found = Decryptor::new(&context, generator.secret_key())?.decrypt(&result)?;
    drop(bar);

    let (mut noise, mut error) = (0f64, 0f64);
    for (x, found) in message.iter().zip(&found) {
        noise = noise.max((found.re - circuit.evaluate(&mut Plain, &[*x])?).abs());
        error = error.max((found.re - x.max(0.0)).abs());
    }
    let spent = u64::from(level.get()) - u64::from(evaluator.shape(&result).level.get());
    output::line(format!(
        "\nOn ciphertexts, {slots} numbers from -1 to 1 at once, {}:\n  {spent} levels, {seconds:.2} s on {} threads\n  largest error against ReLU 2^{:.2}, of which noise of encryption 2^{:.1}",
        parameters.security()[0],
        rayon::current_num_threads(),
        error.log2(),
        noise.log2(),
    ))?;
    Ok(())
}
