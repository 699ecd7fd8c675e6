//! JSON texts: written in lines, and read with the place of what is wrong in them.

mod lines;
mod strict;
pub(crate) mod tokens;

use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::{Deserializer, Error, Value};

pub use lines::to_text;
use strict::Strict;
use tokens::{Token, Tokens};

/// Why a text cannot be read.
#[derive(Debug)]
pub struct Misread {
    /// The path of the value that is wrong, `spec.ports[0]`; empty for all of the text.
    pub path: String,
    /// What is wrong with it.
    pub error: Error,
}

/// What a text says. For the place of what is wrong it is read some times more.
///
/// ```
/// let misread = posture_core::json::read::<Vec<u8>>("[1, 2, 300]").unwrap_err();
/// assert_eq!(misread.path, "[2]");
/// assert_eq!(misread.message(), "invalid value: integer `300`, expected u8");
/// ```
///
/// # Errors
/// [`Misread`] for a text that is no JSON, or not of this type.
pub fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Misread> {
    from_str(json).map_err(|error| {
        let fails = |beginning| from_str::<T>(beginning).is_err_and(|error| !error.is_eof());
        let path = place_of_failure(json, &fails);
        Misread { path, error }
    })
}

/// What a text says: of structs, what objects say.
///
/// ```
/// use posture_core::json::from_str;
///
/// #[derive(serde::Deserialize)]
/// struct Owner {
///     kind: String,
///     name: String,
/// }
///
/// assert!(from_str::<Owner>(r#"{"kind": "ReplicaSet", "name": "web"}"#).is_ok());
/// assert!(from_str::<Owner>(r#"["ReplicaSet", "web"]"#).is_err());
/// ```
///
/// # Errors
/// Those of `serde_json`.
pub fn from_str<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Error> {
    let mut parser = Deserializer::from_str(json);
    let value = T::deserialize(Strict(&mut parser))?;
    parser.end()?;
    Ok(value)
}

/// What bytes say: they are read as a text, as all else is, so that one parser is enough.
///
/// # Errors
/// Those of `serde_json`, also for bytes that are no UTF-8.
pub fn read_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    from_str(std::str::from_utf8(bytes).map_err(Error::custom)?)
}

/// What a value says, as a tree.
pub(crate) fn tree(value: &impl Serialize) -> Result<Value, Error> {
    from_str(&serde_json::to_string(value)?)
}

impl Misread {
    /// What is wrong, without the line and column that it is at.
    pub fn message(&self) -> String {
        message(&self.error)
    }
}

/// What is wrong with a text, without the line and column that it is at.
pub fn message(error: &Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&place).unwrap_or(&message).to_owned()
}

/// The path of the value that cannot be read, `spec.ports[0]`; empty for all of the text. `fails` says
/// of a beginning of the text whether reading it fails for another reason than that it ends.
///
/// Who reads from the first byte on fails as soon as what is wrong was read. So the shortest beginning
/// that fails ends with the value that is wrong, or with the word that makes it so.
fn place_of_failure<'a>(json: &'a str, fails: &dyn Fn(&'a str) -> bool) -> String {
    let ends: Vec<usize> = Tokens::of(json).map(|token| token.end).collect();
    let beginning = |end: &usize| json.get(..*end).unwrap_or(json);
    let fine = ends.partition_point(|end| !fails(beginning(end)));
    path(ends.get(fine).map_or(json, beginning))
}

/// The path of what a beginning of a JSON text ends with.
fn path(beginning: &str) -> String {
    let mut around: Vec<Around<'_>> = Vec::new();
    for Token { text, .. } in Tokens::of(beginning) {
        if matches!(text, "}" | "]") {
            around.pop();
            continue;
        }
        if let Some(inner) = around.last_mut() {
            inner.begin(text);
        }
        match text {
            "{" => around.push(Around::Object(None)),
            "[" => around.push(Around::Array(None)),
            _ => {}
        }
    }
    let mut path = String::new();
    for inner in around {
        match inner {
            Around::Object(None) | Around::Array(None) => {}
            Around::Array(Some(index)) => {
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
            }
            Around::Object(Some((key, _))) => {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(&serde_json::from_str::<String>(key).unwrap_or_default());
            }
        }
    }
    path
}

/// What is not closed.
enum Around<'a> {
    /// An array, and the place of the element that was begun last.
    Array(Option<usize>),
    /// An object, and the key that was read last.
    Object(Option<(&'a str, Next)>),
}

/// What comes next in an object.
#[derive(Clone, Copy)]
enum Next {
    Key,
    Value,
}

impl<'a> Around<'a> {
    /// Goes on to an element, a key or the value of a key, which begins with a token.
    fn begin(&mut self, token: &'a str) {
        match self {
            Self::Array(index) => *index = Some(index.map_or(0, |index| index.saturating_add(1))),
            Self::Object(Some((_, next @ Next::Value))) => *next = Next::Key,
            Self::Object(field) => *field = Some((token, Next::Value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the path is told where reading fails with the first `!` that is read.
    fn place(json: &str) -> String {
        place_of_failure(json, &|beginning| beginning.contains('!'))
    }

    #[test]
    fn paths() {
        for (json, expected) in [
            (r#""!""#, ""),
            (r#"{"a": "!"}"#, "a"),
            (
                r#"{"a": 1, "b": {"c": [0, {"d": 2}, {"e": "!"}]}}"#,
                "b.c[2].e",
            ),
            (r#"{"a": [[], [1], [1, "!"]]}"#, "a[2][1]"),
            (r#"{"a": {"b!": 1}}"#, "a.b!"),
            (r#"[{"a": 1}, "!"]"#, "[1]"),
            (r#"{"a\"{b\\": {"c\\": "x\\\"!"}}"#, "a\"{b\\.c\\"),
            ("{\n\t\"a\" : [ true , null , 1.5e3 , \"!\" ] }", "a[3]"),
        ] {
            assert_eq!(place(json), expected, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_whole_is_known_at_its_end() {
        let closed = |text: &str, count| text.matches(['}', ']']).count() >= count;
        for (count, expected) in [(1, "a[0].b"), (2, "a[0]"), (3, "a"), (4, "")] {
            let place =
                place_of_failure(r#"{"a": [{"b": {"c": 1}}]}"#, &|text| closed(text, count));
            assert_eq!(place, expected);
        }
    }
}
