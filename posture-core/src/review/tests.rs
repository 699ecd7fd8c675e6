use proptest::prelude::*;

use super::*;
use crate::engine::testing::{
    address, any_cluster, build, cluster, equals, fragment, from, net, policy, tcp, tier,
};
use crate::engine::{Decider, End, Outcome, Scope, Traffic};
use crate::model::{
    EndMatch, Origin, PolicyKind, PolicyModes, Protocol, RuleAction, StagedAction, Tier,
    TierAction, UnreadPolicy,
};
use crate::selector::Selector;

fn reviewed(cluster: &Cluster) -> Review {
    review(
        cluster,
        &Engine::new(cluster, PolicyModes::default()),
        Issues::default(),
    )
}

/// Kind, policy, rule and message of each finding.
fn found(policies: Vec<Policy>, tiers: Vec<Tier>) -> Vec<String> {
    let findings = reviewed(&cluster(policies, tiers)).findings;
    findings.iter().map(told).collect()
}

fn told(finding: &Finding) -> String {
    let policy = finding.policy.as_ref();
    let name = policy.map_or(finding.namespace.as_str(), |policy| policy.name.as_str());
    let rule = finding.rule.map(|rule| format!(" {rule}"));
    format!(
        "{} {name}{}: {}",
        finding.kind.name(),
        rule.unwrap_or_default(),
        finding.message
    )
}

fn ingress(tier: &str, order: i64, name: &str, rules: Vec<Rule>) -> Policy {
    Policy {
        ingress: Some(rules),
        ..policy(tier, order, name)
    }
}

fn of(subject: Selector, policy: Policy) -> Policy {
    Policy { subject, ..policy }
}

fn rule(action: RuleAction) -> Rule {
    Rule::new(action)
}

/// A rule for tcp on some ports.
fn ports(action: RuleAction, ports: &[u16]) -> Rule {
    Rule {
        traffic: vec![tcp(ports)].into(),
        ..Rule::new(action)
    }
}

fn kubernetes(name: &str, subject: Selector, rules: Vec<Rule>) -> Policy {
    Policy {
        kind: PolicyKind::KubernetesNetworkPolicy,
        namespace: "shop".to_owned(),
        subject: Selector::pods()
            .and(Selector::in_namespace("shop"))
            .and(subject),
        ..ingress("default", 1000, name, rules)
    }
}

const NOTHING: [&str; 0] = [];

/// | first | then | of the second rule |
/// |---|---|---|
/// | allow 80, 443 | allow 80 | redundant |
/// | allow 80, 443 | deny 80 | never decides |
/// | log all | deny 80 | decides |
/// | allow 443 | allow 80 | decides |
/// | pass 80 | deny 80 | never decides: the tier is left |
#[test]
fn rules_behind_rules_of_one_policy() {
    use RuleAction::{Allow, Deny, Log, Pass};
    let of_two = |first, second| {
        let rules = vec![first, second];
        found(vec![ingress("default", 1, "p", rules)], vec![])
    };
    assert_eq!(
        of_two(ports(Allow, &[80, 443]), ports(Allow, &[80])),
        ["redundant p 1: Allow tcp 80: its own rule 0 allows all of that already"]
    );
    assert_eq!(
        of_two(ports(Allow, &[80, 443]), ports(Deny, &[80])),
        ["never_decides p 1: Deny tcp 80: its own rule 0 allows all of that before it"]
    );
    assert_eq!(of_two(rule(Log), ports(Deny, &[80])), NOTHING);
    assert_eq!(of_two(ports(Allow, &[443]), ports(Allow, &[80])), NOTHING);
    assert_eq!(
        of_two(ports(Pass, &[80]), ports(Deny, &[80])),
        ["never_decides p 1: Deny tcp 80: its own rule 0 passes all of that on before it"]
    );
}

