//! The example cluster, which is always there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::cluster::{Cluster, failed, json, member, ok, score, told, unpacked};
use crate::common::{example, posture};
use crate::whisker::{flow, whisker};

pub(crate) fn what_is_collected_has_the_same_score() {
    let cluster = Cluster::boutique("same");
    let said = ok(&cluster.collect("cluster.tar.gz", &["--flows", "boutique/flows.jsonl"]));
    assert!(said.contains("with 301 flow records"), "{said}");
    assert!(said.contains("26 pods"), "{said}");
    let archive = cluster.path("cluster.tar.gz");
    let files = [
        "boutique/objects.json",
        "boutique/networkpolicies.json",
        "boutique/flows.jsonl",
    ];
    assert_eq!(score(&[&archive]), score(&files));
}

pub(crate) fn the_same_cluster_makes_the_same_bytes() {
    let cluster = Cluster::boutique("bytes");
    ok(&cluster.collect("one.tar.gz", &[]));
    ok(&cluster.collect("other.tar.gz", &[]));
    let bytes = |file: &str| fs::read(cluster.path(file)).unwrap();
    assert_eq!(bytes("one.tar.gz"), bytes("other.tar.gz"));
}

pub(crate) fn kubectl_is_asked_to_read_and_nothing_else() {
    let cluster = Cluster::boutique("asked");
    let options = ["--context", "east", "--kubeconfig", "/tmp/config"];
    ok(&cluster.collect("cluster.tar.gz", &options));
    let asked = fs::read_to_string(cluster.path("asked")).unwrap();
    let asked: Vec<&str> = asked.lines().collect();
    assert_eq!(
        asked[0],
        "api-resources --verbs=list --output=name --request-timeout=30s --context=east \
         --kubeconfig=/tmp/config"
    );
    for line in &asked[1..] {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(words[0], "get");
        assert_eq!(
            words[2..],
            [
                "--all-namespaces",
                "--output=json",
                "--request-timeout=120s",
                "--context=east",
                "--kubeconfig=/tmp/config"
            ]
        );
        assert!(!["secrets", "configmaps"].contains(&words[1]));
    }
}

pub(crate) fn secrets_do_not_leave() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "annotations": {"a": "canary-1"}},
        "spec": {"containers": [{"name": "web", "image": "nginx:1.29", "args": ["--password=canary-2"],
                                 "env": [{"name": "PASSWORD", "value": "canary-3"}]}],
                 "volumes": [{"name": "v", "hostPath": {"path": "/canary-4"}}]},
        "status": {"phase": "Running", "message": "canary-5"}
    });
    let cluster = Cluster::of("secrets", &[json!({"items": [pod]})]);
    ok(&cluster.collect("cluster.tar.gz", &[]));
    let text = unpacked(&cluster.path("cluster.tar.gz"));
    assert!(text.contains("nginx:1.29"));
    assert!(!text.contains("canary"), "{text}");
}

pub(crate) fn no_policies_is_told_from_not_asked() {
    let document = json(&example("no-scans/objects.json"));
    let none = Cluster::of("none", std::slice::from_ref(&document));
    ok(&none.collect("cluster.tar.gz", &[]));
    let archive = none.path("cluster.tar.gz");
    assert_eq!(score(&[&archive])["coverage"]["policies_known"], true);

    let refused = Cluster::of("refused", &[document]);
    let resource = "networkpolicies.networking.k8s.io";
    let why = format!(
        "Error from server (Forbidden): {resource} is forbidden: User \"ann\" cannot list resource \
         \"networkpolicies\" in API group \"networking.k8s.io\" at the cluster scope\n"
    );
    refused.serve(&format!("{resource}.refusal"), &why);
    let said = ok(&refused.collect("cluster.tar.gz", &[]));
    let said = said.split_whitespace().collect::<Vec<&str>>().join(" ");
    let expected = format!("{resource}: forbidden: User \"ann\" cannot list resource");
    assert!(said.contains(&expected), "{said}");
    let archive = refused.path("cluster.tar.gz");
    assert_eq!(score(&[&archive])["coverage"]["policies_known"], false);
    let expected = format!(
        "`{resource}` were not collected: to `list` them was forbidden, so ends that they may govern \
         are unknown"
    );
    let told = told(&[&archive]);
    assert!(told.contains(&expected), "{told:?}");
    let strict = refused.collect("strict.tar.gz", &["--strict"]);
    assert_eq!(strict.status.code(), Some(4), "{strict:?}");
}

