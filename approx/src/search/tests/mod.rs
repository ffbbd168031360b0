//! Searches against enumeration, against the published optima, and against the circuits that they stand for.

mod brute_force;
mod relu;
mod sign;