/// | earlier policy | later policy | of the later one |
/// |---|---|---|
/// | of all, denies 22 | of all, allows 22 | never decides |
/// | of `web`, denies 22 | of all, allows 22 | decides, for others |
/// | of all, passes 22, same tier | allows 22 | never decides |
/// | of all, passes 22, earlier tier | allows 22 | decides |
/// | of all, denies 22, earlier tier | allows 22 | never decides |
#[test]
fn rules_behind_rules_of_other_policies() {
    use RuleAction::{Allow, Deny, Pass};
    let tiers = || vec![tier("first", 1, TierAction::Pass)];
    let of_two = |earlier: Policy| {
        let later = ingress("default", 9, "later", vec![ports(Allow, &[22])]);
        found(vec![earlier, later], tiers())
    };
    let behind = |how: &str| {
        [format!(
            "never_decides later 0: Allow tcp 22: rule 0 of GlobalNetworkPolicy early {how} all of \
             that{} before it",
            if how == "passes" { " on" } else { "" }
        )]
    };
    let denies = || vec![ports(Deny, &[22])];
    let passes = || vec![ports(Pass, &[22])];
    assert_eq!(
        of_two(ingress("default", 1, "early", denies())),
        behind("denies")
    );
    assert_eq!(
        of_two(of(
            equals("app", "web"),
            ingress("default", 1, "early", denies())
        )),
        NOTHING
    );
    assert_eq!(
        of_two(ingress("default", 1, "early", passes())),
        behind("passes")
    );
    assert_eq!(of_two(ingress("first", 1, "early", passes())), NOTHING);
    assert_eq!(
        of_two(ingress("first", 1, "early", denies())),
        behind("denies")
    );
}

/// The tier `first` denies, and a policy of it governs all pods. Without a rule that passes nothing
/// is left for later tiers; nothing can be said where it governs `web` alone.
#[test]
fn policies_behind_the_end_of_a_tier() {
    let later = || ingress("default", 9, "later", vec![ports(RuleAction::Allow, &[22])]);
    let tiers = || vec![tier("first", 1, TierAction::Deny)];
    let first = |rules| ingress("first", 1, "first", rules);
    let allows = || ports(RuleAction::Allow, &[80]);
    assert_eq!(
        found(vec![first(vec![allows()]), later()], tiers()),
        [
            "never_decides later: no ingress reaches it: tier first denies what its rules do not \
             decide, none of them passes, and its GlobalNetworkPolicy first governs at least the same"
        ]
    );
    let passes = ports(RuleAction::Pass, &[22]);
    assert_eq!(
        found(vec![first(vec![allows(), passes]), later()], tiers()),
        NOTHING
    );
    let of_web = of(equals("app", "web"), first(vec![allows()]));
    assert_eq!(found(vec![of_web, later()], tiers()), NOTHING);
    let passing = vec![tier("first", 1, TierAction::Pass)];
    assert_eq!(
        found(vec![first(vec![allows()]), later()], passing),
        NOTHING
    );
}

#[test]
fn policies_behind_a_rule_for_all_traffic() {
    let all = |action| ingress("default", 1, "all", vec![rule(action)]);
    let later = |action| ingress("default", 9, "later", vec![ports(action, &[22])]);
    let findings = |action, then| found(vec![all(action), later(then)], vec![]);
    let broad = "allows_all all 0: all ingress of everything";
    assert_eq!(
        findings(RuleAction::Allow, RuleAction::Allow),
        [
            broad,
            "redundant later: rule 0 of GlobalNetworkPolicy all allows all ingress already"
        ]
    );
    assert_eq!(
        findings(RuleAction::Allow, RuleAction::Deny),
        [
            "never_decides later: no ingress reaches it: rule 0 of GlobalNetworkPolicy all allows \
             all of it before it",
            broad
        ]
    );
    assert_eq!(
        findings(RuleAction::Deny, RuleAction::Allow),
        [
            "never_decides later: no ingress reaches it: rule 0 of GlobalNetworkPolicy all denies \
             all of it before it"
        ]
    );
}

