use std::sync::Arc;

use posture_core::model::{
    Action, End, EndKind, Hit, HitAction, HitKind, Labels, Protocol, Record, Reporter, ServiceRef,
    Trace, Traces,
};
use serde_json::json;

use super::*;

fn pseudonyms(lists: &[List]) -> Pseudonyms {
    let key = Key::new(b"a key of sixteen").expect("long enough");
    Pseudonyms::new(key, lists)
}

fn list(kind: &str, version: &str, items: &[Value]) -> List {
    List {
        kind: kind.to_owned(),
        api_version: version.to_owned(),
        items: items.to_vec(),
    }
}

/// Of HMAC-SHA256 with the key `a key of sixteen`, as `openssl dgst -sha256 -mac HMAC` gives it of `shop`,
/// each of the first twelve bytes modulo 32 in `a` to `z` and `2` to `7`.
#[test]
fn a_pseudonym_is_a_keyed_hash() {
    assert_eq!(pseudonyms(&[]).name("shop"), PSEUDONYM_OF_SHOP);
    let other = Key::new(b"another key, longer").expect("long enough");
    assert_ne!(Pseudonyms::new(other, &[]).name("shop"), PSEUDONYM_OF_SHOP);
    assert_eq!(Key::new(b"fifteen letters").map(|_| ()), Err(KeyTooShort));
}

const PSEUDONYM_OF_SHOP: &str = "pclkgumphgrd2";

#[test]
fn what_controllers_append_stays() {
    let p = pseudonyms(&[]);
    let web = p.name("web");
    for (name, expected) in [
        ("web-755cdc7957-x7k2q", format!("{web}-755cdc7957-x7k2q")),
        ("web-755cdc7957-", format!("{web}-755cdc7957-")),
        ("web-755cdc7957-*", format!("{web}-755cdc7957-*")),
        ("web-755cdc7957", format!("{web}-755cdc7957")),
        ("web-0", format!("{web}-0")),
        (
            "web-2-755cdc7957-x7k2q",
            format!("{web}-2-755cdc7957-x7k2q"),
        ),
        ("web-28373820-zvdfg", format!("{web}-28373820-zvdfg")),
        ("a.web", format!("{}.{web}", p.name("a"))),
    ] {
        assert_eq!(p.name(name), expected, "{name}");
    }
    assert_eq!(
        p.name("shop-web"),
        p.key.pseudonym("shop-web"),
        "no part of a name stays"
    );
}

#[test]
fn words_stay() {
    let p = pseudonyms(&[]);
    for word in ["", "default", "kube-system", "__PROFILE__", "pub", "None"] {
        assert_eq!(p.name(word), word);
    }
    assert_eq!(p.name("kns.shop"), format!("kns.{}", p.name("shop")));
    let appended = p.name("default-x7k2q");
    assert_eq!(appended, format!("{}-x7k2q", p.key.pseudonym("default")));
    assert_eq!(
        p.name("default-"),
        format!("{}-", p.key.pseudonym("default"))
    );
    assert_eq!(p.tier("kube-admin"), "kube-admin");
    for key in [
        "kubernetes.io/metadata.name",
        "app.kubernetes.io/name",
        "projectcalico.org/namespace",
        "pod-template-hash",
        "reserved:host",
    ] {
        assert_eq!(p.label_key(key), key);
    }
    assert_ne!(
        p.label_key("notkubernetes.io/name"),
        "notkubernetes.io/name"
    );
    assert_eq!(
        p.label_key("k8s:app"),
        format!("k8s:{}", p.label_key("app"))
    );
    for address in ["10.0.0.1", "fd00::1", "None"] {
        assert_eq!(p.address(address), address);
    }
    for port in ["80", "80:90"] {
        assert_eq!(p.port(port), port);
    }
    assert!(
        p.port("metrics").len() <= 15,
        "a port's name has 15 letters at most"
    );
}

