//! A document as the tree that JSON has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Tag};
use serde_json::{Map, Value};

use super::scalar;

/// How many nodes aliases may stand for: without them there is no more to a document than its text,
/// which is at hand already.
const ALIASED: usize = 100_000;

/// How deep nodes may lie: whoever walks them may have a small stack.
const DEPTH: usize = 64;

/// What is wrong with a document, and where in it, from 1 on.
pub(super) struct Broken {
    pub(super) message: String,
    pub(super) line: u64,
    pub(super) column: u64,
}

/// The tree of a document, as Kubernetes reads it: the last of equal keys counts, and what JSON cannot
/// say is text.
pub(super) fn read(text: &str) -> Result<Value, Broken> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    let mut tree = Tree::default();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next?;
        tree.take(event).map_err(|message| Broken {
            message: message.to_owned(),
            line: span.start.line() as u64,
            column: span.start.col() as u64 + 1,
        })?;
    }
    Ok(tree.root.unwrap_or_default())
}

/// A tree while it grows.
#[derive(Default)]
struct Tree {
    root: Option<Value>,
    /// The collections around what comes next, each with the number of its anchor, or 0.
    open: Vec<(Collection, usize)>,
    /// What anchors stand for, by their numbers.
    anchored: BTreeMap<usize, Value>,
    /// How many nodes that, and aliases, are until now.
    copied: usize,
}

enum Collection {
    Sequence(Vec<Value>),
    Mapping(Mapping),
}

#[derive(Default)]
struct Mapping {
    fields: Map<String, Value>,
    /// The fields of other mappings, which count where there are none of its own.
    merged: Map<String, Value>,
    /// The key whose value comes next.
    key: Option<Key>,
}

enum Key {
    Field(String),
    /// `<<`, the key of mappings to merge (yaml.org/type/merge.html).
    Merge,
}

impl Tree {
    fn take(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref())
            }
            Event::SequenceStart(_, anchor, _) => {
                self.enter(Collection::Sequence(Vec::new()), anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                self.enter(Collection::Mapping(Mapping::default()), anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some((collection, anchor)) => self.add(collection.into_value(), anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => self.alias(anchor),
            Event::DocumentStart(..) if self.root.is_some() => Err("expected one document"),
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), &'static str> {
        if let Some(mapping) = self.before_key() {
            let is_merge = text == "<<" && style == ScalarStyle::Plain;
            mapping.key = Some(match is_merge {
                true => Key::Merge,
                false => Key::Field(text.clone().into_owned()),
            });
            return self.anchor(&Value::String(text.into_owned()), anchor);
        }
        self.add(scalar::value(text, style, tag), anchor)
    }

    fn enter(&mut self, collection: Collection, anchor: usize) -> Result<(), &'static str> {
        if self.before_key().is_some() {
            return Err("expected a text as key");
        }
        self.open.push((collection, anchor));
        match self.open.len() > DEPTH {
            true => Err("nodes lie deeper than 64"),
            false => Ok(()),
        }
    }

    fn alias(&mut self, anchor: usize) -> Result<(), &'static str> {
        let value = self.anchored.get(&anchor);
        let value = value.ok_or("an alias stands within what it stands for")?;
        let Extent { nodes, depth } = extent(value);
        if self.open.len() + depth > DEPTH {
            return Err("nodes lie deeper than 64");
        }
        self.copied = self.copied.saturating_add(nodes);
        if self.copied > ALIASED {
            return Err("aliases stand for more than 100 000 nodes");
        }
        let value = value.clone();
        match (self.before_key(), value) {
            (Some(mapping), Value::String(text)) => mapping.key = Some(Key::Field(text)),
            (Some(_), _) => return Err("expected a text as key"),
            (None, value) => return self.add(value, 0),
        }
        Ok(())
    }

    /// The mapping around, where a key comes next.
    fn before_key(&mut self) -> Option<&mut Mapping> {
        match self.open.last_mut() {
            Some((Collection::Mapping(mapping), _)) if mapping.key.is_none() => Some(mapping),
            _ => None,
        }
    }

    fn add(&mut self, value: Value, anchor: usize) -> Result<(), &'static str> {
        self.anchor(&value, anchor)?;
        match self.open.last_mut() {
            Some((Collection::Sequence(elements), _)) => elements.push(value),
            Some((Collection::Mapping(mapping), _)) => match mapping.key.take() {
                Some(Key::Field(key)) => {
                    mapping.fields.insert(key, value);
                }
                Some(Key::Merge) => mapping.merge(value)?,
                None => return Err("expected a text as key"),
            },
            None => self.root = Some(value),
        }
        Ok(())
    }

    /// Remembers what an anchor stands for.
    fn anchor(&mut self, value: &Value, anchor: usize) -> Result<(), &'static str> {
        if anchor > 0 {
            self.copied = self.copied.saturating_add(extent(value).nodes);
            if self.copied > ALIASED {
                return Err("aliases stand for more than 100 000 nodes");
            }
            self.anchored.insert(anchor, value.clone());
        }
        Ok(())
    }
}

impl Collection {
    fn into_value(self) -> Value {
        match self {
            Self::Sequence(elements) => Value::Array(elements),
            Self::Mapping(Mapping {
                fields, mut merged, ..
            }) => {
                merged.extend(fields);
                Value::Object(merged)
            }
        }
    }
}

impl Mapping {
    /// Takes over the fields of a mapping, or of several, of which the first that has one counts.
    fn merge(&mut self, value: Value) -> Result<(), &'static str> {
        let mappings = match value {
            Value::Array(mappings) => mappings,
            one => vec![one],
        };
        for mapping in mappings {
            let Value::Object(fields) = mapping else {
                return Err("expected mappings to merge");
            };
            for (key, value) in fields {
                self.merged.entry(key).or_insert(value);
            }
        }
        Ok(())
    }
}

/// How many nodes a tree has, and in how many collections the deepest lies.
struct Extent {
    nodes: usize,
    depth: usize,
}

fn extent(value: &Value) -> Extent {
    let around = |all: Extent, inner: &Value| {
        let Extent { nodes, depth } = extent(inner);
        Extent {
            nodes: all.nodes.saturating_add(nodes),
            depth: all.depth.max(depth.saturating_add(1)),
        }
    };
    let alone = Extent { nodes: 1, depth: 0 };
    match value {
        Value::Array(elements) => elements.iter().fold(Extent { depth: 1, ..alone }, around),
        Value::Object(fields) => fields.values().fold(Extent { depth: 1, ..alone }, around),
        _ => alone,
    }
}

impl From<ScanError> for Broken {
    fn from(error: ScanError) -> Self {
        Self {
            message: error.info(),
            line: error.marker().line() as u64,
            column: error.marker().col() as u64 + 1,
        }
    }
}
