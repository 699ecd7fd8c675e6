//! Whatever the bytes of an archive are, and however much of each member is read, the same members
//! come, whether they come from a file, from a pipe, or from memory.

#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use posture_core::issue::Issues;
use posture_formats::archive::{Member, walk, walk_bytes, walk_stream};

/// The members that come and what is read of them: all of every second one, at most `part` bytes of
/// the others.
#[derive(Default)]
struct Found {
    part: u64,
    members: Vec<(String, Vec<u8>)>,
}

impl Found {
    fn take(&mut self, mut member: Member<'_>) {
        let name = member.name().to_owned();
        let head = member.head().to_vec();
        let mut bytes = Vec::new();
        if self.members.len() % 2 == 0 {
            let read = member.by_ref().take(self.part).read_to_end(&mut bytes);
            assert!(read.is_ok());
            assert!(head.starts_with(&bytes) || bytes.starts_with(&head));
        } else {
            bytes = member.bytes().unwrap_or_default().into_owned();
        }
        self.members.push((name, bytes));
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let part = u64::from(*first) * 1024;
    let found = || Found { part, ..Found::default() };
    let (mut of_file, mut of_pipe, mut in_memory) = (found(), found(), found());
    let mut issues = Issues::default();
    walk("file", Cursor::new(rest), &mut issues, &mut |member, _| of_file.take(member));
    walk_stream("file", rest, &mut issues, &mut |member, _| of_pipe.take(member));
    walk_bytes("file", rest, &mut issues, &mut |member, _| in_memory.take(member));
    assert_eq!(of_file.members, of_pipe.members);
    assert_eq!(of_file.members, in_memory.members);
});
