//! The label selector of Kubernetes.

use std::collections::BTreeSet;

use posture_core::selector::{Expression, LabelSelector, Operator};
use serde::Deserialize;

use super::Invalid;
use super::metadata::{NullableLabels, plain_labels};

/// `matchLabels` and `matchExpressions`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a label selector")]
pub(super) struct Selector {
    match_labels: Option<NullableLabels>,
    match_expressions: Option<Vec<Requirement>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a label requirement")]
struct Requirement {
    key: String,
    operator: String,
    values: Option<BTreeSet<String>>,
}

impl Selector {
    pub(super) fn into_model(self) -> Result<LabelSelector, Invalid> {
        let expressions = self.match_expressions.into_iter().flatten();
        Ok(LabelSelector {
            labels: self.match_labels.map(plain_labels).unwrap_or_default(),
            expressions: expressions
                .map(Requirement::into_model)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Requirement {
    fn into_model(self) -> Result<Expression, Invalid> {
        let values = self.values.unwrap_or_default();
        let operator = match (self.operator.as_str(), values.is_empty()) {
            ("In", false) => Operator::In(values),
            ("NotIn", false) => Operator::NotIn(values),
            ("Exists", true) => Operator::Exists,
            ("DoesNotExist", true) => Operator::DoesNotExist,
            ("In" | "NotIn", true) => {
                let message = format!("operator `{}` expects values", self.operator);
                return Err(Invalid::new(message));
            }
            ("Exists" | "DoesNotExist", false) => {
                let message = format!("operator `{}` expects no values", self.operator);
                return Err(Invalid::new(message));
            }
            (other, _) => {
                return Err(Invalid::new(format!(
                    "operator `{other}` is not known, expected In, NotIn, Exists or DoesNotExist"
                )));
            }
        };
        Ok(Expression {
            key: self.key,
            operator,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(json: &str) -> Result<LabelSelector, String> {
        let selector: Selector = serde_json::from_str(json).expect("a selector");
        selector.into_model().map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn operators() {
        let model = selector(
            r#"{"matchLabels": {"a": "b"}, "matchExpressions": [
                {"key": "k", "operator": "In", "values": ["v", "w"]},
                {"key": "k", "operator": "NotIn", "values": ["x"]},
                {"key": "k", "operator": "Exists"},
                {"key": "l", "operator": "DoesNotExist", "values": []}]}"#,
        )
        .expect("a valid selector");
        assert_eq!(model.labels["a"], "b");
        let operators: Vec<Operator> = model.expressions.into_iter().map(|e| e.operator).collect();
        let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(
            operators,
            [
                Operator::In(set(&["v", "w"])),
                Operator::NotIn(set(&["x"])),
                Operator::Exists,
                Operator::DoesNotExist,
            ]
        );
        assert!(selector("{}").expect("a valid selector").selects_all());
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
        ] {
            let result = selector(&format!(r#"{{"matchExpressions": [{requirement}]}}"#));
            assert_eq!(result, Err(message.to_owned()));
        }
    }
}
