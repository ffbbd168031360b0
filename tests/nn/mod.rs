//! Networks: importers against other programs' results.

mod accuracy;
mod commands;
mod design;
mod models;
mod published;
mod sweep;
