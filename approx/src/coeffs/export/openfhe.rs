//! A C++17 header for OpenFHE.

use super::{double, lines, names};
use crate::{
    Result,
    coeffs::{CoefficientTable, Exact},
};

/// The series of every stage on its interval, and a plain evaluation to test against.
pub(super) fn header(table: &CoefficientTable, name: &str) -> Result<String> {
    let mut out: String = names::summary(table)
        .iter()
        .map(|l| format!("// {l}\n"))
        .collect();
    out.push_str(NOTES);
    let guard = format!("EQUIRIPPLE_{}_HPP", name.to_ascii_uppercase());
    out.push_str(&format!(
        "#ifndef {guard}\n#define {guard}\n\n#include <cstddef>\n#include <vector>\n\n"
    ));
    let mut calls = String::new();
    for (i, poly) in (1..).zip(table.polys()?) {
        let (lo, hi) = poly.interval();
        let (lo, hi) = (double(&Exact::new(lo)?)?, double(&Exact::new(hi)?)?);
        let mut dense = poly.dense_coeffs();
        dense[0] *= 2u32;
        let numbers = dense
            .iter()
            .map(|c| double(&Exact::new(c)?))
            .collect::<Result<Vec<_>>>()?;
        let stage = format!("{name}_stage{i}");
        out.push_str(&format!(
            "// Stage {i}: EvalChebyshevSeries(ciphertext, {stage}, {stage}_lower, {stage}_upper)\n\
             inline constexpr double {stage}_lower = {lo};\n\
             inline constexpr double {stage}_upper = {hi};\n\
             inline const std::vector<double> {stage} = {{\n{}}};\n\n",
            lines(numbers, "    ")
        ));
        calls.push_str(&format!(
            "    y = {name}_series({stage}, {stage}_lower, {stage}_upper, y);\n"
        ));
    }
    let scale = double(&table.input_scale)?;
    let offset = double(&table.offset)?;
    let value = if table.product {
        format!("0.5 * x + x * y + {name}_offset")
    } else {
        format!("y + {name}_offset")
    };
    out.push_str(&format!(
        "// The input is multiplied by this before the first stage.\n\
         inline constexpr double {name}_input_scale = {scale};\n\
         // Added at the end.\n\
         inline constexpr double {name}_offset = {offset};\n\n\
         // c[0]/2 + sum of c[k]*T_k on [lower, upper], as EvalChebyshevSeries computes it.\n\
         inline double {name}_series(const std::vector<double>& c, double lower, double upper, double x) {{\n    \
             const double s = (2.0 * x - lower - upper) / (upper - lower);\n    \
             double b1 = 0.0;\n    \
             double b2 = 0.0;\n    \
             for (std::size_t k = c.size(); k-- > 1;) {{\n        \
                 const double b0 = c[k] + 2.0 * s * b1 - b2;\n        \
                 b2 = b1;\n        \
                 b1 = b0;\n    \
             }}\n    \
             return c[0] / 2.0 + s * b1 - b2;\n\
         }}\n\n\
         // The whole circuit on a plain number, to test against.\n\
         inline double {name}_plain(double x) {{\n    \
             double y = {name}_input_scale * x;\n{calls}    \
             return {value};\n\
         }}\n\n\
         #endif  // {guard}\n"
    ));
    Ok(out)
}

const NOTES: &str = "\
//
// OpenFHE computes c[0]/2 + sum of c[k]*T_k: the constant terms below are doubled for that.
// All coefficients of T_0 ... T_d are listed, those that are exactly zero too. Do not drop them: a coefficient's
// position is its degree, and OpenFHE treats zeros specially (it takes the degree from the last coefficient that is
// not zero, and skips terms whose coefficient is zero).
// An interval other than [-1, 1] costs EvalChebyshevSeries one level more.
";
