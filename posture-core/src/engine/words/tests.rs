use super::{end, rule, selector};
use crate::model::{EndMatch, Family, Icmp, PortMatch, Protocol, Rule, RuleAction, TrafficMatch};
use crate::selector::Selector;

fn equals(key: &str, value: &str) -> Selector {
    Selector::Equals(key.to_owned(), value.to_owned())
}

#[test]
fn selectors() {
    let web = equals("app", "web");
    let of_shop = Selector::in_namespace("shop");
    for (given, expected) in [
        (Selector::All, "all()"),
        (web.clone(), "app == \"web\""),
        (of_shop.clone(), "everything in namespace shop"),
        (Selector::pods(), "all pods"),
        (
            Selector::pods().and(of_shop.clone()),
            "pods in namespace shop",
        ),
        (
            Selector::pods().and(of_shop).and(web.clone()),
            "pods with app == \"web\" in namespace shop",
        ),
        (
            equals("env", "prod").of_namespaces().and(web.clone()),
            "app == \"web\" in namespaces with env == \"prod\"",
        ),
        (
            equals("kubernetes.io/metadata.name", "shop").of_namespaces(),
            "everything in namespace shop",
        ),
        (
            web.clone().and(Selector::service_account_in([
                "a".to_owned(),
                "b".to_owned(),
            ])),
            "app == \"web\" of service account a or b",
        ),
        (
            Selector::All.of_namespaces().and(web),
            "app == \"web\" in any namespace",
        ),
        (
            Selector::Global.of_namespaces(),
            "everything outside namespaces",
        ),
    ] {
        assert_eq!(selector(&given), expected);
    }
}

#[test]
fn rules() {
    let mut given = Rule::new(RuleAction::Allow);
    assert_eq!(rule(&given), "all traffic");
    given.family = Some(Family::V4);
    given.traffic = vec![
        TrafficMatch {
            protocol: Some(Protocol::Tcp),
            ports: vec![
                PortMatch::Range(443, 443),
                PortMatch::Range(8000, 8080),
                PortMatch::Named("web".to_owned()),
            ],
            icmp: None,
        },
        TrafficMatch {
            protocol: Some(Protocol::Icmp),
            ports: Vec::new(),
            icmp: Some(Icmp {
                kind: 8,
                code: None,
            }),
        },
    ]
    .into();
    given.destination = vec![EndMatch {
        nets: Some(vec!["10.0.0.0/8".parse().unwrap()]),
        not_nets: vec!["10.1.0.0/16".parse().unwrap()],
        ..EndMatch::default()
    }]
    .into();
    given.source = vec![EndMatch {
        selector: Some(equals("app", "web")),
        ..EndMatch::default()
    }]
    .into();
    assert_eq!(
        rule(&given),
        "IPv4 tcp 443, 8000-8080, `web` or icmp type 8 from app == \"web\" to 10.0.0.0/8 but 10.1.0.0/16"
    );
}

#[test]
fn ends() {
    let nothing = EndMatch {
        nets: Some(Vec::new()),
        ..EndMatch::default()
    };
    assert_eq!(end(&nothing), "nobody");
    assert_eq!(end(&EndMatch::default()), "anyone");
}
