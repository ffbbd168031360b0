//! The fused switch back from the ephemeral secret against its steps one by one.

use crate::{
    ckks::{
        Context, Parameters, ParametersLiteral,
        keys::KeyGenerator,
        keyswitch::{Finish, mod_down, raise},
    },
    quantity::Level,
    ring::{
        RnsBasis, RnsPoly,
        poly::Evaluation,
        sampler::{Mask, MasterSeed, Seed},
    },
};

/// q0 and special primes within the reach of the vector kernels, and beyond.
const BITS: [&str; 2] = ["50", "60"];
const LITERAL: &str = r#"{"log_n": 8, "q0_bits": BITS, "levels": {"levels": 4, "bits": 40},
    "scale_bits": 40, "special": {"count": 2, "bits": BITS}, "encapsulation": {"hamming_weight": 32},
    "insecure_toy": true}"#;

/// The centred coefficients of a polynomial over q0, over another basis.
fn lifted(poly: &RnsPoly<Evaluation>, basis: &RnsBasis) -> RnsPoly<Evaluation> {
    let q0 = *poly.basis().moduli().next().unwrap();
    let coefficients = poly.clone().into_coefficient().unwrap();
    let limb = coefficients.limbs().next().unwrap();
    let centred: Vec<i64> = limb.iter().map(|c| q0.centered(*c)).collect();
    let poly = RnsPoly::from_signed(basis, &centred).unwrap();
    poly.into_evaluation().unwrap()
}

#[test]
fn one_pass_is_the_lift_the_product_and_the_division() {
    BITS.into_iter().for_each(compare);
}

fn compare(bits: &str) {
    let literal: ParametersLiteral = serde_json::from_str(&LITERAL.replace("BITS", bits)).unwrap();
    let context = Context::new(Parameters::new(literal).unwrap()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([1; 32])).unwrap();
    let keys = generator.encapsulation_keys().unwrap();
    let key = &keys.from_sparse;
    let bottom = context.basis(Level::default()).unwrap();
    let masks: Seed<Mask> = MasterSeed::from_bytes([2; 32]).seed();
    let [c0, c1] = [1, 2].map(|i| RnsPoly::uniform(&bottom, &masks.child(i)));
    for l in 0..=4 {
        let level = Level::new(l).unwrap();
        let tables = context.switch(level, 1).unwrap();
        let c1_lifted = lifted(&c1, tables.basis());
        let product = [&key.b, &key.a].map(|half| {
            // q0, …, ql and p1, which is the last of the key's.
            let mut product = c1_lifted.clone();
            let last = key.b.basis().limbs() - 1;
            let limbs = (0..=l as usize).chain([last]);
            let halves = limbs.map(|i| half.limb(i));
            for ((x, half), q) in product.limbs_mut().zip(halves).zip(tables.basis().moduli()) {
                x.iter_mut().zip(half).for_each(|(x, y)| *x = q.mul(*x, *y));
            }
            product
        });
        let c0_lifted = lifted(&c0, &context.basis(level).unwrap());
        let finish = Finish {
            plus: [Some(&c0_lifted), None],
            automorphism: None,
        };
        let expected = mod_down(&tables, &product, finish).unwrap();
        let found = raise(&context, key, level, [&c0, &c1]).unwrap();
        assert!(found == expected, "{bits} bits, level {l}");
    }
}
