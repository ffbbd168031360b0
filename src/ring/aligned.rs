//! Words that start at a cache line.

use std::ops::{Deref, DerefMut};

use zeroize::Zeroize;

/// Size of a cache line and of the widest vectors, in bytes.
pub(super) const ALIGNMENT: usize = 64;

/// Words to spare, so that one of the first is aligned wherever the allocation begins.
const SLACK: usize = ALIGNMENT / size_of::<u64>() - 1;

/// A vector of words of which the first is aligned to 64 bytes. It never grows, so it stays where it is.
#[derive(Debug, Default)]
pub(crate) struct AlignedWords {
    words: Vec<u64>,
    offset: usize,
    len: usize,
}

impl AlignedWords {
    /// `len` zeros.
    pub(crate) fn zeros(len: usize) -> Self {
        let words = vec![0; len + SLACK];
        // The method may decline to answer; then the words are merely not aligned.
        let offset = words.as_ptr().align_offset(ALIGNMENT).min(SLACK);
        Self { words, offset, len }
    }

    /// Keeps the first `len` words and overwrites the rest. The memory is kept. Pre: `len` is not more than there are.
    pub(crate) fn truncate(&mut self, len: usize) {
        self[len..].zeroize();
        self.len = len;
    }
}

impl Clone for AlignedWords {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len);
        copy.copy_from_slice(self);
        copy
    }
}

impl Deref for AlignedWords {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.words[self.offset..self.offset + self.len]
    }
}

impl DerefMut for AlignedWords {
    fn deref_mut(&mut self) -> &mut [u64] {
        &mut self.words[self.offset..self.offset + self.len]
    }
}

impl Zeroize for AlignedWords {
    /// Overwrites the words and keeps their number.
    fn zeroize(&mut self) {
        self.words.iter_mut().zeroize();
    }
}
