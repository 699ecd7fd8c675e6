//! Columns of numbers and times.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};

/// A number, as a column holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// None.
    Null,
    /// A whole number.
    Signed(i64),
    /// A whole number.
    Unsigned(u64),
    /// Another one.
    Float(f64),
}

impl Number {
    /// As a whole number that fits, where it is one.
    pub(crate) fn whole<T: TryFrom<i64> + TryFrom<u64>>(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Signed(number) => number.try_into().ok(),
            Self::Unsigned(number) => number.try_into().ok(),
            Self::Float(number) => whole(number)?.try_into().ok(),
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Signed(number) => number.fmt(f),
            Self::Unsigned(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
fn whole(number: f64) -> Option<i64> {
    /// From here on not every whole number is one of these.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// Hands on every value of a column, in order. A time of any unit is handed on in whole seconds.
pub(crate) fn each(array: &dyn Array, each: &mut impl FnMut(usize, Number)) {
    use DataType::{
        Decimal128, Float32, Float64, Int8, Int16, Int32, Int64, Timestamp, UInt8, UInt16, UInt32,
        UInt64,
    };
    let signed = Number::Signed;
    match array.data_type() {
        Int64 => of::<Int64Type>(array, each, signed),
        Int32 => of::<Int32Type>(array, each, |value| signed(value.into())),
        Int16 => of::<Int16Type>(array, each, |value| signed(value.into())),
        Int8 => of::<Int8Type>(array, each, |value| signed(value.into())),
        UInt64 => of::<UInt64Type>(array, each, Number::Unsigned),
        UInt32 => of::<UInt32Type>(array, each, |value| signed(value.into())),
        UInt16 => of::<UInt16Type>(array, each, |value| signed(value.into())),
        UInt8 => of::<UInt8Type>(array, each, |value| signed(value.into())),
        Float64 => of::<Float64Type>(array, each, float),
        Float32 => of::<Float32Type>(array, each, |value| float(value.into())),
        // sums of DuckDB are such
        Decimal128(_, 0) => of::<Decimal128Type>(array, each, decimal),
        Timestamp(TimeUnit::Second, _) => of::<TimestampSecondType>(array, each, signed),
        Timestamp(TimeUnit::Millisecond, _) => {
            of::<TimestampMillisecondType>(array, each, |time| signed(time.div_euclid(1_000)));
        }
        Timestamp(TimeUnit::Microsecond, _) => {
            of::<TimestampMicrosecondType>(array, each, |time| signed(time.div_euclid(1_000_000)));
        }
        Timestamp(TimeUnit::Nanosecond, _) => {
            of::<TimestampNanosecondType>(array, each, |time| {
                signed(time.div_euclid(1_000_000_000))
            });
        }
        _ => (0..array.len()).for_each(|row| each(row, Number::Null)),
    }
}

/// A decimal number without a fraction.
#[expect(clippy::cast_precision_loss, reason = "it fits no other number")]
fn decimal(value: i128) -> Number {
    let signed = || i64::try_from(value).map(Number::Signed);
    let number = signed().or_else(|_| u64::try_from(value).map(Number::Unsigned));
    number.unwrap_or(Number::Float(value as f64))
}

/// Tables without missing whole numbers write `NaN` for them.
fn float(value: f64) -> Number {
    match value.is_nan() {
        true => Number::Null,
        false => Number::Float(value),
    }
}

fn of<T: ArrowPrimitiveType>(
    array: &dyn Array,
    each: &mut impl FnMut(usize, Number),
    number: impl Fn(T::Native) -> Number,
) {
    let Some(array) = array.as_primitive_opt::<T>() else {
        return;
    };
    match array.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => {
            for (row, value) in array.values().iter().enumerate() {
                each(row, number(*value));
            }
        }
        Some(nulls) if nulls.null_count() == nulls.len() => {
            (0..nulls.len()).for_each(|row| each(row, Number::Null));
        }
        Some(nulls) => {
            for (row, (value, is_there)) in array.values().iter().zip(nulls).enumerate() {
                each(
                    row,
                    if is_there {
                        number(*value)
                    } else {
                        Number::Null
                    },
                );
            }
        }
    }
}
