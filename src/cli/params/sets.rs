//! The named sets, side by side.

use equiripple_reports::table::{Cell, Column, Table};
use serde::Serialize;

use crate::{
    ckks::{
        Parameters,
        params::sets::{self, NamedSet},
        security::{KeyPurpose, SecurityEstimate},
    },
    cli::{
        bootstrapping::Figures,
        error::{Failure, Outcome},
        memory, output,
        progress::Bar,
    },
};

/// A set and what it is good for.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    set: &'static NamedSet,
    log_n: u8,
    slots: usize,
    log2_qp: u32,
    secure: bool,
    security: Vec<SecurityEstimate>,
    bootstrapping: Figures,
}

impl Listed {
    fn new(set: &'static NamedSet) -> Outcome<Self> {
        let parameters = Parameters::new(set.literal())?;
        Ok(Self {
            set,
            log_n: parameters.log_n().get(),
            slots: parameters.log_n().max_slots(),
            log2_qp: parameters.chain().log_qp(),
            secure: parameters.is_secure(),
            security: parameters.security().to_vec(),
            bootstrapping: Figures::new(&parameters)?,
        })
    }

    /// Bits of security of a key: the row of the table that it meets, and those between two rows.
    fn bits(&self, purpose: KeyPurpose) -> String {
        let key = self.security.iter().find(|key| key.key.purpose == purpose);
        let met = key.and_then(|key| key.met);
        let between = key.and_then(|key| key.interpolated_bits);
        match (met, between) {
            (None, _) => "none".into(),
            (Some(met), None) => met.to_string(),
            (Some(met), Some(between)) => format!("{met} (≈ {between:.0})"),
        }
    }
}

/// The set of that name.
pub(in crate::cli) fn named(name: &str) -> Result<&'static NamedSet, String> {
    sets::named(name).ok_or_else(|| {
        let known: Vec<_> = sets::SETS.iter().map(|set| set.name).collect();
        format!("there is no set `{name}`; choose from {}", known.join(", "))
    })
}

/// Lists all sets.
pub(super) fn list(json: bool) -> Outcome<()> {
    let bar = Bar::new(sets::SETS.len() as u64, "simulating");
    let listed = sets::SETS.iter().map(|set| {
        let listed = Listed::new(set);
        bar.step(set.name);
        listed
    });
    let listed = listed.collect::<Outcome<Vec<_>>>()?;
    drop(bar);
    if json {
        return output::json(&listed);
    }
    for set in sets::SETS {
        output::line(format!("{:<24} {}", set.name, set.purpose))?;
    }
    output::line("")?;
    output::line(table(&listed)?.to_text())?;
    output::line(
        "All slots, complex unless it says real; precision in bits by the simulator, of uniform messages, mean and least;",
    )?;
    if let Some(first) = listed.first() {
        let machine = &first.bootstrapping.forecast.machine;
        output::line(format!(
            "time by the analyzer ({machine}), memory on two threads."
        ))?;
    }
    output::line("`equiripple params --set NAME -o params.json` writes a set.")
}

fn table(listed: &[Listed]) -> Result<Table, Failure> {
    let mut columns = vec![Column::left("set")];
    columns.extend(listed.iter().map(|l| Column::right(l.set.name)));
    let mut table = Table::new(columns, "")?;
    let mut row = |what: &str, cell: &dyn Fn(&Listed) -> String| {
        let mut cells = vec![Cell::text(what)];
        cells.extend(listed.iter().map(|l| Cell::text(cell(l))));
        table.push(cells)
    };
    row("N", &|l| format!("2^{}", l.log_n))?;
    row("slots", &|l| l.slots.to_string())?;
    row("log2 QP", &|l| l.log2_qp.to_string())?;
    row("security, main secret", &|l| l.bits(KeyPurpose::Main))?;
    row("security, encapsulation", &|l| {
        l.bits(KeyPurpose::Encapsulation)
    })?;
    row("levels left", &|l| l.bootstrapping.levels_left.to_string())?;
    row("bits of a level", &|l| {
        l.bootstrapping.level_bits.to_string()
    })?;
    row("message ratio", &|l| {
        format!("2^{}", l.bootstrapping.log2_message_ratio)
    })?;
    row("error of the reduction", &|l| {
        format!("2^{:.2}", l.bootstrapping.log2_eval_mod_error)
    })?;
    row("precision, complex", &|l| {
        let precision = l.bootstrapping.complex;
        format!("{:.1}, {:.1}", precision.mean_bits, precision.min_bits)
    })?;
    row("precision, real", &|l| {
        let precision = l.bootstrapping.real;
        format!("{:.1}, {:.1}", precision.mean_bits, precision.min_bits)
    })?;
    row("overflow", &|l| l.bootstrapping.failure())?;
    row("time, one thread", &|l| {
        format!("{:.2} s", l.bootstrapping.forecast.seconds)
    })?;
    row("keys", &|l| l.bootstrapping.memory.keys.to_string())?;
    row("keys in memory", &|l| {
        memory::human(l.bootstrapping.memory.key_bytes)
    })?;
    row("keys in files", &|l| {
        memory::human(l.bootstrapping.memory.key_file_bytes)
    })?;
    row("transforms in memory", &|l| {
        memory::human(l.bootstrapping.memory.transform_bytes)
    })?;
    row("memory in all", &|l| {
        memory::human(l.bootstrapping.peak_bytes)
    })?;
    Ok(table)
}
