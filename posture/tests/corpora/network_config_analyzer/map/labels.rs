//! What maps say of the labels of pods.

use posture_core::model;

/// Which labels pods have.
#[derive(Clone, Debug)]
pub(super) enum Labels {
    Has(String),
    Is(String, Vec<String>),
    Not(Box<Labels>),
    And(Vec<Labels>),
    Or(Vec<Labels>),
}

/// `!has(app) or (has(app) and app!=web)`, `app in (a,b)` and the like.
pub(super) fn labels(text: &str) -> Labels {
    let text = text.trim();
    for (word, join) in [
        (" or ", Labels::Or as fn(Vec<Labels>) -> Labels),
        (" and ", Labels::And),
    ] {
        let parts = outside_parentheses(text, word);
        if parts.len() > 1 {
            return join(parts.into_iter().map(labels).collect());
        }
    }
    if let Some(inner) = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
    {
        return labels(inner);
    }
    let negated = |labels| Labels::Not(Box::new(labels));
    if let Some(rest) = text.strip_prefix('!') {
        return negated(labels(rest));
    }
    if let Some(key) = text
        .strip_prefix("has(")
        .and_then(|text| text.strip_suffix(')'))
    {
        return Labels::Has(key.to_owned());
    }
    let values = |text: &str| {
        let text = text.trim_start_matches('(').trim_end_matches(')');
        text.split(',')
            .map(|value| value.trim().to_owned())
            .collect()
    };
    for (operator, negative) in [
        (" not in ", true),
        (" in ", false),
        ("!=", true),
        ("=", false),
    ] {
        if let Some((key, rest)) = text.split_once(operator) {
            let is = Labels::Is(key.to_owned(), values(rest));
            return if negative { negated(is) } else { is };
        }
    }
    panic!("{text} says nothing of labels")
}

fn outside_parentheses<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, character) in text.char_indices() {
        depth += i32::from(character == '(') - i32::from(character == ')');
        if depth == 0 && at >= start && text[at..].starts_with(word) {
            parts.push(&text[start..at]);
            start = at + word.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

impl Labels {
    pub(super) fn hold(&self, of: &model::Labels) -> bool {
        let value = |key: &String| of.get(key);
        match self {
            Self::Has(key) => value(key).is_some(),
            Self::Is(key, values) => value(key).is_some_and(|value| values.contains(value)),
            Self::Not(labels) => !labels.hold(of),
            Self::And(all) => all.iter().all(|labels| labels.hold(of)),
            Self::Or(any) => any.iter().any(|labels| labels.hold(of)),
        }
    }
}
