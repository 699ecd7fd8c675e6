//! Running images, the scans that belong to them, and whether they are high-risk ones.

mod deciding;
mod join;
mod same;

use std::collections::BTreeMap;
use std::ptr;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use self::deciding::deciding;
pub use self::join::Join;
use self::join::Scans;
use self::same::{Identity, SameImages, linked};
use super::{Exposure, Item, PerType, Subject};
use crate::model::{
    Cluster, Container, ContainerRole, CveSeverity, Digest, HighRiskFrom, ImageName, Method,
    NamespaceObjects, PodOf, Scan, WorkloadId,
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
    /// The scans that belong to no running image, by whatever could join them.
    pub unmatched: Vec<&'c Scan>,
}

/// An image that runs in a namespace.
#[derive(Clone, Debug)]
pub struct RunningImage<'c> {
    /// Its digest, of several the smallest; its name where no digest is known; whose image it is where
    /// neither is known.
    pub key: String,
    /// The scan that decides of those that belong to it, and by what it does.
    pub scan: Option<(&'c Scan, Join)>,
    /// What the scan says.
    pub verdict: Verdict,
    /// What runs it.
    containers: Vec<Running<'c>>,
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

/// A container, and the pod that runs it.
type Running<'c> = (&'c PodOf, &'c Container);

/// A container that an operator may have scanned: owner kind, owner name, container.
type Use<'c> = (&'c str, &'c str, &'c str);

impl<'c> Images<'c> {
    pub(super) fn new(cluster: &'c Cluster, method: &Method, now: Option<Time>) -> Self {
        let scans = Scans::new(&cluster.scans);
        let usable = |scan: &Scan| is_usable(scan, method, now);
        let mut joined: FxHashSet<*const Scan> = FxHashSet::default();
        let uses: Vec<(&Arc<str>, Vec<Running<'c>>)> = cluster
            .namespaces
            .iter()
            .map(|(namespace, objects)| (namespace, counted(objects, method)))
            .collect();
        let containers = uses.iter().flat_map(|(_, uses)| uses);
        let linked = linked(
            containers.map(|(_, container)| &container.image),
            &cluster.scans,
        );
        let mut by_namespace = BTreeMap::new();
        for (namespace, uses) in uses.into_iter().filter(|(_, uses)| !uses.is_empty()) {
            let mut images = images(&uses, &linked);
            for image in &mut images {
                let found = scans.of(namespace, image);
                let found_scans = found.iter().flat_map(|(_, scans)| scans);
                joined.extend(found_scans.map(|scan| ptr::from_ref(*scan)));
                image.scan = deciding(found, image, usable, method.high_risk_from);
                image.verdict = verdict(image.scan, method.high_risk_from);
            }
            by_namespace.insert(namespace.clone(), images);
        }
        let unmatched = cluster.scans.iter();
        let unmatched = unmatched.filter(|scan| !joined.contains(&ptr::from_ref(*scan)));
        Self {
            by_namespace,
            unmatched: unmatched.collect(),
        }
    }

    /// All images, with the namespace they run in.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &RunningImage<'c>)> {
        self.by_namespace
            .iter()
            .flat_map(|(namespace, images)| images.iter().map(move |image| (namespace, image)))
    }

    /// Exposes a namespace to both image types.
    ///
    /// "The image denominators are all running images, so that scanning an image never lowers the
    /// score" (scoring, section 2).
    pub(super) fn expose<'a>(
        &'a self,
        namespace: &str,
        method: &Method,
        exposures: &mut PerType<Exposure<'a>>,
    ) {
        let Some(images) = self.by_namespace.get(namespace) else {
            return;
        };
        exposures.high_risk_images = expose(images, |verdict| is_at_high_risk(verdict, method));
        exposures.unscanned_images = expose(images, |verdict| verdict == Verdict::Unscanned);
    }

    /// How much of a namespace is at risk by both image types.
    pub(super) fn shares(&self, namespace: &str, method: &Method) -> PerType<Share> {
        let images = self
            .by_namespace
            .get(namespace)
            .map_or(&[][..], Vec::as_slice);
        let share = |at_risk: &dyn Fn(Verdict) -> bool| Share {
            part: images.iter().filter(|image| at_risk(image.verdict)).count() as u64,
            whole: images.len() as u64,
        };
        PerType {
            high_risk_images: share(&|verdict| is_at_high_risk(verdict, method)),
            unscanned_images: share(&|verdict| verdict == Verdict::Unscanned),
            ..PerType::default()
        }
    }
}

