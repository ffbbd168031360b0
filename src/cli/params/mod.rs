//! `equiripple params`: a modulus chain, its security and what it is good for.

mod sets;

pub(super) use sets::named as named_set;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::table::{Cell, Column, Table};
use serde::Serialize;

use super::{
    bootstrapping::Figures,
    error::{Failure, Outcome},
    files, output,
    progress::Bar,
};
use crate::ckks::{
    Parameters, ParametersError, ParametersLiteral,
    params::{Chain, LevelBits, Sizes, SpecialPrimes, sets::NamedSet},
    security::{SecretKind, SecurityEstimate, SecurityLevel},
    serial,
};

/// Levels of ReLU by precision.
const RELU: &str = include_str!("../../data/relu_levels.csv");
/// Bits of q0 above the scale: messages up to 2^9 fit at level 0.
const HEADROOM: u32 = 10;
/// The arguments that describe a chain.
const CHAIN: [&str; 9] = [
    "log_n",
    "levels",
    "scale",
    "q0",
    "special",
    "special_bits",
    "secret",
    "security",
    "insecure_toy_parameters",
];
/// Most special primes that are tried.
const MOST_SPECIAL: u32 = 32;

/// Choose RNS-CKKS parameters: modulus chain, security, sizes of keys and ciphertexts, and the depth they give
///
/// The chain is described by the bits of its primes. Every (secret, modulus) pair must reach the security asked for by
/// the tables of the 2024 guidelines; what misses it is refused, unless --insecure-toy-parameters says that it is a toy.
///
/// Chains that bootstrap have names: --bootstrap lists them with levels, precision, keys and memory, --set takes one. What
/// they say in `bootstrapping` can be changed in the file that -o writes; whoever reads it checks it anew.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple params --levels 10 -o params.json               N = 2^16, scale 2^40, 128-bit security
  equiripple params --log-n 15 --levels 12 --scale 35 --json
  equiripple params --log-n 11 --levels 8 --insecure-toy-parameters -o toy.json
  equiripple params --bootstrap
  equiripple params --set general -o params.json")]
pub(super) struct Args {
    /// List the named sets, which bootstrap, and what they are good for: takes some seconds
    #[arg(long, conflicts_with_all = ["set", "out"].iter().chain(&CHAIN))]
    bootstrap: bool,
    /// Take the named set
    #[arg(long, value_name = "NAME", value_parser = sets::named, conflicts_with_all = CHAIN)]
    set: Option<&'static NamedSet>,
    /// log2 of the ring degree N; a ciphertext holds N/2 numbers
    #[arg(long, value_name = "N", default_value_t = 16)]
    log_n: u8,
    /// Multiplications one after another that a fresh ciphertext can take
    #[arg(long, value_name = "L", default_value_t = 10)]
    levels: u32,
    /// log2 of the scale, and of the prime of every level: what a message has after the binary point, noise included
    #[arg(long, value_name = "BITS", default_value_t = 40)]
    scale: u32,
    /// Bits of the first prime; the scale's and 10 when absent, so that results up to 2^9 fit
    #[arg(long, value_name = "BITS")]
    q0: Option<u32>,
    /// Number of special primes of key switching; the fastest that is secure when absent
    #[arg(long, value_name = "COUNT")]
    special: Option<u32>,
    /// Bits of the special primes; as many as the larger of q0 and the scale when absent
    #[arg(long, value_name = "BITS")]
    special_bits: Option<u32>,
    /// Distribution of the secret: uniform (ternary), or sparse:H with H non-zero coefficients
    #[arg(long, value_name = "S", default_value = "uniform", value_parser = secret)]
    secret: SecretKind,
    /// Bits of security: 128, 192 or 256
    #[arg(long, value_name = "BITS", default_value = "128", value_parser = security)]
    security: SecurityLevel,
    /// Accept parameters that protect nothing, for tests
    #[arg(long)]
    insecure_toy_parameters: bool,
    /// File to write the parameters to, for `keygen`
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

fn secret(text: &str) -> Result<SecretKind, String> {
    let weight = match text.split_once(':') {
        None if text == "uniform" => return Ok(SecretKind::UniformTernary),
        Some(("sparse", weight)) => weight.parse().ok(),
        _ => None,
    };
    let sparse = weight.map(SecretKind::Sparse);
    sparse.ok_or_else(|| format!("`{text}` is no distribution; write uniform, or sparse:192"))
}

fn security(text: &str) -> Result<SecurityLevel, String> {
    let bits = text.parse::<u32>();
    let bits = bits.map_err(|_| format!("`{text}` is no number of bits; write 128, 192 or 256"))?;
    bits.try_into()
}

/// A ReLU that fits.
#[derive(Debug, Clone, Copy, Serialize)]
struct Relu {
    alpha: u32,
    levels: u32,
}

#[derive(Serialize)]
struct Summary<'a> {
    literal: &'a ParametersLiteral,
    id: String,
    slots: usize,
    log2_qp: f64,
    secure: bool,
    security: &'a [SecurityEstimate],
    digits: usize,
    depth: u8,
    relu: Option<Relu>,
    sizes: Sizes,
    #[serde(skip_serializing_if = "Option::is_none")]
    bootstrapping: Option<Figures>,
}

