//! Where records lie in JSON that is not one record a line: values one after another, in an array,
//! or in the array `items`, `flows`, `docs` or `hits` of an answer.

use std::ops::Range;

/// Finds records in a text that grows. It does not check that the text is JSON: whoever reads a
/// record does.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    /// Where to go on.
    position: usize,
    /// In how many objects and arrays that is.
    depth: u32,
    text: Text,
    records: Level,
    /// Where the record that is not yet whole begins, or what may turn out to wrap records.
    open: Option<usize>,
    /// Where something begins that stands where a record should: `null`, `5`, `"x"`.
    stray: Option<usize>,
    /// The key that was read last in the object around, if it is one that wraps records.
    key: Option<Key>,
}

/// What there is at the end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing more.
    Whole,
    /// A record that begins there and is not whole.
    InRecord(usize),
    /// No record, but what is around them is not closed: there may have been more.
    TooEarly,
}

/// Whether the position is in a JSON string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    /// In the string that begins there.
    Since(usize),
}

/// In how many objects and arrays records lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Level {
    /// In none.
    #[default]
    Top,
    /// In the array that has its elements at this depth.
    Array(u32),
    /// In none any more: the array of an answer is over, the answer is not.
    Over,
}

/// A key whose array, or whose object, has records in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// "items" of Whisker and Linseed, "flows" of Goldmane, "docs" of Elasticsearch.
    Items,
    /// "hits", of Elasticsearch: an object, and in it an array.
    Hits,
}

impl Scanner {
    /// The records that become whole in the text, of which an earlier part was scanned before.
    pub(super) fn scan(&mut self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        while let Some(byte) = text.get(self.position).copied() {
            if let Text::Since(start) = self.text {
                if !self.skip_string(text, start) {
                    break;
                }
                continue;
            }
            match byte {
                b'"' => {
                    self.begin_stray();
                    self.text = Text::Since(self.position);
                }
                b'{' | b'[' => self.enter(byte, text, &mut found),
                b'}' | b']' => self.leave(&mut found),
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => found.extend(self.end_stray()),
                _ => self.begin_stray(),
            }
            self.position = self.position.saturating_add(1);
        }
        found
    }

    /// Goes on with a text that lacks what is not needed any more: says how many bytes that is.
    pub(super) fn forget_before(&mut self, length: usize) -> usize {
        let string = match self.text {
            Text::Since(start) => start,
            Text::Outside => length,
        };
        let open = self.open.or(self.stray).unwrap_or(length);
        let kept = open.min(string).min(self.position);
        self.position = self.position.saturating_sub(kept);
        self.open = self.open.map(|open| open.saturating_sub(kept));
        self.stray = self.stray.map(|stray| stray.saturating_sub(kept));
        if let Text::Since(start) = self.text {
            self.text = Text::Since(start.saturating_sub(kept));
        }
        kept
    }

    /// Gives up the record that is not yet whole.
    pub(super) fn give_up(&mut self) {
        *self = Self {
            records: Level::Top,
            ..Self::default()
        };
    }

    /// What there is at the end of the text.
    pub(super) fn finish(&mut self) -> End {
        let Self {
            open, stray, depth, ..
        } = std::mem::take(self);
        match open.or(stray) {
            Some(open) => End::InRecord(open),
            None if depth > 0 => End::TooEarly,
            None => End::Whole,
        }
    }

    /// What is no object and no array may stand where a record should: it goes on to the next blank, comma,
    /// colon or bracket outside of a string.
    fn begin_stray(&mut self) {
        if self.is_record_here() {
            self.stray.get_or_insert(self.position);
        }
    }

    /// What stands where a record should, at its end.
    fn end_stray(&mut self) -> Option<Range<usize>> {
        self.stray.take().map(|start| start..self.position)
    }

    /// Moves to the end of the string; not, where the text ends before it.
    fn skip_string(&mut self, text: &[u8], start: usize) -> bool {
        let mut from = self.position.max(start.saturating_add(1));
        while let Some(found) = text
            .get(from..)
            .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
        {
            let at = from.saturating_add(found);
            if text.get(at) == Some(&b'"') {
                self.note_key(text.get(start..=at).unwrap_or_default());
                self.text = Text::Outside;
                self.position = at.saturating_add(1);
                return true;
            }
            from = at.saturating_add(2);
        }
        self.position = from;
        false
    }

    /// A string may be a key that wraps records, as long as no array of them was found.
    fn note_key(&mut self, string: &[u8]) {
        if self.records != Level::Top {
            return;
        }
        match (self.depth, string) {
            (1, b"\"items\"" | b"\"flows\"" | b"\"docs\"") => self.key = Some(Key::Items),
            (1 | 2, b"\"hits\"") => self.key = Some(Key::Hits),
            (1, _) => self.key = None,
            _ => {}
        }
    }

