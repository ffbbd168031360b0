//! Polynomial circuits of every form, those without sense among them.

use super::{Party, distance, level, party, slots, toy};
use equiripple::{
    analyze::{Analyzer, CostTable, Part, Secret},
    circuit::{Evaluator, polynomial::evaluate},
    ckks::Ciphertext,
    ckks::params::LevelBits,
};
use equiripple_approx::evaltree::{Dag, InputLevel, Node, Plain};
use num_complex::Complex64;

const SLOTS: usize = 8;

fn encrypted(p: &mut Party, x: &[f64], l: u64) -> Ciphertext {
    let scale = p.evaluator.scheme().scale(level(l)).clone();
    let plaintext = p.context.encode_real(x, level(l), &scale).unwrap();
    let key = p.generator.public_key().unwrap();
    p.encryptor.encrypt(&key, &plaintext).unwrap()
}

fn random(seed: u64) -> Dag<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) as usize % bound
    };
    let mut dag = Dag::new(&[InputLevel::Spent(0), InputLevel::Spent(2)]).unwrap();
    for _ in 0..below(12) {
        let count = dag.nodes().len();
        // Recent nodes more often.
        let mut node = || (count - 1).saturating_sub(below(4));
        let (a, b) = (node(), node());
        let c = [0.0, 1.0, -1.0, 0.37, -0.6, 1e-18, 1e-9, 3.0][below(8)];
        let node = match below(8) {
            0 => Node::Add(a, b),
            1 => Node::Sub(a, b),
            2..=3 => Node::Mul(a, b),
            4 => Node::AddScalar(a, c),
            _ => Node::MulScalar(a, c),
        };
        dag.push(node).unwrap();
    }
    dag
}

#[test]
fn random_circuits_are_right_or_refused_as_the_analyzer_says() {
    let mixed = |each: &[u32], q0: u32| {
        let mut literal = toy(5, 1, 40, 3);
        literal.levels = LevelBits::Each(each.to_vec());
        literal.q0_bits = q0;
        literal
    };
    let chains = [
        toy(5, 9, 40, 3),
        mixed(&[40, 40, 40, 50, 50, 50, 40, 40, 40], 50),
        mixed(&[45, 41, 45, 41, 45, 41, 45, 41], 50),
    ];
    for (number, literal) in chains.into_iter().enumerate() {
        let mut p = party(literal, &[], 1);
        let top = u64::from(p.context.parameters().max_level().get());
        let x: Vec<f64> = slots(SLOTS, 1).iter().map(|x| x.re).collect();
        let y: Vec<f64> = slots(SLOTS, 2).iter().map(|x| x.re).collect();
        let complex = |x: &[f64]| x.iter().map(|x| Complex64::from(*x)).collect::<Vec<_>>();
        let analyzer = Analyzer::new(p.evaluator.scheme().clone(), CostTable::shipped().unwrap());
        let (mut done, mut refused) = (0, 0);
        for (l, seeds) in [(top, 300), (2, 60), (0, 20)] {
            let low = l.saturating_sub(2);
            let inputs = [encrypted(&mut p, &x, l), encrypted(&mut p, &y, low)];
            let shadows = [
                analyzer.encrypt(&complex(&x), SLOTS, level(l), 1).unwrap(),
                analyzer
                    .encrypt(&complex(&y), SLOTS, level(low), 2)
                    .unwrap(),
            ];
            for seed in 0..seeds {
                let circuit = random(seed);
                let name = format!("chain {number}, level {l}, seed {seed}: {circuit:?}");
                let found = evaluate(&p.evaluator, &circuit, &inputs);
                let expected = match evaluate(&analyzer, &circuit, &shadows) {
                    Ok(expected) => expected,
                    Err(equiripple::circuit::CircuitError::Overflow { .. }) => continue,
                    Err(error) => {
                        assert!(found.is_err(), "{name}: {error}");
                        refused += 1;
                        continue;
                    }
                };
                let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(&found.shape(), expected.shape(), "{name}");
                let plain: Vec<_> = x
                    .iter()
                    .zip(&y)
                    .map(|(x, y)| circuit.evaluate(&mut Plain, &[*x, *y]).unwrap().into())
                    .collect();
                let error = distance(&p.decryptor.decrypt(&found).unwrap(), &plain);
                let bound = analyzer
                    .report(&expected)
                    .bound(Part::Complex, Secret::Random, -30.0);
                let bound = bound.map_or(0.0, |b| b.error());
                let size = plain.iter().map(|x| x.norm()).fold(1.0, f64::max);
                assert!(
                    error < 2.0 * bound + size * 1e-9,
                    "{name}: {error} against {bound}"
                );
                done += 1;
            }
        }
        assert!(
            done > 200 && refused > 20,
            "chain {number}: {done}, {refused}"
        );
    }
}
