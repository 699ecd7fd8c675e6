use posture_core::model::{Action, HitAction, HitKind, Trace, Traces};

use super::super::value::Case;
use super::{action, read};

/// The hits of an enforced trace, as Calico's newer hit strings write them.
fn enforced(hits: &str) -> Option<Vec<String>> {
    match read(&format!("{{\"enforced\": {hits}, \"pending\": null}}")).enforced {
        Trace::Hits(hits) => Some(
            hits.iter()
                .map(|hit| {
                    let (kind, staged) = (hit.kind, if hit.staged { " staged" } else { "" });
                    let (index, tier, policy) = (hit.index, &hit.tier, &hit.policy);
                    let (action, rule) = (hit.action, hit.rule.unwrap());
                    format!("{index}|{tier}|{policy}|{action:?}|{rule} {kind:?}{staged}")
                })
                .collect(),
        ),
        Trace::Absent => Some(Vec::new()),
        Trace::Unparsable => None,
    }
}

#[test]
fn every_kind() {
    for (kind, number, namespace, expected) in [
        ("CalicoNetworkPolicy", 1, "a", "t|np:a/p"),
        ("GlobalNetworkPolicy", 2, "", "t|gnp:p"),
        ("StagedNetworkPolicy", 3, "a", "t|snp:a/p"),
        ("StagedGlobalNetworkPolicy", 4, "", "t|sgnp:p"),
        ("StagedKubernetesNetworkPolicy", 5, "a", "t|sknp:a/p"),
        ("NetworkPolicy", 6, "a", "t|knp:a/p"),
        ("ClusterNetworkPolicy", 7, "", "t|kcnp:p"),
        ("ClusterNetworkPolicyAdminTier", 7, "", "t|kcnp:p"),
        ("ClusterNetworkPolicyBaselineTier", 8, "", "t|kcnp:p"),
    ] {
        let staged = if kind.starts_with("Staged") {
            " staged"
        } else {
            ""
        };
        let expected = vec![format!("3|{expected}|Deny|2 Policy{staged}")];
        let whisker = format!(
            r#"[{{"kind": "{kind}", "name": "p", "namespace": "{namespace}", "tier": "t", "action": "Deny", "policy_index": 3, "rule_index": 2, "trigger": null}}]"#
        );
        let goldmane = format!(
            r#"[{{"kind": "{kind}", "name": "p", "namespace": "{namespace}", "tier": "t", "action": "Deny", "policyIndex": "3", "ruleIndex": "2"}}]"#
        );
        let go = format!(
            r#"[{{"kind": {number}, "name": "p", "namespace": "{namespace}", "tier": "t", "action": 2, "policy_index": 3, "rule_index": 2}}]"#
        );
        for hits in [whisker, goldmane, go] {
            assert_eq!(enforced(&hits), Some(expected.clone()), "{hits}");
        }
    }
    let admin =
        |kind| format!(r#"[{{"kind": "{kind}", "name": "p", "tier": "t", "action": "Allow"}}]"#);
    assert_eq!(
        enforced(&admin("AdminNetworkPolicy")),
        Some(vec!["0|t|kanp:p|Allow|0 Policy".to_owned()])
    );
    assert_eq!(
        enforced(&admin("BaselineAdminNetworkPolicy")),
        Some(vec!["0|t|kbanp:p|Allow|0 Policy".to_owned()])
    );
}

#[test]
fn profiles_and_ends_of_tiers() {
    for (hits, expected) in [
        (
            r#"[{"kind": "Profile", "name": "kns.a", "namespace": "", "tier": "", "action": "Allow", "policy_index": 1, "rule_index": 0, "trigger": null}]"#,
            "1|__PROFILE__|pro:kns.a|Allow|0 Profile",
        ),
        (
            r#"[{"kind": 9, "name": "kns.a", "action": 1}]"#,
            "0|__PROFILE__|pro:kns.a|Allow|0 Profile",
        ),
        (
            r#"[{"kind": "EndOfTier", "name": "", "namespace": "", "tier": "default", "action": "Deny", "policy_index": 0, "rule_index": -1, "trigger": {"kind": "NetworkPolicy", "name": "p", "namespace": "a", "tier": "default", "action": "ActionUnspecified", "policy_index": 0, "rule_index": 0, "trigger": null}}]"#,
            "0|default|knp:a/p|Deny|-1 Policy",
        ),
        (
            r#"[{"kind": 10, "tier": "t", "action": 2, "rule_index": -1, "trigger": {"kind": 3, "name": "p", "namespace": "a", "tier": "t"}}]"#,
            "0|t|snp:a/p|Deny|-1 Policy staged",
        ),
        (
            r#"[{"kind": "EndOfTier", "tier": "t", "action": "Deny", "ruleIndex": "-1", "trigger": {"kind": "StagedGlobalNetworkPolicy", "name": "p", "tier": "t"}}]"#,
            "0|t|sgnp:p|Deny|-1 Policy staged",
        ),
    ] {
        assert_eq!(enforced(hits), Some(vec![expected.to_owned()]), "{hits}");
    }
}

#[test]
fn hits_are_sorted_by_their_index() {
    let hits = r#"[{"kind": "Profile", "name": "kns.a", "action": "Allow", "policyIndex": "1"},
        {"kind": "GlobalNetworkPolicy", "name": "p", "tier": "t", "action": "Pass"}]"#;
    assert_eq!(
        enforced(hits),
        Some(vec![
            "0|t|gnp:p|Pass|0 Policy".to_owned(),
            "1|__PROFILE__|pro:kns.a|Allow|0 Profile".to_owned(),
        ])
    );
}

