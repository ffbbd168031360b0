//! Histograms: what is read, what is refused, and where.

use super::close;
use crate::analysis::{Distribution, Histogram};

fn message(text: &str) -> String {
    let error = text.parse::<Histogram>().expect_err(text);
    error.to_string()
}

#[test]
fn both_forms_are_read() {
    let text = "# activations\nlo,hi,weight\n-1,0,1\n\n0, 0.5, 3\n";
    let bins = text.parse::<Histogram>().expect("well formed");
    assert_eq!(bins.bins().len(), 2);
    let centres = "center,weight\r\n-0.5,1\r\n0.5,1\r\n1,2\r\n".parse::<Histogram>();
    let centres = centres.expect("well formed");
    let ends: Vec<(f64, f64)> = centres.bins().iter().map(|b| (b.lo, b.hi)).collect();
    assert_eq!(ends, [(-1.0, 0.0), (0.0, 0.75), (0.75, 1.25)]);
}

#[test]
fn errors_name_the_line() {
    for (text, line, what) in [
        ("0,1,2\n0,x,1", "line 2", "`x`"),
        ("0,1,2\n1,2", "line 2", "expected 3 fields"),
        ("# a\n1", "line 2", "found 1 fields"),
        ("0,1,1\n\n1,2,-3", "line 3", "negative"),
        ("0,1,1\n0.5,2,1", "line 2", "below 1"),
        ("1,0,1", "line 1", "below its start"),
        ("0,1,inf", "line 1", "finite"),
        ("center,weight\n1,1\n1,1", "line 3", "not above"),
        ("0,1,0\n1,2,0", "line 2", "no weight"),
        ("", "line 1", "no bins"),
        ("lo,hi,weight\nlo,hi,weight", "line 2", "`lo`"),
    ] {
        let message = message(text);
        assert!(
            message.contains(line) && message.contains(what),
            "{text:?}: {message}"
        );
    }
}

#[test]
fn mass_outside_is_cut_off_and_reported() {
    let histogram = "-2,0,2\n0,1,1\n1,2,1".parse().expect("well formed");
    let q = Distribution::Histogram(histogram)
        .quadrature(-1.0, 1.0, 1000)
        .expect("mass");
    assert!(close(q.outside, 0.5, 1e-12));
    let below: f64 = q.points.iter().filter(|p| p.0 < 0.0).map(|p| p.1).sum();
    assert!(close(below, 0.5, 1e-9) && q.points.len() >= 500);
    let point = "0.25,1".parse().expect("a point mass");
    let q = Distribution::Histogram(point)
        .quadrature(-1.0, 1.0, 1000)
        .expect("mass");
    assert_eq!(q.points, [(0.25, 1.0)]);
}
