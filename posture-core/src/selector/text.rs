//! From a selector to its canonical text.

use std::collections::BTreeSet;
use std::fmt;

use super::Selector;
use super::parse::is_label;

/// The text that Calico gives a selector: parentheses around `&&` and `||`, values in double quotes
/// unless one is part of them; "sets are deduplicated and sorted in canonical form" (policy
/// semantics, section 2).
///
/// [`Selector::parse`] reads it back, up to its depth. A label that has other characters than labels
/// may have, and a value that has quotes of both kinds, cannot be written: they stand in backticks,
/// so that the text is refused and never read as another selector. Groups without parts are written
/// as what they mean: `all()` for all of none, `!all()` for any of none.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all()"),
            Self::Global => f.write_str("global()"),
            Self::Has(key) => write!(f, "has({})", Key(key)),
            Self::Equals(key, value) => write!(f, "{} == {}", Key(key), Value(value)),
            Self::NotEquals(key, value) => write!(f, "{} != {}", Key(key), Value(value)),
            Self::In(key, values) => write!(f, "{} in {}", Key(key), Set(values)),
            Self::NotIn(key, values) => write!(f, "{} not in {}", Key(key), Set(values)),
            Self::Contains(key, part) => write!(f, "{} contains {}", Key(key), Value(part)),
            Self::StartsWith(key, part) => write!(f, "{} starts with {}", Key(key), Value(part)),
            Self::EndsWith(key, part) => write!(f, "{} ends with {}", Key(key), Value(part)),
            Self::Not(inner) => write!(f, "!{inner}"),
            Self::And(parts) if parts.is_empty() => f.write_str("all()"),
            Self::Or(parts) if parts.is_empty() => f.write_str("!all()"),
            Self::And(parts) => join(f, parts, " && "),
            Self::Or(parts) => join(f, parts, " || "),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Selector], operator: &str) -> fmt::Result {
    if let [one] = parts {
        return write!(f, "{one}");
    }
    f.write_str("(")?;
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { operator })?;
        write!(f, "{part}")?;
    }
    f.write_str(")")
}

struct Key<'k>(&'k str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if is_label(self.0) { "" } else { "`" };
        write!(f, "{quote}{}{quote}", self.0)
    }
}

struct Value<'v>(&'v str);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = match (self.0.contains('"'), self.0.contains('\'')) {
            (false, _) => '"',
            (true, false) => '\'',
            (true, true) => '`',
        };
        write!(f, "{quote}{}{quote}", self.0)
    }
}

struct Set<'s>(&'s BTreeSet<String>);

impl fmt::Display for Set<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, value) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            write!(f, "{}", Value(value))?;
        }
        f.write_str("}")
    }
}
