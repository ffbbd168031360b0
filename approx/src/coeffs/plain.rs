//! Published coefficients: a file of numbers, one to a line, and a file of degrees.

use rug::Float;

use super::{
    Basis, CoefficientTable, Exact, MAX_BITS, MAX_DEGREE, MAX_STAGES, StageTable,
    exact::{excerpt, read_decimal},
    json::check_length,
};
use crate::{ApproxError, Result, poly::Parity};

/// Reads published coefficients of a composition on `[−1, 1]`.
///
/// `degrees` holds a degree for each stage, in order of application, separated by white space or commas.
/// `coefficients` holds one decimal number to a line: stage after stage, in rising degree (that order is a guess that
/// fits the published files; nothing in them says so). Either all powers are listed, `d + 1` lines for a stage, or
/// only the odd ones, `(d + 1)/2` lines: the number of lines decides. In both files blank lines, and what follows `#`
/// or `//` on a line, are passed over.
///
/// A decimal is rounded to the nearest number of `prec` bits, and it is that number which the table holds and which a
/// certificate speaks of. Stages whose even coefficients are all exactly zero are taken as odd. The table is called
/// `sign`, without offset or product: for anything else change those fields.
///
/// ```
/// use equiripple_approx::coeffs::{Basis, read_plain};
/// // (3x − x³)/2, twice.
/// let table = read_plain("1.5\n-0.5\n1.5\n-0.5\n", "3 3", Basis::Monomial, 256)?;
/// assert_eq!(table.stages.len(), 2);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// [`ApproxError::Parse`] with the line for a number or degree that is none, and for a number of lines that fits
/// neither form; `prec` outside 2 … 65536.
pub fn read_plain(
    coefficients: &str,
    degrees: &str,
    basis: Basis,
    prec: u32,
) -> Result<CoefficientTable> {
    if !(2..=MAX_BITS).contains(&prec) {
        return Err(ApproxError::OutOfRange {
            name: "precision",
            value: prec.to_string(),
            bound: format!("from 2 to {MAX_BITS} bits"),
        });
    }
    check_length(coefficients)?;
    check_length(degrees)?;
    let degrees = read_degrees(degrees)?;
    let most: usize = degrees.iter().map(|d| d + 1).sum();
    let numbers = read_numbers(coefficients, most, prec)?;
    let all_odd = degrees.iter().all(|d| d % 2 == 1);
    let full = numbers.len() == most;
    let odd_only = all_odd && numbers.len() == most / 2;
    if !full && !odd_only {
        let odd = if all_odd {
            format!("{} (odd powers) or ", most / 2)
        } else {
            String::new()
        };
        let why = format!(
            "expected {odd}{most} (all powers) numbers for the degrees {degrees:?}, found {}",
            numbers.len()
        );
        return Err(fail("the end of the coefficients", why));
    }
    let mut rest = numbers.into_iter();
    let stages = degrees.iter().map(|&d| {
        let given = if full { d + 1 } else { d.div_ceil(2) };
        stage(rest.by_ref().take(given).collect(), d, full)
    });
    let mut table = CoefficientTable::new("sign", stages.collect());
    table.basis = basis;
    table.validate()?;
    Ok(table)
}

fn fail(place: impl Into<String>, why: impl Into<String>) -> ApproxError {
    ApproxError::Parse {
        what: "published coefficients",
        place: place.into(),
        why: why.into(),
    }
}

/// Lines with their numbers from 1, without comments, none blank.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter_map(|(i, line)| {
        let end = [line.find('#'), line.find("//")]
            .into_iter()
            .flatten()
            .min();
        let content = end.map_or(line, |end| &line[..end]).trim();
        (!content.is_empty()).then_some((i, content))
    })
}

fn read_degrees(text: &str) -> Result<Vec<usize>> {
    let mut degrees = vec![];
    for (line, content) in lines(text) {
        let words = content.split(|c: char| c.is_whitespace() || c == ',');
        for word in words.filter(|w| !w.is_empty()) {
            let place = format!("line {line} of the degrees");
            let degree = word
                .parse()
                .ok()
                .filter(|d| *d <= MAX_DEGREE)
                .ok_or_else(|| {
                    let why = format!(
                        "expected a degree from 0 to {MAX_DEGREE}, found `{}`",
                        excerpt(word)
                    );
                    fail(&*place, why)
                })?;
            if degrees.len() == MAX_STAGES {
                return Err(fail(
                    place,
                    format!("expected at most {MAX_STAGES} degrees"),
                ));
            }
            degrees.push(degree);
        }
    }
    if degrees.is_empty() {
        return Err(fail(
            "the end of the degrees",
            "expected a degree for each stage, found none",
        ));
    }
    Ok(degrees)
}

fn read_numbers(text: &str, most: usize, prec: u32) -> Result<Vec<Exact>> {
    let mut numbers = Vec::with_capacity(most);
    for (line, content) in lines(text) {
        let place = format!("line {line} of the coefficients");
        if numbers.len() == most {
            let why = format!("the degrees allow at most {most} numbers, and this is one more");
            return Err(fail(place, why));
        }
        let value: Float = read_decimal(content, prec).map_err(|why| fail(place, why))?;
        numbers.push(Exact::new(&value)?);
    }
    Ok(numbers)
}

fn stage(numbers: Vec<Exact>, degree: usize, full: bool) -> StageTable {
    let zero = |c: &Exact| c.value().is_zero();
    let (parity, coefficients) = if !full {
        (Parity::Odd, numbers)
    } else if degree % 2 == 1 && numbers.iter().step_by(2).all(zero) {
        (
            Parity::Odd,
            numbers.into_iter().skip(1).step_by(2).collect(),
        )
    } else {
        (Parity::Full, numbers)
    };
    StageTable {
        parity,
        interval: [Exact::from(-1), Exact::from(1)],
        domain: "[-1,1]".into(),
        coefficients,
    }
}
