//! Files that are damaged at every place: whatever they say, nothing panics, little is allocated, and
//! no record is read that is not there.

mod make;

use std::io::Cursor;
use std::panic;
use std::sync::Once;

use allocation_counter::measure;
use bytes::Bytes;
use posture_columnar::{ArrowLog, FileError, ParquetFile, Target, is_of_decoder};
use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::judge::{Judge, Sorts};
use posture_core::model::{Cluster, Evidence, PolicyModes, Record};
use posture_core::tally::Tally;

use make::{Kind, ROWS};

/// More than a file of a few KB needs, and much less than what damaged ones ask for.
const MOST: u64 = 16 << 20;

/// What is flipped of a byte, in turns.
const MASKS: [u8; 3] = [0x01, 0x80, 0xff];

/// What was read of a file.
#[derive(Debug, Default)]
struct Found {
    records: usize,
    issues: u64,
}

fn records(kind: Kind, bytes: &[u8], issues: &mut Issues) -> Result<usize, FileError> {
    let mut records = 0;
    let mut each = |_: &Record<'_>| records += 1;
    match kind {
        Kind::Parquet => {
            let file = ParquetFile::open("file", Bytes::copy_from_slice(bytes))?;
            file.records(0..file.groups(), issues, &mut each);
        }
        Kind::File => ArrowLog::file("file", Cursor::new(bytes))?.records(issues, &mut each),
        Kind::Stream => ArrowLog::stream("file", bytes)?.records(issues, &mut each),
    }
    Ok(records)
}

fn tally(
    kind: Kind,
    bytes: &[u8],
    into: &mut Target<'_, '_>,
    issues: &mut Issues,
) -> Result<(), FileError> {
    match kind {
        Kind::Parquet => {
            let file = ParquetFile::open("file", Bytes::copy_from_slice(bytes))?;
            file.tally(0..file.groups(), into, issues);
        }
        Kind::File => ArrowLog::file("file", Cursor::new(bytes))?.tally(into, issues),
        Kind::Stream => ArrowLog::stream("file", bytes)?.tally(into, issues),
    }
    Ok(())
}

/// Reads a file by both ways.
fn read(kind: Kind, bytes: &[u8], cluster: &Cluster, engine: &Engine, sorts: &Sorts<'_>) -> Found {
    let mut issues = Issues::default();
    let records = records(kind, bytes, &mut issues).unwrap_or_else(|error| {
        error.report("file", &mut issues);
        0
    });
    let mut judge = Judge::new(cluster, engine, Evidence::Recorded);
    let (mut sums, mut others) = (Tally::default(), Issues::default());
    let mut into = Target {
        judge: &mut judge,
        sorts,
        tally: &mut sums,
    };
    if let Err(error) = tally(kind, bytes, &mut into, &mut others) {
        error.report("file", &mut others);
    }
    Found {
        records,
        issues: issues.into_list().len() as u64,
    }
}

fn be_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(is_of_decoder) {
                tell(panic);
            }
        }));
    });
}

/// How much was told of changed files.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    /// All records.
    all: usize,
    /// Some of them, and an issue.
    some: usize,
    /// None, and an issue.
    none: usize,
    /// Less than all, and no issue.
    silent: Vec<String>,
}

/// Reads files that are changed, each by a name.
fn check(kind: Kind, changed: impl Iterator<Item = (String, Vec<u8>)>) -> Told {
    be_quiet();
    let cluster = Cluster::default();
    let engine = Engine::new(&cluster, PolicyModes::default());
    let sorts = Sorts::new(&cluster, &engine);
    let mut told = Told::default();
    for (name, bytes) in changed {
        let mut found = Found::default();
        let used = measure(|| found = read(kind, &bytes, &cluster, &engine, &sorts));
        assert!(
            used.bytes_max < MOST,
            "{kind:?} {name}: {} bytes",
            used.bytes_max
        );
        assert!(found.records <= ROWS, "{kind:?} {name}: {found:?}");
        match (found.records, found.issues) {
            (ROWS, _) => told.all += 1,
            (_, 0) => told.silent.push(name),
            (0, _) => told.none += 1,
            _ => told.some += 1,
        }
    }
    told
}

fn flipped(kind: Kind) {
    let whole = make::file(kind);
    let told = check(kind, [(String::new(), whole.clone())].into_iter());
    assert_eq!(
        told,
        Told {
            all: 1,
            ..Told::default()
        }
    );
    let changed = whole
        .iter()
        .zip(MASKS.iter().cycle())
        .enumerate()
        .map(|(at, (byte, mask))| {
            let mut bytes = whole.clone();
            bytes[at] = byte ^ mask;
            (format!("{mask:#x} at {at}"), bytes)
        });
    let told = check(kind, changed);
    assert!(told.all > 0 && told.none > 0, "{kind:?}: {told:?}");
    assert_eq!(told.silent, [""; 0], "{kind:?}");
}

fn cut(kind: Kind) -> Vec<String> {
    let whole = make::file(kind);
    let changed = (0..whole.len()).map(|at| (at.to_string(), whole[..at].to_vec()));
    check(kind, changed).silent
}

#[test]
fn flipped_parquet() {
    flipped(Kind::Parquet);
}

#[test]
fn flipped_files() {
    flipped(Kind::File);
}

#[test]
fn flipped_streams() {
    flipped(Kind::Stream);
}

/// The first page is replaced by one whose header says that it unpacks to 2 GiB.
#[test]
fn a_page_that_would_not_fit() {
    let mut bytes = make::file(Kind::Parquet);
    let header = [
        0x15, 0x04, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x14, 0x4c, 0x15, 0x02, 0x15, 0x00,
        0x00, 0x00,
    ];
    bytes[4..4 + header.len()].copy_from_slice(&header);
    let told = check(
        Kind::Parquet,
        [("2 GiB".to_owned(), bytes.clone())].into_iter(),
    );
    assert_eq!((told.none, told.silent), (1, Vec::new()));
    let mut issues = Issues::default();
    records(Kind::Parquet, &bytes, &mut issues).unwrap();
    let said: Vec<_> = issues
        .into_list()
        .into_iter()
        .map(|issue| issue.message)
        .collect();
    assert_eq!(
        said,
        [
            "not readable as Parquet: a page of 10 bytes would unpack to 2147483647; they are not read"
        ]
    );
}

#[test]
fn cut_off() {
    assert_eq!(cut(Kind::Parquet), [""; 0]);
    assert_eq!(cut(Kind::File), [""; 0]);
}

/// A stream may end behind any message.
#[test]
fn cut_off_streams() {
    let (whole, silent) = (make::file(Kind::Stream), cut(Kind::Stream));
    assert_eq!(
        silent.len(),
        2,
        "behind the schema, and behind the first of two batches: {silent:?}"
    );
    for end in silent {
        let end: usize = end.parse().unwrap();
        assert_eq!(whole[end..end + 4], [0xff; 4]);
    }
}

#[test]
#[ignore = "writes seeds for the fuzzer to where `POSTURE_SEEDS` says"]
fn seeds() {
    let folder = std::env::var("POSTURE_SEEDS").unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for kind in [Kind::Parquet, Kind::File, Kind::Stream] {
        std::fs::write(format!("{folder}/{kind:?}"), make::file(kind)).unwrap();
    }
}
