//! The simulator and the analyzer against ciphertexts: standard deviations of the errors of the same circuits.
//!
//! Special primes of 44 bits, so that the errors of keys are as large as the roundings.

use super::{
    circuits::{
        Back, Circuit, Difference, Hoisted, Identity, InnerSum, POINTS, PlusConstant, PlusPlain,
        Polynomial, Powers, Product, Real, RealPart, Reinterpreted, RescaledProduct, Rotation,
        Square, Sum, TimesConstant, TimesI, TimesPlain, TimesRoundedPlain, Transform,
    },
    deviation, grid, level, scattered,
};
use crate::ckks::{Party, party_with, toy};
use equiripple::{
    analyze::{Analyzer, CostTable},
    circuit::{Evaluator, LinearTransform, RealTransform, Scheme, activation::Activation},
    ckks::Encryptor,
    ring::sampler::MasterSeed,
    sim::Simulator,
};
use num_complex::Complex64;

const LOG_N: u8 = 10;
const SLOTS: usize = 1 << 9;
const TOP: u64 = 14;
const SPECIAL: u32 = 3;
/// Keys, and seeds of the simulator.
const RUNS: u8 = 6;
/// Between simulator or analyzer and ciphertexts.
const MOST_BITS: f64 = 0.5;

/// All interpreters of one scheme.
struct Rig {
    parties: Vec<Party>,
    /// As the keys have it: of their special primes.
    scheme: Scheme,
}

/// What to encrypt: one period of each input, for so many slots at a level.
struct Inputs {
    values: Vec<Vec<Complex64>>,
    slots: usize,
    level: u64,
    public: bool,
}

impl Inputs {
    fn new(values: &[Vec<Complex64>]) -> Self {
        Self {
            values: values.to_vec(),
            slots: SLOTS,
            level: TOP,
            public: false,
        }
    }

    fn repeated<'a>(&'a self) -> impl Iterator<Item = Vec<Complex64>> + 'a {
        let all = |x: &'a Vec<Complex64>| x.iter().copied().cycle().take(self.slots).collect();
        self.values.iter().map(all)
    }
}

impl Rig {
    fn new(special: usize, rotations: &[usize]) -> Self {
        let mut literal = toy(LOG_N, TOP as u32, 40, SPECIAL);
        literal.special.bits = 44;
        // A key of one special prime serves digits of one prime, this one too.
        literal.q0_bits = 44;
        let party = |run| party_with(literal.clone(), rotations, 2 * run + 1, special);
        let parties: Vec<Party> = (0..RUNS).map(party).collect();
        let mut scheme = parties[0].evaluator.scheme().literal().clone();
        scheme.p.truncate(special);
        Self {
            scheme: Scheme::new(scheme).unwrap(),
            parties,
        }
    }

