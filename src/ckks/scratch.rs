//! Buffers that are used again, because fresh pages cost more than the arithmetic on them.

use crate::ring::AlignedWords;
use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, PoisonError},
};

/// Buffers of public data that nobody uses at the moment. Secrets never go here.
#[derive(Debug, Default)]
pub(super) struct Scratch(Mutex<Vec<AlignedWords>>);

/// A buffer of unspecified contents, which goes back when dropped.
#[derive(Debug)]
pub(super) struct Buffer<'a> {
    words: AlignedWords,
    len: usize,
    home: &'a Scratch,
}

/// More idle buffers than this are given back to the system.
const IDLE: usize = 8;

impl Scratch {
    /// A buffer of `len` words: the smallest idle one that is large enough, or a new one.
    pub(super) fn take(&self, len: usize) -> Buffer<'_> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |(_, words): &(usize, &AlignedWords)| words.len() >= len;
        let best = idle.iter().enumerate().filter(fits);
        let best = best.min_by_key(|(_, words)| words.len()).map(|best| best.0);
        let words = best.map(|i| idle.swap_remove(i));
        drop(idle);
        Buffer {
            words: words.unwrap_or_else(|| AlignedWords::zeros(len)),
            len,
            home: self,
        }
    }
}

impl Deref for Buffer<'_> {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.words[..self.len]
    }
}

impl DerefMut for Buffer<'_> {
    fn deref_mut(&mut self) -> &mut [u64] {
        &mut self.words[..self.len]
    }
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        let mut idle = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(std::mem::take(&mut self.words));
        }
    }
}
