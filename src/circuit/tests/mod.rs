//! What the data types of circuits promise by themselves.

mod activation;
mod linear;
mod shape;
