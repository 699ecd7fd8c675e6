//! JSON texts in lines.

use serde::Serialize;

use super::tokens::{Token, Tokens};

/// A value as canonical JSON text: keys in the order of its fields, two spaces of indentation, a newline at the end.
/// It is empty for what JSON cannot say, such as a map whose keys are no texts.
///
/// ```
/// let text = posture_core::json::to_text(&[(1, "web")]);
/// assert_eq!(text, "[\n  [\n    1,\n    \"web\"\n  ]\n]\n");
/// ```
pub fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).map_or_else(|_| String::new(), |json| in_lines(&json))
}

/// A text without spaces between its tokens, in lines.
fn in_lines(json: &str) -> String {
    let mut text = String::with_capacity(json.len().saturating_mul(2));
    let mut tokens = Tokens::of(json);
    if let Some(first) = tokens.next() {
        write(&first, &mut tokens, 0, &mut text);
    }
    text.push('\n');
    text
}

/// Writes the value that begins with a token, so many collections deep.
fn write<'j>(first: &Token<'j>, tokens: &mut Tokens<'j>, depth: usize, text: &mut String) {
    text.push_str(first.text);
    let end = match first.text {
        "{" => "}",
        "[" => "]",
        _ => return,
    };
    let inside = depth.saturating_add(1);
    let mut between = "";
    while let Some(token) = tokens.next().filter(|token| token.text != end) {
        text.push_str(between);
        between = ",";
        new_line(inside, text);
        if end == "}" {
            text.push_str(token.text);
            text.push_str(": ");
            if let Some(value) = tokens.next() {
                write(&value, tokens, inside, text);
            }
        } else {
            write(&token, tokens, inside, text);
        }
    }
    if between == "," {
        new_line(depth, text);
    }
    text.push_str(end);
}

fn new_line(depth: usize, text: &mut String) {
    text.push('\n');
    for _ in 0..depth {
        text.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a\\\\\"{}\\[\\],: \n\u{e9}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            let key = "[a\\\\\"}\\],:]{0,3}";
            let fields = prop::collection::btree_map(key, inner.clone(), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                fields.prop_map(|fields| Value::Object(Map::from_iter(fields))),
            ]
        })
    }

    proptest! {
        #[test]
        fn as_serde_json_writes_it(value in value()) {
            let expected = serde_json::to_string_pretty(&value).expect("a text");
            prop_assert_eq!(to_text(&value), expected + "\n");
        }
    }
}
