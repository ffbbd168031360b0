use crate::{
    circuit::{CircuitError, Shape},
    quantity::{Level, Scale},
};

fn shape(level: u64, log2: u32) -> Shape {
    Shape {
        level: Level::new(level).unwrap(),
        scale: Scale::power_of_two(log2).unwrap(),
        slots: 8,
        components: 2,
    }
}

#[test]
fn sums_need_one_level_scale_and_size() {
    let a = shape(3, 40);
    assert_eq!(a.sum(&a).unwrap(), a);
    assert!(matches!(
        a.sum(&shape(2, 40)),
        Err(CircuitError::LevelMismatch { .. })
    ));
    assert!(matches!(
        a.sum(&shape(3, 41)),
        Err(CircuitError::ScaleMismatch { .. })
    ));
    let fewer = Shape {
        slots: 4,
        ..a.clone()
    };
    assert!(matches!(
        a.sum(&fewer),
        Err(CircuitError::SlotMismatch { .. })
    ));
}

#[test]
fn products_have_three_components_until_relinearised() {
    let a = shape(3, 40);
    let product = a.product(&a).unwrap();
    assert_eq!((product.components, product.scale.log2()), (3, 80.0));
    assert!(matches!(
        product.product(&a),
        Err(CircuitError::NotRelinearized { .. })
    ));
}

#[test]
fn levels_are_spent_and_never_gained() {
    let a = shape(0, 40);
    assert_eq!(a.below(), Err(CircuitError::LevelsExhausted));
    assert!(matches!(
        a.dropped(Level::new(1).unwrap()),
        Err(CircuitError::LevelTooHigh { .. })
    ));
    assert_eq!(shape(5, 40).rotation(-1), 7);
}
