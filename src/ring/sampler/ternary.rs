//! Coefficients in {−1, 0, 1}.

use zeroize::Zeroizing;

use super::{Confidential, SamplerError, Stream};

/// `degree` independent coefficients, each of −1, 0, 1 with probability ⅓: pairs of bits, where 3 is rejected.
pub fn ternary<P: Confidential>(stream: &mut Stream<P>, degree: usize) -> Zeroizing<Vec<i64>> {
    // The full capacity at once, so that no copy is left behind by growth.
    let mut coefficients = Zeroizing::new(Vec::with_capacity(degree));
    while coefficients.len() < degree {
        let word = stream.word();
        let pairs = (0..u64::BITS / 2).map(|i| (word >> (2 * i)) & 3);
        let accepted = pairs.filter(|pair| *pair != 3).map(|pair| pair as i64 - 1);
        let missing = degree - coefficients.len();
        coefficients.extend(accepted.take(missing));
    }
    coefficients
}

/// `degree` coefficients of which exactly `weight` are not 0: their places uniform among all sets of places (the first
/// steps of Fisher and Yates's shuffle), their signs uniform. Memory is accessed at secret places.
pub fn sparse_ternary<P: Confidential>(
    stream: &mut Stream<P>,
    degree: usize,
    weight: usize,
) -> Result<Zeroizing<Vec<i64>>, SamplerError> {
    if weight == 0 || weight > degree {
        return Err(SamplerError::Weight { weight, degree });
    }
    let mut places = Zeroizing::new((0..degree).collect::<Vec<usize>>());
    let mut coefficients = Zeroizing::new(vec![0; degree]);
    for i in 0..weight {
        let j = i + stream.below((degree - i) as u64) as usize;
        places.swap(i, j);
        coefficients[places[i]] = 1 - 2 * (stream.word() & 1) as i64;
    }
    Ok(coefficients)
}
