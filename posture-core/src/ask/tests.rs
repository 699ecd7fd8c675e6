use super::*;
use crate::engine::testing::{build, equals, fragment, from, labels, pod, policy, tcp};
use crate::model::{
    Fragment, Origin, Owner, Policy, PolicyKind, PolicyModes, Rule, RuleAction, Service,
    StagedAction, UnreadPolicy,
};

fn question(from: &str, to: &str) -> Question {
    Question {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        sent: "443/tcp".parse().unwrap(),
        domains: Vec::new(),
        scope: Scope::Enforced,
    }
}

fn asked(fragment: Fragment, question: &Question) -> Result<Asked, NotFound> {
    let cluster = build(fragment);
    let engine = Engine::new(&cluster, PolicyModes::default());
    ask(&cluster, &engine, question, Issues::default())
}

fn answer(fragment: Fragment, from: &str, to: &str) -> Asked {
    asked(fragment, &question(from, to)).unwrap()
}

fn refusal(fragment: Fragment, from: &str, to: &str) -> String {
    asked(fragment, &question(from, to))
        .unwrap_err()
        .to_string()
}

fn allow(ports: &[u16]) -> Rule {
    Rule {
        traffic: vec![tcp(ports)].into(),
        ..Rule::new(RuleAction::Allow)
    }
}

/// `web` may send to `api`; `api` takes nothing but tcp 80.
fn policies() -> Vec<Policy> {
    vec![
        Policy {
            subject: equals("app", "web"),
            egress: Some(vec![Rule {
                destination: vec![from(equals("app", "api"))].into(),
                ..Rule::new(RuleAction::Allow)
            }]),
            ..policy("default", 1, "of-web")
        },
        Policy {
            subject: equals("app", "api"),
            ingress: Some(vec![allow(&[80])]),
            ..policy("default", 2, "of-api")
        },
    ]
}

/// A pod of a controller.
fn owned(name: &str, kind: &str, owner: &str, app: &str, address: &str) -> crate::model::Pod {
    crate::model::Pod {
        owner: Some(Owner {
            kind: kind.to_owned(),
            name: owner.to_owned(),
        }),
        ..pod("shop", name, &[("app", app)], address)
    }
}

#[test]
fn both_ends_must_let_it_through() {
    let denied = answer(fragment(policies(), vec![]), "shop/web", "pay/api");
    assert_eq!(denied.answer, Answer::Denied);
    assert_eq!(
        denied.why,
        "ingress denied by the default of tier default: GlobalNetworkPolicy of-api governs \
         ingress, and no rule applies"
    );
    assert_eq!(denied.egress.unwrap().answer, Answer::Allowed);
    let other = answer(fragment(policies(), vec![]), "shop/db", "shop/web");
    assert_eq!(
        other.why,
        "egress allowed: no policy governs egress, so the default allows it; ingress \
         allowed: no policy governs ingress, so the default allows it"
    );
}

#[test]
fn addresses_are_resolved() {
    let asked = answer(fragment(policies(), vec![]), "10.0.0.1", "10.0.1.1");
    assert_eq!(asked.from.is, "pod shop/web");
    assert_eq!(asked.from.name(), "shop/web");
    assert_eq!(asked.answer, Answer::Denied);
    let outside = answer(fragment(policies(), vec![]), "shop/web", "8.8.8.8");
    assert_eq!(outside.to.is, "an address outside the cluster");
    assert_eq!(outside.ingress, None);
    assert_eq!(outside.answer, Answer::Denied);
}

#[test]
fn both_ends_are_of_one_family() {
    let mut dual = fragment(policies(), vec![]);
    for (pod, address) in dual
        .pods
        .iter_mut()
        .zip(["fd00::11", "fd00::12", "fd00::13"])
    {
        pod.addresses.push(address.parse().unwrap());
    }
    let addresses = |from: &str, to: &str| {
        let asked = answer(dual.clone(), from, to);
        let of = |said: &Said| said.address.unwrap().to_string();
        (of(&asked.from), of(&asked.to), asked.notes.len())
    };
    let (v4, v6) = (("10.0.0.1", "10.0.1.1"), ("fd00::11", "fd00::13"));
    let is = |(from, to): (&str, &str), notes| (from.to_owned(), to.to_owned(), notes);
    assert_eq!(addresses("shop/web", "pay/api"), is(v4, 1));
    assert_eq!(addresses("shop/web", "fd00::13"), is(v6, 0));
    assert_eq!(addresses("fd00::11", "pay/api"), is(v6, 0));
    assert_eq!(
        addresses("shop/web", "2001:db8::1"),
        is(("fd00::11", "2001:db8::1"), 0)
    );
}

#[test]
fn what_is_not_there() {
    let of = |from: &str| refusal(fragment(vec![], vec![]), from, "pay/api");
    assert_eq!(
        of("shop/wbe"),
        "`shop/wbe` is neither workload nor pod, did you mean `shop/web`?"
    );
    assert_eq!(
        of("pay/web"),
        "`pay/web` is neither workload nor pod, did you mean `shop/web`?"
    );
    assert_eq!(
        of("shop/frontend"),
        "`shop/frontend` is neither workload nor pod, there are `shop/db` and `shop/web`"
    );
    assert_eq!(
        of("shpo/web"),
        "`shpo/web`: nothing was read of namespace `shpo`, did you mean `shop`?"
    );
    assert_eq!(
        refusal(fragment(vec![], vec![]), "8.8.8.8", "9.9.9.9"),
        "neither `8.8.8.8` nor `9.9.9.9` is a workload with policies of its own, expected at \
         least one that is"
    );
    let mut finished = fragment(vec![], vec![]);
    finished.pods[0].phase = crate::model::Phase::Finished;
    assert_eq!(
        refusal(finished, "shop/web", "pay/api"),
        "`shop/web` has no pod that runs, so it neither sends nor receives"
    );
}

