use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use posture_core::issue::Issue;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a buffer");
    encoder.finish().expect("a buffer")
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        if name.ends_with('/') {
            header.set_entry_type(tar::EntryType::Directory);
        }
        builder
            .append_data(&mut header, name, *bytes)
            .expect("a buffer");
    }
    builder.into_inner().expect("a buffer")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).expect("a buffer");
        writer.write_all(bytes).expect("a buffer");
    }
    writer.finish().expect("a buffer").into_inner()
}

fn unpack(bytes: &[u8], limit: u64) -> (Vec<(String, Vec<u8>)>, Vec<Issue>) {
    let (mut found, mut issues) = (Vec::new(), Issues::default());
    let mut each = |name: &str, bytes: Vec<u8>| found.push((name.to_owned(), bytes));
    let left = Cell::new(limit);
    Unpacking {
        left: &left,
        issues: &mut issues,
        each: &mut each,
    }
    .open("dump", bytes, 0);
    (found, issues.into_list())
}

fn names(bytes: &[u8]) -> Vec<String> {
    let (found, issues) = unpack(bytes, UNPACKED_LIMIT);
    assert!(issues.is_empty(), "{issues:?}");
    found.into_iter().map(|(name, _)| name).collect()
}

const MEMBERS: [(&str, &[u8]); 2] = [("./a.json", b"{}"), ("b/c.yaml", b"kind: Pod\n")];

#[test]
fn every_kind_of_archive() {
    let expected = ["dump/a.json", "dump/b/c.yaml"];
    assert_eq!(names(&tar(&MEMBERS)), expected);
    assert_eq!(names(&gzip(&tar(&MEMBERS))), expected);
    assert_eq!(names(&zip(&MEMBERS)), expected);
    assert_eq!(names(&gzip(b"{}")), ["dump"]);
    assert_eq!(names(b"{}"), ["dump"]);
    assert_eq!(names(&tar(&[("d/", b""), ("d/a", b"1")])), ["dump/d/a"]);
    let long = vec![b' '; 3 * HEAD];
    assert_eq!(
        unpack(&gzip(&long), UNPACKED_LIMIT).0,
        [("dump".to_owned(), long)]
    );
}

#[test]
fn archives_in_archives() {
    let inner = gzip(&tar(&MEMBERS));
    let nested = tar(&[("in.tgz", &inner), ("flows.gz", &gzip(b"{}"))]);
    assert_eq!(
        names(&nested),
        [
            "dump/in.tgz/a.json",
            "dump/in.tgz/b/c.yaml",
            "dump/flows.gz"
        ]
    );
    let (found, issues) = unpack(&zip(&[("out.tar", &nested), ("x", b"1")]), UNPACKED_LIMIT);
    assert_eq!(found, [("dump/x".to_owned(), b"1".to_vec())]);
    let files: Vec<_> = issues.iter().map(|issue| issue.file.as_str()).collect();
    assert_eq!(files, ["dump/out.tar/flows.gz", "dump/out.tar/in.tgz"]);
}

#[test]
fn broken_archives_keep_what_comes_before_the_break() {
    let whole = tar(&[("a", &[b'x'; 600]), ("b", &[b'y'; 600])]);
    let (found, issues) = unpack(&whole[..2200], UNPACKED_LIMIT);
    let lengths: Vec<_> = found
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.len()))
        .collect();
    assert_eq!(lengths, [("dump/a", 600), ("dump/b", 152)]);
    assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Unreadable));
    assert_eq!(issues[0].file, "dump/b");

    let zipped = gzip(&whole);
    let (_, issues) = unpack(&zipped[..zipped.len() - 10], UNPACKED_LIMIT);
    assert!(
        issues
            .iter()
            .all(|issue| issue.kind == IssueKind::Unreadable)
    );

    let (found, issues) = unpack(b"\x1F\x8B\x08rubbish", UNPACKED_LIMIT);
    assert_eq!((found.len(), issues[0].kind), (0, IssueKind::Unreadable));
    let (found, issues) = unpack(b"PK\x03\x04rubbish", UNPACKED_LIMIT);
    assert_eq!((found.len(), issues[0].kind), (0, IssueKind::Unreadable));

    let mut corrupt = zip(&[("a", b"first member"), ("b", b"second member")]);
    let at = memchr::memmem::find(&corrupt, b"first").unwrap_or(31);
    corrupt[at] ^= 0xFF;
    let (found, issues) = unpack(&corrupt, UNPACKED_LIMIT);
    assert_eq!(found, [("dump/b".to_owned(), b"second member".to_vec())]);
    assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Unreadable));
}

#[test]
fn a_bomb_is_too_large_and_nothing_else() {
    let members: [(&str, &[u8]); 2] = [("a", &[0; 100]), ("b", &[0; 10_000])];
    for bytes in [gzip(&tar(&members)), zip(&members)] {
        let (found, issues) = unpack(&bytes, 5_000);
        assert!(found.len() <= 1, "{found:?}");
        assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::TooLarge));
    }
    let (found, issues) = unpack(&gzip(&[0; 10_000]), 5_000);
    assert_eq!((found.len(), issues.len()), (0, 1));
    assert_eq!(issues[0].kind, IssueKind::TooLarge);
}

#[test]
fn links_are_told_and_not_followed() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder
        .append_link(&mut header, "pods.json", "elsewhere.json")
        .expect("a buffer");
    let (found, issues) = unpack(&builder.into_inner().expect("a buffer"), UNPACKED_LIMIT);
    assert_eq!(found, []);
    assert_eq!(issues.len(), 1);
    assert_eq!(
        (issues[0].kind, issues[0].file.as_str()),
        (IssueKind::UnusedFile, "dump/pods.json")
    );
}