/// The most precise ReLU of so many levels.
fn relu(levels: u32) -> Option<Relu> {
    let rows = RELU.lines().filter_map(|line| {
        let (alpha, levels) = line.split_once(',')?;
        Some(Relu {
            alpha: alpha.parse().ok()?,
            levels: levels.parse().ok()?,
        })
    });
    rows.filter(|row| row.levels <= levels)
        .max_by_key(|row| row.alpha)
}

impl Args {
    fn literal(&self, special: u32) -> ParametersLiteral {
        let q0_bits = self.q0.unwrap_or(self.scale.saturating_add(HEADROOM));
        ParametersLiteral {
            log_n: self.log_n,
            q0_bits,
            levels: LevelBits::Uniform {
                levels: self.levels,
                bits: self.scale,
            },
            scale_bits: self.scale,
            special: SpecialPrimes {
                count: special,
                bits: self.special_bits.unwrap_or(q0_bits.max(self.scale)),
            },
            secret: self.secret,
            encapsulation: None,
            bootstrapping: None,
            sigma: crate::ring::sampler::SIGMA,
            security: self.security,
            insecure_toy: self.insecure_toy_parameters,
        }
    }

    /// With the number of special primes that is given, or the one that is accepted and takes the fewest transforms
    /// when one key is switched at every level.
    fn parameters(&self) -> Result<Parameters, ParametersError> {
        if let Some(set) = self.set {
            return Parameters::new(set.literal());
        }
        if let Some(special) = self.special {
            return Parameters::new(self.literal(special));
        }
        let transforms = |special: &u32| -> u32 {
            let all = 1..=self.levels.saturating_add(1).min(64);
            all.map(|l| (l.div_ceil(*special) + 2) * (l + special))
                .sum()
        };
        let most = self.levels.saturating_add(1).min(MOST_SPECIAL);
        let mut counts: Vec<u32> = (2..=most).collect();
        counts.sort_by_key(transforms);
        let accepted = counts
            .into_iter()
            .find_map(|n| Parameters::new(self.literal(n)).ok());
        // One special prime makes the shortest modulus: if even that is refused, it says why.
        accepted.map_or_else(|| Parameters::new(self.literal(1)), Ok)
    }

