//! YAML streams: each document on its own, as JSON.

mod scalar;
mod tree;

use serde_json::value::{RawValue, to_raw_value};

/// One document of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Document<'a> {
    /// Its text.
    pub(crate) text: &'a str,
    /// The line of the file that it starts at.
    pub(crate) line: u64,
}

/// The documents of a stream that hold more than comments.
///
/// A line that starts with `---` ends a document wherever it stands ("c-forbidden", YAML 1.2,
/// section 9.1.3), so that a broken document cannot hide the ones behind it.
pub(crate) fn documents(text: &str) -> Vec<Document<'_>> {
    let mut documents = Vec::new();
    let (mut start, mut start_line) = (0, 1);
    let (mut offset, mut line_number) = (0, 1);
    for line in text.split_inclusive('\n') {
        if is_marker(line, "---") || is_marker(line, "...") {
            documents.push((start, offset, start_line));
            (start, start_line) = (offset, line_number);
        }
        offset += line.len();
        line_number += 1;
    }
    documents.push((start, offset, start_line));
    documents
        .into_iter()
        .filter_map(|(from, to, line)| {
            let text = text.get(from..to)?;
            text.lines()
                .any(has_content)
                .then_some(Document { text, line })
        })
        .collect()
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

fn has_content(line: &str) -> bool {
    let line = if is_marker(line, "---") || is_marker(line, "...") {
        line.get(3..).unwrap_or_default()
    } else {
        line
    };
    let line = line.trim_start();
    !(line.is_empty() || line.starts_with(['#', '%']))
}

/// A document as JSON, or what is wrong with it and where in the file.
pub(crate) fn to_json(document: &Document<'_>) -> Result<Box<RawValue>, String> {
    let text = document.text.strip_prefix("...").unwrap_or(document.text);
    let tree = tree::read(text).map_err(|broken| {
        let tree::Broken {
            message,
            line,
            column,
        } = broken;
        let line = document.line.saturating_add(line).saturating_sub(1);
        format!("{message} at line {line}, column {column}")
    })?;
    to_raw_value(&tree).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(u64, &str)> {
        documents(text)
            .iter()
            .map(|document| (document.line, document.text.trim()))
            .collect()
    }

    fn json(text: &str) -> Result<String, String> {
        to_json(&Document { text, line: 1 }).map(|value| value.get().to_owned())
    }

    #[test]
    fn documents_and_their_lines() {
        assert_eq!(texts("a: 1\n---\nb: 2\n"), [(1, "a: 1"), (2, "---\nb: 2")]);
        assert_eq!(texts("---\na: 1\n---\n"), [(1, "---\na: 1")]);
        assert_eq!(
            texts("# nothing\n---\n\n--- # nothing\n---\na: 1"),
            [(5, "---\na: 1")]
        );
        assert_eq!(texts("%YAML 1.2\n---\na: 1\n...\n"), [(2, "---\na: 1")]);
        assert_eq!(
            texts("--- {a: 1}\n--- \nb: 2"),
            [(1, "--- {a: 1}"), (2, "--- \nb: 2")]
        );
        assert_eq!(texts("a: |\n  ---\n  b\n---x: 1\n").len(), 1);
        assert_eq!(texts("").len(), 0);
    }

    #[test]
    fn values_are_those_that_kubernetes_reads() {
        assert_eq!(
            json("a: yes\nb: true\nc: null\nd:\n").unwrap(),
            r#"{"a":"yes","b":true,"c":null,"d":null}"#
        );
        assert_eq!(json("a: 1\na: 2\n").unwrap(), r#"{"a":2}"#);
        assert_eq!(json("80: x\n").unwrap(), r#"{"80":"x"}"#);
        assert_eq!(
            json("x: &x {a: 1}\ny: *x\n").unwrap(),
            r#"{"x":{"a":1},"y":{"a":1}}"#
        );
        assert_eq!(
            json("x: &x {a: 1}\ny: {<<: *x, b: 2}\n").unwrap(),
            r#"{"x":{"a":1},"y":{"a":1,"b":2}}"#
        );
        assert_eq!(
            json("x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz: {b: 4, <<: [*x, *y]}\n").unwrap(),
            r#"{"x":{"a":1},"y":{"a":2,"b":3},"z":{"a":1,"b":4}}"#
        );
        assert_eq!(json("\"<<\": 1\n").unwrap(), r#"{"<<":1}"#);
        assert_eq!(json("a: !!binary aGk=\n").unwrap(), r#"{"a":"aGk="}"#);
        assert_eq!(json("...\n--- {a: 1}\n").unwrap(), r#"{"a":1}"#);
    }

    #[test]
    fn what_json_cannot_say_is_an_error() {
        for (text, message) in [
            ("[a, b]: 1\n", "expected a text as key at line 1, column 1"),
            (
                "a: {<<: 1}\n",
                "expected mappings to merge at line 1, column 9",
            ),
            (
                "a: &a [*a]\n",
                "an alias stands within what it stands for at line 1, column 8",
            ),
            (
                "a: 1\r---\rb: 2\n",
                "expected one document at line 2, column 1",
            ),
        ] {
            assert_eq!(json(text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn errors_say_where() {
        let document = Document {
            text: "a: 1\nb: [\n",
            line: 10,
        };
        let message = to_json(&document).unwrap_err();
        assert!(message.contains(" at line 1"), "{message}");
    }

    #[test]
    fn a_laughing_document_is_an_error() {
        let first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned();
        let others = (0..12).map(|level| {
            let aliases = vec![format!("*a{level}"); 10].join(", ");
            format!("a{0}: &a{0} [{aliases}]", level + 1)
        });
        let lines: Vec<String> = std::iter::once(first).chain(others).collect();
        let message = json(&lines.join("\n")).unwrap_err();
        assert!(
            message.starts_with("aliases stand for more than 100 000 nodes at line "),
            "{message}"
        );
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(json(&deep).is_err());
        let keys = (0..2000).map(|depth| format!("{}a:", " ".repeat(depth)));
        let deep = keys.collect::<Vec<String>>().join("\n");
        assert!(json(&deep).is_err());
    }

    #[test]
    fn size_alone_is_no_error() {
        let items = "- {a: 1}\n".repeat(100_000);
        assert!(json(&items).is_ok());
        let many = "---\nkind: x\n".repeat(5000);
        assert_eq!(documents(&many).len(), 5000);
    }
}
