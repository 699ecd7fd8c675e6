//! Whatever the bytes of a flow log are, and in whatever chunks they come, the same is read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use posture_core::issue::Issues;
use posture_formats::detect::{Content, detect};
use posture_formats::flows::{Chunks, FlowFormat, FlowLog, FlowReader, Layout};

/// All records, and all issues, of a log that is read so many bytes at a time.
fn read(log: FlowLog, bytes: &[u8], size: u64) -> (Vec<String>, String) {
    let (mut records, mut issues) = (Vec::new(), Issues::default());
    let mut chunks = Chunks::of_size(size, bytes, log);
    let mut reader = FlowReader::new("file", log);
    while let Some(chunk) = chunks.next(Vec::new()).expect("bytes do not fail") {
        reader.read(&chunk, &mut issues, &mut |record| records.push(format!("{record:?}")));
    }
    (records, format!("{:?}", issues.into_list()))
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let formats = [
        FlowFormat::Calico,
        FlowFormat::Whisker,
        FlowFormat::Goldmane,
        FlowFormat::Hubble,
    ];
    let log = match detect(rest) {
        Content::FlowLog(log) => log,
        _ => FlowLog {
            format: formats[usize::from(*first) % formats.len()],
            layout: [Layout::Lines, Layout::Values][usize::from(*first >> 7)],
        },
    };
    let whole = read(log, rest, 1 << 20);
    assert_eq!(whole, read(log, rest, u64::from(*first).max(1)));
});
