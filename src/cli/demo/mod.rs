//! `equiripple demo`: the main job on a built-in default.

mod encrypted;
mod inference;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;
use equiripple_approx::{
    analysis::{AnalyzeOptions, Shape, analyze},
    approximate::{Goal, Request, approximate},
    coeffs::Format,
    remez::Budget,
    rounding::Rounding,
};
use equiripple_reports::write::OutputFolder;

use super::{analyze as analyze_command, approx, error::Outcome, output, progress::Bar};
use crate::{
    curves::{Curves, stage_figure},
    summary::Summary,
};

/// Make ReLU to precision 10: certificate, coefficient table, pictures, cost and noise; evaluate it on ciphertexts; and run a
/// small network on encrypted images
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Folder for the files
    #[arg(long, value_name = "DIR", default_value = "equiripple-demo")]
    out: PathBuf,
    /// Precision
    #[arg(long, value_name = "A", default_value_t = 10)]
    alpha: u32,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let mut folder = OutputFolder::create(&self.out)?;
        let mut request = Request::new("relu".parse()?, Goal::Alpha(f64::from(self.alpha)));
        // What a scheme with double-precision encoding really uses.
        request.rounding = Rounding::F64;
        let start = Instant::now();
        let bar = Bar::new(0, "searching the ReLU of fewest levels");
        let mut made = approximate(&request, Budget::unlimited(), &|p| bar.search(p))?;
        drop(bar);
        made.table.alpha = Some(f64::from(self.alpha));
        made.table.provenance = output::provenance();
        let summary = Summary::new(
            &made,
            request.rounding.to_string(),
            start.elapsed().as_secs_f64(),
        );
        output::line(format!(
            "The ReLU of fewest levels with error below 2^-{}, coefficients as f64, found, solved and proved:\n",
            self.alpha
        ))?;
        approx::show(&summary)?;
        let options = AnalyzeOptions::default();
        let analysis = analyze(
            &made.polys,
            Shape::Relu {
                offset: &made.offset,
            },
            Some(&made.bounds),
            &options,
        )?;
        analyze_command::show(&analysis, &made.bounds, &options)?;
        let curves = Curves::new(&made, &request.target);
        if made.polys.len() > 1 {
            let stages = stage_figure(&format!("Stages of {}", approx::title(&made)), &curves)?;
            folder.stage("stages.svg", stages.svg.as_bytes())?;
            folder.stage("stages.png", &stages.png)?;
        }
        folder.stage(
            "function.png",
            &curves.function_figure(&approx::title(&made)).png()?,
        )?;
        folder.stage(
            "openfhe.h",
            Format::OpenFhe.export(&made.table, "relu")?.as_bytes(),
        )?;
        encrypted::show(&made.table)?;
        inference::show(&mut folder)?;
        approx::write(folder, &made, &summary, &curves)?;
        output::line(format!(
            "\nThe table, pictures and an OpenFHE header are in {0}/. Next:\n  equiripple approx gelu --domain '[-6,6]' --alpha 12\n  equiripple params --levels 10\n  equiripple search sign --alpha 13\n  equiripple audit --coefficients {0}/coefficients.json --function relu --alpha {1}",
            self.out.display(),
            self.alpha
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
