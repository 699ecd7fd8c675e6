//! Flow logs, read as streams: memory is bounded by a chunk, never by the file.
//!
//! [`Chunks`] cuts a stream into pieces of whole records, and a [`FlowReader`] reads pieces: one
//! for each thread, where there are several.

mod cache;
pub mod calico;
mod chunks;
mod goldmane;
mod hubble;
mod layout;
mod lines;
mod sniff;
#[cfg(test)]
mod testing;
mod values;
mod whisker;

use std::sync::Arc;

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::Record;

pub use chunks::{Chunk, Chunks};
pub use layout::{FlowFormat, FlowLog, Layout};
pub(crate) use sniff::recognise;

use calico::Calico;
use chunks::Records;
use goldmane::Goldmane;
use hubble::Hubble;
use whisker::Whisker;

/// Reads the records of one flow log.
///
/// ```
/// use posture_core::issue::Issues;
/// use posture_formats::detect::{Content, detect};
/// use posture_formats::flows::{Chunks, FlowReader};
///
/// let log = br#"{"start_time": 1, "end_time": 2, "reporter": "src", "action": "allow",
///     "proto": "tcp", "source_type": "wep", "source_namespace": "shop",
///     "source_name_aggr": "web-*", "dest_type": "net", "dest_name_aggr": "pub"}"#;
/// let Content::FlowLog(what) = detect(log) else { panic!("expected a flow log") };
/// let (mut records, mut issues) = (0, Issues::default());
/// let mut chunks = Chunks::new(log.as_slice(), what);
/// let mut reader = FlowReader::new("flows.json", what);
/// while let Some(chunk) = chunks.next(Vec::new())? {
///     reader.read(&chunk, &mut issues, &mut |_| records += 1);
/// }
/// assert_eq!(records, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FlowReader {
    file: Arc<str>,
    reader: Reader,
}

/// The reader of a format, and what it remembers.
#[derive(Debug)]
enum Reader {
    Calico(Calico),
    Whisker(Whisker),
    Goldmane(Goldmane),
    Hubble(Hubble),
}

/// Why a record was left out.
struct Failed {
    kind: IssueKind,
    message: String,
    /// How many records that stands for.
    count: u64,
}

impl FlowReader {
    /// A reader of a log, by the name that issues give it.
    pub fn new(file: &str, log: FlowLog) -> Self {
        Self {
            file: file.into(),
            reader: match log.format {
                FlowFormat::Calico => Reader::Calico(Calico::default()),
                FlowFormat::Whisker => Reader::Whisker(Whisker::default()),
                FlowFormat::Goldmane => Reader::Goldmane(Goldmane::default()),
                FlowFormat::Hubble => Reader::Hubble(Hubble::default()),
            },
        }
    }

