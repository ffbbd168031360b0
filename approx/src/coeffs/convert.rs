//! Between tables and the polynomials that are computed with.

use rug::Float;

use super::{Basis, CoefficientTable, Exact, StageTable};
use crate::{
    ApproxError, Result,
    composite::{ReluComposite, Stage},
    poly::{Chebyshev, Parity, compose_affine},
};

/// More bits than this are not spent on an exact change of basis.
const MAX_EXACT_BITS: i64 = 1 << 18;

/// Ends of intervals stay below 2 to this power where a change of basis needs them.
const MAX_END: i64 = 1000;

impl StageTable {
    /// The coefficients of a series, and what it was designed for.
    ///
    /// # Errors
    /// A coefficient that is not finite, or has too many bits.
    pub fn from_chebyshev(poly: &Chebyshev, domain: &str) -> Result<Self> {
        let (lo, hi) = poly.interval();
        Ok(Self {
            parity: poly.parity(),
            interval: [Exact::new(lo)?, Exact::new(hi)?],
            domain: domain.into(),
            coefficients: poly
                .coeffs()
                .iter()
                .map(Exact::new)
                .collect::<Result<_>>()?,
        })
    }

    /// The stage as a Chebyshev series, exactly: monomial coefficients are converted without rounding.
    ///
    /// # Errors
    /// Those of [`Chebyshev::new`]; coefficients whose exponents lie so far apart that an exact conversion would need
    /// more than 2^18 bits.
    pub fn to_chebyshev(&self, basis: Basis) -> Result<Chebyshev> {
        let [lo, hi] = self.interval.each_ref().map(|x| x.value().clone());
        let coeffs: Vec<Float> = self
            .coefficients
            .iter()
            .map(|c| c.value().clone())
            .collect();
        if basis == Basis::Chebyshev {
            return Chebyshev::new(self.parity, lo, hi, coeffs);
        }
        let prec = self.conversion_bits()?;
        let dense = self.dense(&coeffs);
        let exact = Chebyshev::from_monomial(self.parity, lo, hi, &dense, prec)?;
        let stage = Self::from_chebyshev(&exact, "")?;
        stage.to_chebyshev(Basis::Chebyshev)
    }

    /// Coefficients of all degrees.
    fn dense(&self, coeffs: &[Float]) -> Vec<Float> {
        let mut dense = vec![Float::new(53); self.degree() + 1];
        for (k, c) in coeffs.iter().enumerate() {
            dense[self.parity.degree_of(k)] = c.clone();
        }
        dense
    }

    /// Bits in which `Σ a_k (half·s + mid)^k` expands into a Chebyshev series without rounding: all its parts are
    /// multiples of the least bit of the `a_k` times `k` least bits of the interval, halved `k` times, and bounded.
    fn conversion_bits(&self) -> Result<u32> {
        let ends: Vec<(i64, i64)> = self.interval.iter().filter_map(Exact::bits).collect();
        let low_end = ends.iter().map(|b| b.0 - 1).min().unwrap_or(0);
        let high_end = ends.iter().map(|b| b.1 + 1).max().unwrap_or(0);
        if high_end > MAX_END {
            return Err(ApproxError::OutOfRange {
                name: "end of an interval",
                value: self.interval[1].decimal(),
                bound: format!("below 2^{} for a change of basis", MAX_END - 1),
            });
        }
        let n = self.degree() as i64;
        let (low, high) = spread(&self.coefficients);
        let bits =
            high - low + n * (high_end.max(0) + 1 - low_end.min(0)) + (high_end - low_end) + 64;
        checked(bits)
    }

    /// Exact monomial coefficients, in the mapped argument `s ∈ [−1, 1]` for a Chebyshev stage, in `x` for others.
    pub(super) fn monomials(&self, basis: Basis) -> Result<Vec<Exact>> {
        let coeffs: Vec<Float> = self
            .coefficients
            .iter()
            .map(|c| c.value().clone())
            .collect();
        let monomial = match basis {
            Basis::Monomial => self.dense(&coeffs),
            Basis::Chebyshev => {
                // The coefficients of T_k are integers that sum to less than (1+√2)^k in modulus.
                let (low, high) = spread(&self.coefficients);
                let bits = checked(high - low + 2 * self.degree() as i64 + 64)?;
                Chebyshev::on_unit(self.parity, coeffs).to_monomial(bits)
            }
        };
        monomial.iter().map(Exact::new).collect()
    }
}

/// Exponents of the least and above the most significant bit of all numbers.
fn spread(numbers: &[Exact]) -> (i64, i64) {
    let bits = || numbers.iter().filter_map(Exact::bits);
    let low = bits().map(|b| b.0).min().unwrap_or(0);
    (low, bits().map(|b| b.1).max().unwrap_or(0))
}

fn checked(bits: i64) -> Result<u32> {
    u32::try_from(bits)
        .ok()
        .filter(|_| bits <= MAX_EXACT_BITS)
        .ok_or_else(|| ApproxError::OutOfRange {
            name: "bits of an exact change of basis",
            value: bits.to_string(),
            bound: format!("at most {MAX_EXACT_BITS}"),
        })
}

