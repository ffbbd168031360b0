//! Relinearisations: enough of them everywhere, and no more than needed.

use super::super::{Arithmetic, Cost, Dag, InputLevel, Node, Plan, relinearized};
use super::{extra, rationals};
use crate::error::ApproxError;

/// Values are the number of ciphertext components beyond two.
struct Components {
    relinearizations: usize,
}

impl<S> Arithmetic<S> for Components {
    type Value = usize;
    type Error = ApproxError;
    fn add(&mut self, a: &usize, b: &usize) -> Result<usize, ApproxError> {
        Ok(*a.max(b))
    }
    fn sub(&mut self, a: &usize, b: &usize) -> Result<usize, ApproxError> {
        Ok(*a.max(b))
    }
    fn mul(&mut self, a: &usize, b: &usize) -> Result<usize, ApproxError> {
        assert_eq!((*a, *b), (0, 0), "an operand is not relinearised");
        Ok(1)
    }
    fn mul_scalar(&mut self, a: &usize, _: &S) -> Result<usize, ApproxError> {
        Ok(*a)
    }
    fn add_scalar(&mut self, a: &usize, _: &S) -> Result<usize, ApproxError> {
        Ok(*a)
    }
    fn relinearize(&mut self, a: usize) -> Result<usize, ApproxError> {
        assert_eq!(a, 1, "there is nothing to relinearise");
        self.relinearizations += 1;
        Ok(0)
    }
}

/// Runs on component counts: operands and output must have two components. Returns the relinearisations done.
fn relinearizations<S>(dag: &Dag<S>) -> usize {
    let mut components = Components {
        relinearizations: 0,
    };
    let inputs = vec![0; dag.inputs().len()];
    let output = dag.evaluate(&mut components, &inputs).unwrap();
    assert_eq!(output, 0, "the output is not relinearised");
    assert_eq!(components.relinearizations, Cost::of(dag).relinearizations);
    components.relinearizations
}

#[test]
fn a_sum_of_products_is_relinearised_once() {
    let mut dag: Dag<f64> = Dag::new(&[InputLevel::Spent(0); 4]).unwrap();
    let first = dag.push(Node::Mul(0, 1)).unwrap();
    let second = dag.push(Node::Mul(2, 3)).unwrap();
    let sum = dag.push(Node::Add(first, second)).unwrap();
    dag.push(Node::MulScalar(sum, 2.0)).unwrap();
    assert_eq!(relinearizations(&dag), 1);
}

#[test]
fn a_product_is_relinearised_after_its_sum() {
    let mut dag: Dag<f64> = Dag::new(&[InputLevel::Spent(0); 2]).unwrap();
    let product = dag.push(Node::Mul(0, 1)).unwrap();
    let double = dag.push(Node::Add(product, product)).unwrap();
    let power = dag.push(Node::Sub(double, 0)).unwrap();
    dag.push(Node::Mul(power, 1)).unwrap();
    assert_eq!(relinearizations(&dag), 2);
    assert!(relinearized(&dag)[power]);
}

#[test]
fn a_product_in_several_sums_is_relinearised_once() {
    // m and m+x are both operands; relinearising m serves both.
    let mut dag: Dag<f64> = Dag::new(&[InputLevel::Spent(0); 2]).unwrap();
    let m = dag.push(Node::Mul(0, 1)).unwrap();
    let a = dag.push(Node::Add(m, 0)).unwrap();
    let b = dag.push(Node::Sub(m, 1)).unwrap();
    dag.push(Node::Mul(a, b)).unwrap();
    assert_eq!(relinearizations(&dag), 2);
    assert!(relinearized(&dag)[m]);
}

#[test]
fn the_cut_is_the_smallest_by_brute_force() {
    for degree in [3, 5, 7] {
        let c = rationals(degree / 2 + 1, 9);
        for dag in [
            Plan::odd(&c, extra(0)).unwrap(),
            Plan::folded(&c, extra(0)).unwrap(),
        ] {
            let found = relinearizations(&dag);
            let count = dag.nodes().len();
            let candidates: Vec<usize> = (0..count)
                .filter(|&id| !matches!(dag.nodes()[id], Node::Input(_)))
                .collect();
            let fewer = subsets(&candidates, found - 1);
            assert!(fewer.iter().all(|chosen| !suffices(&dag, chosen)));
        }
    }
}

fn subsets(of: &[usize], size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (k, &first) in of.iter().enumerate() {
        for mut rest in subsets(&of[k + 1..], size - 1) {
            rest.push(first);
            all.push(rest);
        }
    }
    all
}

fn suffices<S>(dag: &Dag<S>, chosen: &[usize]) -> bool {
    let mut three: Vec<bool> = Vec::new();
    for (id, node) in dag.nodes().iter().enumerate() {
        let any = node.operands().any(|a| three[a]);
        let product = matches!(node, Node::Mul(..));
        if product && any {
            return false;
        }
        three.push((product || any) && !chosen.contains(&id));
    }
    !three[dag.output()]
}

#[test]
fn never_more_than_one_for_each_product() {
    for degree in (3..=63).step_by(2) {
        for dag in [
            Plan::odd(&rationals(degree / 2 + 1, 2), extra(0)).unwrap(),
            Plan::folded(&rationals(degree / 2 + 1, 2), extra(0)).unwrap(),
            Plan::general(&rationals(degree + 1, 2), extra(0)).unwrap(),
        ] {
            assert!(relinearizations(&dag) <= Cost::of(&dag).nonscalar_mults);
        }
    }
}

#[test]
fn sums_of_products_save_relinearisations() {
    for (degree, odd, folded) in [(7, 4, 6), (15, 7, 9), (31, 10, 12), (63, 14, 16)] {
        let c = rationals(degree / 2 + 1, 2);
        assert_eq!(relinearizations(&Plan::odd(&c, extra(0)).unwrap()), odd);
        let dag = Plan::folded(&c, extra(0)).unwrap();
        assert_eq!(relinearizations(&dag), folded);
    }
}