/// A service of the cluster that is down may have what is not heard of.
pub(crate) fn what_does_not_answer_is_not_taken_as_absent() {
    let said = "error: unable to retrieve the complete list of server APIs: projectcalico.org/v3: the server is \
                currently unable to handle the request";
    let cluster = half_known("silent-group", said);
    let printed = ok(&cluster.collect("cluster.tar.gz", &[]));
    assert!(
        printed.contains("unable to handle the request"),
        "{printed}"
    );
    let outcomes = outcomes(&cluster);
    assert_eq!(outcomes["tiers.projectcalico.org"], "failed");
    assert_eq!(outcomes["ciliumnodes.cilium.io"], "absent");
    assert_eq!(outcomes["pods"], "listed");
    let archive = cluster.path("cluster.tar.gz");
    assert_eq!(score(&[&archive])["coverage"]["unread_policies"], 2);
}

/// Where it is not said what did not answer, it may be anything.
pub(crate) fn a_failure_that_names_no_group_is_about_all_that_is_not_known() {
    let said = "error: the server was unable to return a response in the time allotted";
    let cluster = half_known("silent-all", said);
    ok(&cluster.collect("cluster.tar.gz", &[]));
    let outcomes = outcomes(&cluster);
    let listed: Vec<&str> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome != "failed")
        .map(|(resource, _)| resource.as_str())
        .collect();
    let known = fs::read_to_string(cluster.path("resources")).unwrap();
    assert!(
        listed.len() > 3 && listed.iter().all(|name| known.contains(name)),
        "{listed:?}"
    );
    assert_eq!(outcomes["pods"], "listed");
    for resource in ["tiers.projectcalico.org", "ciliumnodes.cilium.io"] {
        assert_eq!(outcomes[resource], "failed", "{resource}");
    }
    // NetworkPolicy, GlobalNetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy,
    // ClusterNetworkPolicy, and Cilium's two
    let archive = cluster.path("cluster.tar.gz");
    assert_eq!(score(&[&archive])["coverage"]["unread_policies"], 7);
}

/// Whose tiers may not be listed may have policies that are not shown.
pub(crate) fn policies_of_tiers_that_may_not_be_listed_are_unknown() {
    let documents = ["objects.json", "networkpolicies.json"];
    let mut documents = documents.map(|file| json(&example(&format!("boutique/{file}"))));
    let policy = json!({"metadata": {"name": "default.a", "namespace": "storefront"},
                        "spec": {"tier": "default", "order": 1, "selector": "all()"}});
    let tier = json!({"metadata": {"name": "default"}, "spec": {"order": 1_000_000}});
    for (kind, mut object) in [("NetworkPolicy", policy), ("Tier", tier)] {
        object["apiVersion"] = json!("projectcalico.org/v3");
        object["kind"] = json!(kind);
        documents[1]["items"].as_array_mut().unwrap().push(object);
    }
    let cluster = Cluster::of("tiers", &documents);
    let unread = |archive: &str| {
        ok(&cluster.collect(archive, &[]));
        score(&[&cluster.path(archive)])["coverage"]["unread_policies"].clone()
    };
    assert_eq!(unread("shown.tar.gz"), 0);
    let why = "Error from server (Forbidden): tiers.projectcalico.org is forbidden: User \"ann\" cannot list \
               resource \"tiers\" in API group \"projectcalico.org\" at the cluster scope\n";
    cluster.serve("tiers.projectcalico.org.refusal", why);
    assert_eq!(unread("hidden.tar.gz"), 1);
    let expected = "`networkpolicies.projectcalico.org` may lack those of tiers that could not be listed, so ends \
                    that they may govern are unknown";
    let told = told(&[&cluster.path("hidden.tar.gz")]);
    assert!(told.iter().any(|message| message == expected), "{told:?}");
}

/// The example cluster, where `kubectl` says so after the resources that it knows.
fn half_known(test: &str, said: &str) -> Cluster {
    let cluster = Cluster::boutique(test);
    let kubectl = format!(
        "#!/bin/sh\nfolder=$(dirname \"$0\")\nif [ $1 = get ]; then exec cat \"$folder/$2.json\"; fi\n\
         cat \"$folder/resources\"\necho '{said}' >&2\nexit 1\n"
    );
    cluster.serve("kubectl", &kubectl);
    cluster
}

