//! The search: a first lower bound, panels with small remainders, the largest maximum, and the bound of the rest.

use rug::Float;
use rug::float::Round;

use super::local::{Local, Problem};
use super::panel::Panel;
use super::piece::Piece;
use super::series::Prepared;
use super::{Approximant, FunctionSup, TOLERANCE, Weight, split};
use crate::certify::Bounds;
use crate::domain::Domain;
use crate::interval::Interval;
use crate::remez::Budget;
use crate::target::{Expr, check_finite};
use crate::{ApproxError, Result};

/// Bits that a search begins with.
pub(super) const MIN_PREC: u32 = 128;
/// Bits that it gives up beyond.
pub(super) const MAX_PREC: u32 = 1 << 14;
/// Panels that are examined at most.
const MAX_PANELS: usize = 200_000;
/// Largest share of the tolerance for what is not the maximum of a polynomial.
pub(super) const SHARE: f64 = TOLERANCE / 8.0;
/// How much larger than at the first points the error may be, in units of them, before the search starts again.
const MISSED: f64 = 1024.0;
/// Panels whose maxima are tried as lower bounds.
const WITNESSES: usize = 16;

/// Whether bounds are as close as was asked for.
pub(super) fn closed(bounds: &Bounds) -> bool {
    let allowed = Float::with_val_round(64, &bounds.lower * (1.0 + TOLERANCE), Round::Down).0;
    bounds.upper <= allowed
}

/// The error that reports bounds that are not.
pub(super) fn uncertified(bounds: &Bounds) -> ApproxError {
    ApproxError::Uncertified {
        lower: format!("{:.6e}", bounds.lower),
        upper: format!("{:.6e}", bounds.upper),
        tolerance: format!("{TOLERANCE:.3e}"),
    }
}

/// Finds the bounds, with as many bits as it takes.
pub(super) fn run(
    target: &Expr,
    weight: Weight<'_>,
    approximant: Approximant<'_>,
    domain: &Domain,
    budget: Budget,
) -> Result<FunctionSup> {
    check_finite(target, domain)?;
    if let Weight::Function(w) = weight {
        check_finite(w, domain)?;
    }
    let mut prec = MIN_PREC;
    let mut panels = 0;
    let mut best = (Float::new(64), Float::new(64));
    loop {
        let problem = Problem {
            target,
            weight,
            prepared: Prepared::new(approximant, weight, domain, prec),
            prec,
            order: 0,
            limit: Float::new(64),
        };
        let mut search = Search::new(problem, budget, panels, best);
        match search.run(approximant, domain)? {
            Step::Done(sup) => return Ok(sup),
            Step::MoreBits(bits) => prec += bits.max(prec / 4),
            Step::Again => {}
        }
        panels = search.panels;
        if prec > MAX_PREC {
            let upper = Float::with_val(64, f64::INFINITY);
            let lower = search.lower;
            return Err(uncertified(&Bounds { lower, upper }));
        }
        best = (search.lower, search.at);
    }
}

enum Step {
    Done(FunctionSup),
    /// The bits that seem to be missing.
    MoreBits(u32),
    /// The error is so much larger than it seemed that everything was sized wrongly.
    Again,
}

/// What is known so far at one precision.
pub(super) struct Search<'a> {
    pub(super) problem: Problem<'a>,
    pub(super) budget: Budget,
    pub(super) lower: Float,
    at: Float,
    /// Doubles are in units of `2^unit`.
    pub(super) unit: i32,
    /// Splits on top of each other that are allowed.
    pub(super) deepest: u32,
    panels: usize,
}

impl<'a> Search<'a> {
    fn new(problem: Problem<'a>, budget: Budget, panels: usize, best: (Float, Float)) -> Self {
        Self {
            problem,
            budget,
            lower: best.0,
            at: best.1,
            unit: 0,
            deepest: 0,
            panels,
        }
    }

    fn run(&mut self, approximant: Approximant<'_>, domain: &Domain) -> Result<Step> {
        let degree = match approximant {
            Approximant::Series(series) => series.degree(),
            Approximant::Sum(terms) => terms.len(),
        };
        if let Some(bits) = self.first_points(degree, domain)? {
            return Ok(Step::MoreBits(bits));
        }
        let prec = self.problem.prec;
        // Rough panels wait until the smooth ones have raised the lower bound.
        let mut open: Vec<Panel> = domain
            .iter()
            .map(|x| Panel::new(x.lo().clone(), x.hi().clone(), prec, 0))
            .collect();
        let mut rough = vec![];
        let mut pieces = vec![];
        let mut upper = Float::new(64);
        loop {
            while let Some(panel) = open.pop() {
                self.count()?;
                match self.problem.local(&panel)? {
                    Local::Rough(range) => rough.push((panel, range)),
                    Local::Wide => {
                        if self.probe(&panel)? {
                            return Ok(Step::Again);
                        }
                        open.extend(self.divide(&panel, |panel, prec| panel.parts(4, prec))?);
                    }
                    Local::Undefined(error) => {
                        open.extend(self.divide(&panel, split::at_kink).map_err(|_| error)?);
                    }
                    Local::Vanishing { error_is_nonzero } => {
                        let parts = split::at_zero(&self.problem, &panel, error_is_nonzero)?;
                        open.extend(self.divide(&panel, |_, _| parts)?);
                    }
                    // Also decides an error that is zero at all the first points.
                    Local::Smooth(model) if model.is_zero() => {}
                    Local::Smooth(_) if self.lower.is_zero() => {
                        return Ok(Step::MoreBits(prec));
                    }
                    Local::Smooth(model) => {
                        let piece = Piece::new(panel, &model, self.unit);
                        if let Some(count) = self.too_wide(&piece) {
                            if self.probe(&piece.panel)? {
                                return Ok(Step::Again);
                            }
                            let parts =
                                self.divide(&piece.panel, |p, prec| p.parts(count, prec))?;
                            open.extend(parts);
                        } else if piece.blur > SHARE * self.lower_units() {
                            let excess = piece.blur / (SHARE * self.lower_units());
                            return Ok(Step::MoreBits(bits_of(excess) + 16));
                        } else {
                            pieces.push(piece);
                        }
                    }
                }
            }
            self.witnesses(&pieces)?;
            if let Some((panel, range)) = rough.pop() {
                match self.settle(&panel, &range)? {
                    Some(bound) => upper = upper.max(&bound),
                    None => open.extend(self.divide(&panel, split::at_kink)?),
                }
                continue;
            }
            for piece in std::mem::take(&mut pieces) {
                match piece.bound(self.lower_units() * (1.0 + 0.999 * TOLERANCE)) {
                    Some(bound) => upper = upper.max(&(Float::with_val(64, bound) << self.unit)),
                    None => {
                        open.extend(self.divide(&piece.panel, |panel, prec| panel.parts(2, prec))?);
                    }
                }
            }
            if open.is_empty() {
                break;
            }
        }
        let bounds = Bounds {
            upper: upper.max(&self.lower),
            lower: self.lower.clone(),
        };
        if !closed(&bounds) {
            return Err(uncertified(&bounds));
        }
        Ok(Step::Done(FunctionSup {
            bounds,
            at: self.at.clone(),
            panels: self.panels,
        }))
    }

