//! Structs from objects alone.
//!
//! What serde derives also reads a struct from an array of its fields, so that `[null, null]` would be the rule that
//! allows everything. Around a parser, this asks for an object wherever a struct is read, however deep; but for what
//! serde keeps aside before it knows its type: the values of untagged enums, and of enums by the word in a field, of which
//! none is read here.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// A parser, or who works with one.
pub(super) struct Strict<T>(pub(super) T);

macro_rules! forward_asking {
    ($($ask:ident($($name:ident: $type:ty),*);)*) => {$(
        fn $ask<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$ask($($name,)* Strict(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Strict(visitor))
    }

    forward_asking! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! forward_values {
    ($($visit:ident($type:ty);)*) => {$(
        fn $visit<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$visit(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    forward_values! {
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_f64(f64);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(fields))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Strict(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(parser))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Strict(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.0.variant_seed(Strict(seed))?;
        Ok((value, Strict(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Strict(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.newtype_variant_seed(Fields(visitor))
    }
}

/// The fields of a variant.
struct Fields<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Fields<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<V::Value, D::Error> {
        parser.deserialize_map(Strict(self.0))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use crate::json::from_str;

    #[derive(Debug, Deserialize, PartialEq)]
    struct One {
        a: u8,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Newtype(One);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Pair(One, One);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        one: One,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    enum Variant {
        New(One),
        Tuple(One, One),
        Struct { a: u8 },
    }

    /// Whether a text is read where `One` stands for an object, and refused where it stands for an array.
    fn is_strict<'a, T: Deserialize<'a>>(object: &'a str, array: &'a str) -> bool {
        from_str::<T>(object).is_ok() && from_str::<T>(array).is_err()
    }

    #[test]
    fn structs_are_objects_wherever_they_lie() {
        assert!(is_strict::<One>(r#"{"a":1}"#, "[1]"));
        assert!(is_strict::<Option<One>>(r#"{"a":1}"#, "[1]"));
        assert!(is_strict::<Newtype>(r#"{"a":1}"#, "[1]"));
        assert!(is_strict::<Vec<One>>(r#"[{"a":1}]"#, "[[1]]"));
        assert!(is_strict::<Pair>(
            r#"[{"a":1},{"a":2}]"#,
            r#"[{"a":1},[2]]"#
        ));
        assert!(is_strict::<Outer>(r#"{"one":{"a":1}}"#, r#"{"one":[1]}"#));
        assert!(is_strict::<BTreeMap<u8, One>>(
            r#"{"7":{"a":1}}"#,
            r#"{"7":[1]}"#
        ));
        assert!(is_strict::<Variant>(r#"{"New":{"a":1}}"#, r#"{"New":[1]}"#));
        assert!(is_strict::<Variant>(
            r#"{"Tuple":[{"a":1},{"a":2}]}"#,
            r#"{"Tuple":[[1],{"a":2}]}"#
        ));
        assert!(is_strict::<Variant>(
            r#"{"Struct":{"a":1}}"#,
            r#"{"Struct":[1]}"#
        ));
    }

    #[test]
    fn all_else_is_read_as_it_is() {
        for json in [
            "null",
            "true",
            "-7",
            "18446744073709551615",
            "1.5",
            r#""text""#,
            r#""\u0061\n""#,
            r#"[1,[],{"a":[null]}]"#,
        ] {
            let expected: serde_json::Value = serde_json::from_str(json).expect("a value");
            assert_eq!(
                from_str::<serde_json::Value>(json).expect("a value"),
                expected
            );
        }
        assert_eq!(
            from_str::<&str>(r#""borrowed""#).expect("a text"),
            "borrowed"
        );
        assert_eq!(from_str::<char>(r#""x""#).expect("a letter"), 'x');
        assert_eq!(
            from_str::<(u8, i8, f32)>("[1,-1,0.5]").expect("numbers"),
            (1, -1, 0.5)
        );
        assert!(from_str::<u8>("1 2").is_err());
    }
}
