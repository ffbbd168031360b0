//! What a design is, what it costs, and how it does.

use equiripple_approx::{approximate::Recertified, coeffs::CoefficientTable, remez::Budget};
use equiripple_reports::table::{Cell, Column, Table};
use serde::Serialize;

use super::{Found, Search, chosen, select::Tried};
use crate::{
    cli::{error::Outcome, net::compare::Measured, number, output},
    nn::{
        Graph,
        accuracy::Comparison,
        design::{Plan, Work},
    },
};

/// What the design is for.
pub(super) struct Subject<'a> {
    pub(super) plain: &'a Graph,
    pub(super) training: &'a str,
    pub(super) set: &'a str,
    pub(super) alpha: f64,
    pub(super) bound: f64,
    /// That ranges and distributions are from, that candidates are tried on, that designs are chosen by.
    pub(super) images: [usize; 3],
}

#[derive(Debug, Serialize)]
pub(super) struct Summary {
    network: String,
    set: String,
    pub(super) max_loss: f64,
    calibration: Images,
    layers: Vec<Row>,
    /// Of the design.
    seconds: Seconds,
    /// Of the same polynomial everywhere; absent where it does not fit.
    pub(super) uniform: Option<Uniform>,
    pub(super) choosing: Quality,
    unseen: Quality,
    /// Modelled seconds and losses of all designs that were tried, the fastest first.
    pub(super) tried: Vec<Point>,
    /// Whose seconds.
    machine: String,
    /// That the design took.
    design_seconds: f64,
}

#[derive(Debug, Serialize)]
struct Images {
    data: String,
    ranges: usize,
    trial: usize,
    choosing: usize,
}

#[derive(Debug, Serialize)]
struct Row {
    node: String,
    degrees: Vec<usize>,
    /// Fitted to this layer, or minimax.
    fitted: bool,
    levels: usize,
    /// The level where it starts.
    level: usize,
    /// B.
    range: f64,
    bootstrap_before: bool,
    seconds: f64,
    bootstrap_seconds: f64,
    /// Certified: the largest error of r on [−1, 1].
    log2_error: f64,
    /// Divergence that the layer adds, by the trial.
    divergence: f64,
}

/// Modelled seconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Seconds {
    pub(super) total: f64,
    bootstraps: f64,
    activations: f64,
    linear: f64,
    /// How many results are bootstrapped.
    bootstrapped: usize,
}

/// The same polynomial everywhere.
#[derive(Debug, Serialize)]
pub(super) struct Uniform {
    alpha: f64,
    degrees: Vec<usize>,
    levels: usize,
    pub(super) seconds: Seconds,
    /// Its seconds over those of the design.
    pub(super) ratio: f64,
    pub(super) choosing: Quality,
    unseen: Quality,
}

/// Beside the network itself.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Quality {
    images: u64,
    plain_top1: f64,
    top1: f64,
    pub(super) loss: f64,
    /// It is below with a probability of 95 %.
    loss_limit: f64,
    agreement: f64,
    logit_deviation: f64,
    out_of_range: u64,
}

/// A design that was tried.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Point {
    pub(super) seconds: f64,
    pub(super) loss: f64,
    loss_limit: f64,
    /// By the trial.
    divergence: f64,
}

impl Quality {
    fn new(measured: &Measured) -> Self {
        let c: &Comparison = &measured.comparison;
        let (loss, loss_limit) = c.loss();
        Self {
            images: c.images,
            plain_top1: c.plain.first().value(),
            top1: c.other.first().value(),
            loss,
            loss_limit,
            agreement: c.agreement().value(),
            logit_deviation: c.logit_deviation(),
            out_of_range: measured.out_of_range,
        }
    }

    fn told(&self) -> String {
        format!(
            "{:.2} % instead of {:.2} %: {:.2} % lost, at most {:.2} %; same label {:.2} %; {} of {} images out of range",
            100.0 * self.top1,
            100.0 * self.plain_top1,
            100.0 * self.loss,
            100.0 * self.loss_limit,
            100.0 * self.agreement,
            self.out_of_range,
            self.images
        )
    }
}

impl Seconds {
    fn new(search: &Search<'_>, layers: &[super::Layer], plan: &Plan) -> Self {
        let problem = search.problem(layers, |_| true);
        let mut seconds = Self {
            total: plan.seconds,
            ..Self::default()
        };
        let steps = problem.steps.iter().zip(&search.pieces);
        for ((step, piece), decision) in steps.zip(&plan.decisions) {
            let Some(decision) = decision else { continue };
            let own = step.choices[decision.choice].seconds[decision.level];
            if piece.work == Work::Activation {
                seconds.activations += own;
            } else {
                seconds.linear += own;
            }
            if decision.refreshed {
                seconds.bootstraps += step.refresh.map_or(0.0, |refresh| refresh.seconds);
                seconds.bootstrapped += 1;
            }
        }
        seconds
    }

    fn told(&self) -> String {
        format!(
            "{:.1} s: {} bootstraps {:.1} s, activations {:.1} s, linear layers {:.1} s",
            self.total, self.bootstrapped, self.bootstraps, self.activations, self.linear
        )
    }
}

/// log2 of the certified largest error of a ReLU on [−1, 1].
fn error(table: &CoefficientTable) -> Outcome<f64> {
    if let Some(known) = table.log2_upper {
        return Ok(known);
    }
    let anew = Recertified::new(table, Budget::unlimited())?;
    Ok(anew.bounds.log2_upper())
}

