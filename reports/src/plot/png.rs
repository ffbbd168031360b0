//! Pixels as PNG.

use plotters::backend::{BitMapBackend, DrawingBackend};

use super::error::PlotError;
use super::raster::Canvas;

/// The canvas as a PNG file's bytes.
///
/// plotters encodes only into files, so one passes through the system's temporary folder.
pub(super) fn encode(canvas: &Canvas) -> Result<Vec<u8>, PlotError> {
    encode_through_file(canvas).map_err(|reason| PlotError::Backend {
        what: "PNG",
        reason: reason.to_string(),
    })
}

fn encode_through_file(canvas: &Canvas) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let file = tempfile::Builder::new().suffix(".png").tempfile()?;
    let size = (u32::try_from(canvas.width)?, u32::try_from(canvas.height)?);
    let mut backend = BitMapBackend::new(file.path(), size);
    backend.ensure_prepared()?;
    backend.blit_bitmap((0, 0), size, &canvas.bytes)?;
    backend.present()?;
    drop(backend);
    Ok(std::fs::read(file.path())?)
}
