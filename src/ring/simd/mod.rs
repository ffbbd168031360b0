//! Vector kernels, and the one place that chooses between them and the portable ones.
//!
//! All unsafe code of the crate is below this module. A [`Backend`] that says AVX-512 or AVX2 exists only on a processor
//! that was found to have it; the kernels are reached only through values made from such a backend.

use std::env;

use super::{Modulus, RingError};

#[cfg(not(target_arch = "x86_64"))]
mod absent;
#[cfg(not(target_arch = "x86_64"))]
pub(super) use absent::{Avx2Ntt, Avx2Pointwise, IfmaNtt, IfmaPermutation, IfmaPointwise};

#[cfg(target_arch = "x86_64")]
#[allow(
    unsafe_code,
    reason = "vector loads, stores, and calls of functions for detected processor features"
)]
mod avx2;
#[cfg(target_arch = "x86_64")]
#[allow(
    unsafe_code,
    reason = "vector loads, stores, and calls of functions for detected processor features"
)]
#[allow(
    clippy::needless_range_loop,
    reason = "registers are numbered, and closures given to iterators would lose the processor features"
)]
mod ifma;
#[cfg(target_arch = "x86_64")]
pub(super) use avx2::{Avx2Ntt, Avx2Pointwise};
#[cfg(target_arch = "x86_64")]
pub(super) use ifma::{IfmaNtt, IfmaPermutation, IfmaPointwise};

/// Environment variable that forces a backend: `portable`, `avx2` or `avx512`.
pub const BACKEND_VARIABLE: &str = "EQUIRIPPLE_SIMD";

/// Which kernels work. All give the same results, bit for bit.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Backend(Kind);

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Kind {
    Portable,
    /// Invariant: made only after the processor was found to have AVX2 and FMA.
    Avx2,
    /// Invariant: made only after the processor was found to have AVX-512 F and IFMA.
    Avx512,
}

impl Backend {
    /// What [`BACKEND_VARIABLE`] asks for, otherwise the fastest that this processor can run.
    pub fn detect() -> Result<Self, RingError> {
        match env::var_os(BACKEND_VARIABLE) {
            Some(value) => Self::named(&value.to_string_lossy()),
            None => Ok(Self::avx512().or(Self::avx2()).unwrap_or(Self::portable())),
        }
    }

    /// The backend of a name, `portable`, `avx2` or `avx512`.
    pub fn named(name: &str) -> Result<Self, RingError> {
        match name {
            "portable" => Ok(Self::portable()),
            "avx2" => Self::avx2(),
            "avx512" => Self::avx512(),
            _ => Err(RingError::UnknownBackend {
                value: name.to_string(),
            }),
        }
    }

    /// Words of 64 bits; works everywhere.
    pub fn portable() -> Self {
        Self(Kind::Portable)
    }

    /// AVX2 with FMA, for moduli below 2^50.
    pub fn avx2() -> Result<Self, RingError> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Ok(Self(Kind::Avx2));
        }
        Err(RingError::UnsupportedBackend {
            name: "avx2",
            features: "AVX2 and FMA",
        })
    }

    /// AVX-512 with IFMA, for moduli below 2^50.
    pub fn avx512() -> Result<Self, RingError> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma") {
            return Ok(Self(Kind::Avx512));
        }
        Err(RingError::UnsupportedBackend {
            name: "avx512",
            features: "AVX-512 F and IFMA",
        })
    }

    /// The name that [`BACKEND_VARIABLE`] takes.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            Kind::Avx2 => "avx2",
            Kind::Avx512 => "avx512",
        }
    }
}

/// What the tables of a transform are made from.
pub(super) struct NttConstants {
    pub(super) modulus: Modulus,
    pub(super) degree: usize,
    /// ψ.
    pub(super) root: u64,
    /// ψ⁻¹.
    pub(super) root_inverse: u64,
    /// N⁻¹.
    pub(super) degree_inverse: u64,
}
