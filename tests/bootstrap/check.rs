//! What parameters say of their bootstrapping before anything is made.

use equiripple::{
    bootstrap::{BootstrapError, BootstrapLiteral, EvalMod, Plan, SlotKind},
    circuit::CircuitError,
    ckks::{
        Parameters, ParametersError, ParametersLiteral,
        params::{LevelBits, sets},
    },
};

fn toy() -> ParametersLiteral {
    sets::named("toy").unwrap().literal()
}

fn refused(change: impl FnOnce(&mut ParametersLiteral)) -> BootstrapError {
    let mut literal = toy();
    change(&mut literal);
    match Parameters::new(literal).unwrap_err() {
        ParametersError::Bootstrapping(refused) => refused,
        other => panic!("{other}"),
    }
}

fn bootstrapping(change: impl FnOnce(&mut BootstrapLiteral)) -> BootstrapError {
    refused(|literal| change(literal.bootstrapping.as_mut().unwrap()))
}

#[test]
fn named_sets_are_accepted_and_plan_every_number_of_slots() {
    for set in sets::SETS {
        let parameters = Parameters::new(set.literal()).unwrap();
        let how = parameters.literal().bootstrapping.clone().unwrap();
        let eval_mod = EvalMod::new(&how.eval_mod).unwrap();
        for kind in [SlotKind::Complex, SlotKind::Real, SlotKind::Pair] {
            let max = parameters.log_n().max_slots();
            for slots in [max, max / 2, 64, 8] {
                let made = eval_mod.clone();
                let plan = Plan::with_eval_mod(parameters.scheme(), &how, slots, kind, made);
                assert!(plan.unwrap().levels_left() >= 1, "{} {slots}", set.name);
            }
        }
    }
}

#[test]
fn numbers_without_sense_are_refused() {
    type Change = fn(&mut BootstrapLiteral);
    let changes: [Change; 14] = [
        |l| l.eval_mod.log_message_ratio = 3.9,
        |l| l.eval_mod.log_message_ratio = 20.1,
        |l| l.eval_mod.log_message_ratio = f64::NAN,
        |l| l.eval_mod.integers = 0,
        |l| l.eval_mod.integers = 65,
        |l| l.eval_mod.degree = 0,
        |l| l.eval_mod.degree = 128,
        |l| l.eval_mod.degree = u32::MAX,
        |l| l.eval_mod.double_angles = 7,
        |l| l.eval_mod.arcsine = 1,
        |l| l.coeffs_to_slots = 0,
        |l| l.coeffs_to_slots = u32::MAX,
        |l| l.slots_to_coeffs = 0,
        |l| l.slots_to_coeffs = 11,
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let error = bootstrapping(change);
        assert!(
            matches!(error, BootstrapError::OutOfRange { .. }),
            "{i}: {error}"
        );
        // The same as where the modular reduction is made.
        if i < 10 {
            let mut literal = toy().bootstrapping.unwrap();
            change(&mut literal);
            assert_eq!(EvalMod::new(&literal.eval_mod).unwrap_err(), error, "{i}");
        }
    }
}

#[test]
fn the_depth_is_that_of_the_modular_reduction() {
    for (degree, double_angles, arcsine) in [
        (30, 3, 0),
        (31, 3, 0),
        (32, 3, 0),
        (47, 2, 0),
        (63, 2, 0),
        (30, 3, 3),
        (31, 3, 7),
    ] {
        let mut literal = toy().bootstrapping.unwrap();
        literal.eval_mod.degree = degree;
        literal.eval_mod.double_angles = double_angles;
        literal.eval_mod.arcsine = arcsine;
        let made = EvalMod::new(&literal.eval_mod).unwrap();
        assert_eq!(
            literal.eval_mod.depth(),
            made.depth(),
            "{degree} {double_angles} {arcsine}"
        );
    }
}

#[test]
fn chains_that_cannot_take_it_are_refused() {
    let each = |l: &mut ParametersLiteral| match &l.levels {
        LevelBits::Each(bits) => bits.clone(),
        LevelBits::Uniform { .. } => panic!("a set says each"),
    };
    // 3 + 8 + 3 levels and one for circuits.
    let short = refused(|l| l.levels = LevelBits::Each(each(l)[5..].to_vec()));
    assert_eq!(
        short,
        BootstrapError::Levels {
            found: 14,
            need: 15
        }
    );
    let exact = ParametersLiteral {
        levels: LevelBits::Each(each(&mut toy())[4..].to_vec()),
        ..toy()
    };
    let parameters = Parameters::new(exact).unwrap();
    let how = parameters.literal().bootstrapping.clone().unwrap();
    let plan = |slots| Plan::new(parameters.scheme(), &how, slots, SlotKind::Complex);
    assert_eq!(plan(1 << 10).unwrap().levels_left(), 1);
    // Fewer slots are joined at the end, which takes the last one.
    assert_eq!(
        plan(1 << 9).unwrap_err(),
        BootstrapError::Levels {
            found: 15,
            need: 16
        }
    );
    let sizes = refused(|l| {
        let mut bits = each(l);
        bits[10] = 40;
        l.levels = LevelBits::Each(bits);
    });
    assert!(matches!(sizes, BootstrapError::Sizes { .. }), "{sizes}");
    let none = refused(|l| l.encapsulation = None);
    assert_eq!(none, BootstrapError::Circuit(CircuitError::NoEncapsulation));
    assert!(none.to_string().contains("`encapsulation`"), "{none}");
    // Nothing is left of a message that is so much smaller than q0.
    let small = refused(|l| {
        (l.q0_bits, l.scale_bits) = (34, 30);
        let bits = each(l).into_iter().map(|b| if b == 40 { 30 } else { b });
        l.levels = LevelBits::Each(bits.collect());
        l.bootstrapping.as_mut().unwrap().eval_mod.log_message_ratio = 19.0;
    });
    assert!(
        matches!(&small, BootstrapError::OutOfRange { name, .. } if name.contains("messages")),
        "{small}"
    );
}
