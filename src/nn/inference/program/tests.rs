//! Programs against their circuits.

use super::*;
use equiripple_approx::evaltree::{InputLevel, Plain, Stage, max, relu};
use pulp::{Arch, WithSimd};

struct On<'a> {
    program: &'a Program<f64>,
    inputs: &'a [Vec<f64>],
}

impl WithSimd for On<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f64> {
        let length = self.inputs[0].len();
        let mut registers = vec![vec![0.0; length.next_multiple_of(16)]; self.program.registers()];
        for (register, input) in registers.iter_mut().zip(self.inputs) {
            register[..length].copy_from_slice(input);
        }
        self.program.run(simd, &mut registers, length);
        registers[self.program.output()][..length].to_vec()
    }
}

/// The same bits as the circuit on plain numbers, on every kind of processor that this one is.
fn same_bits(circuit: &Dag<f64>, inputs: &[Vec<f64>]) {
    let program = Program::compile(circuit);
    let on = || On {
        program: &program,
        inputs,
    };
    let mut found = vec![Arch::new().dispatch(on()), pulp::Scalar.vectorize(on())];
    #[cfg(target_arch = "x86_64")]
    found.extend(pulp::x86::V3::try_new().map(|simd| Simd::vectorize(simd, on())));
    for k in 0..inputs[0].len() {
        let point: Vec<f64> = inputs.iter().map(|input| input[k]).collect();
        let expected = circuit.evaluate(&mut Plain, &point).unwrap();
        for found in &found {
            assert_eq!(found[k].to_bits(), expected.to_bits());
        }
    }
}

fn points(count: usize) -> Vec<f64> {
    (0..count)
        .map(|k| (k as f64 * 0.618).fract() * 2.0 - 1.0)
        .collect()
}

#[test]
fn compositions_have_the_bits_of_their_circuits() {
    let coefficients: Vec<f64> = (0..14).map(|k| 0.9 / (k * k + 1) as f64).collect();
    let lengths = [[2, 3], [4, 8], [8, 14], [1, 1]];
    for [first, second] in lengths {
        let stages = [first, second].map(|n| Stage::new(&coefficients[..n]));
        let x = points(101);
        for offset in [None, Some(&0.01)] {
            same_bits(&relu(&stages, offset).unwrap(), std::slice::from_ref(&x));
            let y: Vec<f64> = x.iter().rev().map(|x| x / 2.0).collect();
            same_bits(&max(&stages, offset).unwrap(), &[x.clone(), y]);
        }
    }
}

#[test]
fn values_that_are_doubled_subtracted_and_used_again() {
    let mut circuit = Dag::new(&[InputLevel::Spent(0); 2]).unwrap();
    let mut push = |node| circuit.push(node).unwrap();
    let product = push(Node::Mul(0, 1));
    let double = push(Node::Add(product, product));
    let four = push(Node::Add(double, double));
    let again = push(Node::Input(0));
    let less = push(Node::Sub(again, four));
    let scaled = push(Node::MulScalar(less, 0.3));
    push(Node::AddScalar(scaled, 7.0));
    let zero = push(Node::Sub(less, less));
    let kept = push(Node::AddScalar(less, -0.25));
    let sum = push(Node::Add(kept, zero));
    push(Node::Sub(sum, less));
    same_bits(&circuit, &[points(40), points(77)[37..].to_vec()]);
}

#[test]
fn an_input_alone() {
    let mut circuit = Dag::new(&[InputLevel::Spent(0); 2]).unwrap();
    circuit.push(Node::Input(1)).unwrap();
    same_bits(&circuit, &[points(5), points(9)[4..].to_vec()]);
}

#[test]
fn what_is_between_costs_no_instruction() {
    // 2·x² − 1.
    let mut circuit = Dag::new(&[InputLevel::Spent(0)]).unwrap();
    let square = circuit.push(Node::Mul(0, 0)).unwrap();
    let double = circuit.push(Node::Add(square, square)).unwrap();
    circuit.push(Node::AddScalar(double, -1.0)).unwrap();
    assert_eq!(Program::<f64>::compile(&circuit).instructions.len(), 1);
}
