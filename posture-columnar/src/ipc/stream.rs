//! Streams of messages: a schema, then dictionaries and batches.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Message, MessageHeader, Schema, root_as_message};
use arrow_schema::{ArrowError, SchemaRef};

use super::check::{check, damaged, length, to_u64, to_usize};

/// What stands before the length of a message, but in old streams.
pub(super) const CONTINUED: [u8; 4] = [0xff; 4];

/// How much is allocated before it was read.
const AHEAD: u64 = 1 << 20;

/// A stream behind its schema.
pub(super) struct Stream<R> {
    reader: R,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    head: Vec<u8>,
}

impl<R: Read> Stream<R> {
    /// Reads the schema.
    pub(super) fn open(mut reader: R) -> Result<Self, ArrowError> {
        let mut head = Vec::new();
        if !read_head(&mut reader, &mut head)? {
            return Err(damaged("the stream is empty, expected a schema"));
        }
        let message = parse(&head)?;
        read_body(&mut reader, &message)?;
        let schema = message.header_as_schema();
        let schema = schema.ok_or_else(|| damaged("the stream does not begin with a schema"))?;
        Ok(Self {
            schema: to_schema(schema)?,
            reader,
            dictionaries: HashMap::new(),
            head,
        })
    }

    /// The schema of every batch.
    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn read(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        while read_head(&mut self.reader, &mut self.head)? {
            let message = parse(&self.head)?;
            let body = read_body(&mut self.reader, &message)?;
            check(&message, &body)?;
            let (version, dictionaries) = (message.version(), &mut self.dictionaries);
            if let Some(batch) = message.header_as_record_batch() {
                let schema = self.schema.clone();
                return read_record_batch(&body, batch, schema, dictionaries, None, &version)
                    .map(Some);
            }
            match message.header_as_dictionary_batch() {
                Some(batch) => {
                    read_dictionary(&body, batch, &self.schema, dictionaries, &version)?;
                }
                None => return Err(unexpected(message.header_type())),
            }
        }
        Ok(None)
    }
}

impl<R: Read> Iterator for Stream<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// A schema, of which the bytes are in the order of this machine.
pub(super) fn to_schema(schema: Schema<'_>) -> Result<SchemaRef, ArrowError> {
    match schema.endianness().equals_to_target_endianness() {
        true => try_fb_to_schema(schema).map(Arc::new),
        false => Err(damaged("big-endian, expected little-endian")),
    }
}

/// A message, without its body.
pub(super) fn parse(head: &[u8]) -> Result<Message<'_>, ArrowError> {
    root_as_message(head).map_err(|error| damaged(format!("no message: {error}")))
}

fn unexpected(kind: MessageHeader) -> ArrowError {
    damaged(format!(
        "a message of kind `{kind:?}`, expected a batch or a dictionary"
    ))
}

/// The head of the next message; false where there is none.
fn read_head(reader: &mut impl Read, head: &mut Vec<u8>) -> Result<bool, ArrowError> {
    head.clear();
    reader.take(4).read_to_end(head)?;
    let mut size = match head.first_chunk() {
        Some(size) => *size,
        None if head.is_empty() => return Ok(false),
        None => return Err(damaged("the stream breaks off before a message")),
    };
    if size == CONTINUED {
        reader.read_exact(&mut size)?;
    }
    let size = length(i32::from_le_bytes(size).into())?;
    head.clear();
    read_exactly(reader, size, head)?;
    Ok(size > 0)
}

fn read_body(reader: &mut impl Read, message: &Message<'_>) -> Result<Buffer, ArrowError> {
    let mut body = Vec::new();
    read_exactly(reader, length(message.bodyLength())?, &mut body)?;
    Ok(body.into())
}

/// So many bytes: no more is allocated than about twice what there is.
pub(super) fn read_exactly(
    reader: &mut impl Read,
    size: u64,
    into: &mut Vec<u8>,
) -> Result<(), ArrowError> {
    into.reserve(to_usize(size.min(AHEAD)));
    let read = reader.take(size).read_to_end(into)?;
    match to_u64(read) == size {
        true => Ok(()),
        false => Err(damaged(format!(
            "{read} bytes are left, expected {size} more"
        ))),
    }
}
