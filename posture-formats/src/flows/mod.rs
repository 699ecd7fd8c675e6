//! Flow logs, read as streams: memory is bounded by the longest line, never by the file.

mod cache;
mod calico;
mod lines;

use std::sync::Arc;

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::Record;

use calico::Calico;
use lines::Lines;

/// Reads one flow log, in chunks of any size.
///
/// ```
/// use posture_core::issue::Issues;
/// use posture_formats::flows::FlowReader;
///
/// let line = br#"{"start_time": 1, "end_time": 2, "reporter": "src", "action": "allow",
///     "proto": "tcp", "source_type": "wep", "source_namespace": "shop",
///     "source_name_aggr": "web-*", "dest_type": "net", "dest_name_aggr": "pub"}"#;
/// let one_line = String::from_utf8_lossy(line).replace('\n', " ");
/// let (mut records, mut issues) = (0, Issues::default());
/// let mut reader = FlowReader::new("flows.jsonl");
/// reader.read(one_line.as_bytes(), &mut issues, &mut |_| records += 1);
/// reader.finish(&mut issues, &mut |_| records += 1);
/// assert_eq!(records, 1);
/// ```
#[derive(Debug)]
pub struct FlowReader {
    file: Arc<str>,
    lines: Lines,
    calico: Calico,
}

impl FlowReader {
    /// A reader at the start of a file, by the name that issues give it.
    pub fn new(file: &str) -> Self {
        Self {
            file: file.into(),
            lines: Lines::default(),
            calico: Calico::default(),
        }
    }

    /// Reads the next bytes of the file: hands on every record whose line ends in them.
    pub fn read(&mut self, chunk: &[u8], issues: &mut Issues, each: &mut impl FnMut(&Record<'_>)) {
        let Self {
            file,
            lines,
            calico,
        } = self;
        lines.split(chunk, &mut |number, line| {
            read_line(file, calico, number, line, issues, each);
        });
    }

    /// Reads the last line, where the file does not end in a newline.
    pub fn finish(&mut self, issues: &mut Issues, each: &mut impl FnMut(&Record<'_>)) {
        let Self {
            file,
            lines,
            calico,
        } = self;
        lines.finish(&mut |number, line| read_line(file, calico, number, line, issues, each));
    }
}

fn read_line(
    file: &str,
    calico: &mut Calico,
    number: u64,
    line: lines::Line<'_>,
    issues: &mut Issues,
    each: &mut impl FnMut(&Record<'_>),
) {
    let failed = match line {
        lines::Line::Text(text) => {
            let text = text.trim_ascii();
            if text.is_empty() {
                return;
            }
            calico
                .read(text, each)
                .map_err(|message| (IssueKind::InvalidRecord, message))
        }
        lines::Line::TooLong => Err((
            IssueKind::TooLarge,
            format!("the line is longer than {} MiB", lines::MAX_LINE >> 20),
        )),
    };
    if let Err((kind, message)) = failed {
        issues.push(kind, file, format!("line {number}"), message);
    }
}
