//! Polynomials of least mean-square error under a distribution of inputs.
//!
//! With a density ρ on `[a, b]`, `s = (2x − a − b)/(b − a)` and `p(x) = Σ c_k T_{δ(k)}(s)` in one [`Parity`], the
//! coefficients minimise
//!
//! ```text
//! ∫ ρ(x)·(f(x) − p(x))² dx  ≈  Σ_i w_i·(f(x_i) − p(x_i))²,     Σ_i w_i = 1,
//! ```
//!
//! where `(x_i, w_i)` are the cells of [`Distribution::quadrature`], so that an rms here is the rms of
//! [`ErrorStatistics`] with as many points; or where they are given, as for a table of samples. The system
//! `√w_i·T_{δ(k)}(s_i)·c_k = √w_i·f(x_i)` is solved by Householder's QR, columns scaled to unit length first. The normal
//! equations are never formed: they would square the condition. Since the basis is nested, one factorisation serves all
//! degrees below the largest, and the part of `Qᵀ√w f` beyond the first n entries is the error of n coefficients.
//!
//! A [`Fit`] holds points and values; all of it is in f64, good to about 2^-48 of the largest value times the
//! condition that [`LeastSquares::condition`] reports. What it returns is no bound: the mean is small, the largest error
//! may be far above that of a minimax polynomial. Certify with [`function_error`].
//!
//! ```
//! use equiripple_approx::{analysis::Distribution, least_squares::Fit, target::Target};
//! let inputs = Distribution::Gaussian { mean: 0.0, std: 1.0 };
//! let fit = Fit::new(&"gelu".parse::<Target>()?, &inputs, -8.0, 8.0, 4096)?;
//! // The points are evaluated once, and serve every degree.
//! let curve = fit.rms_by_degree(12)?;
//! assert!(curve.windows(2).all(|pair| pair[1].1 <= pair[0].1));
//! let best = fit.degree(12)?;
//! assert!((best.error.rms - curve[12].1).abs() < 1e-12 && best.error.rms < 1e-2);
//! # Ok::<(), equiripple_approx::ApproxError>(())
//! ```
//!
//! [`Parity`]: crate::poly::Parity
//! [`Distribution::quadrature`]: crate::analysis::Distribution::quadrature
//! [`ErrorStatistics`]: crate::analysis::ErrorStatistics
//! [`function_error`]: crate::certify::function_error

mod degrees;
mod factor;
mod fit;
mod points;
mod relu;

#[cfg(test)]
mod tests;

pub use degrees::LeastSquares;
pub use fit::Fit;
pub use points::{MeanError, WeightedPoint};
pub use relu::{ReluFit, relu};
