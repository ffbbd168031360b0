//! Errors that are known, and those of interpolants beside a dense grid.

use super::*;
use crate::poly::Parity;
fn float(x: f64) -> Float {
    Float::with_val(64, x)
}
fn sup(f: &str, p: &Chebyshev, d: &str) -> Result<FunctionSup> {
    let t = std::time::Instant::now();
    let r = function_error(
        &f.parse().expect(f),
        Weight::One,
        Approximant::Series(p),
        &Domain::parse(d, 128).expect(d),
        Budget::seconds(20.0).expect("b"),
    );
    #[allow(clippy::print_stderr, reason = "x")]
    {
        eprintln!(
            "{f} {d} {:?} {:?}",
            t.elapsed(),
            r.as_ref().map(|r| (
                r.bounds.lower.to_f64(),
                r.bounds.gap(),
                r.at.to_f64(),
                r.panels
            ))
        );
    }
    r
}
#[test]
fn abs_kink() {
    let p = Chebyshev::from_monomial(
        Parity::Full,
        float(-1.0),
        float(1.0),
        &[float(0.125), float(0.0), float(1.0)],
        64,
    )
    .expect("p");
    let s = sup("abs(x)", &p, "[-1,1]").expect("s");
    assert_eq!(s.bounds.lower, 0.125);
    let _ = sup("abs(x)", &p, "[-1,0.7]").expect("s");
    let _ = sup("abs(x-0.3)", &p, "[-1,0.7]").expect("s");
    let _ = sup("sqrt(x)", &p, "[0,1]").expect("s");
    let _ = sup("sign(x)", &p, "[-1,1]").expect_err("s");
    let _ = sup("1/x", &p, "[-1,0.3]").expect_err("s");
    let _ = sup("log(x)", &p, "[0,0.3]").expect_err("s");
    let _ = sup("x^2+0.125", &p, "[-1,0.3]").expect("zero");
    let _ = sup("x^3", &p, "[-1,0.3]").expect("zero");
    for (f, lo, hi) in [
        ("exp(x)", 0.0, 1.0),
        ("sigmoid(x)", -8.0, 8.0),
        ("gelu(x)", -6.0, 6.0),
        ("sqrt(x)", 0.0, 1.0),
        ("sqrt(x)", 0.01, 1.0),
        ("1/x", 0.1, 2.0),
        ("log(x)", 0.5, 3.0),
        ("sin(x)", -20.0, 20.0),
        ("sin(3*x)+tanh(5*x)*exp(-x*x)", -1.0, 1.0),
    ] {
        for n in [8usize, 32, 128] {
            let p = interpolant(f, lo, hi, n, 600);
            let _ = sup(f, &p, &format!("[{lo},{hi}]"));
        }
    }
}
fn interpolant(f: &str, lo: f64, hi: f64, n: usize, prec: u32) -> Chebyshev {
    let f: Target = f.parse().expect(f);
    let pi = Float::with_val(prec, rug::float::Constant::Pi);
    let angle = |j: usize| Float::with_val(prec, &pi * (2 * j + 1) as u32) / (2 * n) as u32;
    let y: Vec<Float> = (0..n)
        .map(|j| {
            let x = (angle(j).cos() * (hi - lo) + (hi + lo)) / 2u32;
            f.eval(&x).expect("finite")
        })
        .collect();
    let c = (0..n)
        .map(|k| {
            let mut s = Float::new(prec);
            for (j, y) in y.iter().enumerate() {
                s += Float::with_val(prec, angle(j) * k as u32).cos() * y;
            }
            s * 2u32 / (n as u32) / (if k == 0 { 2u32 } else { 1 })
        })
        .collect();
    Chebyshev::new(Parity::Full, float(lo), float(hi), c).expect("p")
}
