//! What a transform of one modulus and one degree needs.

use super::{check_degree, check_length, portable::PortableNtt};
use crate::ring::{
    Backend, Modulus, Pointwise, RingError,
    root::primitive_root,
    simd::{Avx2Ntt, IfmaNtt, NttConstants},
};

/// Powers of the root of unity for one modulus and degree, laid out for the backend chosen when it was made.
#[derive(Clone, Debug)]
pub struct NttTable {
    modulus: Modulus,
    degree: usize,
    root: u64,
    backend: Backend,
    kernel: Kernel,
    pointwise: Pointwise,
}

#[derive(Clone, Debug)]
enum Kernel {
    Portable(PortableNtt),
    Avx2(Avx2Ntt),
    Ifma(IfmaNtt),
}

impl NttTable {
    /// Table for a prime q ≡ 1 (mod 2N), N = `degree`, on the backend that [`Backend::detect`] chooses.
    pub fn new(modulus: Modulus, degree: usize) -> Result<Self, RingError> {
        Self::with_backend(modulus, degree, Backend::detect()?)
    }

    /// The same on a given backend. Where the vector kernels do not reach (q ≥ 2^50, or N below 128 for AVX-512 and below 8
    /// for AVX2) the portable one works.
    pub fn with_backend(
        modulus: Modulus,
        degree: usize,
        backend: Backend,
    ) -> Result<Self, RingError> {
        check_degree(degree)?;
        let root = primitive_root(&modulus, degree)?;
        Self::with_root(modulus, degree, root, backend)
    }

    /// The table for polynomials in X^(N/n), n = `degree`, with ψ^(N/n) for ψ: value j of n is each of the values j·N/n to
    /// (j+1)·N/n − 1 that this table gives.
    pub fn of_subring(&self, degree: usize) -> Result<Self, RingError> {
        check_degree(degree)?;
        let power = (self.degree / degree).max(1) as u64;
        let root = self.modulus.pow(self.root, power);
        Self::with_root(self.modulus, degree.min(self.degree), root, self.backend)
    }

    fn with_root(
        modulus: Modulus,
        degree: usize,
        root: u64,
        backend: Backend,
    ) -> Result<Self, RingError> {
        let constants = NttConstants {
            modulus,
            degree,
            root,
            root_inverse: modulus.inv(root)?,
            degree_inverse: modulus.inv(modulus.reduce(degree as u64))?,
        };
        let kernel = if let Some(ntt) = IfmaNtt::new(backend, &constants) {
            Kernel::Ifma(ntt)
        } else if let Some(ntt) = Avx2Ntt::new(backend, &constants) {
            Kernel::Avx2(ntt)
        } else {
            Kernel::Portable(PortableNtt::new(modulus, root, degree)?)
        };
        Ok(Self {
            modulus,
            degree,
            root,
            backend,
            kernel,
            pointwise: Pointwise::with_backend(modulus, backend),
        })
    }

    /// q.
    pub fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// N.
    pub fn degree(&self) -> usize {
        self.degree
    }

    /// ψ, the smallest primitive 2N-th root of unity, or a power of that of a larger ring.
    pub fn root(&self) -> u64 {
        self.root
    }

    /// Whether the vector kernels work here.
    pub fn is_vectorized(&self) -> bool {
        !matches!(self.kernel, Kernel::Portable(_))
    }

    /// Products position by position, on the same backend.
    pub fn pointwise(&self) -> &Pointwise {
        &self.pointwise
    }

    /// â\[i\] = a(ψ^(2·rev(i)+1)), in place. Pre: a < q. Post: < q.
    pub fn forward(&self, a: &mut [u64]) -> Result<(), RingError> {
        check_length(a, self.degree)?;
        match &self.kernel {
            Kernel::Portable(ntt) => ntt.forward(a),
            Kernel::Avx2(ntt) => ntt.forward(a),
            Kernel::Ifma(ntt) => ntt.forward(a),
        }
        Ok(())
    }

    /// The inverse of [`NttTable::forward`], scaled by N⁻¹. Pre: â < q. Post: < q.
    pub fn inverse(&self, a: &mut [u64]) -> Result<(), RingError> {
        check_length(a, self.degree)?;
        match &self.kernel {
            Kernel::Portable(ntt) => ntt.inverse(a),
            Kernel::Avx2(ntt) => ntt.inverse(a),
            Kernel::Ifma(ntt) => ntt.inverse(a),
        }
        Ok(())
    }
}
