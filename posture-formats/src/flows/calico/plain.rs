//! Rows without anything unusual, read fast.
//!
//! The rows of a log have their keys in one order, and nothing escaped in their texts: both are
//! expected here and checked. Of a row that is otherwise, even a broken one, nothing is said: it is
//! read by the reader that says what is wrong.

use std::borrow::Cow;

use super::row::{self, MaybePort, Proto, Row, Seconds, Text};
use crate::json;

/// So many digits are less than 2^63, whatever they are.
const DIGITS: usize = 18;

/// What stands before the values of a row, as the row before had it: `,"end_time":`.
#[derive(Debug, Default)]
pub(super) struct Expected(Vec<(Box<str>, Column)>);

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    StartTime,
    EndTime,
    Action,
    Reporter,
    Proto,
    NumFlows,
    BytesIn,
    BytesOut,
    SourceType,
    SourceNamespace,
    SourceName,
    SourceNameAggr,
    SourceIp,
    SourcePort,
    SourceLabels,
    DestType,
    DestNamespace,
    DestName,
    DestNameAggr,
    DestIp,
    DestPort,
    DestLabels,
    DestServiceNamespace,
    DestServiceName,
    DestDomains,
    Policies,
    Wrapped,
    Unused,
}

/// A value of a row.
#[derive(Clone, Copy, Debug)]
enum Value<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    /// An array or object, whose end was found and nothing else.
    Nested(&'a str),
    Bool,
}

/// The row of a text; none where it is not a plain one. Nothing is known of what is nested in it
/// but where it ends.
pub(super) fn row<'a>(text: &'a str, expected: &mut Expected) -> Option<Row<'a>> {
    let mut row = Row::default();
    let (mut at, mut seen) = (0, 0_u32);
    for index in 0.. {
        let column = key(text, &mut at, index, expected)?;
        let value = value(text, &mut at)?;
        if column == Column::Unused {
            is_valid(value).then_some(())?;
        } else {
            let bit = 1 << column as u32;
            if seen & bit != 0 {
                return None;
            }
            seen |= bit;
            set(&mut row, column, value)?;
        }
        match text.as_bytes().get(at)? {
            b',' => {}
            b'}' if at.saturating_add(1) == text.len() => return Some(row),
            _ => return None,
        }
    }
    None
}

/// Reads up to a value, and says where that goes.
fn key(text: &str, at: &mut usize, index: usize, expected: &mut Expected) -> Option<Column> {
    let rest = text.get(*at..)?;
    if let Some((before, column)) = expected.0.get(index)
        && rest.starts_with(before.as_ref())
    {
        *at = at.saturating_add(before.len());
        return Some(*column);
    }
    let opening = if index == 0 { '{' } else { ',' };
    let after = rest
        .strip_prefix(opening)?
        .trim_ascii_start()
        .strip_prefix('"')?;
    let end = end_of_text(after.as_bytes(), 0)?;
    let column = column(after.get(..end)?);
    let value = after
        .get(end.saturating_add(1)..)?
        .trim_ascii_start()
        .strip_prefix(':')?;
    let before = rest.len().saturating_sub(value.trim_ascii_start().len());
    let known = (rest.get(..before)?.into(), column);
    match expected.0.get_mut(index) {
        Some(slot) => *slot = known,
        None => expected.0.push(known),
    }
    *at = at.saturating_add(before);
    Some(column)
}

fn value<'a>(text: &'a str, at: &mut usize) -> Option<Value<'a>> {
    let bytes = text.as_bytes();
    let start = *at;
    let (value, end) = match bytes.get(start)? {
        b'"' => {
            let end = end_of_text(bytes, start.saturating_add(1))?;
            let inner = text.get(start.saturating_add(1)..end)?;
            (Value::Text(inner), end.saturating_add(1))
        }
        b'{' | b'[' => {
            let end = end_of_nested(bytes, start)?;
            (Value::Nested(text.get(start..end)?), end)
        }
        b'n' => (Value::Null, literal(text, start, "null")?),
        b't' => (Value::Bool, literal(text, start, "true")?),
        b'f' => (Value::Bool, literal(text, start, "false")?),
        _ => {
            let digits = bytes.get(start..)?;
            let length = digits
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let end = start.saturating_add(length);
            (Value::Number(number(bytes.get(start..end)?)?), end)
        }
    };
    *at = end;
    Some(value)
}

/// The number of digits, of which there are few enough for it to have room.
fn number(digits: &[u8]) -> Option<i64> {
    let number = |number: i64, digit: &u8| {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        number.wrapping_mul(10).wrapping_add(digit)
    };
    match digits {
        [] | [b'0', _, ..] => None,
        few if few.len() <= DIGITS => Some(few.iter().fold(0, number)),
        _ => None,
    }
}

fn literal(text: &str, start: usize, literal: &str) -> Option<usize> {
    let found = text.get(start..)?.starts_with(literal);
    found.then(|| start.saturating_add(literal.len()))
}

/// Where the quotation mark is that ends a text; none where anything in it is escaped or must be.
fn end_of_text(bytes: &[u8], start: usize) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 0x80;
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut at = start;
    while let Some(eight) = bytes.get(at..at.saturating_add(8)) {
        let word = u64::from_le_bytes(eight.try_into().ok()?);
        let quote = has_zero(word ^ (ONES * u64::from(b'"')));
        let escape = has_zero(word ^ (ONES * u64::from(b'\\')));
        // Of bytes below 0x20 the lowest is found rightly, and any found is one too many.
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let unusual = escape | control;
        if quote | unusual == 0 {
            at = at.saturating_add(8);
            continue;
        }
        let is_quote = quote.trailing_zeros() < unusual.trailing_zeros();
        return is_quote.then(|| at.saturating_add(quote.trailing_zeros() as usize / 8));
    }
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' | 0..0x20 => return None,
            _ => at = at.saturating_add(1),
        }
    }
}

