//! The tokens of JSON texts.

/// A text, a number, a word or a bracket.
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    /// Where it ends in the text.
    pub(super) end: usize,
}

/// The tokens of a JSON text, but for commas and colons.
pub(crate) struct Tokens<'a> {
    json: &'a str,
    position: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) const fn of(json: &'a str) -> Self {
        Self { json, position: 0 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.json.get(self.position..)?;
        let token = rest.trim_start_matches(is_between);
        let length = match token.as_bytes().first()? {
            b'{' | b'}' | b'[' | b']' => 1,
            b'"' => length_of_text(token),
            _ => token
                .find(|c| is_between(c) || matches!(c, '}' | ']'))
                .unwrap_or(token.len()),
        };
        let start = self.json.len().saturating_sub(token.len());
        self.position = start.saturating_add(length);
        Some(Token {
            text: token.get(..length)?,
            end: self.position,
        })
    }
}

const fn is_between(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, ',' | ':')
}

/// The length of the text that some JSON begins with, with its quotation marks.
fn length_of_text(json: &str) -> usize {
    let mut is_escaped = false;
    let end = json.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(json.len(), |end| end.saturating_add(2))
}