    /// Deviations on ciphertexts, on the simulator, and by the analyzer; a row of a table with `--nocapture`.
    #[allow(clippy::print_stdout, reason = "figures for whoever asks for them")]
    fn compare(&self, name: &str, circuit: &impl Circuit, inputs: &Inputs) {
        let at = level(inputs.level);
        let analyzer = Analyzer::new(self.scheme.clone(), CostTable::shipped().unwrap());
        let encrypted = inputs.values.iter().zip(0..).map(|(x, nonce)| {
            let encrypt = if inputs.public {
                Analyzer::encrypt
            } else {
                Analyzer::encrypt_secret
            };
            encrypt(&analyzer, x, inputs.slots, at, nonce).unwrap()
        });
        let encrypted: Vec<_> = encrypted.collect();
        let analyzed = circuit.run(&analyzer, &encrypted).unwrap();
        let exact: Vec<_> = analyzer.values(&analyzed).to_vec();
        let deviations = analyzer.report(&analyzed).deviations;
        let squares: f64 = deviations.iter().map(|d| d * d).sum();
        let predicted = (squares / deviations.len() as f64).sqrt();
        let (mut found, mut simulated) = (vec![], vec![]);
        for (party, seed) in self.parties.iter().zip(0..) {
            let simulator = Simulator::new(self.scheme.clone(), seed);
            let encrypted = inputs.repeated().zip(0..).map(|(x, nonce)| {
                let encrypt = if inputs.public {
                    Simulator::encrypt
                } else {
                    Simulator::encrypt_secret
                };
                encrypt(&simulator, &x, at, nonce).unwrap()
            });
            let encrypted: Vec<_> = encrypted.collect();
            let result = circuit.run(&simulator, &encrypted).unwrap();
            assert_eq!(result.shape(), analyzed.shape(), "{name}");
            simulated.extend_from_slice(simulator.decrypt(&result));
            let mut encryptor = Encryptor::new(
                &party.context,
                &MasterSeed::from_bytes([seed as u8 + 100; 32]),
            );
            let public = party.generator.public_key().unwrap();
            let encrypted = inputs.repeated().map(|x| {
                let scale = party.evaluator.scheme().scale(at);
                let plaintext = party.context.encode(&x, at, scale).unwrap();
                let encrypted = if inputs.public {
                    encryptor.encrypt(&public, &plaintext)
                } else {
                    encryptor.encrypt_secret(party.generator.secret_key(), &plaintext)
                };
                encrypted.unwrap()
            });
            let encrypted: Vec<_> = encrypted.collect();
            let result = circuit.run(&party.evaluator, &encrypted).unwrap();
            assert_eq!(&result.shape(), analyzed.shape(), "{name}");
            found.extend(party.decryptor.decrypt(&result).unwrap());
        }
        let measured = deviation(found.iter().zip(exact.iter().cycle()));
        let simulated = deviation(simulated.iter().zip(exact.iter().cycle()));
        let bits = [measured, simulated, predicted].map(|d| -d.log2());
        println!(
            "| {name} | {:.2} | {:.2} | {:.2} |",
            bits[0], bits[1], bits[2]
        );
        for other in &bits[1..] {
            let off = (other - bits[0]).abs();
            assert!(off < MOST_BITS, "{name}: {bits:?} bits");
        }
    }
}

fn two() -> Inputs {
    let (x, y) = (scattered(POINTS), grid(POINTS));
    Inputs::new(&[x, y.iter().map(|y| y * Complex64::i()).collect()])
}

#[test]
fn encryption_sums_and_products() {
    let rig = Rig::new(SPECIAL as usize, &[]);
    let public = || Inputs {
        public: true,
        ..two()
    };
    rig.compare("encryption under the public key", &Identity, &public());
    rig.compare("encryption under the secret key", &Identity, &two());
    rig.compare("sum", &Sum, &public());
    rig.compare("difference", &Difference, &two());
    rig.compare("3x + 0.3", &PlusConstant, &two());
    rig.compare("sum with a plaintext", &PlusPlain, &two());
    rig.compare("product with a plaintext", &TimesPlain, &two());
    rig.compare(
        "product with a rounded plaintext",
        &TimesRoundedPlain,
        &two(),
    );
    rig.compare("product with a constant", &TimesConstant, &two());
    rig.compare("product", &Product, &two());
    rig.compare("square", &Square, &two());
    rig.compare(
        "product rescaled before relinearisation",
        &RescaledProduct,
        &two(),
    );
    rig.compare("product with i", &TimesI, &two());
    rig.compare("product with i at another scale", &Reinterpreted, &two());
    let low = |level| Inputs { level, ..two() };
    rig.compare("square at level 1", &Square, &low(1));
    rig.compare("powers down to level 0", &Powers, &low(4));
    let sparse = Inputs { slots: 32, ..two() };
    rig.compare("product of 32 slots", &Product, &sparse);
    rig.compare("32 slots times i", &TimesI, &sparse);
    rig.compare(
        "powers of 32 slots",
        &Powers,
        &Inputs { level: 3, ..sparse },
    );
}

