//! A history that can be read and not written.
#![cfg(unix)]

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use posture_core::history::Point;
use posture_core::issue::Issues;
use posture_core::model::{Cluster, Fragment};
use posture_core::request::Request;
use posture_history::{DEFAULT_SERIES, History};

fn point(now: &str) -> Point {
    let request = Request::from_json(&format!(r#"{{"now": "{now}"}}"#)).unwrap();
    let cluster = Cluster::build(Fragment::default(), &[], true, &mut Issues::default()).unwrap();
    Point::of(&posture_core::assess(
        &cluster,
        [],
        &request,
        Issues::default(),
    ))
}

/// Has `SQLite` make no file where it makes one beside a database that is written ahead: in its place is a
/// link that leads nowhere, which not even the superuser can open.
fn close(path: &Path) {
    let mut beside = OsString::from(path);
    beside.push("-shm");
    symlink("nowhere/none", beside).unwrap();
}

#[test]
fn it_is_read_where_nothing_can_be_made_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("100% #1?.db");
    let mut history = History::open_or_make(&path).unwrap();
    history
        .append(DEFAULT_SERIES, &point("2026-11-20T10:00:00Z"))
        .unwrap();
    drop(history);
    close(&path);
    let before = fs::read(&path).unwrap();
    let read = History::read(&path).unwrap().unwrap();
    assert_eq!(read.points(DEFAULT_SERIES, None).unwrap().len(), 1);
    let changed = History::open(&path).and_then(|history| {
        history
            .unwrap()
            .append(DEFAULT_SERIES, &point("2026-11-21T10:00:00Z"))
    });
    assert!(changed.is_err(), "{changed:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// What was written last is in a file beside it alone: no answer is better than an old one.
#[test]
fn it_is_not_read_without_what_was_written_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut writer = History::open_or_make(&path).unwrap();
    writer
        .append(DEFAULT_SERIES, &point("2026-11-20T10:00:00Z"))
        .unwrap();
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    fs::copy(
        folder.path().join("history.db-wal"),
        folder.path().join("copy.db-wal"),
    )
    .unwrap();
    close(&copy);
    assert!(History::read(&copy).is_err());
}

#[test]
fn what_is_written_while_it_is_read_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut writer = History::open_or_make(&path).unwrap();
    writer
        .append(DEFAULT_SERIES, &point("2026-11-20T10:00:00Z"))
        .unwrap();
    let reader = History::read(&path).unwrap().unwrap();
    assert_eq!(reader.points(DEFAULT_SERIES, None).unwrap().len(), 1);
    writer
        .append(DEFAULT_SERIES, &point("2026-11-21T10:00:00Z"))
        .unwrap();
    assert_eq!(reader.points(DEFAULT_SERIES, None).unwrap().len(), 2);
}

#[test]
fn an_empty_file_is_an_empty_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    fs::write(&path, "").unwrap();
    let read = History::read(&path).unwrap().unwrap();
    assert_eq!(read.series().unwrap(), Vec::<String>::new());
}
