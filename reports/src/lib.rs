//! Records, tables and plots of experiments.
//!
//! Everything here works on plain data: numbers, labels and JSON values. The crate knows no
//! mathematics and depends on no other crate of the toolkit; callers convert into its types.
//!
//! * [`record`]: what was run, by which revision, on which machine, and what came out.
//! * [`table`]: one table, rendered as Markdown, LaTeX, CSV or terminal text.
//! * [`splice`]: generated text between the markers of a README.
//! * [`plot`]: figures, rendered to SVG and PNG from one description.
//! * [`mod@write`]: files that are either complete or absent.
//!
//! Nothing prints and nothing panics on input: every failure is a value that names what was
//! found, what is allowed and what to change.

pub mod plot;
pub mod record;
pub mod splice;
pub mod table;
pub mod write;
