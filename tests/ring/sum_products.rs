//! Sums of products with repeated factors against their definition.

use equiripple::ring::{Modulus, Pointwise, sum_products::Term};

use super::{Words, backends};

#[test]
fn every_backend_equals_the_definition() {
    let mut words = Words(43);
    for bits in [30, 49, 50, 51, 61] {
        let q = (1u64 << bits) - 1;
        let modulus = Modulus::new(q).unwrap();
        for (count, degree) in [(0, 8usize), (1, 4), (3, 64), (15, 32), (16, 12), (40, 64)] {
            let mut pairs = vec![];
            for log_repeats in (0..=degree.ilog2()).cycle().take(count) {
                let factors = degree.div_ceil(1 << log_repeats);
                // Extremes, so that nothing overflows by luck.
                let extreme = log_repeats % 3 == 1;
                let mut row = |n| match extreme {
                    true => vec![q - 1; n],
                    false => words.residues(n, q),
                };
                pairs.push(([row(degree), row(degree)], row(factors), log_repeats));
            }
            let start = [words.residues(degree, q), words.residues(degree, q)];
            let expected: Vec<Vec<u64>> = (0..2)
                .map(|half| {
                    let entry = |i: usize| {
                        let products = pairs.iter().map(|(pair, factor, log)| {
                            let product = u128::from(pair[half][i]) * u128::from(factor[i >> log]);
                            product % u128::from(q)
                        });
                        let sum = products.sum::<u128>() + u128::from(start[half][i]);
                        (sum % u128::from(q)) as u64
                    };
                    (0..degree).map(entry).collect()
                })
                .collect();
            let terms: Vec<Term<'_>> = pairs
                .iter()
                .map(|(pair, factor, log_repeats)| Term {
                    pair: [&pair[0], &pair[1]],
                    factor,
                    log_repeats: *log_repeats,
                })
                .collect();
            for backend in backends() {
                let pointwise = Pointwise::with_backend(modulus, backend);
                let [mut x, mut y] = start.clone();
                pointwise.add_products(&terms, [&mut x, &mut y]).unwrap();
                assert_eq!(
                    [&x, &y],
                    [&expected[0], &expected[1]],
                    "{backend:?}, {bits} bits"
                );
            }
        }
    }
    let pointwise = Pointwise::new(Modulus::new((1 << 50) - 27).unwrap()).unwrap();
    let (short, long) = ([0; 8], [0; 16]);
    let term = |factor| Term {
        pair: [&long, &long],
        factor,
        log_repeats: 0,
    };
    let (mut x, mut y) = (long, long);
    assert!(
        pointwise
            .add_products(&[term(&long[..])], [&mut x, &mut y])
            .is_ok()
    );
    assert!(
        pointwise
            .add_products(&[term(&short[..])], [&mut x, &mut y])
            .is_err()
    );
}