#[test]
fn kubernetes_policies_add_up() {
    let web = equals("app", "web");
    let policies = vec![
        kubernetes(
            "all-pods",
            Selector::All,
            vec![ports(RuleAction::Allow, &[80, 443])],
        ),
        kubernetes("web", web, vec![ports(RuleAction::Allow, &[80])]),
    ];
    assert_eq!(
        found(policies, vec![]),
        [
            "redundant web 0: Allow tcp 80: rule 0 of KubernetesNetworkPolicy shop/all-pods allows \
             all of that already"
        ]
    );
}

#[test]
fn staged_rules_are_compared_with_what_would_be_there() {
    let staged = |action, policy: Policy| Policy {
        kind: PolicyKind::StagedGlobalNetworkPolicy,
        staged: Some(action),
        ..policy
    };
    let denies = || ingress("default", 1, "early", vec![ports(RuleAction::Deny, &[22])]);
    let allows = || ingress("default", 9, "later", vec![ports(RuleAction::Allow, &[22])]);
    let never = "never_decides later 0: Allow tcp 22: rule 0 of GlobalNetworkPolicy early denies \
                 all of that before it";
    let only_staged = |direction: &str| {
        [
            format!("only_staged pay: {direction} of api"),
            format!("only_staged shop: {direction} of db, web"),
        ]
    };
    // an enforced rule before a staged one
    assert_eq!(
        found(vec![denies(), staged(StagedAction::Set, allows())], vec![]),
        [never]
    );
    // a staged rule decides nothing of an enforced one
    assert_eq!(
        found(vec![staged(StagedAction::Set, denies()), allows()], vec![]),
        NOTHING
    );
    // the enforced rule would not be there
    let deleted = Policy {
        ingress: None,
        ..staged(StagedAction::Delete, denies())
    };
    let policies = vec![
        denies(),
        deleted.clone(),
        staged(StagedAction::Set, allows()),
    ];
    assert_eq!(found(policies, vec![]), NOTHING);
    assert_eq!(
        found(vec![deleted], vec![]),
        ["nothing_to_delete early: GlobalNetworkPolicy early was not read"]
    );
    assert_eq!(
        found(vec![staged(StagedAction::Set, allows())], vec![]),
        only_staged("ingress")
    );
}

#[test]
fn what_may_be_governed_is_not_said_to_be_governed_by_staged_policies_only() {
    let staged = Policy {
        kind: PolicyKind::StagedGlobalNetworkPolicy,
        staged: Some(StagedAction::Set),
        ..ingress("default", 1, "staged", vec![])
    };
    // labels of service accounts that were not read
    let of_account = equals("team", "a").of_service_accounts();
    let may_govern = of(of_account, ingress("default", 2, "enforced", vec![]));
    assert_eq!(
        found(vec![staged.clone(), may_govern.clone()], vec![]),
        NOTHING
    );
    let of_egress = Policy {
        ingress: None,
        egress: Some(vec![]),
        ..may_govern
    };
    let listed = reviewed(&cluster(vec![of_egress.clone()], vec![]));
    assert!(listed.tiers[0].policies[0].may_select_more);
    assert_eq!(
        found(vec![staged, of_egress], vec![]),
        [
            "only_staged pay: ingress of api",
            "only_staged shop: ingress of db, web"
        ]
    );
}

#[test]
fn who_is_not_there() {
    let to = |ends: Vec<EndMatch>| Rule {
        source: ends.into(),
        ..ports(RuleAction::Allow, &[80])
    };
    let web = || from(equals("app", "web"));
    let partner = || from(equals("role", "partner"));
    let nobody = || from(equals("app", "gone"));
    let of_rule = |rule| found(vec![ingress("default", 1, "p", vec![rule])], vec![]);
    assert_eq!(of_rule(to(vec![web()])), NOTHING);
    assert_eq!(of_rule(to(vec![partner()])), NOTHING, "a network set");
    assert_eq!(of_rule(to(vec![nobody(), web()])), NOTHING);
    assert_eq!(of_rule(to(vec![nobody(), net("10.0.0.0/8")])), NOTHING);
    assert_eq!(
        of_rule(to(vec![nobody()])),
        ["nobody_there p 0: Allow tcp 80 from app == \"gone\": nobody is its source"]
    );
    let subject = |subject| found(vec![of(subject, policy("default", 1, "p"))], vec![]);
    assert_eq!(subject(Selector::Has("app".to_owned())), NOTHING);
    assert_eq!(subject(Selector::Has("tier".to_owned()).negated()), NOTHING);
    assert_eq!(
        subject(equals("tier", "front")),
        [
            "selects_nothing p: no pod is one of these: tier == \"front\"",
            "unknown_label p: nothing has label `tier`"
        ]
    );
    assert_eq!(
        subject(equals("stage", "prod").of_namespaces()),
        [
            "selects_nothing p: no pod is one of these: everything in namespaces with stage == \"prod\"",
            "unknown_label p: no namespace has label `stage`"
        ]
    );
}

