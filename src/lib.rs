//! Equiripple: polynomial approximation for encrypted computing.
//!
//! The approximation engine is the crate [`equiripple_approx`]; this one makes it a command, [`cli`], and turns its
//! outcomes into records and pictures.

pub mod cli;
pub mod curves;
pub mod ring;
pub mod summary;
