//! Checking somebody's coefficients against somebody's claim.
//!
//! The claim is that a composition `P` of the table's stages, fed `s·x` (s the input scale), approximates to precision α:
//! sign to 2^-(α−1) on `[2^-α, 1]`, ReLU by `x(1+P)/2` and max by `((a+b) + (a−b)P)/2` to 2^-α on all of `[−1, 1]`. The
//! ranges of all stages are computed afresh from the coefficients; nothing that came with them is believed.

use std::{fmt, str::FromStr};

use rug::{Float, float::Round};
use serde::Serialize;

use crate::{
    ApproxError, Result,
    certify::{Bounds, Chain, sides},
    coeffs::{Basis, CoefficientTable, Exact, StageTable},
    poly::Chebyshev,
    remez::Budget,
};

/// What is claimed to be approximated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Claimed {
    /// sign on `[−1, −2^-α] ∪ [2^-α, 1]`.
    Sign,
    /// ReLU on `[−1, 1]`.
    Relu,
    /// max for `|a−b| ≤ 1`.
    Max,
}

impl FromStr for Claimed {
    type Err = ApproxError;

    fn from_str(s: &str) -> Result<Self> {
        match s {
            "sign" => Ok(Self::Sign),
            "relu" => Ok(Self::Relu),
            "max" => Ok(Self::Max),
            _ => Err(ApproxError::Parse {
                what: "claimed function",
                place: format!("`{s}`"),
                why: "expected sign, relu or max".into(),
            }),
        }
    }
}

impl fmt::Display for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sign => "sign",
            Self::Relu => "relu",
            Self::Max => "max",
        })
    }
}

/// How an audit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The upper bound meets the claim.
    Certified,
    /// The lower bound, reached at the witness, breaks it.
    Refuted,
    /// The claim lies between the bounds.
    Undecided,
}

/// The outcome of an audit.
#[derive(Debug, Clone)]
pub struct Audit {
    /// How it ended.
    pub verdict: Verdict,
    /// log2 of the error claimed.
    pub log2_claim: f64,
    /// Rigorous bounds of the error.
    pub bounds: Bounds,
    /// A point of the domain where the error is at least `error_at_witness`.
    pub witness: f64,
    /// Rigorous lower bound of the error there.
    pub error_at_witness: f64,
    /// Certified input and output range of each stage.
    pub ranges: Vec<((f64, f64), (f64, f64))>,
}

/// Bits at which ranges are certified.
const BITS: u32 = 320;

/// Audits the claim that the table approximates `claimed` to precision `alpha` when its input is multiplied by
/// `input_scale`.
///
/// ```
/// use equiripple_approx::{audit::{Claimed, Verdict, audit}, coeffs::{Basis, read_plain}, remez::Budget};
/// use rug::Float;
/// // (3x − x³)/2 is no sign to precision 4.
/// let table = read_plain("1.5\n-0.5\n", "3", Basis::Monomial, 256)?;
/// let audit = audit(&table, Claimed::Sign, 4.0, &Float::with_val(64, 1), Budget::unlimited())?;
/// assert_eq!(audit.verdict, Verdict::Refuted);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// An α or a scale without sense, a table that is not what it should be, or ranges that explode.
pub fn audit(
    table: &CoefficientTable,
    claimed: Claimed,
    alpha: f64,
    input_scale: &Float,
    budget: Budget,
) -> Result<Audit> {
    if !(alpha > 0.0 && alpha <= 100.0) {
        return Err(ApproxError::OutOfRange {
            name: "alpha",
            value: alpha.to_string(),
            bound: "above 0 and at most 100".into(),
        });
    }
    // The exact product: a rounded one would be the scale of another composition.
    let of_table = table.input_scale.value();
    let scale = Float::with_val(input_scale.prec() + of_table.prec(), input_scale * of_table);
    if !scale.is_finite() || scale <= 0 {
        return Err(ApproxError::OutOfRange {
            name: "input scale",
            value: scale.to_f64().to_string(),
            bound: "positive and finite".into(),
        });
    }
    if table.product && claimed == Claimed::Sign {
        return Err(ApproxError::OutOfRange {
            name: "claimed function",
            value: "sign".into(),
            bound: "relu or max: the table holds a ReLU with the factor 1/2 folded in".into(),
        });
    }
    // Of an α that is no integer both powers are rounded to the side that makes the claim harder to certify.
    let power =
        |e: f64| Float::with_val_round(128, Float::with_val(128, e).exp2_ref(), Round::Down).0;
    let epsilon = power(-alpha);
    let from = if claimed == Claimed::Sign {
        epsilon
    } else {
        Float::new(64)
    };
    let mut polys = stages(table, &scale)?;
    let odd = sides::all_odd(&polys);
    if claimed != Claimed::Sign
        && !table.product
        && let Some(last) = polys.last_mut()
    {
        // x(1+P)/2 = x/2 + x·(P/2).
        *last = last.map_coeffs(|c| Float::with_val(c.prec(), c / 2u32));
    }
    let (bounds, chain) = match claimed {
        Claimed::Sign => sides::sign_error(&polys, &from, &Float::with_val(64, 1), BITS)?,
        Claimed::Relu | Claimed::Max => {
            sides::relu_error(&polys, table.offset.value(), BITS, budget)?
        }
    };
    let log2_claim = if claimed == Claimed::Sign {
        1.0 - alpha
    } else {
        -alpha
    };
    let claim = power(log2_claim);
    let verdict = if bounds.upper <= claim {
        Verdict::Certified
    } else if bounds.lower > claim {
        Verdict::Refuted
    } else {
        Verdict::Undecided
    };
    let (witness, error_at_witness) = witness(&chain, claimed, &from, table.offset.value(), odd);
    let mut ranges = vec![];
    let mut input = (if odd { from.to_f64() } else { -1.0 }, 1.0);
    for range in chain.ranges() {
        let output = (
            range.outer.0.to_f64_round(Round::Down),
            range.outer.1.to_f64_round(Round::Up),
        );
        ranges.push((input, output));
        input = output;
    }
    Ok(Audit {
        verdict,
        log2_claim,
        bounds,
        witness,
        error_at_witness,
        ranges,
    })
}