#[test]
fn static_pods_end_in_the_pseudonym_of_their_node() {
    let node = json!({"metadata": {"name": "node-a.example.org"}});
    let p = pseudonyms(&[list("Node", "v1", &[node])]);
    assert_eq!(
        p.name("kube-proxy-node-a.example.org"),
        format!("{}-{}", p.name("kube-proxy"), p.name("node-a.example.org"))
    );
}

#[test]
fn images_by_their_normalised_names() {
    let p = pseudonyms(&[]);
    let digest = format!("sha256:{}", "a".repeat(64));
    let nginx = p.image("nginx");
    for same in [
        "nginx:latest",
        "docker.io/library/nginx:latest",
        "index.docker.io/library/nginx",
    ] {
        assert_eq!(p.image(same), nginx, "{same}");
    }
    assert!(nginx.starts_with("registry.invalid/"), "{nginx}");
    let repository = nginx.split_once(':').expect("a tag").0;
    assert_eq!(
        p.image(&format!("nginx@{digest}")),
        format!("{repository}@{digest}")
    );
    let pulled = format!("docker-pullable://nginx@{digest}");
    assert_eq!(
        p.image(&pulled),
        format!("docker-pullable://{repository}@{digest}")
    );
    for same in [digest.as_str(), ""] {
        assert_eq!(p.image(same), same);
    }
}

#[test]
fn selectors_select_the_same() {
    let labels = |env: &str| json!({"metadata": {"labels": {"env": env}}});
    let pods = ["prod-a", "prod-b", "test"].map(labels);
    let p = pseudonyms(&[list("Pod", "v1", &pods)]);
    let env = p.label_key("env");
    let value = |value: &str| p.name(value);
    let set = |values: &[&str]| {
        let mut values: Vec<String> = values.iter().map(|v| format!("{:?}", value(v))).collect();
        values.sort();
        values.join(", ")
    };
    for (text, expected) in [
        ("all()", "all()".to_owned()),
        ("", String::new()),
        ("has(env)", format!("has({env})")),
        ("env == 'test'", format!("{env} == \"{}\"", value("test"))),
        (
            "env != 'x' || !has(env)",
            format!("({env} != \"{}\" || !has({env}))", value("x")),
        ),
        (
            "env not in {'a'}",
            format!("{env} not in {{\"{}\"}}", value("a")),
        ),
        (
            "env starts with 'prod-'",
            format!("{env} in {{{}}}", set(&["prod-a", "prod-b"])),
        ),
        (
            "env ends with 't'",
            format!("{env} in {{{}}}", set(&["test"])),
        ),
        (
            "env contains 'o'",
            format!("{env} in {{{}}}", set(&["prod-a", "prod-b"])),
        ),
        ("env contains 'z'", "!all()".to_owned()),
    ] {
        assert_eq!(p.selector(text), expected, "{text}");
    }
    assert!(posture_core::selector::Selector::parse(&p.selector("env ==")).is_err());
}

#[test]
fn policies_of_one_order_keep_their_sequence() {
    let policy = |name: &str, order: Value| json!({"metadata": {"name": name}, "spec": {"order": order, "selector": "all()"}});
    let policies = [
        policy("z-first", json!(1)),
        policy("b", json!(2)),
        policy("a", json!(2)),
        policy("a-x", json!(2)),
    ];
    let p = pseudonyms(&[list(
        "GlobalNetworkPolicy",
        "projectcalico.org/v3",
        &policies,
    )]);
    assert_eq!(p.policy("z-first"), p.name("z-first"));
    // "a-x/..." is before "a/..."
    let put = ["a-x", "a", "b"].map(|name| format!("{}/", p.policy(name)));
    assert!(put.is_sorted(), "{put:?}");
    assert!(put.iter().all(|name| name.starts_with("o0000")), "{put:?}");
}

