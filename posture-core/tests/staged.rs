//! What a staged policy is said to cover is covered when it is enforced.

mod common;

use common::{default_input, kubernetes_policy};
use posture_core::model::{Evidence, Policy, PolicyKind, StagedAction};
use posture_core::points::Points;
use posture_core::selector::Selector;
use posture_core::staged::StagedEvidence;
use proptest::prelude::*;

fn enforced(policy: &Policy) -> Policy {
    Policy {
        kind: PolicyKind::KubernetesNetworkPolicy,
        staged: None,
        ..policy.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Enforced and judged anew, a staged policy of a namespace gains at least what it is said to for
    /// each action, and nothing less than nothing is said. One that governs all is said to gain all, but
    /// where records tell of labels that pods had: what policies of today secure for pods as they are
    /// now is not put down to it.
    #[test]
    fn gains_are_had(
        input in default_input(), namespace in 0..4_usize,
        ingress: bool, egress: bool, labelled: bool,
    ) {
        let namespace = ["a", "b", "c", "kube-x"][namespace];
        let mut input = input;
        for record in input.records.iter_mut().filter(|_| !labelled) {
            record.source.labels = None;
            record.destination.labels = None;
        }
        input.request.method.evidence = Evidence::Current;
        input.fragment.sources.policies = true;
        let rules = |governs: bool| governs.then(Vec::new);
        let staged = Policy {
            kind: PolicyKind::StagedKubernetesNetworkPolicy,
            staged: Some(StagedAction::Set),
            ..kubernetes_policy(namespace, "staged", Selector::All, rules(ingress), rules(egress))
        };
        let mut then = input.clone();
        then.fragment.policies.push(enforced(&staged));
        input.fragment.policies.push(staged);
        let (before, after) = (input.report(), then.report());
        for action in &before.actions {
            for of in &action.staged {
                prop_assert_eq!(of.by, StagedEvidence::Evaluation);
                prop_assert_eq!(&action.namespace, namespace);
                prop_assert!(of.gain > Points::ZERO && of.gain <= action.gain);
                prop_assert!(of.items > 0 && of.items <= action.item_count);
                let rise = after.score.zip(before.score).map(|(after, before)| after - before);
                prop_assert!(rise.is_none_or(|rise| rise >= of.gain), "{rise:?} {of:?}");
            }
            let all = ingress && egress && !labelled;
            if all && action.namespace == namespace && action.risk_type.is_network() {
                prop_assert_eq!(action.staged.len(), 1, "{}", action.id);
                prop_assert_eq!(action.staged[0].items, action.item_count);
                prop_assert_eq!(action.staged[0].gain, action.gain);
            }
        }
    }
}
