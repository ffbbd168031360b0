//! Networks: importers against other programs' results.

mod commands;
mod models;
mod published;
