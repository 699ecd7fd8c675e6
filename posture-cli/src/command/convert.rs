//! `posture convert`: writes flow logs in columns.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use clap::Args;
use posture::columns::{ArrowLog, ChunkReader, FileError, Form, ParquetFile, Writer};
use posture_core::issue::{IssueKind, Issues, Severity};
use posture_core::model::Record;
use posture_formats::archive::{self, Member};
use posture_formats::detect::{Columnar, Content, detect};
use posture_formats::flows::{Chunks, FlowLog, FlowReader};

use crate::exit::{Failure, Outcome};
use crate::input::{self, Origin, Source, unreadable};
use crate::output::{print, width};
use crate::progress::Progress;
use crate::render::{self, Converted};

/// Write flow logs in columns: a file that is a fiftieth of the size and read many times as fast
///
/// Reads flow logs of every format, and those in Parquet or Arrow files. The score of the new file is
/// that of the logs it was written from.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::STRICT_CODES)]
pub(crate) struct Arguments {
    /// Flow logs, directories or archives of them, or `-` for standard input
    #[arg(value_name = "FLOWS", required = true)]
    paths: Vec<PathBuf>,

    /// The file that is written: Parquet, or Arrow where its name ends in `.arrow`
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Replace the file where there is one
    #[arg(long)]
    force: bool,

    /// Exit with 4 when there are warnings
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let form = form(&arguments.output)?;
    if arguments.output.exists() && !arguments.force {
        return Err(Failure::Usage(format!(
            "`{}` exists, expected a new file, or `--force` to replace it",
            arguments.output.display()
        )));
    }
    let mut issues = Issues::default();
    let sources = input::sources(&arguments.paths, &mut issues)?;
    // What breaks off leaves nothing behind under the name that was asked for.
    let partial = partial(&arguments.output);
    let mut done = Converted {
        records: 0,
        read: 0,
        written: 0,
        file: arguments.output.display().to_string(),
    };
    let written = write(sources, form, &partial, &mut done, &mut issues);
    if written.is_err() || done.records == 0 {
        // It may not even have been made.
        let _ = fs::remove_file(&partial);
    }
    written?;
    if done.records == 0 {
        print(&render::unconverted(&issues.into_list(), width()))?;
        let file = &done.file;
        let message = format!("no flow records were read, so `{file}` is not written");
        return Err(Failure::Nothing(message));
    }
    fs::rename(&partial, &arguments.output)?;
    let warnings = issues.count(Severity::Warning);
    print(&render::converted(&done, &issues.into_list(), width()))?;
    Ok(match arguments.strict && warnings > 0 {
        true => Outcome::Warnings,
        false => Outcome::Done,
    })
}

fn form(path: &Path) -> Result<Form, Failure> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        Some("parquet") => Ok(Form::Parquet),
        Some("arrow" | "feather" | "ipc") => Ok(Form::Arrow),
        _ => Err(Failure::Usage(format!(
            "`--output {}`: expected a name that ends in `.parquet` or `.arrow`",
            path.display()
        ))),
    }
}

fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

fn write(
    sources: Vec<Source>,
    form: Form,
    partial: &Path,
    done: &mut Converted,
    issues: &mut Issues,
) -> io::Result<()> {
    let progress = Progress::new(sources.iter().map(Source::size).sum());
    let mut conversion = Conversion {
        writer: Writer::new(form, BufWriter::new(File::create(partial)?))?,
        failed: None,
        read: 0,
    };
    for source in sources {
        let name = source.name.clone();
        if let Err(error) = conversion.read(source, &progress, issues) {
            unreadable(issues, &name, &error);
        }
        if let Some(error) = conversion.failed.take() {
            return Err(error);
        }
    }
    progress.finish();
    let (out, rows) = conversion.writer.finish()?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    done.records = rows;
    done.read = conversion.read;
    done.written = file.metadata()?.len();
    Ok(())
}

struct Conversion {
    writer: Writer<BufWriter<File>>,
    /// Why the rest is not written.
    failed: Option<io::Error>,
    read: u64,
}

impl Conversion {
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
                    self.read_columnar(&name, kind, bytes, issues);
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
            self.failed = self.writer.write(record).err();
        }
    }

    fn read_bytes(&mut self, more: u64) {
        self.read = self.read.saturating_add(more);
    }
}
