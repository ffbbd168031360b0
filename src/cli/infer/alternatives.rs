//! Other parameters and other polynomials for the same network.

use equiripple_approx::approximate::Goal;
use equiripple_reports::table::{Cell, Column, Table};
use serde::Serialize;

use super::{
    means::Means,
    need::Planned,
    network::{Network, NetworkArgs},
};
use crate::{
    ckks::{
        Parameters,
        params::sets::{NamedSet, SETS},
        security::{KeyPurpose, SecurityEstimate},
    },
    cli::{error::Outcome, memory, net::activation::Choice, progress::Bar},
};

/// Degrees below 3 are none of a ReLU.
const LEAST_DEGREE: usize = 3;

/// How the network would run otherwise.
#[derive(Debug, Serialize)]
pub(super) struct Alternative {
    set: &'static str,
    /// Of the ReLUs, where they are not those that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    degrees: Option<Vec<usize>>,
    /// log2 of the certified error of such a ReLU on [-1, 1].
    #[serde(skip_serializing_if = "Option::is_none")]
    log2_error: Option<f64>,
    /// Whether the memory is there, and the levels.
    pub(super) fits: bool,
    #[serde(flatten)]
    outcome: Found,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Found {
    Plan(Sketch),
    /// Why there is none.
    Refused {
        refused: String,
    },
}

#[derive(Debug, Serialize)]
struct Sketch {
    /// Between two bootstraps.
    levels: usize,
    bootstraps: usize,
    seconds: f64,
    key_bytes: u64,
    memory_bytes: u64,
    security: Vec<SecurityEstimate>,
}

/// Bits of security of the main secret, those between two rows of the table in brackets.
fn bits(security: &[SecurityEstimate]) -> String {
    let main = security
        .iter()
        .find(|one| one.key.purpose == KeyPurpose::Main);
    match main.and_then(|one| Some((one.met?, one.interpolated_bits))) {
        Some((met, Some(between))) => format!("{met} (≈ {between:.0})"),
        Some((met, None)) => met.to_string(),
        None => "none".into(),
    }
}

impl Alternative {
    fn new(network: &Network, set: &'static NamedSet, means: &Means) -> Outcome<Self> {
        let parameters = Parameters::new(set.literal())?;
        let sketched = sketch(network, &parameters, means);
        let (outcome, fits) = match sketched {
            Ok((sketch, fits)) => {
                let fits = fits(means.max_memory);
                (Found::Plan(sketch), fits)
            }
            Err(refused) => {
                let refused = refused.to_string();
                (Found::Refused { refused }, false)
            }
        };
        Ok(Self {
            set: set.name,
            degrees: None,
            log2_error: None,
            fits,
            outcome,
        })
    }

    /// Modelled, of one thread; nothing where there is no plan.
    pub(super) const fn seconds(&self) -> Option<f64> {
        match &self.outcome {
            Found::Plan(sketch) => Some(sketch.seconds),
            Found::Refused { .. } => None,
        }
    }

    fn polynomials(&self) -> String {
        match (&self.degrees, self.log2_error) {
            (Some(degrees), Some(error)) => {
                format!("relu:degrees={}, errs by 2^{error:.2}", joined(degrees))
            }
            (Some(degrees), None) => format!("relu:degrees={}", joined(degrees)),
            (None, _) => "as asked for".into(),
        }
    }

