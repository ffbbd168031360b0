//! A coefficient table as the approximation that it says it is, its error certified anew.

use rug::Float;

use super::Form;
use crate::{
    ApproxError, Result,
    certify::{self, Bounds, sides},
    coeffs::CoefficientTable,
    domain::Domain,
    poly::Chebyshev,
    remez::Budget,
    target::Target,
};

/// Bits of the ends of a table's domain.
const BITS: u32 = 256;

/// What a table's stages are put together to, over which domain, and how far that is from the function.
///
/// ```
/// use equiripple_approx::{approximate::*, remez::Budget, search};
/// let request = Request::new("sign".parse()?, Goal::Alpha(4.0));
/// let made = approximate(&request, Budget::unlimited(), &search::silent)?;
/// let again = Recertified::new(&made.table, Budget::unlimited())?;
/// assert_eq!(again.form, Form::Sign);
/// assert!(again.bounds.log2_upper() <= -3.0);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Recertified {
    /// How the stages make the result.
    pub form: Form,
    /// The stages in order of application.
    pub polys: Vec<Chebyshev>,
    /// The constant c₀.
    pub offset: Float,
    /// The function, of one polynomial.
    pub target: Option<Target>,
    /// Where the error is bounded.
    pub domain: Vec<(f64, f64)>,
    /// The lower end ε that the stages were made for, of a composition.
    pub epsilon: Option<f64>,
    /// Rigorous bounds of the error, without weight.
    pub bounds: Bounds,
}

impl Recertified {
    /// Reads what the table says it is, and bounds its error from the coefficients alone.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] for a table whose input is scaled, a sign whose domain has no gap about zero, an
    /// offset without product, and several stages for anything but sign, ReLU and max; [`ApproxError::Parse`] for a
    /// function that is no name or expression; what the certificates fail with.
    pub fn new(table: &CoefficientTable, budget: Budget) -> Result<Self> {
        if *table.input_scale.value() != 1 {
            return Err(ApproxError::OutOfRange {
                name: "input scale of the table",
                value: table.input_scale.value().to_f64().to_string(),
                bound: "1: fold it into the first stage, or certify the table against a claim"
                    .into(),
            });
        }
        if !table.product && !table.offset.value().is_zero() {
            return Err(ApproxError::OutOfRange {
                name: "offset of the table",
                value: table.offset.value().to_f64().to_string(),
                bound: "0, but for relu and max: add it to the last stage's constant coefficient"
                    .into(),
            });
        }
        let polys = table.polys()?;
        if table.product {
            return Self::relu(table, polys, budget);
        }
        let domain = first_domain(table)?;
        if table.function == "sign" && domain.is_symmetric() && domain.intervals().len() <= 2 {
            return Self::sign(polys, &domain);
        }
        Self::polynomial(table, polys, &domain, budget)
    }

    fn relu(table: &CoefficientTable, polys: Vec<Chebyshev>, budget: Budget) -> Result<Self> {
        // A stage by itself was made for no interval, but for the ReLU.
        let first = first_domain(table).ok().as_ref().map(lower_end);
        let offset = table.offset.value().clone();
        let (bounds, _) = sides::relu_error(&polys, &offset, bits(&polys), budget)?;
        Ok(Self {
            form: match table.function.as_str() {
                "max" => Form::Max,
                _ => Form::Relu,
            },
            polys,
            offset,
            target: None,
            domain: vec![(-1.0, 1.0)],
            epsilon: first.map(|e| e.to_f64()).filter(|e| *e > 0.0),
            bounds,
        })
    }

    fn sign(polys: Vec<Chebyshev>, domain: &Domain) -> Result<Self> {
        let (epsilon, end) = (lower_end(domain), domain.hull().hi().clone());
        if epsilon <= 0 {
            return Err(ApproxError::OutOfRange {
                name: "domain of the table's sign",
                value: domain.to_string(),
                bound: "[-b,-ε] ∪ [ε,b] with ε above 0, since no polynomial is near sign at zero"
                    .into(),
            });
        }
        let (bounds, _) = sides::sign_error(&polys, &epsilon, &end, bits(&polys))?;
        let (epsilon, end) = (epsilon.to_f64(), end.to_f64());
        Ok(Self {
            form: Form::Sign,
            polys,
            offset: Float::new(64),
            target: None,
            domain: vec![(-end, -epsilon), (epsilon, end)],
            epsilon: Some(epsilon),
            bounds,
        })
    }

