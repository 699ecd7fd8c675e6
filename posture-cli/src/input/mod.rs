//! Files, directories and standard input.
//!
//! Flow logs outgrow memory, everything else does not: other files are read whole, and flow logs
//! are read in chunks once the cluster that they speak of is known.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use posture::columns::ArrowLog;
use posture::{Found, Inspected, Inspection, Intake, RowReader, Tallying};
use posture_core::engine::Engine;
use posture_core::explain::{RowFinder, Rows};
use posture_core::issue::{IssueKind, Issues};
use posture_core::model::Cluster;
use posture_core::report::Report;
use posture_core::request::Request;
use posture_files::Dash;
use posture_formats::detect::{Columnar, Content, HEAD, detect};
use posture_formats::flows::FlowLog;
use tempfile::SpooledTempFile;

use crate::exit::Failure;
use crate::progress::Progress;
pub(crate) use posture_files::{Origin, Source, columnar, unreadable, why};

/// How much of a pipe is kept in memory; what is more goes to a temporary file.
const SPOOLED: usize = 256 * 1024 * 1024;

/// What is found at some paths, but for what flow logs hold.
pub(crate) struct Gathered {
    /// Everything else.
    pub(crate) intake: Intake,
    logs: Logs,
    progress: Progress,
}

/// What has flow logs in it, by name.
#[derive(Default)]
pub(crate) struct Logs(Vec<(String, Held)>);

/// Something with flow logs in it.
enum Held {
    /// A file to be opened again.
    File(PathBuf),
    /// What came out of a pipe.
    Piped(SpooledTempFile),
    /// A flow log that comes out of a pipe: its first bytes, and what follows.
    Pipe(FlowLog, Vec<u8>, Box<dyn Read>),
}

/// Everything there is to read at the given paths.
pub(crate) fn sources(paths: &[PathBuf], issues: &mut Issues) -> Result<Vec<Source>, Failure> {
    posture_files::sources(paths, Dash::Stdin, issues)
        .map_err(|error| Failure::Usage(error.to_string()))
}

/// Reads what is found at the given paths; flow logs are left for later.
pub(crate) fn gather(paths: &[PathBuf]) -> Result<Gathered, Failure> {
    let mut intake = Intake::default();
    let sources = sources(paths, &mut intake.issues)?;
    let mut gathered = Gathered {
        intake,
        logs: Logs::default(),
        progress: Progress::new(sources.iter().map(Source::size).sum()),
    };
    for source in sources {
        let name = source.name.clone();
        if let Err(error) = gathered.read(source) {
            unreadable(&mut gathered.intake.issues, &name, &error);
        }
    }
    Ok(gathered)
}

/// The cluster of what is found at the given paths; flow logs are left aside.
pub(crate) fn cluster(paths: &[PathBuf], request: &Request) -> Result<(Cluster, Issues), Failure> {
    let Gathered {
        mut intake,
        progress,
        ..
    } = gather(paths)?;
    for file in &intake.found {
        if matches!(file.content, Content::FlowLog(_) | Content::Columnar(_)) {
            let why = "a flow log tells nothing of policies, and is not read here";
            intake
                .issues
                .push(IssueKind::UnusedFile, &file.name, "", why);
        }
    }
    progress.finish();
    Ok(intake.cluster(request)?)
}

/// Scores a cluster from what is found at the given paths, flow logs on so many threads.
pub(crate) fn score(
    paths: &[PathBuf],
    request: &Request,
    threads: NonZeroUsize,
) -> Result<Report, Failure> {
    all(paths, request, threads, |all| {
        posture_core::conclude(all.cluster, all.engine, all.tally, request, all.issues)
    })
}

/// Says what is found at the given paths, and how it was joined.
pub(crate) fn inspect(
    paths: &[PathBuf],
    request: &Request,
    threads: NonZeroUsize,
) -> Result<Inspection, Failure> {
    all(paths, request, threads, posture::inspect)
}

