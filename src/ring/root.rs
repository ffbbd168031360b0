//! Roots of unity of order 2N.

use super::{Modulus, RingError, ntt::check_degree, prime::is_prime};

/// The smallest primitive 2N-th root of unity modulo a prime, N = `degree`: the same on every machine and in every run.
pub fn primitive_root(modulus: &Modulus, degree: usize) -> Result<u64, RingError> {
    check_degree(degree)?;
    let q = modulus.value();
    if !is_prime(q) {
        return Err(RingError::NotPrime { value: q });
    }
    let order = 2 * degree as u64;
    if !(q - 1).is_multiple_of(order) {
        return Err(RingError::NoRoot { modulus: q, order });
    }
    // x = g^((q−1)/2N) has order 2N exactly when x^N = −1, as it does for half of all g.
    let mut candidates = (2..q).map(|g| modulus.pow(g, (q - 1) / order));
    let Some(root) = candidates.find(|x| modulus.pow(*x, degree as u64) == q - 1) else {
        return Err(RingError::NoRoot { modulus: q, order });
    };
    // The others are its odd powers.
    let square = modulus.mul(root, root);
    let mut power = root;
    let mut smallest = root;
    for _ in 1..degree {
        power = modulus.mul(power, square);
        smallest = smallest.min(power);
    }
    Ok(smallest)
}
