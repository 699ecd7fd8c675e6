//! Flow logs that are read apart give what they give with all else.

mod joined;

use std::fs;
use std::path::{Path, PathBuf};

use posture::{NotTraffic, Opened, Traffic};

use joined::joined;

#[test]
fn every_case_is_the_same_when_its_logs_are_read_apart() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    let (mut number, mut logs, mut edges) = (0, 0, 0);
    for folder in entries(&corpus).into_iter().filter(|path| path.is_dir()) {
        let request = fs::read_to_string(folder.join("request.json"));
        let request = request.unwrap_or_else(|_| "{}".to_owned());
        let files = files(&folder.join("input"));
        let together = Opened::read(files.clone(), request.clone(), &mut |_| {}).unwrap();
        let (apart, count) = joined(files, &request);
        let name = folder.display();
        assert_eq!(apart.report(), together.report(), "{name}");
        assert_eq!(apart.to_bytes(), together.to_bytes(), "{name}");
        number += 1;
        logs += count;
        edges += together.tally.edge_count();
    }
    assert!(
        number > 50 && logs > 30 && edges > 100,
        "{number} cases, {logs} logs, {edges} edges"
    );
}

#[test]
fn what_is_wrong_with_a_log_is_told_once() {
    let row = r#"{"end_time": 2, "reporter": "src", "action": "allow", "source_type": "wep",
        "source_namespace": "a", "source_name_aggr": "a-*", "dest_type": "net", "dest_name_aggr": "pub"}"#;
    let row = row.replace('\n', "");
    let file = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    let files = vec![
        file("broken.jsonl", format!("{row}\n{{\"end_time\": \n{row}\n")),
        file("cut.json", format!("[{row}, {row}")),
        file("same.jsonl", format!("{row}\n{{}}\n")),
        file("same.jsonl", format!("{row}\n[]\n")),
        file("other.json", "{".to_owned()),
    ];
    let together = Opened::read(files.clone(), "{}".to_owned(), &mut |_| {}).unwrap();
    let issues = together.report().issues;
    for (name, count) in [
        ("broken.jsonl", 1),
        ("cut.json", 1),
        ("same.jsonl", 2),
        ("other.json", 1),
    ] {
        let told = issues.iter().filter(|issue| issue.file == name);
        assert_eq!(told.count(), count, "{name}: {issues:?}");
    }
    let (apart, logs) = joined(files, "{}");
    assert_eq!(logs, 4);
    assert_eq!(apart.report(), together.report());
}

#[test]
fn other_bytes_are_refused() {
    let log =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/clusters/boutique/flows.jsonl");
    let log = fs::read_to_string(log).unwrap();
    let log: String = log.split_inclusive('\n').take(20).collect();
    let traffic = Traffic::read("flows.jsonl", log.as_bytes(), &mut |_| {}).to_bytes();
    assert!(Traffic::from_bytes(&traffic).is_ok());
    // whatever is cut off, nothing is taken for the whole
    for cut in 0..traffic.len() {
        assert!(Traffic::from_bytes(&traffic[..cut]).is_err(), "{cut}");
    }
    let later = [&[2, 0, 0, 0], &traffic[4..]].concat();
    let error = Traffic::from_bytes(&later).unwrap_err();
    assert!(matches!(error, NotTraffic::Version(2)), "{error}");
    // each byte in turn: an error or other traffic, and never the end of the program
    let mut misplaced = 0;
    for at in 4..traffic.len() {
        let mut other = traffic.clone();
        other[at] ^= 0x40;
        let read = Traffic::from_bytes(&other);
        misplaced += usize::from(matches!(read, Err(NotTraffic::Place)));
    }
    assert!(misplaced > 50, "{misplaced} of {}", traffic.len());
}

/// The files below a folder, by their paths there, in order.
fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for path in entries(root) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            let below = files(&path).into_iter();
            all.extend(below.map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            all.push((name.into_owned(), fs::read(&path).unwrap()));
        }
    }
    all
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
