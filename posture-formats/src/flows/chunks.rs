//! A stream, cut into pieces of whole records.

use std::io::{self, Read};
use std::ops::Range;

use super::layout::{FlowLog, Layout};
use super::values::{End, Scanner};

/// How many bytes are read at a time.
const CHUNK: u64 = 1 << 20;

/// The longest record that is read, in bytes.
pub(super) const LONGEST: usize = 64 << 20;

/// A piece of a flow log: whole records, and where they lie in it.
#[derive(Debug)]
pub struct Chunk {
    pub(super) bytes: Vec<u8>,
    pub(super) records: Records,
}

/// The records of a piece.
#[derive(Debug)]
pub(super) enum Records {
    /// One a line, with so many lines before.
    Lines { before: u64 },
    /// At these places, with so many records before.
    Values {
        before: u64,
        ranges: Vec<Range<usize>>,
    },
    /// One that is longer than [`LONGEST`], left out.
    TooLong { at: String },
    /// None: the log ends after so many records, before its array or answer is closed.
    EndsEarly { after: u64 },
}

/// Cuts a stream into chunks of whole records.
#[derive(Debug)]
pub struct Chunks<R> {
    stream: R,
    /// How many bytes are read at a time.
    size: u64,
    cutter: Cutter,
    /// What was read of a record that is not yet whole.
    rest: Vec<u8>,
    /// The stream is at its end, or broken.
    ended: Option<io::Result<()>>,
}

#[derive(Debug)]
enum Cutter {
    Lines {
        /// Lines cut so far.
        before: u64,
        /// The line that comes is too long: what is left of it is passed over.
        passing: bool,
    },
    Values {
        /// Records cut so far.
        before: u64,
        scanner: Scanner,
    },
}

impl Chunk {
    /// Its memory, to be used again.
    pub fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }
}

impl<R: Read> Chunks<R> {
    /// The chunks of a log.
    pub fn new(stream: R, log: FlowLog) -> Self {
        Self::of_size(CHUNK, stream, log)
    }

    /// The chunks of a log, read so many bytes at a time.
    pub fn of_size(size: u64, stream: R, log: FlowLog) -> Self {
        Self {
            stream,
            size: size.max(1),
            cutter: match log.layout {
                Layout::Lines => Cutter::Lines {
                    before: 0,
                    passing: false,
                },
                Layout::Values => Cutter::Values {
                    before: 0,
                    scanner: Scanner::default(),
                },
            },
            rest: Vec::new(),
            ended: None,
        }
    }

    /// The next chunk, in the memory of an earlier one; none at the end.
    ///
    /// # Errors
    /// What the stream says, after all records that came before it broke.
    pub fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        buffer.clear();
        buffer.append(&mut self.rest);
        while self.ended.is_none() {
            let known = buffer.len();
            buffer.reserve(
                usize::try_from(self.size)
                    .unwrap_or(usize::MAX)
                    .min(LONGEST),
            );
            let read = (&mut self.stream).take(self.size).read_to_end(&mut buffer);
            self.ended = match read {
                Ok(0) => Some(Ok(())),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            };
            if let Some(chunk) = self.cutter.cut(&mut buffer, known, &mut self.rest) {
                return Ok(Some(chunk));
            }
        }
        if let Some(chunk) = self.cutter.finish(buffer) {
            return Ok(Some(chunk));
        }
        match self.ended.replace(Ok(())) {
            Some(Err(error)) => Err(error),
            Some(Ok(())) | None => Ok(None),
        }
    }
}

impl Cutter {
    /// A chunk of what is whole in the buffer, of which `known` bytes were looked at before; the
    /// others become the rest. None, and all stays in the buffer, where nothing is whole yet.
    fn cut(&mut self, buffer: &mut Vec<u8>, known: usize, rest: &mut Vec<u8>) -> Option<Chunk> {
        match self {
            Self::Lines { before, passing } => {
                let newline = buffer
                    .get(known..)
                    .and_then(|new| memchr::memrchr(b'\n', new));
                let Some(newline) = newline else {
                    if buffer.len() > LONGEST {
                        *passing = true;
                        buffer.clear();
                    }
                    return None;
                };
                if *passing {
                    return Some(Self::pass(before, passing, buffer, rest));
                }
                let end = known.saturating_add(newline).saturating_add(1);
                let records = Records::Lines { before: *before };
                let count =
                    memchr::memchr_iter(b'\n', buffer.get(..end).unwrap_or_default()).count();
                *before = before.saturating_add(count as u64);
                rest.extend_from_slice(buffer.get(end..).unwrap_or_default());
                buffer.truncate(end);
                Some(Chunk {
                    bytes: std::mem::take(buffer),
                    records,
                })
            }
            Self::Values { before, scanner } => {
                let ranges = scanner.scan(buffer);
                let open = scanner.forget_before(buffer.len());
                if ranges.is_empty() {
                    buffer.drain(..open);
                    if buffer.len() <= LONGEST {
                        return None;
                    }
                    scanner.give_up();
                    *before = before.saturating_add(1);
                    return Some(too_long(format!("record {before}"), std::mem::take(buffer)));
                }
                rest.extend_from_slice(buffer.get(open..).unwrap_or_default());
                buffer.truncate(open);
                let records = Records::Values {
                    before: *before,
                    ranges,
                };
                if let Records::Values { ranges, .. } = &records {
                    *before = before.saturating_add(ranges.len() as u64);
                }
                Some(Chunk {
                    bytes: std::mem::take(buffer),
                    records,
                })
            }
        }
    }

