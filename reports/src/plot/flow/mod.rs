//! Boxes and arrows: what follows from what, from above to below.
//!
//! Boxes are put on ranks by their longest path from the first one, an arrow over several ranks keeps a place on each, and
//! the order on a rank is that of the neighbours above. A long picture continues in a column beside, behind a box that is
//! alone on its rank.

mod draw;
mod layers;
mod place;

use serde::{Deserialize, Serialize};

use super::{
    compose::{Rendered, both},
    error::PlotError,
    style::Color,
};

/// A box and where its arrows come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The first line.
    pub label: String,
    /// The second line, in smaller letters.
    pub detail: String,
    /// The colour of its edge.
    pub color: Color,
    /// Earlier boxes whose arrows end here.
    pub inputs: Vec<usize>,
}

/// A picture of boxes and arrows.
///
/// ```
/// use equiripple_reports::plot::{Color, Flow, Step};
/// let step = |label: &str, inputs: &[usize]| Step {
///     label: label.into(),
///     detail: "16×32×32".into(),
///     color: Color::BLUE,
///     inputs: inputs.to_vec(),
/// };
/// let flow = Flow {
///     title: "a residual block".into(),
///     steps: vec![step("input", &[]), step("conv", &[0]), step("add", &[0, 1])],
/// };
/// assert!(flow.render()?.svg.contains("residual"));
/// # Ok::<(), equiripple_reports::plot::PlotError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// The heading.
    pub title: String,
    /// The boxes, each after those whose arrows end there.
    pub steps: Vec<Step>,
}

impl Flow {
    /// The picture in both formats.
    ///
    /// # Errors
    /// [`PlotError`] without boxes, when an arrow comes from no earlier box, or the picture would be too large.
    pub fn render(&self) -> Result<Rendered, PlotError> {
        if self.steps.is_empty() {
            return Err(PlotError::Empty {
                title: self.title.clone(),
            });
        }
        for (index, step) in self.steps.iter().enumerate() {
            if let Some(&input) = step.inputs.iter().find(|&&input| input >= index) {
                return Err(PlotError::Arrow {
                    label: step.label.clone(),
                    input,
                    index,
                });
            }
        }
        both(&draw::scene(self)?, &self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(label: &str, inputs: &[usize]) -> Step {
        Step {
            label: label.into(),
            detail: "1×2".into(),
            color: Color::BLUE,
            inputs: inputs.to_vec(),
        }
    }

    fn flow(steps: Vec<Step>) -> Flow {
        Flow {
            title: "flow".into(),
            steps,
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        assert!(matches!(
            flow(vec![]).render(),
            Err(PlotError::Empty { .. })
        ));
        let forward = flow(vec![step("a", &[0])]).render();
        assert!(matches!(
            forward,
            Err(PlotError::Arrow {
                input: 0,
                index: 0,
                ..
            })
        ));
    }

    #[test]
    fn every_box_is_drawn_once() -> Result<(), PlotError> {
        let chain = (0..60).map(|k| {
            let inputs: Vec<usize> = if k == 0 { vec![] } else { vec![k - 1] };
            step(&format!("box {k}."), &inputs)
        });
        let svg = flow(chain.collect()).render()?.svg;
        for k in 0..60 {
            assert_eq!(svg.matches(&format!(">box {k}.<")).count(), 1);
        }
        Ok(())
    }
}
