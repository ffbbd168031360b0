//! What whoever encrypts and decrypts must know of a lowered network, and no more: where the numbers of an image go, and
//! what the logits are made of.

use super::{LowerError, Lowered};
use crate::nn::packing::Layout;
use serde::{Deserialize, Serialize};

/// Most slots or entries that are read: as many as the elements of a node's result.
const MOST: usize = crate::nn::MAX_ELEMENTS;

/// Where the numbers of an image of C×H×W go, in ciphertexts of one number of slots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredPacking", into = "StoredPacking")]
pub struct Packing {
    layout: Layout,
    /// Slots of a full ciphertext.
    most: usize,
    /// What numbers are divided by.
    factor: f64,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPacking {
    image: [usize; 3],
    gap: [usize; 2],
    batch: usize,
    ciphertext_slots: usize,
    divisor: f64,
}

impl From<Packing> for StoredPacking {
    fn from(packing: Packing) -> Self {
        let [height, width] = packing.layout.image;
        Self {
            image: [packing.layout.channels, height, width],
            gap: packing.layout.gap,
            batch: packing.layout.batch,
            ciphertext_slots: packing.most,
            divisor: packing.factor,
        }
    }
}

impl TryFrom<StoredPacking> for Packing {
    type Error = LowerError;

    fn try_from(stored: StoredPacking) -> Result<Self, LowerError> {
        let [channels, height, width] = stored.image;
        let ([down, right], batch) = (stored.gap, stored.batch);
        let axes = [channels, height, width, down, right, batch];
        let slots = axes.iter().try_fold(1usize, |n, &axis| n.checked_mul(axis));
        let refused = |field, found: String| LowerError::Ends { field, found };
        if slots.is_none_or(|n| !(1..=MOST).contains(&n)) {
            return Err(refused("image", format!("{axes:?}")));
        }
        if !(4..=MOST).contains(&stored.ciphertext_slots)
            || !stored.ciphertext_slots.is_power_of_two()
        {
            let found = stored.ciphertext_slots.to_string();
            return Err(refused("ciphertext_slots", found));
        }
        if !stored.divisor.is_normal() {
            return Err(refused("divisor", stored.divisor.to_string()));
        }
        if !batch.is_power_of_two() || batch > stored.ciphertext_slots {
            return Err(refused("batch", batch.to_string()));
        }
        Ok(Self {
            layout: Layout::of_image(stored.image, stored.gap, batch, stored.ciphertext_slots),
            most: stored.ciphertext_slots,
            factor: stored.divisor,
        })
    }
}

impl Packing {
    /// Slots of each ciphertext.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.layout.period(self.most)
    }

    /// Ciphertexts of an image.
    #[must_use]
    pub fn ciphertexts(&self) -> usize {
        self.layout.ciphertexts(self.most)
    }

    /// Images that share ciphertexts.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.layout.batch
    }

    /// The slots of the ciphertexts of the images of a batch, one after another, their elements in the order of C×H×W. Where
    /// there are fewer of them the others are 0.
    #[must_use]
    pub fn packed(&self, images: &[f32]) -> Vec<Vec<f64>> {
        let period = self.slots();
        let [height, width] = self.layout.image;
        let elements = self.layout.channels * height * width;
        let mut slots = vec![vec![0.0; period]; self.ciphertexts()];
        for (b, image) in images.chunks(elements).take(self.batch()).enumerate() {
            for (element, x) in image.iter().enumerate() {
                let place = self.layout.place(element);
                if let Some(slot) = slots.get_mut(place / period) {
                    slot[place % period + b] = f64::from(*x) / self.factor;
                }
            }
        }
        slots
    }
}

/// What each logit is made of: a sum of slots times weights, slots counted over the ciphertexts of the result. Those of the
/// first image of a batch are told; number b has them b slots further.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredReading", into = "StoredReading")]
pub struct Reading {
    slots: usize,
    ciphertexts: usize,
    batch: usize,
    logits: Vec<Vec<(usize, f64)>>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredReading {
    slots: usize,
    ciphertexts: usize,
    batch: usize,
    logits: Vec<Vec<(usize, f64)>>,
}

impl From<Reading> for StoredReading {
    fn from(reading: Reading) -> Self {
        Self {
            slots: reading.slots,
            ciphertexts: reading.ciphertexts,
            batch: reading.batch,
            logits: reading.logits,
        }
    }
}

impl TryFrom<StoredReading> for Reading {
    type Error = LowerError;

