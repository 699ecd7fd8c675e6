//! Why a selector does not select.

use crate::selector::{Label, Selector, keys};

/// Tells labels by their keys.
type Labels<'f, 'l> = &'f dyn Fn(&str) -> Label<'l>;

/// Why a selector does not select what has these labels, or what is not known of them.
pub(super) fn why(selector: &Selector, labels: Labels<'_, '_>) -> String {
    let verdict = |part: &Selector| part.evaluate(labels);
    match selector {
        Selector::And(parts) => {
            let first = |wanted| parts.iter().find(|part| verdict(part) == wanted);
            match first(Some(false)).or_else(|| first(None)) {
                Some(part) => why(part, labels),
                None => holds(selector),
            }
        }
        Selector::Or(parts) => {
            let missing = verdict(selector).map(|_| false);
            let parts = parts.iter().filter(|part| verdict(part) == missing);
            let reasons: Vec<String> = parts.map(|part| why(part, labels)).collect();
            reasons.join(", and ")
        }
        Selector::Not(inner) => match verdict(inner) {
            None => why(inner, labels),
            _ => holds(inner),
        },
        Selector::All | Selector::Global => holds(selector),
        Selector::Has(key)
        | Selector::Equals(key, _)
        | Selector::NotEquals(key, _)
        | Selector::In(key, _)
        | Selector::NotIn(key, _)
        | Selector::Contains(key, _)
        | Selector::StartsWith(key, _)
        | Selector::EndsWith(key, _) => leaf(selector, key, labels(key)),
    }
}

fn holds(selector: &Selector) -> String {
    format!("`{selector}` holds")
}

fn leaf(selector: &Selector, key: &str, label: Label<'_>) -> String {
    let of = whose(key);
    let value = match label {
        Label::Unknown => return format!("{of} is not known"),
        Label::Absent => return format!("{of} is absent"),
        Label::Is(value) => value,
    };
    match selector {
        Selector::Equals(_, wanted) => format!("{of} is \"{value}\", not \"{wanted}\""),
        Selector::In(_, wanted) => {
            let wanted: Vec<String> = wanted.iter().map(|value| format!("\"{value}\"")).collect();
            format!("{of} is \"{value}\", not one of {}", wanted.join(", "))
        }
        Selector::Contains(_, part) => format!("{of} is \"{value}\", without \"{part}\" in it"),
        Selector::StartsWith(_, part) => {
            format!("{of} is \"{value}\", without \"{part}\" before it")
        }
        Selector::EndsWith(_, part) => format!("{of} is \"{value}\", without \"{part}\" behind it"),
        _ => format!("{of} is \"{value}\""),
    }
}

/// A label, as that of what has it.
fn whose(key: &str) -> String {
    let of_namespace = key.strip_prefix(keys::NAMESPACE_PREFIX);
    let of_account = key.strip_prefix(keys::SERVICE_ACCOUNT_PREFIX);
    match (key, of_namespace, of_account) {
        (keys::NAMESPACE, ..) | (_, Some(keys::NAME), _) => "its namespace".to_owned(),
        (keys::SERVICE_ACCOUNT, ..) | (_, _, Some(keys::NAME)) => "its service account".to_owned(),
        (_, Some(key), _) => format!("label `{key}` of its namespace"),
        (_, _, Some(key)) => format!("label `{key}` of its service account"),
        (key, None, None) => format!("label `{key}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selector::Labels;

    fn told(selector: &Selector) -> String {
        let labels = Labels::from([
            ("app".to_owned(), "web".to_owned()),
            ("pcns.env".to_owned(), "test".to_owned()),
        ]);
        why(selector, &|key| match key {
            "secret" => Label::Unknown,
            key => labels.get(key).into(),
        })
    }

    #[test]
    fn reasons() {
        let equals = |key: &str, value: &str| Selector::Equals(key.to_owned(), value.to_owned());
        let has = |key: &str| Selector::Has(key.to_owned());
        let both = equals("app", "web").and(equals("role", "x"));
        for (selector, expected) in [
            (equals("app", "db"), "label `app` is \"web\", not \"db\""),
            (equals("role", "db"), "label `role` is absent"),
            (
                equals("pcns.env", "prod"),
                "label `env` of its namespace is \"test\", not \"prod\"",
            ),
            (both.clone(), "label `role` is absent"),
            (has("app").negated(), "`has(app)` holds"),
            (
                Selector::NotEquals("app".to_owned(), "web".to_owned()),
                "label `app` is \"web\"",
            ),
            (
                Selector::Or(vec![both, equals("app", "db")]),
                "label `role` is absent, and label `app` is \"web\", not \"db\"",
            ),
            (
                equals("app", "web").and(has("secret")),
                "label `secret` is not known",
            ),
            (
                Selector::Or(vec![has("secret"), equals("app", "db")]),
                "label `secret` is not known",
            ),
            (
                Selector::StartsWith("app".to_owned(), "x".to_owned()),
                "label `app` is \"web\", without \"x\" before it",
            ),
        ] {
            assert_eq!(told(&selector), expected, "{selector}");
        }
    }
}
