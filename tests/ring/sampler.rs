//! Distributions, and what depends on which seed.

use equiripple::ring::sampler::{
    Gaussian, Mask, MasterSeed, Noise, SIGMA, SamplerError, Secret, Seed, fill_uniform,
    sparse_ternary, ternary,
};

use super::prime;

const COUNT: usize = 1_000_000;

fn master() -> MasterSeed {
    MasterSeed::from_bytes(std::array::from_fn(|i| i as u8))
}

/// Whether a frequency is within 5.5 standard deviations of its probability.
fn assert_frequency(hits: usize, count: usize, probability: f64) {
    let n = count as f64;
    let deviation = (n * probability * (1.0 - probability)).sqrt();
    let distance = (hits as f64 - n * probability).abs();
    assert!(
        distance <= 5.5 * deviation + 1e-9,
        "{hits} of {count}, {probability}"
    );
}

fn uniform(seed: &Seed<Mask>, index: u64, count: usize) -> Vec<u64> {
    let mut residues = vec![0; count];
    fill_uniform(&mut seed.stream(index), &prime(1 << 10, 50), &mut residues);
    residues
}

#[test]
fn one_seed_gives_one_sequence() {
    let twice = |f: fn() -> Vec<i64>| assert_eq!(f(), f());
    twice(|| ternary(&mut master().seed::<Secret>().stream(3), 1000).to_vec());
    twice(|| {
        sparse_ternary(&mut master().seed::<Secret>().stream(3), 1000, 64)
            .unwrap()
            .to_vec()
    });
    twice(|| {
        Gaussian::new(SIGMA)
            .unwrap()
            .samples(&mut master().seed::<Noise>().stream(3), 1000)
            .to_vec()
    });
    let seed = master().seed::<Mask>();
    assert_eq!(
        uniform(&seed, 0, 1000),
        uniform(&Seed::from_bytes(seed.to_bytes()), 0, 1000)
    );
}

#[test]
fn sequences_are_pinned() {
    // Computed by another implementation. They may not change: published seeds stand for masks.
    assert_eq!(
        uniform(&master().seed(), 0, 3),
        [1023537101629157, 1056191440913447, 207846434179029]
    );
    let noise = Gaussian::new(SIGMA)
        .unwrap()
        .samples(&mut master().seed::<Noise>().stream(0), 12);
    assert_eq!(noise[..], [-5, 2, 5, 2, 4, 3, 0, 2, -4, 4, 4, 3]);
    assert_eq!(
        ternary(&mut master().seed::<Secret>().stream(0), 12)[..],
        [-1, 0, 0, -1, 0, 0, 0, 0, -1, 0, -1, -1]
    );
}

#[test]
fn purposes_streams_and_children_differ() {
    let (secret, noise) = (master().seed::<Secret>(), master().seed::<Noise>());
    let mut sequences = vec![
        ternary(&mut secret.stream(0), 256),
        ternary(&mut secret.stream(1), 256),
        ternary(&mut secret.child(0).stream(0), 256),
        ternary(&mut secret.child(1).stream(0), 256),
        ternary(&mut secret.child(0).child(0).stream(0), 256),
        ternary(&mut noise.stream(0), 256),
        ternary(
            &mut MasterSeed::from_bytes([7; 32]).seed::<Secret>().stream(0),
            256,
        ),
    ];
    let all = sequences.len();
    sequences.sort_by(|a, b| a[..].cmp(&b[..]));
    sequences.dedup();
    assert_eq!(sequences.len(), all);
    let seed = master().seed::<Mask>();
    assert_ne!(uniform(&seed, 0, 8), uniform(&seed, 1, 8));
    assert_ne!(uniform(&seed, 0, 8), uniform(&seed.child(0), 0, 8));
}

#[test]
fn seeds_of_the_system_differ_and_are_not_shown() {
    let [a, b] = [(); 2].map(|()| MasterSeed::from_os().unwrap());
    assert_ne!(a.seed::<Mask>().to_bytes(), b.seed::<Mask>().to_bytes());
    let shown = format!(
        "{a:?} {:?} {:?}",
        a.seed::<Secret>(),
        a.seed::<Secret>().stream(0)
    );
    assert_eq!(shown, "MasterSeed(..) Seed(..) Stream(..)");
}

