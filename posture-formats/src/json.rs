//! JSON texts: one value, values one after another, or one a line.

pub(crate) use posture_core::json::from_str;
use serde_json::{Deserializer, Error};

use crate::envelope::{Outside, Value};

/// Where a JSON text stops being one.
pub(crate) struct Broken<'a> {
    /// The text from the start of the broken value on.
    pub(crate) rest: &'a str,
    /// Where that is, as for a whole value.
    pub(crate) at: String,
    /// What is wrong.
    pub(crate) error: Error,
}

/// Hands on each value of a text with its place: `line 5`, or nothing for an only value. So many
/// lines lie before the text.
pub(crate) fn values<'a>(
    text: &'a str,
    lines_before: usize,
    each: &mut dyn FnMut(Value<'a>, &str),
) -> Result<(), Broken<'a>> {
    let mut values = Deserializer::from_str(text).into_iter::<Outside<'a>>();
    let mut line = lines_before.saturating_add(1);
    let mut start = 0_usize;
    loop {
        let (space, rest) = split_space(text.get(start..).unwrap_or_default());
        line = line.saturating_add(count_lines(space));
        let first = lines_before == 0 && text.len() == space.len() + rest.len();
        let Some(value) = values.next() else {
            return Ok(());
        };
        let end = values.byte_offset();
        let last = text
            .get(end..)
            .is_none_or(|rest| rest.trim_start().is_empty());
        let at = |only: bool| {
            if only {
                String::new()
            } else {
                format!("line {line}")
            }
        };
        let json = text.get(start + space.len()..end).unwrap_or_default();
        match value {
            Ok(outside) => each(Value { json, outside }, &at(first && last)),
            Err(error) => {
                return Err(Broken {
                    rest,
                    at: at(first),
                    error,
                });
            }
        }
        line = line.saturating_add(count_lines(json));
        start = end;
    }
}

/// What is wrong, without the place, in the words of JSON and not in those of Rust.
pub(crate) fn message(error: &Error) -> String {
    posture_core::json::message(error)
        .replace("type: map", "type: object")
        .replace("expected a map", "expected an object")
        .replace("a sequence", "an array")
        .replace("sequence", "array")
        .replace("expected i64", "expected a whole number")
        .replace("expected u64", "expected a whole number of 0 or more")
        .replace("expected f64", "expected a number")
}

fn split_space(text: &str) -> (&str, &str) {
    let rest = text.trim_start();
    text.split_at(text.len().saturating_sub(rest.len()))
}

/// The text from the next line on that begins with `{`.
pub(crate) fn next_value(text: &str) -> Option<&str> {
    let newline = memchr::memmem::find(text.as_bytes(), b"\n{")?;
    text.get(newline.saturating_add(1)..)
}

pub(crate) fn count_lines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}
