//! Counts of the analyzer against counts by hand.

use super::{SLOTS, TOP, analyzer, grid, level, repeated, scheme};
use equiripple::{
    analyze::{Analyzer, CostReport, CostTable, Provenance, Units},
    circuit::{Evaluator, LinearTransform, ModRaise, Scheme, reduction, shadow::Operation},
    quantity::{LogN, Scale},
};
use num_complex::Complex64;

fn cost(run: impl Fn(&Analyzer)) -> CostReport {
    let analyzer = analyzer();
    run(&analyzer);
    analyzer.cost()
}

/// Work of an operation on a fresh ciphertext at the top level.
fn work(run: impl Fn(&Analyzer, &equiripple::analyze::Ciphertext)) -> Units {
    let fresh = |a: &Analyzer| a.encrypt(&grid(2), SLOTS, level(TOP), 0).unwrap();
    let with = cost(|a| run(a, &fresh(a)));
    let without = cost(|a| {
        fresh(a);
    });
    let (with, without) = (with.levels[0].1, without.levels[0].1);
    Units {
        ntt: with.ntt - without.ntt,
        product: with.product - without.product,
        addition: with.addition - without.addition,
        conversion: with.conversion - without.conversion,
        inner_product: with.inner_product - without.inner_product,
        automorphism: with.automorphism - without.automorphism,
    }
}

