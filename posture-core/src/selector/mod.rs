//! One language of selectors over labels: Calico's, into which the selectors of all other kinds of
//! policy are put.

mod evaluate;
mod implies;
pub(crate) mod keys;
mod parse;
mod rewrite;
mod text;

use std::collections::{BTreeMap, BTreeSet};

pub use evaluate::Label;
pub use parse::SelectorError;

/// Labels of an object.
pub type Labels = BTreeMap<String, String>;

/// A selector: which labels an endpoint or network set must have (policy semantics, section 2).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selector {
    /// `all()`
    #[default]
    All,
    /// `global()`: "evaluates TRUE on its own; it gets meaning in a rule's namespaceSelector only".
    Global,
    /// `has(k)`
    Has(String),
    /// `k == 'v'`
    Equals(String, String),
    /// `k != 'v'`: "Absent label: `!=` and `not in` are TRUE".
    NotEquals(String, String),
    /// `k in {'v', 'w'}`
    In(String, BTreeSet<String>),
    /// `k not in {'v', 'w'}`
    NotIn(String, BTreeSet<String>),
    /// `k contains 'v'`
    Contains(String, String),
    /// `k starts with 'v'`
    StartsWith(String, String),
    /// `k ends with 'v'`
    EndsWith(String, String),
    /// `!s`
    Not(Box<Selector>),
    /// `s && t`
    And(Vec<Selector>),
    /// `s || t`
    Or(Vec<Selector>),
}

impl Selector {
    /// Both of two selectors; `all()` adds nothing to the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, other) => other,
            (one, Self::All) => one,
            (Self::And(mut all), Self::And(more)) => {
                all.extend(more);
                Self::And(all)
            }
            (Self::And(mut all), one) => {
                all.push(one);
                Self::And(all)
            }
            (one, Self::And(more)) => Self::And(std::iter::once(one).chain(more).collect()),
            (one, other) => Self::And(vec![one, other]),
        }
    }

    /// What the selector does not select.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}
