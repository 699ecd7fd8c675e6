//! From a pod to its workload.

use rustc_hash::FxHashMap;

use super::{Controller, Owner, Pod, WorkloadId};
use crate::issue::{IssueKind, Issues};

/// Owners of a controller by (namespace, kind, name).
pub(super) struct Controllers<'a> {
    owners: FxHashMap<(&'a str, &'a str, &'a str), Option<&'a Owner>>,
}

impl<'a> Controllers<'a> {
    pub(super) fn new(controllers: &'a [Controller]) -> Self {
        let key = |c: &'a Controller| (c.namespace.as_str(), c.kind.as_str(), c.name.as_str());
        Self {
            owners: controllers
                .iter()
                .map(|c| (key(c), c.owner.as_ref()))
                .collect(),
        }
    }

    /// The workload of a pod: its topmost controller.
    ///
    /// "ownerReferences, `ReplicaSet` -> Deployment, Job -> `CronJob`; when the intermediate object is
    /// absent, strip `pod-template-hash` (label) or the `-<hash>` suffix" (formats, section 1).
    pub(super) fn workload_of(&self, pod: &Pod, issues: &mut Issues) -> WorkloadId {
        let (kind, name) = match &pod.owner {
            None => ("Pod".to_owned(), pod.name.clone()),
            Some(owner) if owner.kind == "Node" => ("Pod".to_owned(), static_pod_name(pod)),
            Some(owner) => self.top(pod, owner, issues),
        };
        WorkloadId {
            namespace: pod.namespace.as_str().into(),
            name: name.into(),
            kind: kind.into(),
        }
    }

    fn top(&self, pod: &Pod, first: &Owner, issues: &mut Issues) -> (String, String) {
        let mut seen = vec![first];
        let mut owner = first;
        loop {
            let key = (
                pod.namespace.as_str(),
                owner.kind.as_str(),
                owner.name.as_str(),
            );
            match self.owners.get(&key) {
                Some(Some(next)) if seen.contains(next) => {
                    issues.push(
                        IssueKind::OwnerCycle,
                        pod.origin.file.as_ref(),
                        &pod.origin.at,
                        format!(
                            "the owners of pod `{}/{}` lead back to {} `{}`; it is taken as the workload",
                            pod.namespace, pod.name, first.kind, first.name
                        ),
                    );
                    return (first.kind.clone(), first.name.clone());
                }
                Some(Some(next)) => {
                    seen.push(next);
                    owner = next;
                }
                Some(None) => return (owner.kind.clone(), owner.name.clone()),
                None => return without_intermediate(pod, owner),
            }
        }
    }
}

/// What an owner that is not in the input was itself most likely owned by.
fn without_intermediate(pod: &Pod, owner: &Owner) -> (String, String) {
    let stripped = match owner.kind.as_str() {
        "ReplicaSet" => {
            let by_label = pod
                .labels
                .get("pod-template-hash")
                .and_then(|hash| owner.name.strip_suffix(hash.as_str())?.strip_suffix('-'));
            by_label
                .or_else(|| strip_hash(&owner.name))
                .map(|name| ("Deployment", name))
        }
        "Job" => strip_digits(&owner.name).map(|name| ("CronJob", name)),
        "" => strip_hash(&owner.name)
            .or_else(|| strip_digits(&owner.name))
            .map(|name| ("", name)),
        _ => None,
    };
    let (kind, name) = stripped.unwrap_or((&owner.kind, &owner.name));
    (kind.to_owned(), name.to_owned())
}

/// The name of a static pod without the node that the kubelet appends to it.
fn static_pod_name(pod: &Pod) -> String {
    let node = pod.node.as_deref().unwrap_or_default();
    let name = pod
        .name
        .strip_suffix(node)
        .and_then(|name| name.strip_suffix('-'));
    name.filter(|name| !name.is_empty())
        .unwrap_or(&pod.name)
        .to_owned()
}

/// The name before a `pod-template-hash`, where the text ends in what looks like one.
///
/// Kubernetes writes the hash, a decimal number of up to ten digits, with `rand.SafeEncodeString`,
/// which maps each digit to one of `456789bcdf`; before version 1.12 it left the digits alone.
pub(crate) fn strip_hash(name: &str) -> Option<&str> {
    let (base, hash) = name.rsplit_once('-')?;
    let encoded = |b: u8| b"456789bcdf".contains(&b);
    let hash_like = match hash.len() {
        7 => hash.bytes().all(encoded),
        8..=10 => hash.bytes().all(encoded) || hash.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    };
    (hash_like && !base.is_empty()).then_some(base)
}

/// The name before the schedule time (minutes or seconds since 1970) of a `CronJob`'s `Job`.
pub(crate) fn strip_digits(name: &str) -> Option<&str> {
    let (base, digits) = name.rsplit_once('-')?;
    let time_like = (8..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (time_like && !base.is_empty()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_and_words() {
        assert_eq!(strip_hash("frontend-755cdc7957"), Some("frontend"));
        assert_eq!(strip_hash("nginx-86c57db685"), Some("nginx"));
        assert_eq!(strip_hash("old-2985458127"), Some("old"));
        assert_eq!(strip_hash("redis-cart"), None);
        assert_eq!(strip_hash("kube-scheduler"), None);
        assert_eq!(strip_hash("-755cdc7957"), None);
        assert_eq!(strip_hash("frontend"), None);
        assert_eq!(strip_digits("backup-27893434"), Some("backup"));
        assert_eq!(strip_digits("migrate-v2"), None);
    }
}
