//! The rules: every shadow is an evaluator.

use super::{
    Cause, Disturbance, Event, Label, Operation, Plaintext, Prepared, Shadow, Shadowed, Slots,
    TransformErrors, encoded,
};
use crate::{
    circuit::{
        CircuitError, Evaluator, LinearTransform, Scheme, Shape,
        noise::{Noise, Variance},
    },
    embedding::{Roots, inverse},
    quantity::{Level, Scale},
};
use num_complex::Complex64;
use std::sync::Arc;

/// The name of the result of an operation.
pub(super) fn event<T: Shadow>(
    shadow: &T,
    operation: Operation,
    operands: &[Event],
    arguments: impl IntoIterator<Item = u64>,
) -> Event {
    let begin = shadow.seed().then(operation as u64);
    let operands = operands.iter().fold(begin, Event::with);
    operands.then_all(arguments)
}

/// Errors of that variance of a coefficient, in the slots of a ciphertext of `shape`.
pub(super) fn disturbance(
    scheme: &Scheme,
    event: Event,
    cause: Cause,
    level: Level,
    variance: Variance,
    shape: &Shape,
) -> Disturbance {
    let square = Noise::new(scheme).slot(variance.total(), shape.slots, &shape.scale);
    Disturbance {
        event,
        label: Label { cause, level },
        deviation: square.sqrt(),
        of_secret: variance.secret / variance.total(),
    }
}

/// Refuses what does not fit its modulus.
pub(super) fn checked<S: Slots>(
    scheme: &Scheme,
    shape: Shape,
    event: Event,
    slots: S,
) -> Result<Shadowed<S>, CircuitError> {
    scheme.fits(shape.level, &shape.scale)?;
    let bound = (scheme.log_q(shape.level) - 1.0 - shape.scale.log2()).exp2();
    // Written so that what is not a number is refused too.
    let square = (bound * bound).min(f64::MAX);
    let fits = |z: &Complex64| z.norm_sqr() <= square;
    if !slots.values().iter().all(fits) {
        coefficients_fit(slots.values(), bound, shape.level)?;
    }
    Ok(Shadowed {
        shape,
        event,
        slots: Arc::new(slots),
    })
}

/// Slots beyond the bound may still be those of a polynomial within it.
fn coefficients_fit(slots: &[Complex64], bound: f64, level: Level) -> Result<(), CircuitError> {
    let mut values = slots.to_vec();
    inverse(&mut values, &Roots::shared(slots.len()));
    match beyond(&values, bound) {
        Some((coefficient, magnitude)) => Err(CircuitError::Overflow {
            coefficient,
            magnitude,
            bound,
            level,
        }),
        None => Ok(()),
    }
}

/// The first coefficient that exceeds a bound, and its magnitude. Coefficient i is the real part of value i, and i + n the
/// imaginary one.
pub(super) fn beyond(values: &[Complex64], bound: f64) -> Option<(usize, f64)> {
    let real = values.iter().map(|w| w.re);
    let all = real.chain(values.iter().map(|w| w.im)).map(f64::abs);
    // Written so that what is not a number is refused too.
    let keeps = |magnitude: f64| magnitude <= bound;
    all.enumerate().find(|c| !keeps(c.1))
}

/// For sums and products: a + b is b + a.
fn unordered<S>(a: &Shadowed<S>, b: &Shadowed<S>) -> [Event; 2] {
    [a.event.min(b.event), a.event.max(b.event)]
}

fn rotation<T: Shadow>(
    shadow: &T,
    a: &Shadowed<T::Slots>,
    k: usize,
) -> Result<Shadowed<T::Slots>, CircuitError> {
    if k == 0 {
        return Ok(a.clone());
    }
    let event = event(shadow, Operation::Rotate, &[a.event], [k as u64]);
    switched(shadow, a, event, a.slots.rotated(k, a.shape.slots))
}

