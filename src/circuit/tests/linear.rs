use crate::circuit::LinearTransform;
use num_complex::Complex64;
use std::collections::BTreeSet;

fn value(i: usize, j: usize) -> Complex64 {
    Complex64::new((i * 7 + j) as f64, (i + 3 * j) as f64)
}

#[test]
fn diagonals_are_those_of_the_rows() {
    let n = 8;
    let rows: Vec<Vec<_>> = (0..n)
        .map(|i| (0..n).map(|j| value(i, j)).collect())
        .collect();
    let x: Vec<_> = (0..n).map(|j| value(j, 1)).collect();
    let expected: Vec<Complex64> = rows
        .iter()
        .map(|row| row.iter().zip(&x).map(|(m, x)| m * x).sum())
        .collect();
    let transform = LinearTransform::from_rows(&rows).unwrap();
    for (y, expected) in transform.apply(&x).iter().zip(expected) {
        assert!((y - expected).norm() < 1e-9);
    }
}

#[test]
fn steps_cover_every_diagonal_once() {
    let n = 64;
    let ones = vec![Complex64::new(1.0, 0.0); n];
    let numbers = [0i64, 1, 2, 3, 9, 17, 40, -1, -2];
    let transform = LinearTransform::new(n, numbers.iter().map(|r| (*r, ones.clone()))).unwrap();
    let steps = transform.steps();
    let covered: Vec<usize> = steps
        .groups
        .iter()
        .flat_map(|(giant, babies)| babies.iter().map(move |baby| giant + baby))
        .collect();
    let wanted: BTreeSet<usize> = transform.diagonals().keys().copied().collect();
    assert_eq!(covered.len(), wanted.len());
    assert_eq!(covered.into_iter().collect::<BTreeSet<_>>(), wanted);
    assert!(!steps.rotations().contains(&0));
}

#[test]
fn refuses_what_is_no_transform() {
    let ones = |n| vec![Complex64::new(1.0, 0.0); n];
    assert!(LinearTransform::new(8, []).is_err());
    assert!(LinearTransform::new(6, [(0, ones(6))]).is_err());
    assert!(LinearTransform::new(8, [(0, ones(7))]).is_err());
    assert!(LinearTransform::new(8, [(0, ones(8)), (8, ones(8))]).is_err());
    let infinite = vec![Complex64::new(f64::INFINITY, 0.0); 8];
    assert!(LinearTransform::new(8, [(0, infinite)]).is_err());
}
