//! Lists: read object by object, so that only what is kept of them is in memory.

use std::fmt;
use std::io::{self, Read, Write};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Objects of one kind.
#[derive(Clone, Debug)]
pub struct List {
    /// `NetworkPolicy`
    pub kind: String,
    /// `networking.k8s.io/v1`
    pub api_version: String,
    /// The objects.
    pub items: Vec<Value>,
}

/// Reads the list in a stream of JSON, and hands on its items one by one. Gives its other fields.
///
/// # Errors
/// Those of the stream, and of a text that is no list.
pub fn read_list(
    stream: impl Read,
    each: &mut dyn FnMut(Value),
) -> Result<Map<String, Value>, serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_reader(io::BufReader::new(stream));
    let fields = Wrapper(each).deserialize(&mut parser)?;
    parser.end()?;
    Ok(fields)
}

impl List {
    /// Writes it as JSON, an item a line. It says its kind, so that an empty one says of what there is
    /// none.
    ///
    /// # Errors
    /// Those of what it is written to.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        let (version, kind) = (&self.api_version, format!("{}List", self.kind));
        let (version, kind) = (Value::from(version.as_str()), Value::from(kind));
        write!(
            out,
            "{{\"apiVersion\":{version},\"kind\":{kind},\"items\":["
        )?;
        for (index, item) in self.items.iter().enumerate() {
            out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut out, item)?;
        }
        out.write_all(b"\n]}\n")
    }
}

struct Wrapper<'e>(&'e mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Wrapper<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Wrapper<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list with `items`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut fields = Map::new();
        let mut is_list = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                map.next_value_seed(Items(&mut *self.0))?;
                is_list = true;
            } else {
                fields.insert(key, map.next_value()?);
            }
        }
        match is_list {
            true => Ok(fields),
            false => Err(M::Error::missing_field("items")),
        }
    }
}

struct Items<'e>(&'e mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<(), S::Error> {
        while let Some(item) = items.next_element()? {
            (self.0)(item);
        }
        Ok(())
    }

    /// What Go writes for an array without elements.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<(Vec<Value>, Map<String, Value>), String> {
        let mut items = Vec::new();
        let fields = read_list(text.as_bytes(), &mut |item| items.push(item));
        fields
            .map(|fields| (items, fields))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn items_are_handed_on_and_the_rest_is_given() {
        let (items, fields) = read(r#"{"kind": "List", "items": [1, {"a": 2}], "n": 3}"#).unwrap();
        assert_eq!(items, [json!(1), json!({"a": 2})]);
        assert_eq!(Value::Object(fields), json!({"kind": "List", "n": 3}));
        assert_eq!(read(r#"{"items": null}"#).unwrap().0, [] as [Value; 0]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(
            read(r#"{"kind": "Pod"}"#)
                .unwrap_err()
                .contains("missing field `items`")
        );
        assert!(
            read("[1]")
                .unwrap_err()
                .contains("expected a list with `items`")
        );
        assert!(read(r#"{"items": [1, "#).is_err());
        assert!(read(r#"{"items": []} more"#).is_err());
    }

    #[test]
    fn a_list_says_its_kind() {
        let mut list = List {
            kind: "Pod".to_owned(),
            api_version: "v1".to_owned(),
            items: Vec::new(),
        };
        let text = |list: &List| {
            let mut out = Vec::new();
            list.write(&mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(&list),
            "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[\n]}\n"
        );
        list.items = vec![json!({"a": 1}), json!({"b": 2})];
        let expected =
            "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[\n{\"a\":1},\n{\"b\":2}\n]}\n";
        assert_eq!(text(&list), expected);
    }
}
