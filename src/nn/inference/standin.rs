//! Polynomials in place of activations, evaluated as their circuit is.

use super::{
    Real,
    operation::{Call, Excessive, Operation},
    program::Program,
};
use crate::{
    circuit::{CircuitError, activation},
    nn::Polynomial,
};
use pulp::{Simd, WithSimd};

/// Numbers in a register: a program's registers lie in the first cache together.
pub(super) const BLOCK: usize = 512;

/// In place: y = B·r(x/B).
pub(super) struct StandIn<T> {
    program: Program<T>,
    range: T,
}

impl<T: Real> StandIn<T> {
    /// # Errors
    /// When the table describes no circuit.
    pub(super) fn new(polynomial: &Polynomial) -> Result<Self, CircuitError> {
        let circuit = activation::from_table(&polynomial.table, activation::Activation::Table)?;
        Ok(Self {
            program: Program::compile(&circuit),
            range: T::from_f64(polynomial.range.into()),
        })
    }
}

impl<T: Real> Operation<T> for StandIn<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let elements = out.len() / call.images.max(1);
        let mut registers = registers(&self.program);
        for (n, values) in out.chunks_exact_mut(elements.max(1)).enumerate() {
            let excess = call.arch.dispatch(Run {
                stand_in: self,
                registers: &mut registers,
                values,
            });
            if excess.count > 0 {
                call.excesses.push((n, excess));
            }
        }
    }
}

/// As many registers as a program needs.
pub(super) fn registers<T: Real>(program: &Program<T>) -> Vec<Vec<T>> {
    vec![vec![T::zero(); BLOCK]; program.registers()]
}

struct Run<'a, T> {
    stand_in: &'a StandIn<T>,
    registers: &'a mut [Vec<T>],
    values: &'a mut [T],
}

impl<T: Real> WithSimd for Run<'_, T> {
    type Output = Excessive;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Excessive {
        let Self {
            stand_in,
            registers,
            values,
        } = self;
        let (program, range) = (&stand_in.program, stand_in.range);
        let mut excess = Excessive::default();
        let inverse = T::one() / range;
        for block in values.chunks_mut(BLOCK) {
            excess.add(block, range);
            for (to, &x) in registers[0].iter_mut().zip(block.iter()) {
                *to = x * inverse;
            }
            program.run(simd, registers, block.len());
            for (to, &y) in block.iter_mut().zip(&registers[program.output()]) {
                *to = y * range;
            }
        }
        excess
    }
}

impl Excessive {
    /// Counts numbers beyond ±range, and those that are no numbers.
    #[inline(always)]
    pub(super) fn add<T: Real>(&mut self, values: &[T], range: T) {
        let mut count = 0usize;
        for x in values {
            count += usize::from(x.abs() > range || x.is_nan());
        }
        if count == 0 {
            return;
        }
        self.count += count;
        for x in values.iter().map(|x| x.abs().widened()) {
            if x > self.largest || x.is_nan() {
                self.largest = x;
            }
        }
    }
}
