//! Selectors of namespaces and service accounts, as selectors of endpoints.

use std::collections::BTreeSet;

use super::Selector;
use super::keys::{
    KUBERNETES, NAMESPACE, NAMESPACE_PREFIX, ORCHESTRATOR, SERVICE_ACCOUNT, SERVICE_ACCOUNT_PREFIX,
};

impl Selector {
    /// A rule's or policy's `namespaceSelector`, put as what it selects: "a namespaceSelector is
    /// rewritten to `pcns.`"; "`all()` means has a namespace"; "`global()` = network sets without
    /// namespace and host endpoints" (policy semantics, sections 4 and 5).
    #[must_use]
    pub fn of_namespaces(self) -> Self {
        let in_a_namespace = || Self::Has(NAMESPACE.to_owned());
        self.with_keys(
            &|key| format!("{NAMESPACE_PREFIX}{key}"),
            &|leaf| match leaf {
                Self::All => in_a_namespace(),
                Self::Global => in_a_namespace().negated(),
                other => other,
            },
        )
    }

    /// The `namespaceSelector` of a policy, put as what it selects: "`all()` means has a namespace"
    /// (policy semantics, section 4), while `global()` "evaluates TRUE on its own" (policy semantics,
    /// section 2).
    #[must_use]
    pub fn of_namespaces_of_subjects(self) -> Self {
        let in_a_namespace = || Self::Has(NAMESPACE.to_owned());
        self.with_keys(
            &|key| format!("{NAMESPACE_PREFIX}{key}"),
            &|leaf| match leaf {
                Self::All => in_a_namespace(),
                other => other,
            },
        )
    }

    /// A selector of service accounts, put as what it selects: labels of service accounts are
    /// inherited as "`pcsa.<k>`" (policy semantics, section 4).
    #[must_use]
    pub fn of_service_accounts(self) -> Self {
        self.with_keys(&|key| format!("{SERVICE_ACCOUNT_PREFIX}{key}"), &|leaf| {
            leaf
        })
    }

    /// A selector of endpoints in Cilium's words, put as what it selects; none where it asks for what
    /// nothing here tells: "a label of another source, and `io.cilium.k8s.policy.cluster`" (policy
    /// semantics, section 11).
    #[must_use]
    pub fn of_cilium_labels(self) -> Option<Self> {
        let known = self.keys().into_iter().all(|key| cilium_key(key).is_some());
        let put = |key: &str| cilium_key(key).unwrap_or_default();
        known.then(|| self.with_keys(&put, &|leaf| leaf))
    }

    /// What lies in a namespace.
    pub fn in_namespace(namespace: &str) -> Self {
        Self::Equals(NAMESPACE.to_owned(), namespace.to_owned())
    }

    /// Pods, as opposed to network sets and hosts.
    pub fn pods() -> Self {
        Self::Equals(ORCHESTRATOR.to_owned(), KUBERNETES.to_owned())
    }

    /// What runs as one of some service accounts, by name.
    pub fn service_account_in(names: impl IntoIterator<Item = String>) -> Self {
        Self::In(SERVICE_ACCOUNT.to_owned(), names.into_iter().collect())
    }

    /// A selector of inherited labels, put as that of what they are inherited from; none where it
    /// speaks of labels without the prefix, or of none.
    pub(crate) fn without_prefix(&self, prefix: &str) -> Option<Self> {
        let keys = self.keys();
        let all = !keys.is_empty() && keys.iter().all(|key| key.starts_with(prefix));
        let plain = |key: &str| key.strip_prefix(prefix).unwrap_or(key).to_owned();
        all.then(|| self.clone().with_keys(&plain, &|leaf| leaf))
    }

    /// The labels that it speaks of.
    pub(crate) fn keys(&self) -> BTreeSet<&str> {
        match self {
            Self::All | Self::Global => BTreeSet::new(),
            Self::Has(key)
            | Self::Equals(key, _)
            | Self::NotEquals(key, _)
            | Self::In(key, _)
            | Self::NotIn(key, _)
            | Self::Contains(key, _)
            | Self::StartsWith(key, _)
            | Self::EndsWith(key, _) => BTreeSet::from([key.as_str()]),
            Self::Not(inner) => inner.keys(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::keys).collect(),
        }
    }

