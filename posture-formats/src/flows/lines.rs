//! Lines that hold one record each.

use crate::text;

/// The lines of a text, without their newlines.
pub(super) fn of(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = memchr::memchr_iter(b'\n', text);
    let mut start = 0;
    whole.chain(std::iter::once(text.len())).map(move |end| {
        let line = text.get(start..end).unwrap_or_default();
        start = end.saturating_add(1);
        line
    })
}

/// The record of a line: what follows what container runtimes and event streams put before it, such
/// as `2026-11-20T10:00:00Z stdout F {` and `data: {`. Empty where there is none.
pub(super) fn record(line: &[u8]) -> &[u8] {
    let line = text::without_mark(line).trim_ascii();
    if line.starts_with(b"{") {
        return line;
    }
    if let Some(data) = line.strip_prefix(b"data:") {
        return data.trim_ascii();
    }
    let stream_field =
        |prefix: &[u8]| [b"event:".as_slice(), b"id:", b"retry:", b":"].contains(&prefix);
    if let Some(colon) = memchr::memchr(b':', line)
        && stream_field(line.get(..=colon).unwrap_or_default())
    {
        return b"";
    }
    logged(line).unwrap_or(line)
}

/// What a container wrote, without the prefix that its runtime put before it.
fn logged(line: &[u8]) -> Option<&[u8]> {
    let mut fields = line.splitn(4, |byte| *byte == b' ');
    let (_time, stream, _tag) = (fields.next()?, fields.next()?, fields.next()?);
    let rest = fields.next()?;
    let known = [b"stdout".as_slice(), b"stderr"].contains(&stream);
    known.then(|| rest.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_text() {
        let lines = |text: &'static str| of(text.as_bytes()).collect::<Vec<_>>();
        assert_eq!(lines("a\n\nb"), [b"a".as_slice(), b"", b"b"]);
        assert_eq!(lines("a\n"), [b"a".as_slice(), b""]);
    }

    #[test]
    fn what_stands_before_a_record() {
        for (line, expected) in [
            ("  {\"a\": 1}\r", "{\"a\": 1}"),
            ("2021-11-10T10:40:56.8Z stdout F {\"a\": 1}", "{\"a\": 1}"),
            ("data: {\"a\": 1}", "{\"a\": 1}"),
            ("event: flow", ""),
            (": keep-alive", ""),
            ("\u{feff}{}", "{}"),
            ("", ""),
            ("oops {", "oops {"),
        ] {
            assert_eq!(record(line.as_bytes()), expected.as_bytes(), "{line}");
        }
    }
}
