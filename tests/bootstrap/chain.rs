//! Bootstraps one after another, with multiplications between them.

use super::{Everything, messages};
use equiripple::{
    bootstrap::{Bootstrapper, Order, SlotKind},
    circuit::{Evaluator, ModRaise, lowered},
    ckks::Ciphertext,
};
use num_complex::Complex64;
use sha2::{Digest, Sha256};

const SLOTS: usize = 1 << 8;
const BOOTSTRAPS: usize = 50;

/// x ← bootstrap(1 − 2·x² … down to the level of the next one): T_2 of slots in [−1, 1], chaotic, so that nothing of the
/// message is forgotten; errors grow fourfold at most at each square.
fn square<E: Evaluator>(evaluator: &E, x: &E::Ciphertext) -> Result<E::Ciphertext, E::Error> {
    let product = evaluator.mul(x, x)?;
    let square = evaluator.relinearize_rescale(&product)?;
    // x² is in [0, 1], and stays there.
    Ok(square)
}

/// One link: a product of the input with itself, a fixed part of it and of a constant, and a bootstrap.
fn link<E: ModRaise>(
    evaluator: &E,
    bootstrapper: &Bootstrapper<E>,
    x: &E::Ciphertext,
) -> Result<E::Ciphertext, E::Error> {
    let square = square(evaluator, x)?;
    let centred = evaluator.add_scalar(&square, -0.5)?;
    let input = lowered(evaluator, &centred, bootstrapper.plan().input_level())?;
    Ok(bootstrapper
        .bootstrap(evaluator, std::slice::from_ref(&input))?
        .remove(0))
}

/// x² − ½: errors shrink or grow by 2|x| at each step, |x| ≤ ½ after the first.
fn clear(x: Complex64) -> Complex64 {
    x * x - 0.5
}

fn hash(a: &Ciphertext, all: &Everything) -> String {
    let slots = all.decrypt(a);
    let mut hash = Sha256::new();
    for z in slots {
        hash.update(z.re.to_le_bytes());
        hash.update(z.im.to_le_bytes());
    }
    format!("{:x?}", hash.finalize())
}

#[test]
fn fifty_bootstraps_err_as_simulated() {
    let all = Everything::new("toy", Order::SlotsToCoeffsFirst, SlotKind::Real, SLOTS);
    let message = messages(SLOTS, SlotKind::Real, 9).remove(0);
    let output_level = all.plan.output_level();
    let mut exact = message.clone();
    let mut encrypted = all.encrypt(&message, output_level.get().into());
    let mut simulated = all
        .simulator
        .encrypt_secret(&message, output_level, 0)
        .unwrap();
    let shadow = Bootstrapper::new(&all.simulator, all.plan.clone()).unwrap();
    let mut squares = [0.0, 0.0];
    for i in 1..=BOOTSTRAPS {
        encrypted = link(&all.evaluator, &all.bootstrapper, &encrypted).unwrap();
        simulated = link(&all.simulator, &shadow, &simulated).unwrap();
        exact = exact.into_iter().map(clear).collect();
        let shape = encrypted.shape();
        assert_eq!(shape.level, output_level);
        assert!(
            shape
                .scale
                .matches(all.evaluator.scheme().scale(output_level))
        );
        let found = [
            all.decrypt(&encrypted),
            all.simulator.decrypt(&simulated).to_vec(),
        ];
        for (sum, found) in squares.iter_mut().zip(found) {
            let errors = found.iter().zip(&exact);
            let square = errors.map(|(x, y)| (x.re - y.re).powi(2)).sum::<f64>() / SLOTS as f64;
            assert!(
                square.sqrt() < 2f64.powi(-15),
                "{i}: {}",
                square.sqrt().log2()
            );
            *sum += square;
        }
    }
    let [found, simulated] = squares.map(|s| (s / BOOTSTRAPS as f64).sqrt().log2());
    assert!(
        (found - simulated).abs() < 0.5,
        "2^{found:.2} on ciphertexts, 2^{simulated:.2} simulated"
    );
}

#[test]
fn threads_do_not_matter() {
    let run = |threads: usize| {
        crate::on_threads(threads, || {
            let all = Everything::new("toy", Order::SlotsToCoeffsFirst, SlotKind::Complex, 1 << 10);
            let message = messages(1 << 10, SlotKind::Complex, 4).remove(0);
            let input = all.encrypt(&message, all.plan.input_level().get().into());
            let output = all
                .bootstrapper
                .bootstrap(&all.evaluator, &[input])
                .unwrap();
            hash(&output[0], &all)
        })
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(8));
}