#[test]
fn without_pods_nothing_is_said_of_them() {
    let mut without = fragment(
        vec![of(equals("x", "y"), policy("default", 1, "p"))],
        vec![],
    );
    without.pods.clear();
    without.sources.pods = false;
    assert_eq!(reviewed(&build(without)).findings, []);
}

#[test]
fn equal_orders() {
    let of_two = |a: Policy, b: Policy| found(vec![a, b], vec![]);
    let allows = |name, order| {
        ingress(
            "default",
            order,
            name,
            vec![ports(RuleAction::Allow, &[80])],
        )
    };
    let denies =
        |name, order| ingress("default", order, name, vec![ports(RuleAction::Deny, &[22])]);
    assert_eq!(
        of_two(allows("a", 5), denies("b", 5)),
        [
            "tied_order a: order 5 like GlobalNetworkPolicy b, with other actions for some of the \
             same pods"
        ]
    );
    assert_eq!(of_two(allows("a", 5), denies("b", 6)), NOTHING);
    assert_eq!(
        of_two(denies("a", 5), denies("b", 5)),
        ["redundant b 0: Deny tcp 22: rule 0 of GlobalNetworkPolicy a denies all of that already"]
    );
    let (web, db) = (equals("app", "web"), equals("app", "db"));
    assert_eq!(
        of_two(of(web, allows("a", 5)), of(db, denies("b", 5))),
        NOTHING
    );
    let admin = |policy: Policy| Policy {
        kind: PolicyKind::AdminNetworkPolicy,
        tier: Tier::KUBE_ADMIN.to_owned(),
        ..policy
    };
    assert_eq!(
        of_two(admin(allows("a", 5)), admin(denies("b", 5))),
        [
            "tied_order a: order 5 like AdminNetworkPolicy b, with other actions for some of the \
             same pods, and which is asked first is up to the implementation"
        ]
    );
}

#[test]
fn allow_all() {
    let everywhere = Rule {
        source: vec![net("0.0.0.0/0")].into(),
        ..rule(RuleAction::Allow)
    };
    let web = |rule| of(equals("app", "web"), ingress("default", 1, "p", vec![rule]));
    assert_eq!(
        found(vec![web(rule(RuleAction::Allow))], vec![]),
        ["allows_all p 0: all ingress of app == \"web\""]
    );
    assert_eq!(
        found(vec![web(everywhere)], vec![]),
        ["allows_all p 0: all IPv4 ingress of app == \"web\""]
    );
    assert_eq!(found(vec![web(rule(RuleAction::Deny))], vec![]), NOTHING);
}

#[test]
fn what_was_not_read() {
    let mut given = fragment(vec![policy("security", 1, "p")], vec![]);
    given.unread_policies.push(UnreadPolicy {
        kind: "CiliumNetworkPolicy".to_owned(),
        namespace: "shop".to_owned(),
        name: "c".to_owned(),
        staged: false,
        origin: Origin::default(),
    });
    let findings = reviewed(&build(given)).findings;
    let told: Vec<String> = findings.iter().map(told).collect();
    assert_eq!(
        told,
        [
            "unread c: what it governs is not known here",
            "unknown_tier p: tier security is taken as the last, and to deny"
        ]
    );
}

