//! YAML texts.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Serialize;

use crate::json::tokens::{Token, Tokens};

/// Words that are no texts in some version of YAML, whatever their case ("Boolean Language-Independent Type for YAML",
/// yaml.org/type/bool.html; "Core Schema", YAML 1.2, section 10.3).
const OTHER_THAN_TEXT: [&str; 9] = ["y", "yes", "n", "no", "true", "false", "on", "off", "null"];

/// A value as YAML, its keys in the order of its fields. A text has quotation marks unless every reader takes it for
/// a text without them. It is empty for what JSON cannot say, such as a map whose keys are no texts.
///
/// ```
/// use std::collections::BTreeMap;
///
/// let labels = BTreeMap::from([("app", "web"), ("canary", "yes")]);
/// assert_eq!(posture_core::yaml::to_text(&labels), "app: web\ncanary: \"yes\"\n");
/// ```
pub fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).map_or_else(|_| String::new(), |json| from_json(&json))
}

/// A JSON text as YAML.
fn from_json(json: &str) -> String {
    let mut text = String::new();
    let mut tokens = Tokens::of(json);
    if let Some(first) = tokens.next() {
        write(&first, &mut tokens, 0, After::Nothing, &mut text);
    }
    text
}

/// What stands before a value.
#[derive(Clone, Copy)]
enum After {
    Nothing,
    /// `key:`
    Key,
    /// `-`
    Dash,
}

/// Writes the value that begins with a token. What stands before it is indented so far.
fn write<'j>(
    first: &Token<'j>,
    tokens: &mut Tokens<'j>,
    indent: usize,
    after: After,
    text: &mut String,
) {
    let deeper = indent.saturating_add(2);
    let (end, inside) = match (first.text, after) {
        ("{", After::Nothing) => ("}", indent),
        ("{", _) => ("}", deeper),
        // the elements of a field stand below its key
        ("[", After::Nothing | After::Key) => ("]", indent),
        ("[", After::Dash) => ("]", deeper),
        (said, _) => return end_line(after, &scalar(said), text),
    };
    let mut next = tokens.next().filter(|token| token.text != end);
    let mut is_indented = match (&next, after) {
        (None, _) if end == "}" => return end_line(after, "{}", text),
        (None, _) => return end_line(after, "[]", text),
        (Some(_), After::Nothing) => true,
        (Some(_), After::Dash) => {
            text.push(' ');
            true
        }
        (Some(_), After::Key) => {
            text.push('\n');
            false
        }
    };
    while let Some(token) = next {
        if !std::mem::take(&mut is_indented) {
            text.extend(std::iter::repeat_n(' ', inside));
        }
        if end == "]" {
            text.push('-');
            write(&token, tokens, inside, After::Dash, text);
        } else {
            text.push_str(&scalar(token.text));
            text.push(':');
            if let Some(value) = tokens.next() {
                write(&value, tokens, inside, After::Key, text);
            }
        }
        next = tokens.next().filter(|token| token.text != end);
    }
}

fn end_line(after: After, said: &str, text: &mut String) {
    if !matches!(after, After::Nothing) {
        text.push(' ');
    }
    text.push_str(said);
    text.push('\n');
}

/// A token of JSON that is no bracket.
fn scalar(token: &str) -> Cow<'_, str> {
    let quoted = token
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let text = quoted.map(|text| text.replace("\\\"", "\""));
    match text.filter(|text| is_plain(text)) {
        Some(text) => Cow::Owned(text),
        None => escaped(token),
    }
}

/// What JSON says within quotation marks, YAML says in the same way, but that some characters must be escaped: those
/// that are not printable (YAML 1.2, section 5.1), and the breaks of lines of YAML 1.1 (section 4.1.4).
fn escaped(token: &str) -> Cow<'_, str> {
    let is_plain = |c: char| {
        !matches!(
            c,
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
    };
    if token.chars().all(is_plain) {
        return Cow::Borrowed(token);
    }
    let mut text = String::new();
    for c in token.chars() {
        if is_plain(c) {
            text.push(c);
        } else {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        }
    }
    Cow::Owned(text)
}

/// Whether a text is one without quotation marks, too, in every version of YAML.
fn is_plain(text: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || " ._/-()='\"&|!,{}".contains(c);
    let is_text = match text.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => {
            let mut others = OTHER_THAN_TEXT.iter();
            !others.any(|other| text.eq_ignore_ascii_case(other))
        }
        // an address block is no number
        Some(first) if first.is_ascii_digit() => text.contains('/'),
        _ => false,
    };
    is_text && text.chars().all(is_known) && !text.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    #[test]
    fn in_blocks_with_elements_below_their_key() {
        let value = json!({
            "a": {"types": ["Egress"], "nothing": [], "none": {}},
            "b": [{"nets": ["10.0.0.0/8", "::/0"], "port": 80}, [1, [2], {"c": null}], []],
        });
        let expected = "\
a:
  none: {}
  nothing: []
  types:
  - Egress
b:
- nets:
  - 10.0.0.0/8
  - \"::/0\"
  port: 80
- - 1
  - - 2
  - c: null
- []
";
        assert_eq!(to_text(&value), expected);
    }

    #[test]
    fn what_some_reader_takes_for_something_else_is_quoted() {
        for text in [
            "web",
            "all()",
            "app == 'a' && has(b)",
            "a == \"b\"",
            "1.2.3.4/32",
            "a-b_c.io/d",
        ] {
            assert_eq!(to_text(&text), format!("{text}\n"));
        }
        for text in [
            "",
            "y",
            "NO",
            "True",
            "null",
            "~",
            "1",
            "1e3",
            "0x1F",
            "012",
            "1_000",
            "12:30",
            "1.",
            ".5",
            ".inf",
            "2026-11-30",
            "-1",
            "+1",
            "a: b",
            "a #b",
            "a ",
            " a",
            "- a",
            "!has(a)",
            "*a",
            "&a",
            "=",
            "<<",
            "a\nb",
            "'a'",
            "\"a\"",
            "a\\\"",
        ] {
            assert!(to_text(&text).starts_with('"'), "{text}");
        }
    }

    #[test]
    fn what_is_no_character_or_a_break_to_some_reader_is_escaped() {
        let text = "x\u{7f}\u{85}\u{9f}\u{a0}\u{2028}\u{2029}\u{feff}\u{ffff}\u{1f600}.example";
        let expected =
            "\"x\\u007f\\u0085\\u009f\u{a0}\\u2028\\u2029\\ufeff\\uffff\u{1f600}.example\"\n";
        assert_eq!(to_text(&text), expected);
    }

    fn text() -> impl Strategy<Value = String> {
        let words = prop::sample::select(vec![
            "yes", "Null", "1e3", "0o7", "1_0", "1:2", "- a", "a: b", "a #b", "é",
        ]);
        prop_oneof![
            words.prop_map(str::to_owned),
            "[a1._/() ='&|!,{}:#\u{85}\u{2028}\u{feff}\\[\\]?>*@`%~\"\\\\\n\t-]{0,8}",
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            let fields = prop::collection::btree_map(text(), inner.clone(), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                fields.prop_map(|fields| Value::Object(Map::from_iter(fields))),
            ]
        })
    }

    proptest! {
        #[test]
        fn others_read_what_was_written(value in value()) {
            let yaml = to_text(&value);
            let read: Value = serde_saphyr::from_str(&yaml)
                .map_err(|error| TestCaseError::fail(format!("{error}: {yaml}")))?;
            prop_assert_eq!(read, value, "{}", yaml);
        }
    }
}
