//! From a text to a selector.
//!
//! ```text
//! any     = all { "||" all }
//! all     = operand { "&&" operand }
//! operand = { "!" } ( "(" any ")" | atom )
//! atom    = "all(" ")" | "global(" ")" | "has(" label ")" | label comparison
//! ```

mod error;
mod reader;
#[cfg(test)]
mod tests;

pub use error::SelectorError;
pub(super) use reader::is_label;

use super::Selector;
use reader::{LABEL_BYTES, Reader, short};

/// How many parentheses may be open at once, in the text as in the canonical text of what it says.
const LEVELS: usize = 64;

impl Selector {
    /// Reads a selector: "Precedence low to high: `||`, `&&`, `!` (prefix, any number, by parity),
    /// atom"; "Empty or blank selector = `all()`" (policy semantics, section 2).
    ///
    /// Parts in parentheses stay apart, as in Calico: `a && (b && c)` is not `a && b && c`. Of `!`
    /// at most one is kept, also across parentheses: `!(!a)` is `a`.
    ///
    /// # Errors
    /// [`SelectorError`] points at the character from which on the text is none.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut parser = Parser {
            reader: Reader::new(text),
            open: 0,
        };
        if parser.reader.is_at_end() {
            return Ok(Self::All);
        }
        let start = parser.reader.clone();
        let selector = parser.any()?;
        if !parser.reader.is_at_end() {
            return Err(parser.reader.expected("`&&`, `||` or the end"));
        }
        match levels(&selector) {
            ..=LEVELS => Ok(selector),
            found => Err(start.error(format!(
                "expected at most {LEVELS} levels of `&&` and `||` within each other, found {found}"
            ))),
        }
    }
}

/// How many parentheses are open at once in the canonical text.
fn levels(selector: &Selector) -> usize {
    match selector {
        Selector::Not(inner) => levels(inner),
        Selector::And(parts) | Selector::Or(parts) => {
            1 + parts.iter().map(levels).max().unwrap_or(0)
        }
        _ => 0,
    }
}

type Parsed = Result<Selector, SelectorError>;

struct Parser<'t> {
    reader: Reader<'t>,
    /// How many parentheses are open.
    open: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Parsed {
        self.joined("||", Self::all, Selector::Or)
    }

    fn all(&mut self) -> Parsed {
        self.joined("&&", Self::operand, Selector::And)
    }

    fn joined(
        &mut self,
        operator: &str,
        part: fn(&mut Self) -> Parsed,
        join: fn(Vec<Selector>) -> Selector,
    ) -> Parsed {
        let first = part(self)?;
        if !self.reader.takes(operator) {
            return Ok(first);
        }
        let mut parts = vec![first, part(self)?];
        while self.reader.takes(operator) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    /// "`!a == "x"` is `!(a == "x")`" (policy semantics, section 2).
    fn operand(&mut self) -> Parsed {
        let mut negated = false;
        while self.reader.takes("!") {
            negated = !negated;
        }
        let parenthesis = self.reader.clone();
        let operand = if self.reader.takes("(") {
            if self.open == LEVELS {
                return Err(parenthesis.error(format!(
                    "expected at most {LEVELS} parentheses within each other"
                )));
            }
            self.open += 1;
            let inner = self.any()?;
            self.open -= 1;
            self.reader.take(")", "`&&`, `||` or `)`")?;
            inner
        } else {
            atom(&mut self.reader)?
        };
        Ok(if negated { operand.negated() } else { operand })
    }
}

/// "`all ()`, `has (a)`: errors"; "Labels named `has`, `in`, `all` are legal as labels" (policy
/// semantics, section 2).
fn atom(reader: &mut Reader) -> Parsed {
    if reader.takes("all(") {
        reader.take(")", "`)` after `all(`")?;
        return Ok(Selector::All);
    }
    if reader.takes("global(") {
        reader.take(")", "`)` after `global(`")?;
        return Ok(Selector::Global);
    }
    if reader.takes("has(") {
        let key = label(reader, "a label after `has(`")?;
        reader.take(")", format_args!("`)` after `has({}`", short(key)))?;
        return Ok(Selector::Has(key.to_owned()));
    }
    let key = label(
        reader,
        "a label, `has(..)`, `all()`, `global()`, `!` or `(`",
    )?;
    comparison(reader, key)
}

fn label<'t>(reader: &mut Reader<'t>, expected: &str) -> Result<&'t str, SelectorError> {
    let start = reader.clone();
    match reader.word() {
        "" => Err(start.expected(expected)),
        key if key.len() > LABEL_BYTES => Err(start.error(format!(
            "expected a label of at most {LABEL_BYTES} characters, found {}",
            key.len()
        ))),
        key => Ok(key),
    }
}

/// How a label is compared: "`k == 'v'`, `!=`, `contains`, `starts with` (`startswith`), `ends
/// with` (`endswith`), `in {..}`, `not in {..}` (`notin`)" (policy semantics, section 2).
fn comparison(reader: &mut Reader, key: &str) -> Parsed {
    let start = reader.clone();
    let label = key.to_owned();
    if reader.takes("==") {
        return Ok(Selector::Equals(label, reader.value_after("==")?));
    }
    if reader.takes("!=") {
        return Ok(Selector::NotEquals(label, reader.value_after("!=")?));
    }
    Ok(match reader.word() {
        "contains" => Selector::Contains(label, reader.value_after("contains")?),
        "startswith" => Selector::StartsWith(label, reader.value_after("startswith")?),
        "starts" => {
            reader.take_word("with", "starts")?;
            Selector::StartsWith(label, reader.value_after("starts with")?)
        }
        "endswith" => Selector::EndsWith(label, reader.value_after("endswith")?),
        "ends" => {
            reader.take_word("with", "ends")?;
            Selector::EndsWith(label, reader.value_after("ends with")?)
        }
        "in" => Selector::In(label, reader.set_after("in")?),
        "notin" => Selector::NotIn(label, reader.set_after("notin")?),
        "not" => {
            reader.take_word("in", "not")?;
            Selector::NotIn(label, reader.set_after("not in")?)
        }
        _ if ["all", "global", "has"].contains(&key) && reader.takes("(") => {
            return Err(start.error(format!("expected no blank between `{key}` and `(`")));
        }
        _ => {
            return Err(start.expected(format_args!(
                "`==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after label \
                 `{}`",
                short(key)
            )));
        }
    })
}
