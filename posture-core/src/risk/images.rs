//! Running images, the scans that belong to them, and whether they are high-risk ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Exposure, Item, PerType, Subject};
use crate::model::{
    Cluster, Container, ContainerRole, CveSeverity, Digest, HighRiskFrom, ImageName, Method, PodOf,
    Scan, WorkloadId,
};
use crate::points::Share;
use crate::time::Time;

/// The running images of a cluster: one per namespace and image, "whatever the number of pods,
/// replicas and containers; the same image in two namespaces counts in each" (scoring, section
/// 5).
#[derive(Clone, Debug)]
pub struct Images<'c> {
    /// By namespace and then by key.
    pub by_namespace: BTreeMap<Arc<str>, Vec<RunningImage<'c>>>,
}

/// An image that runs in a namespace.
#[derive(Clone, Debug)]
pub struct RunningImage<'c> {
    /// Its digest; its name where no digest is known.
    pub key: String,
    /// The names it runs under.
    pub names: BTreeSet<&'c ImageName>,
    /// The workloads that run it.
    pub workloads: BTreeSet<Arc<WorkloadId>>,
    /// The scan that belongs to it, and by what.
    pub scan: Option<(&'c Scan, Join)>,
    /// What the scan says.
    pub verdict: Verdict,
    manifests: BTreeSet<&'c Digest>,
    configs: BTreeSet<&'c Digest>,
    uses: BTreeSet<Use<'c>>,
}

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

/// What is known of an image's risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// "no scan, a failed or partial scan, or older than `max_scan_age` if set".
    Unscanned,
    /// "at least one vulnerability with severity High or Critical that is not suppressed".
    HighRisk,
    /// Scanned, and none of these.
    Clean,
}

/// A container that an operator may have scanned: owner kind, owner name, container.
type Use<'c> = (&'c str, &'c str, &'c str);

impl<'c> Images<'c> {
    pub(super) fn new(cluster: &'c Cluster, method: &Method, now: Option<Time>) -> Self {
        let scans = Scans::new(
            cluster
                .scans
                .iter()
                .filter(|scan| is_usable(scan, method, now)),
        );
        let mut collected: BTreeMap<Arc<str>, BTreeMap<String, RunningImage<'c>>> = BTreeMap::new();
        for known in cluster.running_pods() {
            let images = collected
                .entry(known.workload.namespace.clone())
                .or_default();
            for container in known
                .pod
                .containers
                .iter()
                .filter(|c| counts(c.role, method))
            {
                if let Some(key) = container.image.key() {
                    let image = images
                        .entry(key.clone())
                        .or_insert_with(|| RunningImage::new(key));
                    image.add(known, container);
                }
            }
        }
        let by_namespace = collected
            .into_iter()
            .map(|(namespace, images)| {
                let join = |mut image: RunningImage<'c>| {
                    image.scan = scans.best(&namespace, &image, method.high_risk_from);
                    image.verdict = verdict(image.scan, method.high_risk_from);
                    image
                };
                let images = images.into_values().map(join).collect();
                (namespace, images)
            })
            .collect();
        Self { by_namespace }
    }

    /// All images, with the namespace they run in.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &RunningImage<'c>)> {
        self.by_namespace
            .iter()
            .flat_map(|(namespace, images)| images.iter().map(move |image| (namespace, image)))
    }

    /// Exposes the counted namespaces to both image types.
    ///
    /// "The image denominators are all running images, so that scanning an image never lowers the
    /// score" (scoring, section 2).
    pub(super) fn expose<'a>(
        &'a self,
        method: &Method,
        namespaces: &mut BTreeMap<Arc<str>, PerType<Exposure<'a>>>,
    ) {
        for (namespace, images) in &self.by_namespace {
            let Some(exposures) = namespaces.get_mut(namespace) else {
                continue;
            };
            exposures.high_risk_images = expose(images, |verdict| match verdict {
                Verdict::HighRisk => true,
                Verdict::Unscanned => method.unscanned_is_high_risk,
                Verdict::Clean => false,
            });
            exposures.unscanned_images = expose(images, |verdict| verdict == Verdict::Unscanned);
        }
    }
}

