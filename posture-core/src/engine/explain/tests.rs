use proptest::prelude::*;

use super::*;
use crate::engine::testing::{address, any_cluster, cluster, equals, from, net, policy, tcp, tier};
use crate::engine::{End, Outcome, PodEnd, Who};
use crate::model::{
    Beyond, Cluster, EndMatch, Entity, Policy, PolicyModes, PortMatch, Protocol, Rule, RuleAction,
    TierAction, TrafficMatch,
};

fn end<'c>(cluster: &'c Cluster, namespace: &str, name: &str) -> End<'c> {
    End::pod(&cluster.objects(namespace).unwrap().pods[name], None)
}

/// From `shop/web` to `pay/api`, tcp 443.
fn explained(cluster: &Cluster) -> Explanation {
    explained_of(cluster, Protocol::Tcp, Some(443))
}

fn explained_of(cluster: &Cluster, protocol: Protocol, port: Option<u16>) -> Explanation {
    let engine = Engine::new(cluster, PolicyModes::default());
    let traffic = Traffic::new(Direction::Egress, protocol, port);
    let (from, to) = (end(cluster, "shop", "web"), end(cluster, "pay", "api"));
    let explanation = explain(&engine, Scope::Enforced, from, to, traffic);
    let verdict = engine.verdict(Scope::Enforced, from, to, traffic);
    assert_eq!(explanation.decision.verdict, verdict);
    explanation
}

fn with_rules(rules: Vec<Rule>) -> Policy {
    Policy {
        egress: Some(rules),
        ..policy("first", 1, "p")
    }
}

/// Why the only rule of the only policy does not apply.
fn why(rule: Rule) -> String {
    why_of(rule, Protocol::Tcp, Some(443))
}

fn why_of(rule: Rule, protocol: Protocol, port: Option<u16>) -> String {
    let tiers = vec![tier("first", 1, TierAction::Deny)];
    let explanation = explained_of(
        &cluster(vec![with_rules(vec![rule])], tiers),
        protocol,
        port,
    );
    explanation.tiers[0].policies[0].rules[0].why.clone()
}

fn to(destination: Vec<EndMatch>) -> Rule {
    Rule {
        destination: destination.into(),
        ..Rule::new(RuleAction::Allow)
    }
}

fn sent(traffic: Vec<TrafficMatch>) -> Rule {
    Rule {
        traffic: traffic.into(),
        ..Rule::new(RuleAction::Allow)
    }
}

#[test]
fn each_tier_says_how_it_ends() {
    let first = |rules| vec![with_rules(rules)];
    let pass = || Rule::new(RuleAction::Pass);
    let only_db = || to(vec![from(equals("app", "db"))]);
    for (policies, action, expected, outcome) in [
        (
            first(vec![only_db(), Rule::new(RuleAction::Allow)]),
            TierAction::Deny,
            "rule 1 of GlobalNetworkPolicy p allows it",
            Outcome::Allowed { broad: true },
        ),
        (
            first(vec![Rule::new(RuleAction::Deny)]),
            TierAction::Pass,
            "rule 0 of GlobalNetworkPolicy p denies it",
            Outcome::Denied,
        ),
        (
            first(vec![pass()]),
            TierAction::Deny,
            "rule 0 of GlobalNetworkPolicy p passes it to the next tier",
            Outcome::Passed,
        ),
        (
            first(vec![only_db()]),
            TierAction::Deny,
            "no rule applies: its default denies",
            Outcome::DeniedByTier,
        ),
        (
            first(vec![]),
            TierAction::Pass,
            "no rule applies: its default passes to the next tier",
            Outcome::Passed,
        ),
        (
            vec![policy("first", 1, "p")],
            TierAction::Deny,
            "skipped: none of its policies governs egress here",
            Outcome::NotSelected,
        ),
    ] {
        let explanation = explained(&cluster(policies, vec![tier("first", 1, action)]));
        assert_eq!(explanation.tiers[0].end, expected);
        assert_eq!(explanation.decision.verdict.outcome, outcome);
    }
}