    fn enter(&mut self, byte: u8, text: &[u8], found: &mut Vec<Range<usize>>) {
        found.extend(self.end_stray());
        if byte == b'{' && self.begins_anew(text) {
            found.extend(self.open.map(|open| open..self.position));
            *self = Self {
                position: self.position,
                ..Self::default()
            };
        }
        let wraps = match self.key {
            None => self.depth == 0,
            Some(Key::Items) => self.depth <= 1,
            Some(Key::Hits) => self.depth <= 2,
        };
        if self.records == Level::Top && byte == b'[' && wraps {
            self.open = None;
            self.records = Level::Array(self.depth.saturating_add(1));
        } else if self.is_record_here() {
            self.open = Some(self.position);
            self.key = None;
        }
        self.depth = self.depth.saturating_add(1);
    }

    /// A line that begins with `{` inside of a record: what came before is broken, since JSON that
    /// is indented begins no other line so.
    fn begins_anew(&self, text: &[u8]) -> bool {
        let before = self
            .position
            .checked_sub(1)
            .and_then(|before| text.get(before));
        self.records == Level::Top && self.depth > 0 && before == Some(&b'\n')
    }

    fn is_record_here(&self) -> bool {
        match self.records {
            Level::Top => self.depth == 0,
            Level::Array(depth) => self.depth == depth,
            Level::Over => false,
        }
    }

    fn leave(&mut self, found: &mut Vec<Range<usize>>) {
        found.extend(self.end_stray());
        if self.depth == 0 {
            // nothing is open: it stands alone
            found.push(self.position..self.position.saturating_add(1));
            return;
        }
        self.depth = self.depth.saturating_sub(1);
        if self.is_record_here()
            && let Some(open) = self.open.take()
        {
            found.push(open..self.position.saturating_add(1));
        }
        match self.records {
            Level::Array(inside) if self.depth < inside => self.records = Level::Over,
            _ => {}
        }
        if self.depth == 0 {
            self.records = Level::Top;
            self.key = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a text, read in pieces of this size as a stream is.
    fn records(text: &str, size: usize) -> Vec<String> {
        let (mut scanner, mut buffer, mut found) = (Scanner::default(), Vec::new(), Vec::new());
        for piece in text.as_bytes().chunks(size) {
            buffer.extend_from_slice(piece);
            for range in scanner.scan(&buffer) {
                found.push(String::from_utf8(buffer[range].to_vec()).unwrap());
            }
            let forgotten = scanner.forget_before(buffer.len());
            buffer.drain(..forgotten);
        }
        match scanner.finish() {
            End::InRecord(open) => found.push(String::from_utf8(buffer[open..].to_vec()).unwrap()),
            End::TooEarly => found.push("too early".to_owned()),
            End::Whole => {}
        }
        found
    }

    #[test]
    fn records_of_every_layout() {
        for (text, expected) in [
            (
                "{\"a\": 1}{\"b\": {}}\n\n{\n \"c\": []\n}",
                vec!["{\"a\": 1}", "{\"b\": {}}", "{\n \"c\": []\n}"],
            ),
            (
                "[{\"a\": 1}, {\"b\": [1, {}]}]\n[{\"c\": 2}]",
                vec!["{\"a\": 1}", "{\"b\": [1, {}]}", "{\"c\": 2}"],
            ),
            (
                "{\"meta\": {\"items\": 3}, \"items\": [{\"a\": 1}, {\"items\": []}], \"x\": [{}]}{\"items\": []}",
                vec!["{\"a\": 1}", "{\"items\": []}"],
            ),
            (
                "{\"took\": 1, \"hits\": {\"total\": {\"value\": 2}, \"hits\": [{\"_source\": {}}, {\"_id\": \"hits\"}]}}",
                vec!["{\"_source\": {}}", "{\"_id\": \"hits\"}"],
            ),
            (
                "{\"s\": \"}{\\\"[\", \"t\": \"\\\\\"} {\"a\": \"items\", \"b\": {}}",
                vec![
                    "{\"s\": \"}{\\\"[\", \"t\": \"\\\\\"}",
                    "{\"a\": \"items\", \"b\": {}}",
                ],
            ),
            ("{\"a\": {\n{\"b\": 1}", vec!["{\"a\": {\n", "{\"b\": 1}"]),
            ("{\"a\": 1} {\"cut\": ", vec!["{\"a\": 1}", "{\"cut\": "]),
            (
                "1 null \"x\" ]}{}",
                vec!["1", "null", "\"x\"", "]", "}", "{}"],
            ),
            (
                "[{}, 5,\"x\",null,[1, {}], {}] tail",
                vec!["{}", "5", "\"x\"", "null", "[1, {}]", "{}", "tail"],
            ),
            (
                "a\"b c\"d \"e\"\"f\" {} [g\"h\"]",
                vec!["a\"b c\"d", "\"e\"\"f\"", "{}", "g\"h\""],
            ),
            ("[{},", vec!["{}", "too early"]),
            ("[{}", vec!["{}", "too early"]),
            ("{\"items\": [{}]", vec!["{}", "too early"]),
            (
                "{\"hits\": {\"hits\": [{}], \"x\": ",
                vec!["{}", "too early"],
            ),
            ("[{}] \"cut", vec!["{}", "\"cut"]),
        ] {
            for size in [1, 2, 3, 7, 1000] {
                assert_eq!(records(text, size), expected, "{text} by {size}");
            }
        }
    }
}
