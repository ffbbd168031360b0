//! Cores, memory, disk and instructions.

use std::{env, path::Path};

use equiripple_reports::record::Machine;
use serde::Serialize;

use crate::{
    cli::{
        error::{Failure, Outcome},
        memory, output,
    },
    ring::{BACKEND_VARIABLE, Backend},
};

/// What is there.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    machine: Machine,
    /// Threads that computations take where none are asked for.
    threads: usize,
    /// Main memory.
    memory_bytes: Option<u64>,
    /// What can be had of it without swapping.
    pub(super) available_bytes: Option<u64>,
    /// What is free on the disk of the folder.
    disk_bytes: u64,
    /// The kernels that work: portable, avx2 or avx512.
    simd: &'static str,
    /// What the environment variable asks for.
    simd_forced: Option<String>,
}

impl Found {
    /// The disk is that of `folder`.
    pub(super) fn look(folder: &Path) -> Outcome<Self> {
        let disk = rustix::fs::statvfs(folder).map_err(|reason| Failure::Read {
            path: folder.to_path_buf(),
            reason: reason.into(),
        })?;
        Ok(Self {
            machine: Machine::detect(),
            threads: rayon::current_num_threads(),
            memory_bytes: memory::total(),
            available_bytes: memory::available(),
            disk_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
            simd: Backend::detect()?.name(),
            simd_forced: env::var_os(BACKEND_VARIABLE)
                .map(|value| value.to_string_lossy().into_owned()),
        })
    }

    pub(super) fn tell(&self) -> Outcome<()> {
        let known = |bytes: Option<u64>| bytes.map_or("unknown".into(), memory::human);
        let Machine {
            cpu,
            os,
            simd,
            cores,
            ..
        } = &self.machine;
        output::line(format!(
            "  processor        {cpu}, {cores} cores, {} threads",
            self.threads
        ))?;
        output::line(format!("  system           {os}"))?;
        output::line(format!(
            "  instructions     {simd}; kernels in use: {}{}",
            self.simd,
            self.why()
        ))?;
        output::line(format!(
            "  memory           {}, {} of it left",
            known(self.memory_bytes),
            known(self.available_bytes)
        ))?;
        output::line(format!(
            "  disk             {} left",
            memory::human(self.disk_bytes)
        ))
    }

    fn why(&self) -> String {
        match &self.simd_forced {
            Some(value) => format!(", by {BACKEND_VARIABLE}={value}"),
            None => format!(", the fastest here; {BACKEND_VARIABLE} forces others"),
        }
    }
}
