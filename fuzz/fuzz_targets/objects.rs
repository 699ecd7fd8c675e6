//! Whatever the bytes of a file are, it is read or told.

#![no_main]

use libfuzzer_sys::fuzz_target;
use posture_core::issue::Issues;
use posture_core::model::Cluster;

fuzz_target!(|bytes: &[u8]| {
    let mut issues = Issues::default();
    let fragment = posture_formats::read("file", bytes, &mut issues);
    drop(Cluster::build(fragment, &[], true, &mut issues));
});
