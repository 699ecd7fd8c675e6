//! What a scalar says.

use std::borrow::Cow;

use granit_parser::{ScalarStyle, Tag};
use serde_json::{Number, Value};

use crate::json;

/// The value of a scalar: what is quoted is text, and so is what JSON cannot say otherwise.
pub(super) fn value(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_plain = match tag.map(|tag| (tag.core_suffix(), tag.parts())) {
        Some((Some("null" | "bool" | "int" | "float"), _)) => true,
        Some((Some("str"), _) | (_, ("!", "") | ("", "!") | (_, "binary"))) => false,
        _ => style == ScalarStyle::Plain,
    };
    let said = if is_plain { plain(&text) } else { None };
    said.unwrap_or_else(|| Value::String(text.into_owned()))
}

/// What a plain scalar says other than its text, by the core schema of YAML 1.2 (section 10.3.2).
/// `yes`, `no`, `on` and `off` are text.
fn plain(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => number(text),
    }
}

fn number(text: &str) -> Option<Value> {
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !rest.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let number = integer(is_negative, rest).or_else(|| float(is_negative, rest));
    number.map(Value::Number)
}

/// `1.5e3`, `.5`, `5.`, and integers that are none of those below.
fn float(is_negative: bool, text: &str) -> Option<Number> {
    let exponent_at = text.find(['e', 'E']).unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at_checked(exponent_at)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let sign = if is_negative { "-" } else { "" };
    let (whole, fraction) = match (whole.trim_start_matches('0'), fraction) {
        ("", "") if whole.is_empty() => return None,
        (whole, fraction) => (or_zero(whole), or_zero(fraction)),
    };
    json::from_str(&format!("{sign}{whole}.{fraction}{exponent}")).ok()
}

fn or_zero(digits: &str) -> &str {
    if digits.is_empty() { "0" } else { digits }
}

/// `12`, `0x1F`, `0o17`, `0b11`, and `1_000`, which Kubernetes reads, too.
fn integer(is_negative: bool, text: &str) -> Option<Number> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, text.get(2..)?),
        [b'0', _, ..] => return None,
        _ => (10, text),
    };
    let mut groups = digits.split('_');
    if !groups.all(|group| group.starts_with(|first: char| first.is_digit(radix))) {
        return None;
    }
    let digits = digits.replace('_', "");
    if is_negative {
        let number = i64::from_str_radix(&format!("-{digits}"), radix);
        number.ok().map(Number::from)
    } else {
        let number = u64::from_str_radix(&digits, radix);
        number.ok().map(Number::from)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_scalars() {
        for (text, value) in [
            ("~", json!(null)),
            ("", json!(null)),
            ("True", json!(true)),
            ("FALSE", json!(false)),
            ("0", json!(0)),
            ("+12", json!(12)),
            ("-12", json!(-12)),
            ("1_000", json!(1000)),
            ("0x1F", json!(31)),
            ("-0o17", json!(-15)),
            ("0b11", json!(3)),
            ("18446744073709551615", json!(u64::MAX)),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("1.5e3", json!(1500.0)),
            (".5", json!(0.5)),
            ("-5.", json!(-5.0)),
            ("-0.25E-1", json!(-0.025)),
            ("00.10", json!(0.1)),
            ("007", json!(7.0)),
        ] {
            assert_eq!(plain(text), Some(value), "{text}");
        }
        for text in [
            "yes",
            "nULL",
            "tRUE",
            "on",
            "1__0",
            "_1",
            "1_",
            "0x",
            "0x_1",
            "0x+1",
            "+-1",
            "--1",
            "1.2.3",
            "10.0.0.0/8",
            "1e999",
            ".inf",
            ".nan",
            "inf",
            "nan",
            "-",
            ".",
            ".e5",
            "1e",
            "1.e+",
            "1. 5",
            "12:30",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