impl Summary {
    pub(super) fn new(
        subject: &Subject<'_>,
        search: &Search<'_>,
        found: &Found,
        uniform: Option<&Tried>,
        unseen: &[Measured],
        design_seconds: f64,
    ) -> Outcome<Self> {
        let plan = &found.design.plan;
        let mut rows = vec![];
        for (layer, choice) in found.layers.iter().zip(chosen(plan, &found.layers)) {
            let decision = plan.decisions[layer.node.index()];
            let (Some(choice), Some(decision)) = (choice, decision) else {
                continue;
            };
            let candidate = &layer.candidates[choice];
            let refreshed = decision.refreshed;
            rows.push(Row {
                node: search.plain.node(layer.node).name().into(),
                degrees: candidate.design.degrees.clone(),
                fitted: candidate.design.fitted,
                levels: candidate.design.levels,
                level: decision.level,
                range: layer.range.into(),
                bootstrap_before: refreshed,
                seconds: candidate.seconds[decision.level],
                bootstrap_seconds: if refreshed {
                    layer.refresh.seconds
                } else {
                    0.0
                },
                log2_error: error(&candidate.design.table)?,
                divergence: candidate.loss,
            });
        }
        let seconds = Seconds::new(search, &found.layers, plan);
        let minimax = uniform.and_then(|tried| {
            let first = found.layers.first()?;
            let choice = *chosen(&tried.plan, &found.layers).first()?;
            first.candidates.get(choice?).map(|c| &c.design)
        });
        let uniform = match (uniform, minimax, unseen.get(1)) {
            (Some(tried), Some(design), Some(unseen)) => {
                let own = Seconds::new(search, &found.layers, &tried.plan);
                Some(Uniform {
                    alpha: subject.alpha,
                    degrees: design.degrees.clone(),
                    levels: design.levels,
                    seconds: own,
                    ratio: own.total / seconds.total,
                    choosing: Quality::new(&tried.measured),
                    unseen: Quality::new(unseen),
                })
            }
            _ => None,
        };
        let point = |tried: &Tried| {
            let (loss, loss_limit) = tried.loss();
            Point {
                seconds: tried.plan.seconds,
                loss,
                loss_limit,
                divergence: tried.plan.loss,
            }
        };
        let choosing = Quality::new(&found.design.measured);
        Ok(Self {
            network: subject.plain.name().into(),
            set: subject.set.into(),
            max_loss: subject.bound,
            calibration: Images {
                data: subject.training.into(),
                ranges: subject.images[0],
                trial: subject.images[1],
                choosing: subject.images[2],
            },
            layers: rows,
            seconds,
            uniform,
            unseen: unseen
                .first()
                .map_or_else(|| choosing.clone(), Quality::new),
            choosing,
            tried: found.tried.iter().map(point).collect(),
            machine: search.prices.machine().into(),
            design_seconds,
        })
    }

    /// Modelled seconds of the design.
    pub(super) fn total(&self) -> f64 {
        self.seconds.total
    }

    /// What is drawn above all.
    pub(super) fn title(&self) -> String {
        format!("{}: modelled time against loss", self.network)
    }

    fn table(&self) -> Outcome<Table> {
        let columns = vec![
            Column::left("ReLU"),
            Column::left("bootstrap"),
            Column::right("s"),
            Column::left("degrees"),
            Column::right("levels"),
            Column::right("from level"),
            Column::right("B"),
            Column::right("s"),
            Column::right("log2 error"),
            Column::right("divergence"),
        ];
        let mut table = Table::new(columns, "Activations")?;
        for row in &self.layers {
            let kind = if row.fitted { "" } else { " minimax" };
            table.push(vec![
                Cell::text(&row.node),
                Cell::text(if row.bootstrap_before {
                    "before it"
                } else {
                    ""
                }),
                if row.bootstrap_before {
                    Cell::text(format!("{:.2}", row.bootstrap_seconds))
                } else {
                    Cell::Empty
                },
                Cell::text(format!("{}{kind}", number::braces(&row.degrees))),
                Cell::Integer(row.levels as i64),
                Cell::Integer(row.level as i64),
                Cell::text(format!("{:.2}", row.range)),
                Cell::text(format!("{:.2}", row.seconds)),
                Cell::text(format!("{:.2}", row.log2_error)),
                Cell::text(format!("{:.1e}", row.divergence)),
            ])?;
        }
        Ok(table)
    }

    /// What stands beside the table.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("modelled time    {}", self.seconds.told())];
        match &self.uniform {
            Some(uniform) => {
                lines.push(format!(
                    "α = {} everywhere {}; {:.2} times the design",
                    uniform.alpha,
                    uniform.seconds.told(),
                    uniform.ratio
                ));
                lines.push(format!("  on unseen      {}", uniform.unseen.told()));
            }
            None => {
                lines.push("uniform          its levels do not fit between two bootstraps".into())
            }
        }
        lines.push(format!("choosing images  {}", self.choosing.told()));
        lines.push(format!("unseen images    {}", self.unseen.told()));
        lines.push(format!(
            "designed in      {:.0} s by {} designs, from {} images of {} for ranges, {} for trials, {} to choose by",
            self.design_seconds,
            self.tried.len(),
            self.calibration.ranges,
            self.calibration.data,
            self.calibration.trial,
            self.calibration.choosing
        ));
        lines.push(format!(
            "model            set {}, {}",
            self.set, self.machine
        ));
        lines
    }

    pub(super) fn tell(&self) -> Outcome<()> {
        output::line(format!(
            "{}, at most {:.2} % of accuracy lost",
            self.network,
            100.0 * self.max_loss
        ))?;
        output::line(self.table()?.to_text().trim_end())?;
        for line in self.lines() {
            output::line(format!("  {line}"))?;
        }
        Ok(())
    }

    pub(super) fn markdown(&self) -> Outcome<String> {
        let mut text = self.table()?.to_markdown();
        text.push('\n');
        for line in self.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            text.push_str(&format!("* {}\n", words.join(" ")));
        }
        Ok(text)
    }
}
