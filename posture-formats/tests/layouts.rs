//! Archives as the usual tools lay them out: what they hold of a cluster is read, and the rest is told
//! of shortly.

use std::borrow::Cow;
use std::io::Cursor;

use posture_core::issue::IssueKind::{self, Empty, UnknownFormat, UnusedFile, UnusedKind};
use posture_core::issue::{Issue, Issues};
use posture_core::model::Fragment;
use posture_formats::archive;

fn tar(files: &[(String, String)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        builder
            .append_data(&mut header, name, text.as_bytes())
            .expect("a buffer");
    }
    builder.into_inner().expect("a buffer")
}

fn read(files: &[(String, String)]) -> (Fragment, Vec<Issue>) {
    let (mut fragment, mut issues) = (Fragment::default(), Issues::default());
    archive::walk(
        "dump.tar",
        Cursor::new(tar(files)),
        &mut issues,
        &mut |member, issues| {
            let name = member.name().to_owned();
            let lines = member.enough().map(<[u8]>::to_vec);
            let bytes = lines
                .or_else(|| member.bytes().map(Cow::into_owned))
                .expect("a whole archive");
            fragment.extend(posture_formats::read(&name, &bytes, issues));
        },
    );
    (fragment, issues.into_list())
}

fn file(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

/// A live pod as the API gives it, without or with its kind.
fn pod(kind: &str, name: &str) -> String {
    format!(
        r#"{{{kind}"metadata": {{"name": "{name}", "namespace": "a"}}, "spec": {{"restartPolicy": "Always", "containers": [{{"name": "c", "image": "nginx"}}]}}, "status": {{"phase": "Running"}}}}"#
    )
}

const KIND: &str = r#""kind": "Pod", "apiVersion": "v1", "#;
const LOG: &str = "I0101 00:00:00.000000 1 main.go:1] started\nobject: {\"kind\": \"Pod\"}\n";

/// Names of the pods that were read, in order.
fn pods(fragment: &Fragment) -> Vec<&str> {
    let mut names: Vec<&str> = fragment.pods.iter().map(|pod| pod.name.as_str()).collect();
    names.sort_unstable();
    names
}

fn kinds(issues: &[Issue]) -> Vec<(IssueKind, u64)> {
    issues
        .iter()
        .map(|issue| (issue.kind, issue.count))
        .collect()
}

#[test]
fn sonobuoy() {
    let (fragment, issues) = read(&[
        file("resources/ns/a/Pods.json", &format!("[{}]", pod("", "p"))),
        file(
            "resources/ns/a/core_v1_pods.json",
            &format!("[{}]", pod(KIND, "q")),
        ),
        file(
            "resources/ns/a/core_v1_configmaps.json",
            r#"[{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "c"}}]"#,
        ),
        file("podlogs/a/p/logs/c.txt", LOG),
        file("meta/run.log", LOG),
        file("plugins/e2e/results/global/e2e.log", LOG),
        file("serverversion.json", r#"{"major": "1", "minor": "30"}"#),
    ]);
    assert_eq!(pods(&fragment), ["p", "q"]);
    assert_eq!(
        kinds(&issues),
        [
            (UnknownFormat, 1),
            (UnusedFile, 1),
            (UnusedFile, 1),
            (UnusedFile, 1),
            (UnusedKind, 1),
        ],
        "{issues:?}"
    );
}

#[test]
fn support_bundles() {
    let mut files = vec![
        file(
            "bundle/cluster-resources/pods/a.json",
            &format!(
                r#"{{"kind": "PodList", "apiVersion": "v1", "items": [{}]}}"#,
                pod("", "p")
            ),
        ),
        file(
            "bundle/cluster-resources/pods/old.json",
            &format!("[{}]", pod("", "q")),
        ),
        file("bundle/cluster-resources/jobs/a.json", "null\n"),
        file(
            "bundle/cluster-resources/network-policy/a.json",
            r#"{"kind": "NetworkPolicyList", "apiVersion": "networking.k8s.io/v1", "items": null}"#,
        ),
        file(
            "bundle/cluster-resources/jobs-errors.json",
            r#"["forbidden", "not found"]"#,
        ),
        file(
            "bundle/version.yaml",
            "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n",
        ),
    ];
    let log = |number: u32| file(&format!("bundle/pod-logs/a/p{number}.log"), LOG);
    files.extend((0..5000).map(log));
    let (fragment, issues) = read(&files);
    assert_eq!(pods(&fragment), ["p", "q"]);
    assert!(fragment.sources.policies && fragment.policies.is_empty());
    let mut expected = vec![(UnknownFormat, 1), (Empty, 1)];
    expected.extend([(UnusedFile, 1); 5]);
    expected.extend([(UnusedKind, 1), (UnusedFile, 4995)]);
    assert_eq!(kinds(&issues), expected, "{issues:?}");
    let folded = issues.last().expect("an issue");
    assert_eq!(folded.file, "dump.tar/bundle/pod-logs/a");
    assert!(
        folded
            .message
            .starts_with("4995 more files: the text is of no known format")
    );
}

#[test]
fn must_gather() {
    let (fragment, issues) = read(&[
        file(
            "must-gather/namespaces/a/core/pods.yaml",
            &format!(
                "---\napiVersion: v1\nitems:\n- {}\nkind: PodList\nmetadata: {{}}\n",
                pod(KIND, "p")
            ),
        ),
        file(
            "must-gather/namespaces/a/pods/q/q.yaml",
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: a}\nstatus: {phase: Running}\n",
        ),
        file(
            "must-gather/namespaces/a/a.yaml",
            "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
        ),
        file(
            "must-gather/cluster-scoped-resources/config.openshift.io/networks.yaml",
            "---\napiVersion: config.openshift.io/v1\nitems:\n- apiVersion: config.openshift.io/v1\n  kind: Network\n  metadata: {name: cluster}\n  status: {serviceNetwork: [172.30.0.0/16]}\nkind: NetworkList\n",
        ),
        file(
            "must-gather/namespaces/a/pods/q/c/c/logs/current.log",
            &LOG.repeat(2000),
        ),
        file(
            "must-gather/timestamp",
            "2024-01-01 00:00:00.0 +0000 UTC m=+0.1\n",
        ),
    ]);
    assert_eq!(pods(&fragment), ["p", "q"]);
    assert_eq!((fragment.namespaces.len(), fragment.ranges.len()), (1, 1));
    assert_eq!(
        kinds(&issues),
        [(UnusedFile, 1), (UnusedFile, 1)],
        "{issues:?}"
    );
}

#[test]
fn cluster_info_dump() {
    let logs = format!(
        "==== START logs for container c of pod a/p ====\n{LOG}==== END logs for container c of pod a/p ====\n"
    );
    let list = format!(
        "{{\n    \"kind\": \"PodList\",\n    \"apiVersion\": \"v1\",\n    \"items\": [{}]\n}}\n",
        pod("", "p")
    );
    for files in [
        vec![file("a/pods.json", &list), file("a/p/logs.txt", &logs)],
        vec![file("dump", &format!("{list}{logs}"))],
    ] {
        let (fragment, issues) = read(&files);
        assert_eq!(pods(&fragment), ["p"]);
        assert_eq!(kinds(&issues), [(UnusedFile, 1)], "{issues:?}");
        assert_eq!(issues[0].message, "the logs of 1 container are not used");
    }
}