/// "running images with a High or Critical vulnerability, plus unscanned ones" (scoring, section 2), unless
/// the method says otherwise.
const fn is_at_high_risk(verdict: Verdict, method: &Method) -> bool {
    match verdict {
        Verdict::HighRisk => true,
        Verdict::Unscanned => method.unscanned_is_high_risk,
        Verdict::Clean => false,
    }
}

/// The containers of a namespace that run and count.
fn counted<'c>(objects: &'c NamespaceObjects, method: &Method) -> Vec<Running<'c>> {
    let running = objects.pods.values().filter(|known| known.is_running());
    let containers = running.flat_map(|known| {
        let containers = known.pod.containers.iter();
        containers.map(move |container| (known, container))
    });
    containers
        .filter(|(_, container)| counts(container.role, method))
        .collect()
}

/// The images that the containers of a namespace run, by key.
fn images<'c>(uses: &[Running<'c>], linked: &[Vec<&'c Digest>]) -> Vec<RunningImage<'c>> {
    let identities = uses.iter().map(|(_, container)| &container.image);
    let same = SameImages::new(identities, linked);
    let mut images: FxHashMap<Identity<'c>, RunningImage<'c>> = FxHashMap::default();
    for (known, container) in uses {
        let identity = same.identity(&container.image);
        let identity =
            identity.unwrap_or_else(|| Identity::Unknown(unknown_image(known, container)));
        let image = images
            .entry(identity)
            .or_insert_with_key(|identity| RunningImage::new(identity.key()));
        image.containers.push((known, container));
    }
    let mut images: Vec<RunningImage<'c>> = images.into_values().collect();
    images.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    images
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

/// "A container whose image is not known runs an image that nobody scanned: one for each container of
/// a workload" (scoring, section 5).
fn unknown_image(known: &PodOf, container: &Container) -> String {
    let WorkloadId { kind, name, .. } = known.workload.as_ref();
    let slash = if kind.is_empty() { "" } else { "/" };
    let workload = format!("{kind}{slash}{name}");
    match container.name.as_str() {
        "" => format!("unknown image of {workload}"),
        container => format!("unknown image of {workload}, container {container}"),
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
    const fn new(key: String) -> Self {
        Self {
            key,
            scan: None,
            verdict: Verdict::Unscanned,
            containers: Vec::new(),
        }
    }

    /// The names it runs under, in order.
    pub fn names(&self) -> Vec<&'c ImageName> {
        self.each(|(_, container)| &container.image.name)
    }

    /// The workloads that run it, in order.
    pub fn workloads(&self) -> Vec<&'c WorkloadId> {
        self.each(|(known, _)| [known.workload.as_ref()])
    }

    fn manifests(&self) -> Vec<&'c Digest> {
        self.each(|(_, container)| {
            let image = &container.image;
            image.running.iter().chain(&image.pinned)
        })
    }

    fn configs(&self) -> Vec<&'c Digest> {
        self.each(|(_, container)| &container.image.config)
    }

    fn uses(&self) -> Vec<Use<'c>> {
        self.each(|(known, container)| {
            let (kind, name) = match &known.pod.owner {
                Some(owner) => (owner.kind.as_str(), owner.name.as_str()),
                None => ("Pod", known.pod.name.as_str()),
            };
            [(kind, name, container.name.as_str())]
        })
    }

    /// What its containers say, each once, in order.
    fn each<T: Ord, S: IntoIterator<Item = T>>(&self, says: impl Fn(Running<'c>) -> S) -> Vec<T> {
        let all = self.containers.iter().flat_map(|running| says(*running));
        let mut each: Vec<T> = all.collect();
        each.sort_unstable();
        each.dedup();
        each
    }

    /// Whether nothing tells which image it is.
    pub fn is_unknown(&self) -> bool {
        let mut images = self
            .containers
            .iter()
            .map(|(_, container)| &container.image);
        images.all(|image| image.name.is_none() && image.digests().next().is_none())
    }

    /// The name shown to a person: its name where it has one, else its digest.
    pub fn display_name(&self) -> String {
        let names = self.names();
        names
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