    fn polynomial(
        table: &CoefficientTable,
        polys: Vec<Chebyshev>,
        domain: &Domain,
        budget: Budget,
    ) -> Result<Self> {
        let [polynomial] = &polys[..] else {
            return Err(ApproxError::OutOfRange {
                name: "number of stages",
                value: format!("{} for `{}`", polys.len(), table.function),
                bound: "1, but for sign, relu and max: other compositions have no certificate"
                    .into(),
            });
        };
        let target: Target = table.function.parse().map_err(|e| ApproxError::Parse {
            what: "the function of a coefficient table",
            place: format!("`{}`", table.function),
            why: format!("{e}; a table made from samples has its bounds in the file alone"),
        })?;
        let sup = certify::function_error(
            &target,
            certify::Weight::One,
            certify::Approximant::Series(polynomial),
            domain,
            budget,
        )?;
        let ends = domain.iter().map(|i| (i.lo().to_f64(), i.hi().to_f64()));
        Ok(Self {
            form: Form::Polynomial,
            offset: Float::new(64),
            target: Some(target),
            domain: ends.collect(),
            epsilon: None,
            bounds: sup.bounds,
            polys,
        })
    }
}

/// What the first stage was made for. Pre: there is one.
fn first_domain(table: &CoefficientTable) -> Result<Domain> {
    Domain::parse(&table.stages[0].domain, BITS)
}

/// The lower end of the last interval: ε of [−1, −ε] ∪ [ε, 1].
fn lower_end(domain: &Domain) -> Float {
    let last = domain.intervals().last();
    last.map_or_else(|| Float::new(64), |interval| interval.lo().clone())
}

fn bits(polys: &[Chebyshev]) -> u32 {
    let most = polys.iter().map(Chebyshev::prec).max();
    most.unwrap_or(160).clamp(160, 512)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coeffs::{Basis, read_plain};

    fn as_sign(coefficients: &str, degree: &str, domain: &str) -> Result<Recertified> {
        let mut table = read_plain(coefficients, degree, Basis::Monomial, 256)?;
        table.function = "sign".into();
        table.stages[0].domain = domain.into();
        Recertified::new(&table, Budget::unlimited())
    }

    #[test]
    fn sign_is_bounded_on_both_sides() -> Result<()> {
        // 3/2·x − x³/2 is off by 1 − 11/16 at ±1/2.
        let odd = as_sign("0\n1.5\n0\n-0.5\n", "3", "[-1,-1/2]U[1/2,1]")?;
        assert!((odd.bounds.upper.to_f64() - 5.0 / 16.0).abs() < 1e-12);
        // With x²/8 it is off by 1 − 23/32 at 1/2, by 1 − 21/32 at −1/2.
        let neither = as_sign("0\n1.5\n0.125\n-0.5\n", "3", "[-1,-1/2]U[1/2,1]")?;
        assert!((neither.bounds.upper.to_f64() - 11.0 / 32.0).abs() < 1e-12);
        assert!((neither.bounds.lower.to_f64() - 11.0 / 32.0).abs() < 1e-12);
        Ok(())
    }

    #[test]
    fn relu_of_one_stage_is_read() -> Result<()> {
        // x/2 + x·(x/2) is off by 1/8 at ±1/2.
        let mut table = read_plain("0\n0.5\n", "1", Basis::Monomial, 64)?;
        (table.product, table.function) = (true, "relu".into());
        table.stages[0].domain = "the error of relu on [-1,1]".into();
        let read = Recertified::new(&table, Budget::unlimited())?;
        assert!((read.bounds.upper.to_f64() - 0.125).abs() < 1e-6);
        assert_eq!((read.form, read.epsilon), (Form::Relu, None));
        Ok(())
    }

    #[test]
    fn tables_that_say_too_little_are_refused() -> Result<()> {
        let whole = as_sign("0\n1.5\n0\n-0.5\n", "3", "[-1,1]");
        assert!(matches!(
            whole,
            Err(ApproxError::OutOfRange {
                name: "domain of the table's sign",
                ..
            })
        ));
        let mut table = read_plain("0\n1\n", "1", Basis::Monomial, 64)?;
        let refused = |table: &CoefficientTable| {
            let refused = Recertified::new(table, Budget::unlimited());
            refused.err().map(|error| error.to_string())
        };
        table.function = "composition".into();
        assert!(refused(&table).is_some_and(|e| e.contains("`composition`")));
        table.function = "tanh".into();
        table.offset = crate::coeffs::Exact::new(&Float::with_val(64, 0.5))?;
        assert!(refused(&table).is_some_and(|e| e.contains("offset of the table = 0.5")));
        table.input_scale = crate::coeffs::Exact::new(&Float::with_val(64, 0.25))?;
        assert!(refused(&table).is_some_and(|e| e.contains("input scale of the table = 0.25")));
        Ok(())
    }
}