    pub(super) fn run(self) -> Outcome {
        if self.bootstrap {
            sets::list(self.json)?;
            return Ok(ExitCode::SUCCESS);
        }
        let parameters = self.parameters().map_err(|error| match error {
            ParametersError::Security(error) => Failure::Usage(format!(
                "{error}; toys for tests must be asked for by --insecure-toy-parameters"
            )),
            other => other.into(),
        })?;
        let moduli = parameters.moduli();
        let all = moduli.q().iter().chain(moduli.p());
        let summary = Summary {
            literal: parameters.literal(),
            id: parameters.id().to_string(),
            slots: parameters.log_n().max_slots(),
            log2_qp: all.map(|q| (q.value() as f64).log2()).sum(),
            secure: parameters.is_secure(),
            security: parameters.security(),
            digits: parameters.chain().digits(),
            depth: parameters.max_level().get(),
            relu: relu(parameters.max_level().get().into()),
            sizes: parameters.sizes(parameters.max_level())?,
            bootstrapping: figures(&parameters)?,
        };
        if let Some(path) = &self.out {
            files::at(path, serial::write_parameters(path, &parameters))?;
        }
        if !summary.secure {
            files::warn_insecure();
        }
        if self.json {
            output::json(&summary)?;
        } else {
            show(&summary, parameters.chain())?;
            if let Some(path) = &self.out {
                output::line(format!("written to {}", path.display()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How parameters bootstrap, if they do.
fn figures(parameters: &Parameters) -> Outcome<Option<Figures>> {
    let wanted = parameters.literal().bootstrapping.is_some();
    let _bar = wanted.then(|| Bar::new(0, "simulating"));
    wanted.then(|| Figures::new(parameters)).transpose()
}

/// The levels from the lowest up: `13 levels of 40, 11 levels of 50`.
fn levels(chain: &Chain) -> String {
    let levels = &chain.q_bits()[1..];
    let groups = levels.chunk_by(|a, b| a == b);
    let groups = groups.map(|group| format!("{} levels of {}", group.len(), group[0]));
    let groups: Vec<String> = groups.collect();
    if groups.is_empty() {
        return "no level".into();
    }
    groups.join(", ")
}

/// The summary for people.
fn show(s: &Summary<'_>, chain: &Chain) -> Outcome<()> {
    let literal = s.literal;
    output::line(format!("RNS-CKKS parameters {}", s.id))?;
    output::line(format!(
        "  ring           N = 2^{}, {} slots",
        literal.log_n, s.slots
    ))?;
    output::line(format!(
        "  chain          q0 of {} bits, {}, {} special primes of {}: log2 QP = {:.4}",
        literal.q0_bits,
        levels(chain),
        literal.special.count,
        literal.special.bits,
        s.log2_qp
    ))?;
    for key in s.security {
        output::line(format!("  security       {key}"))?;
    }
    output::line(format!(
        "  key switching  {} digits, {} transforms",
        s.digits, s.sizes.key_switch_transforms
    ))?;
    let relu = match s.relu {
        Some(relu) => format!("ReLU to precision α = {} takes {}", relu.alpha, relu.levels),
        None => "too few for a ReLU; α = 4 takes 3".into(),
    };
    output::line(format!("  depth          {} levels; {relu}", s.depth))?;
    s.bootstrapping.as_ref().map_or(Ok(()), Figures::tell)?;
    let columns = vec![
        Column::left("at the top level"),
        Column::right("in memory"),
        Column::right("in a file"),
    ];
    let mut table = Table::new(columns, "")?;
    let sizes = s.sizes;
    for (what, memory, file) in [
        (
            "ciphertext",
            sizes.ciphertext_bytes,
            sizes.ciphertext_file_bytes,
        ),
        (
            "secret key",
            sizes.secret_key_bytes,
            sizes.secret_key_file_bytes,
        ),
        (
            "public key",
            sizes.ciphertext_bytes,
            sizes.public_key_file_bytes,
        ),
        (
            "evaluation key",
            sizes.switching_key_bytes,
            sizes.switching_key_file_bytes,
        ),
    ] {
        table.push(vec![
            Cell::text(what),
            Cell::text(files::mebibytes(memory)),
            Cell::text(files::mebibytes(file)),
        ])?;
    }
    output::line(table.to_text())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn levels_of_relu_are_those_of_the_record() {
        let record = include_str!("../../../reports/results/relu/relu.json");
        let record: serde_json::Value = serde_json::from_str(record).unwrap();
        for row in record["data"].as_array().unwrap() {
            let levels = row["fewest_levels"]["levels"].as_u64().unwrap() as u32;
            let alpha = row["alpha"].as_u64().unwrap() as u32;
            assert!(RELU.contains(&format!("\n{alpha},{levels}\n")), "{alpha}");
            let best = relu(levels).unwrap();
            assert!(best.alpha >= alpha && best.levels <= levels);
        }
        assert!(relu(2).is_none());
    }
}