/// Slots that result from `a` by a key switch.
fn switched<T: Shadow>(
    shadow: &T,
    a: &Shadowed<T::Slots>,
    event: Event,
    slots: T::Slots,
) -> Result<Shadowed<T::Slots>, CircuitError> {
    let scheme = shadow.parameters();
    let level = a.shape.level;
    let shape = Shape {
        components: 2,
        ..a.shape.clone()
    };
    let variance = Noise::new(scheme).key_switch(level);
    let error = disturbance(scheme, event, Cause::KeySwitch, level, variance, &shape);
    checked(scheme, shape, event, slots.disturbed(&error))
}

/// The next level down, with an error of that variance there.
fn rescaled<T: Shadow>(
    shadow: &T,
    a: &Shadowed<T::Slots>,
    operation: Operation,
    cause: Cause,
    variance: Variance,
) -> Result<Shadowed<T::Slots>, CircuitError> {
    let scheme = shadow.parameters();
    let level = a.shape.level;
    let mut shape = a.shape.rescaled(scheme.modulus(level))?;
    if operation == Operation::RelinearizeRescale {
        shape.components = 2;
    }
    shadow.record(operation, &a.shape, 1);
    let event = event(shadow, operation, &[a.event], []);
    let error = disturbance(scheme, event, cause, level, variance, &shape);
    checked(
        scheme,
        shape,
        event,
        T::Slots::clone(&a.slots).disturbed(&error),
    )
}

/// a·c, c rounded to a multiple of 1/`scale`.
fn times_scalar<T: Shadow>(
    shadow: &T,
    a: &Shadowed<T::Slots>,
    c: f64,
    scale: &Scale,
) -> Result<Shadowed<T::Slots>, CircuitError> {
    let exact = encoded(c, scale)?;
    let shape = a.shape.scaled(scale)?;
    let words = [exact.to_bits(), scale.to_f64().to_bits()];
    let event = event(shadow, Operation::MulScalar, &[a.event], words);
    checked(shadow.parameters(), shape, event, a.slots.scaled(exact))
}

fn plus<T: Shadow>(
    shadow: &T,
    a: &Shadowed<T::Slots>,
    b: &Shadowed<T::Slots>,
) -> Result<Shadowed<T::Slots>, CircuitError> {
    let shape = a.shape.sum(&b.shape)?;
    let event = event(shadow, Operation::Add, &unordered(a, b), [0]);
    checked(shadow.parameters(), shape, event, a.slots.sum(&b.slots))
}

impl<T: Shadow> Evaluator for T {
    type Ciphertext = Shadowed<T::Slots>;
    type Plaintext = Plaintext;
    type Transform = Prepared;
    type Error = CircuitError;

    fn scheme(&self) -> &Scheme {
        self.parameters()
    }

    fn shape(&self, a: &Self::Ciphertext) -> Shape {
        a.shape.clone()
    }

    fn add(
        &self,
        a: &Self::Ciphertext,
        b: &Self::Ciphertext,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let sum = plus(self, a, b)?;
        self.record(Operation::Add, &sum.shape, 1);
        Ok(sum)
    }

    fn sub(
        &self,
        a: &Self::Ciphertext,
        b: &Self::Ciphertext,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let shape = a.shape.sum(&b.shape)?;
        self.record(Operation::Add, &shape, 1);
        let event = event(self, Operation::Add, &[a.event, b.event], [1]);
        checked(
            self.parameters(),
            shape,
            event,
            a.slots.difference(&b.slots),
        )
    }

