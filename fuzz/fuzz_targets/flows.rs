//! Whatever the bytes of a flow log are, and in whatever chunks they come, the same is read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use posture_core::issue::Issues;
use posture_formats::flows::FlowReader;

fn read<'c>(chunks: impl Iterator<Item = &'c [u8]>) -> (u64, String) {
    let (mut records, mut issues) = (0, Issues::default());
    let mut reader = FlowReader::new("file");
    for chunk in chunks {
        reader.read(chunk, &mut issues, &mut |_| records += 1);
    }
    reader.finish(&mut issues, &mut |_| records += 1);
    (records, format!("{:?}", issues.into_list()))
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let whole = read(std::iter::once(rest));
    let parts = read(rest.chunks(usize::from(*first).max(1)));
    assert_eq!(whole, parts);
});
