//! From flow logs to a tally, on one thread or on several.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, TrySendError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use posture_core::engine::Engine;
use posture_core::issue::{IssueKind, Issues};
use posture_core::judge::Judge;
use posture_core::model::{Cluster, Evidence, Record};
use posture_core::tally::Tally;
use posture_formats::archive;
use posture_formats::detect::Content;
use posture_formats::flows::{Chunk, Chunks, FlowLog, FlowReader};

#[cfg(feature = "apart")]
use crate::apart::Traffic;

/// Judges and tallies the records of flow logs. The result is the same, to the byte, for any number
/// of threads: a tally does not depend on the order of records.
#[derive(Debug)]
pub struct Tallying<'c> {
    #[cfg(feature = "columnar")]
    pub(crate) cluster: &'c Cluster,
    #[cfg(feature = "columnar")]
    pub(crate) engine: &'c Engine,
    pub(crate) first: Worker<'c>,
    pub(crate) others: Vec<Worker<'c>>,
    /// What was read so far, log by log.
    logs: Vec<LogRead>,
}

/// A flow log, and what was read of it.
#[derive(Clone, Debug)]
pub struct LogRead {
    /// Its name.
    pub name: String,
    /// How many records it has.
    pub records: u64,
}

/// What one thread remembers from log to log.
#[derive(Debug)]
pub(crate) struct Worker<'c> {
    pub(crate) judge: Judge<'c>,
    pub(crate) tally: Tally,
}

/// A piece of a log and its number.
type Numbered = (u64, Chunk);

impl<'c> Tallying<'c> {
    /// Tallies for a cluster and the engine of its policies.
    pub fn new(
        cluster: &'c Cluster,
        engine: &'c Engine,
        evidence: Evidence,
        threads: NonZeroUsize,
    ) -> Self {
        let worker = || Worker {
            judge: Judge::new(cluster, engine, evidence),
            tally: Tally::default(),
        };
        Self {
            #[cfg(feature = "columnar")]
            cluster,
            #[cfg(feature = "columnar")]
            engine,
            first: worker(),
            others: (1..threads.get()).map(|_| worker()).collect(),
            logs: Vec::new(),
        }
    }

    /// Reads every flow log of a file or archive, and nothing else in it. Issues are about these
    /// logs alone.
    pub fn read_file<R: Read + Seek>(&mut self, name: &str, content: R, issues: &mut Issues) {
        let (mut logs, mut all) = (BTreeSet::new(), Issues::default());
        archive::walk(name, content, &mut all, &mut |member, _| {
            let name = member.name().to_owned();
            match member.content() {
                Content::FlowLog(log) => self.read_log(&name, log, member, issues),
                #[cfg(feature = "columnar")]
                Content::Columnar(kind) => {
                    if let Some(bytes) = member.bytes() {
                        self.read_columnar(&name, kind, bytes, issues);
                    }
                }
                _ => return,
            }
            logs.insert(name);
        });
        all.retain_files(|file| logs.contains(file));
        issues.extend(all);
    }

    /// Reads a flow log to its end, or to where it cannot be read, which is an issue. This thread
    /// reads the stream, and records too where the others have enough to do.
    pub fn read_log<R: Read>(&mut self, name: &str, log: FlowLog, stream: R, issues: &mut Issues) {
        let before = self.records();
        let Self { first, others, .. } = self;
        let told = Mutex::new(Told::new(issues));
        let (sender, receiver) = mpsc::sync_channel(others.len().saturating_mul(2));
        let (used, buffers) = mpsc::channel();
        let receiver = Mutex::new(receiver);
        let end = thread::scope(|scope| {
            for worker in others {
                let (told, receiver, used) = (&told, &receiver, used.clone());
                let mut reader = FlowReader::new(name, log);
                scope.spawn(move || {
                    let next = || lock(receiver).recv();
                    while let Ok(chunk) = next() {
                        // Nobody takes buffers back once the stream is at its end.
                        let _ = used.send(worker.read(&mut reader, chunk, told));
                    }
                });
            }
            let mut reader = FlowReader::new(name, log);
            let mut hand_on = |chunk: Numbered| match sender.try_send(chunk) {
                Ok(()) => {}
                Err(TrySendError::Full(chunk) | TrySendError::Disconnected(chunk)) => {
                    let _ = used.send(first.read(&mut reader, chunk, &told));
                }
            };
            let end = cut(stream, log, &buffers, &mut hand_on);
            drop(sender);
            end
        });
        if let Err(error) = end {
            issues.push(
                IssueKind::Unreadable,
                name,
                "",
                format!("cannot be read: {error}"),
            );
        }
        self.note(name, before);
    }

