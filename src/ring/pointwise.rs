//! Products of transforms, position by position.

use super::{
    Backend, Modulus, RingError,
    ntt::check_length,
    simd::{Avx2Pointwise, IfmaPointwise},
};

/// Element-wise products modulo q, on the backend chosen when it was made.
#[derive(Clone, Copy, Debug)]
pub struct Pointwise {
    modulus: Modulus,
    vector: Option<IfmaPointwise>,
    avx2: Option<Avx2Pointwise>,
}

impl Pointwise {
    /// Products modulo `modulus` on the backend that [`Backend::detect`] chooses.
    pub fn new(modulus: Modulus) -> Result<Self, RingError> {
        Ok(Self::with_backend(modulus, Backend::detect()?))
    }

    /// The same on a given backend. Where the vector kernels do not reach (q ≥ 2^50) the portable ones work.
    pub fn with_backend(modulus: Modulus, backend: Backend) -> Self {
        Self {
            modulus,
            vector: IfmaPointwise::new(backend, &modulus),
            avx2: Avx2Pointwise::new(backend, &modulus),
        }
    }

    /// a ← a·b. Pre: a, b < q, of one length. Post: < q.
    pub fn mul_assign(&self, a: &mut [u64], b: &[u64]) -> Result<(), RingError> {
        check_length(b, a.len())?;
        let done = match (self.vector, self.avx2) {
            (Some(v), _) => v.mul_assign(a, b),
            (_, Some(v)) => v.mul_assign(a, b),
            _ => 0,
        };
        for (x, y) in a[done..].iter_mut().zip(&b[done..]) {
            *x = self.modulus.mul(*x, *y);
        }
        Ok(())
    }

    /// sum ← sum + a·b. Pre: sum, a, b < q, of one length. Post: < q.
    pub fn mul_add_assign(&self, sum: &mut [u64], a: &[u64], b: &[u64]) -> Result<(), RingError> {
        check_length(a, sum.len())?;
        check_length(b, sum.len())?;
        let done = match (self.vector, self.avx2) {
            (Some(v), _) => v.mul_add_assign(sum, a, b),
            (_, Some(v)) => v.mul_add_assign(sum, a, b),
            _ => 0,
        };
        let factors = a[done..].iter().zip(&b[done..]);
        for (s, (x, y)) in sum[done..].iter_mut().zip(factors) {
            *s = self.modulus.mul_add(*x, *y, *s);
        }
        Ok(())
    }
}
