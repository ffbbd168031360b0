//! Products position by position.

use equiripple::ring::{Modulus, Pointwise};

use super::{Words, backends};

#[test]
fn every_backend_equals_the_definition() {
    let mut words = Words(10);
    let sizes = [2, 3, 5, 20, 25, 26, 27, 30, 40, 49, 50, 51, 61];
    let extremes = sizes
        .iter()
        .flat_map(|bits| [(1u64 << bits) - 1, (1 << (bits - 1)) + 1]);
    for modulus in extremes
        .chain([0x7fe0_1001])
        .map(|q| Modulus::new(q).unwrap())
    {
        let q = modulus.value();
        // 1003 is no multiple of eight.
        for n in [0, 1, 8, 1003, 1 << 13] {
            let mut operand = || words.residues(n, q);
            let (a, b, sum) = (operand(), operand(), operand());
            let expected: Vec<u64> = (0..n).map(|i| modulus.mul(a[i], b[i])).collect();
            for backend in backends() {
                let pointwise = Pointwise::with_backend(modulus, backend);
                let mut x = a.clone();
                pointwise.mul_assign(&mut x, &b).unwrap();
                assert_eq!(x, expected, "{q} {}", backend.name());
                let mut x = sum.clone();
                pointwise.mul_add_assign(&mut x, &a, &b).unwrap();
                let added = (0..n).map(|i| modulus.add(sum[i], expected[i]));
                assert!(added.eq(x), "{q} {}", backend.name());
            }
        }
    }
}
