//! The items that an action had when it was dismissed.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// How many items are listed by name; of more there are hashes, so that a file of dismissals stays
/// fit for review.
pub const MAX_LISTED: usize = 50;

/// The items that an action had when it was dismissed: their keys, or hashes of these where there are
/// more than [`MAX_LISTED`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Snapshot {
    /// The keys of the items.
    Listed(BTreeSet<String>),
    /// Hashes of the keys: one text of 16 hexadecimal digits each, divided by white space.
    #[serde(serialize_with = "write_hashes")]
    Hashed(#[cfg_attr(feature = "schema", schemars(with = "String"))] BTreeSet<ItemHash>),
}

impl Default for Snapshot {
    fn default() -> Self {
        Self::Listed(BTreeSet::new())
    }
}

/// The first 64 bits of the SHA-256 of an item's key; written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemHash([u8; 8]);

/// A text that is no hash of an item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the hash of an item: expected 16 hexadecimal digits")]
pub struct NotAHash(String);

impl Snapshot {
    /// The snapshot of items by their keys.
    pub fn of<'k>(keys: impl IntoIterator<Item = &'k str>) -> Self {
        let keys: BTreeSet<&str> = keys.into_iter().collect();
        match keys.len() <= MAX_LISTED {
            true => Self::Listed(keys.into_iter().map(str::to_owned).collect()),
            false => Self::Hashed(keys.into_iter().map(ItemHash::of).collect()),
        }
    }

    /// Whether it holds no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items it holds.
    pub fn len(&self) -> usize {
        match self {
            Self::Listed(keys) => keys.len(),
            Self::Hashed(hashes) => hashes.len(),
        }
    }

    /// Whether it holds the item of a key.
    pub fn holds(&self, key: &str) -> bool {
        match self {
            Self::Listed(keys) => keys.contains(key),
            Self::Hashed(hashes) => hashes.contains(&ItemHash::of(key)),
        }
    }
}

impl ItemHash {
    /// The hash of a key.
    pub fn of(key: &str) -> Self {
        let digest = Sha256::digest(key.as_bytes());
        let mut first = [0; 8];
        for (byte, of_digest) in first.iter_mut().zip(digest) {
            *byte = of_digest;
        }
        Self(first)
    }
}

impl fmt::Display for ItemHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl FromStr for ItemHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let all_digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(hash) if text.len() == 16 && all_digits => Ok(Self(hash.to_be_bytes())),
            _ => Err(NotAHash(text.to_owned())),
        }
    }
}

/// Four to a line: a change of one item changes few lines.
fn write_hashes<S: Serializer>(hashes: &BTreeSet<ItemHash>, to: S) -> Result<S::Ok, S::Error> {
    let mut text = String::new();
    for (index, hash) in hashes.iter().enumerate() {
        text.push_str(match index % 4 {
            _ if index == 0 => "",
            0 => "\n",
            _ => " ",
        });
        text.push_str(&hash.to_string());
    }
    text.push('\n');
    to.serialize_str(&text)
}

impl<'de> Deserialize<'de> for Snapshot {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ReadSnapshot)
    }
}

struct ReadSnapshot;

impl<'de> Visitor<'de> for ReadSnapshot {
    type Value = Snapshot;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items, or a text of hashes of 16 hexadecimal digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Snapshot, E> {
        let hashes = text.split_whitespace().map(str::parse);
        let hashes = hashes.collect::<Result<_, NotAHash>>();
        hashes.map(Snapshot::Hashed).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Snapshot, A::Error> {
        BTreeSet::deserialize(SeqAccessDeserializer::new(items)).map(Snapshot::Listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_items_are_listed_and_many_are_hashed() {
        let keys: Vec<String> = (0..=MAX_LISTED).map(|n| format!("item {n}")).collect();
        let few = Snapshot::of(keys.iter().take(MAX_LISTED).map(String::as_str));
        assert!(matches!(&few, Snapshot::Listed(keys) if keys.len() == MAX_LISTED));
        let many = Snapshot::of(keys.iter().map(String::as_str));
        assert!(matches!(&many, Snapshot::Hashed(hashes) if hashes.len() == MAX_LISTED + 1));
        assert!(keys.iter().all(|key| many.holds(key)));
        assert!(!many.holds("item"));
        for snapshot in [few, many] {
            let json = serde_json::to_string(&snapshot).unwrap();
            assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), snapshot);
        }
    }

    #[test]
    fn hashes_are_the_start_of_sha_256() {
        // `printf abc | sha256sum` gives ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
        assert_eq!(ItemHash::of("abc").to_string(), "ba7816bf8f01cfea");
        assert_eq!("ba7816bf8f01cfea".parse(), Ok(ItemHash::of("abc")));
        assert!("+a7816bf8f01cfea".parse::<ItemHash>().is_err());
        assert!("ba7816bf".parse::<ItemHash>().is_err());
    }
}
