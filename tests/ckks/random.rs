//! Random operations on ciphertexts against the analyzer: the same are refused, and what is not refused is right.

use super::{distance, level, toy};
use equiripple::{
    analyze::{Analyzer, CostTable, Part, Secret},
    circuit::{CircuitError, Evaluator, LinearTransform},
    ckks::{
        CkksError, CkksEvaluator, Context, Decryptor, EncodeError, Encryptor, Parameters,
        ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
        params::{LevelBits, SpecialPrimes},
    },
    quantity::Scale,
    ring::sampler::MasterSeed,
};
use num_complex::Complex64;
use std::{collections::BTreeMap, sync::Arc};

/// Numbers that are the same for the same seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % bound as u64) as usize
    }

    fn real(&mut self) -> f64 {
        self.below(2001) as f64 / 1000.0 - 1.0
    }

    fn slots(&mut self, n: usize) -> Vec<Complex64> {
        (0..n)
            .map(|_| Complex64::new(self.real(), self.real()) * 0.7)
            .collect()
    }
}

/// What is done.
#[derive(Clone, Debug)]
enum Step {
    Add(usize, usize),
    Sub(usize, usize),
    Neg(usize),
    AddScalar(usize, f64),
    MulScalar(usize, f64, Scale),
    AddScaled(usize, usize, f64, Scale),
    AddPlain(usize, Vec<Complex64>, Scale),
    MulPlain(usize, Vec<Complex64>, Scale),
    Mul(usize, usize),
    Relinearize(usize),
    Rescale(usize),
    RelinearizeRescale(usize),
    Drop(usize, u64),
    Rotate(usize, i64),
    RotateMany(usize, Vec<i64>),
    Conjugate(usize),
    Transform(usize, LinearTransform, Scale),
}

fn apply<E: Evaluator>(
    e: &E,
    step: &Step,
    all: &[E::Ciphertext],
) -> Result<Vec<E::Ciphertext>, E::Error> {
    let one = |c| Ok(vec![c]);
    match step {
        Step::Add(a, b) => one(e.add(&all[*a], &all[*b])?),
        Step::Sub(a, b) => one(e.sub(&all[*a], &all[*b])?),
        Step::Neg(a) => one(e.neg(&all[*a])?),
        Step::AddScalar(a, c) => one(e.add_scalar(&all[*a], *c)?),
        Step::MulScalar(a, c, scale) => one(e.mul_scalar(&all[*a], *c, scale)?),
        Step::AddScaled(a, b, c, scale) => one(e.add_scaled(&all[*a], &all[*b], *c, scale)?),
        Step::AddPlain(a, v, scale) => {
            let v = e.encode(v, e.shape(&all[*a]).level, scale)?;
            one(e.add_plain(&all[*a], &v)?)
        }
        Step::MulPlain(a, v, scale) => {
            let v = e.encode(v, e.shape(&all[*a]).level, scale)?;
            one(e.mul_plain(&all[*a], &v)?)
        }
        Step::Mul(a, b) => one(e.mul(&all[*a], &all[*b])?),
        Step::Relinearize(a) => one(e.relinearize(&all[*a])?),
        Step::Rescale(a) => one(e.rescale(&all[*a])?),
        Step::RelinearizeRescale(a) => one(e.relinearize_rescale(&all[*a])?),
        Step::Drop(a, l) => one(e.drop_to(&all[*a], level(*l))?),
        Step::Rotate(a, k) => one(e.rotate(&all[*a], *k)?),
        Step::RotateMany(a, k) => e.rotate_many(&all[*a], k),
        Step::Conjugate(a) => one(e.conjugate(&all[*a])?),
        Step::Transform(a, t, scale) => {
            let t = e.prepare(t, e.shape(&all[*a]).level, scale)?;
            one(e.transform(&all[*a], &t)?)
        }
    }
}

