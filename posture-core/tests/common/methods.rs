//! Methods: every switch, and weights from nothing to the limit.

use posture_core::model::{
    EgressDenominator, Evidence, HighRiskFrom, ImageShare, IsolationScope, Method, NetworkEvidence,
    PolicyModes, Scope, TrafficUnit, UnknownStates, Weights,
};
use proptest::prelude::*;

use super::names::NAMESPACES;

fn weight() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(25), 1 => Just(0), 1 => 1..=3_u32, 1 => Just(10_000)]
}

fn weights() -> impl Strategy<Value = Weights> {
    (weight(), weight(), weight(), weight())
        .prop_map(
            |(high_risk_images, unscanned_images, egress_access, namespace_isolation)| Weights {
                high_risk_images,
                unscanned_images,
                egress_access,
                namespace_isolation,
            },
        )
        .prop_filter("at least one weight is above 0", |weights| {
            let Weights {
                high_risk_images,
                unscanned_images,
                egress_access,
                namespace_isolation,
            } = weights;
            high_risk_images + unscanned_images + egress_access + namespace_isolation > 0
        })
}

fn scope() -> impl Strategy<Value = Scope> {
    let texts = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    prop_oneof![
        4 => Just(Scope::default()),
        1 => Just(Scope { include: vec![], exclude: texts(&["kube-*"]) }),
        1 => Just(Scope { include: texts(&["a", "ghost", "k*"]), exclude: texts(&["b"]) }),
    ]
}

/// Any method.
pub(crate) fn method() -> impl Strategy<Value = Method> {
    let one_of = |namespace: usize| NAMESPACES[namespace].to_owned();
    let namespace_weights =
        prop::collection::btree_map((0..NAMESPACES.len()).prop_map(one_of), weight(), 0..3);
    let images = (
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec![
            HighRiskFrom::Critical,
            HighRiskFrom::High,
            HighRiskFrom::Medium,
        ]),
        prop::bool::weighted(0.7),
        prop::sample::select(vec![ImageShare::Proportional, ImageShare::Any]),
        prop::option::weighted(0.3, Just(86_400)),
    );
    let network = (
        prop_oneof![3 => Just(Evidence::Recorded), 1 => Just(Evidence::Current)],
        prop_oneof![
            3 => Just(NetworkEvidence::Auto),
            1 => Just(NetworkEvidence::Traffic),
            1 => Just(NetworkEvidence::Static),
        ],
        prop::sample::select(vec![UnknownStates::Exclude, UnknownStates::Unsecured]),
        prop::sample::select(vec![
            TrafficUnit::Edges,
            TrafficUnit::Connections,
            TrafficUnit::Bytes,
        ]),
        prop::sample::select(vec![
            EgressDenominator::ExternalWorkloads,
            EgressDenominator::AllWorkloads,
        ]),
        prop::sample::select(vec![
            IsolationScope::Boundary,
            IsolationScope::BoundaryAndExternalEgress,
            IsolationScope::All,
        ]),
        prop::sample::select(vec![0, 300, 301]),
    );
    (weights(), namespace_weights, scope(), images, network).prop_map(
        |(weights, namespace_weights, scope, images, network)| Method {
            weights,
            namespace_weights,
            scope,
            init_containers: images.0,
            ephemeral_containers: images.1,
            high_risk_from: images.2,
            unscanned_is_high_risk: images.3,
            image_share: images.4,
            max_scan_age: images.5,
            evidence: network.0,
            network_evidence: network.1,
            unknown: network.2,
            traffic_unit: network.3,
            egress_denominator: network.4,
            isolation_scope: network.5,
            settle: network.6,
            policy_modes: PolicyModes::default(),
        },
    )
}
