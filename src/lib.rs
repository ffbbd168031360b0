//! Equiripple.
