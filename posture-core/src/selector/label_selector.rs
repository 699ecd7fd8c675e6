//! The Kubernetes label selector (`matchLabels`, `matchExpressions`).

use std::collections::{BTreeMap, BTreeSet};

/// Labels of an object.
pub type Labels = BTreeMap<String, String>;

/// A Kubernetes label selector: all labels and all expressions must hold. Empty selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelSelector {
    /// `matchLabels`: "`matchLabels {k: \"\"}` needs the key" (policy semantics, section 3).
    pub labels: Labels,
    /// `matchExpressions`.
    pub expressions: Vec<Expression>,
}

/// One requirement on one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expression {
    /// The label.
    pub key: String,
    /// What is required of it.
    pub operator: Operator,
}

/// What an expression requires: "In: absent label false. `NotIn`: absent label TRUE. Exists,
/// `DoesNotExist`" (policy semantics, section 3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// The label is there with one of the values.
    In(BTreeSet<String>),
    /// The label is absent or has none of the values.
    NotIn(BTreeSet<String>),
    /// The label is there.
    Exists,
    /// The label is absent.
    DoesNotExist,
}

impl LabelSelector {
    /// Whether it selects every object.
    pub fn selects_all(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// Whether it selects an object with these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.labels
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value))
            && self
                .expressions
                .iter()
                .all(|expression| expression.matches(labels))
    }
}

impl Expression {
    fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match &self.operator {
            Operator::In(values) => value.is_some_and(|value| values.contains(value)),
            Operator::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn expression(operator: Operator) -> LabelSelector {
        LabelSelector {
            labels: Labels::new(),
            expressions: vec![Expression {
                key: "k".to_owned(),
                operator,
            }],
        }
    }

    #[test]
    fn absent_labels() {
        let values = BTreeSet::from(["v".to_owned()]);
        let absent = labels(&[]);
        assert!(!expression(Operator::In(values.clone())).matches(&absent));
        assert!(expression(Operator::NotIn(values)).matches(&absent));
        assert!(!expression(Operator::Exists).matches(&absent));
        assert!(expression(Operator::DoesNotExist).matches(&absent));
        let empty_value = LabelSelector {
            labels: labels(&[("k", "")]),
            expressions: vec![],
        };
        assert!(!empty_value.matches(&absent));
        assert!(empty_value.matches(&labels(&[("k", "")])));
    }

    #[test]
    fn present_labels() {
        let values = BTreeSet::from(["v".to_owned()]);
        let present = labels(&[("k", "v")]);
        let other = labels(&[("k", "w")]);
        assert!(expression(Operator::In(values.clone())).matches(&present));
        assert!(!expression(Operator::In(values.clone())).matches(&other));
        assert!(!expression(Operator::NotIn(values.clone())).matches(&present));
        assert!(expression(Operator::NotIn(values)).matches(&other));
        assert!(LabelSelector::default().matches(&other));
        assert!(LabelSelector::default().selects_all());
    }
}
