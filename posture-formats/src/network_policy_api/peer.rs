//! Whom a policy governs, and whom its rules name.

use posture_core::model::EndMatch;
use posture_core::selector::Selector;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::object::address::Cidr;
use crate::object::{Invalid, LabelSelector, Requirement, WrittenLabels};

/// `subject`: pods of namespaces, or some of them.
#[derive(Deserialize)]
#[serde(try_from = "Pods")]
pub(super) struct Subject(pub(super) Selector);

/// An element of `from`; none where it names nobody that is known here.
#[derive(Deserialize)]
#[serde(from = "Pods")]
pub(super) struct IngressPeer(pub(super) Option<EndMatch>);

/// An element of `to`; none where it names nobody that is known here.
#[derive(Deserialize)]
#[serde(from = "EgressFields")]
pub(super) struct EgressPeer(pub(super) Option<EndMatch>);

/// Which namespaces; none where that is told in words that are not known here.
#[derive(Deserialize)]
#[serde(from = "NamespacesFields")]
struct Namespaces(Option<Selector>);

/// A label selector, or one a level deeper, as the first release had it. That one could compare the
/// labels of namespaces with each other, too.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object", deny_unknown_fields)]
struct NamespacesFields {
    match_labels: Option<WrittenLabels>,
    match_expressions: Option<Vec<Requirement>>,
    namespace_selector: Option<LabelSelector>,
    same_labels: Option<IgnoredAny>,
    not_same_labels: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Pods {
    namespaces: Option<Namespaces>,
    pods: Option<NamespacedPods>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct NamespacedPods {
    namespace_selector: Option<LabelSelector>,
    /// The same, as the first release had it.
    namespaces: Option<Namespaces>,
    pod_selector: Option<LabelSelector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct EgressFields {
    namespaces: Option<Namespaces>,
    pods: Option<NamespacedPods>,
    nodes: Option<LabelSelector>,
    networks: Option<Vec<Cidr>>,
    domain_names: Option<Vec<String>>,
}

impl TryFrom<Pods> for Subject {
    type Error = Invalid;

    fn try_from(fields: Pods) -> Result<Self, Invalid> {
        fields
            .selector()
            .map(Self)
            .ok_or_else(|| Invalid::new("a subject is told by one of namespaces and pods"))
    }
}

impl From<Pods> for IngressPeer {
    fn from(fields: Pods) -> Self {
        Self(fields.selector().map(selected))
    }
}

/// "Egress peers: namespaces, pods, nodes, networks (CIDRs, also match pods), domainNames" (policy
/// semantics, section 7), one of them.
impl From<EgressFields> for EgressPeer {
    fn from(fields: EgressFields) -> Self {
        let pods = Pods {
            namespaces: fields.namespaces,
            pods: fields.pods,
        };
        let names_pods = pods.namespaces.is_some() || pods.pods.is_some();
        let networks = fields.networks.filter(|networks| !networks.is_empty());
        let domains = fields.domain_names.filter(|names| !names.is_empty());
        Self(match (names_pods, fields.nodes, networks, domains) {
            (true, None, None, None) => pods.selector().map(selected),
            (false, Some(LabelSelector(nodes)), None, None) => Some(EndMatch {
                nodes: Some(nodes),
                ..EndMatch::default()
            }),
            (false, None, Some(networks), None) => Some(EndMatch {
                nets: Some(networks.into_iter().map(|Cidr(net)| net).collect()),
                ..EndMatch::default()
            }),
            (false, None, None, Some(domains)) => Some(EndMatch {
                domains: Some(domains),
                ..EndMatch::default()
            }),
            _ => None,
        })
    }
}

impl From<NamespacesFields> for Namespaces {
    fn from(fields: NamespacesFields) -> Self {
        let compares = fields.same_labels.is_some() || fields.not_same_labels.is_some();
        let own = LabelSelector::of(fields.match_labels, fields.match_expressions).0;
        let LabelSelector(deeper) = fields.namespace_selector.unwrap_or_default();
        Self((!compares).then(|| own.and(deeper)))
    }
}

impl Pods {
    fn selector(self) -> Option<Selector> {
        let (namespaces, pods) = match (self.namespaces, self.pods) {
            (Some(Namespaces(namespaces)), None) => (namespaces?, Selector::All),
            (None, Some(pods)) => {
                let LabelSelector(namespaces) = pods.namespace_selector.unwrap_or_default();
                let deeper = match pods.namespaces {
                    Some(Namespaces(selector)) => selector?,
                    None => Selector::All,
                };
                (
                    namespaces.and(deeper),
                    pods.pod_selector.unwrap_or_default().0,
                )
            }
            _ => return None,
        };
        let there = Selector::pods().and(namespaces.of_namespaces());
        Some(there.and(pods))
    }
}

fn selected(selector: Selector) -> EndMatch {
    EndMatch {
        selector: Some(selector),
        ..EndMatch::default()
    }
}
