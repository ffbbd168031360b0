//! `equiripple doctor`: what this machine can run.

mod machine;
mod sets;
mod speed;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::table::{Cell, Column, Table};
use serde::Serialize;

use super::{error::Outcome, memory, output};
use machine::Found;
use sets::Fit;
use speed::Speed;

/// Tell what this machine is and which parameters it can run: cores, memory, instructions, speed
///
/// For every named set that bootstraps: the keys and the memory of one bootstrap of all slots, and its time here, which is that
/// of the shipped cost table times how much slower number-theoretic transforms are here. A network takes keys for its layers
/// besides: `equiripple infer plan` tells.
///
/// The environment variable EQUIRIPPLE_SIMD forces instructions: portable, avx2 or avx512.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple doctor
  equiripple doctor --max-memory 12GiB --folder /var/keys --json
  EQUIRIPPLE_SIMD=portable equiripple doctor")]
pub(super) struct Args {
    /// Folder whose disk is looked at
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Memory to count on, such as 12GiB; what the machine has left when absent
    #[arg(long, value_name = "SIZE", value_parser = memory::bytes)]
    max_memory: Option<u64>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    machine: Found,
    speed: Speed,
    /// That sets are held against; none where the system does not tell.
    memory_limit_bytes: Option<u64>,
    sets: Vec<Fit>,
    /// The set that takes the most memory of those that fit.
    largest_set: Option<&'static str>,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let machine = Found::look(&self.folder)?;
        let speed = Speed::measure()?;
        let limit = self.max_memory.or(machine.available_bytes);
        let sets = sets::all(limit, speed.slower)?;
        let fitting = sets.iter().filter(|set| set.fits);
        let largest = fitting.max_by_key(|set| set.memory_bytes);
        let summary = Summary {
            largest_set: largest.map(|set| set.set),
            memory_limit_bytes: limit,
            machine,
            speed,
            sets,
        };
        if self.json {
            output::json(&summary)?;
        } else {
            summary.tell()?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Summary {
    fn tell(&self) -> Outcome<()> {
        self.machine.tell()?;
        self.speed.tell()?;
        output::line("")?;
        output::line(self.table()?.to_text())?;
        let limit = self
            .memory_limit_bytes
            .map_or_else(|| "an unknown amount".into(), memory::human);
        output::line(match self.largest_set {
            Some(set) => format!(
                "The largest set that bootstraps within {limit} is `{set}`; `equiripple infer plan NET --set {set}` tells what a network takes."
            ),
            None => format!(
                "No named set bootstraps within {limit}; free memory, or take fewer slots: `equiripple bootstrap --help`."
            ),
        })
    }

    fn table(&self) -> Outcome<Table> {
        let columns = [
            "N",
            "levels left",
            "keys",
            "memory",
            "s, this machine",
            "fits",
        ];
        let mut all = vec![Column::left("set")];
        all.extend(columns.map(Column::right));
        let mut table = Table::new(all, "")?;
        for set in &self.sets {
            table.push(vec![
                Cell::text(set.set),
                Cell::text(format!("2^{}", set.log_n)),
                Cell::text(set.levels_left.to_string()),
                Cell::text(memory::human(set.key_bytes)),
                Cell::text(memory::human(set.memory_bytes)),
                Cell::text(format!("{:.2}", set.seconds)),
                Cell::text(if set.fits { "yes" } else { "no" }),
            ])?;
        }
        Ok(table)
    }
}