#[test]
fn reports_name_their_image_in_three_parts() {
    let p = pseudonyms(&[]);
    let report = json!({
        "kind": "VulnerabilityReport", "apiVersion": "aquasecurity.github.io/v1alpha1",
        "report": {
            "registry": {"server": "index.docker.io"},
            "artifact": {"repository": "library/nginx", "tag": "1.29"},
            "vulnerabilities": [{"vulnerabilityID": "CVE-1", "resource": "openssl",
                                 "packagePURL": "pkg:deb/debian/openssl", "severity": "HIGH"}]
        }
    });
    let put = p.object(report, Typed::default());
    let part = |pointer: &str| {
        put.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let image = format!(
        "{}/{}:{}",
        part("/report/registry/server"),
        part("/report/artifact/repository"),
        part("/report/artifact/tag")
    );
    assert_eq!(image, p.image("nginx:1.29"));
    assert_eq!(
        put["report"]["vulnerabilities"][0],
        json!({"vulnerabilityID": "CVE-1", "resource": p.package("openssl"), "packagePURL": "",
               "severity": "HIGH"})
    );
}

#[test]
fn records_speak_of_the_same() {
    let p = pseudonyms(&[]);
    let labels = Labels::from([("app".to_owned(), "web".to_owned())]);
    let end = |kind, name| End {
        kind,
        namespace: Some("shop"),
        name,
        aggregate: Some("web-755cdc7957-*"),
        address: None,
        port: Some(443),
        labels: Some(Arc::new(labels.clone())),
    };
    let hit = |policy: &str| Hit {
        index: 0,
        tier: "default".into(),
        policy: policy.into(),
        kind: HitKind::Policy,
        staged: true,
        action: HitAction::Allow,
        rule: Some(0),
    };
    let record = Record {
        start: 1,
        end: 2,
        action: Action::Allow,
        reporter: Reporter::Source,
        protocol: Protocol::Tcp,
        source: end(EndKind::Workload, Some("web-755cdc7957-x7k2q")),
        destination: end(EndKind::Workload, None),
        service: Some(ServiceRef {
            namespace: "shop",
            name: "api",
        }),
        domains: vec!["a.example.org".into()],
        traces: Arc::new(Traces {
            enforced: Trace::Hits(vec![hit("shop/default.staged:allow")]),
            pending: Trace::Hits(vec![hit("snp:shop/allow"), hit("kns.shop")]),
        }),
        connections: 3,
        bytes: 4,
    };
    // a network's end has a name where Calico knows one: it tells of a set, or of a host
    let network = Record {
        destination: End {
            kind: EndKind::Network,
            namespace: None,
            name: Some("partners"),
            aggregate: Some("partners-net"),
            address: Some("192.0.2.1".parse().expect("an address")),
            port: None,
            labels: None,
        },
        ..record.clone()
    };
    p.record(&network, |put| {
        let end = &put.destination;
        assert_eq!(end.name, Some(p.name("partners").as_str()));
        assert_eq!(end.aggregate, Some(p.name("partners-net").as_str()));
        assert_eq!(end.address, network.destination.address);
        assert_eq!((end.kind, end.namespace), (EndKind::Network, None));
    });
    let (web, shop, allow) = (p.name("web"), p.name("shop"), p.policy("allow"));
    p.record(&record, |put| {
        assert_eq!(put.source.namespace, Some(shop.as_str()));
        assert_eq!(
            put.source.name,
            Some(format!("{web}-755cdc7957-x7k2q").as_str())
        );
        assert_eq!(
            put.source.aggregate,
            Some(format!("{web}-755cdc7957-*").as_str())
        );
        let labels = put.source.labels.as_deref().expect("labels");
        assert_eq!(labels[&p.label_key("app")], web);
        assert_eq!(
            put.service.map(|service| service.name),
            Some(p.name("api").as_str())
        );
        assert_eq!(put.domains, [p.domain("a.example.org")]);
        let names = |trace: &Trace| match trace {
            Trace::Hits(hits) => hits.iter().map(|hit| hit.policy.to_string()).collect(),
            _ => Vec::new(),
        };
        assert_eq!(
            names(&put.traces.enforced),
            [format!("{shop}/default.staged:{allow}")]
        );
        let expected = [format!("snp:{shop}/{allow}"), format!("kns.{shop}")];
        assert_eq!(names(&put.traces.pending), expected);
        assert_eq!(
            (put.connections, put.bytes, put.source.port),
            (3, 4, Some(443))
        );
    });
}
