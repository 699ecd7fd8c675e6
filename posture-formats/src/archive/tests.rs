use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use posture_core::issue::Issue;

use super::*;
use crate::detect::HEAD;

mod broken;

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

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn unpack(bytes: &[u8], limit: u64) -> (Vec<(String, Vec<u8>)>, Vec<Issue>) {
    let (mut found, mut issues) = (Vec::new(), Issues::default());
    let mut each = |member: Member<'_>, _: &mut Issues| {
        let name = member.name().to_owned();
        found.extend(member.bytes().map(|bytes| (name, bytes.into_owned())));
    };
    walk_within(limit, "dump", Cursor::new(bytes), &mut issues, &mut each);
    let issues = issues.into_list();
    // without a list of their bytes where they differ
    assert!(in_memory(bytes, limit) == (found.clone(), issues.clone()));
    if limit == UNPACKED_LIMIT {
        let (mut streamed, mut told) = (Vec::new(), Issues::default());
        let mut each = |mut member: Member<'_>, _: &mut Issues| {
            let mut bytes = Vec::new();
            let read = member.read_to_end(&mut bytes);
            assert_eq!(read.expect("no error"), bytes.len());
            assert!(bytes.starts_with(member.head()));
            streamed.push((member.name().to_owned(), bytes));
        };
        walk_stream("dump", bytes, &mut told, &mut each);
        assert_eq!(told.into_list(), issues);
        assert_eq!(streamed, found);
    }
    (found, issues)
}

/// A file that is no archive is not copied.
fn in_memory(file: &[u8], limit: u64) -> (Vec<(String, Vec<u8>)>, Vec<Issue>) {
    let (mut found, mut issues) = (Vec::new(), Issues::default());
    let mut each = |member: Member<'_>, _: &mut Issues| {
        let name = member.name().to_owned();
        assert!(member.head().len() <= HEAD);
        let bytes = member.bytes();
        if let Some(bytes) = &bytes {
            let is_file = bytes.as_ref() == file;
            assert_eq!(bytes.as_ptr() == file.as_ptr(), is_file, "{name}");
        }
        found.extend(bytes.map(|bytes| (name, bytes.into_owned())));
    };
    walk_bytes_within(limit, "dump", file, &mut issues, &mut each);
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
    assert_eq!(names(&zstd(&tar(&MEMBERS))), expected);
    assert_eq!(names(&gzip(b"{}")), ["dump"]);
    assert_eq!(names(&zstd(b"{}")), ["dump"]);
    assert_eq!(names(b"{}"), ["dump"]);
    assert_eq!(names(&tar(&[("d/", b""), ("d/a", b"1")])), ["dump/d/a"]);
    let long = vec![b' '; 3 * HEAD];
    let expected = [("dump".to_owned(), long.clone())];
    assert_eq!(unpack(&long, UNPACKED_LIMIT).0, expected);
    assert_eq!(unpack(&gzip(&long), UNPACKED_LIMIT).0, expected);
    assert_eq!(unpack(&zstd(&long), UNPACKED_LIMIT).0, expected);
}

#[test]
fn archives_in_archives() {
    let inner = gzip(&tar(&MEMBERS));
    let nested = tar(&[
        ("in.tgz", &inner),
        ("in.zip", &zip(&MEMBERS)),
        ("flows.gz", &gzip(b"{}")),
    ]);
    assert_eq!(
        names(&nested),
        [
            "dump/in.tgz/a.json",
            "dump/in.tgz/b/c.yaml",
            "dump/in.zip/a.json",
            "dump/in.zip/b/c.yaml",
            "dump/flows.gz"
        ]
    );
    let (found, issues) = unpack(&zip(&[("out.tar", &nested), ("x", b"1")]), UNPACKED_LIMIT);
    assert_eq!(found, [("dump/x".to_owned(), b"1".to_vec())]);
    let files: Vec<_> = issues.iter().map(|issue| issue.file.as_str()).collect();
    assert_eq!(
        files,
        [
            "dump/out.tar/flows.gz",
            "dump/out.tar/in.tgz",
            "dump/out.tar/in.zip"
        ]
    );
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
    let (found, issues) = unpack(&[b' '; 10_000], 9_999);
    assert_eq!((found.len(), issues[0].kind), (0, IssueKind::TooLarge));
    assert_eq!(unpack(&[b' '; 10_000], 10_000).0.len(), 1);
}

#[test]
fn a_zip_member_that_does_not_match_its_checksum_is_lost_where_it_is_taken_whole() {
    let long = b"line\n".repeat(HEAD);
    for content in [b"first".as_slice(), &long] {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in [("a", content), ("b", b"second")] {
            writer.start_file(name, stored).expect("a buffer");
            writer.write_all(bytes).expect("a buffer");
        }
        let mut corrupt = writer.finish().expect("a buffer").into_inner();
        let at = memchr::memmem::find(&corrupt, content).expect("the content");
        corrupt[at + content.len() - 1] ^= 0xFF;

        let (mut found, mut issues) = (Vec::new(), Issues::default());
        let mut each = |member: Member<'_>, _: &mut Issues| {
            found.extend(member.bytes().map(Cow::into_owned));
        };
        walk("dump", Cursor::new(&corrupt), &mut issues, &mut each);
        assert_eq!(found, [b"second".to_vec()]);
        let issues = issues.into_list();
        assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Unreadable));
        assert_eq!(issues[0].file, "dump/a");
    }
}

