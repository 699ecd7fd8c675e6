//! From bytes to text.

use std::borrow::Cow;

use posture_core::issue::IssueKind;

use crate::output::Output;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF16_MARKS: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];

/// The text of a file without its byte order mark; none where there is no text in it.
///
/// Bytes that are not UTF-8 are replaced, so that they cost no more than the value they are in.
pub(crate) fn decode<'a>(bytes: &'a [u8], output: &mut Output<'_>) -> Option<Cow<'a, str>> {
    if starts_as_utf16(bytes) {
        let message = "the text is UTF-16, as PowerShell's `>` writes it; expected UTF-8";
        output.issue(IssueKind::Unreadable, "", message);
        return None;
    }
    let bytes = without_mark(bytes);
    if memchr::memchr(0, bytes).is_some() {
        let message = "the content is binary, expected text";
        output.issue(IssueKind::UnknownFormat, "", message);
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            let first = error.valid_up_to();
            let message = format!("byte {first} is not UTF-8; it and others like it are replaced");
            output.issue(IssueKind::Syntax, "", message);
            String::from_utf8_lossy(bytes)
        }
    };
    if text.trim().is_empty() {
        output.issue(IssueKind::Empty, "", "the file is empty");
        return None;
    }
    Some(text)
}

/// Whether the bytes start with a UTF-16 byte order mark.
pub(crate) fn starts_as_utf16(bytes: &[u8]) -> bool {
    UTF16_MARKS.iter().any(|mark| bytes.starts_with(mark))
}

/// The bytes without a UTF-8 byte order mark.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use posture_core::issue::{IssueKind, Issues};

    use crate::read;

    fn issues_of(bytes: &[u8]) -> Vec<IssueKind> {
        let mut issues = Issues::default();
        read("file", bytes, &mut issues);
        issues
            .into_list()
            .into_iter()
            .map(|issue| issue.kind)
            .collect()
    }

    #[test]
    fn what_is_no_utf8_text() {
        assert_eq!(issues_of(b"\xFF\xFEk\0i\0n\0d\0"), [IssueKind::Unreadable]);
        assert_eq!(issues_of(b"\xFE\xFF\0k"), [IssueKind::Unreadable]);
        assert_eq!(issues_of(b"\x7FELF\0"), [IssueKind::UnknownFormat]);
    }

    #[test]
    fn a_wrong_byte_costs_no_more_than_its_value() {
        let mut issues = Issues::default();
        let text = b"kind: Namespace\nmetadata: {name: a, annotations: {k: \"\xC3\x28\"}}\n";
        let fragment = read("file", text, &mut issues);
        assert_eq!(fragment.namespaces.len(), 1);
        let issues = issues.into_list();
        assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Syntax));
        assert!(
            issues[0].message.starts_with("byte 54 is not UTF-8"),
            "{}",
            issues[0].message
        );
    }
}