fn step<E: Evaluator>(e: &E, all: &[E::Ciphertext], r: &mut Numbers, n: usize) -> Step {
    let a = r.below(all.len());
    let b = r.below(all.len());
    let shape = e.shape(&all[a]);
    let canonical = e.scheme().scale(shape.level).clone();
    let scale = match r.below(5) {
        0 => Scale::from_f64(1.0).unwrap(),
        1 => Scale::power_of_two(20).unwrap(),
        2 => shape.scale.clone(),
        _ => canonical,
    };
    match r.below(18) {
        0 => Step::Add(a, b),
        1 => Step::Sub(a, b),
        2 => Step::Neg(a),
        3 => Step::AddScalar(a, r.real()),
        4 => Step::MulScalar(a, [0.0, 1.0, -1.0, 0.37, 1e-30][r.below(5)], scale),
        5 => {
            let factor = e.shape(&all[a]).scale.over(&e.shape(&all[b]).scale);
            Step::AddScaled(a, b, r.real(), factor.unwrap_or(scale))
        }
        6 => Step::AddPlain(a, r.slots(n), shape.scale),
        7 => Step::MulPlain(a, r.slots(n), scale),
        8 | 9 => Step::Mul(a, b),
        10 => Step::Relinearize(a),
        11 => Step::Rescale(a),
        12 => Step::RelinearizeRescale(a),
        13 => Step::Drop(a, r.below(usize::from(shape.level.get()) + 1) as u64),
        14 => Step::Rotate(a, r.below(4 * n + 1) as i64 - 2 * n as i64),
        15 => Step::RotateMany(
            a,
            (0..3).map(|_| r.below(3 * n) as i64 - n as i64).collect(),
        ),
        16 => Step::Conjugate(a),
        _ => {
            let mut diagonals = BTreeMap::new();
            for _ in 0..=r.below(n.min(6)) {
                let zero = r.below(4) == 0;
                let diagonal = r
                    .slots(n)
                    .into_iter()
                    .map(|x| if zero { x * 0.0 } else { x });
                diagonals.insert(r.below(n) as i64, diagonal.collect());
            }
            Step::Transform(a, LinearTransform::new(n, diagonals).unwrap(), scale)
        }
    }
}

