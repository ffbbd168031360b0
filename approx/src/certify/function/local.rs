//! The weighted error on one panel: a Taylor model where everything is smooth, an enclosure where it is not.

use std::cmp::Ordering;

use rug::Float;
use rug::float::Round;

use super::model::{BOUND_BITS, Model};
use super::panel::Panel;
use super::series::Prepared;
use super::{Weight, weighted};
use crate::interval::Interval;
use crate::target::{Expr, enclose, taylor};
use crate::{ApproxError, Result};

/// Everything that determines the error, at one precision.
pub(super) struct Problem<'a> {
    pub(super) target: &'a Expr,
    pub(super) weight: Weight<'a>,
    pub(super) prepared: Prepared<'a>,
    pub(super) prec: u32,
    /// Terms of the models.
    pub(super) order: usize,
    /// What a model of the approximant may leave out on panels that were never split.
    pub(super) limit: Float,
}

/// What is known of the weighted error on a panel.
pub(super) enum Local {
    /// Its Taylor model.
    Smooth(Model),
    /// A kink or jump may lie inside: its range alone.
    Rough(Interval),
    /// Nothing: the panel is too wide.
    Wide,
    /// Nothing; with the reason.
    Undefined(ApproxError),
    /// The relative error where the target may vanish, and whether the error is known not to.
    Vanishing { error_is_nonzero: bool },
}

/// One function on a panel.
enum Part {
    Smooth(Model, Interval),
    Rough(Interval),
}

impl Part {
    fn range(&self) -> &Interval {
        match self {
            Self::Smooth(_, range) | Self::Rough(range) => range,
        }
    }
}

/// A jet's order 0 and the order asked for, if that exists.
fn jet_over(expr: &Expr, x: &Interval, order: usize) -> Result<(Interval, Option<Interval>)> {
    let mut jet = taylor(expr, x, order)?;
    let last = jet.coefficients.pop().filter(|_| jet.smooth);
    let range = match (&last, jet.coefficients.is_empty()) {
        (_, false) => jet.coefficients.swap_remove(0),
        // Not smooth: order 0 alone.
        _ => enclose(expr, x)?,
    };
    Ok((range, last))
}