#[test]
fn what_is_behind_the_end_is_counted() {
    let policies = vec![
        with_rules(vec![
            Rule::new(RuleAction::Log),
            Rule::new(RuleAction::Allow),
            Rule::new(RuleAction::Deny),
        ]),
        policy("first", 2, "q"),
        policy("default", 1, "r"),
    ];
    let explanation = explained(&cluster(policies, vec![tier("first", 1, TierAction::Deny)]));
    let [first, last] = explanation.tiers.as_slice() else {
        panic!("{explanation:?}");
    };
    assert_eq!((first.not_asked, first.policies.len()), (1, 1));
    assert_eq!(first.policies[0].rules.len(), 2);
    assert_eq!(first.policies[0].not_asked, 1);
    assert_eq!(
        (last.state, last.not_asked, last.policies.len()),
        (TierState::NotReached, 1, 0)
    );
}

#[test]
fn a_policy_says_why_it_does_not_govern() {
    let policies = vec![
        policy("first", 1, "ingress-only"),
        Policy {
            subject: equals("app", "db"),
            egress: Some(vec![]),
            ..policy("first", 2, "of-db")
        },
    ];
    let explanation = explained(&cluster(policies, vec![]));
    let reasons: Vec<&str> = explanation.tiers[0]
        .policies
        .iter()
        .map(|policy| policy.why.as_str())
        .collect();
    assert_eq!(
        reasons,
        [
            "it does not govern egress",
            "label `app` is \"web\", not \"db\""
        ]
    );
}

#[test]
fn a_rule_names_its_first_criterion_that_fails() {
    let except = |nets: &[&str]| EndMatch {
        not_nets: nets.iter().map(|net| net.parse().unwrap()).collect(),
        ..EndMatch::default()
    };
    let named = |name: &str| TrafficMatch {
        ports: vec![PortMatch::Named(name.to_owned())],
        ..tcp(&[])
    };
    for (rule, expected) in [
        (Rule::new(RuleAction::Allow), ""),
        (sent(vec![tcp(&[80])]), "destination port 443 is not 80"),
        (
            sent(vec![tcp(&[80]), tcp(&[8080])]),
            "destination port 443 is not 80, 8080",
        ),
        (
            sent(vec![TrafficMatch {
                protocol: Some(Protocol::Udp),
                ..TrafficMatch::default()
            }]),
            "protocol tcp is not udp",
        ),
        (
            sent(vec![named("http")]),
            "destination port 443 is not `http` (`http` is 8080)",
        ),
        (
            sent(vec![named("web")]),
            "destination port 443 is not `web` (no port is named `web` there)",
        ),
        (
            Rule {
                except: vec![tcp(&[443])],
                ..Rule::new(RuleAction::Allow)
            },
            "tcp 443 is left out",
        ),
        (
            to(vec![from(equals("app", "db"))]),
            "destination: label `app` is \"api\", not \"db\"",
        ),
        (
            to(vec![net("192.168.0.0/16")]),
            "destination 10.0.1.1 is not in 192.168.0.0/16",
        ),
        (
            to(vec![except(&["10.0.0.0/16"])]),
            "destination 10.0.1.1 is in 10.0.0.0/16, which is left out",
        ),
        (
            to(vec![except(&["fd00::/8"])]),
            "destination 10.0.1.1 is IPv4, and the nets that are left out are not",
        ),
        (
            Rule {
                traffic: vec![tcp(&[80])].into(),
                ..to(vec![net("10.0.0.0/8"), net("192.168.0.0/16")])
            },
            "destination port 443 is not 80",
        ),
        (
            to(vec![net("192.168.0.0/16"), from(equals("app", "db"))]),
            "destination is none of 2: destination 10.0.1.1 is not in 192.168.0.0/16; \
             destination: label `app` is \"api\", not \"db\"",
        ),
        (
            Rule {
                source: vec![from(equals("app", "db"))].into(),
                ..Rule::new(RuleAction::Allow)
            },
            "source: label `app` is \"web\", not \"db\"",
        ),
        (
            Rule {
                source_ports: vec![PortMatch::Range(1, 1)],
                ..Rule::new(RuleAction::Allow)
            },
            "the port is not known",
        ),
        (
            Rule {
                beyond: Some(Beyond::Http),
                ..Rule::new(RuleAction::Allow)
            },
            "the HTTP request is not known",
        ),
    ] {
        assert_eq!(why(rule), expected);
    }
    let http = || sent(vec![tcp(&[80])]);
    assert_eq!(why_of(http(), Protocol::Tcp, None), "the port is not known");
    assert_eq!(
        why_of(http(), Protocol::Icmp, None),
        "protocol icmp is not tcp"
    );
}

