//! One object of many readings of it.

use super::ordered::{Key, ordered_by_key};
use super::{
    Controller, EndpointSlice, HostEndpoint, Namespace, NetworkSet, Node, Origin, Pod, Policy,
    Service, ServiceAccount, Tier, UnreadPolicy,
};
use crate::issue::{IssueKind, Issues};

/// An object that may be read more than once.
pub(super) trait Object: Ord + Clone {
    /// What it is, and which one: kind, namespace, name.
    fn key(&self) -> Key<'_>;
    /// Where it was read.
    fn origin(&self) -> &Origin;
    /// The same, wherever it was read.
    fn without_origin(self) -> Self;
}

/// The policies that one object is put as, read at one place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Policies {
    first: Policy,
    others: Vec<Policy>,
}

/// Each object once, in order of its key. "Reading the same object twice [...] is no error"
/// (formats): the greatest wins, which is the one with the newest `resourceVersion`. Of two that
/// differ, the one that is dropped is named.
pub(super) fn newest<T: Object>(objects: Vec<T>, issues: &mut Issues) -> Vec<T> {
    let mut objects = ordered_by_key(objects, T::key, |a, b| b.cmp(a));
    objects.dedup_by(|older, newer| {
        let same = older.key() == newer.key();
        if same && !same_content(older, newer) {
            let (kind, namespace, name) = newer.key();
            let slash = if namespace.is_empty() { "" } else { "/" };
            let message = format!(
                "{kind} `{namespace}{slash}{name}` differs from the one that is used: {}",
                newer.origin()
            );
            let Origin { file, at } = older.origin();
            issues.push(IssueKind::Conflict, file.as_ref(), at.as_str(), message);
        }
        same
    });
    objects
}

/// The policies of each object once, in order of their keys: those of its newest reading, all of
/// them and no others.
pub(super) fn newest_policies(policies: Vec<Policy>, issues: &mut Issues) -> Vec<Policy> {
    let policies = ordered_by_key(policies, Policy::object, |a, b| {
        let by_part = || a.part.cmp(&b.part).then_with(|| b.cmp(a));
        a.origin.cmp(&b.origin).then_with(by_part)
    });
    let mut readings: Vec<Policies> = Vec::new();
    for policy in policies {
        match readings.last_mut() {
            Some(reading) if reading.goes_on_with(&policy) => reading.others.push(policy),
            _ => readings.push(Policies {
                first: policy,
                others: Vec::new(),
            }),
        }
    }
    let all = newest(readings, issues).into_iter();
    all.flat_map(|reading| std::iter::once(reading.first).chain(reading.others))
        .collect()
}

impl Policies {
    /// Whether a policy is the next part of the same reading.
    fn goes_on_with(&self, next: &Policy) -> bool {
        let last = self.others.last().unwrap_or(&self.first);
        last.part.is_some()
            && last.part < next.part
            && last.object() == next.object()
            && last.origin == next.origin
    }
}

impl Object for Policies {
    fn key(&self) -> Key<'_> {
        self.first.object()
    }

    fn origin(&self) -> &Origin {
        &self.first.origin
    }

    fn without_origin(mut self) -> Self {
        for policy in std::iter::once(&mut self.first).chain(&mut self.others) {
            policy.origin = Origin::default();
        }
        self
    }
}

fn same_content<T: Object>(a: &T, b: &T) -> bool {
    a.clone().without_origin() == b.clone().without_origin()
}

macro_rules! objects {
    ($($type:ty: $key:expr;)*) => {$(
        impl Object for $type {
            fn key(&self) -> Key<'_> {
                let key: fn(&Self) -> Key<'_> = $key;
                key(self)
            }
            fn origin(&self) -> &Origin {
                &self.origin
            }
            fn without_origin(mut self) -> Self {
                self.origin = Origin::default();
                self
            }
        }
    )*};
}

objects! {
    Namespace: |o| ("namespace", "", &o.name);
    Node: |o| ("node", "", &o.name);
    Pod: |o| ("pod", &o.namespace, &o.name);
    Controller: |o| (&o.kind, &o.namespace, &o.name);
    Service: |o| ("service", &o.namespace, &o.name);
    EndpointSlice: |o| ("endpoint slice", &o.namespace, &o.name);
    ServiceAccount: |o| ("service account", &o.namespace, &o.name);
    Tier: |o| ("tier", "", &o.name);
    NetworkSet: |o| ("network set", &o.namespace, &o.name);
    HostEndpoint: |o| ("host endpoint", "", &o.name);
    UnreadPolicy: |o| (&o.kind, &o.namespace, &o.name);
}
