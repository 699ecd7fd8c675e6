//! Where a text stops being a selector.

/// How many characters before the place are shown with it.
const BEFORE: usize = 60;
/// How many characters from the place on are shown with it.
const AFTER: usize = 30;

/// A text that is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {}", .at + 1)]
pub struct SelectorError {
    /// Which character of the text, from 0; the text's length for its end.
    pub at: usize,
    /// What was expected there and what was found.
    pub message: String,
}

impl SelectorError {
    /// Two lines for a terminal: the text that was read, and under its character a `^`.
    ///
    /// Of a long text the part around the character is shown. Whatever would move the cursor or not
    /// be seen is escaped, line breaks and the marks that turn the direction of writing too.
    pub fn pointing(&self, text: &str) -> String {
        let at = self.at.min(text.chars().count());
        let from = at.saturating_sub(BEFORE);
        let more = |cut: bool| if cut { "…" } else { "" };
        let before = [more(from > 0), &visible(text, from, at - from)].concat();
        let after = visible(text, at, AFTER);
        let cut = more(text.chars().nth(at + AFTER).is_some());
        let columns = before.chars().map(columns).sum();
        format!("{before}{after}{cut}\n{}^", " ".repeat(columns))
    }
}

/// Some characters of a text, as they can be shown in one line.
pub(super) fn visible(text: &str, from: usize, count: usize) -> String {
    let mut shown = String::new();
    for character in text.chars().skip(from).take(count) {
        match character {
            '\t' => shown.push(' '),
            '"' | '\'' | '\\' => shown.push(character),
            other => shown.extend(other.escape_debug()),
        }
    }
    shown
}

/// How many columns of a terminal a visible character takes: two for East Asian characters and
/// emoji.
fn columns(character: char) -> usize {
    match character {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97c}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}
