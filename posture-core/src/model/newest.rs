//! One object of many readings of it.

use super::{
    Controller, EndpointSlice, HostEndpoint, Namespace, NetworkSet, Node, Origin, Pod, Policy,
    Service, ServiceAccount, Tier, UnreadPolicy,
};
use crate::issue::{IssueKind, Issues};

/// An object that may be read more than once.
pub(super) trait Object: Ord + Clone {
    /// What it is, and which one: kind, namespace, name.
    fn key(&self) -> (&str, &str, &str);
    /// Where it was read.
    fn origin(&mut self) -> &mut Origin;
}

/// Each object once, in order of its key. "Reading the same object twice [...] is no error"
/// (formats): the greatest wins, which is the one with the newest `resourceVersion`. Of two that
/// differ, the one that is dropped is named.
pub(super) fn newest<T: Object>(mut objects: Vec<T>, issues: &mut Issues) -> Vec<T> {
    objects.sort_unstable_by(|a, b| a.key().cmp(&b.key()).then_with(|| b.cmp(a)));
    objects.dedup_by(|older, newer| {
        let same = older.key() == newer.key();
        if same && !same_content(older, newer) {
            let (kind, namespace, name) = newer.key();
            let slash = if namespace.is_empty() { "" } else { "/" };
            let message = format!(
                "{kind} `{namespace}{slash}{name}` differs from the one that is used: {}",
                newer.clone().origin()
            );
            let origin = older.origin().clone();
            issues.push(
                IssueKind::Conflict,
                origin.file.as_ref(),
                origin.at,
                message,
            );
        }
        same
    });
    objects
}

fn same_content<T: Object>(a: &T, b: &T) -> bool {
    let (mut a, mut b) = (a.clone(), b.clone());
    *a.origin() = Origin::default();
    *b.origin() = Origin::default();
    a == b
}

macro_rules! objects {
    ($($type:ty: $key:expr;)*) => {$(
        impl Object for $type {
            fn key(&self) -> (&str, &str, &str) {
                let key: fn(&Self) -> (&str, &str, &str) = $key;
                key(self)
            }
            fn origin(&mut self) -> &mut Origin {
                &mut self.origin
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
    Policy: |o| o.key();
    Tier: |o| ("tier", "", &o.name);
    NetworkSet: |o| ("network set", &o.namespace, &o.name);
    HostEndpoint: |o| ("host endpoint", "", &o.name);
    UnreadPolicy: |o| (&o.kind, &o.namespace, &o.name);
}
