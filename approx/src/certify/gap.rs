//! Certified sup-norm of ReLU-like errors, `e(x) = |x|/2 − x·P(x) − c`, `P` a composition.
//!
//! Here x and `P(x)` are correlated, so ranges alone do not decide. But `P` over a box of x has an exact range from
//! values at the ends of the box and at critical points of the stages, and the factor x varies by no more than the box
//! is wide: a product of two narrow ranges bounds the error, the box is halved where the bound is not good enough,
//! and each halving costs one evaluation of the composition.

use std::rc::Rc;

use rug::{
    Float,
    float::Round,
    ops::{AddAssignRound, MulAssignRound, SubAssignRound},
};

use super::{Bounds, Chain};
use crate::{ApproxError, Result, poly::Parity, remez::Budget};

/// Ratio of the bounds minus one that the subdivision aims at.
pub const TOLERANCE: f64 = 1.0 / (1u64 << 21) as f64;
const MAX_BOXES: usize = 50_000_000;
/// Bits of the error's own arithmetic, in which x/2 and x·P cancel.
const ERROR_BITS: u32 = 192;

/// The sup-norm of an error over an interval, and where it is reached.
#[derive(Debug, Clone)]
pub struct Sup {
    /// Lower and upper bound.
    pub bounds: Bounds,
    /// A point where the lower bound is reached.
    pub at: f64,
    /// Boxes that were examined.
    pub boxes: usize,
}

/// Bounds of `sup ||x|/2 − x·P(x) − offset|` over `[−hi, hi]`, for the chain of `P` over `[0, hi]` (of odd stages) or
/// `[−hi, hi]`.
///
/// # Errors
/// The time limit, a subdivision that does not come to an end, or a chain over less than the domain.
pub fn relu_error(chain: &Chain, hi: f64, offset: &Float, budget: Budget) -> Result<Sup> {
    let odd = chain
        .stages()
        .iter()
        .all(|s| s.poly().parity() == Parity::Odd);
    let sides: &[f64] = if odd { &[1.0] } else { &[1.0, -1.0] };
    // Outside the chain's input its critical points are unknown.
    let (from, to) = chain.input();
    let needed = if odd { 0.0 } else { -hi };
    if !(hi > 0.0 && *from <= needed && *to >= hi) || chain.stages().is_empty() {
        return Err(ApproxError::OutOfRange {
            name: "domain of the ReLU",
            value: format!("[{needed}, {hi}]"),
            bound: format!(
                "within the input of the composition, [{:.6}, {:.6}]",
                from.to_f64(),
                to.to_f64()
            ),
        });
    }
    let mut search = Search::new(chain, offset);
    for &side in sides {
        search.scan(side, hi);
    }
    for &side in sides {
        search.subdivide(side, hi, budget)?;
    }
    let lower = Float::with_val(64, search.lower);
    let upper = Float::with_val(64, search.upper.max(search.lower));
    Ok(Sup {
        bounds: Bounds { lower, upper },
        at: search.at,
        boxes: search.boxes,
    })
}

/// A point of the input with the values after every stage from `first` on.
struct Point {
    first: usize,
    values: Vec<Float>,
}

impl Point {
    fn after(&self, stage: usize) -> &Float {
        &self.values[stage - self.first]
    }
}

struct Search<'a> {
    chain: &'a Chain,
    offset: &'a Float,
    /// Critical points of each stage with the values from there on.
    turning: Vec<Vec<(Float, Float, Rc<Point>)>>,
    /// Bound of the error of any computed `P`, critical points' widths included.
    slack: f64,
    lower: f64,
    upper: f64,
    at: f64,
    boxes: usize,
}

struct Box {
    lo: f64,
    hi: f64,
    left: Rc<Point>,
    right: Rc<Point>,
}

