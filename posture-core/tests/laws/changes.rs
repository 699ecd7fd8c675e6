//! Inputs with something changed: what a law says of a change is seen by doing it.

use std::collections::BTreeSet;

use posture_core::edge::EdgeKey;
use posture_core::engine::Engine;
use posture_core::judge::Judge;
use posture_core::model::{
    CveSeverity, Direction, Evidence, NetworkEvidence, Policy, Sources, UnknownStates,
};
use posture_core::report::ActionReport;
use posture_core::request::Policies;
use posture_core::risk::RiskType;
use posture_core::selector::Selector;
use posture_core::state::State;
use posture_core::tally::EdgeState;

use crate::common::{self, Input, tally};
use crate::keys;

/// The input with some of what another has: its scans, records and policies.
pub(crate) fn changed(input: &Input, other: &Input) -> Input {
    let mut changed = input.clone();
    changed.records.extend(other.records.iter().cloned());
    changed.fragment.scans.clone_from(&other.fragment.scans);
    changed
        .fragment
        .policies
        .clone_from(&other.fragment.policies);
    changed
}

/// The input with all findings in some images of a namespace suppressed.
pub(crate) fn remediated(input: &Input, keys: &[String], namespace: &str) -> Input {
    let mut after = input.clone();
    for key in keys {
        let image = common::scan_of(input, key, namespace, None);
        let same = after.fragment.scans.iter_mut().filter(|scan| {
            scan.manifests == image.manifests
                && scan.config == image.config
                && scan.names == image.names
        });
        for finding in same.flat_map(|scan| &mut scan.findings) {
            finding.suppressed = true;
        }
    }
    after
}

/// The input with some images of a namespace scanned: bad where a bit of the mask is set.
pub(crate) fn scanned(input: &Input, keys: &[String], namespace: &str, bad: u64) -> Input {
    let mut after = input.clone();
    for (key, at) in keys.iter().zip(0..) {
        let severity = (bad >> at & 1 == 1).then_some(CveSeverity::Critical);
        after
            .fragment
            .scans
            .push(common::scan_of(input, key, namespace, severity));
    }
    after
}

/// The edges that a network action covers: unsecured ones to outside of its workloads, or the
/// edges that are its items.
pub(crate) fn covered_edges(input: &Input, action: &ActionReport) -> BTreeSet<EdgeKey> {
    let (method, keys) = (input.method(), keys(action));
    let unsecured = |state: EdgeState| match state {
        EdgeState::Unsecured => true,
        EdgeState::Secured => false,
        EdgeState::Unknown => method.unknown == UnknownStates::Unsecured,
    };
    let tally = tally(&input.cluster(), method, &input.records);
    let covered = tally.edges().into_iter().filter(|(key, edge)| {
        if action.risk_type == RiskType::EgressAccess {
            let workload = keys.contains(&format!("{:#}", key.workload));
            workload
                && key.is_external_egress()
                && unsecured(edge.state(method.settle, method.unknown))
        } else {
            keys.contains(&format!("{key:#}"))
        }
    });
    covered.map(|(key, _)| key.clone()).collect()
}

/// The input with what is judged of its records written into their traces.
pub(crate) fn traced(input: &Input) -> Input {
    let cluster = input.cluster();
    let engine = Engine::new(&cluster, input.method().policy_modes);
    let mut judge = Judge::new(&cluster, &engine, input.method().evidence);
    let mut traced = input.clone();
    traced.request.method.evidence = Evidence::Recorded;
    for record in &mut traced.records {
        if let Ok(judgement) = judge.judge(record) {
            *record = common::traced(record, judgement.state);
        }
    }
    traced
}

/// The input with the traces of unsecured records of some edges rewritten to an allow by policy.
pub(crate) fn secured(input: &Input, covered: impl Fn(&EdgeKey) -> bool) -> Input {
    let cluster = input.cluster();
    let engine = Engine::new(&cluster, input.method().policy_modes);
    let mut judge = Judge::new(&cluster, &engine, input.method().evidence);
    let unknown_counts = input.method().unknown == UnknownStates::Unsecured;
    let mut after = input.clone();
    for record in &mut after.records {
        if let Ok(judgement) = judge.judge(record) {
            let at_risk = match judgement.state {
                State::Secured => false,
                State::Unsecured => true,
                State::Unknown(_) => unknown_counts,
            };
            if at_risk && covered(&judgement.edge) {
                *record = common::traced(record, State::Secured);
            }
        }
    }
    after
}

/// The input with every pod unscanned and open, and nothing but its pods counted.
pub(crate) fn wholly_bad(input: &Input) -> Input {
    let mut bad = silenced(input);
    bad.request.dismissals.clear();
    bad.fragment.scans.clear();
    bad.fragment.sources = Sources {
        pods: true,
        policies: true,
        scans: true,
    };
    let method = &mut bad.request.method;
    method.network_evidence = NetworkEvidence::Static;
    method.unscanned_is_high_risk = true;
    for pod in &mut bad.fragment.pods {
        pod.host_network = false;
        pod.containers.push(common::any_container());
    }
    bad
}

/// A policy that isolates every pod of a namespace, for egress or for both directions.
pub(crate) fn policy_for_all(namespace: &str, both: bool) -> Policy {
    let name = format!("all-{both}");
    let policy = common::kubernetes_policy(
        namespace,
        &name,
        Selector::All,
        both.then(Vec::new),
        Some(Vec::new()),
    );
    assert!(policy.rules(Direction::Egress).is_some());
    policy
}

/// The input with nothing that speaks of traffic or policies.
pub(crate) fn silenced(input: &Input) -> Input {
    let mut silent = input.clone();
    silent.records.clear();
    silent.fragment.policies.clear();
    silent.fragment.unread_policies.clear();
    silent.fragment.sources = Sources {
        policies: false,
        ..silent.fragment.sources
    };
    silent.request.policies = Policies::AsGiven;
    silent
}