    fn neg(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, CircuitError> {
        self.record(Operation::Add, &a.shape, 1);
        let event = event(self, Operation::Add, &[a.event], [2]);
        checked(
            self.parameters(),
            a.shape.clone(),
            event,
            a.slots.scaled(-1.0),
        )
    }

    fn add_scalar(&self, a: &Self::Ciphertext, c: f64) -> Result<Self::Ciphertext, CircuitError> {
        let exact = encoded(c, &a.shape.scale)?;
        self.record(Operation::AddScalar, &a.shape, 1);
        let event = event(self, Operation::AddScalar, &[a.event], [exact.to_bits()]);
        checked(
            self.parameters(),
            a.shape.clone(),
            event,
            a.slots.shifted(exact),
        )
    }

    fn add_scaled(
        &self,
        sum: &Self::Ciphertext,
        a: &Self::Ciphertext,
        c: f64,
        scale: &Scale,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let dropped = self.drop_to(a, sum.shape.level)?;
        let sum = plus(self, sum, &times_scalar(self, &dropped, c, scale)?)?;
        self.record(Operation::AddScaled, &sum.shape, 1);
        Ok(sum)
    }

    fn encode(
        &self,
        v: &[Complex64],
        level: Level,
        scale: &Scale,
    ) -> Result<Plaintext, CircuitError> {
        let scheme = self.parameters();
        scheme.encodes_slots(v, level, scale)?;
        let words = [u64::from(level.get()), scale.to_f64().to_bits()];
        let entries = v.iter().flat_map(|z| [z.re.to_bits(), z.im.to_bits()]);
        let words = words.into_iter().chain(entries);
        let plaintext = Plaintext {
            values: v.to_vec(),
            level,
            scale: scale.clone(),
            event: event(self, Operation::Encode, &[], words),
        };
        self.record(Operation::Encode, &plaintext.shape(), 1);
        Ok(plaintext)
    }

    fn add_plain(
        &self,
        a: &Self::Ciphertext,
        v: &Plaintext,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let shape = a.shape.sum(&v.shape())?;
        self.record(Operation::AddPlain, &shape, 1);
        let event = event(self, Operation::AddPlain, &[a.event, v.event], []);
        let scheme = self.parameters();
        checked(
            scheme,
            shape,
            event,
            a.slots.plus(&v.values, &v.error(scheme)),
        )
    }

    fn mul_scalar(
        &self,
        a: &Self::Ciphertext,
        c: f64,
        scale: &Scale,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let product = times_scalar(self, a, c, scale)?;
        self.record(Operation::MulScalar, &a.shape, 1);
        Ok(product)
    }

    fn reinterpret(
        &self,
        a: &Self::Ciphertext,
        scale: &Scale,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let shape = a.shape.reinterpreted(self.parameters(), scale)?;
        self.record(Operation::Reinterpret, &a.shape, 1);
        let factor = a.shape.scale.ratio(scale);
        let words = [factor.to_bits()];
        let event = event(self, Operation::Reinterpret, &[a.event], words);
        checked(self.parameters(), shape, event, a.slots.scaled(factor))
    }

    fn mul_i(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, CircuitError> {
        self.record(Operation::MulI, &a.shape, 1);
        let event = event(self, Operation::MulI, &[a.event], []);
        let shape = a.shape.clone();
        checked(self.parameters(), shape, event, a.slots.times_i())
    }

    fn with_slots(
        &self,
        a: &Self::Ciphertext,
        slots: usize,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let shape = a.shape.with_slots(self.parameters(), slots)?;
        let event = event(self, Operation::Drop, &[a.event], [u64::MAX, slots as u64]);
        checked(self.parameters(), shape, event, a.slots.with_slots(slots))
    }

    fn mul_plain(
        &self,
        a: &Self::Ciphertext,
        v: &Plaintext,
    ) -> Result<Self::Ciphertext, CircuitError> {
        a.shape.check_slots(v.values.len())?;
        if a.shape.level != v.level {
            return Err(CircuitError::LevelMismatch {
                left: a.shape.level,
                right: v.level,
            });
        }
        let shape = a.shape.scaled(&v.scale)?;
        self.record(Operation::MulPlain, &a.shape, 1);
        let event = event(self, Operation::MulPlain, &[a.event, v.event], []);
        let scheme = self.parameters();
        checked(
            scheme,
            shape,
            event,
            a.slots.times(&v.values, &v.error(scheme)),
        )
    }

    fn mul(
        &self,
        a: &Self::Ciphertext,
        b: &Self::Ciphertext,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let shape = a.shape.product(&b.shape)?;
        self.record(Operation::Mul, &a.shape, 1);
        let event = event(self, Operation::Mul, &unordered(a, b), []);
        checked(self.parameters(), shape, event, a.slots.product(&b.slots))
    }

    fn relinearize(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, CircuitError> {
        if a.shape.components == 2 {
            return Ok(a.clone());
        }
        self.record(Operation::Relinearize, &a.shape, 1);
        let event = event(self, Operation::Relinearize, &[a.event], []);
        switched(self, a, event, T::Slots::clone(&a.slots))
    }

    fn rescale(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, CircuitError> {
        let variance = Noise::new(self.parameters()).division(a.shape.components);
        rescaled(self, a, Operation::Rescale, Cause::Rescale, variance)
    }

    fn relinearize_rescale(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, CircuitError> {
        if a.shape.components == 2 {
            return self.rescale(a);
        }
        let variance = Noise::new(self.parameters()).key_switch_rescale(a.shape.level);
        let operation = Operation::RelinearizeRescale;
        rescaled(self, a, operation, Cause::KeySwitchRescale, variance)
    }

    fn drop_to(
        &self,
        a: &Self::Ciphertext,
        level: Level,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let shape = a.shape.dropped(level)?;
        if level == a.shape.level {
            return Ok(a.clone());
        }
        self.record(Operation::Drop, &a.shape, 1);
        let event = event(self, Operation::Drop, &[a.event], [level.get().into()]);
        checked(self.parameters(), shape, event, T::Slots::clone(&a.slots))
    }

    fn rotate(&self, a: &Self::Ciphertext, k: i64) -> Result<Self::Ciphertext, CircuitError> {
        a.shape.linear()?;
        let k = a.shape.rotation(k);
        self.record(Operation::Rotate, &a.shape, u64::from(k != 0));
        rotation(self, a, k)
    }

    fn rotate_many(
        &self,
        a: &Self::Ciphertext,
        k: &[i64],
    ) -> Result<Vec<Self::Ciphertext>, CircuitError> {
        a.shape.linear()?;
        let k: Vec<usize> = k.iter().map(|k| a.shape.rotation(*k)).collect();
        let count = k.iter().filter(|k| **k != 0).count() as u64;
        self.record(Operation::Decompose, &a.shape, count.min(1));
        self.record(Operation::HoistedRotation, &a.shape, count);
        k.into_iter().map(|k| rotation(self, a, k)).collect()
    }

    fn conjugate(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, CircuitError> {
        a.shape.linear()?;
        self.record(Operation::Rotate, &a.shape, 1);
        let event = event(self, Operation::Rotate, &[a.event], [u64::MAX]);
        switched(self, a, event, a.slots.conjugated())
    }

    fn prepare(
        &self,
        transform: &LinearTransform,
        level: Level,
        scale: &Scale,
    ) -> Result<Prepared, CircuitError> {
        let scheme = self.parameters();
        scheme.encodes(transform.slots(), level, scale)?;
        let words = [u64::from(level.get()), scale.to_f64().to_bits()];
        let diagonals = transform.diagonals().iter();
        let entries = diagonals.flat_map(|(r, d)| {
            let bits = d.iter().flat_map(|z| [z.re.to_bits(), z.im.to_bits()]);
            std::iter::once(*r as u64).chain(bits)
        });
        Ok(Prepared {
            event: event(
                self,
                Operation::Diagonal,
                &[],
                words.into_iter().chain(entries),
            ),
            steps: transform.steps(),
            transform: transform.clone(),
            level,
            scale: scale.clone(),
        })
    }

    fn transform(
        &self,
        a: &Self::Ciphertext,
        transform: &Prepared,
    ) -> Result<Self::Ciphertext, CircuitError> {
        a.shape.linear()?;
        a.shape.check_slots(transform.transform.slots())?;
        if a.shape.level != transform.level {
            return Err(CircuitError::TransformLevel {
                prepared: transform.level,
                found: a.shape.level,
            });
        }
        let shape = a.shape.scaled(&transform.scale)?;
        for (operation, times) in transform.operations() {
            self.record(operation, &a.shape, times);
        }
        let scheme = self.parameters();
        let event = event(self, Operation::Diagonal, &[a.event, transform.event], []);
        let errors = TransformErrors::new(scheme, event, &transform.scale, &a.shape, &shape);
        checked(
            scheme,
            shape,
            event,
            a.slots.transformed(transform, &errors),
        )
    }
}
