//! The demo's last part: a small network on encrypted images.

use equiripple_reports::{
    plot::{Axis, Figure, Marker, MarkerShape, Scale, Series},
    table::{Cell, Column, Table},
    write::OutputFolder,
};

use crate::{
    ckks::{Parameters, params::sets},
    cli::{
        error::{Failure, Outcome},
        infer::compare::{Compared, Comparison, compare},
        output,
    },
    nn::{
        accuracy::largest,
        data::{Dataset, Split, Synthetic, contact_sheet},
        inference,
        ranges::Ranges,
        shipped,
    },
};

/// Of the networks that come with this program.
const NETWORK: &str = "convnet-figures-square";
/// Images that are encrypted.
const IMAGES: usize = 4;
/// Images that the ranges of activations are measured on, and how much wider ranges are than what they show.
const CALIBRATION: (usize, f64) = (500, 1.5);
/// Parameters of 128 bits.
const SET: &str = "small";

/// Encrypts synthetic images, runs the network on the ciphertexts, and puts logits beside those in the clear.
pub(super) fn show(folder: &mut OutputFolder) -> Outcome<()> {
    let missing = |what: &str| Failure::Usage(format!("this program comes without {what}"));
    let shipped = shipped::find(NETWORK).ok_or_else(|| missing(NETWORK))?;
    let graph = shipped.network()?;
    let set = sets::named(SET).ok_or_else(|| missing(SET))?;
    let parameters = Parameters::new(set.literal())?;
    let literal = Synthetic {
        images: CALIBRATION.0,
        ..Synthetic::default()
    };
    let mut ranges = Ranges::default();
    let seen = pixels(&literal.dataset(Split::Train)?, CALIBRATION.0)?;
    ranges.add(&inference::Network::new(&graph)?, &seen.concat(), 0)?;
    let data = literal.dataset(Split::Test)?.first(IMAGES)?;
    let images = pixels(&data, IMAGES)?;
    let bounds = ranges.bounds(&graph, CALIBRATION.1);
    let found = compare(&graph, &bounds, &parameters, &images, 1)?;
    output::line(format!(
        "\nA network of 3 convolutions, {} squares and a linear layer on {IMAGES} encrypted images, {}:\n",
        bounds.len(),
        parameters.security()[0],
    ))?;
    output::line(table(&data, &found)?.to_markdown())?;
    output::line(told(&found))?;
    folder.stage("images.png", &contact_sheet(&data, IMAGES)?)?;
    folder.stage("logits.png", &logits(&found.images).png()?)?;
    folder.stage("logit-errors.png", &errors(&found.images).png()?)?;
    Ok(())
}

/// As the network takes them.
fn pixels(data: &Dataset, count: usize) -> Outcome<Vec<Vec<f32>>> {
    let mut images = vec![];
    for batch in data.batches(count, data.preprocessing()) {
        let batch = batch?;
        let each = batch.images.len() / batch.labels.len().max(1);
        images.extend(batch.images.chunks_exact(each).map(<[f32]>::to_vec));
    }
    Ok(images)
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn table(data: &Dataset, found: &Comparison) -> Outcome<Table> {
    let names = data.classes();
    let name = |logits: &[f64]| {
        let class = largest(logits).and_then(|class| names.get(class));
        class.map_or(Cell::Empty, Cell::text)
    };
    let columns = ["shows", "in the clear", "simulated", "encrypted"];
    let mut all = columns.map(Column::left).to_vec();
    all.extend(["logits err by", "s"].map(Column::right));
    let mut table = Table::new(all, "")?;
    for (index, image) in found.images.iter().enumerate() {
        let label = data.sample(index)?.label;
        let shown = label.and_then(|label| names.get(label as usize));
        table.push(vec![
            shown.map_or(Cell::Empty, Cell::text),
            name(&image.plain),
            name(&image.simulated),
            name(&image.encrypted),
            Cell::text(format!("{:.1e}", apart(&image.plain, &image.encrypted))),
            Cell::text(format!("{:.1}", image.seconds)),
        ])?;
    }
    Ok(table)
}

fn told(found: &Comparison) -> String {
    let same = found.images.iter();
    let same = same.filter(|image| largest(&image.plain) == largest(&image.encrypted));
    let most = |of: fn(&Compared) -> &[f64]| {
        let apart = found
            .images
            .iter()
            .map(|image| apart(&image.plain, of(image)));
        apart.fold(0.0, f64::max)
    };
    format!(
        "  {} of {} labels as in the clear; logits err by {:.1e} at most, simulated {:.1e}\n  bootstraps an image: {}, to level {}; keys and encoding {:.1} s",
        same.count(),
        found.images.len(),
        most(|image| &image.encrypted),
        most(|image| &image.simulated),
        found.bootstraps,
        found.levels,
        found.setup_seconds,
    )
}

fn scatter(points: Vec<(f64, f64)>, label: &str, shape: MarkerShape) -> Series {
    Series::Scatter {
        points,
        label: label.into(),
        marker: Marker {
            shape,
            ..Marker::default()
        },
    }
}

/// Numbered through all images.
fn numbered(images: &[Compared], of: impl Fn(&Compared) -> Vec<f64>) -> Vec<(f64, f64)> {
    let all = images.iter().flat_map(of);
    (0..).map(f64::from).zip(all).collect()
}

fn logits(images: &[Compared]) -> Figure {
    let axis = Axis::new("logits, one image after another", Scale::Linear);
    let figure = Figure::new(
        "Logits of encrypted images",
        axis,
        Axis::new("logit", Scale::Linear),
    );
    figure
        .with(scatter(
            numbered(images, |image| image.plain.clone()),
            "in the clear",
            MarkerShape::Circle,
        ))
        .with(scatter(
            numbered(images, |image| image.simulated.clone()),
            "simulated",
            MarkerShape::Square,
        ))
        .with(scatter(
            numbered(images, |image| image.encrypted.clone()),
            "encrypted",
            MarkerShape::Cross,
        ))
}

fn errors(images: &[Compared]) -> Figure {
    // What is exact to the last bit is drawn where f64 ends.
    let log2 = |a: &[f64], b: &[f64]| -> Vec<f64> {
        let pairs = a.iter().zip(b);
        pairs
            .map(|(a, b)| (a - b).abs().max(f64::EPSILON).log2())
            .collect()
    };
    let axis = Axis::new("logits, one image after another", Scale::Linear);
    let figure = Figure::new(
        "Errors of logits, against the network in the clear",
        axis,
        Axis::new("log2 of the error", Scale::Linear),
    );
    figure
        .with(scatter(
            numbered(images, |image| log2(&image.plain, &image.simulated)),
            "simulated",
            MarkerShape::Square,
        ))
        .with(scatter(
            numbered(images, |image| log2(&image.plain, &image.encrypted)),
            "encrypted",
            MarkerShape::Cross,
        ))
}
