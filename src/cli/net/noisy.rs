//! A network with the noise of encryption beside the same one without.

use serde::Serialize;

use super::{
    accuracy::percent,
    compare::{Entrant, Measured, Outside, raced},
};
use crate::{
    cli::{error::Outcome, output},
    nn::{
        Graph,
        accuracy::Comparison,
        data::Dataset,
        noise::{NetworkNoise, Source},
    },
};

/// What one source of noise does by itself.
#[derive(Debug, Serialize)]
pub(super) struct SourceRow {
    source: Source,
    /// −log2 of the root mean square of its errors, in slots of numbers in [−1, 1].
    bits: f64,
    /// Places of the network that have it.
    places: usize,
    /// Root mean square of what it changes the logits by.
    logit_deviation: f64,
    max_logit_error: f64,
}

/// Of all sources together.
#[derive(Debug, Serialize)]
pub(super) struct Noisy {
    set: String,
    seed: u64,
    /// Bootstraps of one image, of whatever number of slots.
    bootstraps: usize,
    top1: f64,
    top5: f64,
    /// With the plain network.
    agreement: f64,
    /// With the same network without noise.
    agreement_without: f64,
    /// Against the same network without noise.
    max_logit_error: f64,
    logit_deviation: f64,
    images_per_second: f64,
    out_of_range: u64,
    outside: Vec<Outside>,
    /// How many images the sources were tried on.
    source_images: u64,
    sources: Vec<SourceRow>,
    #[serde(skip)]
    plain: Comparison,
    #[serde(skip)]
    without: Comparison,
}

/// A network and another with polynomials in place of its activations: the second with noise, in f64, which resolves it.
pub(super) fn run(
    [plain, other]: [&Graph; 2],
    noise: &NetworkNoise,
    seed: u64,
    data: &Dataset,
) -> Outcome<Measured> {
    let noisy = Entrant {
        graph: other,
        noise: Some((noise, seed)),
        beside: Some(1),
    };
    let entrants = [Entrant::clear(plain), Entrant::clear(other), noisy];
    let mut measured = raced::<f64>(&entrants, data, "noise")?;
    Ok(measured.remove(2))
}

/// Each source by itself.
pub(super) fn sources(
    graph: &Graph,
    noise: &NetworkNoise,
    seed: u64,
    data: &Dataset,
) -> Outcome<(u64, Vec<SourceRow>)> {
    let alone = Source::ALL.map(|source| (source, noise.only(source)));
    let mut entrants = vec![Entrant::clear(graph)];
    entrants.extend(alone.iter().map(|(_, noise)| Entrant {
        graph,
        noise: Some((noise, seed)),
        beside: None,
    }));
    let measured = raced::<f64>(&entrants, data, "sources of noise")?;
    let rows = alone.iter().zip(&measured[1..]);
    let rows = rows.filter_map(|((source, alone), measured)| {
        Some(SourceRow {
            source: *source,
            bits: -alone.deviation(*source)?.log2(),
            places: alone.terms().count(),
            logit_deviation: measured.comparison.logit_deviation(),
            max_logit_error: measured.comparison.max_logit_error,
        })
    });
    Ok((data.len() as u64, rows.collect()))
}

impl Noisy {
    pub(super) fn new(
        (set, seed): (&str, u64),
        noise: &NetworkNoise,
        measured: &Measured,
        (source_images, sources): (u64, Vec<SourceRow>),
    ) -> Self {
        let plain = measured.comparison;
        let without = measured.beside.unwrap_or(plain);
        Self {
            set: set.into(),
            seed,
            bootstraps: noise.bootstraps(),
            top1: plain.other.first().value(),
            top5: plain.other.among_five().value(),
            agreement: plain.agreement().value(),
            agreement_without: without.agreement().value(),
            max_logit_error: without.max_logit_error,
            logit_deviation: without.logit_deviation(),
            images_per_second: measured.images_per_second,
            out_of_range: measured.out_of_range,
            outside: measured.outside.clone(),
            source_images,
            sources,
            plain,
            without,
        }
    }

    pub(super) fn tell(&self) -> Outcome<()> {
        output::line(format!(
            "with the noise of encryption, set {}, seed {}, {} bootstraps an image",
            self.set, self.seed, self.bootstraps
        ))?;
        if self.plain.other.labelled > 0 {
            output::line(format!(
                "  top 1            {}",
                percent(self.plain.other.first())
            ))?;
        }
        output::line(format!(
            "  same label       {} as the plain network",
            percent(self.plain.agreement())
        ))?;
        output::line(format!(
            "                   {} as without noise",
            percent(self.without.agreement())
        ))?;
        output::line(format!(
            "  logits           err by {:.3e} at most, {:.3e} in root mean square, against those without noise",
            self.max_logit_error, self.logit_deviation
        ))?;
        output::line(format!("  out of range     {} images", self.out_of_range))?;
        for row in &self.sources {
            output::line(format!(
                "  {:<16} {} places, {:.1} bits of a slot; alone it changes logits by {:.3e} at most, {:.3e} in root mean square",
                row.source.name(),
                row.places,
                row.bits,
                row.max_logit_error,
                row.logit_deviation
            ))?;
        }
        output::line(format!(
            "  speed            {:.0} images/s; the sources alone on {} images",
            self.images_per_second, self.source_images
        ))
    }
}
