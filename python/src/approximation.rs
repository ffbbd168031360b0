//! Approximations: made, composed by hand, evaluated, drawn.

use crate::error::{approximation, refused};
use equiripple::{
    curves::{Curves, stage_figure},
    nn::Polynomial,
};
use equiripple_approx::{
    approximate::{self as made, Goal, Recertified, Request},
    coeffs::{CoefficientTable, Exact, StageTable},
    domain::Domain,
    poly::{Chebyshev, Parity},
    remez::Budget,
    rounding::Rounding,
    search::silent,
    target::Target,
};
use numpy::{
    AllowTypeChange, IntoPyArray, PyArray1, PyArrayDyn, PyArrayLikeDyn, PyArrayMethods,
    PyReadonlyArray1, PyReadwriteArrayDyn, PyUntypedArrayMethods,
};
use pyo3::{prelude::*, types::PyBytes};
use rug::Float;
use std::sync::Arc;

/// Bits at which intervals are read.
const BITS: u32 = 256;

/// A polynomial or a composition of polynomials.
#[pyclass(frozen, module = "equiripple")]
pub(crate) struct Approximation {
    pub(crate) table: Arc<CoefficientTable>,
    polys: Vec<Chebyshev>,
    /// What it was made by, where it was.
    made: Option<(made::Approximation, Request)>,
}

impl Approximation {
    fn of(table: CoefficientTable) -> PyResult<Self> {
        Ok(Self {
            polys: table.polys().map_err(approximation)?,
            table: Arc::new(table),
            made: None,
        })
    }
}

/// Time that a call may take.
pub(crate) fn budget(seconds: Option<f64>) -> PyResult<Budget> {
    let budget = seconds.map_or(Ok(Budget::unlimited()), Budget::seconds);
    budget.map_err(approximation)
}

/// Makes a certified approximation.
#[pyfunction]
#[pyo3(signature = (function, alpha=None, degrees=None, *, domain=None, weight=None, relative=false, epsilon=None, offset=true, round="exact", max_degree=31, time_limit=None))]
#[allow(clippy::too_many_arguments, reason = "keywords of a Python function")]
pub(crate) fn approximate(
    py: Python<'_>,
    function: &str,
    alpha: Option<f64>,
    degrees: Option<Vec<usize>>,
    domain: Option<Vec<(f64, f64)>>,
    weight: Option<&str>,
    relative: bool,
    epsilon: Option<f64>,
    offset: bool,
    round: &str,
    max_degree: usize,
    time_limit: Option<f64>,
) -> PyResult<Approximation> {
    let goal = match (alpha, degrees) {
        (Some(alpha), None) => Goal::Alpha(alpha),
        (None, Some(degrees)) => Goal::Degrees(degrees),
        _ => {
            return Err(refused(
                "what to reach is missing or twice there: give alpha, the bits of the error, or degrees",
            ));
        }
    };
    let target: Target = function.parse().map_err(approximation)?;
    let mut request = Request::new(target, goal);
    request.domain = domain.map(union).transpose()?;
    request.weight = weight.map(str::parse).transpose().map_err(approximation)?;
    request.relative = relative;
    request.epsilon = epsilon.map(float);
    request.offset = offset;
    request.rounding = round.parse::<Rounding>().map_err(approximation)?;
    request.max_degree = max_degree;
    let budget = budget(time_limit)?;
    let made = py.detach(|| made::approximate(&request, budget, &silent));
    let mut made = made.map_err(approximation)?;
    made.table.alpha = alpha;
    Ok(Approximation {
        polys: made.polys.clone(),
        table: Arc::new(made.table.clone()),
        made: Some((made, request)),
    })
}

fn float(x: f64) -> Float {
    Float::with_val(BITS, x)
}

/// A union of intervals.
fn union(ends: Vec<(f64, f64)>) -> PyResult<Domain> {
    let ends = ends.iter().map(|&(a, b)| (float(a), float(b))).collect();
    Domain::new(ends).map_err(approximation)
}

/// A composition of given polynomials.
#[pyfunction]
#[pyo3(signature = (stages, *, intervals=None, function="composition", domain=None, product=false, offset=0.0))]
pub(crate) fn compose(
    stages: Vec<PyReadonlyArray1<'_, f64>>,
    intervals: Option<Vec<(f64, f64)>>,
    function: &str,
    domain: Option<Vec<(f64, f64)>>,
    product: bool,
    offset: f64,
) -> PyResult<Approximation> {
    let intervals = intervals.unwrap_or_else(|| vec![(-1.0, 1.0); stages.len()]);
    if intervals.len() != stages.len() {
        return Err(refused(format!(
            "{} intervals for {} stages: give one for each",
            intervals.len(),
            stages.len()
        )));
    }
    let number = |x: f64| Exact::new(&Float::with_val(53, x)).map_err(approximation);
    let stage = |(stage, (lo, hi)): (&PyReadonlyArray1<'_, f64>, (f64, f64))| {
        let coefficients = stage.as_array();
        Ok::<_, PyErr>(StageTable {
            parity: Parity::Full,
            interval: [number(lo)?, number(hi)?],
            domain: format!("[{lo:?},{hi:?}]"),
            coefficients: coefficients
                .iter()
                .map(|&c| number(c))
                .collect::<PyResult<_>>()?,
        })
    };
    let stages = stages.iter().zip(intervals).map(stage);
    let mut stages = stages.collect::<PyResult<Vec<_>>>()?;
    if let (Some(domain), Some(first)) = (domain, stages.first_mut()) {
        first.domain = union(domain)?.to_string();
    }
    let table = CoefficientTable {
        product,
        offset: number(offset)?,
        ..CoefficientTable::new(function, stages)
    };
    table.validate().map_err(approximation)?;
    Approximation::of(table)
}

