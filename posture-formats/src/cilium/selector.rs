//! Endpoint selectors: whom a policy governs, and whom its rules name.

use posture_core::model::EndMatch;
use posture_core::selector::Selector;

use super::entity;
use super::peer::Peers;
use crate::object::Invalid;

const NAMESPACE: &str = "io.kubernetes.pod.namespace";
const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";
const RESERVED: &str = "reserved:";

/// Whom a policy governs.
pub(super) enum Subject {
    /// These pods.
    Pods(Selector),
    /// None, because of this field.
    NoPods(&'static str),
}

/// "endpointSelector: pods of the policy's own namespace, of all namespaces for a cluster-wide policy"
/// (policy semantics, section 11).
pub(super) fn subject(selector: Selector, namespace: Option<&str>) -> Result<Subject, Invalid> {
    let mut subject = Selector::pods();
    if let Some(namespace) = namespace {
        subject = subject.and(Selector::in_namespace(namespace));
    }
    for part in parts(selector) {
        match (key(&part).strip_prefix(RESERVED), is_negative(&part)) {
            (Some(_), false) => return Ok(Subject::NoPods("endpointSelector")),
            // pods have no such label
            (Some(_), true) => {}
            (None, _) if namespace.is_some() && is_overwritten(&part) => {}
            (None, _) => {
                let text = key(&part).to_owned();
                let part = part.of_cilium_labels();
                subject = subject.and(part.ok_or_else(|| {
                    Invalid::new(format!(
                        "label `{text}` is not understood, expected one of pods, of their namespace \
                         or service account"
                    ))
                })?);
            }
        }
    }
    Ok(Subject::Pods(subject))
}

/// An element of `fromEndpoints` or `toEndpoints`: "Without a key of the namespace it is limited to
/// pods, of a `CiliumNetworkPolicy` to those of its own namespace" (policy semantics, section 11).
pub(super) fn peer(selector: Selector, namespace: Option<&str>, peers: &mut Peers) {
    let parts = parts(selector.clone());
    let mut reserved = parts
        .iter()
        .filter_map(|part| key(part).strip_prefix(RESERVED));
    if let Some(word) = reserved.next() {
        match parts.as_slice() {
            [one] if is_there(one) => entity::add(word, peers),
            _ => peers.not_understood(format!("label `{RESERVED}{word}`")),
        }
        return;
    }
    let Some(labels) = selector.of_cilium_labels() else {
        let mut unknown = parts.into_iter().filter(|part| {
            let part = part.clone();
            part.of_cilium_labels().is_none()
        });
        let label = unknown.next().map(|part| format!("label `{}`", key(&part)));
        peers.not_understood(label.unwrap_or_default());
        return;
    };
    let names = |wanted: &dyn Fn(&str) -> bool| parts.iter().any(|part| wanted(plain(key(part))));
    let by_name = names(&|key| key == NAMESPACE);
    let by_label = names(&|key| key.starts_with(NAMESPACE_LABELS));
    let end = match namespace {
        Some(namespace) if !by_name && !by_label => {
            selected(Selector::in_namespace(namespace).and(labels))
        }
        None if !by_name => selected(labels),
        _ if !parts.iter().all(is_negative) => selected(labels),
        // what has no labels at all has none of these either
        _ => EndMatch {
            not_selector: Some(Selector::pods().and(labels.negated())),
            ..EndMatch::default()
        },
    };
    peers.push(end);
}

fn selected(labels: Selector) -> EndMatch {
    EndMatch {
        selector: Some(Selector::pods().and(labels)),
        ..EndMatch::default()
    }
}

/// An element of `fromNodes` or `toNodes`, which has labels of nodes.
pub(super) fn nodes(selector: Selector) -> Option<Selector> {
    let mut all = Selector::All;
    for part in parts(selector) {
        let plain = match part {
            Selector::Equals(key, value) => Selector::Equals(node_key(&key)?, value),
            Selector::In(key, values) => Selector::In(node_key(&key)?, values),
            Selector::NotIn(key, values) => Selector::NotIn(node_key(&key)?, values),
            Selector::Has(key) => Selector::Has(node_key(&key)?),
            Selector::Not(inner) => match *inner {
                Selector::Has(key) => Selector::Has(node_key(&key)?).negated(),
                _ => return None,
            },
            _ => return None,
        };
        all = all.and(plain);
    }
    Some(all)
}

fn node_key(key: &str) -> Option<String> {
    match key.split_once(':') {
        Some(("k8s" | "any" | "node", key)) => Some(key.to_owned()),
        Some(_) => None,
        None => Some(key.to_owned()),
    }
}

/// The requirements of a label selector, each of one label.
fn parts(selector: Selector) -> Vec<Selector> {
    match selector {
        Selector::All => Vec::new(),
        Selector::And(parts) => parts,
        one => vec![one],
    }
}

fn key(part: &Selector) -> &str {
    match part {
        Selector::Equals(key, _)
        | Selector::In(key, _)
        | Selector::NotIn(key, _)
        | Selector::Has(key) => key,
        Selector::Not(inner) => key(inner),
        _ => "",
    }
}

/// A key without its source.
fn plain(key: &str) -> &str {
    let bare = key.strip_prefix("k8s:").or(key.strip_prefix("any:"));
    bare.unwrap_or(key)
}

/// Whether what lacks the label fits.
const fn is_negative(part: &Selector) -> bool {
    matches!(part, Selector::NotIn(..) | Selector::Not(_))
}

/// Whether it asks for a reserved label, which has no value.
fn is_there(part: &Selector) -> bool {
    match part {
        Selector::Has(_) => true,
        Selector::Equals(_, value) => value.is_empty(),
        Selector::In(_, values) => values.contains(""),
        _ => false,
    }
}

/// "removing illegal namespace match": the policy's own namespace takes its place.
fn is_overwritten(part: &Selector) -> bool {
    matches!(part, Selector::Equals(key, _) if key.strip_prefix("k8s:") == Some(NAMESPACE))
}
