//! Primality, and the primes that have roots of unity of order 2N.

use super::{Modulus, RingError, modulus::MAX_BITS, ntt::check_degree};

/// Strong pseudoprimes to all of these bases exceed 3.1·10^23 (Sorenson and Webster, 2015), hence 2^64.
const WITNESSES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/// Where primes are looked for, seen from 2^bits, nearest first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// Below 2^bits: primes of exactly `bits` bits while there are some.
    Down,
    /// Above 2^bits.
    Up,
    /// Above and below by turns, so that their product stays near a power of two.
    Alternating,
}

/// Whether n is prime; exact for every n (Miller–Rabin with enough fixed bases).
pub fn is_prime(n: u64) -> bool {
    for p in WITNESSES {
        if n.is_multiple_of(p) {
            return n == p;
        }
    }
    if n < 2 {
        return false;
    }
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    let mul = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(n)) as u64;
    let passes = |base: u64| {
        let (mut x, mut square, mut e) = (1, base, odd);
        while e != 0 {
            if e & 1 == 1 {
                x = mul(x, square);
            }
            square = mul(square, square);
            e >>= 1;
        }
        if x == 1 {
            return true;
        }
        for _ in 0..twos {
            if x == n - 1 {
                return true;
            }
            x = mul(x, x);
        }
        false
    };
    WITNESSES.into_iter().all(passes)
}

/// The first `count` primes q ≡ 1 (mod 2·`degree`) near 2^`bits` that are not in `exclude`.
///
/// Nothing farther from 2^`bits` than a factor of two is taken, and nothing from 2^61 on.
pub fn ntt_primes(
    degree: usize,
    bits: u32,
    count: usize,
    direction: Direction,
    exclude: &[u64],
) -> Result<Vec<Modulus>, RingError> {
    check_degree(degree)?;
    if !(2..=MAX_BITS).contains(&bits) {
        return Err(RingError::Bits { bits });
    }
    let order = 2 * degree as u64;
    let centre = 1u64 << bits;
    let good = |q: &u64| is_prime(*q) && !exclude.contains(q);
    // The largest number below the centre, and the smallest above it, that are 1 modulo 2N.
    let first_up = centre.next_multiple_of(order) + 1;
    let mut down = (1..)
        .map_while(|i| first_up.checked_sub(i * order))
        .skip_while(|q| *q >= centre)
        .take_while(|q| *q > centre / 2)
        .filter(good);
    let mut up = (0..)
        .map(|i| first_up + i * order)
        .take_while(|q| *q < 2 * centre && *q >> MAX_BITS == 0)
        .filter(good);
    let mut found = vec![];
    let mut take_up = direction == Direction::Up || direction == Direction::Alternating;
    while found.len() < count {
        let next = match direction {
            Direction::Down => down.next(),
            Direction::Up => up.next(),
            Direction::Alternating if take_up => up.next().or_else(|| down.next()),
            Direction::Alternating => down.next().or_else(|| up.next()),
        };
        take_up = !take_up;
        match next {
            Some(q) => found.push(Modulus::new(q)?),
            None => {
                return Err(RingError::PrimesExhausted {
                    bits,
                    order,
                    wanted: count,
                    found: found.len(),
                });
            }
        }
    }
    Ok(found)
}