#[test]
fn hybrid_key_switching_by_hand() {
    // l = 15, α = 3, d = 5: 15 inverse and 5·18 − 15 forward; twice 3 inverse and 15 forward.
    let rotation = work(|a, x| {
        a.rotate(x, 1).unwrap();
    });
    assert_eq!(rotation.ntt, 5 * 18 + 2 * 18);
    assert_eq!(rotation.conversion, 5 * 3 * 15 + 2 * 3 * 15);
    assert_eq!(rotation.inner_product, 2 * 5 * 18);
    assert_eq!(
        (rotation.product, rotation.addition, rotation.automorphism),
        (30, 15, 30)
    );
    // Ten hoisted rotations share the decomposition.
    let hoisted = work(|a, x| {
        a.rotate_many(x, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
            .unwrap();
    });
    assert_eq!(hoisted.ntt, 5 * 18 + 10 * 2 * 18);
    // Merged with rescaling: 4 primes dropped, 14 kept.
    let product = work(|a, x| {
        a.relinearize_rescale(&a.mul(x, x).unwrap()).unwrap();
    });
    assert_eq!(product.ntt, 5 * 18 + 2 * 18);
    assert_eq!(product.conversion, 5 * 3 * 15 + 2 * 4 * 14);
    assert_eq!(product.product, 7 * 15 / 3 + 2 * 15 + 2 * 14);
    // An incomplete digit: l = 13 = 4·3 + 1.
    let low = cost(|a| {
        let x = a.encrypt(&grid(2), SLOTS, level(12), 0).unwrap();
        a.rotate(&x, 0).unwrap();
        a.rotate(&x, 1).unwrap();
    });
    let encryption = 3 * 13;
    assert_eq!(low.levels[0].1.ntt, encryption + 5 * 16 + 2 * 16);
    assert_eq!(low.levels[0].1.conversion, 12 * 13 + 15 + 2 * 3 * 13);
    assert_eq!(
        (low.count(Operation::Rotate), low.count(Operation::Encrypt)),
        (1, 1)
    );
}

#[test]
fn raising_the_modulus_by_hand() {
    let raised = |slots| {
        let analyzer = analyzer();
        let x = analyzer.encrypt(&grid(2), slots, level(0), 0).unwrap();
        analyzer.mod_raise(&x, level(TOP), 8.0).unwrap();
        analyzer.cost()
    };
    let cost = raised(SLOTS);
    assert_eq!(cost.count(Operation::ModRaise), 1);
    assert_eq!(cost.count(Operation::Rotate), 0);
    // Encryption and the switch are at different levels in the table: the latter counts where it leads to.
    let (at, units, _) = cost.levels[1];
    assert_eq!(at, level(TOP));
    // l = 15. A switch of one limb: one digit, 1 inverse and 1 forward, and 2·(1 + 1) for the division. Then 2 inverse,
    // 16 forward of the second component, 2 inverse modulo the special prime, and 2·15 forward.
    assert_eq!(units.ntt, 2 + 4 + 2 + 16 + 2 + 30);
    assert_eq!(units.conversion, 3 + 16 + 3 * 15);
    assert_eq!(units.inner_product, 4 + 2 * 16);
    assert_eq!(units.product, 2 + 3 * 15);
    assert_eq!((units.addition, units.automorphism), (1, 0));
    // With 1/8 of the slots, a trace of three steps at the higher level.
    let sparse = raised(SLOTS / 8);
    assert_eq!(sparse.count(Operation::Rotate), 3);
    assert_eq!(sparse.count(Operation::Add), 3);
    assert_eq!(sparse.levels[1].0, level(TOP));
    let free = work(|a, x| {
        let scale = Scale::power_of_two(45).unwrap();
        a.reinterpret(&a.mul_i(x).unwrap(), &scale).unwrap();
    });
    assert_eq!((free.product, free.ntt, free.addition), (30, 0, 0));
}

#[test]
fn transforms_by_their_steps() {
    let ones = repeated(&[Complex64::new(1.0, 0.0)]);
    let transform = LinearTransform::new(SLOTS, (0..64).map(|r| (r, ones.clone()))).unwrap();
    let steps = transform.steps();
    let report = cost(|a| {
        let x = a.encrypt(&grid(2), SLOTS, level(TOP), 0).unwrap();
        let scale = Scale::power_of_two(40).unwrap();
        let prepared = a.prepare(&transform, level(TOP), &scale).unwrap();
        a.transform(&x, &prepared).unwrap();
    });
    assert_eq!(report.count(Operation::Decompose), 1);
    assert_eq!(
        report.count(Operation::BabyStep),
        steps.babies().len() as u64 - 1
    );
    assert_eq!(
        report.count(Operation::GiantStep),
        steps.groups.len() as u64 - 1
    );
    assert_eq!(report.count(Operation::Diagonal), 64);
    let sum = cost(|a| {
        let x = a.encrypt(&grid(2), SLOTS, level(TOP), 0).unwrap();
        reduction::inner_sum(a, &x, 1, 256).unwrap();
    });
    assert_eq!(
        (sum.count(Operation::Rotate), sum.count(Operation::Add)),
        (8, 8)
    );
}

#[test]
fn seconds_scale_with_the_degree() {
    let one = Units {
        ntt: 1.0,
        product: 1.0,
        addition: 1.0,
        conversion: 1.0,
        inner_product: 1.0,
        automorphism: 1.0,
    };
    let provenance = || Provenance {
        machine: "none".into(),
        revision: "none".into(),
        command: "none".into(),
    };
    let log_n = LogN::new(16).unwrap();
    let table = CostTable::calibrated(log_n, one, provenance()).unwrap();
    let ntt = Units {
        ntt: 1000,
        ..Units::default()
    };
    let sum = Units {
        addition: 1000,
        ..Units::default()
    };
    assert!((table.seconds(&ntt, log_n) - 1e-3).abs() < 1e-15);
    let half = LogN::new(15).unwrap();
    assert!((table.seconds(&ntt, half) - 0.5e-3 * 15.0 / 16.0).abs() < 1e-15);
    assert!((table.seconds(&sum, half) - 0.5e-3).abs() < 1e-15);
    let bad = CostTable::calibrated(
        log_n,
        Units {
            product: f64::NAN,
            ..one
        },
        provenance(),
    );
    assert!(bad.unwrap_err().to_string().contains("product"));
    assert!(CostTable::from_json("{}").is_err());
    let text = serde_json::to_string(&table).unwrap();
    assert_eq!(CostTable::from_json(&text).unwrap(), table);
    // A rotation of 28 limbs, 6 special primes, at 2^16: between the limits measured and those of tuned code.
    let mut literal = scheme().literal().clone();
    literal.log_n = log_n;
    literal.q = [&literal.q[..], &literal.q[1..14]].concat();
    literal.scales = [&literal.scales[..], &literal.scales[1..14]].concat();
    literal.p = [&literal.p[..], &literal.p[..]].concat();
    let analyzer = Analyzer::new(Scheme::new(literal).unwrap(), CostTable::shipped().unwrap());
    let x = analyzer
        .encrypt_secret(&grid(2), SLOTS, level(27), 0)
        .unwrap();
    let before = analyzer.cost().seconds;
    analyzer.rotate(&x, 1).unwrap();
    let seconds = analyzer.cost().seconds - before;
    assert!((0.02..0.1).contains(&seconds), "{seconds}");
}

#[test]
fn threads_do_not_change_counts() {
    let run = |threads| {
        let analyzer = analyzer();
        let x = analyzer.encrypt(&grid(2), SLOTS, level(TOP), 0).unwrap();
        crate::on_threads(threads, || {
            use rayon::prelude::*;
            (1..50i64).into_par_iter().for_each(|k| {
                analyzer.rotate(&x, k).unwrap();
            });
        });
        analyzer.cost()
    };
    assert_eq!(run(1), run(8));
}
