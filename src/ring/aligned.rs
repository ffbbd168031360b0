//! Words that start at a cache line, in memory that is used again.
//!
//! A polynomial takes megabytes, and fresh pages cost more than the arithmetic on them. So large blocks are asked for as
//! huge pages, and what is dropped waits in a pool for the next block of about its size. What a block held before is
//! unspecified to its next user; secrets are overwritten before they are dropped.

use std::{
    collections::BTreeMap,
    fmt,
    ops::{Deref, DerefMut},
    sync::{Mutex, PoisonError},
};

use memmap2::MmapMut;
use zeroize::Zeroize;

/// Size of a cache line and of the widest vectors, in bytes.
pub(super) const ALIGNMENT: usize = 64;

/// Words to spare, so that one of the first is aligned wherever the allocation begins.
const SLACK: usize = ALIGNMENT / size_of::<u64>() - 1;

/// From this many words on, blocks are pages of their own.
const LARGE: usize = 1 << 13;

/// Words that may wait in the pool: 1 GiB.
const IDLE: usize = 1 << 27;

/// Blocks waiting for use, by length.
static POOL: Mutex<Pool> = Mutex::new(Pool {
    blocks: BTreeMap::new(),
    idle: 0,
});

struct Pool {
    blocks: BTreeMap<usize, Vec<Block>>,
    idle: usize,
}

enum Block {
    Heap(Vec<u64>),
    Pages(MmapMut),
}

/// A vector of words of which the first is aligned to 64 bytes. It never grows, so it stays where it is.
pub(crate) struct AlignedWords {
    block: Block,
    offset: usize,
    len: usize,
}

impl AlignedWords {
    /// `len` zeros.
    pub(crate) fn zeros(len: usize) -> Self {
        match Self::waiting(len) {
            Some(mut words) => {
                words.fill(0);
                words
            }
            None => Self::fresh(len),
        }
    }

    /// `len` words that may be anything that was dropped before: to be overwritten.
    pub(crate) fn unspecified(len: usize) -> Self {
        Self::waiting(len).unwrap_or_else(|| Self::fresh(len))
    }

    fn waiting(len: usize) -> Option<Self> {
        if len < LARGE {
            return None;
        }
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        // Nothing of which more than half would lie idle.
        let (&size, blocks) = pool.blocks.range_mut(len..=2 * len).next()?;
        let block = blocks.pop()?;
        if blocks.is_empty() {
            pool.blocks.remove(&size);
        }
        pool.idle -= size;
        Some(Self {
            block,
            offset: 0,
            len,
        })
    }

    fn fresh(len: usize) -> Self {
        if len >= LARGE
            && let Ok(pages) = MmapMut::map_anon(len * size_of::<u64>())
        {
            // Where the system has no huge pages, small ones do.
            #[cfg(target_os = "linux")]
            let _ = pages.advise(memmap2::Advice::HugePage);
            return Self {
                block: Block::Pages(pages),
                offset: 0,
                len,
            };
        }
        let words = vec![0; len + SLACK];
        // The method may decline to answer; then the words are merely not aligned.
        let offset = words.as_ptr().align_offset(ALIGNMENT).min(SLACK);
        Self {
            block: Block::Heap(words),
            offset,
            len,
        }
    }
}

impl Block {
    fn words(&self) -> &[u64] {
        match self {
            Self::Heap(words) => words,
            Self::Pages(pages) => bytemuck::cast_slice(pages),
        }
    }

    fn words_mut(&mut self) -> &mut [u64] {
        match self {
            Self::Heap(words) => words,
            Self::Pages(pages) => bytemuck::cast_slice_mut(pages),
        }
    }
}

impl Drop for AlignedWords {
    fn drop(&mut self) {
        let block = std::mem::replace(&mut self.block, Block::Heap(vec![]));
        let size = block.words().len();
        if matches!(block, Block::Pages(_)) {
            let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
            if pool.idle + size <= IDLE {
                pool.idle += size;
                pool.blocks.entry(size).or_default().push(block);
            }
        }
    }
}

impl From<&[u64]> for AlignedWords {
    fn from(words: &[u64]) -> Self {
        let mut copy = Self::unspecified(words.len());
        copy.copy_from_slice(words);
        copy
    }
}

impl Clone for AlignedWords {
    fn clone(&self) -> Self {
        Self::from(&**self)
    }
}

impl fmt::Debug for AlignedWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AlignedWords({})", self.len)
    }
}

impl Deref for AlignedWords {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.block.words()[self.offset..self.offset + self.len]
    }
}

impl DerefMut for AlignedWords {
    fn deref_mut(&mut self) -> &mut [u64] {
        &mut self.block.words_mut()[self.offset..self.offset + self.len]
    }
}

impl Zeroize for AlignedWords {
    /// Overwrites all words, those beyond its length too, and keeps their number.
    fn zeroize(&mut self) {
        self.block.words_mut().zeroize();
    }
}