/// Where an array or object ends, if brackets in it are as they should.
fn end_of_nested(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = start;
    loop {
        match bytes.get(at)? {
            b'"' => at = end_of_text(bytes, at.saturating_add(1))?,
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at.saturating_add(1));
                }
            }
            _ => {}
        }
        at = at.saturating_add(1);
    }
}

/// Whether what is nested in the columns of a row is JSON.
pub(super) fn is_whole(row: &Row<'_>) -> bool {
    let nested = [
        row.source_labels,
        row.dest_labels,
        row.dest_domains,
        row.policies,
    ];
    nested.into_iter().flatten().all(is_json)
}

fn is_json(text: &str) -> bool {
    json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn is_valid(value: Value<'_>) -> bool {
    match value {
        Value::Nested(text) => is_json(text),
        Value::Null | Value::Number(_) | Value::Text(_) | Value::Bool => true,
    }
}

fn column(key: &str) -> Column {
    match key {
        "start_time" => Column::StartTime,
        "end_time" => Column::EndTime,
        "action" => Column::Action,
        "reporter" => Column::Reporter,
        "proto" => Column::Proto,
        "num_flows" => Column::NumFlows,
        "bytes_in" => Column::BytesIn,
        "bytes_out" => Column::BytesOut,
        "source_type" => Column::SourceType,
        "source_namespace" => Column::SourceNamespace,
        "source_name" => Column::SourceName,
        "source_name_aggr" => Column::SourceNameAggr,
        "source_ip" => Column::SourceIp,
        "source_port" => Column::SourcePort,
        "source_labels" => Column::SourceLabels,
        "dest_type" => Column::DestType,
        "dest_namespace" => Column::DestNamespace,
        "dest_name" => Column::DestName,
        "dest_name_aggr" => Column::DestNameAggr,
        "dest_ip" => Column::DestIp,
        "dest_port" => Column::DestPort,
        "dest_labels" => Column::DestLabels,
        "dest_service_namespace" => Column::DestServiceNamespace,
        "dest_service_name" => Column::DestServiceName,
        "dest_domains" => Column::DestDomains,
        "policies" => Column::Policies,
        "_source" => Column::Wrapped,
        _ => Column::Unused,
    }
}

/// Fills the field of a column; none where the value is of no type that it usually has.
fn set<'a>(row: &mut Row<'a>, column: Column, value: Value<'a>) -> Option<()> {
    if let Value::Null = value {
        return Some(());
    }
    match column {
        Column::StartTime => row.start_time = Some(seconds(value)?),
        Column::EndTime => row.end_time = Some(seconds(value)?),
        Column::Action => row.action = Some(word(value)?),
        Column::Reporter => row.reporter = Some(word(value)?),
        Column::Proto => row.proto = Some(proto(value)?),
        Column::NumFlows => row.num_flows = Some(count(value)?),
        Column::BytesIn => row.bytes_in = Some(count(value)?),
        Column::BytesOut => row.bytes_out = Some(count(value)?),
        Column::SourceType => row.source_type = Some(word(value)?),
        Column::SourceNamespace => row.source_namespace = Some(word(value)?),
        Column::SourceName => row.source_name = Some(word(value)?),
        Column::SourceNameAggr => row.source_name_aggr = Some(word(value)?),
        Column::SourceIp => row.source_ip = Some(word(value)?),
        Column::SourcePort => row.source_port = port(value)?,
        Column::SourceLabels => row.source_labels = Some(nested(value)?),
        Column::DestType => row.dest_type = Some(word(value)?),
        Column::DestNamespace => row.dest_namespace = Some(word(value)?),
        Column::DestName => row.dest_name = Some(word(value)?),
        Column::DestNameAggr => row.dest_name_aggr = Some(word(value)?),
        Column::DestIp => row.dest_ip = Some(word(value)?),
        Column::DestPort => row.dest_port = port(value)?,
        Column::DestLabels => row.dest_labels = Some(nested(value)?),
        Column::DestServiceNamespace => row.dest_service_namespace = Some(word(value)?),
        Column::DestServiceName => row.dest_service_name = Some(word(value)?),
        Column::DestDomains => row.dest_domains = Some(nested(value)?),
        Column::Policies => row.policies = Some(nested(value)?),
        Column::Wrapped | Column::Unused => return None,
    }
    Some(())
}

fn word(value: Value<'_>) -> Option<Text<'_>> {
    match value {
        Value::Text(text) => Some(Text(Cow::Borrowed(text))),
        _ => None,
    }
}

fn nested(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Nested(text) => Some(text),
        _ => None,
    }
}

fn seconds(value: Value<'_>) -> Option<Seconds> {
    match value {
        Value::Number(seconds) if row::SECONDS.contains(&seconds) => Some(Seconds(seconds)),
        _ => None,
    }
}

fn count(value: Value<'_>) -> Option<u64> {
    match value {
        Value::Number(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

fn port(value: Value<'_>) -> Option<MaybePort> {
    match value {
        Value::Number(number) => Some(MaybePort(Some(u16::try_from(number).ok()?))),
        _ => None,
    }
}

fn proto(value: Value<'_>) -> Option<Proto<'_>> {
    match value {
        Value::Text(name) => Some(Proto::Name(Cow::Borrowed(name))),
        Value::Number(number) => Some(Proto::Number(u8::try_from(number).ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
