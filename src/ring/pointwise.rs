//! Limbs position by position: one modulus, any number of residues.

use super::{
    Backend, Modulus, RingError, ShoupFactor,
    ntt::check_length,
    simd::{Avx2Pointwise, IfmaPointwise},
};

/// Element-wise arithmetic modulo q, on the backend chosen when it was made. Where the vector kernels end the words go on.
#[derive(Clone, Copy, Debug)]
pub struct Pointwise {
    pub(super) modulus: Modulus,
    pub(super) vector: Option<IfmaPointwise>,
    avx2: Option<Avx2Pointwise>,
}

impl Pointwise {
    /// Arithmetic modulo `modulus` on the backend that [`Backend::detect`] chooses.
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

    /// q.
    pub fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// a ← a + b. Pre: a, b < q, of one length. Post: < q.
    pub fn add_assign(&self, a: &mut [u64], b: &[u64]) -> Result<(), RingError> {
        check_length(b, a.len())?;
        let done = self.vector.map_or(0, |v| v.add_assign(a, b));
        each(a, b, done, |x, y| self.modulus.add(x, y));
        Ok(())
    }

    /// a ← a − b. Pre: a, b < q, of one length. Post: < q.
    pub fn sub_assign(&self, a: &mut [u64], b: &[u64]) -> Result<(), RingError> {
        check_length(b, a.len())?;
        let done = self.vector.map_or(0, |v| v.sub_assign(a, b));
        each(a, b, done, |x, y| self.modulus.sub(x, y));
        Ok(())
    }

    /// a ← −a. Pre: a < q. Post: < q.
    pub fn neg_assign(&self, a: &mut [u64]) {
        let done = self.vector.map_or(0, |v| v.neg_assign(a));
        for x in &mut a[done..] {
            *x = self.modulus.neg(*x);
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
        each(a, b, done, |x, y| self.modulus.mul(x, y));
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

    /// a ← c·a, for any word c. Pre: a < q. Post: < q.
    pub fn mul_scalar_assign(&self, a: &mut [u64], c: u64) {
        let c = self.factor(c);
        let done = self.vector.map_or(0, |v| v.mul_scalar_assign(a, c));
        for x in &mut a[done..] {
            *x = self.modulus.mul_shoup(*x, c);
        }
    }

    /// sum ← sum + c·a, for any word c. Pre: sum, a < q, of one length. Post: < q.
    pub fn mul_scalar_add_assign(
        &self,
        sum: &mut [u64],
        a: &[u64],
        c: u64,
    ) -> Result<(), RingError> {
        check_length(a, sum.len())?;
        let (q, c) = (&self.modulus, self.factor(c));
        let done = self
            .vector
            .map_or(0, |v| v.mul_scalar_add_assign(sum, a, c));
        each(sum, a, done, |s, x| q.add(s, q.mul_shoup(x, c)));
        Ok(())
    }

    /// x ← (x − y)·c, for any word c: the end of a division by a modulus. Pre: x, y < q, of one length. Post: < q.
    pub fn sub_mul_scalar_assign(&self, x: &mut [u64], y: &[u64], c: u64) -> Result<(), RingError> {
        check_length(y, x.len())?;
        let (q, c) = (&self.modulus, self.factor(c));
        let done = self.vector.map_or(0, |v| v.sub_mul_scalar_assign(x, y, c));
        each(x, y, done, |x, y| q.mul_shoup(q.sub(x, y), c));
        Ok(())
    }

    /// to ← the residues of the numbers in [−(p−1)/2, (p−1)/2] that are `from` modulo p. Pre: from < p, of one length.
    /// Post: < q.
    pub fn reduce_centered(
        &self,
        to: &mut [u64],
        from: &[u64],
        p: &Modulus,
    ) -> Result<(), RingError> {
        check_length(from, to.len())?;
        let done = self.vector.map_or(0, |v| v.reduce_centered(to, from, p));
        each(to, from, done, |_, r| {
            self.modulus.reduce_i64(p.centered(r))
        });
        Ok(())
    }

    /// (a₀ + a₁s)(b₀ + b₁s) = d₀ + d₁s + d₂s² at every position. Pre: a, b < q, all of one length. Post: d < q.
    pub fn tensor(
        &self,
        a: [&[u64]; 2],
        b: [&[u64]; 2],
        mut d: [&mut [u64]; 3],
    ) -> Result<(), RingError> {
        let (q, n) = (&self.modulus, a[0].len());
        for slice in [a[1], b[0], b[1], d[0], d[1], d[2]] {
            check_length(slice, n)?;
        }
        let done = self.vector.map_or(0, |v| v.tensor(a, b, &mut d));
        for i in done..n {
            d[0][i] = q.mul(a[0][i], b[0][i]);
            d[1][i] = q.mul_add(a[0][i], b[1][i], q.mul(a[1][i], b[0][i]));
            d[2][i] = q.mul(a[1][i], b[1][i]);
        }
        Ok(())
    }

    /// [`Pointwise::tensor`] of a with itself.
    pub fn tensor_square(&self, a: [&[u64]; 2], mut d: [&mut [u64]; 3]) -> Result<(), RingError> {
        let (q, n) = (&self.modulus, a[0].len());
        for slice in [a[1], d[0], d[1], d[2]] {
            check_length(slice, n)?;
        }
        let done = self.vector.map_or(0, |v| v.tensor_square(a, &mut d));
        for i in done..n {
            let cross = q.mul(a[0][i], a[1][i]);
            d[0][i] = q.mul(a[0][i], a[0][i]);
            d[1][i] = q.add(cross, cross);
            d[2][i] = q.mul(a[1][i], a[1][i]);
        }
        Ok(())
    }

    /// c modulo q, prepared for products.
    pub(super) fn factor(&self, c: u64) -> ShoupFactor {
        ShoupFactor::new(self.modulus.reduce(c), &self.modulus)
    }
}

/// x ← f(x, y) from position `done` on.
#[inline]
fn each(x: &mut [u64], y: &[u64], done: usize, f: impl Fn(u64, u64) -> u64) {
    for (x, y) in x[done..].iter_mut().zip(&y[done..]) {
        *x = f(*x, *y);
    }
}