impl<'a> Search<'a> {
    fn new(chain: &'a Chain, offset: &'a Float) -> Self {
        let mut turning = vec![];
        // Bound of how far any computed end of a range may lie from the true one, after each stage.
        let mut slack = Float::new(64);
        for (i, stage) in chain.stages().iter().enumerate() {
            let mut list = vec![];
            let mut widest = Float::new(64);
            for c in stage.critical() {
                widest = widest.max(&c.radius);
                let images: &[bool] = if stage.poly().parity() == Parity::Full {
                    &[false]
                } else {
                    &[false, true]
                };
                for &mirror in images {
                    let (mut lo, mut hi, at) = if mirror {
                        (
                            Float::with_val(c.hi.prec(), -&c.hi),
                            Float::with_val(c.lo.prec(), -&c.lo),
                            Float::with_val(c.at.prec(), -&c.at),
                        )
                    } else {
                        (c.lo.clone(), c.hi.clone(), c.at.clone())
                    };
                    let point = Point {
                        first: i,
                        values: chain.values_from(i, &at),
                    };
                    lo.sub_assign_round(&slack, Round::Down);
                    hi.add_assign_round(&slack, Round::Up);
                    list.push((lo, hi, Rc::new(point)));
                }
            }
            turning.push(list);
            slack = slack * stage.steepest() * 1.001
                + Float::with_val(64, stage.rounding() * 1.001)
                + widest;
        }
        let slack = slack.to_f64_round(Round::Up) * 2.0 + f64::MIN_POSITIVE;
        Self {
            chain,
            offset,
            turning,
            slack,
            lower: 0.0,
            upper: 0.0,
            at: 0.0,
            boxes: 0,
        }
    }

    fn point(&self, side: f64, x: f64) -> Rc<Point> {
        Rc::new(Point {
            first: 0,
            values: self.chain.values(&Float::with_val(64, side * x)),
        })
    }

    /// `[min, max]` of `x/2 − x·P − offset` for `x ∈ [lo, hi]`, `P ∈ [p_lo, p_hi]`; rounded outward throughout.
    fn error_range(&self, side: f64, lo: f64, hi: f64, p: (&Float, &Float)) -> (f64, f64) {
        let (p_lo, p_hi) = if side > 0.0 { p } else { (p.1, p.0) };
        let end = |p: &Float, round: Round| {
            let mut v = Float::with_val(ERROR_BITS, 0.5);
            if side > 0.0 {
                v.sub_assign_round(p, round);
            } else {
                v.add_assign_round(p, round);
            }
            let x = if round == Round::Up {
                v.add_assign_round(self.slack, round);
                if v < 0 { lo } else { hi }
            } else {
                v.sub_assign_round(self.slack, round);
                if v < 0 { hi } else { lo }
            };
            v.mul_assign_round(x, round);
            v.sub_assign_round(self.offset, round);
            v.to_f64_round(round)
        };
        (end(p_hi, Round::Down), end(p_lo, Round::Up))
    }

    /// Takes the value at a point as a lower bound.
    fn witness(&mut self, side: f64, x: f64, point: &Point) {
        let p = point.after(self.chain.stages().len() - 1);
        let (least, most) = self.error_range(side, x, x, (p, p));
        // The true error lies in [least, most]: its modulus is at least the distance of that from zero.
        let value = if least > 0.0 {
            least
        } else if most < 0.0 {
            -most
        } else {
            0.0
        };
        if value > self.lower {
            self.lower = value;
            self.at = side * x;
        }
    }