#[pymethods]
impl Approximation {
    /// What is approximated.
    #[getter]
    fn function(&self) -> &str {
        &self.table.function
    }

    /// Degrees of the stages, the one that is applied first coming first.
    #[getter]
    fn degrees(&self) -> Vec<usize> {
        self.table.stages.iter().map(StageTable::degree).collect()
    }

    /// Levels that the circuit takes, where it was made for one.
    #[getter]
    fn levels(&self) -> Option<usize> {
        self.made.as_ref().map(|(made, _)| made.cost.depth)
    }

    /// Products of two ciphertexts in the circuit.
    #[getter]
    fn mults(&self) -> Option<usize> {
        self.made
            .as_ref()
            .map(|(made, _)| made.cost.nonscalar_mults)
    }

    /// log2 of the certified lower and upper bound of the error.
    #[getter]
    fn log2_error(&self) -> Option<(f64, f64)> {
        self.table.log2_lower.zip(self.table.log2_upper)
    }

    /// Whether the value is x/2 + x·P(x) + offset.
    #[getter]
    fn product(&self) -> bool {
        self.table.product
    }

    /// The constant.
    #[getter]
    fn offset(&self) -> f64 {
        self.table.offset.value().to_f64()
    }

    /// The interval that each stage's Chebyshev polynomials live on.
    #[getter]
    fn intervals(&self) -> Vec<(f64, f64)> {
        let ends = self.polys.iter().map(Chebyshev::interval);
        ends.map(|(lo, hi)| (lo.to_f64(), hi.to_f64())).collect()
    }

    /// Coefficients of each stage in the Chebyshev basis.
    #[getter]
    fn coefficients<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyArray1<f64>>> {
        let dense = self.polys.iter().map(Chebyshev::dense_coeffs);
        let rounded = dense.map(|c| c.iter().map(Float::to_f64).collect::<Vec<f64>>());
        rounded.map(|c| c.into_pyarray(py)).collect()
    }

    /// Values range·r(x/range).
    #[pyo3(signature = (x, *, range=1.0, out=None))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        x: PyArrayLikeDyn<'py, f64, AllowTypeChange>,
        range: f32,
        out: Option<PyReadwriteArrayDyn<'py, f64>>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        if !(range > 0.0 && range.is_finite()) {
            return Err(refused(format!("range is {range}; it must be positive")));
        }
        let polynomial = Polynomial {
            table: Arc::clone(&self.table),
            range,
        };
        let f = polynomial.function().map_err(approximation)?;
        let mut result = match out {
            Some(out) => out,
            None => PyArrayDyn::zeros(py, x.shape(), false).try_readwrite()?,
        };
        if result.shape() != x.shape() {
            return Err(refused(format!(
                "out has the shape {:?}, and x {:?}",
                result.shape(),
                x.shape()
            )));
        }
        let (from, mut to) = (x.as_array(), result.as_array_mut());
        py.detach(|| to.zip_mut_with(&from, |y, &x| *y = f(x)));
        drop(x);
        Ok((**result).clone())
    }

    /// A picture: the bytes of a PNG file or of an SVG document.
    #[pyo3(signature = (kind="error", format="png"))]
    fn plot<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        format: &str,
    ) -> PyResult<Bound<'py, PyBytes>> {
        if !["png", "svg"].contains(&format) {
            return Err(refused(format!(
                "format is '{format}'; there are png and svg"
            )));
        }
        let read;
        let (curves, levelled, bounds) = match &self.made {
            Some((made, request)) => {
                let curves = Curves::new(made, &request.target);
                let curves = curves.weighted(request.weight.as_ref(), request.relative);
                (curves, &made.levelled[..], &made.bounds)
            }
            None => {
                let anew = py.detach(|| Recertified::new(&self.table, Budget::unlimited()));
                read = anew.map_err(approximation)?;
                (Curves::of(&read), &[][..], &read.bounds)
            }
        };
        let title = format!("{} by {:?}", self.function(), self.degrees());
        let drawn = match kind {
            "error" => {
                let (upper, lower) = (bounds.upper.to_f64(), bounds.lower.to_f64());
                let title = format!("Error of {title}");
                curves.error_figure(&title, levelled, upper, lower).render()
            }
            "function" => curves.function_figure(&title).render(),
            "stages" if self.polys.len() > 1 => {
                stage_figure(&format!("Stages of {title}"), &curves)
            }
            "stages" => {
                return Err(refused(
                    "there is a single stage; draw it with kind='error'",
                ));
            }
            _ => {
                return Err(refused(format!(
                    "kind is '{kind}'; there are error, function and stages"
                )));
            }
        };
        let drawn = drawn.map_err(refused)?;
        Ok(match format {
            "png" => PyBytes::new(py, &drawn.png),
            _ => PyBytes::new(py, drawn.svg.as_bytes()),
        })
    }

    /// The coefficients without loss, as `equiripple approx --out` writes them.
    fn to_json(&self) -> PyResult<String> {
        self.table.to_json().map_err(approximation)
    }

    /// Reads what `to_json` or `equiripple approx --out` wrote.
    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Self> {
        Self::of(CoefficientTable::from_json(text).map_err(approximation)?)
    }

    fn __repr__(&self) -> String {
        let error = self.log2_error();
        let error = error.map_or(String::new(), |(_, upper)| format!(", error 2^{upper:.2}"));
        format!(
            "<Approximation of {} by {:?}{error}>",
            self.function(),
            self.degrees()
        )
    }
}
