use posture_core::issue::IssueKind;
use posture_core::model::{Order, StagedAction};

use super::*;
use crate::read_text;

fn head(kind: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: {kind}\nmetadata: {{name: p, namespace: a, resourceVersion: '9'}}\n"
    )
}

fn read(kind: &str, spec: &str) -> Policy {
    let (mut fragment, issues) = read_text(&format!("{}spec: {spec}\n", head(kind)));
    assert!(issues.is_empty(), "{spec}: {issues:?}");
    assert!(fragment.sources.policies);
    fragment.policies.pop().expect("a policy")
}

fn equals(key: &str, value: &str) -> Selector {
    Selector::Equals(key.to_owned(), value.to_owned())
}

fn has(key: &str) -> Selector {
    Selector::Has(key.to_owned())
}

const NAMESPACE: &str = "projectcalico.org/namespace";

#[test]
fn kinds_and_where_they_lie() {
    for (kind, expected, namespace, staged) in [
        ("NetworkPolicy", PolicyKind::NetworkPolicy, "a", None),
        (
            "GlobalNetworkPolicy",
            PolicyKind::GlobalNetworkPolicy,
            "",
            None,
        ),
        (
            "StagedNetworkPolicy",
            PolicyKind::StagedNetworkPolicy,
            "a",
            Some(StagedAction::Set),
        ),
        (
            "StagedGlobalNetworkPolicy",
            PolicyKind::StagedGlobalNetworkPolicy,
            "",
            Some(StagedAction::Set),
        ),
    ] {
        let policy = read(kind, "{stagedAction: null}");
        assert_eq!((policy.kind, policy.staged), (expected, staged));
        assert_eq!((&*policy.namespace, &*policy.name), (namespace, "p"));
        assert_eq!(
            (policy.version, &*policy.tier, policy.order),
            (9, "default", None)
        );
    }
}

#[test]
fn tiers_and_orders() {
    for (spec, tier, order) in [
        (
            "{tier: security, order: 10}",
            "security",
            Some(Order::whole(10)),
        ),
        (
            "{tier: '', order: 0.5}",
            "default",
            Some(Order::from_units(500_000_000)),
        ),
        ("{tier: null, order: null}", "default", None),
    ] {
        let policy = read("NetworkPolicy", spec);
        assert_eq!((&*policy.tier, policy.order), (tier, order), "{spec}");
    }
}

#[test]
fn types_are_defaulted() {
    for (spec, ingress, egress) in [
        ("{}", Some(0), None),
        ("null", Some(0), None),
        ("{ingress: [{action: Allow}]}", Some(1), None),
        ("{egress: [{action: Allow}]}", None, Some(1)),
        ("{egress: [{action: Allow}], ingress: []}", None, Some(1)),
        (
            "{ingress: [{action: Allow}], egress: [{action: Deny}]}",
            Some(1),
            Some(1),
        ),
        ("{types: [], egress: [{action: Allow}]}", None, Some(1)),
        (
            "{types: [Ingress], egress: [{action: Allow}]}",
            Some(0),
            None,
        ),
        ("{types: [Ingress, Egress]}", Some(0), Some(0)),
    ] {
        let policy = read("GlobalNetworkPolicy", spec);
        let count = |rules: Option<Vec<Rule>>| rules.map(|rules| rules.len());
        assert_eq!(
            (count(policy.ingress), count(policy.egress)),
            (ingress, egress),
            "{spec}"
        );
    }
}

#[test]
fn subjects() {
    let (web, robot) = (equals("app", "web"), equals("pcsa.role", "robot"));
    let own = equals(NAMESPACE, "a");
    for (kind, spec, expected) in [
        ("NetworkPolicy", "{}", own.clone()),
        ("NetworkPolicy", "{selector: all()}", own.clone()),
        (
            "NetworkPolicy",
            "{selector: \"app == 'web'\", serviceAccountSelector: \"role == 'robot'\"}",
            Selector::And(vec![own.clone(), web.clone(), robot.clone()]),
        ),
        (
            "NetworkPolicy",
            "{selector: has(x), namespaceSelector: has(ignored)}",
            Selector::And(vec![own, has("x")]),
        ),
        ("GlobalNetworkPolicy", "{}", Selector::All),
        ("GlobalNetworkPolicy", "{selector: ''}", Selector::All),
        (
            "GlobalNetworkPolicy",
            "{selector: \"app == 'web'\"}",
            web.clone(),
        ),
        (
            "GlobalNetworkPolicy",
            "{namespaceSelector: all()}",
            has(NAMESPACE),
        ),
        (
            "GlobalNetworkPolicy",
            "{selector: \"app == 'web'\", namespaceSelector: has(team), serviceAccountSelector: \"role == 'robot'\"}",
            Selector::And(vec![has("pcns.team"), web, robot]),
        ),
    ] {
        assert_eq!(read(kind, spec).subject, expected, "{kind} {spec}");
    }
}