    /// A first lower bound from a scan in f64, sharpened by golden sections around the best points.
    fn scan(&mut self, side: f64, hi: f64) {
        let fast: Vec<_> = self
            .chain
            .stages()
            .iter()
            .map(|s| crate::poly::FastChebyshev::new(s.poly()))
            .collect();
        let offset = self.offset.to_f64();
        let error = |x: f64| {
            let p = fast.iter().fold(side * x, |y, s| s.eval(y));
            (0.5 * x - side * x * p - offset).abs()
        };
        const POINTS: usize = 1 << 14;
        let xs: Vec<f64> = (0..=POINTS)
            .map(|i| hi * 0.5 * (1.0 - (std::f64::consts::PI * i as f64 / POINTS as f64).cos()))
            .collect();
        let es: Vec<f64> = xs.iter().map(|&x| error(x)).collect();
        let mut peaks: Vec<usize> = (0..=POINTS)
            .filter(|&i| (i == 0 || es[i] >= es[i - 1]) && (i == POINTS || es[i] >= es[i + 1]))
            .collect();
        peaks.sort_by(|&i, &j| es[j].total_cmp(&es[i]));
        for &i in peaks.iter().take(24) {
            let (mut a, mut b) = (xs[i.saturating_sub(1)], xs[(i + 1).min(POINTS)]);
            for _ in 0..60 {
                let (c, d) = (a + 0.381_966 * (b - a), a + 0.618_034 * (b - a));
                if error(c) > error(d) { b = d } else { a = c }
            }
            for x in [0.5 * (a + b), xs[i]] {
                let point = self.point(side, x);
                self.witness(side, x, &point);
            }
        }
    }

    /// Range of `P` over a box: exact but for rounding.
    fn range(&self, side: f64, b: &Box) -> (Float, Float) {
        let (lo, hi) = (
            Float::with_val(64, side * b.lo),
            Float::with_val(64, side * b.hi),
        );
        let mut ends = if side > 0.0 {
            (b.left.clone(), b.right.clone())
        } else {
            (b.right.clone(), b.left.clone())
        };
        let mut reach = if lo < hi { (lo, hi) } else { (hi, lo) };
        for (i, turning) in self.turning.iter().enumerate() {
            let mut next = if ends.0.after(i) <= ends.1.after(i) {
                ends.clone()
            } else {
                (ends.1.clone(), ends.0.clone())
            };
            for (lo, hi, point) in turning {
                if *hi < reach.0 || *lo > reach.1 {
                    continue;
                }
                if point.after(i) < next.0.after(i) {
                    next.0 = point.clone();
                } else if point.after(i) > next.1.after(i) {
                    next.1 = point.clone();
                }
            }
            reach = (next.0.after(i).clone(), next.1.after(i).clone());
            ends = next;
        }
        reach
    }

    fn subdivide(&mut self, side: f64, hi: f64, budget: Budget) -> Result<()> {
        let mut stack = vec![Box {
            lo: 0.0,
            hi,
            left: self.point(side, 0.0),
            right: self.point(side, hi),
        }];
        self.witness(side, 0.0, &stack[0].left.clone());
        self.witness(side, hi, &stack[0].right.clone());
        while let Some(b) = stack.pop() {
            self.boxes += 1;
            if self.boxes.is_multiple_of(4096) {
                budget.check("the certificate")?;
            }
            let range = self.range(side, &b);
            let (least, most) = self.error_range(side, b.lo, b.hi, (&range.0, &range.1));
            let bound = most.max(-least);
            if bound <= self.lower * (1.0 + TOLERANCE) {
                self.upper = self.upper.max(bound);
                continue;
            }
            let mid = 0.5 * (b.lo + b.hi);
            if !(mid > b.lo && mid < b.hi) || self.boxes > MAX_BOXES {
                return Err(ApproxError::Uncertified {
                    lower: format!("{:.6e}", self.lower),
                    upper: format!("{bound:.6e}"),
                    tolerance: format!("{TOLERANCE:.3e}"),
                });
            }
            let point = self.point(side, mid);
            self.witness(side, mid, &point);
            stack.push(Box {
                lo: mid,
                hi: b.hi,
                left: point.clone(),
                right: b.right,
            });
            stack.push(Box {
                lo: b.lo,
                hi: mid,
                left: b.left,
                right: point,
            });
        }
        Ok(())
    }
}
