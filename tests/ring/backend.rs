//! The choice of kernels.

use equiripple::ring::{Backend, NttTable, RingError};

use super::{backends, prime};

#[test]
fn names_are_read_back_and_others_refused() {
    for backend in backends() {
        assert_eq!(Backend::named(backend.name()), Ok(backend));
    }
    for name in ["", "avx", "Portable"] {
        let refused = Backend::named(name).unwrap_err();
        assert_eq!(refused, RingError::UnknownBackend { value: name.into() });
        assert!(
            refused
                .to_string()
                .contains("`portable`, `avx2` or `avx512`")
        );
    }
}

#[test]
fn vectors_reach_to_fifty_bits_and_down_to_small_degrees() {
    for backend in backends() {
        let smallest = match backend.name() {
            "avx512" => 128,
            "avx2" => 8,
            _ => usize::MAX,
        };
        for (degree, bits) in [(4, 50), (8, 50), (64, 50), (128, 50), (128, 51)] {
            let table = NttTable::with_backend(prime(degree, bits), degree, backend).unwrap();
            let reached = bits <= 50 && degree >= smallest;
            assert_eq!(table.is_vectorized(), reached, "{degree} {bits}");
        }
    }
}

#[test]
fn a_missing_backend_is_named() {
    let refused = RingError::UnsupportedBackend {
        name: "avx2",
        features: "AVX2 and FMA",
    };
    let message = refused.to_string();
    assert!(message.contains("lacks AVX2 and FMA, which backend `avx2` needs"));
}

#[test]
fn lengths_and_degrees_are_checked() {
    let q = prime(64, 40);
    let refused = |degree| NttTable::new(q, degree).unwrap_err();
    for degree in [0, 1, 3, 48, 1 << 18] {
        assert_eq!(refused(degree), RingError::Degree { degree });
    }
    let table = NttTable::new(q, 64).unwrap();
    let wrong = RingError::Length {
        found: 63,
        need: 64,
    };
    assert_eq!(table.forward(&mut [0; 63]), Err(wrong.clone()));
    assert_eq!(table.inverse(&mut [0; 63]), Err(wrong.clone()));
    let product = table.pointwise().mul_assign(&mut [0; 64], &[0; 63]);
    assert_eq!(product, Err(wrong));
}