#[test]
fn a_rule_in_ciliums_words_says_why_it_fails() {
    let is = |entity| Rule {
        destination: vec![EndMatch {
            entity: Some(entity),
            ..EndMatch::default()
        }]
        .into(),
        ..Rule::new(RuleAction::Allow)
    };
    let not_understood = Rule {
        beyond: Some(Beyond::NotUnderstood),
        ..Rule::new(RuleAction::Allow)
    };
    assert_eq!(why(not_understood), "a rule is not understood");
    for (entity, expected) in [
        (
            Entity::World,
            "destination 10.0.1.1 is not outside of the cluster",
        ),
        (Entity::Cluster, ""),
        (
            Entity::Host,
            "destination 10.0.1.1 is not the pod's own node",
        ),
        (
            Entity::ApiServer,
            "destination 10.0.1.1 is not the API server",
        ),
    ] {
        assert_eq!(why(is(entity)), expected);
    }
}

#[test]
fn what_is_not_known_goes_both_ways() {
    let policies = vec![with_rules(vec![
        Rule {
            action: RuleAction::Deny,
            ..sent(vec![tcp(&[22])])
        },
        Rule::new(RuleAction::Allow),
    ])];
    let explanation = explained_of(&cluster(policies, vec![]), Protocol::Tcp, None);
    assert_eq!(explanation.decision.answer, Answer::Unknown);
    assert_eq!(
        explanation.decision.why,
        "either a rule allows it, or a policy denies it; the port is not known"
    );
    assert_eq!(
        explanation.tiers[0].end,
        "at the latest, rule 1 of GlobalNetworkPolicy p allows it"
    );
}

proptest! {
    /// The explanation is that of the verdict, and its last word comes from the rule that decides.
    #[test]
    fn explanations_agree_with_the_engine(
        cluster in any_cluster(),
        address in address(),
        port in prop::option::of(prop::sample::select(vec![80, 443, 8080])),
        protocol in prop::sample::select(vec![Protocol::Tcp, Protocol::Icmp, Protocol::Unknown]),
        egress: bool,
        staged: bool,
        known: bool,
    ) {
        let engine = Engine::new(&cluster, PolicyModes::default());
        let direction = if egress { Direction::Egress } else { Direction::Ingress };
        let scope = if staged { Scope::Staged } else { Scope::Enforced };
        let traffic = Traffic::new(direction, protocol, port);
        let (mut subject, peer) = (end(&cluster, "shop", "web"), End::at(address));
        if let (false, Who::Pod(pod)) = (known, subject.who) {
            subject.who = Who::Pod(PodEnd { id: None, labels: None, ..pod });
        }
        let explanation = explain(&engine, scope, subject, peer, traffic);
        let verdict = engine.verdict(scope, subject, peer, traffic);
        prop_assert_eq!(explanation.decision.verdict, verdict);
        for tier in &explanation.tiers {
            for policy in &tier.policies {
                prop_assert_eq!(policy.selects == Applies::Yes, policy.why.is_empty());
                for rule in &policy.rules {
                    prop_assert_eq!(rule.matches == Applies::Yes, rule.why.is_empty(), "{:?}", rule);
                }
            }
        }
        if let (Outcome::Allowed { .. } | Outcome::Denied, Some(by)) = (verdict.outcome, &explanation.decision.by) {
            let tier = explanation.tiers.iter().find(|tier| tier.name == by.tier).unwrap();
            let policy = tier.policies.iter().find(|policy| policy.name == by.name && policy.kind == by.kind).unwrap();
            prop_assert!(policy.rules.iter().any(|rule| Some(rule.index) == by.rule && rule.matches != Applies::No));
        }
    }
}
