//! Flow logs that are read apart.

use std::borrow::Cow;
use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
#[cfg(feature = "columnar")]
use bytes::Bytes;
#[cfg(feature = "columnar")]
use posture_columnar::{ArrowLog, ParquetFile};
use posture_core::issue::Issues;
use posture_core::model::{
    Action, End, EndKind, Labels, Protocol, Record, Reporter, ServiceRef, Traces,
};
#[cfg(feature = "columnar")]
use posture_formats::detect::Columnar;
use posture_formats::detect::Content;
use posture_formats::flows::{Chunks, FlowLog, FlowReader};
use rustc_hash::FxHashMap;

use super::NotApart;
use crate::logs::{each_log, tell_of_end};
use crate::tallying::Tallying;
use crate::told::Told;

/// The records of flow logs, and what must be told about them. Logs repeat their texts, labels and traces: each
/// is here once.
#[derive(Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Traffic {
    issues: Issues,
    texts: Vec<Box<str>>,
    labels: Vec<Arc<Labels>>,
    traces: Vec<Arc<Traces>>,
    rows: Vec<Row>,
}

/// A place in one of the lists.
type Place = u32;

/// A record by places.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
struct Row {
    start: i64,
    end: i64,
    action: Action,
    reporter: Reporter,
    protocol: Protocol,
    source: RowEnd,
    destination: RowEnd,
    /// Namespace and name.
    service: Option<(Place, Place)>,
    domains: Vec<Place>,
    traces: Place,
    connections: u64,
    bytes: u64,
}

/// An end by places.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
struct RowEnd {
    kind: EndKind,
    namespace: Option<Place>,
    name: Option<Place>,
    aggregate: Option<Place>,
    address: Option<IpAddr>,
    port: Option<u16>,
    labels: Option<Place>,
}

impl Traffic {
    /// Reads every flow log of a file or archive, and nothing else in it. From time to time `progress` is told
    /// how many bytes were read.
    pub fn read(name: &str, bytes: &[u8], progress: &mut dyn FnMut(usize)) -> Self {
        let (mut recorder, mut issues) = (Recorder::default(), Issues::default());
        each_log(
            name,
            Told::new(bytes, 0, progress),
            &mut issues,
            &mut |name, member, issues| match member.content() {
                Content::FlowLog(log) => recorder.read_log(name, log, member, issues),
                #[cfg(feature = "columnar")]
                Content::Columnar(kind) => {
                    if let Some(bytes) = member.bytes() {
                        recorder.read_columnar(name, kind, bytes.into_owned(), issues);
                    }
                }
                _ => {}
            },
        );
        Self {
            issues,
            ..recorder.traffic
        }
    }

    /// The traffic as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::written(self)
    }

    /// The traffic that [`Traffic::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotApart`] for other bytes, or those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotApart> {
        let traffic: Self = super::read(bytes)?;
        match traffic.records().flatten().count() == traffic.rows.len() {
            true => Ok(traffic),
            false => Err(NotApart::Place),
        }
    }

    /// The records, each if all of its places are there.
    fn records(&self) -> impl Iterator<Item = Option<Record<'_>>> {
        self.rows.iter().map(|row| self.record(row))
    }

    fn record(&self, row: &Row) -> Option<Record<'_>> {
        Some(Record {
            start: row.start,
            end: row.end,
            action: row.action,
            reporter: row.reporter,
            protocol: row.protocol,
            source: self.end(&row.source)?,
            destination: self.end(&row.destination)?,
            service: match row.service {
                Some((namespace, name)) => Some(ServiceRef {
                    namespace: self.text(namespace)?,
                    name: self.text(name)?,
                }),
                None => None,
            },
            domains: row
                .domains
                .iter()
                .map(|place| self.text(*place).map(Cow::Borrowed))
                .collect::<Option<_>>()?,
            traces: at(&self.traces, row.traces)?.clone(),
            connections: row.connections,
            bytes: row.bytes,
        })
    }

    fn end(&self, end: &RowEnd) -> Option<End<'_>> {
        let text = |place: Option<Place>| match place {
            Some(place) => self.text(place).map(Some),
            None => Some(None),
        };
        Some(End {
            kind: end.kind,
            namespace: text(end.namespace)?,
            name: text(end.name)?,
            aggregate: text(end.aggregate)?,
            address: end.address,
            port: end.port,
            labels: match end.labels {
                Some(place) => Some(at(&self.labels, place)?.clone()),
                None => None,
            },
        })
    }

    fn text(&self, place: Place) -> Option<&str> {
        at(&self.texts, place).map(|text| &**text)
    }
}

