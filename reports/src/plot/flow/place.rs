//! Where on its rank each box and arrow stands.

use super::layers::Spot;

/// What must be kept between the middles of neighbours: half the widths of both and a gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Widths {
    pub(super) step: f64,
    pub(super) arrow: f64,
    pub(super) gap: f64,
}

/// Sweeps down and up.
const SWEEPS: usize = 6;

/// The middles on each rank, such that each is as near as can be to the mean of its neighbours above and below.
pub(super) fn places(ranks: &[Vec<Spot>], widths: Widths) -> Vec<Vec<f64>> {
    let mut places: Vec<Vec<f64>> = ranks
        .iter()
        .map(|rank| {
            let wanted = vec![0.0; rank.len()];
            spread(&wanted, rank, widths)
        })
        .collect();
    for _ in 0..SWEEPS {
        for k in 1..ranks.len() {
            let above = &places[k - 1];
            let wanted: Vec<f64> = (0..ranks[k].len())
                .map(|i| {
                    let own = ranks[k][i].above.iter();
                    let own = own.map(|&a| (above[a], weight(&ranks[k - 1][a])));
                    mean(own, places[k][i])
                })
                .collect();
            places[k] = spread(&wanted, &ranks[k], widths);
        }
        for k in (0..ranks.len().saturating_sub(1)).rev() {
            let below = ranks[k + 1].iter().zip(&places[k + 1]);
            let wanted: Vec<f64> = (0..ranks[k].len())
                .map(|i| {
                    let own = below.clone().filter(|(spot, _)| spot.above.contains(&i));
                    mean(own.map(|(spot, &x)| (x, weight(spot))), places[k][i])
                })
                .collect();
            places[k] = spread(&wanted, &ranks[k], widths);
        }
    }
    places
}

/// Boxes count for more than arrows, so that a chain of boxes stands upright.
fn weight(spot: &Spot) -> f64 {
    if spot.step.is_some() { 16.0 } else { 1.0 }
}

fn mean(values: impl Iterator<Item = (f64, f64)>, otherwise: f64) -> f64 {
    let (sum, total) = values.fold((0.0, 0.0), |(s, t), (v, w)| (s + v * w, t + w));
    if total > 0.0 { sum / total } else { otherwise }
}

/// The places nearest to those wanted, by the sum of squares, that keep the order and the distances. Neighbours that
/// would come too near are pooled (isotonic regression).
fn spread(wanted: &[f64], rank: &[Spot], widths: Widths) -> Vec<f64> {
    if rank.len() == 1 {
        // What is alone is the trunk, and stands upright.
        return vec![0.0];
    }
    let width = |spot: &Spot| {
        if spot.step.is_some() {
            widths.step
        } else {
            widths.arrow
        }
    };
    // Less the distances before each, all must rise.
    let mut before = Vec::with_capacity(rank.len());
    let mut reach = 0.0;
    for (k, spot) in rank.iter().enumerate() {
        if k > 0 {
            reach += (width(&rank[k - 1]) + width(spot)) / 2.0 + widths.gap;
        }
        before.push(reach);
    }
    let mut pools: Vec<(f64, f64, usize)> = vec![];
    for (k, spot) in rank.iter().enumerate() {
        let mut pool = (wanted[k] - before[k], weight(spot), 1);
        while let Some(&(value, weight, count)) = pools.last() {
            if value <= pool.0 {
                break;
            }
            pools.pop();
            let total = weight + pool.1;
            pool = (
                (value * weight + pool.0 * pool.1) / total,
                total,
                count + pool.2,
            );
        }
        pools.push(pool);
    }
    let values = pools
        .iter()
        .flat_map(|&(value, _, count)| std::iter::repeat_n(value, count));
    values
        .zip(&before)
        .map(|(value, before)| value + before)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_keep_their_distance_and_their_middle() {
        let spot = |step| Spot {
            step,
            above: vec![],
        };
        let rank = [spot(Some(0)), spot(Some(1)), spot(None)];
        let widths = Widths {
            step: 10.0,
            arrow: 2.0,
            gap: 4.0,
        };
        let found = spread(&[0.0, 0.0, 100.0], &rank, widths);
        assert_eq!(found, [-7.0, 7.0, 100.0]);
        let near = spread(&[0.0, 20.0, 21.0], &rank, widths);
        assert!((near[2] - near[1] - 10.0).abs() < 1e-12 && near[1] < 20.0 && near[2] > 21.0);
    }
}
