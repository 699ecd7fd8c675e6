//! Values that versions of a tool write in two ways.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A text or an object.
pub(super) enum TextOr<T> {
    Text(String),
    Object(Box<T>),
}

/// An object, or an array of such.
pub(super) enum OneOrMany<T> {
    One(Box<T>),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for TextOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadTextOr(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadOneOrMany(PhantomData))
    }
}

struct ReadTextOr<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ReadTextOr<T> {
    type Value = TextOr<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an object")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<TextOr<T>, E> {
        Ok(TextOr::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<TextOr<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(|of| TextOr::Object(of.into()))
    }
}

struct ReadOneOrMany<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ReadOneOrMany<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<OneOrMany<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(|one| OneOrMany::One(one.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<OneOrMany<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(elements)).map(OneOrMany::Many)
    }
}

#[cfg(test)]
mod tests {
    use posture_core::json::from_str;

    use super::*;

    #[derive(Deserialize)]
    struct Image {
        id: u8,
    }

    #[test]
    fn texts_and_objects() {
        let text = from_str::<TextOr<Image>>("\"a\\u0062\"");
        assert!(matches!(text, Ok(TextOr::Text(text)) if text == "ab"));
        let object = from_str::<TextOr<Image>>("{\"id\": 1, \"more\": []}");
        assert!(matches!(object, Ok(TextOr::Object(image)) if image.id == 1));
        for other in ["[1]", "1", "{\"id\": \"1\"}", "{}"] {
            assert!(from_str::<TextOr<Image>>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn one_and_many() {
        let ids = |json| {
            let images = from_str::<OneOrMany<Image>>(json);
            let images =
                images.map(|images| images.as_slice().iter().map(|image| image.id).collect());
            images.unwrap_or_else(|_| vec![0])
        };
        assert_eq!(ids("{\"id\": 1}"), [1]);
        assert_eq!(ids("[{\"id\": 1}, {\"id\": 2}]"), [1, 2]);
        assert_eq!(ids("[]"), [0; 0]);
        // an array of its fields is no object
        for other in ["[1]", "[[1]]", "\"1\"", "{\"id\": [1]}"] {
            assert_eq!(ids(other), [0], "{other}");
        }
    }
}