/// What came of each resource that was asked for.
fn outcomes(cluster: &Cluster) -> BTreeMap<String, String> {
    let archive = cluster.path("cluster.tar.gz");
    let collection: Value = serde_json::from_str(&member(&archive, "collection.json")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let asked = collection["asked"].as_array().unwrap().iter();
    asked
        .map(|of| (text(&of["resource"]), text(&of["outcome"])))
        .collect()
}

pub(crate) fn without_a_cluster_one_line_says_what_is_missing() {
    let cluster = Cluster::boutique("unreachable");
    let kubectl = "#!/bin/sh\necho 'E1129 10:00:00 memcache.go:265] a log' >&2\n\
                   echo 'The connection to the server localhost:8080 was refused' >&2\nexit 1\n";
    cluster.serve("kubectl", kubectl);
    assert_eq!(
        failed(&cluster.collect("cluster.tar.gz", &[]), 1),
        "error: no cluster answers: The connection to the server localhost:8080 was refused\n"
    );
    assert!(!Path::new(&cluster.path("cluster.tar.gz")).exists());

    let nowhere = cluster.path("nowhere");
    let archive = cluster.path("cluster.tar.gz");
    let output = posture(&["collect", "-o", &archive, "--kubectl", &nowhere])
        .output()
        .unwrap();
    let expected =
        format!("error: `--kubectl {nowhere}`: the program cannot be run: entity not found\n");
    assert_eq!(failed(&output, 2), expected);
    let output = posture(&["collect", "-o", &archive])
        .env("PATH", "")
        .output()
        .unwrap();
    assert_eq!(
        failed(&output, 1),
        "error: `kubectl` cannot be run: entity not found, expected it on the path or `--kubectl PATH`\n"
    );
}

pub(crate) fn archives_are_not_replaced_unasked() {
    let cluster = Cluster::boutique("force");
    ok(&cluster.collect("cluster.tar.gz", &[]));
    let said = failed(&cluster.collect("cluster.tar.gz", &[]), 2);
    assert!(
        said.contains("exists, expected a new file, or `--force`"),
        "{said}"
    );
    ok(&cluster.collect("cluster.tar.gz", &["--force"]));
    let output = posture(&["collect", "-o", "cluster.zip"]).output().unwrap();
    assert!(failed(&output, 2).contains("expected a name that ends in `.tar.gz`"));
}

pub(crate) fn pseudonyms_keep_the_score_and_no_name() {
    let cluster = Cluster::boutique("pseudonyms");
    let flows = ["--flows", "boutique/flows.jsonl"];
    ok(&cluster.collect("plain.tar.gz", &flows));
    cluster.serve("key", "a key of sixteen bytes\n");
    let key = format!("file:{}", cluster.path("key"));
    ok(&cluster.collect(
        "put.tar.gz",
        &[&flows[..], &["--pseudonymise", &key]].concat(),
    ));
    let (plain, put) = (cluster.path("plain.tar.gz"), cluster.path("put.tar.gz"));
    let (before, after) = (score(&[&plain]), score(&[&put]));
    assert_eq!(after["score"], before["score"]);
    assert_eq!(after["types"], before["types"]);
    let gains = |result: &Value| {
        let actions = result["actions"].as_array().unwrap();
        actions
            .iter()
            .map(|action| action["gain"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(gains(&after), gains(&before));
    let (before, after) = (unpacked(&plain), unpacked(&put));
    for name in [
        "storefront",
        "payments",
        "frontend",
        "redis-cart",
        "vault",
        "productcatalogservice",
    ] {
        assert!(before.contains(name) && !after.contains(name), "{name}");
    }
    let output = cluster.collect("short.tar.gz", &["--pseudonymise", "short"]);
    assert!(failed(&output, 2).contains("expected a key of 16 bytes or more"));
}

pub(crate) fn flows_of_whisker_page_after_page() {
    let flows: Vec<Value> = (0..5).map(|port| flow(port, &json!({}))).collect();
    let pages = [&flows[..3], &flows[3..]];
    let pages =
        pages.map(|page| json!({"meta": {"totalResults": 5, "totalPages": 2}, "items": page}));
    let (address, asked) = whisker(pages.to_vec());
    let cluster = Cluster::boutique("whisker");
    let said = ok(&cluster.collect("cluster.tar.gz", &["--whisker", &address]));
    assert!(said.contains("with 5 flow records"), "{said}");
    assert_eq!(
        asked.join().unwrap(),
        [
            "GET /whisker-backend/flows?startTimeGte=-3600 HTTP/1.1",
            "GET /whisker-backend/flows?startTimeGte=-3600&page=1 HTTP/1.1",
        ]
    );
    let archive = cluster.path("cluster.tar.gz");
    cluster.serve("flows.json", &json!({ "items": flows }).to_string());
    let paths = [
        "boutique/objects.json",
        "boutique/networkpolicies.json",
        &cluster.path("flows.json"),
    ];
    assert_eq!(score(&[&archive]), score(&paths));
}

pub(crate) fn whisker_without_flows_and_whisker_that_fails() {
    let (address, _) = whisker(vec![json!({"total": 0, "items": null})]);
    let cluster = Cluster::boutique("silent");
    let said = ok(&cluster.collect("cluster.tar.gz", &["--whisker", &address]));
    assert!(said.contains("with 0 flow records"), "{said}");
    let (address, _) = whisker(vec![json!({"error": "Internal Server Error"})]);
    let said = failed(
        &cluster.collect("other.tar.gz", &["--whisker", &address]),
        1,
    );
    assert!(said.contains("the answer is no list of flows"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

/// What the cluster must allow is what is asked, and the example has it.
pub(crate) fn the_manifest_allows_what_is_asked() {
    let manifest = ok(&posture(&["collect", "--rbac"]).output().unwrap());
    let example = include_str!("../../../examples/collect/rbac.yaml");
    assert_eq!(manifest, example);
    for kind in posture_collect::asked() {
        for (resource, _) in kind.resources() {
            let (plural, group) = resource.split_once('.').unwrap_or((&resource, ""));
            let rules = manifest
                .split("  - apiGroups: ")
                .find(|rules| rules.starts_with(&format!("[\"{group}\"]")));
            let rules = rules.unwrap();
            assert!(rules.contains(&format!("      - {plural}\n")), "{resource}");
            assert!(rules.ends_with("    verbs: [list]\n"), "{resource}");
        }
    }
    // what policies of a tier can be seen by, and no other object is got
    let verbs = manifest.lines().filter(|line| line.contains("verbs"));
    let (lists, others): (Vec<&str>, Vec<&str>) =
        verbs.partition(|line| *line == "    verbs: [list]");
    assert!(lists.len() > 5);
    assert_eq!(others, ["    verbs: [get]"]);
    assert!(manifest.ends_with(
        "  - apiGroups: [\"projectcalico.org\"]\n    resources:\n      - tiers\n    verbs: [get]\n"
    ));
    assert!(!manifest.contains("secrets") && !manifest.contains("configmaps"));
}

/// What the example runs every night is what is built, and runs.
pub(crate) fn the_job_runs_what_the_container_file_builds() {
    let containers = include_str!("../../../examples/collect/Containerfile");
    let line = |start: &str| {
        let mut lines = containers.lines().filter(|line| line.starts_with(start));
        let line = lines.next().unwrap_or_else(|| panic!("{start}"));
        assert_eq!(lines.next(), None, "{start}");
        line.to_owned()
    };
    let rust = env!("CARGO_PKG_RUST_VERSION");
    line(&format!("FROM docker.io/library/rust:{rust}-slim-"));
    line(&format!(
        "RUN cargo build --release --locked --package {}",
        env!("CARGO_PKG_NAME")
    ));
    let program = Path::new(env!("CARGO_BIN_EXE_posture"));
    let program = program.file_name().unwrap().to_str().unwrap();
    let copied = line("COPY --from=build /src/target/release/");
    let words: Vec<&str> = copied.split(' ').collect();
    assert_eq!(words[2], format!("/src/target/release/{program}"));
    assert_eq!(line("ENTRYPOINT"), format!("ENTRYPOINT [\"{}\"]", words[3]));
    // kubectl is found on the path, by its name
    assert!(line("COPY --from=kubectl ").ends_with(" /usr/local/bin/kubectl"));

    let job = include_str!("../../../examples/collect/cronjob.yaml");
    let documents: Vec<Value> = serde_saphyr::from_multiple(job).unwrap();
    let pod = documents[1]["spec"]["jobTemplate"]["spec"]["template"]["spec"].clone();
    let rights = include_str!("../../../examples/collect/rbac.yaml");
    let account = pod["serviceAccountName"].as_str().unwrap();
    assert!(rights.contains(&format!(
        "kind: ServiceAccount\nmetadata:\n  name: {account}\n"
    )));

    let cluster = Cluster::boutique("job");
    let folder = cluster.path("");
    let folder = folder.trim_end_matches('/');
    let kubectl = format!("--kubectl={}", cluster.path("kubectl"));
    for (containers, more) in [
        ("initContainers", vec![kubectl.as_str()]),
        ("containers", vec![]),
    ] {
        let container = &pod[containers][0];
        assert_eq!(container["volumeMounts"][0]["mountPath"], "/data");
        let arguments = container["args"].as_array().unwrap().iter();
        let arguments = arguments.map(|text| text.as_str().unwrap().replace("/data", folder));
        let arguments: Vec<String> = arguments
            .chain(more.into_iter().map(str::to_owned))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        // every night again
        for _ in 0..2 {
            ok(&posture(&arguments).output().unwrap());
        }
    }
    assert!(Path::new(&cluster.path("history.db")).exists());
}
