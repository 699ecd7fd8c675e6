//! Flow logs and scans that are read apart give what they give with all else.

#[path = "support/folder.rs"]
mod folder;
#[path = "support/joined.rs"]
mod joined;

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use posture::{Apart, NotApart, Saved, Scans, Traffic};

use folder::{entries, files};
use joined::joined;

#[test]
fn every_case_is_the_same_when_its_files_are_read_apart() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    let (mut number, mut logs, mut scans, mut edges) = (0, 0, 0, 0);
    for folder in entries(&corpus).into_iter().filter(|path| path.is_dir()) {
        let request = fs::read_to_string(folder.join("request.json"));
        let request = request.unwrap_or_else(|_| "{}".to_owned());
        let files = files(&folder.join("input"));
        let saved = Saved::read(files.clone(), request.clone(), &mut |_| {}).unwrap();
        let together = &saved.opened;
        let (apart, count) = joined(files, &request);
        let name = folder.display();
        assert_eq!(apart.report(), together.report(), "{name}");
        let again = Saved::from_bytes(&apart.to_bytes(&saved.made_of)).unwrap();
        assert_eq!(again.opened.report(), together.report(), "{name}");
        number += 1;
        logs += count.logs;
        scans += count.scans;
        edges += together.tally.edge_count();
    }
    assert!(number > 50 && edges > 100, "{number} cases, {edges} edges");
    assert!(
        logs > 30 && scans > 30,
        "{logs} logs, {scans} files of scans"
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
    let together = Saved::read(files.clone(), "{}".to_owned(), &mut |_| {}).unwrap();
    let together = together.opened;
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
    let (apart, count) = joined(files, "{}");
    assert_eq!(count.logs, 4);
    assert_eq!(apart.report(), together.report());
}

#[test]
fn other_bytes_are_refused() {
    let log =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/clusters/boutique/flows.jsonl");
    let log = fs::read_to_string(log).unwrap();
    let log: String = log.split_inclusive('\n').take(20).collect();
    let traffic = Traffic::read("flows.jsonl", log.as_bytes(), &mut |_| {});
    let traffic = traffic.unwrap().to_bytes();
    assert!(Traffic::from_bytes(&traffic).is_ok());
    // whatever is cut off, nothing is taken for the whole
    for cut in 0..traffic.len() {
        assert!(Traffic::from_bytes(&traffic[..cut]).is_err(), "{cut}");
    }
    let later = [&[2, 0, 0, 0], &traffic[4..]].concat();
    let error = Traffic::from_bytes(&later).unwrap_err();
    assert!(matches!(error, NotApart::Version(2)), "{error}");
    // each byte in turn: an error or other traffic, and never the end of the program
    let mut misplaced = 0;
    for at in 4..traffic.len() {
        let mut other = traffic.clone();
        other[at] ^= 0x40;
        let read = Traffic::from_bytes(&other);
        misplaced += usize::from(matches!(read, Err(NotApart::Place)));
    }
    assert!(misplaced > 50, "{misplaced} of {}", traffic.len());
}

#[test]
fn scans_are_read_apart_where_nothing_else_is_in_their_file() {
    let scan = r#"{"SchemaVersion": 2, "ArtifactName": "nginx:1.29", "Results": []}"#;
    let pod = r#"{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "a"}}"#;
    let log = r#"{"end_time": 2, "reporter": "src", "action": "allow", "source_type": "wep", "dest_type": "net"}"#;
    let tar = |members: &[&str]| {
        let mut tar = tar::Builder::new(Vec::new());
        for (number, member) in members.iter().enumerate() {
            let mut header = tar::Header::new_ustar();
            header.set_size(member.len() as u64);
            tar.append_data(&mut header, number.to_string(), member.as_bytes())
                .unwrap();
        }
        tar.into_inner().unwrap()
    };
    for (bytes, begins, alone) in [
        (scan.into(), true, true),
        (format!("{scan}\n{scan}").into(), true, true),
        (
            scan.replace("Results\": []", "Results\": [{").into(),
            true,
            true,
        ),
        (pod.into(), false, false),
        (format!("[{scan}, {pod}]").into(), false, false),
        (log.into(), false, false),
        ("{".into(), false, true),
        ("".into(), false, true),
        (tar(&[scan, scan]), true, true),
        (tar(&[scan, "{"]), true, true),
        (tar(&[scan, pod]), true, false),
        (tar(&[scan, log]), true, false),
        // it says that there are no pods
        (
            tar(&[scan, r#"{"kind": "PodList", "items": []}"#]),
            true,
            false,
        ),
        (tar(&[pod, scan]), false, false),
    ] {
        let bytes: Vec<u8> = bytes;
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(Apart::of(&bytes) == Apart::Scans, begins, "{shown}");
        let read = Scans::read("scans", &bytes);
        assert_eq!(read.is_some(), alone, "{shown}");
        let Some(read) = read.map(|read| read.to_bytes()) else {
            continue;
        };
        for cut in 0..read.len() {
            assert!(Scans::from_bytes(&read[..cut]).is_err(), "{cut}: {shown}");
        }
    }
}

#[test]
fn logs_in_archives_and_in_columns_are_not_read_apart() {
    let log = br#"{"end_time": 2, "reporter": "src", "action": "allow", "source_type": "wep", "dest_type": "net"}"#;
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(log).unwrap();
    let packed = packed.finish().unwrap();
    for (bytes, is_log) in [
        (&log[..], true),
        (&packed, false),
        (b"PAR1", false),
        (b"", false),
    ] {
        assert_eq!(Apart::of(bytes) == Apart::Traffic, is_log);
        assert_eq!(Traffic::read("log", bytes, &mut |_| {}).is_some(), is_log);
    }
}
