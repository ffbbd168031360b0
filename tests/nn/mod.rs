//! Networks: importers against other programs' results.

mod accuracy;
mod commands;
mod models;
mod published;
mod sweep;
