//! A sweep as tables: one to read, one for other programs.

use equiripple_reports::table::{Cell, Column, Table};

use super::{
    design::Design,
    report::{Accuracy, Estimate, Report, Row},
};
use crate::cli::{error::Outcome, number};

/// `88.54 (87.90–89.15)`: percent, and the interval.
fn percent(estimate: Option<&Estimate>) -> Cell {
    estimate.map_or(Cell::Empty, |e| {
        let (low, high) = e.interval;
        let text = format!(
            "{:.2} ({:.2}–{:.2})",
            e.percent(),
            100.0 * low,
            100.0 * high
        );
        Cell::text(text)
    })
}

fn error(value: Option<f64>) -> Cell {
    Cell::text(value.map_or("none".into(), |x| format!("{x:.1e}")))
}

/// `{15,15} + c₀`: with a constant.
fn degrees(design: &Design) -> String {
    let degrees = number::braces(&design.degrees);
    let constant = if design.offset.abs() > 0.0 {
        " + c₀"
    } else {
        ""
    };
    degrees + constant
}

/// For readers.
pub(super) fn readable(report: &Report) -> Outcome<Table> {
    let right = [
        "levels",
        "mults",
        "log2 error",
        "top 1, %",
        "top 5, %",
        "same label, %",
        "max error",
        "rms error",
        "out of range",
        "images/s",
    ];
    let mut columns = vec![
        Column::right("α"),
        Column::left("design"),
        Column::left("degrees"),
    ];
    columns.extend(right.map(Column::right));
    let setting = |key: &str| report.settings[key].as_str().unwrap_or_default().to_owned();
    let caption = format!(
        "{} on {} images of {} with polynomials in place of ReLU; intervals are Wilson's of 95 %, errors those of logits",
        setting("network"),
        report.settings["images"],
        setting("data")
    );
    let mut table = Table::new(columns, &caption)?;
    if let Some(Accuracy { top1, top5 }) = &report.plain {
        let mut cells = vec![Cell::Empty; 13];
        cells[1] = Cell::text("plain network");
        (cells[6], cells[7]) = (percent(top1.as_ref()), percent(top5.as_ref()));
        table.push(cells)?;
    }
    for row in &report.rows {
        let Row {
            design, accuracy, ..
        } = row;
        table.push(vec![
            Cell::Integer(design.alpha.into()),
            Cell::text(design.kind.name()),
            Cell::text(degrees(design)),
            Cell::Integer(design.levels as i64),
            Cell::Integer(design.mults as i64),
            number::bound_cell(design.log2_error, 2),
            percent(accuracy.top1.as_ref()),
            percent(accuracy.top5.as_ref()),
            percent(Some(&row.agreement)),
            error(row.max_logit_error),
            error(row.rms_logit_error),
            Cell::Integer(row.out_of_range as i64),
            Cell::number(row.images_per_second, 0),
        ])?;
    }
    Ok(table)
}

/// Columns of the second table that hold a share and its interval.
const SHARES: [&str; 3] = ["top1", "top5", "agreement"];

/// A number in each cell, shares between 0 and 1.
pub(super) fn numeric(report: &Report) -> Outcome<Table> {
    let mut names: Vec<String> = [
        "alpha",
        "design",
        "degrees",
        "levels",
        "mults",
        "epsilon",
        "offset",
        "log2_error",
    ]
    .map(String::from)
    .into();
    for share in SHARES {
        names.extend(["", "_low", "_high"].map(|end| format!("{share}{end}")));
    }
    names.extend(
        [
            "max_logit_error",
            "rms_logit_error",
            "out_of_range",
            "images_per_second",
        ]
        .map(String::from),
    );
    let columns = names.iter().map(|name| Column::right(name)).collect();
    let mut table = Table::new(columns, "sweep")?;
    let real = |x: Option<f64>| x.map_or(Cell::Empty, |x| Cell::text(x.to_string()));
    for row in &report.rows {
        let design = &row.design;
        let degrees: Vec<String> = design.degrees.iter().map(usize::to_string).collect();
        let mut cells = vec![
            Cell::Integer(design.alpha.into()),
            Cell::text(design.kind.name()),
            Cell::text(degrees.join(" ")),
            Cell::Integer(design.levels as i64),
            Cell::Integer(design.mults as i64),
            real(design.epsilon),
            real(Some(design.offset)),
            real(Some(design.log2_error)),
        ];
        let accuracy = &row.accuracy;
        for share in [accuracy.top1, accuracy.top5, Some(row.agreement)] {
            cells.push(real(share.map(|e| e.share)));
            cells.push(real(share.map(|e| e.interval.0)));
            cells.push(real(share.map(|e| e.interval.1)));
        }
        cells.push(real(row.max_logit_error));
        cells.push(real(row.rms_logit_error));
        cells.push(Cell::Integer(row.out_of_range as i64));
        cells.push(real(Some(row.images_per_second)));
        table.push(cells)?;
    }
    Ok(table)
}