    fn with_keys(self, key: &dyn Fn(&str) -> String, leaf: &dyn Fn(Self) -> Self) -> Self {
        match self {
            Self::All | Self::Global => leaf(self),
            Self::Has(k) => Self::Has(key(&k)),
            Self::Equals(k, v) => Self::Equals(key(&k), v),
            Self::NotEquals(k, v) => Self::NotEquals(key(&k), v),
            Self::In(k, v) => Self::In(key(&k), v),
            Self::NotIn(k, v) => Self::NotIn(key(&k), v),
            Self::Contains(k, v) => Self::Contains(key(&k), v),
            Self::StartsWith(k, v) => Self::StartsWith(key(&k), v),
            Self::EndsWith(k, v) => Self::EndsWith(key(&k), v),
            Self::Not(inner) => Self::Not(Box::new(inner.with_keys(key, leaf))),
            Self::And(all) => Self::And(each(all, key, leaf)),
            Self::Or(any) => Self::Or(each(any, key, leaf)),
        }
    }
}

/// A key in Cilium's words, without its source.
fn cilium_key(key: &str) -> Option<String> {
    let key = match key.split_once(':') {
        Some(("k8s" | "any", key)) => key,
        Some(_) => return None,
        None => key,
    };
    if let Some(key) = key.strip_prefix("io.cilium.k8s.namespace.labels.") {
        return Some(format!("{NAMESPACE_PREFIX}{key}"));
    }
    match key {
        "io.kubernetes.pod.namespace" => Some(NAMESPACE.to_owned()),
        "io.cilium.k8s.policy.serviceaccount" => Some(SERVICE_ACCOUNT.to_owned()),
        "io.cilium.k8s.policy.cluster" | NAMESPACE | ORCHESTRATOR | SERVICE_ACCOUNT => None,
        key if key.starts_with(NAMESPACE_PREFIX) || key.starts_with(SERVICE_ACCOUNT_PREFIX) => None,
        own => Some(own.to_owned()),
    }
}

fn each(
    parts: Vec<Selector>,
    key: &dyn Fn(&str) -> String,
    leaf: &dyn Fn(Selector) -> Selector,
) -> Vec<Selector> {
    parts
        .into_iter()
        .map(|part| part.with_keys(key, leaf))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_ciliums_words() {
        let put = |key: &str| {
            let selector = Selector::Has(key.to_owned()).of_cilium_labels();
            selector.map(|selector| selector.to_string())
        };
        for (key, expected) in [
            ("app", Some("has(app)")),
            ("k8s:app", Some("has(app)")),
            ("any:app", Some("has(app)")),
            (
                "k8s:io.kubernetes.pod.namespace",
                Some("has(projectcalico.org/namespace)"),
            ),
            (
                "io.cilium.k8s.namespace.labels.team",
                Some("has(pcns.team)"),
            ),
            (
                "io.cilium.k8s.policy.serviceaccount",
                Some("has(projectcalico.org/serviceaccount)"),
            ),
            ("io.cilium.k8s.policy.cluster", None),
            ("container:app", None),
            ("reserved:host", None),
            ("pcns.team", None),
            ("projectcalico.org/namespace", None),
        ] {
            assert_eq!(put(key).as_deref(), expected, "{key}");
        }
    }

    #[test]
    fn global_has_a_meaning_in_rules_only() {
        let rewritten = |of: fn(Selector) -> Selector, text: &str| {
            of(Selector::parse(text).unwrap()).to_string()
        };
        let rule = Selector::of_namespaces;
        let subject = Selector::of_namespaces_of_subjects;
        assert_eq!(rewritten(rule, "all()"), "has(projectcalico.org/namespace)");
        assert_eq!(
            rewritten(subject, "all()"),
            "has(projectcalico.org/namespace)"
        );
        assert_eq!(
            rewritten(rule, "global()"),
            "!has(projectcalico.org/namespace)"
        );
        assert_eq!(rewritten(subject, "global()"), "global()");
        assert_eq!(rewritten(subject, "team == 'red'"), "pcns.team == \"red\"");
    }
}
