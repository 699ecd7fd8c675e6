//! Which scan belongs to an image.

use std::hash::Hash;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{RunningImage, Use};
use crate::model::{Digest, ImageName, Scan};

/// By what a scan was found to belong to an image, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// The manifest digest.
    ManifestDigest,
    /// The config digest (image id).
    ConfigDigest,
    /// The owner and container that an operator's report names.
    OperatorLabels,
    /// The normalised name and tag: weak, since a tag moves.
    Name,
}

/// Scans by what they can be joined by.
pub(super) struct Scans<'c> {
    manifests: FxHashMap<&'c Digest, Vec<&'c Scan>>,
    configs: FxHashMap<&'c Digest, Vec<&'c Scan>>,
    operator: FxHashMap<&'c str, FxHashMap<Use<'c>, Vec<&'c Scan>>>,
    names: FxHashMap<&'c ImageName, Vec<&'c Scan>>,
}

impl<'c> Scans<'c> {
    pub(super) fn new(scans: &'c [Scan]) -> Self {
        let mut index = Self {
            manifests: FxHashMap::default(),
            configs: FxHashMap::default(),
            operator: FxHashMap::default(),
            names: FxHashMap::default(),
        };
        for scan in scans {
            for digest in &scan.manifests {
                index.manifests.entry(digest).or_default().push(scan);
            }
            if let Some(digest) = &scan.config {
                index.configs.entry(digest).or_default().push(scan);
            }
            if let Some(labels) = &scan.operator {
                let container = (
                    labels.kind.as_str(),
                    labels.name.as_str(),
                    labels.container.as_str(),
                );
                let in_namespace = index.operator.entry(&labels.namespace).or_default();
                in_namespace.entry(container).or_default().push(scan);
            }
            for name in scan.names.iter().filter(|name| name.tag.is_some()) {
                index.names.entry(name).or_default().push(scan);
            }
        }
        index
    }

    /// The scans that belong to an image, by each join, the best first.
    pub(super) fn of(
        &self,
        namespace: &str,
        image: &RunningImage<'c>,
    ) -> [(Join, Vec<&'c Scan>); 4] {
        let by_operator = self.operator.get(namespace).map(|by_container| {
            let names = image.names();
            let mut scans = pick(by_container, || image.uses());
            scans.retain(|scan| may_be_of(scan, &names));
            scans
        });
        [
            (
                Join::ManifestDigest,
                pick(&self.manifests, || image.manifests()),
            ),
            (Join::ConfigDigest, pick(&self.configs, || image.configs())),
            (Join::OperatorLabels, by_operator.unwrap_or_default()),
            (Join::Name, pick(&self.names, || image.names())),
        ]
    }
}

fn pick<'c, K: Eq + Hash>(
    scans: &FxHashMap<K, Vec<&'c Scan>>,
    keys: impl FnOnce() -> Vec<K>,
) -> Vec<&'c Scan> {
    if scans.is_empty() {
        return Vec::new();
    }
    let found = keys().into_iter().filter_map(|key| scans.get(&key));
    found.flatten().copied().collect()
}

/// An operator's report names a container; after a rollout in place (a `DaemonSet`, say) it may
/// be about the image that ran there before.
fn may_be_of(scan: &Scan, names: &[&ImageName]) -> bool {
    scan.names.is_empty()
        || names.is_empty()
        || scan.names.iter().any(|name| {
            names.iter().any(|running| {
                name.repository == running.repository
                    && (name.tag.is_none() || running.tag.is_none() || name.tag == running.tag)
            })
        })
}
