//! Which rank each box is on, and the order of what is on a rank.

use super::Step;

/// A place on a rank: a box, or an arrow that passes by.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// The box; nothing for an arrow.
    pub(super) step: Option<usize>,
    /// Positions on the rank above that lead here.
    pub(super) above: Vec<usize>,
}

/// The ranks from above to below.
pub(super) fn ranks(steps: &[Step]) -> Vec<Vec<Spot>> {
    let mut rank = vec![0usize; steps.len()];
    for (k, step) in steps.iter().enumerate() {
        rank[k] = step.inputs.iter().map(|&i| rank[i] + 1).max().unwrap_or(0);
    }
    let last = rank.iter().copied().max().unwrap_or(0);
    // The place of each box or of its passing arrow on the rank just laid out.
    let mut ranks: Vec<Vec<Spot>> = vec![];
    let mut carried: Vec<(usize, usize)> = vec![];
    for level in 0..=last {
        let above = std::mem::take(&mut carried);
        let at = |source: usize| above.iter().find(|(s, _)| *s == source).map(|(_, k)| *k);
        // Whose arrows go on below this rank.
        let goes_on = |source: usize| {
            let later = steps.iter().enumerate();
            let mut later = later.filter(|(_, step)| step.inputs.contains(&source));
            later.any(|(k, _)| rank[k] > level)
        };
        let passing = above.iter().filter(|(source, _)| goes_on(*source));
        let arrows = passing.map(|&(source, place)| {
            let spot = Spot {
                step: None,
                above: vec![place],
            };
            (source, spot)
        });
        let boxes = (0..steps.len()).filter(|&k| rank[k] == level).map(|k| {
            let mut places: Vec<usize> = steps[k].inputs.iter().filter_map(|&i| at(i)).collect();
            places.sort_unstable();
            places.dedup();
            let spot = Spot {
                step: Some(k),
                above: places,
            };
            (k, spot)
        });
        let mut spots: Vec<(usize, Spot)> = boxes.chain(arrows).collect();
        spots.sort_by(|a, b| middle(&a.1.above).total_cmp(&middle(&b.1.above)));
        for (place, (source, _)) in spots.iter().enumerate() {
            if goes_on(*source) {
                carried.push((*source, place));
            }
        }
        ranks.push(spots.into_iter().map(|(_, spot)| spot).collect());
    }
    ranks
}

/// The mean of places, at the left for none.
fn middle(places: &[usize]) -> f64 {
    places.iter().sum::<usize>() as f64 / places.len().max(1) as f64
}

/// Where the ranks begin a new column: at most `limit` ranks each where it can be, broken behind a box that is
/// alone on its rank.
pub(super) fn columns(ranks: &[Vec<Spot>], limit: usize) -> Vec<std::ops::Range<usize>> {
    let cuts = (1..ranks.len()).filter(|&k| ranks[k - 1].len() == 1);
    let mut columns = vec![];
    let (mut start, mut end) = (0, 0);
    for cut in cuts.chain([ranks.len()]) {
        if cut - start > limit && end > start {
            columns.push(start..end);
            start = end;
        }
        end = cut;
    }
    columns.push(start..ranks.len());
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Color;

    fn steps(inputs: &[&[usize]]) -> Vec<Step> {
        let step = |inputs: &&[usize]| Step {
            label: String::new(),
            detail: String::new(),
            color: Color::BLUE,
            inputs: inputs.to_vec(),
        };
        inputs.iter().map(step).collect()
    }

    #[test]
    fn an_arrow_over_a_rank_has_a_place_there() {
        // 0 → 1 → 2 → 3 and 0 → 3.
        let ranks = ranks(&steps(&[&[], &[0], &[1], &[0, 2]]));
        let widths: Vec<usize> = ranks.iter().map(Vec::len).collect();
        assert_eq!(widths, [1, 2, 2, 1]);
        assert_eq!(ranks[3][0].above, [0, 1]);
        assert!(ranks[1].iter().any(|spot| spot.step.is_none()));
    }

    #[test]
    fn columns_are_broken_behind_single_boxes() {
        let chain: Vec<Vec<usize>> = (0..10usize)
            .map(|k| k.checked_sub(1).into_iter().collect())
            .collect();
        let chain: Vec<&[usize]> = chain.iter().map(Vec::as_slice).collect();
        assert_eq!(columns(&ranks(&steps(&chain)), 4), [0..4, 4..8, 8..10]);
        let block = ranks(&steps(&[&[], &[0], &[1], &[0, 2], &[3]]));
        assert_eq!(columns(&block, 2), [0..1, 1..4, 4..5]);
    }
}
