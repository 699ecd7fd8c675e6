//! What a file is, by its first bytes.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::text;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A Calico flow log: one record a line.
    FlowLog,
    /// An archive, or a compressed file.
    Archive(ArchiveKind),
    /// Text: Kubernetes objects, scans, or something unknown.
    Documents,
    /// Nothing.
    Empty,
    /// No text and no archive that is known here.
    Binary,
}

/// How the files in an archive are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// gzip: one file, often a tar archive.
    Gzip,
    /// zip.
    Zip,
    /// tar (ustar, pax or GNU).
    Tar,
}

/// How many bytes of a file are worth handing to [`detect`].
pub const HEAD: usize = 64 * 1024;

const TAR_MAGIC_AT: usize = 257;

/// How many lines may be broken before the first record of a flow log.
const LINES: usize = 10;

/// What a file is, by its first bytes: [`HEAD`] of them, or all.
pub fn detect(head: &[u8]) -> Content {
    let tar_magic = head.get(TAR_MAGIC_AT..TAR_MAGIC_AT + 5);
    if head.starts_with(b"\x1F\x8B") {
        Content::Archive(ArchiveKind::Gzip)
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Content::Archive(ArchiveKind::Zip)
    } else if tar_magic == Some(b"ustar") {
        Content::Archive(ArchiveKind::Tar)
    } else if text::starts_as_utf16(head) {
        Content::Documents
    } else if memchr::memchr(0, head).is_some() {
        Content::Binary
    } else {
        detect_text(text::without_mark(head))
    }
}

fn detect_text(head: &[u8]) -> Content {
    let lines = || head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    if lines().all(<[u8]>::is_empty) {
        Content::Empty
    } else if lines()
        .filter(|line| !line.is_empty())
        .take(LINES)
        .any(is_flow_record)
    {
        Content::FlowLog
    } else {
        Content::Documents
    }
}

/// Whether a line is one JSON object with the keys of a flow record, by itself or, as
/// "Elasticsearch exports wrap the row", in `_source` (formats, section 2).
fn is_flow_record(line: &[u8]) -> bool {
    if !line.starts_with(b"{") {
        return false;
    }
    let Ok(fields) = serde_json::from_slice::<Fields<'_>>(line) else {
        return false;
    };
    fields.is_flow_record()
        || fields.0.get("_source").is_some_and(|inner| {
            serde_json::from_str::<Fields<'_>>(inner.get())
                .is_ok_and(|fields| fields.is_flow_record())
        })
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Fields<'a>(#[serde(borrow)] BTreeMap<String, &'a RawValue>);

impl Fields<'_> {
    fn is_flow_record(&self) -> bool {
        self.0.contains_key("reporter")
            && [
                "source_name_aggr",
                "source_namespace",
                "dest_name_aggr",
                "start_time",
            ]
            .iter()
            .any(|key| self.0.contains_key(*key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"start_time": 1, "reporter": "src", "source_namespace": "a"}"#;

    #[test]
    fn flow_logs() {
        assert_eq!(detect(RECORD.as_bytes()), Content::FlowLog);
        assert_eq!(
            detect(format!("\u{feff}\r\n{RECORD}\r\n{{\"cut").as_bytes()),
            Content::FlowLog
        );
        assert_eq!(
            detect(format!("{{\"broken\n{RECORD}\n").as_bytes()),
            Content::FlowLog
        );
        assert_eq!(
            detect(format!("{{\"_source\": {RECORD}}}").as_bytes()),
            Content::FlowLog
        );
        assert_eq!(detect(br#"{"reporter": "src"}"#), Content::Documents);
        assert_eq!(detect(br#"{"start_time": 1}"#), Content::Documents);
    }

    #[test]
    fn archives() {
        assert_eq!(detect(b"\x1F\x8B\x08"), Content::Archive(ArchiveKind::Gzip));
        assert_eq!(detect(b"PK\x03\x04"), Content::Archive(ArchiveKind::Zip));
        let mut tar = vec![0; 512];
        tar.splice(257..262, *b"ustar");
        assert_eq!(detect(&tar), Content::Archive(ArchiveKind::Tar));
        tar.truncate(260);
        assert_eq!(detect(&tar), Content::Binary);
    }

    #[test]
    fn texts_and_others() {
        assert_eq!(detect(b""), Content::Empty);
        assert_eq!(detect(b"\xEF\xBB\xBF \n\t\n"), Content::Empty);
        assert_eq!(detect(b"kind: Pod\n"), Content::Documents);
        assert_eq!(detect(b"\xFF\xFEk\0"), Content::Documents);
        assert_eq!(detect(b"\x7FELF\0\0"), Content::Binary);
        assert_eq!(detect(b"\xC3\x28 no UTF-8"), Content::Documents);
    }
}