fn run(literal: ParametersLiteral, n: usize, steps: usize, seed: u64) {
    let log_n = literal.log_n;
    let context = Context::new(Parameters::new(literal).unwrap()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([7; 32])).unwrap();
    let (top, full) = (context.parameters().max_level(), KeyRequest::full(&context));
    let mut keys = generator.no_evaluation_keys();
    // Small keys for the lower half of the levels, with as few special primes as they may have.
    let low = KeyRequest {
        level: level(u64::from(top.get()) / 2),
        special: full.special.div_ceil(2),
    };
    for request in [full, low] {
        keys.add_relinearization(generator.relinearization_key(request).unwrap())
            .unwrap();
        for k in 1..n {
            let exponent = context.rotation_exponent(k);
            keys.add_galois(exponent, generator.rotation_key(k, request).unwrap())
                .unwrap();
        }
        let conjugation = generator.conjugation_key(request).unwrap();
        keys.add_galois(context.conjugation_exponent(), conjugation)
            .unwrap();
    }
    let evaluator = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
    let analyzer = Analyzer::new(
        context.parameters().scheme().clone(),
        CostTable::shipped().unwrap(),
    );
    let decryptor = Decryptor::new(&context, generator.secret_key()).unwrap();
    let mut encryptor = Encryptor::new(&context, &MasterSeed::from_bytes([8; 32]));
    let public = generator.public_key().unwrap();
    let mut r = Numbers(seed);
    let (mut real, mut shadow) = (vec![], vec![]);
    for i in 0..3 {
        let l = level(u64::from(top.get()) - (i / 2).min(u64::from(top.get())));
        let x = r.slots(n);
        let scale = context.parameters().scheme().scale(l);
        let plaintext = context.encode(&x, l, scale).unwrap();
        real.push(encryptor.encrypt(&public, &plaintext).unwrap());
        shadow.push(analyzer.encrypt(&x, n, l, i).unwrap());
    }
    let mut done = 0;
    for number in 0..steps {
        let step = step(&analyzer, &shadow, &mut r, n);
        let name = format!("N = 2^{log_n}, n = {n}, seed {seed}, step {number}: {step:?}");
        let expected = match apply(&analyzer, &step, &shadow) {
            // What a backend cannot see.
            Err(CircuitError::Overflow { .. }) => continue,
            expected => expected,
        };
        let found = apply(&evaluator, &step, &real);
        let (expected, found) = match (expected, found) {
            (Ok(expected), Ok(found)) => (expected, found),
            // Where there are several reasons, each may name another.
            (Err(_), Err(_)) => continue,
            // Slots cannot be encoded beyond 2^120, which shadows do not see either.
            (Ok(_), Err(CkksError::Encode(EncodeError::TooLarge { .. }))) => continue,
            (expected, found) => panic!(
                "{name}\n{:?}\nshadow {:?}, real {:?}",
                shadow
                    .iter()
                    .map(|c| c.shape().to_owned())
                    .collect::<Vec<_>>(),
                expected.err().map(|e| e.to_string()),
                found.err().map(|e| e.to_string())
            ),
        };
        for (expected, found) in expected.into_iter().zip(found) {
            assert_eq!(expected.shape(), &found.shape(), "{name}");
            let report = analyzer.report(&expected);
            let bound = report.bound(Part::Complex, Secret::Random, -40.0);
            let bound = bound.map_or(0.0, |bits| bits.error());
            // Coefficients beyond 2^127 are not read.
            if bound < 2f64.powi(-8) && found.shape().scale.log2() < 120.0 {
                let slots = decryptor.decrypt(&found).unwrap();
                let values = analyzer.values(&expected);
                let values: Vec<_> = (0..n).map(|i| values[i % values.len()]).collect();
                let error = distance(&slots, &values);
                assert!(
                    error <= 2.0 * bound + 1e-13,
                    "{name}: error {error}, bound {bound}, shape {:?}",
                    found.shape()
                );
                done += 1;
            }
            // Old ones make room.
            if real.len() < 12 {
                real.push(found);
                shadow.push(expected);
            } else {
                let place = 1 + r.below(11);
                real[place] = found;
                shadow[place] = expected;
            }
        }
    }
    assert!(done > steps / 10, "only {done} of {steps}");
}

fn chain(log_n: u8, q0: u32, levels: &[u32], special: (u32, u32)) -> ParametersLiteral {
    ParametersLiteral {
        log_n,
        q0_bits: q0,
        levels: LevelBits::Each(levels.to_vec()),
        scale_bits: q0.min(levels.iter().copied().min().unwrap_or(q0)) - 1,
        special: SpecialPrimes {
            count: special.0,
            bits: special.1,
        },
        ..toy(log_n, 1, 40, 1)
    }
}

#[test]
fn what_is_not_refused_is_right_in_every_ring_and_chain() {
    let rings = [
        (chain(3, 50, &[40; 5], (2, 50)), 4),
        (chain(3, 50, &[40; 5], (2, 50)), 1),
        (chain(4, 61, &[60; 4], (1, 61)), 2),
        (chain(5, 61, &[60; 6], (3, 61)), 16),
        (chain(6, 46, &[45; 7], (7, 46)), 8),
        (chain(7, 50, &[40, 40, 50, 50, 35, 35], (3, 50)), 64),
        (chain(9, 55, &[50; 9], (4, 55)), 16),
        (chain(10, 41, &[40; 3], (1, 45)), 2),
        (chain(11, 36, &[30; 5], (2, 36)), 1),
    ];
    for (literal, n) in rings {
        for seed in 0..3 {
            run(literal.clone(), n, 120, seed);
        }
    }
}
