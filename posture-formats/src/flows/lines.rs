//! Lines of a stream of chunks.

/// The longest line that is read, in bytes.
pub(super) const MAX_LINE: usize = 64 << 20;

/// One line, without its newline.
#[derive(Clone, Copy)]
pub(super) enum Line<'a> {
    /// Its bytes.
    Text(&'a [u8]),
    /// It is longer than [`MAX_LINE`].
    TooLong,
}

/// Splits chunks into lines: whole lines are handed on in place, only a line that a chunk cuts is
/// copied.
#[derive(Debug, Default)]
pub(super) struct Lines {
    number: u64,
    cut: Vec<u8>,
    too_long: bool,
}

impl Lines {
    /// Hands on every line that ends in the chunk, with its number from 1.
    pub(super) fn split(&mut self, chunk: &[u8], each: &mut impl FnMut(u64, Line<'_>)) {
        let mut start = 0;
        for newline in memchr::memchr_iter(b'\n', chunk) {
            let end_of_line = chunk.get(start..newline).unwrap_or_default();
            start = newline.saturating_add(1);
            if self.cut.is_empty() && !self.too_long {
                self.number = self.number.saturating_add(1);
                each(self.number, Line::Text(end_of_line));
            } else {
                self.keep(end_of_line);
                self.finish(each);
            }
        }
        self.keep(chunk.get(start..).unwrap_or_default());
    }

    /// Hands on the line that no newline ended, if any.
    pub(super) fn finish(&mut self, each: &mut impl FnMut(u64, Line<'_>)) {
        if self.cut.is_empty() && !self.too_long {
            return;
        }
        self.number = self.number.saturating_add(1);
        match self.too_long {
            true => each(self.number, Line::TooLong),
            false => each(self.number, Line::Text(&self.cut)),
        }
        self.cut.clear();
        self.too_long = false;
    }

    fn keep(&mut self, part: &[u8]) {
        if self.too_long || self.cut.len().saturating_add(part.len()) > MAX_LINE {
            self.too_long = true;
            self.cut = Vec::new();
        } else {
            self.cut.extend_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&str]) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        let mut each = |number, line: Line<'_>| {
            let Line::Text(text) = line else {
                panic!("too long");
            };
            found.push((number, String::from_utf8(text.to_vec()).unwrap()));
        };
        let mut lines = Lines::default();
        for chunk in chunks {
            lines.split(chunk.as_bytes(), &mut each);
        }
        lines.finish(&mut each);
        found
    }

    #[test]
    fn chunks_do_not_matter() {
        let text = "one\n\nthree\nfour";
        let whole = lines(&[text]);
        assert_eq!(whole.len(), 4);
        assert_eq!(whole.last(), Some(&(4, "four".to_owned())));
        for cut in 0..=text.len() {
            assert_eq!(lines(&[&text[..cut], &text[cut..]]), whole, "cut at {cut}");
        }
        assert_eq!(lines(&["a\n"]), [(1, "a".to_owned())]);
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let mut found = Vec::new();
        let mut each = |number, line: Line<'_>| found.push((number, matches!(line, Line::TooLong)));
        let mut lines = Lines::default();
        let chunk = vec![b'x'; MAX_LINE / 2 + 1];
        lines.split(&chunk, &mut each);
        lines.split(&chunk, &mut each);
        lines.split(b"end\nnext\n", &mut each);
        assert_eq!(found, [(1, true), (2, false)]);
    }
}
