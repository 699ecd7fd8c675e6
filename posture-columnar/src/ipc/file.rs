//! Files: the footer at their end says where the batches are.

use std::io::{Read, Seek, SeekFrom};
use std::vec;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, root_as_footer};
use arrow_schema::{ArrowError, SchemaRef};

use super::check::{check, damaged, length, to_u64, to_usize};
use super::stream::{CONTINUED, parse, read_exactly, to_schema};

/// What ends a file: the length of the footer, and `ARROW1`.
const TAIL: u64 = 10;

/// A file behind its dictionaries.
pub(super) struct File<R> {
    reader: R,
    schema: SchemaRef,
    decoder: FileDecoder,
    batches: vec::IntoIter<Block>,
}

impl<R: Read + Seek> File<R> {
    /// Reads the footer, and the dictionaries.
    pub(super) fn open(mut reader: R) -> Result<Self, ArrowError> {
        let size = reader.seek(SeekFrom::End(0))?;
        let Some(end) = size.checked_sub(TAIL) else {
            return Err(damaged("the file ends before its footer"));
        };
        let mut tail = [0; 10];
        reader.seek(SeekFrom::Start(end))?;
        reader.read_exact(&mut tail)?;
        let footer_size = to_u64(read_footer_length(tail)?);
        let Some(start) = end.checked_sub(footer_size) else {
            return Err(damaged("the footer is longer than the file"));
        };
        let mut footer = Vec::new();
        reader.seek(SeekFrom::Start(start))?;
        read_exactly(&mut reader, footer_size, &mut footer)?;
        let footer =
            root_as_footer(&footer).map_err(|error| damaged(format!("no footer: {error}")))?;
        let schema = footer.schema();
        let schema = to_schema(schema.ok_or_else(|| damaged("the footer has no schema"))?)?;
        let batches = footer.recordBatches();
        let batches = batches.ok_or_else(|| damaged("the footer has no batches"))?;
        let batches: Vec<Block> = batches.iter().copied().collect();
        let dictionaries: Vec<Block> = footer
            .dictionaries()
            .into_iter()
            .flatten()
            .copied()
            .collect();
        check_blocks(batches.iter().chain(&dictionaries), size)?;

        let mut decoder = FileDecoder::new(schema.clone(), footer.version());
        for block in &dictionaries {
            let bytes = read_block(&mut reader, block)?;
            decoder.read_dictionary(block, &bytes)?;
        }
        Ok(Self {
            reader,
            schema,
            decoder,
            batches: batches.into_iter(),
        })
    }

    /// The schema of every batch.
    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn read(&mut self, block: &Block) -> Result<RecordBatch, ArrowError> {
        let bytes = read_block(&mut self.reader, block)?;
        let batch = self.decoder.read_record_batch(block, &bytes)?;
        batch.ok_or_else(|| damaged("a block holds no batch"))
    }
}

impl<R: Read + Seek> Iterator for File<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.batches.next()?;
        Some(self.read(&block))
    }
}

/// Blocks are in the file, and none twice.
fn check_blocks<'b>(blocks: impl Iterator<Item = &'b Block>, file: u64) -> Result<(), ArrowError> {
    let mut all = 0_u64;
    for block in blocks {
        let size =
            length(block.metaDataLength().into())?.saturating_add(length(block.bodyLength())?);
        all = all.saturating_add(size);
        if length(block.offset())?.saturating_add(size) > file || all > file {
            return Err(damaged("the blocks are larger than the file"));
        }
    }
    Ok(())
}

/// The bytes of a block, of which the message fits its body.
fn read_block(reader: &mut (impl Read + Seek), block: &Block) -> Result<Buffer, ArrowError> {
    let head = length(block.metaDataLength().into())?;
    let size = head.saturating_add(length(block.bodyLength())?);
    let mut bytes = Vec::new();
    reader.seek(SeekFrom::Start(length(block.offset())?))?;
    read_exactly(reader, size, &mut bytes)?;
    let Some((head, body)) = bytes.split_at_checked(to_usize(head)) else {
        return Err(damaged("a block ends before its message"));
    };
    let skipped = match head.starts_with(&CONTINUED) {
        true => 8,
        false => 4,
    };
    match head.get(skipped..) {
        Some(message) => check(&parse(message)?, body)?,
        None => return Err(damaged("a block ends before its message")),
    }
    Ok(bytes.into())
}
