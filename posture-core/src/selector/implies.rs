//! Whether one selector selects no more than another, as far as that can be told from the two
//! alone.

use super::{Label, Selector};

/// How many pairs of parts are compared before the answer is that it cannot be told.
const PAIRS: u32 = 10_000;

impl Selector {
    /// Whether whatever this selects, `other` selects too, of all labels there may be. True is
    /// certain; false is not: not everything that is so is seen.
    pub fn implies(&self, other: &Self) -> bool {
        Implication { pairs: PAIRS }.holds(self, other)
    }

    /// Whether it is certain to select nothing.
    pub fn is_impossible(&self) -> bool {
        match self {
            Self::And(parts) => {
                let contradict = |(at, part): (usize, &Self)| {
                    let others = parts.iter().skip(at + 1);
                    others
                        .map(|other| other.clone().negated())
                        .any(|not| part.implies(&not))
                };
                parts.iter().any(Self::is_impossible) || parts.iter().enumerate().any(contradict)
            }
            Self::Or(parts) => parts.iter().all(Self::is_impossible),
            Self::Not(inner) => Self::All.implies(inner),
            Self::In(_, values) => values.is_empty(),
            _ => false,
        }
    }
}

/// What is left to spend on an answer.
struct Implication {
    pairs: u32,
}

impl Implication {
    fn holds(&mut self, one: &Selector, other: &Selector) -> bool {
        use Selector::{All, And, Global, Not, Or};
        let Some(left) = self.pairs.checked_sub(1) else {
            return false;
        };
        self.pairs = left;
        if one == other || by_facts(one, other) {
            return true;
        }
        match (one, other) {
            (_, All | Global) => true,
            (_, And(parts)) => parts.iter().all(|part| self.holds(one, part)),
            (Or(parts), _) => parts.iter().all(|part| self.holds(part, other)),
            (Not(not), Not(not_other)) => self.holds(not_other, not),
            (_, Or(parts)) if parts.iter().any(|part| self.holds(one, part)) => true,
            (And(parts), _) => parts.iter().any(|part| self.holds(part, other)),
            _ => by_text(one, other),
        }
    }
}

/// Whether what a selector says of single labels makes `other` hold, whatever the other labels are.
fn by_facts(one: &Selector, other: &Selector) -> bool {
    let parts = match one {
        Selector::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    if let [Selector::In(key, values)] = parts {
        let holds = |value: &String| {
            let label = |of: &str| match of == key {
                true => Label::Is(value.as_str()),
                false => Label::Unknown,
            };
            other.evaluate(&label) == Some(true)
        };
        return values.iter().all(holds);
    }
    let known = |of: &str| {
        let facts = parts.iter().map(|part| fact(part, of));
        facts.fold(None, Option::or).unwrap_or(Label::Unknown)
    };
    other.evaluate(&known) == Some(true)
}

/// What a selector says of a label.
fn fact<'s>(part: &'s Selector, of: &str) -> Option<Label<'s>> {
    match part {
        Selector::Equals(key, value) if key == of => Some(Label::Is(value)),
        Selector::Not(inner) => match inner.as_ref() {
            Selector::Has(key) if key == of => Some(Label::Absent),
            _ => None,
        },
        _ => None,
    }
}

/// Of two selectors that each look at the value of one label.
fn by_text(one: &Selector, other: &Selector) -> bool {
    use Selector::{Contains, EndsWith, Equals, Has, In, Not, NotEquals, NotIn, StartsWith};
    match (one, other) {
        (Not(inner), _) => match inner.as_ref() {
            Equals(key, value) => by_text(&NotEquals(key.clone(), value.clone()), other),
            In(key, values) => by_text(&NotIn(key.clone(), values.clone()), other),
            NotEquals(key, value) => by_facts(&Equals(key.clone(), value.clone()), other),
            NotIn(key, values) => by_facts(&In(key.clone(), values.clone()), other),
            _ => false,
        },
        (_, Not(inner)) => match inner.as_ref() {
            Equals(key, value) => by_text(one, &NotEquals(key.clone(), value.clone())),
            In(key, values) => by_text(one, &NotIn(key.clone(), values.clone())),
            _ => false,
        },
        (NotEquals(key, value), NotEquals(of, other)) => key == of && value == other,
        (NotEquals(key, value), NotIn(of, others)) => {
            key == of && others.iter().all(|other| other == value)
        }
        (NotIn(key, values), NotEquals(of, other)) => key == of && values.contains(other),
        (NotIn(key, values), NotIn(of, others)) => key == of && others.is_subset(values),
        (In(key, _) | Contains(key, _) | StartsWith(key, _) | EndsWith(key, _), Has(of)) => {
            key == of
        }
        (Contains(key, part), Contains(of, other)) => key == of && part.contains(other.as_str()),
        (StartsWith(key, part), StartsWith(of, other)) => {
            key == of && part.starts_with(other.as_str())
        }
        (EndsWith(key, part), EndsWith(of, other)) => key == of && part.ends_with(other.as_str()),
        (StartsWith(key, part) | EndsWith(key, part), Contains(of, other)) => {
            key == of && part.contains(other.as_str())
        }
        (Contains(key, _) | StartsWith(key, _) | EndsWith(key, _), NotEquals(of, value)) => {
            key == of && !fits(one, value)
        }
        (Contains(key, _) | StartsWith(key, _) | EndsWith(key, _), NotIn(of, values)) => {
            key == of && !values.iter().any(|value| fits(one, value))
        }
        _ => false,
    }
}