impl Problem<'_> {
    /// The weighted error at a number; `None` for 0/0 in a relative error.
    pub(super) fn at(&self, x: &Float) -> Result<Option<Interval>> {
        let x = Interval::point(x.clone())?.with_prec(self.prec.max(x.prec()));
        let value = enclose(self.target, &x)?;
        weighted(self.weight, &value, &self.prepared, &x)
    }

    /// The sign of the target at a number, if it is certain.
    pub(super) fn sign(&self, x: &Float) -> Result<Option<Ordering>> {
        let x = Interval::point(x.clone())?.with_prec(self.prec.max(x.prec()));
        Ok(enclose(self.target, &x)?.sign())
    }

    fn part(&self, expr: &Expr, panel: &Panel, powers: &[Interval]) -> Result<Part> {
        let whole = panel.interval()?;
        // Few bits do for a remainder, unless rounding the ends outwards leaves where the function is smooth.
        let narrow = jet_over(expr, &whole.with_prec(BOUND_BITS), self.order);
        let (range, last) = match narrow {
            Ok((range, Some(last))) => (range, Some(last)),
            _ => jet_over(
                expr,
                &whole.with_prec(self.prec.max(whole.prec())),
                self.order,
            )?,
        };
        let Some(last) = last else {
            return Ok(Part::Rough(range));
        };
        let center = Interval::point(panel.center.clone())?.with_prec(self.prec);
        let thin = taylor(expr, &center, self.order - 1)?;
        if !thin.smooth {
            return Ok(Part::Rough(range));
        }
        let model = Model::from_jets(&thin.coefficients, Some(&last), powers);
        Ok(Part::Smooth(model, range))
    }

    /// The approximant; `None` where the panel is too wide for its model.
    fn approximant(&self, panel: &Panel, powers: &[Interval]) -> Result<Option<Part>> {
        match &self.prepared {
            Prepared::Powers(series) => {
                let model = Model {
                    terms: series.shifted(panel, self.prec)?,
                    rest: Float::new(BOUND_BITS),
                };
                let range = model.range();
                Ok(Some(Part::Smooth(model, range)))
            }
            Prepared::Derivatives(series) => {
                // A weight may ask for a smaller remainder than the error alone: every split does.
                let limit = Float::with_val(BOUND_BITS, &self.limit >> (4 * panel.depth));
                let model = series.model(panel, &limit, self.prec)?;
                Ok(model.map(|model| {
                    let range = model.range();
                    Part::Smooth(model, range)
                }))
            }
            Prepared::Sum(terms) => {
                let zero = Interval::from_integer(self.prec, 0);
                let mut model = Some(Model::from_jets(std::slice::from_ref(&zero), None, powers));
                let mut range = zero;
                for (c, basis) in *terms {
                    let factor = Interval::point(c.clone())?;
                    let part = self.part(basis, panel, powers)?;
                    range.add_mul(&factor, part.range());
                    model = match (model, part) {
                        (Some(mut sum), Part::Smooth(term, _)) => {
                            sum.add_scaled(&factor, &term);
                            Some(sum)
                        }
                        _ => None,
                    };
                }
                Ok(Some(match model {
                    Some(model) => Part::Smooth(model, range),
                    None => Part::Rough(range),
                }))
            }
        }
    }

    /// The weighted error on a panel.
    pub(super) fn local(&self, panel: &Panel) -> Result<Local> {
        match self.try_local(panel) {
            // The panel may be too wide, or reach to where the function ends.
            Err(error @ ApproxError::NonFinite { .. }) => Ok(Local::Undefined(error)),
            other => other,
        }
    }

    fn try_local(&self, panel: &Panel) -> Result<Local> {
        let radius = Interval::point(panel.radius.clone())?.with_prec(self.prec);
        let mut powers = vec![Interval::from_integer(self.prec, 1)];
        for k in 0..self.order {
            powers.push(powers[k].mul(&radius));
        }
        let f = self.part(self.target, panel, &powers)?;
        let Some(p) = self.approximant(panel, &powers)? else {
            return Ok(Local::Wide);
        };
        let w = match self.weight {
            Weight::Function(w) => Some(self.part(w, panel, &powers)?),
            Weight::One | Weight::Relative => None,
        };
        let (Part::Smooth(f, values), Part::Smooth(p, _)) = (&f, &p) else {
            return self.rough(f.range(), p.range(), w.as_ref());
        };
        let error = f.clone().sub(p);
        Ok(match (self.weight, &w) {
            (Weight::Relative, _) => {
                let floor = Float::with_val_round(BOUND_BITS, values.mig(), Round::Down).0;
                match error.div(f, self.order.max(error.terms.len()), &floor) {
                    Some(ratio) => Local::Smooth(ratio),
                    None => Local::Vanishing {
                        error_is_nonzero: error.never_zero(),
                    },
                }
            }
            (_, None) => Local::Smooth(error),
            (_, Some(Part::Smooth(w, _))) => {
                Local::Smooth(error.mul(w, self.order.max(error.terms.len())))
            }
            (_, Some(Part::Rough(w))) => Local::Rough(error.range().mul(w)),
        })
    }

    fn rough(&self, f: &Interval, p: &Interval, w: Option<&Part>) -> Result<Local> {
        let error = f.sub(p);
        Ok(match (self.weight, w) {
            (Weight::Relative, _) => match error.div(f) {
                Some(ratio) => Local::Rough(ratio),
                None => Local::Vanishing {
                    error_is_nonzero: !error.contains_zero(),
                },
            },
            (_, None) => Local::Rough(error),
            (_, Some(w)) => Local::Rough(error.mul(w.range())),
        })
    }
}
