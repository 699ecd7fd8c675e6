//! Flow logs that are read apart.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use posture_core::issue::Issues;
use posture_core::model::{
    Action, End, EndKind, Labels, Protocol, Record, Reporter, ServiceRef, Traces,
};
use posture_formats::detect::{Content, detect};
use posture_formats::flows::{Chunks, FlowReader};
use rustc_hash::FxHashMap;

use super::{NotApart, head};
use crate::told::Told;

/// The records of a flow log, and what must be told about it. Logs repeat their texts: each is here once, and so are
/// labels and traces that records share.
#[derive(Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Traffic {
    pub(crate) issues: Issues,
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
    /// Reads a flow log in lines or JSON; none where the file is no such log. From time to time `progress` is told how
    /// many bytes were read.
    pub fn read(name: &str, bytes: &[u8], progress: &mut dyn FnMut(usize)) -> Option<Self> {
        let Content::FlowLog(log) = detect(head(bytes)) else {
            return None;
        };
        let (mut recorder, mut issues) = (Recorder::default(), Issues::default());
        let mut chunks = Chunks::new(Told::new(bytes, 0, progress), log);
        let mut reader = FlowReader::new(name, log);
        let mut buffer = Vec::new();
        // memory does not fail
        while let Ok(Some(chunk)) = chunks.next(buffer) {
            reader.read(&chunk, &mut issues, &mut |record| recorder.add(record));
            buffer = chunk.into_buffer();
        }
        Some(Self {
            issues,
            ..recorder.traffic
        })
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
    pub(crate) fn records(&self) -> impl Iterator<Item = Option<Record<'_>>> {
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
