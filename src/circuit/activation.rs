//! Circuits from coefficient tables: a polynomial, or a whole composition for sign, ReLU and maximum.

use super::CircuitError;
use equiripple_approx::{
    analysis::{Composition, Shape, circuit},
    coeffs::CoefficientTable,
    evaltree::{Dag, Node, PlanOptions},
};
use rug::Float;

/// A circuit does not depend on what it approximates.
const UNUSED: fn(f64) -> f64 = |x| x;

/// What a table is evaluated as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// What the table says it is: ReLU if its product with x is to be taken, otherwise its polynomials one after another.
    Table,
    /// max(a, b) from the polynomials of a ReLU; two inputs with |a − b| ≤ 1.
    Max,
}

/// The circuit of a table, its coefficients rounded to f64, each stage at its least depth. A scaled input takes a level
/// only where [`CoefficientTable::polys_of_input`] takes a stage.
///
/// # Errors
/// When the table describes no circuit: a constant, too large a degree, or a maximum without the product.
pub fn from_table(
    table: &CoefficientTable,
    activation: Activation,
) -> Result<Dag<f64>, CircuitError> {
    let polys = table.polys_of_input()?;
    let offset: &Float = table.offset.value();
    let shape = match activation {
        Activation::Max if table.product => Shape::Max { offset },
        Activation::Max => {
            return Err(CircuitError::Table {
                function: table.function.clone(),
                needed: "a ReLU, whose product with its argument makes a maximum",
            });
        }
        Activation::Table if table.product => Shape::Relu { offset },
        Activation::Table => Shape::Plain { target: &UNUSED },
    };
    let composition = Composition::new(&polys, shape)?;
    let mut exact = circuit(&composition, PlanOptions::default())?;
    if !table.product && !offset.is_zero() {
        exact.push(Node::AddScalar(exact.output(), offset.clone()))?;
    }
    Ok(exact.map(Float::to_f64))
}