#[test]
fn names_of_more_than_one() {
    let mut two = fragment(vec![], vec![]);
    two.pods
        .push(owned("web-0", "StatefulSet", "web", "x", "10.0.0.8"));
    assert_eq!(
        refusal(two.clone(), "shop/web", "pay/api"),
        "`shop/web` is more than one, expected `shop/Pod/web` or `shop/StatefulSet/web`"
    );
    let of = |from: &str| answer(two.clone(), from, "pay/api").from;
    assert_eq!(
        of("shop/statefulset/web").is,
        "pod shop/web-0 of shop/StatefulSet/web"
    );
    assert_eq!(of("shop/Pod/web").is, "pod shop/web");
}

#[test]
fn services_are_not_what_policies_see() {
    let mut with = fragment(vec![], vec![]);
    with.services.push(Service {
        namespace: "pay".to_owned(),
        name: "api".to_owned(),
        addresses: vec!["10.96.0.1".parse().unwrap()],
        selector: Some(labels(&[("app", "api")])),
        targets: vec![crate::model::ServiceTarget {
            protocol: crate::model::Protocol::Tcp,
            port: crate::model::PortMatch::Range(443, 443),
        }],
        origin: Origin::default(),
    });
    assert_eq!(
        refusal(with, "shop/web", "10.96.0.1"),
        "`10.96.0.1` is the address of Service `pay/api`, and policies see the pods behind it, \
         expected one of them: `pay/api`"
    );
}

#[test]
fn pods_of_one_workload_may_differ() {
    let mut with = fragment(policies(), vec![]);
    for (name, app, address) in [
        ("a-1", "none", "10.0.0.8"),
        ("a-2", "api", "10.0.0.9"),
        ("a-3", "none", "10.0.0.10"),
    ] {
        with.pods
            .push(owned(name, "StatefulSet", "a", app, address));
    }
    let mut of_80 = question("shop/web", "shop/a");
    of_80.sent = "80/tcp".parse().unwrap();
    let answer_80 = asked(with.clone(), &of_80).unwrap();
    assert_eq!(
        answer_80.to.is,
        "pod shop/a-1, one of 3 of shop/StatefulSet/a"
    );
    assert_eq!(answer_80.answer, Answer::Denied);
    assert_eq!(
        answer_80.notes,
        ["not all pods of shop/a get this answer: a-2 (allowed)"]
    );
    // a pod does not send to itself
    let itself = answer(with, "shop/a", "shop/a");
    assert_eq!(
        (itself.from.pod.as_deref(), itself.to.pod.as_deref()),
        (Some("a-1"), Some("a-2"))
    );
}

#[test]
fn staged_policies_are_told_where_they_change_it() {
    let staged = Policy {
        kind: PolicyKind::StagedGlobalNetworkPolicy,
        staged: Some(StagedAction::Set),
        subject: equals("app", "db"),
        egress: Some(vec![]),
        ..policy("default", 1, "deny-db")
    };
    let asked = answer(fragment(vec![staged], vec![]), "shop/db", "pay/api");
    assert_eq!(asked.answer, Answer::Allowed);
    let staged = asked.staged.unwrap();
    assert_eq!(staged.answer, Answer::Denied);
    assert!(
        staged.why.contains("StagedGlobalNetworkPolicy deny-db"),
        "{}",
        staged.why
    );
    let deletes = Policy {
        kind: PolicyKind::StagedGlobalNetworkPolicy,
        staged: Some(StagedAction::Delete),
        ..policy("default", 2, "of-api")
    };
    let policies = policies().into_iter().chain([deletes]).collect();
    let asked = answer(fragment(policies, vec![]), "shop/web", "pay/api");
    assert_eq!(asked.answer, Answer::Denied);
    assert_eq!(asked.staged.unwrap().answer, Answer::Allowed);
    assert_eq!(
        asked.notes,
        ["staged deletions are taken as done; Calico itself does not simulate them"]
    );
}

#[test]
fn what_was_not_read_is_not_guessed() {
    let mut without = fragment(vec![], vec![]);
    without.sources.policies = false;
    let asked = answer(without, "shop/web", "pay/api");
    assert_eq!(asked.answer, Answer::Unknown);
    assert!(
        asked
            .why
            .starts_with("egress unknown: no policies were read")
    );
    let mut unread = fragment(vec![], vec![]);
    unread.unread_policies.push(UnreadPolicy {
        kind: "CiliumNetworkPolicy".to_owned(),
        namespace: "pay".to_owned(),
        name: "c".to_owned(),
        staged: false,
        origin: Origin::default(),
    });
    let asked = answer(unread, "shop/web", "pay/api");
    assert_eq!(
        asked.why,
        "ingress unknown: a policy that is not evaluated may govern it"
    );
    assert_eq!(
        asked.notes,
        ["a policy that is not evaluated (CiliumNetworkPolicy) may govern this traffic, too"]
    );
}
