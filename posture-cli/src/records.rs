//! Flow records of files of every format, one after the other.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};

use posture::columns::{ArrowLog, ChunkReader, FileError, ParquetFile};
use posture_core::issue::{IssueKind, Issues};
use posture_core::model::Record;
use posture_formats::archive::{self, Member};
use posture_formats::detect::{Columnar, Content, detect};
use posture_formats::flows::{Chunks, FlowLog, FlowReader};

use crate::input::{self, Origin, Source, unreadable};
use crate::progress::Progress;

/// What is done with a record; what fails ends the reading.
pub(crate) type Each<'e> = &'e mut dyn FnMut(&Record<'_>) -> io::Result<()>;

/// Hands on every record of some files, and of files in archives. Gives how many bytes were read.
pub(crate) fn read(sources: Vec<Source>, issues: &mut Issues, each: Each<'_>) -> io::Result<u64> {
    let progress = Progress::new(sources.iter().map(Source::size).sum());
    let mut reader = RecordReader::new(each);
    for source in sources {
        let name = source.name.clone();
        if let Err(error) = reader.read(source, &progress, issues) {
            unreadable(issues, &name, &error);
        }
        if let Some(error) = reader.failed.take() {
            return Err(error);
        }
    }
    progress.finish();
    Ok(reader.read)
}

/// Hands on every record of a stream.
pub(crate) fn read_stream(
    name: &str,
    stream: impl Read,
    issues: &mut Issues,
    each: Each<'_>,
) -> io::Result<()> {
    let mut reader = RecordReader::new(each);
    reader.read_stream(name, stream, issues);
    reader.failed.map_or(Ok(()), Err)
}

struct RecordReader<'e> {
    each: Each<'e>,
    /// Why the rest is not handed on.
    failed: Option<io::Error>,
    read: u64,
}

impl<'e> RecordReader<'e> {
    fn new(each: Each<'e>) -> Self {
        Self {
            each,
            failed: None,
            read: 0,
        }
    }

    fn read(&mut self, source: Source, progress: &Progress, issues: &mut Issues) -> io::Result<()> {
        let Source { name, origin } = source;
        let (path, size) = match origin {
            Origin::File(path, size) => (path, size),
            Origin::Pipe(path) => {
                self.read_stream(&name, File::open(path)?, issues);
                return Ok(());
            }
            Origin::Stdin => {
                self.read_stream(&name, io::stdin(), issues);
                return Ok(());
            }
        };
        match input::columnar(&path)? {
            Some(Columnar::Parquet) => {
                self.read_bytes(size);
                self.read_parquet(&name, File::open(path)?, issues);
            }
            Some(Columnar::ArrowFile) => {
                self.read_bytes(size);
                self.read_arrow_file(&name, BufReader::new(File::open(path)?), issues);
            }
            Some(Columnar::ArrowStream) | None => {
                let mut each =
                    |member: Member<'_>, issues: &mut Issues| self.read_member(member, issues);
                archive::walk(&name, input::open(&path, progress)?, issues, &mut each);
            }
        }
        Ok(())
    }

    fn read_stream(&mut self, name: &str, stream: impl Read, issues: &mut Issues) {
        let mut each = |member: Member<'_>, issues: &mut Issues| self.read_member(member, issues);
        archive::walk_stream(name, stream, issues, &mut each);
    }

    /// Reads a file, or one in an archive.
    fn read_member(&mut self, member: Member<'_>, issues: &mut Issues) {
        let name = member.name().to_owned();
        let content = detect(member.head());
        match content {
            Content::FlowLog(log) => {
                if let Err(error) = self.read_log(&name, log, member, issues) {
                    unreadable(issues, &name, &error);
                }
            }
            Content::Columnar(kind) => {
                if let Some(bytes) = member.bytes() {
                    self.read_bytes(bytes.len() as u64);
                    self.read_columnar(&name, kind, bytes.into_owned(), issues);
                }
            }
            Content::Archive(_)
            | Content::Packed(_)
            | Content::Documents
            | Content::Empty
            | Content::Binary => {
                let why = "no flow log, so nothing is written of it";
                issues.push(IssueKind::UnusedFile, name, "", why);
            }
        }
    }

    fn read_columnar(&mut self, name: &str, kind: Columnar, bytes: Vec<u8>, issues: &mut Issues) {
        match kind {
            Columnar::Parquet => self.read_parquet(name, bytes::Bytes::from(bytes), issues),
            Columnar::ArrowFile => self.read_arrow_file(name, Cursor::new(bytes), issues),
            Columnar::ArrowStream => {
                self.read_arrow(name, ArrowLog::stream(name, bytes.as_slice()), issues);
            }
        }
    }

    fn read_log(
        &mut self,
        name: &str,
        log: FlowLog,
        stream: impl Read,
        issues: &mut Issues,
    ) -> io::Result<()> {
        let mut reader = FlowReader::new(name, log);
        let mut chunks = Chunks::new(stream, log);
        let mut buffer = Vec::new();
        while let Some(chunk) = chunks.next(buffer)? {
            reader.read(&chunk, issues, &mut |record| self.add(record));
            buffer = chunk.into_buffer();
            self.read_bytes(buffer.len() as u64);
        }
        Ok(())
    }

    fn read_parquet<R: ChunkReader + 'static>(
        &mut self,
        name: &str,
        reader: R,
        issues: &mut Issues,
    ) {
        match ParquetFile::open(name, reader) {
            Ok(file) => {
                file.report_columns(issues);
                file.records(0..file.groups(), issues, &mut |record| self.add(record));
            }
            Err(error) => error.report(name, issues),
        }
    }

    fn read_arrow_file(&mut self, name: &str, file: impl Read + Seek, issues: &mut Issues) {
        self.read_arrow(name, ArrowLog::file(name, file), issues);
    }

    fn read_arrow(
        &mut self,
        name: &str,
        log: Result<ArrowLog<'_>, FileError>,
        issues: &mut Issues,
    ) {
        match log {
            Ok(log) => log.records(issues, &mut |record| self.add(record)),
            Err(error) => error.report(name, issues),
        }
    }

    fn add(&mut self, record: &Record<'_>) {
        if self.failed.is_none() {
            self.failed = (self.each)(record).err();
        }
    }

    fn read_bytes(&mut self, more: u64) {
        self.read = self.read.saturating_add(more);
    }
}