    fn try_from(stored: StoredReading) -> Result<Self, LowerError> {
        let refused = |field, found: String| LowerError::Ends { field, found };
        if !(4..=MOST).contains(&stored.slots) || !stored.slots.is_power_of_two() {
            return Err(refused("slots", stored.slots.to_string()));
        }
        let all = stored.slots.checked_mul(stored.ciphertexts);
        let all = all.filter(|n| (1..=MOST).contains(n));
        let all = all.ok_or_else(|| refused("ciphertexts", stored.ciphertexts.to_string()))?;
        let batch = stored.batch;
        if !batch.is_power_of_two() || batch > stored.slots {
            return Err(refused("batch", batch.to_string()));
        }
        let mut entries = stored.logits.iter().flatten();
        let beyond = |slot: usize| slot >= all || slot % stored.slots + batch > stored.slots;
        if let Some((slot, weight)) =
            entries.find(|(slot, weight)| beyond(*slot) || !weight.is_finite())
        {
            return Err(refused("logits", format!("{weight} of slot {slot}")));
        }
        Ok(Self {
            slots: stored.slots,
            ciphertexts: stored.ciphertexts,
            batch,
            logits: stored.logits,
        })
    }
}

impl Reading {
    /// Slots of each ciphertext.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// Ciphertexts of the result.
    #[must_use]
    pub const fn ciphertexts(&self) -> usize {
        self.ciphertexts
    }

    /// The logits of a batch from the slots of these ciphertexts, image by image; slots that are not there count as 0.
    #[must_use]
    pub fn unpacked(&self, slots: &[Vec<f64>]) -> Vec<f64> {
        let at = |place: usize| {
            let one = slots.get(place / self.slots);
            one.and_then(|one| one.get(place % self.slots))
                .copied()
                .unwrap_or(0.0)
        };
        let images = (0..self.batch).flat_map(|b| {
            let sum = move |entries: &Vec<(usize, f64)>| {
                entries.iter().map(|(k, w)| w * at(k + b)).sum::<f64>()
            };
            self.logits.iter().map(sum)
        });
        images.collect()
    }
}

impl Lowered<'_> {
    /// Where the numbers of an image go.
    #[must_use]
    pub fn packing(&self) -> Packing {
        let input = self.graph.input();
        Packing {
            layout: *self.layout(input),
            most: self.slots,
            factor: self.factor(input),
        }
    }

    /// What the network's result is made of.
    #[must_use]
    pub fn reading(&self) -> Reading {
        let slots = self.result_slots();
        let mut ciphertexts = 0;
        // Of every node that holds some of the result: where it lies, its f, and its first ciphertext.
        let mut parts = vec![];
        for id in self.results() {
            let layout = self.layout(id);
            parts.push((layout, self.factor(id), ciphertexts));
            ciphertexts += layout.ciphertexts(self.slots);
        }
        let entry = |part: usize, element: usize, weight: f64| {
            let (layout, factor, first) = parts[part];
            let (place, period) = (layout.place(element), layout.period(self.slots));
            let ciphertext = first + place / period;
            (ciphertext * slots + place % period, weight * factor)
        };
        let output = self.graph.output();
        let rows = self.rows(output);
        let logit = |element: usize| {
            if !self.views[output.index()] {
                return vec![entry(0, element, 1.0)];
            }
            let mut entries = vec![];
            rows.row(element, &mut entries);
            let placed = entries.into_iter();
            placed.map(|e| entry(e.part, e.column, e.value)).collect()
        };
        Reading {
            slots,
            ciphertexts,
            batch: self.batch,
            logits: (0..rows.len()).map(logit).collect(),
        }
    }

    /// A batch of images as slots of the ciphertexts that the network takes.
    #[must_use]
    pub fn packed(&self, images: &[f32]) -> Vec<Vec<f64>> {
        self.packing().packed(images)
    }

    /// The network's results, image by image, from the slots of the ciphertexts that it gives.
    #[must_use]
    pub fn unpacked(&self, slots: &[Vec<f64>]) -> Vec<f64> {
        self.reading().unpacked(slots)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_checked() {
        let packing =
            r#"{"image":[3,8,8],"gap":[1,1],"batch":1,"ciphertext_slots":1024,"divisor":2.0}"#;
        let read: Packing = serde_json::from_str(packing).unwrap();
        assert_eq!((read.slots(), read.ciphertexts()), (256, 1));
        assert_eq!(serde_json::to_string(&read).unwrap(), packing);
        for (good, bad) in [
            ("[1,1]", "[0,1]"),
            ("[3,8,8]", "[3,8,0]"),
            ("[3,8,8]", "[4294967296,4294967296,8]"),
            ("\"batch\":1", "\"batch\":3"),
            ("1024", "1000"),
            ("2.0", "0.0"),
        ] {
            let refused = serde_json::from_str::<Packing>(&packing.replace(good, bad));
            assert!(refused.is_err(), "{bad}");
        }
        let reading = r#"{"slots":16,"ciphertexts":2,"batch":1,"logits":[[[31,0.5],[0,1.0]]]}"#;
        let read: Reading = serde_json::from_str(reading).unwrap();
        let mut slots = vec![vec![0.0; 16]; 2];
        (slots[1][15], slots[0][0]) = (4.0, 1.0);
        assert_eq!(read.unpacked(&slots), [3.0]);
        assert_eq!(serde_json::to_string(&read).unwrap(), reading);
        for (good, bad) in [
            ("16", "15"),
            ("\"batch\":1", "\"batch\":2"),
            ("\"ciphertexts\":2", "\"ciphertexts\":1"),
            ("16", "0"),
        ] {
            let refused = serde_json::from_str::<Reading>(&reading.replace(good, bad));
            assert!(refused.is_err(), "{bad}");
        }
    }
}