fn expose<'a>(images: &'a [RunningImage<'a>], at_risk: impl Fn(Verdict) -> bool) -> Exposure<'a> {
    let items: Vec<Item<'a>> = images
        .iter()
        .filter(|image| at_risk(image.verdict))
        .map(|image| Item {
            units: 1,
            subject: Subject::Image(image),
        })
        .collect();
    Exposure {
        share: Share {
            part: items.len() as u64,
            whole: images.len() as u64,
        },
        items,
    }
}

/// "Containers, restartable init containers and init containers; ephemeral ones not" (scoring,
/// section 5), unless the method says otherwise.
const fn counts(role: ContainerRole, method: &Method) -> bool {
    match role {
        ContainerRole::Main => true,
        ContainerRole::Init => method.init_containers,
        ContainerRole::Ephemeral => method.ephemeral_containers,
    }
}

fn is_usable(scan: &Scan, method: &Method, now: Option<Time>) -> bool {
    let fresh = match (method.max_scan_age, now) {
        (Some(limit), Some(now)) => scan
            .at
            .is_some_and(|at| at >= now.0.saturating_sub(i64::from(limit))),
        _ => true,
    };
    scan.complete && fresh
}

fn verdict(scan: Option<(&Scan, Join)>, from: HighRiskFrom) -> Verdict {
    match scan {
        None => Verdict::Unscanned,
        Some((scan, _)) if is_high_risk(scan, from) => Verdict::HighRisk,
        Some(_) => Verdict::Clean,
    }
}

fn is_high_risk(scan: &Scan, from: HighRiskFrom) -> bool {
    scan.findings
        .iter()
        .any(|finding| finding.is_high_risk(from))
}

impl<'c> RunningImage<'c> {
    fn new(key: String) -> Self {
        Self {
            key,
            names: BTreeSet::new(),
            workloads: BTreeSet::new(),
            scan: None,
            verdict: Verdict::Unscanned,
            manifests: BTreeSet::new(),
            configs: BTreeSet::new(),
            uses: BTreeSet::new(),
        }
    }

    fn add(&mut self, known: &'c PodOf, container: &'c Container) {
        let image = &container.image;
        self.names.extend(&image.name);
        self.manifests
            .extend(image.running.iter().chain(&image.pinned));
        self.configs.extend(&image.config);
        self.workloads.insert(known.workload.clone());
        let (kind, name) = match &known.pod.owner {
            Some(owner) => (owner.kind.as_str(), owner.name.as_str()),
            None => ("Pod", known.pod.name.as_str()),
        };
        self.uses.insert((kind, name, &container.name));
    }

    /// The name shown to a person: its name where it has one, else its digest.
    pub fn display_name(&self) -> String {
        self.names
            .first()
            .map_or_else(|| self.key.clone(), ToString::to_string)
    }

    /// Unsuppressed findings of its scan that make it a high-risk image, the worst first.
    pub fn high_risk_findings(&self, from: HighRiskFrom) -> Vec<(&'c str, CveSeverity)> {
        let mut worst: BTreeMap<&str, CveSeverity> = BTreeMap::new();
        for finding in self.scan.iter().flat_map(|(scan, _)| &scan.findings) {
            if let (true, Some(severity)) =
                (finding.is_high_risk(from), finding.effective_severity())
            {
                let known = worst.entry(&finding.id).or_insert(severity);
                *known = severity.max(*known);
            }
        }
        let mut findings: Vec<_> = worst.into_iter().collect();
        findings.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        findings
    }
}

/// Scans by what they can be joined by.
struct Scans<'c> {
    manifests: BTreeMap<&'c Digest, Vec<&'c Scan>>,
    configs: BTreeMap<&'c Digest, Vec<&'c Scan>>,
    operator: BTreeMap<&'c str, BTreeMap<Use<'c>, Vec<&'c Scan>>>,
    names: BTreeMap<&'c ImageName, Vec<&'c Scan>>,
}

impl<'c> Scans<'c> {
    fn new(scans: impl Iterator<Item = &'c Scan>) -> Self {
        let mut index = Self {
            manifests: BTreeMap::new(),
            configs: BTreeMap::new(),
            operator: BTreeMap::new(),
            names: BTreeMap::new(),
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

    /// The scan that belongs to an image, by the best join that finds any; of several the newest,
    /// of equally new ones one that found a high risk.
    fn best(
        &self,
        namespace: &str,
        image: &RunningImage<'c>,
        from: HighRiskFrom,
    ) -> Option<(&'c Scan, Join)> {
        let newest = |scans: Vec<&'c Scan>| {
            scans
                .into_iter()
                .max_by_key(|scan| (scan.at, is_high_risk(scan, from), *scan))
        };
        let by_manifest = || pick(&image.manifests, |digest| self.manifests.get(*digest));
        let by_config = || pick(&image.configs, |digest| self.configs.get(*digest));
        let by_operator = || {
            let scans = pick(&image.uses, |container| {
                self.operator.get(namespace)?.get(container)
            });
            scans
                .into_iter()
                .filter(|scan| may_be_of(scan, image))
                .collect()
        };
        let by_name = || pick(&image.names, |name| self.names.get(*name));
        let found = |scans, join| newest(scans).map(|scan| (scan, join));
        found(by_manifest(), Join::ManifestDigest)
            .or_else(|| found(by_config(), Join::ConfigDigest))
            .or_else(|| found(by_operator(), Join::OperatorLabels))
            .or_else(|| found(by_name(), Join::Name))
    }
}

fn pick<'s, 'c: 's, K>(
    keys: &BTreeSet<K>,
    get: impl Fn(&K) -> Option<&'s Vec<&'c Scan>>,
) -> Vec<&'c Scan> {
    keys.iter().filter_map(get).flatten().copied().collect()
}

/// An operator's report names a container; after a rollout in place (a `DaemonSet`, say) it may
/// be about the image that ran there before.
fn may_be_of(scan: &Scan, image: &RunningImage<'_>) -> bool {
    scan.names.is_empty()
        || image.names.is_empty()
        || scan.names.iter().any(|name| {
            image.names.iter().any(|running| {
                name.repository == running.repository
                    && (name.tag.is_none() || running.tag.is_none() || name.tag == running.tag)
            })
        })
}
