//! Networks: importers against other programs' results.

mod models;
mod published;