/// The stages as series on intervals that hold their inputs, the first one taking x itself. Series of a monomial table
/// are made on whatever interval is needed, exactly.
fn stages(table: &CoefficientTable, scale: &Float) -> Result<Vec<Chebyshev>> {
    table.validate()?;
    let mut polys: Vec<Chebyshev> = vec![];
    let mut range = (Float::with_val(128, -scale), scale.clone());
    for (i, stage) in table.stages.iter().enumerate() {
        let reach =
            Float::with_val(64, range.0.abs_ref()).max(&Float::with_val(64, range.1.abs_ref()));
        let poly = match table.basis {
            Basis::Chebyshev => stage.to_chebyshev(table.basis)?,
            Basis::Monomial => {
                // The first stage's interval is the scale itself, so that it becomes [−1, 1] in x.
                let radius = if i == 0 {
                    scale.clone()
                } else {
                    power_of_two_above(&reach)
                };
                let interval = [
                    Exact::new(&Float::with_val(radius.prec(), -&radius))?,
                    Exact::new(&radius)?,
                ];
                StageTable {
                    interval,
                    ..stage.clone()
                }
                .to_chebyshev(table.basis)?
            }
        };
        let poly = if i == 0 {
            rescaled(&poly, scale)?
        } else {
            poly
        };
        let (lo, hi) = if i == 0 {
            (Float::with_val(64, -1), Float::with_val(64, 1))
        } else {
            range
        };
        let chain = Chain::new([&poly], &lo, &hi, &Float::new(64), BITS)?;
        range = chain.range().map_or((lo, hi), |r| r.outer.clone());
        if !range.0.is_finite()
            || !range.1.is_finite()
            || Float::with_val(64, &range.1 - &range.0) > 1e6
        {
            return Err(ApproxError::OutOfRange {
                name: "range of a stage",
                value: format!("[{:.3e}, {:.3e}] after stage {}", range.0.to_f64(), range.1.to_f64(), i + 1),
                bound: "bounded on [-1, 1]; check the order and the basis of the coefficients, and the input scale".into(),
            });
        }
        polys.push(poly);
    }
    Ok(polys)
}

/// `p(s·x)` as a series in x: the interval is divided by s.
fn rescaled(p: &Chebyshev, scale: &Float) -> Result<Chebyshev> {
    if *scale == 1 {
        return Ok(p.clone());
    }
    let (lo, hi) = p.interval();
    // What the ends are off by is far below what evaluation at BITS allows for the argument.
    let by_scale = |x: &Float| Float::with_val(x.prec().max(BITS + 64), x / scale);
    Chebyshev::new(p.parity(), by_scale(lo), by_scale(hi), p.coeffs().to_vec())
}

fn power_of_two_above(x: &Float) -> Float {
    let exponent = x.get_exp().unwrap_or(0).max(0);
    Float::with_val(64, 1u32) << exponent
}

/// The worst point of a dense sample, and a rigorous lower bound of the error there.
fn witness(chain: &Chain, claimed: Claimed, from: &Float, offset: &Float, odd: bool) -> (f64, f64) {
    let error = |x: f64| -> Float {
        let at = Float::with_val(BITS, x);
        let p = chain.values(&at).pop().unwrap_or_else(|| Float::new(BITS));
        match claimed {
            Claimed::Sign => (p - x.signum()).abs(),
            Claimed::Relu | Claimed::Max => {
                (Float::with_val(BITS, x.abs() * 0.5) - p * x - offset).abs()
            }
        }
    };
    const POINTS: usize = 2000;
    let (lo, span) = (from.to_f64(), 1.0 - from.to_f64());
    let decades = (lo.max(1e-9)).ln();
    let mut best = (1.0, Float::new(64));
    let sides: &[f64] = if odd { &[1.0] } else { &[1.0, -1.0] };
    for &side in sides {
        let uniform = (0..=POINTS).map(|i| {
            lo + span * 0.5 * (1.0 - (std::f64::consts::PI * i as f64 / POINTS as f64).cos())
        });
        let logarithmic = (0..=POINTS).map(|i| (decades * (1.0 - i as f64 / POINTS as f64)).exp());
        for x in uniform.chain(logarithmic).filter(|x| *x >= lo && *x <= 1.0) {
            let e = error(side * x);
            if e > best.1 {
                best = (side * x, e);
            }
        }
    }
    let mut radius = best.0.abs() * 0.02;
    for _ in 0..40 {
        let side = f64::signum(best.0);
        for x in [best.0 - side * radius, best.0 + side * radius] {
            if x.abs() >= lo && x.abs() <= 1.0 && x * side > 0.0 {
                let e = error(x);
                if e > best.1 {
                    best = (x, e);
                }
            }
        }
        radius *= 0.7;
    }
    // 320 bits leave far less than an ulp of f64 of error.
    (best.0, best.1.to_f64_round(Round::Down).next_down())
}
