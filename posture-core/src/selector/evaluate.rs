//! Whether a selector selects.

use super::{Labels, Selector};

/// What is known of one label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<'l> {
    /// Its value.
    Is(&'l str),
    /// It is not there.
    Absent,
    /// Nothing.
    Unknown,
}

impl<'l> From<Option<&'l String>> for Label<'l> {
    fn from(value: Option<&'l String>) -> Self {
        value.map_or(Self::Absent, |value| Self::Is(value))
    }
}

impl Selector {
    /// Whether it selects what has these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.evaluate(&|key| labels.get(key).into()) == Some(true)
    }

    /// Whether it selects what has the labels that `label` tells; none where that depends on labels
    /// that are not known.
    pub fn evaluate<'l>(&self, label: &dyn Fn(&str) -> Label<'l>) -> Option<bool> {
        let known = |key: &str, holds: &dyn Fn(Option<&str>) -> bool| match label(key) {
            Label::Is(value) => Some(holds(Some(value))),
            Label::Absent => Some(holds(None)),
            Label::Unknown => None,
        };
        match self {
            Self::All | Self::Global => Some(true),
            Self::Has(key) => known(key, &|value| value.is_some()),
            Self::Equals(key, wanted) => known(key, &|value| value == Some(wanted)),
            Self::NotEquals(key, wanted) => known(key, &|value| value != Some(wanted)),
            Self::In(key, set) => known(key, &|value| value.is_some_and(|v| set.contains(v))),
            Self::NotIn(key, set) => known(key, &|value| value.is_none_or(|v| !set.contains(v))),
            Self::Contains(key, part) => known(key, &|value| {
                value.is_some_and(|v| v.contains(part.as_str()))
            }),
            Self::StartsWith(key, part) => known(key, &|value| {
                value.is_some_and(|v| v.starts_with(part.as_str()))
            }),
            Self::EndsWith(key, part) => known(key, &|value| {
                value.is_some_and(|v| v.ends_with(part.as_str()))
            }),
            Self::Not(inner) => inner.evaluate(label).map(|holds| !holds),
            Self::And(all) => all_of(all.iter().map(|part| part.evaluate(label))),
            Self::Or(any) => all_of(
                any.iter()
                    .map(|part| part.evaluate(label).map(|holds| !holds)),
            )
            .map(|none| !none),
        }
    }
}

/// Whether all hold: one that does not settles it, whatever is not known of the others (Kleene's
/// strong logic).
fn all_of(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = false,
        }
    }
    known.then_some(true)
}
