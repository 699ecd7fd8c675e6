//! Whole inputs, made at random: fragments, records and methods of every kind.

#![allow(dead_code, unused_imports, reason = "each test uses a part")]

mod dismissals;
mod fragments;
mod images;
mod methods;
mod names;
mod policies;
mod records;

use std::collections::BTreeMap;

use posture_core::dismissal::{Covers, Dismissal, Snapshot};
use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::judge::Judge;
use posture_core::model::{Cluster, CveSeverity, Fragment, ImageIdentity, Record, Scan};
use posture_core::report::{NamespaceType, Report};
use posture_core::request::{MaxItems, Policies, Request};
use posture_core::risk::RiskType;
use posture_core::tally::Tally;
use posture_core::time::Time;
use posture_core::{assess, model::Method};
use proptest::prelude::*;

pub(crate) use dismissals::{dismissal, dismissals};
pub(crate) use fragments::any_container;
pub(crate) use images::Pool;
pub(crate) use methods::method;
pub(crate) use names::NOW;
pub(crate) use policies::kubernetes_policy;
pub(crate) use records::{from_clients, traced};

/// All that an assessment is made of.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) fragment: Fragment,
    pub(crate) records: Vec<Record<'static>>,
    pub(crate) request: Request,
}

impl Input {
    pub(crate) fn cluster(&self) -> Cluster {
        let complete = self.request.policies == Policies::Complete;
        let mut issues = Issues::default();
        Cluster::build(
            self.fragment.clone(),
            &self.request.cluster_cidrs,
            complete,
            &mut issues,
        )
        .expect("every object has a name")
    }

    pub(crate) fn report(&self) -> Report {
        let complete = self.request.policies == Policies::Complete;
        let mut issues = Issues::default();
        let fragment = self.fragment.clone();
        let cluster = Cluster::build(fragment, &self.request.cluster_cidrs, complete, &mut issues)
            .expect("every object has a name");
        assess(
            &cluster,
            self.records.iter().cloned(),
            &self.request,
            issues,
        )
    }

    pub(crate) fn method(&self) -> &Method {
        &self.request.method
    }
}

/// What is known of every (namespace, type).
pub(crate) fn cells(report: &Report) -> BTreeMap<(String, RiskType), &NamespaceType> {
    let namespaces = report.namespaces.iter();
    namespaces
        .flat_map(|of| {
            of.types
                .iter()
                .map(|(t, cell)| ((of.namespace.clone(), *t), cell))
        })
        .collect()
}

/// A tally of records, judged in their order.
pub(crate) fn tally(cluster: &Cluster, method: &Method, records: &[Record<'_>]) -> Tally {
    let engine = Engine::new(cluster, method.policy_modes);
    let mut judge = Judge::new(cluster, &engine, method.evidence);
    let mut tally = Tally::default();
    for record in records {
        tally.add(record, judge.judge(record));
    }
    tally
}

/// Any input at all, some of its actions dismissed.
pub(crate) fn any_input() -> impl Strategy<Value = Input> {
    with_dismissals(input(Pool::Shared, method().boxed()))
}

/// Inputs of which two in three have some of their actions dismissed.
fn with_dismissals(inputs: impl Strategy<Value = Input>) -> impl Strategy<Value = Input> {
    let seeds = prop_oneof![1 => Just(None), 2 => any::<u64>().prop_map(Some)];
    (inputs, seeds).prop_map(|(mut input, seed)| {
        if let Some(seed) = seed {
            input.request.dismissals = dismissals(&input, seed);
        }
        input
    })
}

/// Any input to the default method.
pub(crate) fn default_input() -> impl Strategy<Value = Input> {
    with_dismissals(input(Pool::Shared, Just(Method::default()).boxed()))
}

/// An input with images of a kind and a method.
pub(crate) fn input(pool: Pool, method: BoxedStrategy<Method>) -> impl Strategy<Value = Input> {
    let cidrs = prop_oneof![Just(vec![]), Just(vec!["10.0.0.0/8".parse().unwrap()])];
    let policies = prop_oneof![3 => Just(Policies::AsGiven), 1 => Just(Policies::Complete)];
    (
        fragments::fragment(pool),
        records::records(),
        method,
        cidrs,
        policies,
    )
        .prop_map(
            |(fragment, records, method, cluster_cidrs, policies)| Input {
                fragment,
                records,
                request: Request {
                    method,
                    now: Some(Time(NOW)),
                    policies,
                    cluster_cidrs,
                    dismissals: Vec::new(),
                    previous: None,
                    max_items: MaxItems::All,
                },
            },
        )
}

/// The input with the actions dismissed that the bits of a mask choose: two bits each, for the items
/// of now or all, in force or past their time.
pub(crate) fn dismissing(input: &Input, mask: u64) -> Input {
    let mut after = input.clone();
    for (action, at) in input.report().actions.iter().zip(0..32) {
        let keys = action.items.iter().map(|item| item.key.as_str());
        let dismissal = |covers, until| Dismissal {
            action: action.id.parse().unwrap(),
            reason: "accepted".to_owned(),
            by: "owner".to_owned(),
            at: Time(NOW),
            until,
            covers,
            items: Snapshot::of(keys.clone()),
        };
        after.request.dismissals.extend(match mask >> (2 * at) & 3 {
            1 => Some(dismissal(Covers::Items, None)),
            2 => Some(dismissal(Covers::Action, None)),
            3 => Some(dismissal(Covers::Items, Some(Time(NOW)))),
            _ => None,
        });
    }
    after
}

/// The items in an order that a seed decides.
pub(crate) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed | 1;
    for last in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (last as u64 + 1)).unwrap();
        items.swap(last, other);
    }
}

/// A complete scan, as of now, of the image with a key that runs in a namespace.
pub(crate) fn scan_of(
    input: &Input,
    key: &str,
    namespace: &str,
    found: Option<CveSeverity>,
) -> Scan {
    let pods = input
        .fragment
        .pods
        .iter()
        .filter(|pod| pod.namespace == namespace);
    let mut running = pods
        .flat_map(|pod| &pod.containers)
        .map(|container| &container.image);
    let key_of = |image: &ImageIdentity| match image.digests().next() {
        Some(digest) => Some(digest.as_str().to_owned()),
        None => image.name.as_ref().map(ToString::to_string),
    };
    let image = running.find(|image| key_of(image).as_deref() == Some(key));
    images::scan_of(image.expect("every running image is in the input"), found)
}
