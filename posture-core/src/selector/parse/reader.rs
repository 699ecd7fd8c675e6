//! The words and signs of the language.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::error::{SelectorError, visible};

/// How long a label may be: "at most 512 bytes" (policy semantics, section 2).
pub(super) const LABEL_BYTES: usize = 512;
/// How many characters of a text a message shows.
const SHOWN: usize = 40;

/// Whether the language can name this label: "Label characters `[A-Za-z0-9_./-]`, at most 512
/// bytes" (policy semantics, section 2).
pub(in crate::selector) fn is_label(key: &str) -> bool {
    !key.is_empty() && key.len() <= LABEL_BYTES && key.chars().all(is_of_label)
}

fn is_of_label(character: char) -> bool {
    character.is_ascii_alphanumeric() || ['_', '.', '/', '-'].contains(&character)
}

/// A text as a message shows it: cut, and in one line.
pub(super) fn short(text: &str) -> String {
    let cut = text.chars().nth(SHOWN).is_some();
    visible(text, 0, SHOWN) + if cut { "…" } else { "" }
}

/// A place in a text. What is taken is taken with the blanks behind it: "White space is space and
/// tab; a newline is a syntax error" (policy semantics, section 2).
#[derive(Clone)]
pub(super) struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut reader = Self { text, rest: text };
        reader.go_to(text);
        reader
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes a sign, where it comes next.
    pub(super) fn takes(&mut self, sign: &str) -> bool {
        let rest = self.rest.strip_prefix(sign);
        rest.map(|rest| self.go_to(rest)).is_some()
    }

    pub(super) fn take(&mut self, sign: &str, expected: impl Display) -> Result<(), SelectorError> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(self.expected(expected))
    }

    /// Takes all characters of labels that come next.
    pub(super) fn word(&mut self) -> &'t str {
        let (word, rest) = self.next_word();
        self.go_to(rest);
        word
    }

    pub(super) fn take_word(&mut self, word: &str, after: &str) -> Result<(), SelectorError> {
        let start = self.clone();
        if self.word() == word {
            return Ok(());
        }
        Err(start.expected(format_args!("`{word}` after `{after}`")))
    }

    pub(super) fn value_after(&mut self, operator: &str) -> Result<String, SelectorError> {
        self.value(format_args!("a value in quotes after `{operator}`"))
    }

    /// "`{}` and a trailing comma in a set are legal" (policy semantics, section 2).
    pub(super) fn set_after(&mut self, operator: &str) -> Result<BTreeSet<String>, SelectorError> {
        self.take("{", format_args!("`{{` after `{operator}`"))?;
        let mut values = BTreeSet::new();
        while !self.takes("}") {
            values.insert(self.value("a value in quotes or `}`")?);
            if !self.takes(",") {
                self.take("}", "`,` or `}`")?;
                break;
            }
        }
        Ok(values)
    }

    /// "Literals in single or double quotes, no escapes" (policy semantics, section 2).
    fn value(&mut self, expected: impl Display) -> Result<String, SelectorError> {
        let Some(quote) = self.quote() else {
            return Err(self.expected(expected));
        };
        let quoted = self.rest.strip_prefix(quote);
        let Some((value, rest)) = quoted.and_then(|quoted| quoted.split_once(quote)) else {
            return Err(self.error(format!("expected a value that ends with `{quote}`")));
        };
        self.go_to(rest);
        Ok(value.to_owned())
    }

    fn quote(&self) -> Option<char> {
        let next = self.rest.chars().next();
        next.filter(|next| ['"', '\''].contains(next))
    }

    fn next_word(&self) -> (&'t str, &'t str) {
        let end = self.rest.find(|next| !is_of_label(next));
        end.and_then(|end| self.rest.split_at_checked(end))
            .unwrap_or((self.rest, ""))
    }

    fn go_to(&mut self, rest: &'t str) {
        self.rest = rest.trim_start_matches([' ', '\t']);
    }

    /// What was expected here, and what is found.
    pub(super) fn expected(&self, what: impl Display) -> SelectorError {
        let found = match self.next_word() {
            _ if self.is_at_end() => return self.error(format!("expected {what}, found the end")),
            ("", _) => self.sign(),
            (word, _) => word,
        };
        self.error(format!("expected {what}, found `{}`", short(found)))
    }

    /// The value in quotes or the sign that comes next.
    fn sign(&self) -> &'t str {
        let quoted = self.quote().and_then(|quote| {
            let (end, _) = self.rest.match_indices(quote).nth(1)?;
            Some(end + 1)
        });
        let pair = ["&&", "||", "==", "!="]
            .into_iter()
            .find(|pair| self.rest.starts_with(pair))
            .map(str::len);
        let one = self.rest.chars().next().map(char::len_utf8);
        let length = quoted.or(pair).or(one).unwrap_or(0);
        self.rest.get(..length).unwrap_or_default()
    }

    /// An error that points here.
    pub(super) fn error(&self, message: String) -> SelectorError {
        let read = self.text.len() - self.rest.len();
        let before = self.text.char_indices().take_while(|(at, _)| *at < read);
        SelectorError {
            at: before.count(),
            message,
        }
    }
}