/// `p(s·x)` as a series on `[−1, 1]`, without rounding: a coefficient of `T_k(s·x)` is an integer polynomial in s, of
/// degree k, divided by at most 2^k.
fn with_scaled_argument(p: &Chebyshev, s: &Exact) -> Result<Chebyshev> {
    let stage = StageTable::from_chebyshev(p, "")?;
    let (low, high) = spread(&stage.coefficients);
    let (low_s, high_s) = s.bits().unwrap_or((0, 1));
    let n = p.degree() as i64;
    let bits = checked(high - low + n * (high_s.max(0) - low_s.min(0) + 4) + 64)?;
    let dense = compose_affine(&p.dense_coeffs(), s.value(), &Float::new(bits), bits);
    let kept = (0..p.coeffs().len()).map(|k| Exact::new(&dense[p.parity().degree_of(k)]));
    let coefficients = kept.collect::<Result<_>>()?;
    StageTable {
        coefficients,
        ..stage
    }
    .to_chebyshev(Basis::Chebyshev)
}

impl CoefficientTable {
    /// The stages as Chebyshev series, exactly.
    ///
    /// # Errors
    /// Those of [`Self::validate`] and of [`StageTable::to_chebyshev`].
    pub fn polys(&self) -> Result<Vec<Chebyshev>> {
        self.validate()?;
        self.stages
            .iter()
            .map(|s| s.to_chebyshev(self.basis))
            .collect()
    }

    /// The stages as functions of x: the input scale s is part of the first, or a stage s·x of its own.
    ///
    /// On `[−1, 1]` with |s| ≤ 1, `p(s·x)` is expanded anew, exactly. Other intervals are divided by s, with 64 bits more
    /// than they have. Only what is left, such as a larger s on `[−1, 1]`, takes the stage, and so a level.
    ///
    /// # Errors
    /// Those of [`Self::polys`]; a scale whose powers need more than 2^18 bits.
    pub fn polys_of_input(&self) -> Result<Vec<Chebyshev>> {
        let mut polys = self.polys()?;
        let scale = self.input_scale.value();
        let Some(first) = polys.first_mut().filter(|_| *scale != 1) else {
            return Ok(polys);
        };
        let (lo, hi) = first.interval();
        let unit = *lo == -1 && *hi == 1;
        if unit && *scale <= 1 && *scale >= -1 {
            *first = with_scaled_argument(first, &self.input_scale)?;
        } else if !unit && *scale > 0 {
            let divided = |x: &Float| Float::with_val(x.prec().max(scale.prec()) + 64, x / scale);
            *first = Chebyshev::new(
                first.parity(),
                divided(lo),
                divided(hi),
                first.coeffs().to_vec(),
            )?;
        } else {
            polys.insert(0, Chebyshev::on_unit(Parity::Odd, vec![scale.clone()]));
        }
        Ok(polys)
    }

    /// The same polynomials with coefficients of powers of x, to `bits` bits. Exact on `[−1, 1]` when `bits` suffice; a
    /// table that had to be rounded carries no certificate.
    ///
    /// # Errors
    /// Those of [`Self::polys`].
    pub fn to_monomial(&self, bits: u32) -> Result<Self> {
        if self.basis == Basis::Monomial {
            return Ok(self.clone());
        }
        let mut table = Self {
            basis: Basis::Monomial,
            ..self.clone()
        };
        for (stage, poly) in table.stages.iter_mut().zip(self.polys()?) {
            let dense = poly.to_monomial(bits);
            let powers = (0..poly.coeffs().len()).map(|k| &dense[stage.parity.degree_of(k)]);
            stage.coefficients = powers.map(Exact::new).collect::<Result<_>>()?;
        }
        let unchanged = table
            .polys()?
            .iter()
            .zip(self.polys()?)
            .all(|(a, b)| *a == b);
        if !unchanged {
            (table.log2_lower, table.log2_upper) = (None, None);
        }
        Ok(table)
    }

    /// The whole circuit at `x` in `prec` bits, as [`CoefficientTable`] defines it.
    ///
    /// # Errors
    /// Those of [`Self::polys`].
    pub fn eval(&self, x: &Float, prec: u32) -> Result<Float> {
        let start = Float::with_val(prec, x * self.input_scale.value());
        let p = self.polys()?.iter().fold(start, |y, p| p.eval(&y, prec));
        let value = if self.product { (p + 0.5) * x } else { p };
        Ok(value + self.offset.value())
    }

    /// The table of a composite sign.
    ///
    /// # Errors
    /// A coefficient that is not finite.
    pub fn from_sign(stages: &[Stage]) -> Result<Self> {
        let stages: Vec<StageTable> = stages.iter().map(designed).collect::<Result<_>>()?;
        Ok(Self::new("sign", stages))
    }

    /// The table of a ReLU, with its certificate.
    ///
    /// # Errors
    /// A coefficient that is not finite.
    pub fn from_relu(relu: &ReluComposite) -> Result<Self> {
        let mut stages: Vec<StageTable> = relu.inner.iter().map(designed).collect::<Result<_>>()?;
        stages.push(StageTable::from_chebyshev(
            &relu.last,
            "the error of relu on [-1,1]",
        )?);
        let mut table = Self::new("relu", stages);
        table.product = true;
        table.offset = Exact::new(&relu.offset)?;
        Ok(table.with_bounds(&relu.sup.bounds))
    }
}

/// A stage with the domain that it was made for.
fn designed(stage: &Stage) -> Result<StageTable> {
    let side = |x: &Float| Exact::new(x).map(|x| x.decimal());
    let (lo, hi) = (side(&stage.domain.0)?, side(&stage.domain.1)?);
    let domain = if stage.poly.parity() == Parity::Odd {
        format!("[-{hi},-{lo}]∪[{lo},{hi}]")
    } else {
        format!("[{lo},{hi}]")
    };
    StageTable::from_chebyshev(&stage.poly, &domain)
}
