//! From descriptions to scenes, and from scenes to files' bytes.

use super::clip::Rect;
use super::error::PlotError;
use super::figure::{Figure, Panels};
use super::frame::{Heading, figure, heading};
use super::legend::{entries, joined, rows};
use super::scene::Scene;
use super::{png, raster, svg};

/// Pixels of the PNG for each pixel of the figure.
const SCALE: u32 = 2;
/// The largest side of a figure.
const LARGEST: u32 = 4000;

const LARGE: Heading = Heading {
    title: 16.0,
    subtitle: 12.5,
};
const SMALL: Heading = Heading {
    title: 13.0,
    subtitle: 11.5,
};

/// A figure in both formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text of an SVG document.
    pub svg: String,
    /// The bytes of a PNG file, with two pixels each way for each of the SVG.
    pub png: Vec<u8>,
}

impl Figure {
    /// The figure as an SVG document.
    ///
    /// # Errors
    /// [`PlotError`] for data or sizes that cannot be drawn.
    pub fn svg(&self) -> Result<String, PlotError> {
        Ok(svg::render(&self.scene()?, &self.title))
    }

    /// The figure as a PNG file.
    ///
    /// # Errors
    /// [`PlotError`] for data or sizes that cannot be drawn.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        png::encode(&raster::render(&self.scene()?, SCALE)?)
    }

    /// The figure in both formats.
    ///
    /// # Errors
    /// [`PlotError`] for data or sizes that cannot be drawn.
    pub fn render(&self) -> Result<Rendered, PlotError> {
        both(&self.scene()?, &self.title)
    }

    fn scene(&self) -> Result<Scene, PlotError> {
        let (mut scene, page) = blank(self.size)?;
        figure(&mut scene, self, &page, &LARGE, 1)?;
        Ok(scene)
    }
}

impl Panels {
    /// The panels as an SVG document.
    ///
    /// # Errors
    /// [`PlotError`] for data or sizes that cannot be drawn.
    pub fn svg(&self) -> Result<String, PlotError> {
        Ok(svg::render(&self.scene()?, &self.title))
    }

    /// The panels as a PNG file.
    ///
    /// # Errors
    /// [`PlotError`] for data or sizes that cannot be drawn.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        png::encode(&raster::render(&self.scene()?, SCALE)?)
    }

    /// The panels in both formats.
    ///
    /// # Errors
    /// [`PlotError`] for data or sizes that cannot be drawn.
    pub fn render(&self) -> Result<Rendered, PlotError> {
        both(&self.scene()?, &self.title)
    }

    fn scene(&self) -> Result<Scene, PlotError> {
        if self.figures.is_empty() {
            let title = self.title.clone();
            return Err(PlotError::Empty { title });
        }
        let (mut scene, page) = blank(self.size)?;
        let subtitle = self.subtitle.as_deref();
        let body = heading(&mut scene, &page, &self.title, subtitle, &LARGE)?;
        let all = joined(self.figures.iter().map(|figure| entries(&figure.series)));
        let legend = rows(all, body.width - 28.0)?;
        let height = body.height - legend.height - 12.0;
        legend.draw(&mut scene, body.left + 14.0, body.top + height + 4.0);

        let columns = self.columns.clamp(1, self.figures.len());
        let lines = self.figures.len().div_ceil(columns);
        let (wide, tall) = (body.width / columns as f64, height / lines as f64);
        for (index, panel) in self.figures.iter().enumerate() {
            let rect = Rect {
                left: body.left + wide * (index % columns) as f64,
                top: body.top + tall * (index / columns) as f64,
                width: wide,
                height: tall - 6.0,
            };
            let mut panel = panel.clone();
            panel.legend = super::figure::Legend::Hidden;
            figure(&mut scene, &panel, &rect, &SMALL, self.figures.len())?;
        }
        Ok(scene)
    }
}

/// A scene in both formats.
pub(super) fn both(scene: &Scene, title: &str) -> Result<Rendered, PlotError> {
    Ok(Rendered {
        svg: svg::render(scene, title),
        png: png::encode(&raster::render(scene, SCALE)?)?,
    })
}

fn blank(size: (u32, u32)) -> Result<(Scene, Rect), PlotError> {
    let (width, height) = size;
    if width.max(height) > LARGEST {
        return Err(PlotError::TooLarge {
            width,
            height,
            bound: LARGEST,
        });
    }
    let page = Rect {
        left: 0.0,
        top: 8.0,
        width: f64::from(width),
        height: f64::from(height) - 12.0,
    };
    let shapes = Vec::new();
    Ok((Scene { size, shapes }, page))
}
