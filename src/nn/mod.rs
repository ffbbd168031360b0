//! Neural networks.

pub mod data;
