//! The functions of one variable that an expression may call.

use std::fmt;
use std::str::FromStr;

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(| $alias:literal)*, $shape:ident;)*) => {
        /// A named function of one variable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Function {
            $($(#[$doc])* $variant,)*
        }

        impl Function {
            /// Every function, in the order of the declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in expressions.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What the function does to the sign of its result when its argument changes sign.
            pub(super) fn shape(self) -> Shape {
                match self { $(Self::$variant => Shape::$shape,)* }
            }
        }

        impl FromStr for Function {
            type Err = ();

            fn from_str(name: &str) -> Result<Self, ()> {
                match name {
                    $($name $(| $alias)* => Ok(Self::$variant),)*
                    _ => Err(()),
                }
            }
        }
    };
}

/// Symmetry of a function about zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Odd,
    Even,
    Neither,
}

functions! {
    /// `e^u`
    Exp = "exp", Neither;
    /// Natural logarithm.
    Log = "log" | "ln", Neither;
    /// `√u`
    Sqrt = "sqrt", Neither;
    /// Sine.
    Sin = "sin", Odd;
    /// Cosine.
    Cos = "cos", Even;
    /// Tangent.
    Tan = "tan", Odd;
    /// Hyperbolic sine.
    Sinh = "sinh", Odd;
    /// Hyperbolic cosine.
    Cosh = "cosh", Even;
    /// Hyperbolic tangent.
    Tanh = "tanh", Odd;
    /// Arc tangent.
    Atan = "atan", Odd;
    /// The error function.
    Erf = "erf", Odd;
    /// `1 − erf u`
    Erfc = "erfc", Neither;
    /// `|u|`
    Abs = "abs", Even;
    /// −1, 0 or 1.
    Sign = "sign", Odd;
    /// `max(u, 0)`
    Relu = "relu", Neither;
    /// `1/(1+exp(−u))`
    Sigmoid = "sigmoid", Neither;
    /// `u·sigmoid(u)`
    Silu = "silu", Neither;
    /// `u/2·(1+erf(u/√2))`
    Gelu = "gelu", Neither;
    /// `log(1+exp u)`
    Softplus = "softplus", Neither;
    /// `1/u`
    Inverse = "inverse", Odd;
    /// `1/√u`
    InvSqrt = "invsqrt", Neither;
    /// `u` minus its nearest integer, half-integers rounded away from zero.
    Mod1 = "mod1", Odd;
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
