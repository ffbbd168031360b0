//! What a search tells while it runs.

/// What a search is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Tabulating how much each degree contracts; the total is known.
    Tabulate,
    /// Certifying candidates; the total is 0, since it depends on which of them fail.
    Certify,
}

/// One step of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Steps done in this phase.
    pub done: usize,
    /// Steps in this phase, or 0 if that is unknown.
    pub total: usize,
}

/// A listener; called from any thread, and it should return soon.
pub type Report<'a> = &'a (dyn Fn(Progress) + Sync);

/// The listener that does nothing.
pub fn silent(_: Progress) {}
