//! Files of real clusters and projects that nobody here wrote: each is read without a panic, and
//! every object in it is either used or told about.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;

use posture_core::issue::IssueKind::{
    self, Empty, InvalidObject, NotAnImage, PartialScan, Syntax, UnknownFormat, Unrendered,
    UnusedFile, UnusedKind,
};
use posture_core::issue::{Issue, Issues};
use posture_core::model::{Fragment, Origin};
use posture_formats::archive::{self, Member};
use posture_formats::detect::{Content, detect};
use serde_json::Value;

use crate::world::files;

/// The folders, and the kinds of issue that may be told of their files: a new kind is looked at.
const FOLDERS: [(&str, &[IssueKind]); 7] = [
    ("cluster/bookinfo", &[UnusedFile, UnusedKind]),
    ("cluster/metrics-agent", &[UnknownFormat, UnusedFile]),
    (
        "cluster/microservices-demo",
        &[Unrendered, UnusedFile, UnusedKind],
    ),
    ("cluster/sonobuoy", &[UnknownFormat, UnusedFile, UnusedKind]),
    (
        "policy/netpol-analyzer/tests",
        &[
            InvalidObject,
            UnknownFormat,
            Unrendered,
            UnusedFile,
            UnusedKind,
        ],
    ),
    (
        "images/trivy-operator",
        &[PartialScan, UnknownFormat, UnusedFile, UnusedKind],
    ),
    (
        "images",
        &[
            Empty,
            InvalidObject,
            NotAnImage,
            PartialScan,
            Syntax,
            UnknownFormat,
            UnusedFile,
            UnusedKind,
        ],
    ),
];

pub(crate) fn every_object_is_used_or_told_about(root: &Path) {
    let mut files = 0;
    let mut unexpected = Vec::new();
    for (folder, allowed) in FOLDERS {
        let totals = read_folder(root, folder);
        println!(
            "{folder}: {} files, {} objects, {} used; {} files whose objects could not be counted",
            totals.files, totals.objects, totals.used, totals.uncounted
        );
        for (kind, (count, example)) in &totals.issues {
            println!("{count:6} {kind}: {example}");
        }
        files += totals.files;
        let known = |kind: &str| allowed.iter().any(|allowed| allowed.name() == kind);
        let told = totals.issues.into_iter();
        let new = told.filter(|(kind, _)| !known(kind));
        unexpected.extend(new.map(|(kind, (_, example))| format!("{folder}: {kind}: {example}")));
    }
    assert!(files > 0, "no files in {}", root.display());
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}

fn read_folder(root: &Path, folder: &str) -> Totals {
    let mut totals = Totals::default();
    for path in files(&root.join(folder)) {
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .display()
            .to_string();
        let bytes = std::fs::read(&path).expect("a readable file");
        let mut issues = Issues::default();
        let mut opened = Vec::new();
        let mut each = |member: Member<'_>, _: &mut Issues| {
            opened.push((
                member.name().to_owned(),
                member.bytes().unwrap_or_default().into_owned(),
            ));
        };
        archive::walk(&name, Cursor::new(bytes), &mut issues, &mut each);
        totals.note(&issues.into_list());
        for (member, bytes) in opened {
            totals.read(&member, &bytes);
        }
    }
    totals
}

#[derive(Default)]
struct Totals {
    files: u64,
    objects: u64,
    used: u64,
    uncounted: u64,
    issues: BTreeMap<&'static str, (u64, String)>,
}

impl Totals {
    fn note(&mut self, issues: &[Issue]) {
        for issue in issues {
            let example = format!("{} {}: {}", issue.file, issue.at, issue.message);
            self.issues
                .entry(issue.kind.name())
                .or_insert((0, example))
                .0 += issue.count;
        }
    }

