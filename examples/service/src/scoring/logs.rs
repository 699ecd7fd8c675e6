//! The flow logs of an hour, as streams.

use std::io::{self, Cursor, Read};

use posture::Tallying;
use posture::core::issue::Issues;
use posture::formats::detect::{Content, detect};
use posture::formats::flows::{FlowLog, Layout};
use rusqlite::Connection;

use crate::ingest::flows::FILE;
use crate::store::deliveries;

/// The deliveries of an hour, one after the other.
struct Deliveries<'c> {
    connection: &'c Connection,
    /// Those that were not begun yet.
    left: std::slice::Iter<'c, i64>,
}

/// A delivery, of which the first part is read.
struct Delivery<'c> {
    connection: &'c Connection,
    id: i64,
    /// The last part that was read.
    part: i64,
    content: Content,
    bytes: Cursor<Vec<u8>>,
}

/// Deliveries of which each is lines of one format: as one stream of lines.
struct Lines<'d, 'c> {
    deliveries: &'d mut Deliveries<'c>,
    log: FlowLog,
    current: Delivery<'c>,
    /// The first delivery that is something else.
    other: Option<Delivery<'c>>,
}

/// Tallies some deliveries. Memory is bounded by a part, but for columns and archives.
pub(super) fn read(
    connection: &Connection,
    deliveries: &[i64],
    tallying: &mut Tallying<'_>,
    issues: &mut Issues,
) -> rusqlite::Result<()> {
    let mut deliveries = Deliveries {
        connection,
        left: deliveries.iter(),
    };
    let mut next = deliveries.next()?;
    while let Some(mut delivery) = next.take() {
        match delivery.content {
            Content::FlowLog(log) if log.layout == Layout::Lines => {
                let mut lines = Lines {
                    deliveries: &mut deliveries,
                    log,
                    current: delivery,
                    other: None,
                };
                tallying.read_log(FILE, log, &mut lines, issues);
                next = lines.other;
                if next.is_some() {
                    continue;
                }
            }
            Content::FlowLog(log) => tallying.read_log(FILE, log, &mut delivery, issues),
            _ => {
                let mut bytes = Vec::new();
                delivery.read_to_end(&mut bytes).map_err(failed)?;
                tallying.read_file(FILE, Cursor::new(bytes), issues);
            }
        }
        next = deliveries.next()?;
    }
    Ok(())
}

fn failed(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

impl<'c> Deliveries<'c> {
    fn next(&mut self) -> rusqlite::Result<Option<Delivery<'c>>> {
        let Some(&id) = self.left.next() else {
            return Ok(None);
        };
        let connection = self.connection;
        let first = deliveries::next_part(connection, id, 0)?;
        let (part, bytes) = first.unwrap_or_default();
        Ok(Some(Delivery {
            connection,
            id,
            part,
            content: detect(
                bytes
                    .get(..posture::formats::detect::HEAD)
                    .unwrap_or(&bytes),
            ),
            bytes: Cursor::new(bytes),
        }))
    }
}

impl Read for Delivery<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.bytes.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let next = deliveries::next_part(self.connection, self.id, self.part);
            let Some((part, bytes)) = next.map_err(io::Error::other)? else {
                return Ok(0);
            };
            self.part = part;
            self.bytes = Cursor::new(bytes);
        }
    }
}

impl Read for Lines<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Self {
            deliveries,
            log,
            current,
            other,
        } = self;
        let count = current.read(buffer)?;
        if count > 0 || buffer.is_empty() || other.is_some() {
            return Ok(count);
        }
        match deliveries.next().map_err(io::Error::other)? {
            None => Ok(0),
            Some(next) if next.content == Content::FlowLog(*log) => {
                *current = next;
                // Its first line does not go on with the last one.
                Read::read(&mut b"\n".as_slice(), buffer)
            }
            Some(next) => {
                *other = Some(next);
                Ok(0)
            }
        }
    }
}
