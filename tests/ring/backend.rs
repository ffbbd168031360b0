//! The choice of kernels.

use equiripple::ring::{Backend, NttTable, RingError};

use super::{backends, prime};

#[test]
fn names_are_read_back_and_others_refused() {
    for backend in backends() {
        assert_eq!(Backend::named(backend.name()), Ok(backend));
    }
    for name in ["", "avx2", "Portable"] {
        let refused = Backend::named(name).unwrap_err();
        assert_eq!(refused, RingError::UnknownBackend { value: name.into() });
        assert!(refused.to_string().contains("set it to `portable`"));
    }
}

#[test]
fn vectors_reach_to_fifty_bits_and_thirty_two_coefficients() {
    for backend in backends() {
        let fast = backend != Backend::portable();
        for (degree, bits, reached) in [(32, 50, true), (32, 51, false), (16, 50, false)] {
            let table = NttTable::with_backend(prime(degree, bits), degree, backend).unwrap();
            assert_eq!(table.is_vectorized(), fast && reached);
        }
    }
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
