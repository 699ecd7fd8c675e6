//! What a JSON object says it is, read no further than that.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Error;

use super::{Key, text};

/// What a JSON object says it is.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// `apiVersion`
    pub(crate) api_version: Option<String>,
    /// `kind`
    pub(crate) kind: Option<String>,
}

/// What the JSON object that a text starts with says it is; why it is none, if it is none. What lies
/// behind both is not looked at.
pub(crate) fn head(json: &str) -> Result<Head, Error> {
    let mut head = Head::default();
    let mut parser = serde_json::Deserializer::from_str(json);
    match Object(&mut head).deserialize(&mut parser) {
        Err(error) if !head.is_whole() => Err(error),
        _ => Ok(head),
    }
}

impl Head {
    const fn is_whole(&self) -> bool {
        self.api_version.is_some() && self.kind.is_some()
    }
}

struct Object<'h>(&'h mut Head);

impl<'a> DeserializeSeed<'a> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while !self.0.is_whole()
            && let Some(Key(key)) = map.next_key()?
        {
            match key.as_ref() {
                "apiVersion" => self.0.api_version = text(map.next_value()?),
                "kind" => self.0.kind = text(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<(Option<String>, Option<String>)> {
        head(json).ok().map(|head| (head.api_version, head.kind))
    }

    #[test]
    fn no_further_than_both() {
        let both = Some((Some("v1".to_owned()), Some("Pod".to_owned())));
        for json in [
            r#"{"apiVersion": "v1", "kind": "Pod"}"#,
            r#"{"metadata": {"kind": 5}, "kind": "Pod", "apiVersion": "v1", "spec": {"#,
        ] {
            assert_eq!(read(json), both, "{json}");
        }
        let kind = Some((None, Some("Pod".to_owned())));
        assert_eq!(read(r#"{"kind": "Pod", "apiVersion": ""}"#), kind);
        for json in [
            r#"{"kind": "Pod", "spec": {"#,
            "[]",
            "7",
            "null",
            "\"kind\"",
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
