//! Drawing one image.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::{Split, figure, texture};

/// Least difference of grey between a figure and its ground.
const CONTRAST: f64 = 0.3;
/// How far a channel leaves the grey.
const TINT: f64 = 0.12;
/// Standard deviation of the noise of a pixel.
const NOISE: f64 = 0.06;
/// Difference of grey of a texture.
const RELIEF: f64 = 0.08;

/// The random numbers of one image.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// Each image has a stream of its own, so that it does not depend on which others are drawn.
    pub(super) fn new(seed: u64, split: Split, index: usize) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..13].copy_from_slice(match split {
            Split::Train => b"train",
            Split::Test => b"test ",
        });
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(index as u64);
        Self(rng)
    }

    /// Uniform in [−1, 1).
    fn uniform(&mut self) -> f64 {
        // 53 bits: every value is exact.
        (self.0.next_u64() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// Variance 1, nearly normal: the sum of four uniforms of 16 bits each.
    fn noise(&mut self) -> f64 {
        let word = self.0.next_u64();
        let sum: u64 = (0..4).map(|i| word >> (16 * i) & 0xffff).sum();
        // Each has mean 32767.5 and variance (2^32 − 1)/12, so the sum has deviation 2^16/√3 nearly.
        (sum as f64 - 131_070.0) / 37_837.0
    }

    /// Bytes of shape [size, size, channels].
    pub(super) fn image(mut self, class: usize, size: usize, channels: usize) -> Vec<u8> {
        let (ground_texture, figure) = (class / figure::NAMES.len(), class % figure::NAMES.len());
        let [ground, ink] = self.colours();
        let side = size as f64;
        let radius = side * (0.36 + 0.08 * self.uniform());
        let free = side / 2.0 - radius;
        let centre = [
            side / 2.0 + free * self.uniform(),
            side / 2.0 + free * self.uniform(),
        ];
        let mut pixels = Vec::with_capacity(size * size * channels);
        for row in 0..size {
            for column in 0..size {
                let x = (column as f64 + 0.5 - centre[0]) / radius;
                let y = (row as f64 + 0.5 - centre[1]) / radius;
                // Edges are a pixel wide.
                let cover = (0.5 - figure::outside(figure, x, y) * radius).clamp(0.0, 1.0);
                let relief = RELIEF * texture::at(ground_texture, row, column, size);
                for c in 0..channels {
                    let behind = ground[c] + relief;
                    let value = behind + (ink[c] - behind) * cover + NOISE * self.noise();
                    pixels.push((value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
                }
            }
        }
        pixels
    }

    /// Of the ground and of the figure: greys at least [`CONTRAST`] apart, each channel tinted.
    fn colours(&mut self) -> [[f64; 3]; 2] {
        let ground = 0.5 + 0.35 * self.uniform();
        let room = [ground - 0.1 - CONTRAST, 0.9 - CONTRAST - ground];
        // Darker or lighter, wherever there is room, by chance where there is on both sides.
        let darker = room[0] > 0.0 && (room[1] <= 0.0 || self.uniform() < 0.0);
        let share = 0.5 + 0.5 * self.uniform();
        let ink = match darker {
            true => ground - CONTRAST - room[0] * share,
            false => ground + CONTRAST + room[1] * share,
        };
        [ground, ink].map(|grey| std::array::from_fn(|_| grey + TINT * self.uniform()))
    }
}
