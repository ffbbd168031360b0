//! The dynamic program against all there is, on small random networks.

use super::{Choice, DesignError, Problem, Refresh, Step};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

const TOP: usize = 5;

struct Random(ChaCha8Rng);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound as u64) as usize
    }

    fn choice(&mut self, lossy: bool) -> Choice {
        let slope = self.below(4) as f64 / 4.0;
        let base = 1.0 + self.below(6) as f64;
        Choice {
            levels: self.below(4),
            seconds: (0..=TOP).map(|l| base + slope * l as f64).collect(),
            loss: if lossy { self.below(8) as f64 } else { 0.0 },
        }
    }

    fn step(&mut self, inputs: &[usize]) -> Step {
        let lossy = self.below(2) == 0;
        let choices = 1 + if lossy { self.below(3) } else { 0 };
        Step {
            inputs: inputs.to_vec(),
            choices: (0..choices).map(|_| self.choice(lossy)).collect(),
            refresh: lossy.then(|| Refresh {
                from: self.below(2),
                to: TOP - self.below(2),
                seconds: 2.0 + self.below(10) as f64,
            }),
        }
    }
}

fn problem(links: &[&[usize]], seed: u64) -> Problem {
    let mut random = Random(ChaCha8Rng::seed_from_u64(seed));
    Problem {
        steps: links.iter().map(|inputs| random.step(inputs)).collect(),
        output: links.len() - 1,
        top: TOP,
    }
}

/// The least cost of all nodes from `at` on, every decision tried.
fn brute(problem: &Problem, at: usize, levels: &mut Vec<usize>, price: f64) -> f64 {
    let Some(step) = problem.steps.get(at) else {
        return 0.0;
    };
    if step.inputs.is_empty() {
        levels.push(TOP);
        let rest = brute(problem, at + 1, levels, price);
        levels.pop();
        return rest;
    }
    let level = step.inputs.iter().map(|i| levels[*i]).min().unwrap();
    let mut starts = vec![(level, 0.0)];
    if let Some(refresh) = step.refresh.filter(|r| r.from <= level) {
        starts.push((refresh.to, refresh.seconds));
    }
    let mut least = f64::INFINITY;
    for (top, seconds) in starts {
        for choice in &step.choices {
            for start in choice.levels..=top {
                levels.push(start - choice.levels);
                let rest = brute(problem, at + 1, levels, price);
                levels.pop();
                least = least.min(seconds + choice.seconds[start] + price * choice.loss + rest);
            }
        }
    }
    least
}

const CHAIN: &[&[usize]] = &[&[], &[0], &[1], &[2], &[3]];
const RESIDUAL: &[&[usize]] = &[&[], &[0], &[1], &[2, 1], &[3]];
const SHORTCUT: &[&[usize]] = &[&[], &[0], &[1], &[1], &[2, 3]];
const BRANCHES: &[&[usize]] = &[&[], &[0], &[0], &[0], &[1, 2, 3]];

#[test]
fn equals_all_that_can_be_done() {
    let mut solved = 0;
    for links in [CHAIN, RESIDUAL, SHORTCUT, BRANCHES] {
        for seed in 0..25 {
            let problem = problem(links, seed);
            for price in [0.0, 0.3, 2.0] {
                let least = brute(&problem, 0, &mut vec![], price);
                match problem.solve(price) {
                    Ok(plan) => {
                        let found = plan.seconds + price * plan.loss;
                        assert!((found - least).abs() < 1e-9, "{links:?} {seed} {price}");
                        solved += 1;
                    }
                    Err(DesignError::Levels { .. }) => assert!(least.is_infinite()),
                    Err(other) => panic!("{other}"),
                }
            }
        }
    }
    assert!(solved > 200, "{solved}");
}

#[test]
fn a_higher_price_never_loses_more_nor_takes_less() {
    for seed in 0..25 {
        let Ok(front) = problem(RESIDUAL, seed).front() else {
            continue;
        };
        for pair in front.windows(2) {
            assert!(pair[0].loss > pair[1].loss && pair[0].seconds < pair[1].seconds);
        }
        let problem = problem(RESIDUAL, seed);
        let plans = [0.0, 0.1, 0.5, 1.0, 4.0, 50.0].map(|price| problem.solve(price).unwrap());
        for pair in plans.windows(2) {
            assert!(pair[0].loss >= pair[1].loss - 1e-9);
            assert!(pair[0].seconds <= pair[1].seconds + 1e-9);
        }
    }
}

#[test]
fn the_front_has_what_every_price_finds() {
    for seed in 0..10 {
        let problem = problem(CHAIN, seed);
        let Ok(front) = problem.front() else { continue };
        for price in [0.05, 0.4, 1.5, 10.0] {
            let cost = |seconds: f64, loss: f64| seconds + price * loss;
            let plan = problem.solve(price).unwrap();
            let best = front.iter().map(|p| cost(p.seconds, p.loss));
            let best = best.fold(f64::INFINITY, f64::min);
            assert!((best - cost(plan.seconds, plan.loss)).abs() < 1e-9);
        }
    }
}

#[test]
fn what_fits_nowhere_is_refused() {
    let mut problem = problem(CHAIN, 3);
    for choice in &mut problem.steps[2].choices {
        choice.levels = TOP + 1;
    }
    assert!(matches!(
        problem.solve(1.0),
        Err(DesignError::Levels { node: 2 })
    ));
}
