//! Flow logs and what lies beside them: each file is read, or refused with an issue that is known.

use std::collections::BTreeMap;
use std::path::Path;

use posture_core::issue::{IssueKind, Issues};
use posture_formats::detect::{Content, detect};
use posture_formats::flows::{Chunks, FlowReader};

use crate::world::files;

/// The issues that the files of a folder may have; of another kind, or in another folder, none may.
const EXPECTED: [(&str, &[IssueKind]); 4] = [
    ("calico-docs", &[]),
    // What Whisker is asked: filters.
    ("calico-goldmane", &[IssueKind::UnknownFormat]),
    ("hubble-otel", &[IssueKind::InvalidRecord]),
    // Traces without flows, and one that is no JSON.
    (
        "whisker-traces",
        &[IssueKind::UnknownFormat, IssueKind::Syntax],
    ),
];

#[derive(Default)]
struct Folder {
    files: u64,
    records: u64,
    issues: BTreeMap<IssueKind, (u64, String)>,
}

pub(crate) fn every_flow_log_is_read_or_refused(root: &Path) {
    let root = root.join("flows");
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    for path in files(&root) {
        let inside = path.strip_prefix(&root).expect("a file of the folder");
        let name = inside.display().to_string();
        let (folder, _) = name.split_once('/').expect("a folder of one source");
        let is_licence = path
            .file_stem()
            .is_some_and(|stem| stem.eq_ignore_ascii_case("license"));
        if is_licence {
            continue;
        }
        let folder = folders.entry(folder.to_owned()).or_default();
        let bytes = std::fs::read(&path).expect("a readable file");
        let (records, issues) = read(&name, &bytes);
        let issues = issues.into_list();
        assert!(records > 0 || !issues.is_empty(), "{name} is silent");
        folder.files += 1;
        folder.records += records;
        for issue in issues {
            let example = format!("{} {}: {}", issue.file, issue.at, issue.message);
            folder.issues.entry(issue.kind).or_insert((0, example)).0 += issue.count;
        }
    }
    for (name, folder) in &folders {
        println!("{name}: {} files, {} records", folder.files, folder.records);
        for (kind, (count, example)) in &folder.issues {
            println!("{count:6} {}: {example}", kind.name());
        }
    }
    for (name, folder) in &folders {
        let expected = EXPECTED.iter().find(|(known, _)| known == name);
        let (_, expected) = expected.unwrap_or_else(|| panic!("{name} is not in the list"));
        for (kind, (_, example)) in &folder.issues {
            assert!(expected.contains(kind), "{}: {example}", kind.name());
        }
    }
    let of = |name: &str| folders.get(name).expect("the folder");
    assert_eq!(of("calico-docs").records, 7);
    let refused = |name: &str| of(name).issues.get(&IssueKind::UnknownFormat).map(|i| i.0);
    assert_eq!(refused("calico-goldmane"), Some(2), "both filters");
    assert_eq!(
        refused("whisker-traces"),
        Some(2),
        "both traces that are JSON"
    );
}

/// How many records a file has, and what is told about it.
fn read(name: &str, bytes: &[u8]) -> (u64, Issues) {
    let (mut records, mut issues) = (0, Issues::default());
    match detect(bytes) {
        Content::FlowLog(log) => {
            let mut chunks = Chunks::new(bytes, log);
            let mut reader = FlowReader::new(name, log);
            while let Some(chunk) = chunks.next(Vec::new()).expect("bytes in memory") {
                reader.read(&chunk, &mut issues, &mut |_| records += 1);
            }
        }
        _ => {
            posture_formats::read(name, bytes, &mut issues);
        }
    }
    (records, issues)
}