#[test]
fn rotations_and_transforms() {
    let dense = (0..32).map(|r| (r, scattered(SLOTS)));
    let dense = LinearTransform::new(SLOTS, dense).unwrap();
    let sparse = [0, 1, 17, 200, -1].map(|r| (r, scattered(SLOTS)));
    let sparse = LinearTransform::new(SLOTS, sparse).unwrap();
    let few = LinearTransform::new(32, (0..9).map(|r| (r, scattered(32)))).unwrap();
    let real = |r: usize| {
        scattered(SLOTS)
            .iter()
            .map(|x| Complex64::new(x.re * (r as f64).cos(), 0.0))
            .collect()
    };
    let taps = (0..72usize).map(|r| ((r % 9 + r / 9 * 32) as i64, real(r)));
    let taps = LinearTransform::new(SLOTS, taps).unwrap();
    let taps = RealTransform::new(&taps).unwrap();
    assert!(taps.conjugates() && taps.matrix().diagonals().len() == 36);
    assert!(dense.steps().groups.len() > 2 && dense.steps().babies().len() > 2);
    let mut rotations = vec![1, 3, SLOTS - 3, 29];
    rotations.extend((0..6).map(|k| 3 << k));
    for transform in [&dense, &sparse, &few] {
        rotations.extend(transform.steps().rotations());
    }
    rotations.extend(taps.rotations());
    rotations.sort_unstable();
    rotations.dedup();
    let rig = Rig::new(SPECIAL as usize, &rotations);
    rig.compare("rotation", &Rotation, &two());
    rig.compare(
        "rotation at level 2",
        &Rotation,
        &Inputs { level: 2, ..two() },
    );
    rig.compare(
        "rotation of 32 slots",
        &Rotation,
        &Inputs { slots: 32, ..two() },
    );
    rig.compare("hoisted rotations", &Hoisted, &two());
    rig.compare("rotation there and back", &Back, &two());
    rig.compare("real part by conjugation", &RealPart, &two());
    rig.compare("inner sum of 64", &InnerSum, &two());
    rig.compare("transform of 32 diagonals", &Transform(dense), &two());
    rig.compare("transform of 5 diagonals", &Transform(sparse), &two());
    rig.compare("real transform of 72 diagonals", &Real(taps), &two());
    let slots = Inputs { slots: 32, ..two() };
    rig.compare("transform of 32 slots", &Transform(few), &slots);
}

#[test]
fn keys_of_fewer_special_primes() {
    for special in [1, 2] {
        let rig = Rig::new(special, &[3]);
        rig.compare(&format!("rotation, {special} special"), &Rotation, &two());
        rig.compare(&format!("product, {special} special"), &Product, &two());
        rig.compare(&format!("square, {special} special"), &Square, &two());
    }
}

#[test]
fn polynomials() {
    let rig = Rig::new(SPECIAL as usize, &[]);
    let x = || Inputs::new(&[grid(POINTS)]);
    rig.compare("Chebyshev, degree 27", &Polynomial::series(27), &x());
    rig.compare("Chebyshev, degree 59", &Polynomial::series(59), &x());
    let activation =
        |function, degrees: &[usize]| Polynomial::new(function, degrees, Activation::Table);
    rig.compare("sign {7,7,13}", &activation("sign", &[7, 7, 13]), &x());
    rig.compare("ReLU {7,7,13}", &activation("relu", &[7, 7, 13]), &x());
    rig.compare("ReLU {15,15,27}", &activation("relu", &[15, 15, 27]), &x());
    let half: Vec<_> = grid(POINTS).iter().map(|x| x * 0.5).collect();
    let turned = (0..POINTS).map(|i| half[i * 7 % POINTS]).collect();
    let maximum = Polynomial::new("relu", &[7, 7], Activation::Max);
    rig.compare("maximum {7,7}", &maximum, &Inputs::new(&[half, turned]));
}