#[test]
fn residues_are_uniform() {
    // Just below 2^50, and 17, for which nearly half of the words are rejected.
    for q in [prime(1 << 10, 50), prime(4, 5)] {
        let mut residues = vec![0; COUNT];
        fill_uniform(&mut master().seed().stream(0), &q, &mut residues);
        assert!(residues.iter().all(|r| *r < q.value()));
        let bins = q.value().min(29);
        let mut counts = vec![0; bins as usize];
        for r in residues {
            counts[(u128::from(r) * u128::from(bins) / u128::from(q.value())) as usize] += 1;
        }
        for hits in counts {
            assert_frequency(hits, COUNT, 1.0 / bins as f64);
        }
    }
}

#[test]
fn dense_secrets_are_uniform() {
    let secret = ternary(&mut master().seed::<Secret>().stream(0), COUNT);
    assert_eq!(secret.len(), COUNT);
    for value in -1..=1 {
        let hits = secret.iter().filter(|x| **x == value).count();
        assert_frequency(hits, COUNT, 1.0 / 3.0);
    }
    let pairs = secret.windows(2).filter(|w| w[0] == w[1]).count();
    assert_frequency(pairs, COUNT - 1, 1.0 / 3.0);
}

#[test]
fn sparse_secrets_have_their_weight_at_uniform_places() {
    let seed = master().seed::<Secret>();
    let (degree, weight, rounds) = (64, 16, 20_000);
    let mut places = vec![0; degree];
    let mut positive = 0;
    for i in 0..rounds {
        let secret = sparse_ternary(&mut seed.stream(i), degree, weight).unwrap();
        assert_eq!(secret.iter().filter(|x| x.abs() == 1).count(), weight);
        assert_eq!(secret.iter().filter(|x| **x == 0).count(), degree - weight);
        positive += secret.iter().filter(|x| **x == 1).count();
        places
            .iter_mut()
            .zip(secret.iter())
            .for_each(|(n, x)| *n += usize::from(*x != 0));
    }
    let rounds = rounds as usize;
    assert_frequency(positive, rounds * weight, 0.5);
    for hits in places {
        assert_frequency(hits, rounds, weight as f64 / degree as f64);
    }
    for weight in [1, 5, 64] {
        let secret = sparse_ternary(&mut seed.stream(0), 64, weight).unwrap();
        assert_eq!(secret.iter().filter(|x| **x != 0).count(), weight);
    }
    for weight in [0, 65] {
        let refused = sparse_ternary(&mut seed.stream(0), 64, weight).unwrap_err();
        assert_eq!(refused, SamplerError::Weight { weight, degree: 64 });
    }
}

#[test]
fn noise_has_the_frequencies_of_the_discrete_gaussian() {
    for sigma in [0.5, 1.0, SIGMA, 64.0] {
        let gaussian = Gaussian::new(sigma).unwrap();
        let bound = gaussian.bound() as i64;
        assert_eq!(bound, (12.0 * sigma).ceil() as i64);
        let samples = gaussian.samples(&mut master().seed::<Noise>().stream(9), COUNT);
        let rho = |x: i64| (-((x * x) as f64) / (2.0 * sigma * sigma)).exp();
        let total: f64 = (-bound..=bound).map(rho).sum();
        for value in -bound..=bound {
            let hits = samples.iter().filter(|x| **x == value).count();
            // Where fewer than one is expected, none or a few may come.
            let probability = rho(value) / total;
            if probability * COUNT as f64 > 30.0 {
                assert_frequency(hits, COUNT, probability);
            } else {
                assert!(hits <= 100, "{value}: {hits}");
            }
        }
        // Tails as a whole.
        for cut in [1.0, 2.0, 3.0, 4.0].map(|t| (t * sigma).ceil() as i64) {
            let hits = samples.iter().filter(|x| x.abs() >= cut).count();
            let tail: f64 = (cut..=bound).map(|x| 2.0 * rho(x) / total).sum();
            assert_frequency(hits, COUNT, tail);
        }
        let n = COUNT as f64;
        let mean = samples.iter().sum::<i64>() as f64 / n;
        let square = samples.iter().map(|x| x * x).sum::<i64>() as f64 / n;
        let variance: f64 = (-bound..=bound)
            .map(|x| (x * x) as f64 * rho(x) / total)
            .sum();
        let fourth: f64 = (-bound..=bound)
            .map(|x| (x as f64).powi(4) * rho(x) / total)
            .sum();
        assert!(mean.abs() <= 5.0 * (variance / n).sqrt(), "{mean}");
        let deviation = ((fourth - variance * variance) / n).sqrt();
        assert!(
            (square - variance).abs() <= 5.0 * deviation,
            "{square}, {variance}"
        );
    }
}

#[test]
fn deviations_out_of_range_are_refused() {
    for sigma in [0.0, -3.19, 0.49, 64.1, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            Gaussian::new(sigma),
            Err(SamplerError::Deviation { .. })
        ));
    }
}