impl Tallying<'_> {
    /// Tallies what was read apart.
    pub fn read_traffic(&mut self, traffic: Traffic, issues: &mut Issues) {
        // all of them are there: it was looked at when its bytes were read
        for record in traffic.records().flatten() {
            self.first.add(&record);
        }
        issues.extend(traffic.issues);
    }
}

fn at<T>(list: &[T], place: Place) -> Option<&T> {
    list.get(usize::try_from(place).ok()?)
}

/// Adds to a list, and says at which place. Past the last place there is none, which is told when the bytes are read.
fn add<T>(list: &mut Vec<T>, value: T) -> Place {
    list.push(value);
    Place::try_from(list.len().saturating_sub(1)).unwrap_or(Place::MAX)
}

/// Gathers traffic.
#[derive(Default)]
struct Recorder {
    traffic: Traffic,
    texts: FxHashMap<Box<str>, Place>,
    /// By their addresses, which stay theirs: what is in a list is not freed.
    labels: FxHashMap<usize, Place>,
    traces: FxHashMap<usize, Place>,
}

impl Recorder {
    fn read_log<R: Read>(&mut self, name: &str, log: FlowLog, stream: R, issues: &mut Issues) {
        let mut chunks = Chunks::new(stream, log);
        let mut reader = FlowReader::new(name, log);
        let mut read = || -> io::Result<()> {
            let mut buffer = Vec::new();
            while let Some(chunk) = chunks.next(buffer)? {
                reader.read(&chunk, issues, &mut |record| self.add(record));
                buffer = chunk.into_buffer();
            }
            Ok(())
        };
        let end = read();
        tell_of_end(end, name, issues);
    }

    #[cfg(feature = "columnar")]
    fn read_columnar(&mut self, name: &str, kind: Columnar, bytes: Vec<u8>, issues: &mut Issues) {
        let each = &mut |record: &Record<'_>| self.add(record);
        let log = match kind {
            Columnar::Parquet => {
                match ParquetFile::open(name, Bytes::from(bytes)) {
                    Ok(log) => {
                        log.report_columns(issues);
                        log.records(0..log.groups(), issues, each);
                    }
                    Err(error) => error.report(name, issues),
                }
                return;
            }
            Columnar::ArrowFile => ArrowLog::file(name, io::Cursor::new(bytes)),
            Columnar::ArrowStream => ArrowLog::stream(name, io::Cursor::new(bytes)),
        };
        match log {
            Ok(log) => log.records(issues, each),
            Err(error) => error.report(name, issues),
        }
    }

    fn add(&mut self, record: &Record<'_>) {
        let row = Row {
            start: record.start,
            end: record.end,
            action: record.action,
            reporter: record.reporter,
            protocol: record.protocol,
            source: self.end(&record.source),
            destination: self.end(&record.destination),
            service: record
                .service
                .map(|service| (self.text(service.namespace), self.text(service.name))),
            domains: record
                .domains
                .iter()
                .map(|domain| self.text(domain))
                .collect(),
            traces: shared(&mut self.traces, &mut self.traffic.traces, &record.traces),
            connections: record.connections,
            bytes: record.bytes,
        };
        self.traffic.rows.push(row);
    }

    fn end(&mut self, end: &End<'_>) -> RowEnd {
        let labels = end.labels.as_ref();
        RowEnd {
            kind: end.kind,
            namespace: end.namespace.map(|text| self.text(text)),
            name: end.name.map(|text| self.text(text)),
            aggregate: end.aggregate.map(|text| self.text(text)),
            address: end.address,
            port: end.port,
            labels: labels.map(|labels| shared(&mut self.labels, &mut self.traffic.labels, labels)),
        }
    }

    fn text(&mut self, text: &str) -> Place {
        if let Some(place) = self.texts.get(text) {
            return *place;
        }
        let place = add(&mut self.traffic.texts, text.into());
        self.texts.insert(text.into(), place);
        place
    }
}

/// The place of a value that records share.
fn shared<T>(
    places: &mut FxHashMap<usize, Place>,
    list: &mut Vec<Arc<T>>,
    value: &Arc<T>,
) -> Place {
    *places
        .entry(Arc::as_ptr(value).addr())
        .or_insert_with(|| add(list, Arc::clone(value)))
}