    /// In one line.
    pub(super) fn told(&self) -> String {
        let polynomials = match &self.degrees {
            Some(degrees) => format!(" --activation relu:degrees={}", joined(degrees)),
            None => String::new(),
        };
        match &self.outcome {
            Found::Plan(sketch) => format!(
                "--set {}{polynomials}: {} levels, {} bootstraps, {:.1} s modelled, {} of memory, security {}",
                self.set,
                sketch.levels,
                sketch.bootstraps,
                sketch.seconds,
                memory::human(sketch.memory_bytes),
                bits(&sketch.security)
            ),
            Found::Refused { refused } => format!("--set {}{polynomials}: {refused}", self.set),
        }
    }
}

fn joined(degrees: &[usize]) -> String {
    let each: Vec<_> = degrees.iter().map(usize::to_string).collect();
    each.join(",")
}

/// A plan in short, and whether it fits.
fn sketch(
    network: &Network,
    parameters: &Parameters,
    means: &Means,
) -> Outcome<(Sketch, impl Fn(Option<u64>) -> bool)> {
    let (graph, ranges) = (&network.graph, &network.ranges);
    let (slots, costs) = (network.slots, means.costs()?);
    let planned = Planned::new(
        graph,
        ranges,
        parameters,
        slots,
        costs,
        means.encoded_memory,
    )?;
    let memory = planned.need.memory;
    let sketch = Sketch {
        levels: planned.levels,
        bootstraps: planned.program.bootstraps().count(),
        seconds: planned.need.seconds(),
        key_bytes: memory.key_bytes,
        memory_bytes: memory.bytes(),
        security: parameters.security().to_vec(),
    };
    Ok((sketch, move |most| memory.fits(most)))
}

/// The degrees with one stage a level lower.
fn lower(degrees: &[usize]) -> Vec<Vec<usize>> {
    let each = (0..degrees.len()).filter_map(|stage| {
        // A polynomial of degree 2^k − 1 takes k levels.
        let lower = (degrees[stage] + 1).next_power_of_two() / 2 - 1;
        let mut fewer = degrees.to_vec();
        fewer[stage] = lower;
        (lower >= LEAST_DEGREE).then_some(fewer)
    });
    each.collect()
}

/// All other named sets on the same polynomials, and on these parameters ReLUs of one level less where degrees were given.
/// Sets that protect nothing are left out, unless such a one was asked for.
pub(super) fn alternatives(
    args: &NetworkArgs,
    network: &Network,
    means: &Means,
) -> Outcome<Vec<Alternative>> {
    let toy = !network.parameters.is_secure();
    let offered = |set: &&NamedSet| {
        let secure = Parameters::new(set.literal()).is_ok_and(|parameters| parameters.is_secure());
        set.name != network.set && (secure || toy)
    };
    let sets: Vec<_> = SETS.iter().filter(offered).collect();
    let shorter = match args.choice() {
        Choice::Relu(Goal::Degrees(degrees)) => lower(degrees),
        _ => vec![],
    };
    let bar = Bar::new((sets.len() + shorter.len()) as u64, "comparing plans");
    let mut found = vec![];
    for set in sets {
        bar.step(set.name);
        found.push(Alternative::new(network, set, means)?);
    }
    for degrees in shorter {
        bar.step(format!("degrees {}", joined(&degrees)));
        let choice = Choice::Relu(Goal::Degrees(degrees.clone()));
        let other = NetworkArgs::on(network, &choice)?;
        found.push(Alternative {
            log2_error: choice.log2_error()?,
            degrees: Some(degrees),
            ..Alternative::new(&other, args.set(), means)?
        });
    }
    // Those that fit first, the quickest first among them.
    found.sort_by(|a, b| {
        let key = |one: &Alternative| (!one.fits, one.seconds().unwrap_or(f64::INFINITY));
        let (a, b) = (key(a), key(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    Ok(found)
}

/// As a table.
pub(super) fn table(alternatives: &[Alternative]) -> Outcome<Table> {
    let columns = [
        "levels",
        "bootstraps",
        "s",
        "keys",
        "memory",
        "security",
        "fits",
    ];
    let mut all = vec![Column::left("set"), Column::left("ReLUs")];
    all.extend(columns.map(Column::right));
    let mut table = Table::new(all, "Otherwise, one thread")?;
    for one in alternatives {
        let mut row = vec![Cell::text(one.set), Cell::text(one.polynomials())];
        match &one.outcome {
            Found::Plan(sketch) => row.extend([
                Cell::text(sketch.levels.to_string()),
                Cell::text(sketch.bootstraps.to_string()),
                Cell::text(format!("{:.1}", sketch.seconds)),
                Cell::text(memory::human(sketch.key_bytes)),
                Cell::text(memory::human(sketch.memory_bytes)),
                Cell::text(bits(&sketch.security)),
                Cell::text(if one.fits { "yes" } else { "no" }),
            ]),
            Found::Refused { .. } => {
                row.extend(std::iter::repeat_n(Cell::Empty, columns.len() - 1));
                row.push(Cell::text("no plan"));
            }
        }
        table.push(row)?;
    }
    Ok(table)
}

/// Lines of a refusal: what fits, or that nothing does.
pub(super) fn told(alternatives: &[Alternative]) -> String {
    let fit: Vec<String> = alternatives
        .iter()
        .filter(|one| one.fits)
        .map(|one| format!("\n  {}", one.told()))
        .collect();
    if fit.is_empty() {
        return "\nno other named set fits, and no ReLU of one level less".into();
    }
    format!("\nwhat fits:{}", fit.concat())
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn one_stage_is_a_level_lower() {
        assert_eq!(lower(&[15, 15]), [vec![7, 15], vec![15, 7]]);
        assert_eq!(lower(&[27]), [vec![15]]);
        assert_eq!(lower(&[3, 7]), [vec![3, 3]]);
        assert!(lower(&[3]).is_empty());
    }
}
