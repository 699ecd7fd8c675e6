//! Texts in pseudonyms, by what they mean.

use std::collections::BTreeSet;
use std::net::IpAddr;

use posture_core::model::{Digest, ImageName, Tier};
use posture_core::selector::Selector;

use super::Pseudonyms;

/// Words that a score depends on, or that anybody knows.
const WORDS: [&str; 20] = [
    "",
    "*",
    "-",
    "None",
    "__PROFILE__",
    "adminnetworkpolicy",
    "baselineadminnetworkpolicy",
    "default",
    "k8s",
    "knp",
    "kns",
    "ksa",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "kubernetes",
    "openshift-kube-apiserver",
    "openshift-kube-controller-manager",
    "pub",
    "pvt",
];

/// What the prefixes of label keys end in that are not a cluster's own.
const OF_OTHERS: [&str; 5] = [
    "kubernetes.io",
    "k8s.io",
    "projectcalico.org",
    "cilium.io",
    "openshift.io",
];

/// Label keys without such a prefix that are not a cluster's own.
const KEYS: [&str; 6] = [
    "controller-revision-hash",
    "io.cilium.k8s.policy.cluster",
    "io.cilium.k8s.policy.serviceaccount",
    "io.kubernetes.pod.namespace",
    "job-name",
    "pod-template-hash",
];

/// What stands before a label key in Cilium's words.
const BEFORE_KEYS: [&str; 3] = ["k8s:", "any:", "io.cilium.k8s.namespace.labels."];

/// What stands before it in Calico's, where a pod has the label of its namespace or of its service account.
const INHERITED: [&str; 2] = ["pcns.", "pcsa."];

/// The registry of all pseudonyms of images: there is none of this name.
pub(super) const REGISTRY: &str = "registry.invalid";

impl Pseudonyms {
    /// A name, part for part between dots, and what a controller appended to it as it is.
    pub(super) fn name(&self, text: &str) -> String {
        if is_word(text) {
            return text.to_owned();
        }
        if let Some((name, node)) = self.of_node(text) {
            return format!("{}-{}", self.name(name), self.name(node));
        }
        if let Some(stem) = text.strip_suffix('*') {
            return format!("{}*", self.name(stem));
        }
        let parts: Vec<String> = text.split('.').map(|part| self.part(part)).collect();
        parts.join(".")
    }

    fn part(&self, part: &str) -> String {
        if is_word(part) {
            return part.to_owned();
        }
        let mut base = part.trim_end_matches('-');
        while let Some((stem, end)) = base.rsplit_once('-')
            && !stem.is_empty()
            && is_appended(end)
        {
            base = stem;
        }
        let appended = part.strip_prefix(base).unwrap_or_default();
        format!("{}{appended}", self.key.pseudonym(base))
    }

