//! Progress on standard error, only where somebody watches it.

use std::time::Duration;

use equiripple_approx::search::{Phase, Progress};
use indicatif::{ProgressBar, ProgressStyle};

/// A bar that hides itself when standard error is no terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar of known length, or a spinner for length 0.
    pub(super) fn new(length: u64, message: &str) -> Self {
        let bar = if length == 0 {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::new(length)
        };
        let template = if length == 0 {
            "{spinner} {msg} {elapsed}"
        } else {
            "{msg} [{bar:30}] {pos}/{len} {elapsed} eta {eta}"
        };
        // The templates are constants: they parse.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(message.to_string());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// A bar of bytes.
    pub(super) fn bytes(length: u64) -> Self {
        let bar = ProgressBar::new(length);
        if let Ok(style) = ProgressStyle::with_template(
            "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} eta {eta}",
        ) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Where a file of bytes is.
    pub(super) fn file(&self, name: &str, bytes: u64, total: u64) {
        if self.0.message() != name {
            self.0.set_message(name.to_string());
        }
        self.0.set_length(total.max(bytes));
        self.0.set_position(bytes);
    }

    /// So many steps are done.
    pub(super) fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    /// One step more.
    pub(super) fn step(&self, message: impl Into<String>) {
        self.0.set_message(message.into());
        self.0.inc(1);
    }

    /// So many steps more.
    pub(super) fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// Shows where a search is.
    pub(super) fn search(&self, progress: Progress) {
        let what = match progress.phase {
            Phase::Tabulate => format!("tabulating degrees {}/{}", progress.done, progress.total),
            Phase::Certify => format!("certified candidates {}", progress.done),
        };
        self.0.set_message(what);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
