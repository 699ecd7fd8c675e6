//! What lies in a namespace: its pods and their workloads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Labels, NamedPort, Phase, Pod, WorkloadId};

/// What lies in a namespace.
#[derive(Clone, Debug, Default)]
pub struct NamespaceObjects {
    /// Its labels, `kubernetes.io/metadata.name` always among them.
    pub labels: Labels,
    /// Labels of its service accounts, by name.
    pub service_accounts: BTreeMap<String, Labels>,
    /// Its pods, finished ones included, by name.
    pub pods: BTreeMap<String, PodOf>,
    /// A pod of each `generateName`.
    pub(super) by_generate_name: BTreeMap<String, String>,
    /// Its workloads, by name; two kinds may share one.
    workloads: BTreeMap<Arc<str>, Vec<Arc<WorkloadId>>>,
}

/// A pod and the workload that it belongs to.
#[derive(Clone, Debug)]
pub struct PodOf {
    /// Its number among all pods.
    pub id: u32,
    /// Its workload.
    pub workload: Arc<WorkloadId>,
    /// The pod itself.
    pub pod: Pod,
    /// The named ports of its containers.
    pub ports: Box<[NamedPort]>,
}

impl PodOf {
    /// Whether it runs: "Pods in phase Running and not being deleted" (scoring, section 5), and
    /// declared ones of a cluster that is not there yet.
    pub fn is_running(&self) -> bool {
        matches!(self.pod.phase, Phase::Running | Phase::Declared)
    }
}

impl NamespaceObjects {
    /// An empty namespace of these labels.
    pub(super) fn new(labels: Labels) -> Self {
        Self {
            labels,
            ..Self::default()
        }
    }

    /// The pod that a flow log names: by its exact name, else one of its `generateName`.
    pub fn pod(&self, name: Option<&str>, generated: Option<&str>) -> Option<&PodOf> {
        let by_name = name.and_then(|name| self.pods.get(name));
        by_name.or_else(|| self.pods.get(self.by_generate_name.get(generated?)?))
    }

    /// A workload by its name; the first by kind where two share it.
    pub fn workload_named(&self, name: &str) -> Option<&Arc<WorkloadId>> {
        self.workloads.get(name)?.first()
    }

    /// The one value of a workload's identity in this namespace.
    pub(super) fn workload(&mut self, id: WorkloadId) -> Arc<WorkloadId> {
        let named = self.workloads.entry(id.name.clone()).or_default();
        let at = named.partition_point(|known| **known < id);
        match named.get(at) {
            Some(known) if **known == id => known.clone(),
            _ => {
                let id = Arc::new(id);
                named.insert(at, id.clone());
                id
            }
        }
    }
}
