use equiripple_approx::{composite::*, poly::pow2, remez::Budget};
use std::time::Instant;
fn main(){
 for (d,k) in [(vec![15,15,27],9),(vec![15,27,29],10),(vec![59],10)] {
  let t=Instant::now();
  for d in &d { let _=d; }
  let des=SignDesign::new(&d, pow2(-k));
  let r=design_sign(&des, Budget::unlimited()).unwrap();
  println!("{d:?} {} .. {} gap {:.2e} its {:?} prec {:?} {:?}", r.1.log2_lower(), r.1.upper.to_f64(), r.1.gap(), r.0.iter().map(|s|s.iterations).collect::<Vec<_>>(), r.0.iter().map(|s|s.precision).collect::<Vec<_>>(), t.elapsed());
  for s in &r.0 { let t=Instant::now(); let _=equiripple_approx::remez::sign::minimax(s.poly.degree(), &s.domain.0,&s.domain.1,None,Budget::unlimited()); let a=t.elapsed(); let t=Instant::now(); let e=equiripple_approx::certify::Extrema::new(&s.poly,&s.domain.0,&s.domain.1,256).unwrap(); println!("  solve {a:?} extrema {:?} {}", t.elapsed(), e.critical().len()); }
 }
}