#[test]
fn listed_in_the_order_in_which_they_are_asked() {
    let policies = vec![
        kubernetes("web", equals("app", "web"), vec![]),
        ingress("first", 2, "b", vec![ports(RuleAction::Allow, &[80])]),
        Policy {
            egress: Some(vec![]),
            ..policy("first", 1, "a")
        },
    ];
    let review = reviewed(&cluster(policies, vec![tier("first", 1, TierAction::Pass)]));
    let listed: Vec<(&str, &str, usize, usize)> = review
        .tiers
        .iter()
        .flat_map(|tier| {
            tier.policies
                .iter()
                .map(|policy| (tier.name.as_str(), policy))
        })
        .map(|(tier, policy)| (tier, policy.name.as_str(), policy.pods, policy.workloads))
        .collect();
    assert_eq!(
        listed,
        [
            ("first", "a", 3, 3),
            ("first", "b", 3, 3),
            ("default", "web", 1, 1)
        ]
    );
    let b = &review.tiers[0].policies[1];
    assert_eq!(b.ingress.as_ref().unwrap()[0].criteria, "tcp 80");
    assert_eq!(b.egress, None);
    assert_eq!(b.namespaces, ["pay", "shop"]);
}

#[test]
fn of_one_namespace() {
    let of_pay = of(
        equals("app", "api"),
        ingress("default", 1, "of-pay", vec![]),
    );
    let of_web = of(
        equals("app", "web"),
        ingress("default", 2, "of-web", vec![]),
    );
    let nobody = of(
        equals("app", "gone"),
        ingress("default", 3, "nobody", vec![]),
    );
    let review = reviewed(&cluster(vec![of_pay, of_web, nobody], vec![])).within("shop");
    let names: Vec<&str> = review.tiers[0]
        .policies
        .iter()
        .map(|policy| policy.name.as_str())
        .collect();
    assert_eq!(names, ["of-web"]);
    assert_eq!(review.findings, []);
}

proptest! {
    /// What is said never to decide does not decide anything, and what is redundant can be left out.
    #[test]
    fn what_is_claimed_is_so(
        cluster in any_cluster(),
        peer in address(),
        port in prop::sample::select(vec![80, 443, 8080]),
        protocol in prop::sample::select(vec![Protocol::Tcp, Protocol::Udp]),
    ) {
        let engine = Engine::new(&cluster, PolicyModes::default());
        let findings = review(&cluster, &engine, Issues::default()).findings;
        for (namespace, name) in [("shop", "web"), ("shop", "db"), ("pay", "api")] {
            let subject = End::pod(&cluster.objects(namespace).unwrap().pods[name], None);
            for direction in [Direction::Ingress, Direction::Egress] {
                for scope in [Scope::Enforced, Scope::Staged] {
                    let traffic = Traffic {
                        source_port: Some(80),
                        ..Traffic::new(direction, protocol, Some(port))
                    };
                    let verdict = engine.verdict(scope, subject, End::at(peer), traffic);
                    let (Outcome::Allowed { .. } | Outcome::Denied | Outcome::DeniedByTier, Some(by)) =
                        (verdict.outcome, verdict.by)
                    else {
                        continue;
                    };
                    let policy = engine.sequence(scope).policy(by.policy).unwrap();
                    // of what is enforced the claim is about what is enforced
                    if policy.staged.is_none() && scope == Scope::Staged {
                        continue;
                    }
                    let Decider { rule: Some(rule), .. } = by else { continue };
                    let claimed = findings.iter().find(|finding| {
                        let name = finding.policy.as_ref();
                        matches!(
                            finding.kind,
                            FindingKind::NeverDecides | FindingKind::Redundant | FindingKind::MatchesNothing
                        ) && name.is_some_and(|name| name.is(policy))
                            && finding.direction == Some(direction)
                            && finding.rule.is_none_or(|claimed| claimed == rule)
                    });
                    prop_assert_eq!(claimed, None);
                }
            }
        }
    }
}
