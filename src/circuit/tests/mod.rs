//! What the data types of circuits promise by themselves.

mod linear;
mod shape;