    /// The name of a static pod, and that of the node that is appended to it.
    fn of_node<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let dashes = text.match_indices('-');
        let mut pairs = dashes.filter_map(|(at, _)| {
            let (name, node) = (text.get(..at)?, text.get(at.saturating_add(1)..)?);
            Some((name, node))
        });
        pairs.find(|(name, node)| !name.is_empty() && self.nodes.contains(*node))
    }

    pub(super) fn policy(&self, text: &str) -> String {
        let numbered = self.policies.get(text).cloned();
        numbered.unwrap_or_else(|| self.name(text))
    }

    pub(super) fn tier(&self, text: &str) -> String {
        let is_built_in = Tier::built_in().iter().any(|tier| tier.name == text);
        let numbered = self.tiers.get(text).cloned();
        match is_built_in {
            true => text.to_owned(),
            false => numbered.unwrap_or_else(|| self.name(text)),
        }
    }

    pub(super) fn label_key(&self, text: &str) -> String {
        let mut all = BEFORE_KEYS.iter().chain(&INHERITED);
        let before = all.find(|before| text.starts_with(**before));
        if let Some((before, key)) =
            before.and_then(|before| Some((before, text.strip_prefix(before)?)))
        {
            return format!("{before}{}", self.label_key(key));
        }
        let prefix = text.split_once('/').map(|(prefix, _)| prefix);
        let is_of = |prefix: &str, of: &str| {
            let rest = prefix.strip_suffix(of);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let of_others = prefix.is_some_and(|prefix| OF_OTHERS.iter().any(|of| is_of(prefix, of)));
        let is_known = of_others || KEYS.contains(&text) || text.starts_with("reserved:");
        match is_known || text.is_empty() {
            true => text.to_owned(),
            false => self.key.pseudonym(text),
        }
    }

    /// A selector of the same labels. One on parts of values becomes one of all values of the cluster
    /// that have them. A text that is no selector becomes another that is none.
    pub(super) fn selector(&self, text: &str) -> String {
        match Selector::parse(text) {
            Ok(_) if text.trim().is_empty() => String::new(),
            Ok(selector) => self.of_labels(selector).to_string(),
            Err(_) => "`".to_owned(),
        }
    }

    fn of_labels(&self, selector: Selector) -> Selector {
        let value = |value: &String| self.name(value);
        let set = |values: &BTreeSet<String>| values.iter().map(value).collect();
        match selector {
            Selector::All | Selector::Global => selector,
            Selector::Has(k) => Selector::Has(self.label_key(&k)),
            Selector::Equals(k, v) => Selector::Equals(self.label_key(&k), value(&v)),
            Selector::NotEquals(k, v) => Selector::NotEquals(self.label_key(&k), value(&v)),
            Selector::In(k, v) => Selector::In(self.label_key(&k), set(&v)),
            Selector::NotIn(k, v) => Selector::NotIn(self.label_key(&k), set(&v)),
            Selector::Contains(k, part) => self.any_of(&k, |value| value.contains(&part)),
            Selector::StartsWith(k, part) => self.any_of(&k, |value| value.starts_with(&part)),
            Selector::EndsWith(k, part) => self.any_of(&k, |value| value.ends_with(&part)),
            Selector::Not(inner) => Selector::Not(Box::new(self.of_labels(*inner))),
            Selector::And(all) => {
                Selector::And(all.into_iter().map(|one| self.of_labels(one)).collect())
            }
            Selector::Or(any) => {
                Selector::Or(any.into_iter().map(|one| self.of_labels(one)).collect())
            }
        }
    }

    /// Has one of those values of a label that the cluster has.
    fn any_of(&self, key: &str, wanted: impl Fn(&str) -> bool) -> Selector {
        let inherited = INHERITED.iter().find_map(|before| key.strip_prefix(before));
        let values = self.values.get(inherited.unwrap_or(key));
        let values = values.into_iter().flatten();
        let found = values.filter(|value| wanted(value));
        let found: BTreeSet<String> = found.map(|value| self.name(value)).collect();
        match found.is_empty() {
            true => Selector::Or(Vec::new()),
            false => Selector::In(self.label_key(key), found),
        }
    }

    /// An image in a registry that is none. Its digest stays.
    pub(super) fn image(&self, text: &str) -> String {
        let (scheme, reference) = match text.split_once("://") {
            Some((scheme, reference)) => (format!("{scheme}://"), reference),
            None => (String::new(), text),
        };
        if reference.is_empty() || Digest::parse(reference).is_some() {
            return text.to_owned();
        }
        let Some((ImageName { repository, tag }, digest)) = ImageName::parse(reference) else {
            return self.key.pseudonym(text);
        };
        let repository = self.key.pseudonym(&repository);
        let tag = tag.map(|tag| format!(":{}", self.key.pseudonym(&tag)));
        let digest = digest.map(|digest| format!("@{}", digest.as_str()));
        let (tag, digest) = (tag.unwrap_or_default(), digest.unwrap_or_default());
        format!("{scheme}{REGISTRY}/{repository}{tag}{digest}")
    }

    pub(super) fn address(&self, text: &str) -> String {
        match text.parse::<IpAddr>() {
            Ok(_) => text.to_owned(),
            Err(_) => self.name(text),
        }
    }

    /// A domain name, part for part. Wildcards that stand for whole parts stay.
    pub(super) fn domain(&self, text: &str) -> String {
        let text = text.to_ascii_lowercase();
        let parts = text.split('.').map(|part| match part {
            "" => String::new(),
            part if part.bytes().all(|byte| byte == b'*') => part.to_owned(),
            part => self.key.pseudonym(part),
        });
        parts.collect::<Vec<String>>().join(".")
    }

    pub(super) fn port(&self, text: &str) -> String {
        let is_number = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':');
        match is_number {
            true => text.to_owned(),
            false => self.key.pseudonym(&text.to_ascii_lowercase()),
        }
    }

    /// A package; a package URL is left out, because it says too much.
    pub(super) fn package(&self, text: &str) -> String {
        match text.starts_with("pkg:") || text.is_empty() {
            true => String::new(),
            false => self.key.pseudonym(text),
        }
    }
}

fn is_word(text: &str) -> bool {
    WORDS.contains(&text)
}

/// Whether a controller appended it: the number of a replica or of a run, the hash of a template, or the five
/// letters and digits that Kubernetes makes up for a pod.
fn is_appended(part: &str) -> bool {
    let made_of = |letters: &[u8]| part.bytes().all(|byte| letters.contains(&byte));
    match part.len() {
        1..=4 => made_of(b"0123456789"),
        5 => made_of(b"bcdfghjklmnpqrstvwxz2456789"),
        6..=7 => made_of(b"456789bcdf"),
        8..=10 => made_of(b"456789bcdf") || made_of(b"0123456789"),
        _ => false,
    }
}