/// What is made of all that is found at the given paths.
pub(crate) fn all<T>(
    paths: &[PathBuf],
    request: &Request,
    threads: NonZeroUsize,
    conclude: impl FnOnce(Inspected<'_>) -> T,
) -> Result<T, Failure> {
    with_logs(paths, request, threads, |all, _| conclude(all))
}

/// What is made of all that is found at the given paths, and of what is found in the flow logs once
/// more.
pub(crate) fn with_logs<T>(
    paths: &[PathBuf],
    request: &Request,
    threads: NonZeroUsize,
    conclude: impl FnOnce(Inspected<'_>, &mut Logs) -> T,
) -> Result<T, Failure> {
    let Gathered {
        mut intake,
        mut logs,
        progress,
    } = gather(paths)?;
    let found = std::mem::take(&mut intake.found);
    let (cluster, mut issues) = intake.cluster(request)?;
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let mut tallying = Tallying::new(&cluster, &engine, request.method.evidence, threads);
    for (name, held) in &mut logs.0 {
        if let Err(error) = tally(name, held, &mut tallying, &mut issues, &progress) {
            unreadable(&mut issues, name, &error);
        }
    }
    progress.finish();
    let read = tallying.logs().to_vec();
    let all = Inspected {
        cluster: &cluster,
        engine: &engine,
        tally: &tallying.finish(),
        found,
        logs: &read,
        request,
        issues,
    };
    Ok(conclude(all, &mut logs))
}

/// Reads the flow logs of something that has some.
fn tally(
    name: &str,
    held: &mut Held,
    tallying: &mut Tallying<'_>,
    issues: &mut Issues,
    progress: &Progress,
) -> io::Result<()> {
    match held {
        Held::File(path) => {
            posture_files::tally(name, path, |file| progress.count(file), tallying, issues)?;
        }
        Held::Piped(kept) => {
            kept.rewind()?;
            tallying.read_file(name, kept, issues);
        }
        Held::Pipe(log, first, rest) => {
            tallying.read_log(name, *log, Cursor::new(first).chain(rest), issues);
        }
    }
    Ok(())
}

impl Logs {
    /// The rows behind some edges, once all was tallied. A log that came out of a pipe is gone.
    pub(crate) fn rows(&mut self, all: &Inspected<'_>, finder: RowFinder) -> Rows {
        let evidence = all.request.method.evidence;
        let mut reader = RowReader::new(all.cluster, all.engine, evidence, finder);
        for (name, held) in &mut self.0 {
            if find_rows(name, held, &mut reader).is_err() {
                reader.leave_out(name);
            }
        }
        reader.finish()
    }
}

fn find_rows(name: &str, held: &mut Held, reader: &mut RowReader<'_>) -> io::Result<()> {
    match held {
        Held::File(path) => {
            let file = File::open(&*path)?;
            match columnar(path)? {
                Some(Columnar::Parquet) => reader.read_parquet(name, file),
                Some(Columnar::ArrowFile) => {
                    reader.read_arrow(name, ArrowLog::file(name, BufReader::new(file)));
                }
                Some(Columnar::ArrowStream) => {
                    reader.read_arrow(name, ArrowLog::stream(name, BufReader::new(file)));
                }
                None => reader.read_file(name, BufReader::new(file)),
            }
        }
        Held::Piped(kept) => {
            kept.rewind()?;
            reader.read_file(name, kept);
        }
        Held::Pipe(..) => reader.leave_out(name),
    }
    Ok(())
}

impl Gathered {
    fn read(&mut self, source: Source) -> io::Result<()> {
        let Source { name, origin } = source;
        match origin {
            Origin::File(path, _) => {
                if self.intake.add(&name, open(&path, &self.progress)?) {
                    self.logs.0.push((name, Held::File(path)));
                }
                Ok(())
            }
            Origin::Pipe(path) => self.read_pipe(name, Box::new(File::open(path)?)),
            Origin::Stdin => self.read_pipe(name, Box::new(io::stdin())),
        }
    }

    /// A flow log waits as it is; anything else that comes out of a pipe is kept.
    fn read_pipe(&mut self, name: String, mut pipe: Box<dyn Read>) -> io::Result<()> {
        let mut head = Vec::with_capacity(HEAD);
        pipe.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        if let Content::FlowLog(log) = detect(&head) {
            self.intake
                .found
                .push(Found::new(&name, Content::FlowLog(log)));
            self.logs.0.push((name, Held::Pipe(log, head, pipe)));
            return Ok(());
        }
        let mut kept = SpooledTempFile::new(SPOOLED);
        io::copy(&mut Cursor::new(head).chain(pipe), &mut kept)?;
        kept.rewind()?;
        if self.intake.add(&name, &mut kept) {
            self.logs.0.push((name, Held::Piped(kept)));
        }
        Ok(())
    }
}

pub(crate) fn open(path: &Path, progress: &Progress) -> io::Result<impl Read + Seek + use<>> {
    Ok(progress.count(BufReader::new(File::open(path)?)))
}
