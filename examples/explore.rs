use equiripple::{analyze::{Analyzer, CostTable}, bootstrap::*, ckks::{Parameters, params::sets}, sim::Simulator};
use num_complex::Complex64;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let set = &a[1]; let log: u32 = a[2].parse().unwrap();
    let kind = if a[3] == "real" { SlotKind::Real } else { SlotKind::Complex };
    let mut literal = sets::named(set).unwrap().literal();
    let how = literal.bootstrapping.as_mut().unwrap();
    if let Some(r) = a.get(4) { how.eval_mod.log_message_ratio = r.parse().unwrap(); }
    if let Some(r) = a.get(5) { how.eval_mod.arcsine = r.parse().unwrap(); }
    if let Some(r) = a.get(6) { how.eval_mod.integers = r.parse().unwrap(); how.eval_mod.degree = 15 + how.eval_mod.integers}
    let how = how.clone();
    let p = Parameters::new(literal).unwrap();
    let slots = 1usize << log;
    let t = std::time::Instant::now();
    let plan = Plan::new(p.scheme(), &how, slots, kind).unwrap();
    println!("plan {:?} error {:.2} products {:?}", t.elapsed(), plan.eval_mod().error().log2(), plan.eval_mod().cost());
    let mut s = 12345u64;
    let mut draw = || { s ^= s << 13; s ^= s >> 7; s ^= s << 17; (s >> 11) as f64 / (1u64 << 52) as f64 - 1.0 };
    let v: Vec<Complex64> = (0..slots).map(|_| Complex64::new(draw(), if kind == SlotKind::Complex { draw() } else { 0.0 })).collect();
    let sim = Simulator::new(p.scheme().clone(), 3);
    let b = Bootstrapper::new(&sim, plan.clone()).unwrap();
    let t = std::time::Instant::now();
    for (name, v) in [("uniform", v.clone()), ("one", vec![Complex64::new(1.0, if kind == SlotKind::Complex { 1.0 } else { 0.0 }); slots])] {
        let c = sim.encrypt(&v, plan.input_level(), 0).unwrap();
        let o = b.bootstrap(&sim, &[c]).unwrap();
        let mut e: Vec<f64> = sim.decrypt(&o[0]).iter().zip(&v).flat_map(|(x, y)| if kind == SlotKind::Complex { vec![(x - y).re, (x - y).im] } else { vec![(x - y).re] }).collect();
        let std = (e.iter().map(|e| e * e).sum::<f64>() / e.len() as f64).sqrt();
        let bits = e.iter().map(|e| -e.abs().log2()).sum::<f64>() / e.len() as f64;
        e.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        println!("{name} sim std {:.2} mean bits {bits:.2} median {:.2} min {:.2} {:?}", std.log2(), -e[e.len() / 2].abs().log2(), -e[e.len() - 1].abs().log2(), t.elapsed());
    }
    if a.get(7).is_some() {
        let an = Analyzer::new(p.scheme().clone(), CostTable::shipped().unwrap());
        let b = Bootstrapper::new(&an, plan.clone()).unwrap();
        let c = an.encrypt(&v, slots, plan.input_level(), 0).unwrap();
        let o = b.bootstrap(&an, &[c]).unwrap();
        let r = an.report(&o[0]);
        println!("{}", serde_json::to_string_pretty(&r).unwrap());
    }
}
