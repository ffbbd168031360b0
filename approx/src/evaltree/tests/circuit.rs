//! Building, joining and running circuits by hand.

use super::super::{Cost, Dag, InputLevel, Node, Plain};
use crate::error::ApproxError;

#[test]
fn depths_count_scalars_and_not_inputs_from_above() {
    let mut dag = Dag::new(&[InputLevel::Spent(2), InputLevel::Above]).unwrap();
    let cx = dag.push(Node::MulScalar(1, 3.0)).unwrap();
    let product = dag.push(Node::Mul(cx, 0)).unwrap();
    let shifted = dag.push(Node::AddScalar(product, 1.0)).unwrap();
    dag.push(Node::Add(shifted, shifted)).unwrap();
    let cost = Cost::of(&dag);
    assert_eq!(
        cost,
        Cost {
            depth: 3,
            nonscalar_mults: 1,
            scalar_mults: 1,
            relinearizations: 1,
            additions: 1,
            scalar_additions: 1,
            mults_at_depth: vec![0, 0, 1],
        }
    );
    let value = dag.evaluate(&mut Plain, &[5.0, 7.0]).unwrap();
    assert!((value - 2.0 * (3.0 * 7.0 * 5.0 + 1.0)).abs() < 1e-12);
}

#[test]
fn a_chain_renames_inputs() {
    // x − y after x·y: (a·b) − c.
    let mut first = Dag::new(&[InputLevel::Spent(0); 2]).unwrap();
    first.push(Node::Mul(0, 1)).unwrap();
    let mut second = Dag::new(&[InputLevel::Spent(0); 2]).unwrap();
    second.push(Node::Sub(0, 1)).unwrap();
    let chained: Dag<f64> = first.then(&second).unwrap();
    assert_eq!(chained.inputs().len(), 3);
    let value = chained.evaluate(&mut Plain, &[2.0, 3.0, 10.0]).unwrap();
    assert!((value + 4.0).abs() < 1e-12);
}

#[test]
fn an_input_can_be_the_output() {
    let dag: Dag<f64> = Dag::new(&[InputLevel::Spent(0)]).unwrap();
    let value = dag.evaluate(&mut Plain, &[2.5]).unwrap();
    assert!((value - 2.5).abs() < 1e-12);
    assert_eq!(Cost::of(&dag), Cost::default());
}

#[test]
fn mistakes_are_typed_errors() {
    let mut dag: Dag<f64> = Dag::new(&[InputLevel::Spent(0)]).unwrap();
    let out_of_range = |found| matches!(found, Err(ApproxError::OutOfRange { .. }));
    assert!(out_of_range(dag.push(Node::Add(0, 1))));
    assert!(out_of_range(dag.push(Node::Input(1))));
    let other = dag.clone();
    assert!(out_of_range(dag.append(&other, &[])));
    assert!(out_of_range(dag.append(&other, &[7])));
    assert!(matches!(
        dag.evaluate(&mut Plain, &[]),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert!(matches!(
        Dag::<f64>::new(&[]),
        Err(ApproxError::OutOfRange { .. })
    ));
}

#[test]
fn a_cost_survives_json() {
    let cost = Cost {
        depth: 2,
        mults_at_depth: vec![1, 1],
        ..Cost::default()
    };
    let text = serde_json::to_string(&cost).unwrap();
    assert_eq!(serde_json::from_str::<Cost>(&text).unwrap(), cost);
}
