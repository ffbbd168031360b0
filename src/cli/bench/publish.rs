//! Where a measured table goes.

use std::{path::PathBuf, process::ExitCode};

use equiripple_reports::{splice::splice_file, table::Table, write::OutputFolder};
use serde::Serialize;

use crate::cli::{error::Outcome, output};

/// What is published, and where.
pub(super) struct Publication<'a> {
    /// Title of the record.
    pub(super) title: &'a str,
    /// Of the files, and of the marks in a Markdown file.
    pub(super) name: &'a str,
    /// Seed of every random choice.
    pub(super) seed: Option<u64>,
    /// Folder for the record and the table.
    pub(super) out: Option<&'a PathBuf>,
    /// Markdown file that takes the table between its marks.
    pub(super) splice: Option<&'a PathBuf>,
    /// Print the report as JSON instead of the table.
    pub(super) json: bool,
}

impl Publication<'_> {
    pub(super) fn publish(&self, report: &impl Serialize, table: &Table) -> Outcome<ExitCode> {
        let (name, markdown) = (self.name, table.to_markdown());
        if let Some(folder) = self.out {
            let mut record = output::record(self.title, report)?;
            record.seed = self.seed;
            let mut folder = OutputFolder::create(folder.clone())?;
            folder.stage(&format!("{name}.json"), record.to_json()?.as_bytes())?;
            folder.stage(&format!("{name}.md"), markdown.as_bytes())?;
            folder.commit()?;
        }
        if let Some(file) = self.splice {
            splice_file(file, &[(name, &markdown)])?;
        }
        if self.json {
            output::json(report)?;
        } else {
            output::line(table.to_text())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
