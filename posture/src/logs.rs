//! The flow logs of a file or archive.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek};

use posture_core::issue::{IssueKind, Issues};
use posture_formats::archive::{self, Member};
use posture_formats::detect::Content;

/// Hands on every flow log that is read here, and its name. Issues are about these logs alone.
pub(crate) fn each_log<R: Read + Seek>(
    name: &str,
    content: R,
    issues: &mut Issues,
    each: &mut dyn FnMut(&str, Member<'_>, &mut Issues),
) {
    let (mut logs, mut all) = (BTreeSet::new(), Issues::default());
    archive::walk(name, content, &mut all, &mut |member, _| {
        let is_read = match member.content() {
            Content::FlowLog(_) => true,
            Content::Columnar(_) => cfg!(feature = "columnar"),
            _ => false,
        };
        if is_read {
            let name = member.name().to_owned();
            each(&name, member, issues);
            logs.insert(name);
        }
    });
    all.retain_files(|file| logs.contains(file));
    issues.extend(all);
}

/// Tells that a log cannot be read to its end.
pub(crate) fn tell_of_end(end: io::Result<()>, name: &str, issues: &mut Issues) {
    if let Err(error) = end {
        let message = format!("cannot be read: {error}");
        issues.push(IssueKind::Unreadable, name, "", message);
    }
}
