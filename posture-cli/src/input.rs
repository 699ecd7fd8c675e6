//! Files, directories and standard input.
//!
//! Flow logs outgrow memory, everything else does not: other files are read whole, and flow logs
//! are read in chunks once the cluster that they speak of is known.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use posture::Intake;
use posture_core::engine::Engine;
use posture_core::issue::{IssueKind, Issues};
use posture_core::judge::Judge;
use posture_core::model::{Cluster, Record};
use posture_core::report::Report;
use posture_core::request::Request;
use posture_core::tally::Tally;
use posture_formats::detect::{Content, HEAD, detect};
use posture_formats::flows::FlowReader;

use crate::exit::Failure;
use crate::progress::Progress;

/// How much of a flow log is read at a time.
const CHUNK: usize = 4 * 1024 * 1024;

/// How standard input is called in results.
const STDIN: &str = "stdin";

/// Something to read.
struct Source {
    name: String,
    origin: Origin,
}

enum Origin {
    Stdin,
    /// A file that can be opened more than once, and its size in bytes.
    File(PathBuf, u64),
    /// A pipe, such as `<(kubectl get pods -A -o json)`: what was read of it is gone.
    Pipe(PathBuf),
}

/// A flow log that waits for the cluster to be known.
struct FlowLog {
    name: String,
    rest: Rest,
}

enum Rest {
    /// To be opened again.
    File(PathBuf),
    /// Its first bytes, and what follows.
    Stream(Vec<u8>, Box<dyn Read>),
}

/// All that is found at some paths, but for what flow logs hold.
struct Gathered {
    intake: Intake<'static>,
    flow_logs: Vec<FlowLog>,
    progress: Progress,
}

fn gather(paths: &[PathBuf]) -> Result<Gathered, Failure> {
    let mut intake = Intake::default();
    let sources = sources(paths, &mut intake.issues)?;
    let total = sources.iter().map(Source::size).sum();
    let progress = Progress::new(total);

    let mut flow_logs = Vec::new();
    for source in sources {
        let name = source.name.clone();
        if let Err(error) = read(source, &mut intake, &mut flow_logs, &progress) {
            unreadable(&mut intake.issues, &name, &error);
        }
    }
    Ok(Gathered {
        intake,
        flow_logs,
        progress,
    })
}

/// The cluster of what is found at the given paths; flow logs are left aside.
pub(crate) fn cluster(paths: &[PathBuf], request: &Request) -> Result<(Cluster, Issues), Failure> {
    let Gathered {
        mut intake,
        flow_logs,
        progress,
    } = gather(paths)?;
    let unpacked = std::mem::take(&mut intake.flow_logs);
    let names = flow_logs.into_iter().map(|log| log.name);
    for name in names.chain(unpacked.into_iter().map(|(name, _)| name)) {
        let why = "a flow log tells nothing of policies, and is not read here";
        intake.issues.push(IssueKind::UnusedFile, name, "", why);
    }
    progress.finish();
    Ok(intake.cluster(request)?)
}

/// Scores a cluster from what is found at the given paths.
pub(crate) fn score(paths: &[PathBuf], request: &Request) -> Result<Report, Failure> {
    let Gathered {
        mut intake,
        flow_logs,
        progress,
    } = gather(paths)?;
    let unpacked = std::mem::take(&mut intake.flow_logs);
    let (cluster, mut issues) = intake.cluster(request)?;
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let mut judge = Judge::new(&cluster, &engine, request.method.evidence);
    let mut tally = Tally::default();
    let mut each = |record: &Record<'_>| tally.add(record, judge.judge(record));
    for (name, bytes) in &unpacked {
        let mut reader = FlowReader::new(name);
        reader.read(bytes, &mut issues, &mut each);
        reader.finish(&mut issues, &mut each);
    }
    for log in flow_logs {
        let name = log.name.clone();
        if let Err(error) = read_flow_log(log, &mut issues, &mut each, &progress) {
            unreadable(&mut issues, &name, &error);
        }
    }
    progress.finish();
    Ok(posture_core::conclude(
        &cluster, &engine, &tally, request, issues,
    ))
}

impl Source {
    fn size(&self) -> u64 {
        match self.origin {
            Origin::File(_, size) => size,
            Origin::Stdin | Origin::Pipe(_) => 0,
        }
    }
}

