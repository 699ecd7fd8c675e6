//! Edges that are asked of the policies that judged them have the states that were judged.

mod common;

use std::collections::BTreeMap;
use std::net::IpAddr;

use common::{default_input, tally};
use posture_core::edge::{EdgeKey, Peer};
use posture_core::engine::Engine;
use posture_core::judge::Judge;
use posture_core::model::{Cluster, End, EndKind, Evidence, Method, Record, WorkloadId};
use posture_core::replay::{Replay, changes};
use posture_core::state::State;
use posture_core::tally::EdgeState;
use proptest::prelude::*;

fn method() -> Method {
    Method {
        evidence: Evidence::Current,
        ..Method::default()
    }
}

/// Whether an edge tells all of an end of a record: which pod or node it is, or its address outside.
fn is_told(cluster: &Cluster, end: &End<'_>, peer: Option<&Peer>) -> bool {
    let own = |own: &[IpAddr]| {
        let [only] = own else { return false };
        end.address
            .is_none_or(|address| address.to_canonical() == only.to_canonical())
    };
    match (end.kind, peer) {
        (EndKind::Workload, None | Some(Peer::Workload(_))) => {
            let pods = end
                .namespace
                .and_then(|namespace| cluster.objects(namespace));
            let known = pods
                .zip(end.name)
                .and_then(|(pods, name)| pods.pods.get(name));
            known.is_some_and(|known| known.is_running() && own(&known.pod.addresses))
        }
        (EndKind::Host, Some(Peer::Host { name })) => {
            let node = cluster.nodes.iter().find(|node| node.name == name.as_ref());
            node.map_or(end.address.is_none(), |node| {
                end.address.is_some() && own(&node.addresses)
            })
        }
        (_, Some(peer)) => peer.is_external() && end.address.is_some(),
        _ => false,
    }
}

fn pods(cluster: &Cluster, workload: &WorkloadId) -> usize {
    let pods = cluster.running_pods();
    pods.filter(|known| *known.workload == *workload && !known.pod.host_network)
        .count()
}

/// Whether all traffic of an edge is between the same two ends.
fn is_between_two(cluster: &Cluster, key: &EdgeKey) -> bool {
    let one = |workload| pods(cluster, workload) == 1;
    one(&key.workload)
        && match &key.peer {
            Peer::Workload(workload) => one(workload),
            _ => true,
        }
}

const fn rank(state: State) -> EdgeState {
    match state {
        State::Unsecured => EdgeState::Unsecured,
        State::Secured => EdgeState::Secured,
        State::Unknown(_) => EdgeState::Unknown,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// An edge is never better than a record of it that it tells all of, and equal to the worst of
    /// them where its traffic has no more than two ends.
    #[test]
    fn as_it_was_judged(input in default_input()) {
        let (cluster, method) = (input.cluster(), method());
        let engine = Engine::new(&cluster, method.policy_modes);
        let tally = tally(&cluster, &method, &input.records);
        let mut judge = Judge::new(&cluster, &engine, Evidence::Current);
        let mut judged: BTreeMap<EdgeKey, Vec<(State, bool)>> = BTreeMap::new();
        for record in &input.records {
            if let Ok(judgement) = judge.judge(record) {
                let (peer, remote) = (&judgement.edge.peer, judgement.remote(record));
                let told = is_told(&cluster, local(record, remote), None)
                    && is_told(&cluster, remote, Some(peer));
                judged.entry(judgement.edge.clone()).or_default().push((judgement.state, told));
            }
        }
        let mut replay = Replay::new(&cluster, &engine);
        for (key, records) in judged {
            let edge = tally.edge(&key).unwrap();
            let replayed = replay.edge(&key, edge);
            let worst = records.iter().filter(|(_, told)| *told).map(|(state, _)| rank(*state)).min();
            if let Some(worst) = worst {
                prop_assert!(replayed.state <= worst, "{key}: {replayed:?} of {records:?}");
            }
            let crossed = edge.addresses.smallest.len() > 1 && !edge.domains.smallest.is_empty();
            if records.iter().all(|(_, told)| *told) && is_between_two(&cluster, &key) && !crossed {
                prop_assert_eq!(Some(replayed.state), worst, "{}", key);
            }
        }
    }

    /// The same policies change nothing; none but those of the input are asked.
    #[test]
    fn same_policies_change_nothing(input in default_input()) {
        let (cluster, method) = (input.cluster(), method());
        let engine = Engine::new(&cluster, method.policy_modes);
        let tally = tally(&cluster, &method, &input.records);
        let mut before = Replay::new(&cluster, &engine);
        let mut after = before.with(&cluster, &engine);
        prop_assert_eq!(changes(&mut before, &mut after, tally.edges()), vec![]);
    }
}

/// The end of a record that is not the other.
fn local<'r>(record: &'r Record<'r>, remote: &End<'_>) -> &'r End<'r> {
    match std::ptr::eq(remote, &raw const record.source) {
        true => &record.destination,
        false => &record.source,
    }
}
