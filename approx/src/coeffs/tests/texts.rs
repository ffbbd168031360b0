//! Exports that are only read, and the names in all of them.

use proptest::prelude::*;

use super::{everything, exact};
use crate::{
    coeffs::{CoefficientTable, Format, StageTable},
    poly::Parity,
};

/// (3x − x³)/2 = (9T_1 − T_3)/8.
fn small() -> CoefficientTable {
    let stage = StageTable {
        parity: Parity::Odd,
        interval: [exact(-1.0), exact(1.0)],
        domain: "[0.5,1]".into(),
        coefficients: vec![exact(1.125), exact(-0.125)],
    };
    CoefficientTable::new("sign", vec![stage])
}

#[test]
fn go_source() {
    let expected = r#"// Approximation of sign
// Stage 1: degree 3, odd, made for [0.5,1]
// f(x) = p1(x)

package signtable

import (
	"math/big"

	"github.com/tuneinsight/lattigo/v6/utils/bignum"
)

// Sign_tablePrecision is the number of bits at which the decimals below are exact.
const Sign_tablePrecision = 53

// Sign_tableInputScale multiplies the input before the first stage; Sign_tableOffset is added at the end.
const (
	Sign_tableInputScale = "1"
	Sign_tableOffset = "0"
)

// Sign_tableProduct tells whether the outcome is x/2 + x*P(x) + offset, P the composition of the stages.
const Sign_tableProduct = false

// Sign_tableCoefficients holds the coefficients of T_0, T_1, ... of every stage, zeros included.
var Sign_tableCoefficients = [][]string{
	{
		"0",
		"1.125",
		"0",
		"-0.125",
	},
}

func sign_tableFloat(text string) *big.Float {
	x, ok := new(big.Float).SetPrec(Sign_tablePrecision).SetString(text)
	if !ok {
		panic("not a number: " + text)
	}
	return x
}

func sign_tableStage(i int) []*big.Float {
	coeffs := make([]*big.Float, len(Sign_tableCoefficients[i]))
	for k, text := range Sign_tableCoefficients[i] {
		coeffs[k] = sign_tableFloat(text)
	}
	return coeffs
}

// Sign_tablePolynomials returns the stages in order of application.
// On ciphertexts apply each polynomial's ChangeOfBasis first, unless its interval is [-1, 1].
func Sign_tablePolynomials() []bignum.Polynomial {
	return []bignum.Polynomial{
		bignum.NewPolynomial(bignum.Chebyshev, sign_tableStage(0), [2]float64{-1.0, 1.0}),
	}
}
"#;
    assert_eq!(Format::Lattigo.export(&small(), "sign").unwrap(), expected);
}

#[test]
fn an_interval_beyond_f64_stays_exact_in_go() {
    let mut table = small();
    let third = crate::coeffs::Exact::new(&(rug::Float::with_val(99, 1) / 3u32)).unwrap();
    table.stages[0].parity = Parity::Full;
    table.stages[0].interval[0] = third;
    let text = Format::Lattigo.export(&table, "s").unwrap();
    assert!(
        text.contains("&bignum.Interval{A: *sFloat(\"0.3333333333333333333333333333"),
        "{text}"
    );
}

#[test]
fn printed_tables() {
    let text = Format::Latex.export(&small(), "sign").unwrap();
    assert!(
        text.contains("1 & 1 & $1.125$ \\\\\n & 3 & $-0.125$"),
        "{text}"
    );
    assert!(text.ends_with("\\bottomrule\n\\end{tabular}\n"));
    let text = Format::Markdown.export(&small(), "sign").unwrap();
    assert!(text.contains("| 1 | 3 | -0.125 | `-0x1p-3` |"), "{text}");
}

#[test]
fn exports_to_f64_refuse_what_f64_cannot_hold() {
    let mut table = small();
    table.stages[0].coefficients[0] = "0x1p+2000".parse().unwrap();
    for format in [Format::OpenFhe, Format::Numpy] {
        assert!(format.export(&table, "s").is_err());
    }
    assert!(Format::Lattigo.export(&table, "s").is_ok());
}

#[test]
fn zeros_and_the_doubled_constant_are_in_the_header() {
    let mut table = small();
    table.stages[0].parity = Parity::Even;
    let text = Format::OpenFhe.export(&table, "even").unwrap();
    assert!(
        text.contains("{\n    2.25,\n    0.0,\n    -0.125,\n};"),
        "{text}"
    );
}

#[test]
fn formats_have_names() {
    for (format, name) in Format::list() {
        assert_eq!(name.parse::<Format>().unwrap(), *format);
        assert_eq!(format.to_string(), *name);
        assert!(!format.extension().is_empty());
    }
    assert!(
        "xml"
            .parse::<Format>()
            .unwrap_err()
            .to_string()
            .contains("openfhe, lattigo")
    );
}

proptest! {
    #[test]
    fn names_are_identifiers_and_comments_stay_comments(name in "\\PC{0,80}", text in "(?s).{0,60}") {
        let mut table = everything();
        table.function = text.clone();
        table.stages[0].domain = text;
        let plain = Format::OpenFhe.export(&everything(), &name).unwrap();
        let header = Format::OpenFhe.export(&table, &name).unwrap();
        prop_assert_eq!(plain.lines().count(), header.lines().count());
        prop_assert!(header.lines().take(7).all(|l| l.starts_with("//") && !l.ends_with('\\')));
        let guard = header.lines().find_map(|l| l.strip_prefix("#ifndef ")).unwrap();
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
        prop_assert!(guard.chars().all(valid) && !guard.contains("__"));
    }
}
