//! Names replaced by pseudonyms, the same name by the same one wherever it stands.
//!
//! A pseudonym is a keyed hash of a name, so that archives made with one key speak of one cluster in the
//! same words, and nobody finds a name without the key. What a score depends on stays: see
//! [`Pseudonyms`].

mod key;
mod order;
mod record;
mod scan;
mod text;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::list::List;
use crate::objects::{Typed, replaced};
use crate::shape::Meaning;

pub use key::{Key, KeyTooShort};

/// The pseudonyms of a cluster.
///
/// These stay as they are: addresses, digests, names of vulnerabilities, times and numbers; words of
/// Kubernetes, Calico and Cilium, such as the namespaces `default` and `kube-system`, built-in tiers and
/// labels of `kubernetes.io/`; and what controllers append to names, such as `-755cdc7957-x7k2q` or `-0`,
/// by which pods are joined with their workloads.
///
/// Policies and tiers whose names decide which is asked first have a number before their pseudonyms,
/// which keeps their order.
#[derive(Clone, Debug)]
pub struct Pseudonyms {
    key: Key,
    /// Names of nodes, which names of static pods end in.
    nodes: BTreeSet<String>,
    /// Pseudonyms of policies and tiers that keep an order.
    policies: BTreeMap<String, String>,
    tiers: BTreeMap<String, String>,
    /// What labels are in the cluster, with all of their values.
    values: BTreeMap<String, BTreeSet<String>>,
}

impl Pseudonyms {
    /// Those of what was listed of a cluster.
    pub fn new(key: Key, lists: &[List]) -> Self {
        let order = order::Order::of(lists);
        let numbered = |names: &[String]| {
            let numbers = names.iter().zip(0_u32..);
            let put = numbers.map(|(name, at)| (name.clone(), key.numbered(at, name)));
            put.collect()
        };
        Self {
            nodes: values::nodes(lists),
            policies: numbered(&order.policies),
            tiers: numbered(&order.tiers),
            values: values::of_labels(lists),
            key,
        }
    }

    /// An object in pseudonyms, as far as a score uses it.
    pub fn object(&self, object: Value, typed: Typed<'_>) -> Value {
        let image = scan::image_of(&object).map(|image| self.image(&image));
        let mut put = replaced(object, typed, &|meaning, text| self.put(meaning, text));
        scan::set_image(&mut put, image.as_deref());
        put
    }

    /// A text in pseudonyms; none where it stays.
    fn put(&self, meaning: Meaning, text: &str) -> Option<String> {
        let put = match meaning {
            Meaning::Word => return None,
            Meaning::Name | Meaning::LabelValue => self.name(text),
            Meaning::PolicyName => self.policy(text),
            Meaning::TierName => self.tier(text),
            Meaning::LabelKey => self.label_key(text),
            Meaning::Selector => self.selector(text),
            Meaning::Image => self.image(text),
            Meaning::Address => self.address(text),
            Meaning::Domain => self.domain(text),
            Meaning::Port => self.port(text),
            Meaning::Package => self.package(text),
        };
        Some(put)
    }
}

#[cfg(test)]
mod tests;
