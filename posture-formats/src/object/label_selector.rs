//! The label selector of Kubernetes.

use std::collections::BTreeSet;

use posture_core::selector::Selector;
use serde::Deserialize;

use super::{Invalid, WrittenLabels, one_of};

/// A label selector, put as a selector of the one language: `matchLabels` first, by key, then
/// `matchExpressions`. Without any it selects all, so that here, unlike elsewhere, a field that is
/// not known is a mistake: misspelt, a selector of some would become one of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Fields")]
pub(crate) struct LabelSelector(pub(crate) Selector);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object", deny_unknown_fields)]
struct Fields {
    match_labels: Option<WrittenLabels>,
    match_expressions: Option<Vec<Requirement>>,
}

#[derive(Deserialize)]
#[serde(try_from = "RequirementFields")]
pub(crate) struct Requirement(Selector);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct RequirementFields {
    key: String,
    operator: String,
    values: Option<BTreeSet<String>>,
}

#[derive(Clone, Copy)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl From<Fields> for LabelSelector {
    fn from(fields: Fields) -> Self {
        Self::of(fields.match_labels, fields.match_expressions)
    }
}

impl LabelSelector {
    /// The selector of `matchLabels` and `matchExpressions`.
    pub(crate) fn of(
        match_labels: Option<WrittenLabels>,
        match_expressions: Option<Vec<Requirement>>,
    ) -> Self {
        let WrittenLabels(labels) = match_labels.unwrap_or_default();
        let labels = labels.into_iter();
        let labels = labels.map(|(key, value)| Selector::Equals(key, value));
        let expressions = match_expressions.into_iter().flatten();
        let all = labels.chain(expressions.map(|Requirement(selector)| selector));
        Self(all.fold(Selector::All, Selector::and))
    }
}

/// "In: absent label false. `NotIn`: absent label TRUE. Exists, `DoesNotExist`. [...] Gt/Lt are not
/// legal" (policy semantics, section 3).
impl TryFrom<RequirementFields> for Requirement {
    type Error = Invalid;

    fn try_from(fields: RequirementFields) -> Result<Self, Invalid> {
        let RequirementFields {
            key,
            operator: word,
            values,
        } = fields;
        let values = values.unwrap_or_default();
        let known = [
            ("In", Operator::In),
            ("NotIn", Operator::NotIn),
            ("Exists", Operator::Exists),
            ("DoesNotExist", Operator::DoesNotExist),
        ];
        let operator = one_of("operator", &word, &known)?;
        let wants_values = matches!(operator, Operator::In | Operator::NotIn);
        if wants_values == values.is_empty() {
            let expected = if wants_values { "values" } else { "no values" };
            return Err(Invalid::new(format!(
                "operator `{word}` expects {expected}"
            )));
        }
        Ok(Self(match operator {
            Operator::In => Selector::In(key, values),
            Operator::NotIn => Selector::NotIn(key, values),
            Operator::Exists => Selector::Has(key),
            Operator::DoesNotExist => Selector::Has(key).negated(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(json: &str) -> Result<Selector, String> {
        match crate::json::from_str::<LabelSelector>(json) {
            Ok(LabelSelector(selector)) => Ok(selector),
            Err(error) => Err(crate::json::message(&error)),
        }
    }

    #[test]
    fn operators() {
        let model = selector(
            r#"{"matchLabels": {"a": "b", "empty": null}, "matchExpressions": [
                {"key": "k", "operator": "In", "values": ["v", "w"]},
                {"key": "k", "operator": "NotIn", "values": ["x"]},
                {"key": "k", "operator": "Exists"},
                {"key": "l", "operator": "DoesNotExist", "values": []}]}"#,
        );
        let text = |text: &str| text.to_owned();
        let set = |values: &[&str]| values.iter().map(|value| text(value)).collect();
        let expected = Selector::And(vec![
            Selector::Equals(text("a"), text("b")),
            Selector::Equals(text("empty"), text("")),
            Selector::In(text("k"), set(&["v", "w"])),
            Selector::NotIn(text("k"), set(&["x"])),
            Selector::Has(text("k")),
            Selector::Not(Box::new(Selector::Has(text("l")))),
        ]);
        assert_eq!(model, Ok(expected));
        assert_eq!(selector("{}"), Ok(Selector::All));
        assert_eq!(selector(r#"{"matchLabels": null}"#), Ok(Selector::All));
    }

    #[test]
    fn what_is_not_valid() {
        for (requirement, message) in [
            (
                r#"{"key": "k", "operator": "In"}"#,
                "operator `In` expects values",
            ),
            (
                r#"{"key": "k", "operator": "Exists", "values": ["v"]}"#,
                "operator `Exists` expects no values",
            ),
            (
                r#"{"key": "k", "operator": "Gt", "values": ["1"]}"#,
                "operator `Gt` is not known, expected In, NotIn, Exists or DoesNotExist",
            ),
            (
                r#"["k", "Exists"]"#,
                "invalid type: array, expected an object",
            ),
        ] {
            let result = selector(&format!(r#"{{"matchExpressions": [{requirement}]}}"#));
            assert_eq!(result, Err(message.to_owned()));
        }
        let message = "unknown field `app`, expected `matchLabels` or `matchExpressions`";
        assert_eq!(selector(r#"{"app": "web"}"#), Err(message.to_owned()));
    }
}
