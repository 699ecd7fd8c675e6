//! A history in a folder that cannot be written.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
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

fn close(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn it_is_read_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("100% #1?.db");
    let mut history = History::open_or_make(&path).unwrap();
    history
        .append(DEFAULT_SERIES, &point("2026-11-20T10:00:00Z"))
        .unwrap();
    drop(history);
    close(&path, 0o444);
    close(folder.path(), 0o555);
    if fs::write(folder.path().join("probe"), "").is_ok() {
        eprintln!("not tested: nothing is closed to the superuser");
        return;
    }
    let read = History::read(&path).unwrap().unwrap();
    assert_eq!(read.points(DEFAULT_SERIES, None).unwrap().len(), 1);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let changed = History::open(&path).and_then(|history| {
        history
            .unwrap()
            .append(DEFAULT_SERIES, &point("2026-11-21T10:00:00Z"))
    });
    assert!(changed.is_err(), "{changed:?}");
    close(folder.path(), 0o755);
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
