//! The outside of a JSON document: what it says it is, and the values inside, unread.
//!
//! Filled while the text is parsed, so that of a text that breaks off everything before that is
//! there.

mod head;

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Error;
use serde_json::value::RawValue;

use crate::json;
pub(crate) use head::{Head, head};

/// A JSON value, read as far as its outside.
#[derive(Debug)]
pub(crate) struct Value<'a> {
    pub(crate) json: &'a str,
    pub(crate) outside: Outside<'a>,
}

/// The outside of a JSON value.
#[derive(Debug)]
pub(crate) enum Outside<'a> {
    Object(Envelope<'a>),
    Array(Vec<&'a RawValue>),
    /// A text, a number, `true`, `false` or `null`.
    Plain,
}

/// The outside of a JSON object.
#[derive(Debug, Default)]
pub(crate) struct Envelope<'a> {
    /// `apiVersion`
    pub(crate) api_version: Option<String>,
    /// `kind`
    pub(crate) kind: Option<String>,
    /// The elements of `items`, where it has them; none where it is null.
    pub(crate) items: Option<Vec<&'a RawValue>>,
    /// All other fields.
    pub(crate) fields: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Envelope<'a> {
    /// A field that is none of those above.
    pub(crate) fn field(&self, key: &str) -> Option<&'a RawValue> {
        let found = self.fields.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| *value)
    }
}

/// The outside of the JSON object that a text starts with, and what broke it, if anything.
pub(crate) fn open(json: &str) -> (Envelope<'_>, Option<Error>) {
    let mut envelope = Envelope::default();
    let mut parser = serde_json::Deserializer::from_str(json);
    let result = Object(&mut envelope).deserialize(&mut parser);
    (envelope, result.err())
}

/// The elements of the JSON array that a text starts with, and what broke it, if anything.
pub(crate) fn elements(json: &str) -> (Vec<&RawValue>, Option<Error>) {
    let mut elements = None;
    let mut parser = serde_json::Deserializer::from_str(json);
    let result = Array(&mut elements).deserialize(&mut parser);
    (elements.unwrap_or_default(), result.err())
}

impl<'a> Deserialize<'a> for Outside<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'a> Visitor<'a> for Any {
    type Value = Outside<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<M: MapAccess<'a>>(self, map: M) -> Result<Outside<'a>, M::Error> {
        let mut envelope = Envelope::default();
        Object(&mut envelope).visit_map(map)?;
        Ok(Outside::Object(envelope))
    }

    fn visit_seq<S: SeqAccess<'a>>(self, array: S) -> Result<Outside<'a>, S::Error> {
        let mut elements = None;
        Array(&mut elements).visit_seq(array)?;
        Ok(Outside::Array(elements.unwrap_or_default()))
    }

    fn visit_str<E>(self, _: &str) -> Result<Outside<'a>, E> {
        Ok(Outside::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Outside<'a>, E> {
        Ok(Outside::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Outside<'a>, E> {
        Ok(Outside::Plain)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Outside<'a>, E> {
        Ok(Outside::Plain)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Outside<'a>, E> {
        Ok(Outside::Plain)
    }

    fn visit_unit<E>(self) -> Result<Outside<'a>, E> {
        Ok(Outside::Plain)
    }
}

/// A key, borrowed where nothing in it is escaped.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

struct Object<'e, 'a>(&'e mut Envelope<'a>);

impl<'a> DeserializeSeed<'a> for Object<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(Key(key)) = map.next_key()? {
            match key.as_ref() {
                "apiVersion" => self.0.api_version = text(map.next_value()?),
                "kind" => self.0.kind = text(map.next_value()?),
                "items" => map.next_value_seed(Array(&mut self.0.items))?,
                _ => self.0.fields.push((key, map.next_value()?)),
            }
        }
        Ok(())
    }
}

struct Array<'e, 'a>(&'e mut Option<Vec<&'a RawValue>>);

impl<'a> DeserializeSeed<'a> for Array<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Array<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut array: S) -> Result<(), S::Error> {
        let elements = self.0.insert(Vec::new());
        while let Some(element) = array.next_element()? {
            elements.push(element);
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = Some(Vec::new());
        Ok(())
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// The text of a JSON string that says something.
fn text(json: &RawValue) -> Option<String> {
    json::from_str(json.get())
        .ok()
        .filter(|text: &String| !text.is_empty())
}