    /// The lower bound in units, rounded down.
    fn lower_units(&self) -> f64 {
        (self.lower.clone() >> self.unit).to_f64_round(Round::Down)
    }

    fn count(&mut self) -> Result<()> {
        self.panels += 1;
        if self.panels.is_multiple_of(16) {
            self.budget.check("the certificate")?;
        }
        if self.panels > MAX_PANELS {
            return Err(self.stuck());
        }
        Ok(())
    }

    fn stuck(&self) -> ApproxError {
        let upper = Float::with_val(64, f64::INFINITY);
        let lower = self.lower.clone();
        uncertified(&Bounds { lower, upper })
    }

    /// The parts that a panel is divided into, unless it has been divided too often.
    fn divide(
        &self,
        panel: &Panel,
        parts: impl FnOnce(&Panel, u32) -> Option<Vec<Panel>>,
    ) -> Result<Vec<Panel>> {
        if panel.depth >= self.deepest {
            return Err(self.stuck());
        }
        parts(panel, self.problem.prec).ok_or_else(|| self.stuck())
    }

    /// Takes the error at a number as a lower bound; its enclosure, unless it is 0/0.
    pub(super) fn witness(&mut self, x: &Float) -> Result<Option<Interval>> {
        let Some(error) = self.problem.at(x)? else {
            return Ok(None);
        };
        let size = Float::with_val_round(64, error.mig(), Round::Down).0;
        if size > self.lower {
            self.lower = size;
            self.at = x.clone();
        }
        Ok(Some(error))
    }

    /// Looks at the middle of a panel before it is split, in case the first points missed where the error is large;
    /// whether they missed it by far.
    fn probe(&mut self, panel: &Panel) -> Result<bool> {
        self.witness(&panel.center)?;
        Ok(self.lower_units() > MISSED)
    }

    /// The number of parts that a panel of which the model is not good enough should be cut into.
    fn too_wide(&self, piece: &Piece) -> Option<u32> {
        let allowed = SHARE * self.lower_units();
        if piece.slack > allowed {
            return Some(if piece.slack < 1e3 * allowed { 2 } else { 4 });
        }
        if piece.remainder <= allowed {
            return None;
        }
        let ratio = piece.remainder / allowed;
        let factor = (ratio.ln() / self.problem.order as f64).exp() * 1.05;
        Some((factor.ceil() as u32).clamp(2, 8))
    }

    /// Tries the largest of the maxima as lower bounds.
    fn witnesses(&mut self, pieces: &[Piece]) -> Result<()> {
        let mut peaks: Vec<_> = pieces
            .iter()
            .map(|piece| (piece.peak(), &piece.panel))
            .collect();
        peaks.sort_by(|a, b| b.0.1.total_cmp(&a.0.1));
        for ((u, value), panel) in peaks.into_iter().take(WITNESSES) {
            if value <= self.lower_units() {
                break;
            }
            let x = panel.point(u, self.problem.prec);
            if self.witness(&x)?.is_none() {
                // At a zero that cancels the value is the limit; next to it the loss is below the tolerance.
                for nudge in [-1e-9, 1e-9] {
                    self.witness(&panel.point(u + nudge, self.problem.prec))?;
                }
            }
        }
        Ok(())
    }

    /// A bound on a panel with a kink, once the error is as good as constant there. A jump never gets there.
    fn settle(&mut self, panel: &Panel, range: &Interval) -> Result<Option<Float>> {
        self.witness(&panel.center)?;
        let narrow = Float::with_val_round(64, &self.lower * TOLERANCE, Round::Down).0;
        let narrow = range.width() <= narrow * 0.9f64;
        Ok(narrow.then(|| Float::with_val_round(64, range.mag(), Round::Up).0))
    }
}

fn bits_of(ratio: f64) -> u32 {
    if ratio.is_finite() {
        ratio.log2().ceil().max(0.0) as u32
    } else {
        64
    }
}