/// Everything there is to read, in order of the paths; directories in order of their names.
fn sources(paths: &[PathBuf], issues: &mut Issues) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            if sources
                .iter()
                .any(|source: &Source| matches!(source.origin, Origin::Stdin))
            {
                return Err(Failure::Usage(
                    "`-` is given twice, expected it once".to_owned(),
                ));
            }
            sources.push(Source {
                name: STDIN.to_owned(),
                origin: Origin::Stdin,
            });
            continue;
        }
        if fs::metadata(path).is_err_and(|error| is_missing(&error)) {
            return Err(Failure::Usage(format!(
                "`{}` does not exist, expected a file, a directory or `-` for standard input",
                path.display()
            )));
        }
        let before = sources.len();
        walk(path, &mut sources, issues);
        if sources.len() == before && path.is_dir() {
            issues.push(
                IssueKind::Empty,
                path.display().to_string(),
                "",
                "the directory holds no files",
            );
        }
    }
    Ok(sources)
}

fn walk(path: &Path, sources: &mut Vec<Source>, issues: &mut Issues) {
    let name = path.display().to_string();
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => match entries(path, issues) {
            Ok(entries) => entries
                .iter()
                .for_each(|entry| walk(entry, sources, issues)),
            Err(error) => unreadable(issues, &name, &error),
        },
        Ok(meta) if meta.is_file() => {
            sources.push(Source {
                name,
                origin: Origin::File(path.to_owned(), meta.len()),
            });
        }
        Ok(_) => sources.push(Source {
            name,
            origin: Origin::Pipe(path.to_owned()),
        }),
        Err(error) => unreadable(issues, &name, &error),
    }
}

/// The files and directories of a directory, in order, without hidden ones. Links to directories
/// are left out, since they may lead in a circle; pipes and sockets too, since nobody may write.
fn entries(directory: &Path, issues: &mut Issues) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let left_out = match fs::metadata(entry.path()) {
            Ok(meta) if meta.is_dir() && entry.file_type()?.is_symlink() => {
                Some("a link to a directory is not followed")
            }
            Ok(meta) if !meta.is_dir() && !meta.is_file() => {
                Some("what is neither file nor directory is not read")
            }
            _ => None,
        };
        match left_out {
            Some(why) => {
                let name = entry.path().display().to_string();
                issues.push(IssueKind::UnusedFile, name, "", why);
            }
            None => entries.push(entry.path()),
        }
    }
    entries.sort();
    Ok(entries)
}

/// Reads a source, unless it is a flow log: that one has to wait.
fn read(
    source: Source,
    intake: &mut Intake<'_>,
    flow_logs: &mut Vec<FlowLog>,
    progress: &Progress,
) -> io::Result<()> {
    let mut stream: Box<dyn Read> = match &source.origin {
        Origin::Stdin => Box::new(io::stdin()),
        Origin::File(path, _) | Origin::Pipe(path) => Box::new(File::open(path)?),
    };
    let mut bytes = Vec::with_capacity(HEAD);
    stream.by_ref().take(HEAD as u64).read_to_end(&mut bytes)?;
    if detect(&bytes) == Content::FlowLog {
        let rest = match source.origin {
            Origin::File(path, _) => Rest::File(path),
            Origin::Stdin | Origin::Pipe(_) => Rest::Stream(bytes, stream),
        };
        flow_logs.push(FlowLog {
            name: source.name,
            rest,
        });
        return Ok(());
    }
    progress.add(bytes.len());
    progress.count(stream).read_to_end(&mut bytes)?;
    intake.add(&source.name, bytes.into());
    Ok(())
}

/// Reads a flow log to its end, or to where it cannot be read.
fn read_flow_log(
    log: FlowLog,
    issues: &mut Issues,
    each: &mut impl FnMut(&Record<'_>),
    progress: &Progress,
) -> io::Result<()> {
    let (head, stream): (_, Box<dyn Read>) = match log.rest {
        Rest::File(path) => (Vec::new(), Box::new(File::open(path)?)),
        Rest::Stream(head, stream) => (head, stream),
    };
    let mut stream = progress.count(stream);
    let mut reader = FlowReader::new(&log.name);
    reader.read(&head, issues, each);
    let mut chunk = vec![0; CHUNK];
    let end = loop {
        match stream.read(&mut chunk) {
            Ok(0) => break Ok(()),
            Ok(read) => reader.read(chunk.get(..read).unwrap_or_default(), issues, each),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    reader.finish(issues, each);
    end
}

/// What is wrong with a file: goes on after "the file".
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        kind => format!("cannot be read: {kind}"),
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn unreadable(issues: &mut Issues, name: &str, error: &io::Error) {
    issues.push(
        IssueKind::Unreadable,
        name,
        "",
        format!("the file {}", why(error)),
    );
}