    /// Tallies a log that was read apart.
    #[cfg(feature = "apart")]
    pub(crate) fn read_traffic(&mut self, traffic: Traffic, issues: &mut Issues) {
        // each has all that it refers to: that was seen when its bytes were read
        for record in traffic.records().flatten() {
            self.first.add(&record);
        }
        issues.extend(traffic.issues);
    }

    /// What was read so far, log by log.
    pub fn logs(&self) -> &[LogRead] {
        &self.logs
    }

    /// Notes a log, before which so many records were read.
    pub(crate) fn note(&mut self, name: &str, before: u64) {
        self.logs.push(LogRead {
            name: name.to_owned(),
            records: self.records().saturating_sub(before),
        });
    }

    /// How many records were read so far.
    pub(crate) fn records(&self) -> u64 {
        let others = self.others.iter();
        let all = std::iter::once(&self.first).chain(others);
        all.map(|worker| worker.tally.records.total).sum()
    }

    /// The tally of all that was read.
    pub fn finish(self) -> Tally {
        let mut tally = self.first.tally;
        for worker in self.others {
            tally.merge(worker.tally);
        }
        tally
    }
}

/// Cuts a stream into numbered chunks.
fn cut<R: Read>(
    stream: R,
    log: FlowLog,
    buffers: &mpsc::Receiver<Vec<u8>>,
    each: &mut dyn FnMut(Numbered),
) -> io::Result<()> {
    let mut chunks = Chunks::new(stream, log);
    let mut number = 0_u64;
    while let Some(chunk) = chunks.next(buffers.try_recv().unwrap_or_default())? {
        each((number, chunk));
        number = number.saturating_add(1);
    }
    Ok(())
}

impl Worker<'_> {
    /// Reads the records of a chunk, and gives its memory back.
    fn read(
        &mut self,
        reader: &mut FlowReader,
        (number, chunk): Numbered,
        told: &Mutex<Told<'_>>,
    ) -> Vec<u8> {
        let mut issues = Issues::default();
        reader.read(&chunk, &mut issues, &mut |record| self.add(record));
        lock(told).add(number, issues);
        chunk.into_buffer()
    }

    fn add(&mut self, record: &Record<'_>) {
        let judged = self.judge.judge(record);
        self.tally.add(record, judged);
    }
}

/// The issues of chunks, in the order of the chunks.
struct Told<'i> {
    issues: &'i mut Issues,
    /// The chunk whose issues come next.
    next: u64,
    /// Issues of chunks that were read before earlier ones.
    early: BTreeMap<u64, Issues>,
}

impl<'i> Told<'i> {
    fn new(issues: &'i mut Issues) -> Self {
        Self {
            issues,
            next: 0,
            early: BTreeMap::new(),
        }
    }

    fn add(&mut self, number: u64, issues: Issues) {
        self.early.insert(number, issues);
        while let Some(issues) = self.early.remove(&self.next) {
            self.issues.extend(issues);
            self.next = self.next.saturating_add(1);
        }
    }
}

/// What a lock guards is whole even where a thread that held it has panicked: each change is one
/// step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
