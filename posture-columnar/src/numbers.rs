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

/// Adds every value of a column, in order: what `fits` makes of it. Where a value is null or does not fit, `odd`
/// is told of the row and of the value, and may put another in its place. A time of any unit is one in whole
/// seconds.
pub(crate) fn read<T: Copy + Default>(
    array: &dyn Array,
    out: &mut Vec<T>,
    fits: impl Fn(Number) -> Option<T>,
    odd: &mut impl FnMut(usize, Number, &mut T),
) {
    use DataType::{
        Decimal128, Float32, Float64, Int8, Int16, Int32, Int64, Timestamp, UInt8, UInt16, UInt32,
        UInt64,
    };
    let signed = Number::Signed;
    macro_rules! of {
        ($kind:ty, $number:expr) => {
            of::<$kind, T>(array, out, $number, fits, odd)
        };
    }
    match array.data_type() {
        Int64 => of!(Int64Type, signed),
        Int32 => of!(Int32Type, |value| signed(value.into())),
        Int16 => of!(Int16Type, |value| signed(value.into())),
        Int8 => of!(Int8Type, |value| signed(value.into())),
        UInt64 => of!(UInt64Type, Number::Unsigned),
        UInt32 => of!(UInt32Type, |value| signed(value.into())),
        UInt16 => of!(UInt16Type, |value| signed(value.into())),
        UInt8 => of!(UInt8Type, |value| signed(value.into())),
        Float64 => of!(Float64Type, float),
        Float32 => of!(Float32Type, |value| float(value.into())),
        // sums of DuckDB are such
        Decimal128(_, 0) => of!(Decimal128Type, decimal),
        Timestamp(TimeUnit::Second, _) => of!(TimestampSecondType, signed),
        Timestamp(TimeUnit::Millisecond, _) => {
            of!(TimestampMillisecondType, |time| signed(
                time.div_euclid(1_000)
            ));
        }
        Timestamp(TimeUnit::Microsecond, _) => {
            of!(TimestampMicrosecondType, |time| signed(
                time.div_euclid(1_000_000)
            ));
        }
        Timestamp(TimeUnit::Nanosecond, _) => {
            of!(TimestampNanosecondType, |time| signed(
                time.div_euclid(1_000_000_000)
            ));
        }
        _ => nulls(array.len(), out, odd),
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

/// Adds all values as if they fitted, in a loop without a branch, and looks once more at those that do not.
fn of<K: ArrowPrimitiveType, T: Copy + Default>(
    array: &dyn Array,
    out: &mut Vec<T>,
    number: impl Fn(K::Native) -> Number,
    fits: impl Fn(Number) -> Option<T>,
    odd: &mut impl FnMut(usize, Number, &mut T),
) {
    let Some(array) = array.as_primitive_opt::<K>() else {
        return;
    };
    let (values, is_null) = (array.values(), array.nulls());
    let is_null = is_null.filter(|nulls| nulls.null_count() > 0);
    if is_null.is_some_and(|nulls| nulls.null_count() == nulls.len()) {
        return nulls(values.len(), out, odd);
    }
    let before = out.len();
    let mut all_fit = true;
    out.extend(values.iter().map(|value| {
        let fitting = fits(number(*value));
        all_fit &= fitting.is_some();
        fitting.unwrap_or_default()
    }));
    if all_fit && is_null.is_none() {
        return;
    }
    let added = out.iter_mut().skip(before);
    for (row, (slot, value)) in added.zip(values).enumerate() {
        let number = match is_null.is_some_and(|nulls| nulls.is_null(row)) {
            true => Number::Null,
            false => number(*value),
        };
        if number == Number::Null || fits(number).is_none() {
            *slot = T::default();
            odd(row, number, slot);
        }
    }
}

fn nulls<T: Copy + Default>(
    rows: usize,
    out: &mut Vec<T>,
    odd: &mut impl FnMut(usize, Number, &mut T),
) {
    let before = out.len();
    out.resize(before.saturating_add(rows), T::default());
    for (row, slot) in out.iter_mut().skip(before).enumerate() {
        odd(row, Number::Null, slot);
    }
}
