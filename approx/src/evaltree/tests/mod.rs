//! t
use super::*;
#[test]
fn table() {
    for d in (1..=63).step_by(2) {
        let f = |k, e| { let c = mult_count(d, k, e).unwrap(); format!("{}/{}", c.depth, c.mults) };
        println!("{d}: odd {} {} {} folded {} {} {} last {} gen {} {} gen(d-1) {} even(d-1) {}", f(Kind::Odd,0), f(Kind::Odd,1), f(Kind::Odd,2), f(Kind::Folded,0), f(Kind::Folded,1),f(Kind::Folded,2), f(Kind::ProductLast,0), f(Kind::General,0), f(Kind::General,1), if d>1 {mult_count(d-1,Kind::General,0).unwrap().mults} else {0}, if d>1 {mult_count(d-1,Kind::Even,0).unwrap().mults} else {0});
    }
    for d in [63,127,255,511,1023] { for k in [Kind::Odd,Kind::Folded,Kind::General] {
        let t=std::time::Instant::now();
        let c=mult_count(d,k,0).unwrap(); 
        println!("{d} {k:?} {c:?} {:?}", t.elapsed());
    }}
}