    /// The end of a line that is too long.
    fn pass(
        before: &mut u64,
        passing: &mut bool,
        buffer: &mut Vec<u8>,
        rest: &mut Vec<u8>,
    ) -> Chunk {
        *before = before.saturating_add(1);
        *passing = false;
        let end =
            memchr::memchr(b'\n', buffer).map_or(buffer.len(), |newline| newline.saturating_add(1));
        rest.extend_from_slice(buffer.get(end..).unwrap_or_default());
        too_long(format!("line {before}"), std::mem::take(buffer))
    }

    /// What is left at the end of the stream.
    fn finish(&mut self, buffer: Vec<u8>) -> Option<Chunk> {
        match self {
            Self::Lines { before, passing } => {
                let records = Records::Lines { before: *before };
                *before = before.saturating_add(1);
                if std::mem::take(passing) {
                    return Some(too_long(format!("line {before}"), buffer));
                }
                (!buffer.is_empty()).then_some(Chunk {
                    bytes: buffer,
                    records,
                })
            }
            Self::Values { before, scanner } => {
                let records = match scanner.finish() {
                    End::Whole => return None,
                    End::TooEarly => Records::EndsEarly { after: *before },
                    End::InRecord(open) => {
                        let last = open..buffer.len();
                        Records::Values {
                            before: *before,
                            ranges: vec![last],
                        }
                    }
                };
                Some(Chunk {
                    bytes: buffer,
                    records,
                })
            }
        }
    }
}

fn too_long(at: String, bytes: Vec<u8>) -> Chunk {
    Chunk {
        bytes,
        records: Records::TooLong { at },
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::FlowFormat;
    use super::super::lines;
    use super::*;

    /// The places and texts of the records of a log, read in chunks of a size.
    fn records(text: &[u8], layout: Layout, size: u64) -> Vec<(String, String)> {
        let format = FlowFormat::Calico;
        let mut chunks = Chunks::of_size(size, text, FlowLog { format, layout });
        let (mut found, mut buffer) = (Vec::new(), Vec::new());
        while let Some(chunk) = chunks.next(buffer).unwrap() {
            let texts: Vec<&[u8]> = match &chunk.records {
                Records::Lines { .. } => lines::of(&chunk.bytes).collect(),
                Records::Values { ranges, .. } => {
                    let of = |range: &Range<usize>| &chunk.bytes[range.clone()];
                    ranges.iter().map(of).collect()
                }
                other => panic!("{other:?}"),
            };
            let (Records::Lines { before } | Records::Values { before, .. }) = chunk.records else {
                panic!("too long");
            };
            for (number, text) in (before + 1..).zip(texts) {
                if !text.trim_ascii().is_empty() {
                    found.push((
                        number.to_string(),
                        String::from_utf8_lossy(text).into_owned(),
                    ));
                }
            }
            buffer = chunk.into_buffer();
        }
        found
    }

    #[test]
    fn chunks_do_not_matter() {
        for (layout, text, count) in [
            (
                Layout::Lines,
                "{\"a\": 1}\n\n{\"b\": 2}\r\n\n{\"c\": {}}",
                3,
            ),
            (Layout::Lines, "one\ntwo\n", 2),
            (
                Layout::Values,
                "[{\"a\": \"]\"},\n {\"b\": [{}]}]{\"c\": 3}\n{\"cut\": [",
                4,
            ),
            (Layout::Values, "x\"y\" {\"a\": 1}z\"\"\n\"b", 4),
        ] {
            let whole = records(text.as_bytes(), layout, 1000);
            assert_eq!(whole.len(), count, "{text}");
            for size in 1..=text.len() as u64 {
                assert_eq!(
                    records(text.as_bytes(), layout, size),
                    whole,
                    "{text} by {size}"
                );
            }
        }
    }

    #[test]
    fn a_broken_stream_gives_what_came_before() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::InvalidData.into())
            }
        }
        let log = FlowLog {
            format: FlowFormat::Calico,
            layout: Layout::Lines,
        };
        let mut chunks = Chunks::new(b"{}\n{\"cut".chain(Broken), log);
        let first = chunks.next(Vec::new()).unwrap().unwrap();
        assert_eq!(first.bytes, b"{}\n");
        let second = chunks.next(Vec::new()).unwrap().unwrap();
        assert_eq!(second.bytes, b"{\"cut");
        assert!(chunks.next(Vec::new()).is_err());
        assert!(chunks.next(Vec::new()).unwrap().is_none());
    }
}
