//! What is kept of a value: an allow-list, field by field. What no shape names does not pass.

use serde_json::{Map, Value};

/// What is kept of a value. An array stands for its elements, and null is kept everywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// A text, number or truth value; an object is emptied.
    Is(Meaning),
    /// A word, or an object: these fields of it.
    WordOr(&'static [Field]),
    /// Labels by their keys.
    Labels,
    /// An object: these fields of it.
    Fields(&'static [Field]),
    /// An object of which a reader tells what it does not know: these fields of it, and the others
    /// without their content.
    Told(&'static [Field]),
    /// That it is there, without its content: an object becomes an empty one.
    Presence,
    /// The keys of an object, of which it matters whether there are any.
    Keys,
}

/// A field and what is kept of it.
pub(crate) type Field = (&'static str, Shape);

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A word of the API, a digest, a network, a time: it names nothing of the cluster.
    Word,
    /// The name of an object, a container or a node.
    Name,
    /// The name of a policy.
    PolicyName,
    /// The name of a tier.
    TierName,
    /// The key of a label.
    LabelKey,
    /// The value of a label.
    LabelValue,
    /// A selector in Calico's language.
    Selector,
    /// A reference to an image, by name or digest.
    Image,
    /// An address, or a name that stands for one.
    Address,
    /// A domain name, with wildcards or without.
    Domain,
    /// A port: a number, a range, or a name.
    Port,
    /// A package in an image, or its package URL.
    Package,
}

/// The label that holds what a controller appended to a name. It names nothing by itself.
const GENERATED: &str = "pod-template-hash";

/// What a text is replaced by; none where it stays.
pub(crate) type Replace<'r> = &'r dyn Fn(Meaning, &str) -> Option<String>;

/// The value of which only what its shape names is left, its texts replaced.
pub(crate) fn keep(value: Value, shape: Shape, replace: Replace<'_>) -> Value {
    match (value, shape) {
        (Value::Null, _) => Value::Null,
        (Value::Array(elements), _) => {
            let elements = elements.into_iter();
            elements.map(|one| keep(one, shape, replace)).collect()
        }
        (Value::Object(fields), Shape::Fields(known) | Shape::WordOr(known)) => {
            let fields = fields.into_iter();
            let kept = fields.filter_map(|(key, value)| {
                let value = keep(value, shape_of(known, &key)?, replace);
                Some((key, value))
            });
            Value::Object(kept.collect())
        }
        (Value::Object(fields), Shape::Told(known)) => {
            let kept = fields.into_iter().map(|(key, value)| {
                let shape = shape_of(known, &key).unwrap_or(Shape::Presence);
                let value = keep(value, shape, replace);
                (key, value)
            });
            Value::Object(kept.collect())
        }
        (Value::Object(labels), Shape::Labels) => {
            let labels = labels.into_iter();
            Value::Object(labels.map(|(k, v)| label(k, v, replace)).collect())
        }
        (Value::Object(fields), Shape::Keys) => {
            let keys = fields.into_iter();
            Value::Object(keys.map(|(key, _)| (key, Value::Null)).collect())
        }
        (Value::Object(_), Shape::Is(_) | Shape::Presence) => Value::Object(Map::new()),
        (Value::String(text), Shape::Is(meaning)) => {
            Value::String(replace(meaning, &text).unwrap_or(text))
        }
        (scalar, Shape::Is(_) | Shape::WordOr(_)) => scalar,
        (scalar, _) => emptied(&scalar),
    }
}

fn shape_of(known: &[Field], key: &str) -> Option<Shape> {
    let found = known.iter().find(|(name, _)| *name == key);
    found.map(|(_, shape)| *shape)
}

fn label(key: String, value: Value, replace: Replace<'_>) -> (String, Value) {
    let meaning = match key.as_str() {
        GENERATED => Meaning::Word,
        _ => Meaning::LabelValue,
    };
    let value = keep(value, Shape::Is(meaning), replace);
    (replace(Meaning::LabelKey, &key).unwrap_or(key), value)
}

/// A value of the same type that says nothing.
fn emptied(scalar: &Value) -> Value {
    match scalar {
        Value::String(_) => Value::String(String::new()),
        Value::Number(_) => Value::from(0),
        _ => Value::Bool(false),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WORD: Shape = Shape::Is(Meaning::Word);

    fn kept(value: Value, shape: Shape) -> Value {
        keep(value, shape, &|_, _| None)
    }

    #[test]
    fn what_no_shape_names_does_not_pass() {
        let shape = Shape::Fields(&[("a", WORD), ("b", Shape::Fields(&[("c", WORD)]))]);
        let value = json!({"a": 1, "b": [{"c": "x", "secret": "s"}, null], "secret": {"a": 1}});
        assert_eq!(kept(value, shape), json!({"a": 1, "b": [{"c": "x"}, null]}));
        // a value of another type brings nothing in
        let value = json!({"a": {"secret": "s"}, "b": "secret"});
        assert_eq!(kept(value, shape), json!({"a": {}, "b": ""}));
    }

    #[test]
    fn what_a_reader_tells_stays_without_its_content() {
        let shape = Shape::Told(&[("a", WORD)]);
        let value =
            json!({"a": [1], "b": {"secret": "s"}, "c": "secret", "d": ["secret"], "e": null});
        let expected = json!({"a": [1], "b": {}, "c": "", "d": [""], "e": null});
        assert_eq!(kept(value, shape), expected);
    }

    #[test]
    fn labels_and_keys() {
        let labels = json!({"app": "web", "empty": null, "odd": {"secret": 1}});
        let expected = json!({"app": "web", "empty": null, "odd": {}});
        assert_eq!(kept(labels, Shape::Labels), expected);
        let status = json!({"replicas": 3, "message": "secret"});
        let expected = json!({"replicas": null, "message": null});
        assert_eq!(kept(status, Shape::Keys), expected);
        assert_eq!(kept(json!({}), Shape::Keys), json!({}));
    }

    #[test]
    fn texts_are_replaced_by_what_they_mean() {
        let shape = Shape::Fields(&[
            ("labels", Shape::Labels),
            ("name", Shape::Is(Meaning::Name)),
        ]);
        let value = json!({"name": "n", "labels": {"k": "v", "pod-template-hash": "h"}});
        let replace = |meaning: Meaning, text: &str| Some(format!("{meaning:?} {text}"));
        let expected = json!({
            "name": "Name n",
            "labels": {"LabelKey k": "LabelValue v", "LabelKey pod-template-hash": "Word h"}
        });
        assert_eq!(keep(value, shape, &replace), expected);
    }
}