#[test]
fn an_archive_without_files_is_told() {
    let (found, issues) = unpack(&zip(&[]), UNPACKED_LIMIT);
    assert_eq!(
        (found.len(), issues.len(), issues[0].kind),
        (0, 1, IssueKind::Empty)
    );
    let (_, issues) = unpack(&gzip(&tar(&[("d/", b"")])), UNPACKED_LIMIT);
    assert_eq!(issues, []);
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

/// A frame made by hand: one block as it is, no checksum.
fn plain_frame(bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).expect("a short text");
    let header = (u32::from(length) << 3) | 1;
    let mut frame = b"\x28\xB5\x2F\xFD\x20".to_vec();
    frame.push(length);
    frame.extend(&header.to_le_bytes()[..3]);
    frame.extend(bytes);
    frame
}

#[test]
fn frames_of_zstandard_follow_each_other() {
    let skipped = b"\x50\x2A\x4D\x18\x03\0\0\0abc".as_slice();
    let first = plain_frame(b"kind: ");
    let packed = [first.as_slice(), skipped, &plain_frame(b"Pod\n"), skipped].concat();
    let whole = vec![("dump".to_owned(), b"kind: Pod\n".to_vec())];
    assert_eq!(unpack(&packed, UNPACKED_LIMIT), (whole, vec![]));

    for length in [first.len() + 3, packed.len() - skipped.len() - 2] {
        let (found, issues) = unpack(&packed[..length], UNPACKED_LIMIT);
        assert!(found[0].1.starts_with(b"kind: "), "{found:?}");
        assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Unreadable));
        assert_eq!(issues[0].message, "cannot be unpacked: it ends too early");
    }

    let mut corrupt = zstd(&b"kind: Pod\n".repeat(100));
    let last = corrupt.len() - 1;
    corrupt[last] ^= 1;
    let (_, issues) = unpack(&corrupt, UNPACKED_LIMIT);
    assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Unreadable));
}

#[test]
fn what_is_not_read_of_a_member_is_skipped() {
    let long = b"line\n".repeat(HEAD);
    let members: [(&str, &[u8]); 3] = [("a", &long), ("b", b"2"), ("c", &long)];
    for bytes in [tar(&members), gzip(&tar(&members)), zip(&members)] {
        for count in [0, 1, HEAD + 1, long.len()] {
            let (mut names, mut issues) = (Vec::new(), Issues::default());
            let mut each = |mut member: Member<'_>, _: &mut Issues| {
                names.push(member.name().to_owned());
                let mut part =
                    vec![0; count.min(if member.name() == "dump/b" { 1 } else { count })];
                member.read_exact(&mut part).expect("so many bytes");
            };
            walk("dump", Cursor::new(&bytes), &mut issues, &mut each);
            walk_bytes("dump", &bytes, &mut issues, &mut each);
            assert_eq!(names, ["dump/a", "dump/b", "dump/c"].repeat(2));
            assert!(issues.into_list().is_empty());
        }
    }
}

#[test]
fn of_a_file_in_memory_comes_what_was_not_read() {
    let long = b"line\n".repeat(HEAD);
    for count in [0, 1, HEAD, HEAD + 1, long.len()] {
        let mut issues = Issues::default();
        let mut is_seen = false;
        let mut each = |mut member: Member<'_>, _: &mut Issues| {
            assert_eq!(member.head(), &long[..HEAD]);
            let mut part = vec![0; count];
            member.read_exact(&mut part).expect("so many bytes");
            assert_eq!(part, long[..count]);
            assert_eq!(member.bytes().as_deref(), Some(&long[count..]));
            is_seen = true;
        };
        walk_bytes("dump", &long, &mut issues, &mut each);
        assert!(is_seen && issues.into_list().is_empty());
    }
}

#[test]
fn a_stream_has_no_limit() {
    let long = b"line\n".repeat(HEAD);
    let members: [(&str, &[u8]); 3] = [("a", &long), ("b", b"2"), ("c", &long)];
    for bytes in [gzip(&tar(&members)), zstd(&tar(&members)), zip(&members)] {
        let (mut counts, mut issues) = (Vec::new(), Issues::default());
        let mut each = |mut member: Member<'_>, _: &mut Issues| match member.name() {
            "dump/b" => counts.push(member.bytes().map_or(0, |bytes| bytes.len() as u64)),
            _ => counts.push(io::copy(&mut member, &mut io::sink()).expect("no error")),
        };
        walk_within(1, "dump", Cursor::new(&bytes), &mut issues, &mut each);
        assert_eq!(counts, [long.len() as u64, 1, long.len() as u64]);
        assert!(issues.into_list().is_empty());
    }
}

/// A file on a disk that fails behind the first bytes.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the disk is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let long = b"line\n".repeat(HEAD);
    for (bytes, expected) in [(long.as_slice(), 1), (b"kind: Pod\n", 1), (b"", 0)] {
        let (mut found, mut issues) = (Vec::new(), Issues::default());
        let mut each = |member: Member<'_>, _: &mut Issues| {
            found.extend(member.bytes().map(Cow::into_owned));
        };
        walk_stream("dump", Failing(bytes), &mut issues, &mut each);
        assert_eq!(found, vec![bytes.to_vec(); expected]);
        let issues = issues.into_list();
        assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Unreadable));
        assert_eq!(issues[0].message, "cannot be read: the disk is gone");
    }
}

#[test]
fn what_is_packed_otherwise_is_told_with_what_to_do() {
    let xz = b"\xFD7zXZ\0\0\x04".as_slice();
    let (found, issues) = unpack(&tar(&[("a.xz", xz), ("b", b"2")]), UNPACKED_LIMIT);
    assert_eq!(found, [("dump/b".to_owned(), b"2".to_vec())]);
    assert_eq!(
        (issues.len(), issues[0].kind),
        (1, IssueKind::UnknownFormat)
    );
    assert_eq!(issues[0].file, "dump/a.xz");
    assert_eq!(
        issues[0].message,
        "xz is not unpacked here, expected gzip, Zstandard, zip or tar; unpack it with `xz -d`"
    );
}
