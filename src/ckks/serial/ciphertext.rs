//! Ciphertexts and plaintexts.
//!
//! Payload: one byte for the level, one for the number of polynomials (2 or 3; 1 for a plaintext), four for the number of
//! slots, one for the length of the scale's text, that text (hexadecimal, as [`Scale`] has it), then the polynomials.

use super::{Header, Kind, SerialError, Sink, Source, error::range, format::Format, residues};
use crate::{
    circuit::Shape,
    ckks::{Ciphertext, Context, Plaintext, keys::KeyId, params::ParametersId},
    quantity::{Level, Scale},
    ring::{RnsPoly, poly::Evaluation},
};
use std::ops::RangeInclusive;

/// Components of a ciphertext.
pub(super) const COMPONENTS: RangeInclusive<usize> = 2..=3;
/// Longest text of a scale.
const SCALE_TEXT: u64 = 64;

impl Format for Ciphertext {
    const KIND: Kind = Kind::Ciphertext;

    fn owner(&self) -> (ParametersId, KeyId) {
        (self.parameters, self.key)
    }

    fn head(&self) -> Vec<u8> {
        head(&self.shape())
    }

    fn body_len(&self, context: &Context) -> Result<u64, SerialError> {
        body_len(&self.shape(), COMPONENTS, context)
    }

    fn write_body(&self, _: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError> {
        self.components
            .iter()
            .try_for_each(|component| residues::write(component, sink))
    }

    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        let shape = read_shape(source)?;
        source.expect(body_len(&shape, COMPONENTS, context)?)?;
        read_body(shape, context, header, source)
    }
}

/// The polynomials of a ciphertext. Pre: the shape is one that the parameters allow.
pub(super) fn read_body(
    shape: Shape,
    context: &Context,
    header: &Header,
    source: &mut Source<'_>,
) -> Result<Ciphertext, SerialError> {
    Ok(Ciphertext {
        parameters: header.parameters,
        key: header.key,
        components: polynomials(&shape, context, source)?,
        scale: shape.scale,
        level: shape.level,
        slots: shape.slots,
    })
}

impl Format for Plaintext {
    const KIND: Kind = Kind::Plaintext;

    fn owner(&self) -> (ParametersId, KeyId) {
        (self.parameters, NO_KEY)
    }

    fn head(&self) -> Vec<u8> {
        head(&self.shape())
    }

    fn body_len(&self, context: &Context) -> Result<u64, SerialError> {
        body_len(&self.shape(), 1..=1, context)
    }

    fn write_body(&self, _: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError> {
        residues::write(&self.poly, sink)
    }

    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        if header.key != NO_KEY {
            return Err(SerialError::Form {
                field: "the key of a plaintext",
                found: u64::from(header.key.to_bytes()[0]),
                need: "zero",
            });
        }
        let shape = read_shape(source)?;
        source.expect(body_len(&shape, 1..=1, context)?)?;
        let polys = polynomials(&shape, context, source)?;
        // There is exactly one.
        let poly = polys.into_iter().next().ok_or(SerialError::Truncated)?;
        Ok(Self {
            parameters: header.parameters,
            scale: shape.scale,
            level: shape.level,
            slots: shape.slots,
            poly,
        })
    }
}

const NO_KEY: KeyId = KeyId::from_bytes([0; 16]);

pub(super) fn head(shape: &Shape) -> Vec<u8> {
    let scale = String::from(shape.scale.clone());
    let mut bytes = vec![shape.level.get(), shape.components as u8];
    bytes.extend_from_slice(&(shape.slots as u32).to_le_bytes());
    bytes.push(scale.len() as u8);
    bytes.extend_from_slice(scale.as_bytes());
    bytes
}

/// Bytes of the polynomials, of a shape that the parameters allow.
pub(super) fn body_len(
    shape: &Shape,
    components: RangeInclusive<usize>,
    context: &Context,
) -> Result<u64, SerialError> {
    let parameters = context.parameters();
    let max_level = parameters.max_level().get().into();
    range("the level", shape.level.get().into(), 0, max_level)?;
    let (min, max) = (*components.start() as u64, *components.end() as u64);
    range(
        "the number of polynomials",
        shape.components as u64,
        min,
        max,
    )?;
    let max_slots = parameters.log_n().max_slots() as u64;
    range("the number of slots", shape.slots as u64, 1, max_slots)?;
    if !shape.slots.is_power_of_two() {
        return Err(SerialError::Form {
            field: "the number of slots",
            found: shape.slots as u64,
            need: "a power of two",
        });
    }
    parameters.scheme().fits(shape.level, &shape.scale)?;
    let poly = residues::poly_len(&context.basis(shape.level)?);
    Ok(poly * shape.components as u64)
}

/// What [`head`] wrote.
pub(super) fn read_shape(source: &mut Source<'_>) -> Result<Shape, SerialError> {
    let level = Level::new(source.u8()?.into())?;
    let components = source.u8()?.into();
    let slots = source.u32()? as usize;
    let length = source.u8()?;
    range("the length of the scale", length.into(), 1, SCALE_TEXT)?;
    let mut text = vec![0; length.into()];
    source.fill(&mut text)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let scale = Scale::try_from(text.clone())?;
    if String::from(scale.clone()) != text {
        return Err(SerialError::Form {
            field: "the length of the scale",
            found: length.into(),
            need: "that of its shortest text",
        });
    }
    Ok(Shape {
        level,
        scale,
        slots,
        components,
    })
}

fn polynomials(
    shape: &Shape,
    context: &Context,
    source: &mut Source<'_>,
) -> Result<Vec<RnsPoly<Evaluation>>, SerialError> {
    let basis = context.basis(shape.level)?;
    let polys = (0..shape.components).map(|_| residues::read(&basis, source));
    polys.collect()
}