    /// Hands on every record of a piece of the log.
    pub fn read(&mut self, chunk: &Chunk, issues: &mut Issues, each: &mut dyn FnMut(&Record<'_>)) {
        self.read_placed(chunk, issues, &mut |record, _| each(record));
    }

    /// Hands on every record of a piece of the log, and what tells its place: `line 3`, `record 3`.
    pub fn read_placed(
        &mut self,
        chunk: &Chunk,
        issues: &mut Issues,
        each: &mut dyn FnMut(&Record<'_>, &dyn Fn() -> String),
    ) {
        match &chunk.records {
            Records::Lines { before } => {
                let mut number = *before;
                for line in lines::of(&chunk.bytes) {
                    number = number.saturating_add(1);
                    let line = lines::record(line);
                    if !line.is_empty() {
                        self.read_record(line, &|| format!("line {number}"), issues, each);
                    }
                }
            }
            Records::Values { before, ranges } => {
                let mut number = *before;
                for range in ranges {
                    number = number.saturating_add(1);
                    let value = chunk.bytes.get(range.clone()).unwrap_or_default();
                    self.read_record(value, &|| format!("record {number}"), issues, each);
                }
            }
            Records::TooLong { at } => self.tell(too_long(), at.clone(), issues),
            Records::EndsEarly { after } => {
                let message = "the log ends too early: its array or answer is not closed, and there may have been more";
                let at = format!("after record {after}");
                issues.push(IssueKind::Syntax, self.file.as_ref(), at, message);
            }
        }
    }

    fn read_record(
        &mut self,
        record: &[u8],
        at: &dyn Fn() -> String,
        issues: &mut Issues,
        each: &mut dyn FnMut(&Record<'_>, &dyn Fn() -> String),
    ) {
        let each = &mut |record: &Record<'_>| each(record, at);
        // One check of the whole record is faster than one of each text in it.
        let read = match std::str::from_utf8(record) {
            Ok(_) if record.len() > chunks::LONGEST => Err(too_long()),
            Ok(record) => match &mut self.reader {
                Reader::Calico(calico) => calico.read(record, each),
                Reader::Whisker(whisker) => whisker.read(record, each),
                Reader::Goldmane(goldmane) => goldmane.read(record, each),
                Reader::Hubble(hubble) => hubble.read(record, each),
            },
            Err(error) => Err(Failed::from(format!(
                "not UTF-8 at column {}",
                error.valid_up_to().saturating_add(1)
            ))),
        };
        if let Err(failed) = read {
            self.tell(failed, at(), issues);
        }
    }

    fn tell(&self, failed: Failed, at: String, issues: &mut Issues) {
        let Failed {
            kind,
            message,
            count,
        } = failed;
        issues.push_counted(kind, self.file.as_ref(), at, message, count);
    }
}

fn too_long() -> Failed {
    Failed {
        kind: IssueKind::TooLarge,
        message: format!("the record is longer than {} MiB", chunks::LONGEST >> 20),
        count: 1,
    }
}

impl From<String> for Failed {
    fn from(message: String) -> Self {
        Self {
            kind: IssueKind::InvalidRecord,
            message,
            count: 1,
        }
    }
}

impl From<&str> for Failed {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"end_time": 2, "reporter": "src", "action": "allow", "source_type": "wep", "dest_type": "net"}"#;

    /// How many records a log has, and the places of what was left out.
    fn read(text: &[u8], layout: Layout, size: u64) -> (usize, Vec<(IssueKind, String)>) {
        let log = FlowLog {
            format: FlowFormat::Calico,
            layout,
        };
        let (mut records, mut issues) = (0, Issues::default());
        let mut chunks = Chunks::of_size(size, text, log);
        let mut reader = FlowReader::new("flows", log);
        while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
            reader.read(&chunk, &mut issues, &mut |_| records += 1);
        }
        let told = issues.into_list().into_iter();
        (records, told.map(|issue| (issue.kind, issue.at)).collect())
    }

    #[test]
    fn a_record_that_is_broken_or_without_end_costs_itself() {
        let endless = "x".repeat(chunks::LONGEST + 2);
        for (layout, text, left_out) in [
            (
                Layout::Lines,
                format!("{ROW}\n{endless}\n{ROW}\n"),
                "line 2",
            ),
            (
                Layout::Values,
                format!("{ROW}{{\"a\": \"{endless}\"}}\n{ROW}"),
                "record 2",
            ),
        ] {
            for size in [1 << 24, (1 << 24) + 3, 1 << 30] {
                let (records, told) = read(text.as_bytes(), layout, size);
                assert_eq!(records, 2, "{layout:?} by {size}");
                assert_eq!(
                    told,
                    [(IssueKind::TooLarge, left_out.to_owned())],
                    "{layout:?} by {size}"
                );
            }
        }
        for layout in [Layout::Lines, Layout::Values] {
            let text = format!("{ROW}\n{{\"a\": \n{ROW}");
            let (records, told) = read(text.as_bytes(), layout, 5);
            assert_eq!((records, told.len()), (2, 1), "{layout:?}");
            assert!(told[0].1.ends_with(" 2"), "{told:?}");
        }
    }
}