#[test]
fn what_cannot_be_read_is_no_hit() {
    for none in ["[]", "null"] {
        assert_eq!(enforced(none), Some(Vec::new()), "{none}");
    }
    for bad in [
        "[{}]",
        r#"[{"kind": "KindUnspecified", "name": "p", "tier": "t", "action": "Allow"}]"#,
        r#"[{"kind": "OtherPolicy", "name": "p", "tier": "t", "action": "Allow"}]"#,
        r#"[{"kind": 0, "name": "p", "tier": "t", "action": 1}]"#,
        r#"[{"kind": 11, "name": "p", "tier": "t", "action": 1}]"#,
        r#"[{"kind": 10, "name": "p", "tier": "t", "action": 1}]"#,
        r#"[{"kind": "GlobalNetworkPolicy", "name": "p", "tier": "t"}]"#,
        r#"[{"kind": "GlobalNetworkPolicy", "name": "p", "tier": "t", "action": "ActionUnspecified"}]"#,
        r#"[{"kind": "GlobalNetworkPolicy", "name": "", "tier": "t", "action": "Allow"}]"#,
        r#"[{"kind": "EndOfTier", "tier": "t", "action": "Deny", "trigger": null}]"#,
        r#"[{"kind": "EndOfTier", "tier": "t", "action": "Deny", "trigger": {"kind": "Profile", "name": "kns.a"}}]"#,
        r#"[{"kind": "Profile", "name": "kns.a", "action": "Allow", "policyIndex": "x"}]"#,
        r#"[{"kind": "Profile", "name": "kns.a", "action": "Allow", "policyIndex": "-1"}]"#,
        r#"["0|t|np:a/p|allow|0"]"#,
        "{}",
    ] {
        assert_eq!(enforced(bad), None, "{bad}");
    }
    assert_eq!(read("[]").pending, Trace::Unparsable);
}

#[test]
fn both_traces_by_every_name() {
    let hit = |action| {
        format!(
            r#"[{{"kind": "NetworkPolicy", "name": "p", "namespace": "a", "tier": "default", "action": "{action}"}}]"#
        )
    };
    let (allow, deny) = (hit("Allow"), hit("Deny"));
    for (enforced, pending) in [
        ("enforced", "pending"),
        ("enforcedPolicies", "pendingPolicies"),
        ("enforced_policies", "pending_policies"),
    ] {
        let traces = read(&format!(
            "{{\"{enforced}\": {allow}, \"{pending}\": {deny}}}"
        ));
        assert!(
            matches!(&traces.enforced, Trace::Hits(hits) if hits[0].action == HitAction::Allow && hits[0].kind == HitKind::Policy),
            "{enforced}"
        );
        assert!(
            matches!(&traces.pending, Trace::Hits(hits) if hits[0].action == HitAction::Deny),
            "{pending}"
        );
    }
    assert_eq!(read("{}"), Traces::default());
}

#[test]
fn the_action_of_a_flow() {
    let traced = |last: &str| {
        read(&format!(
            r#"{{"enforced": [{{"kind": "GlobalNetworkPolicy", "name": "p", "tier": "t", "action": "{last}"}},
                {{"kind": "StagedGlobalNetworkPolicy", "name": "q", "tier": "t", "action": "Deny", "policy_index": 1}}]}}"#
        ))
    };
    let name = |name: &'static str| Some(Case::Name(name.into()));
    for (stated, last, expected) in [
        (name("Allow"), "Deny", Ok(Action::Allow)),
        (name("deny"), "Allow", Ok(Action::Deny)),
        (Some(Case::Number(1)), "Deny", Ok(Action::Allow)),
        (Some(Case::Number(2)), "Allow", Ok(Action::Deny)),
        (None, "Allow", Ok(Action::Allow)),
        (name("ActionUnspecified"), "Deny", Ok(Action::Deny)),
        (Some(Case::Number(0)), "Allow", Ok(Action::Allow)),
        (name("Pass"), "Deny", Ok(Action::Deny)),
        (Some(Case::Number(3)), "Allow", Ok(Action::Allow)),
        (
            name("Pass"),
            "Pass",
            Err("`action` is `Pass`, expected `Allow` or `Deny`"),
        ),
        (
            None,
            "Pass",
            Err("`action` is missing, expected `Allow` or `Deny`"),
        ),
        (
            name("Drop"),
            "Deny",
            Err("`action` is `Drop`, expected `Allow` or `Deny`"),
        ),
    ] {
        let expected = expected.map_err(str::to_owned);
        assert_eq!(
            action(stated.as_ref(), &traced(last)),
            expected,
            "{stated:?} {last}"
        );
    }
    assert!(action(None, &Traces::default()).is_err());
}
