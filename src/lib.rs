//! Equiripple: polynomial approximation for encrypted computing.
//!
//! The approximation engine is the crate [`equiripple_approx`]; this one makes it a command, [`cli`], and turns its
//! outcomes into records and pictures. The native RNS-CKKS backend is [`ckks`], on the units of [`quantity`];
//! [`sim`] and [`analyze`] run its circuits without it.
//! Networks are in [`nn`], and run encrypted by [`infer`].

pub mod analyze;
pub mod bootstrap;
pub mod circuit;
pub mod ckks;
pub mod cli;
pub mod curves;
pub mod embedding;
pub mod infer;
pub mod nn;
pub mod quantity;
pub mod ring;
pub mod sim;
pub mod summary;

/// The source revision that this was built from, or `unknown` where git did not tell.
pub const REVISION: &str = match option_env!("EQUIRIPPLE_REVISION") {
    Some(revision) => revision,
    None => "unknown",
};