fn fits(selector: &Selector, value: &str) -> bool {
    selector.evaluate(&|_| Label::Is(value)) == Some(true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::testing::{any_selector, equals};
    use crate::selector::Labels;

    fn set(key: &str, values: &[&str]) -> (String, std::collections::BTreeSet<String>) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        (key.to_owned(), values)
    }

    #[test]
    fn what_is_seen() {
        let has = |key: &str| Selector::Has(key.to_owned());
        let is_in = |values: &[&str]| {
            let (key, values) = set("app", values);
            Selector::In(key, values)
        };
        let not_in = |values: &[&str]| {
            let (key, values) = set("app", values);
            Selector::NotIn(key, values)
        };
        let web = || equals("app", "web");
        let starts = |part: &str| Selector::StartsWith("app".to_owned(), part.to_owned());
        let contains = |part: &str| Selector::Contains("app".to_owned(), part.to_owned());
        let differs = |value: &str| Selector::NotEquals("app".to_owned(), value.to_owned());
        let both = || web().and(equals("env", "prod"));
        for (one, other, expected) in [
            (web(), Selector::All, true),
            (Selector::All, web(), false),
            (web(), web(), true),
            (both(), web(), true),
            (web(), both(), false),
            (both(), equals("env", "prod").and(web()), true),
            (web(), has("app"), true),
            (web(), is_in(&["web", "db"]), true),
            (is_in(&["web", "db"]), web(), false),
            (is_in(&["web"]), web(), true),
            (is_in(&["web", "db"]), has("app"), true),
            (web(), starts("w"), true),
            (starts("web"), starts("w"), true),
            (starts("w"), starts("web"), false),
            (starts("web"), contains("e"), true),
            (web(), differs("db"), true),
            (starts("w"), differs("db"), true),
            (starts("w"), differs("web"), false),
            (has("app").negated(), differs("web"), true),
            (not_in(&["web", "db"]), differs("web"), true),
            (not_in(&["web"]), not_in(&["web", "db"]), false),
            (web().negated(), differs("web"), true),
            (differs("web"), web().negated(), true),
            (
                Selector::Or(vec![web(), equals("app", "db")]),
                is_in(&["web", "db"]),
                true,
            ),
            (
                web(),
                Selector::Or(vec![equals("app", "db"), starts("w")]),
                true,
            ),
            (has("app").negated(), has("app"), false),
        ] {
            assert_eq!(one.implies(&other), expected, "{one} => {other}");
        }
    }

    #[test]
    fn contradictions() {
        let web = || equals("app", "web");
        for (selector, expected) in [
            (web().and(equals("app", "db")), true),
            (web().and(web().negated()), true),
            (web().and(equals("role", "db")), false),
            (Selector::All.negated(), true),
            (Selector::All, false),
            (Selector::Or(vec![web(), Selector::All.negated()]), false),
        ] {
            assert_eq!(selector.is_impossible(), expected, "{selector}");
        }
    }

    proptest! {
        #[test]
        fn what_is_claimed_is_so(
            one in any_selector(),
            other in any_selector(),
            values in prop::collection::vec(prop::sample::select(vec!["", "web", "db", "prod", "w"]), 3),
        ) {
            let keys = ["app", "role", "pcns.env"].into_iter().zip(values);
            let labels: Labels = keys
                .filter(|(_, value)| !value.is_empty())
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            if one.matches(&labels) {
                prop_assert!(!one.is_impossible(), "{}", one);
                prop_assert!(!one.implies(&other) || other.matches(&labels), "{} {}", one, other);
            }
        }
    }
}