    fn read(&mut self, name: &str, bytes: &[u8]) {
        self.files += 1;
        if detect(bytes) != Content::Documents {
            return;
        }
        let mut issues = Issues::default();
        let fragment = posture_formats::read(name, bytes, &mut issues);
        let issues = issues.into_list();
        self.note(&issues);

        let used = used(&fragment);
        self.used += used.len() as u64;
        let Some(expected) = std::str::from_utf8(bytes).ok().and_then(objects) else {
            let lost = |kind| issues.iter().any(|issue| issue.kind == kind);
            let told = [Syntax, Unrendered, UnusedFile, UnknownFormat]
                .into_iter()
                .any(lost);
            assert!(told, "{name}: {issues:?}");
            self.uncounted += 1;
            return;
        };
        self.objects += expected;
        let unknown = [IssueKind::UnknownFormat, IssueKind::UnusedFile];
        if issues.iter().any(|issue| unknown.contains(&issue.kind)) {
            return;
        }
        let unused = issues
            .iter()
            .filter(|issue| issue.kind == IssueKind::UnusedKind);
        let unused: u64 = unused.map(|issue| issue.count).sum();
        // Issues folded into one may be about objects that are used all the same.
        let (folded, placed): (Vec<&Issue>, Vec<&Issue>) = issues
            .iter()
            .filter(|issue| issue.kind != IssueKind::UnusedKind)
            .partition(|issue| issue.message.ends_with("more of the same kind"));
        let folded: u64 = folded.iter().map(|issue| issue.count).sum();
        let mut known: BTreeSet<String> = used.into_iter().map(|origin| origin.at).collect();
        known.extend(placed.into_iter().map(|issue| issue.at.clone()));
        let least = known.len() as u64 + unused;
        assert!(
            (least..=least + folded).contains(&expected),
            "{name}: {expected} {issues:#?}"
        );
    }
}

/// The places that facts were read from; a manifest's pods share that of their controller.
fn used(fragment: &Fragment) -> BTreeSet<Origin> {
    let Fragment {
        namespaces,
        nodes,
        pods,
        controllers,
        services,
        endpoint_slices,
        service_accounts,
        tiers,
        network_sets,
        host_endpoints,
        workload_endpoints,
        ranges,
        ..
    } = fragment;
    let mut origins = BTreeSet::new();
    origins.extend(namespaces.iter().map(|object| object.origin.clone()));
    origins.extend(nodes.iter().map(|object| object.origin.clone()));
    origins.extend(pods.iter().map(|object| object.origin.clone()));
    origins.extend(controllers.iter().map(|object| object.origin.clone()));
    origins.extend(services.iter().map(|object| object.origin.clone()));
    origins.extend(endpoint_slices.iter().map(|object| object.origin.clone()));
    origins.extend(service_accounts.iter().map(|object| object.origin.clone()));
    origins.extend(tiers.iter().map(|object| object.origin.clone()));
    origins.extend(network_sets.iter().map(|object| object.origin.clone()));
    origins.extend(host_endpoints.iter().map(|object| object.origin.clone()));
    origins.extend(
        workload_endpoints
            .iter()
            .map(|object| object.origin.clone()),
    );
    origins.extend(ranges.iter().map(|object| object.origin.clone()));
    origins.extend(fragment.policies.iter().map(|object| object.origin.clone()));
    origins.extend(
        fragment
            .unread_policies
            .iter()
            .map(|object| object.origin.clone()),
    );
    origins.extend(fragment.scans.iter().map(|object| object.origin.clone()));
    let documents = fragment.vex.iter().map(|statement| &statement.document);
    origins.extend(documents.cloned());
    origins
}

/// How many objects a text holds, counted in the obvious way; none where it is not well-formed.
fn objects(text: &str) -> Option<u64> {
    let json: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text)
        .into_iter()
        .collect();
    let values = match json {
        Ok(values) => values,
        Err(_) if text.contains("kind") => serde_saphyr::from_multiple(text).ok()?,
        Err(_) => return None,
    };
    Some(values.iter().map(count).sum())
}

fn count(value: &Value) -> u64 {
    let kind = value.get("kind").and_then(Value::as_str);
    // a scan of a whole cluster, of any generation
    if value.get("ClusterName").is_some() {
        let lists = [
            "Resources",
            "Vulnerabilities",
            "Misconfigurations",
            "Findings",
        ];
        let lists = lists.iter().filter_map(|key| value.get(*key)?.as_array());
        return lists.map(|list| list.len() as u64).sum::<u64>().max(1);
    }
    match (value, value.get("items")) {
        (Value::Array(elements), _) => elements.len().max(1) as u64,
        (_, Some(Value::Array(items))) if kind.is_none_or(|kind| kind.ends_with("List")) => {
            items.len() as u64 + u64::from(kind == Some("List") && items.is_empty())
        }
        (Value::Object(fields), _) if kind.is_none() && fields.values().any(is_wrapped) => {
            let within =
                |value: &Value| value.as_array().map_or(1, |elements| elements.len() as u64);
            fields.values().map(within).sum()
        }
        _ => 1,
    }
}

/// Whether a value of a dictionary is an object, or an array of objects, that says its kind.
fn is_wrapped(value: &Value) -> bool {
    let first = value.as_array().and_then(|elements| elements.first());
    first.unwrap_or(value).get("kind").is_some()
}
