//! Whatever the bytes of a file in columns are, it is read or refused, and both ways of reading agree.

#![no_main]

use std::io::Cursor;
use std::{panic, process};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use posture_columnar::{ArrowLog, ParquetFile, Target, is_of_decoder};
use posture_core::engine::Engine;
use posture_core::issue::{IssueKind, Issues};
use posture_core::judge::{Judge, Sorts};
use posture_core::model::{Cluster, Evidence, PolicyModes};
use posture_core::tally::Tally;

/// Panics of decoders are contained: they are no finding.
fn only_ours() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(is_of_decoder) {
            tell(panic);
            process::abort();
        }
    }));
}

fuzz_target!(init: only_ours(), |bytes: &[u8]| {
    let cluster = Cluster::default();
    let engine = Engine::new(&cluster, PolicyModes::default());
    let sorts = Sorts::new(&cluster, &engine);
    let new = || (Judge::new(&cluster, &engine, Evidence::Recorded), Tally::default());
    let (mut judge, mut one_by_one) = new();
    let (mut other_judge, mut at_once) = new();
    let mut into = Target {
        judge: &mut other_judge,
        sorts: &sorts,
        tally: &mut at_once,
    };
    let mut issues = Issues::default();
    match bytes.first_chunk() {
        Some(b"PAR1") => {
            let Ok(file) = ParquetFile::open("file", Bytes::copy_from_slice(bytes)) else {
                return;
            };
            file.records(0..file.groups(), &mut issues, &mut |record| {
                one_by_one.add(record, judge.judge(record));
            });
            file.tally(0..file.groups(), &mut into, &mut issues);
        }
        Some(b"ARRO") => {
            let open = || ArrowLog::file("file", Cursor::new(bytes));
            let (Ok(first), Ok(second)) = (open(), open()) else {
                return;
            };
            first.records(&mut issues, &mut |record| one_by_one.add(record, judge.judge(record)));
            second.tally(&mut into, &mut issues);
        }
        _ => {
            let (Ok(first), Ok(second)) = (ArrowLog::stream("file", bytes), ArrowLog::stream("file", bytes))
            else {
                return;
            };
            first.records(&mut issues, &mut |record| one_by_one.add(record, judge.judge(record)));
            second.tally(&mut into, &mut issues);
        }
    }
    // Labels that are damaged cost those rows alone that ask for them, or the batch.
    let is_whole = issues.into_list().iter().all(|issue| issue.kind != IssueKind::Unreadable);
    if is_whole {
        assert_eq!(one_by_one.to_bytes(), at_once.to_bytes());
    }
});
