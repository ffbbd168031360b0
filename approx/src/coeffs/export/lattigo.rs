//! Go source for Lattigo v6.

use rug::Float;

use super::names;
use crate::{
    Result,
    coeffs::{CoefficientTable, Exact, exact::decimal_text},
    poly::Chebyshev,
};

/// Decimal strings of every stage in the Chebyshev basis, and a function that makes polynomials of them.
pub(super) fn source(table: &CoefficientTable, name: &str) -> Result<String> {
    let polys = table.polys()?;
    let mut exported = name.to_owned();
    exported[..1].make_ascii_uppercase();
    let package = name.replace('_', "").to_ascii_lowercase();
    let numbers = polys.iter().map(numbers).collect::<Result<Vec<_>>>()?;
    let all = numbers.iter().flatten();
    let scalars = [&table.input_scale, &table.offset];
    let prec = all
        .chain(scalars)
        .map(|x| x.value().prec())
        .max()
        .unwrap_or(53);
    let mut out: String = names::summary(table)
        .iter()
        .map(|l| format!("// {l}\n"))
        .collect();
    out.push_str(&format!(
        "\npackage {package}\n\n\
         import (\n\t\"math/big\"\n\n\t\"github.com/tuneinsight/lattigo/v6/utils/bignum\"\n)\n\n\
         // {exported}Precision is the number of bits at which the decimals below are exact.\n\
         const {exported}Precision = {prec}\n\n\
         // {exported}InputScale multiplies the input before the first stage; {exported}Offset is added at the end.\n\
         const (\n\t{exported}InputScale = \"{}\"\n\t{exported}Offset = \"{}\"\n)\n\n\
         // {exported}Product tells whether the outcome is x/2 + x*P(x) + offset, P the composition of the stages.\n\
         const {exported}Product = {}\n\n\
         // {exported}Coefficients holds the coefficients of T_0, T_1, ... of every stage, zeros included.\n\
         var {exported}Coefficients = [][]string{{\n",
        decimal(&table.input_scale, prec),
        decimal(&table.offset, prec),
        table.product
    ));
    for stage in &numbers {
        let quoted = stage.iter().map(|x| format!("\"{}\"", decimal(x, prec)));
        out.push_str(&format!("\t{{\n{}\t}},\n", super::lines(quoted, "\t\t")));
    }
    out.push_str(&format!(
        "}}\n\n\
         func {name}Float(text string) *big.Float {{\n\
         \tx, ok := new(big.Float).SetPrec({exported}Precision).SetString(text)\n\
         \tif !ok {{\n\t\tpanic(\"not a number: \" + text)\n\t}}\n\
         \treturn x\n}}\n\n\
         func {name}Stage(i int) []*big.Float {{\n\
         \tcoeffs := make([]*big.Float, len({exported}Coefficients[i]))\n\
         \tfor k, text := range {exported}Coefficients[i] {{\n\
         \t\tcoeffs[k] = {name}Float(text)\n\t}}\n\
         \treturn coeffs\n}}\n\n\
         // {exported}Polynomials returns the stages in order of application.\n\
         // On ciphertexts apply each polynomial's ChangeOfBasis first, unless its interval is [-1, 1].\n\
         func {exported}Polynomials() []bignum.Polynomial {{\n\
         \treturn []bignum.Polynomial{{\n"
    ));
    for (i, poly) in polys.iter().enumerate() {
        let interval = interval(poly, name, prec)?;
        out.push_str(&format!(
            "\t\tbignum.NewPolynomial(bignum.Chebyshev, {name}Stage({i}), {interval}),\n"
        ));
    }
    out.push_str("\t}\n}\n");
    Ok(out)
}

fn numbers(poly: &Chebyshev) -> Result<Vec<Exact>> {
    poly.dense_coeffs().iter().map(Exact::new).collect()
}

/// A decimal that is exact at `prec` bits.
fn decimal(x: &Exact, prec: u32) -> String {
    decimal_text(&Float::with_val(prec, x.value()), None)
}

/// The interval as `[2]float64` if that is exact, and in full precision if not.
fn interval(poly: &Chebyshev, name: &str, prec: u32) -> Result<String> {
    let (lo, hi) = poly.interval();
    let is_double = |x: &Float| *x == x.to_f64();
    if is_double(lo) && is_double(hi) {
        return Ok(format!(
            "[2]float64{{{:?}, {:?}}}",
            lo.to_f64(),
            hi.to_f64()
        ));
    }
    let prec = prec.max(lo.prec()).max(hi.prec());
    let [lo, hi] = [Exact::new(lo)?, Exact::new(hi)?].map(|x| decimal(&x, prec));
    Ok(format!(
        "&bignum.Interval{{A: *{name}Float(\"{lo}\"), B: *{name}Float(\"{hi}\")}}"
    ))
}
