//! Primes and roots of unity.

use equiripple::ring::{
    Modulus, RingError,
    prime::{Direction, is_prime, ntt_primes},
    root::primitive_root,
};

use super::prime;

#[test]
fn primality_is_exact() {
    let mut sieve = vec![true; 100_000];
    sieve[..2].fill(false);
    for i in 2..sieve.len() {
        if sieve[i] {
            (2 * i..sieve.len())
                .step_by(i)
                .for_each(|j| sieve[j] = false);
        }
        assert_eq!(is_prime(i as u64), sieve[i], "{i}");
    }
    // Strong pseudoprimes to the first bases, a Carmichael number, squares and products of large primes.
    let composite = [
        3_215_031_751,
        3_825_123_056_546_413_051,
        341_550_071_728_321,
        1_122_004_669_633,
    ];
    for n in composite
        .into_iter()
        .chain([u64::from(u32::MAX - 4).pow(2), u64::MAX])
    {
        assert!(!is_prime(n), "{n}");
    }
    for n in [0x7fe0_1001, (1 << 61) - 1, 18_446_744_073_709_551_557] {
        assert!(is_prime(n), "{n}");
    }
}

#[test]
fn primes_come_in_order_from_the_centre() {
    let (n, bits, order) = (1 << 15, 50, 1u64 << 16);
    let list = |direction, exclude: &[u64]| -> Vec<u64> {
        let primes = ntt_primes(n, bits, 8, direction, exclude).unwrap();
        primes.iter().map(Modulus::value).collect()
    };
    let all = |from: u64, to: u64| (from..to).step_by(order as usize).filter(|q| is_prime(*q));
    let centre = 1u64 << bits;
    let down = list(Direction::Down, &[]);
    let mut expected: Vec<u64> = all(centre - 10_000 * order + 1, centre).collect();
    expected.reverse();
    assert_eq!(down, expected[..8]);
    let up = list(Direction::Up, &[]);
    assert!(all(centre + 1, 2 * centre).take(8).eq(up.iter().copied()));
    let alternating = list(Direction::Alternating, &[]);
    assert!(alternating.iter().step_by(2).eq(&up[..4]));
    assert!(alternating.iter().skip(1).step_by(2).eq(&down[..4]));
    let without = list(Direction::Down, &down[..3]);
    assert_eq!(without[..5], down[3..]);
}

#[test]
fn running_out_of_primes_is_an_error() {
    let found = ntt_primes(1 << 10, 14, 100, Direction::Alternating, &[]);
    assert!(matches!(
        found,
        Err(RingError::PrimesExhausted { wanted: 100, .. })
    ));
    assert!(ntt_primes(1 << 10, 61, 1, Direction::Up, &[]).is_err());
    let small = ntt_primes(2, 4, 2, Direction::Alternating, &[]).unwrap();
    assert_eq!(
        small.iter().map(Modulus::value).collect::<Vec<_>>(),
        [17, 13]
    );
    for bits in [0, 1, 62, 64] {
        let refused = ntt_primes(16, bits, 1, Direction::Down, &[]);
        assert_eq!(refused, Err(RingError::Bits { bits }));
    }
}

#[test]
fn the_root_is_the_smallest_of_its_order() {
    for (n, bits) in [(2, 10), (8, 12), (16, 14), (64, 16)] {
        let modulus = prime(n, bits);
        let q = modulus.value();
        let root = primitive_root(&modulus, n).unwrap();
        let smallest = (1..q).find(|x| modulus.pow(*x, n as u64) == q - 1);
        assert_eq!(Some(root), smallest);
    }
    let modulus = prime(1 << 17, 50);
    let root = primitive_root(&modulus, 1 << 17).unwrap();
    assert_eq!(modulus.pow(root, 1 << 17), modulus.value() - 1);
}

#[test]
fn moduli_without_a_root_are_refused() {
    let composite = Modulus::new(33).unwrap();
    let refused = primitive_root(&composite, 16);
    assert_eq!(refused, Err(RingError::NotPrime { value: 33 }));
    let thirteen = Modulus::new(13).unwrap();
    let refused = primitive_root(&thirteen, 4);
    assert_eq!(
        refused,
        Err(RingError::NoRoot {
            modulus: 13,
            order: 8
        })
    );
}
