//! Numbers that inference is made in, one at a time and in vectors of the processor.

use num_traits::{Float, NumAssign};
use pulp::Simd;
use std::fmt::{Debug, Display};

/// `f32` or `f64`.
pub trait Real: Float + NumAssign + Default + Debug + Display + Send + Sync + 'static {
    /// As many numbers as a register of the processor holds.
    type Vector<S: Simd>: Copy;

    /// Numbers in a vector.
    fn lanes<S: Simd>() -> usize {
        size_of::<Self::Vector<S>>() / size_of::<Self>()
    }

    /// Rounded, if it must be.
    fn from_f64(x: f64) -> Self;
    /// Exact.
    fn widened(self) -> f64;
    /// 1 − erf x.
    fn erfc(self) -> Self;

    /// Whole vectors, and the numbers that are left.
    fn vectors<S: Simd>(values: &[Self]) -> (&[Self::Vector<S>], &[Self]);
    /// Whole vectors, and the numbers that are left.
    fn vectors_mut<S: Simd>(values: &mut [Self]) -> (&mut [Self::Vector<S>], &mut [Self]);
    /// The numbers of a vector.
    fn elements<S: Simd>(vector: &Self::Vector<S>) -> &[Self];
    /// A vector of equal numbers.
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Vector<S>;
    /// a + b.
    fn sum<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a − b.
    fn difference<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a · b.
    fn product<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a · b + c, rounded once where the processor can.
    fn fused<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// low where x < low, high where x > high, otherwise x; so what is not a number stays so.
    fn clamped<S: Simd>(
        simd: S,
        x: Self::Vector<S>,
        low: Self::Vector<S>,
        high: Self::Vector<S>,
    ) -> Self::Vector<S>;
}

macro_rules! real {
    ($real:ty, $vector:ident, $erfc:path, $as_simd:ident, $as_mut_simd:ident, $splat:ident, $add:ident, $sub:ident,
     $mul:ident, $mul_add:ident, $less:ident, $greater:ident, $select:ident) => {
        #[allow(
            clippy::inline_always,
            reason = "a vector instruction must not become a call without the processor's features"
        )]
        impl Real for $real {
            type Vector<S: Simd> = S::$vector;

            fn from_f64(x: f64) -> Self {
                x as $real
            }
            fn widened(self) -> f64 {
                self.into()
            }
            fn erfc(self) -> Self {
                $erfc(self)
            }
            #[inline(always)]
            fn vectors<S: Simd>(values: &[Self]) -> (&[S::$vector], &[Self]) {
                S::$as_simd(values)
            }
            #[inline(always)]
            fn vectors_mut<S: Simd>(values: &mut [Self]) -> (&mut [S::$vector], &mut [Self]) {
                S::$as_mut_simd(values)
            }
            #[inline(always)]
            fn elements<S: Simd>(vector: &S::$vector) -> &[Self] {
                bytemuck::cast_slice(std::slice::from_ref(vector))
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, x: Self) -> S::$vector {
                simd.$splat(x)
            }
            #[inline(always)]
            fn sum<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn difference<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$sub(a, b)
            }
            #[inline(always)]
            fn product<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$mul(a, b)
            }
            #[inline(always)]
            fn fused<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }
            #[inline(always)]
            fn clamped<S: Simd>(
                simd: S,
                x: S::$vector,
                low: S::$vector,
                high: S::$vector,
            ) -> S::$vector {
                let x = simd.$select(simd.$less(x, low), low, x);
                simd.$select(simd.$greater(x, high), high, x)
            }
        }
    };
}

real!(
    f32,
    f32s,
    libm::erfcf,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    add_f32s,
    sub_f32s,
    mul_f32s,
    mul_add_e_f32s,
    less_than_f32s,
    greater_than_f32s,
    select_f32s
);
real!(
    f64,
    f64s,
    libm::erfc,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    add_f64s,
    sub_f64s,
    mul_f64s,
    mul_add_e_f64s,
    less_than_f64s,
    greater_than_f64s,
    select_f64s
);