#[test]
fn staged_actions() {
    for (spec, action) in [
        ("{stagedAction: Set}", StagedAction::Set),
        ("{stagedAction: ''}", StagedAction::Set),
        ("{stagedAction: Delete}", StagedAction::Delete),
        ("{stagedAction: Learn}", StagedAction::Learn),
        ("{stagedAction: Ignore}", StagedAction::Ignore),
    ] {
        let policy = read("StagedGlobalNetworkPolicy", spec);
        assert_eq!(policy.staged, Some(action), "{spec}");
    }
    let (fragment, issues) = read_text(&format!("{}spec: null\n", head("StagedNetworkPolicy")));
    assert!(issues.is_empty());
    assert_eq!(fragment.policies[0].staged, Some(StagedAction::Set));
}

#[test]
fn what_is_for_hosts_only_governs_no_workload() {
    for (kind, spec, told) in [
        (
            "GlobalNetworkPolicy",
            "{doNotTrack: true, applyOnForward: true}",
            Some("GlobalNetworkPolicy `p` (doNotTrack) governs hosts only, no workload"),
        ),
        (
            "StagedGlobalNetworkPolicy",
            "{preDNAT: true, applyOnForward: true}",
            Some("StagedGlobalNetworkPolicy `p` (preDNAT) governs hosts only, no workload"),
        ),
        ("GlobalNetworkPolicy", "{applyOnForward: true}", None),
        (
            "GlobalNetworkPolicy",
            "{doNotTrack: false, preDNAT: null}",
            None,
        ),
    ] {
        let (fragment, issues) = read_text(&format!("{}spec: {spec}\n", head(kind)));
        assert_eq!(
            fragment.policies.len(),
            usize::from(told.is_none()),
            "{spec}"
        );
        assert!(fragment.unread_policies.is_empty());
        let issues: Vec<_> = issues
            .iter()
            .map(|issue| (issue.kind, &*issue.message))
            .collect();
        let told: Vec<_> = told
            .map(|told| (IssueKind::UnusedKind, told))
            .into_iter()
            .collect();
        assert_eq!(issues, told);
    }
}

#[test]
fn a_mistake_makes_unknown_what_the_policy_may_govern() {
    for (kind, spec, message) in [
        (
            "NetworkPolicy",
            "{types: [Both]}",
            "NetworkPolicy is not valid: types[0]: policy type `Both` is not known, expected Ingress or Egress",
        ),
        (
            "GlobalNetworkPolicy",
            "{order: first}",
            "GlobalNetworkPolicy is not valid: order: invalid type: string \"first\", expected a number",
        ),
        (
            "GlobalNetworkPolicy",
            "{ingress: [null]}",
            "GlobalNetworkPolicy is not valid: ingress[0]: invalid type: null, expected an object",
        ),
        (
            "StagedNetworkPolicy",
            "{egress: [{action: Allow}, {action: Permit}]}",
            "StagedNetworkPolicy is not valid: egress[1].action: action `Permit` is not known, expected Allow, Deny, Pass or Log",
        ),
        (
            "StagedGlobalNetworkPolicy",
            "{egress: [{}]}",
            "StagedGlobalNetworkPolicy is not valid: egress[0]: missing field `action`",
        ),
    ] {
        let (fragment, issues) = read_text(&format!("{}spec: {spec}\n", head(kind)));
        assert!(fragment.policies.is_empty(), "{spec}");
        let unread = &fragment.unread_policies[0];
        assert_eq!((&*unread.kind, &*unread.name), (kind, "p"));
        let namespace = if kind.contains("Global") { "" } else { "a" };
        assert_eq!(unread.namespace, namespace);
        assert_eq!(unread.staged, kind.starts_with("Staged"));
        assert_eq!(
            (issues.len(), issues[0].kind),
            (1, IssueKind::InvalidObject)
        );
        assert_eq!(issues[0].message, message);
    }
}
