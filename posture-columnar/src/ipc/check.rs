//! What a message of Arrow says of itself, held against its size: nothing is allocated that it cannot
//! hold.

use arrow_ipc::{CompressionType, Message, RecordBatch};
use arrow_schema::ArrowError;

/// What the values of one message may take at least, in bytes.
const VALUES: u64 = 1 << 30;

/// And how many times its own size, where that is more.
const TIMES: u64 = 100;

/// Why a file cannot be read on.
pub(super) fn damaged(why: impl Into<String>) -> ArrowError {
    ArrowError::IpcError(why.into())
}

/// A length that is none where it is negative.
pub(super) fn length(length: i64) -> Result<u64, ArrowError> {
    u64::try_from(length).map_err(|_| damaged(format!("`{length}` is no length")))
}

/// Checks a message against what follows it.
pub(super) fn check(message: &Message<'_>, body: &[u8]) -> Result<(), ArrowError> {
    let batch = message.header_as_dictionary_batch();
    let batch = match batch {
        Some(dictionary) => dictionary.data(),
        None => message.header_as_record_batch(),
    };
    batch.map_or(Ok(()), |batch| check_batch(&batch, body))
}

fn check_batch(batch: &RecordBatch<'_>, body: &[u8]) -> Result<(), ArrowError> {
    let codec = batch.compression().map(|compression| compression.codec());
    let (mut stored, mut values) = (0_u64, 0_u64);
    for buffer in batch.buffers().into_iter().flatten() {
        let (start, size) = (length(buffer.offset())?, length(buffer.length())?);
        let range = to_usize(start)..to_usize(start.saturating_add(size));
        let Some(bytes) = body.get(range) else {
            return Err(damaged("a buffer goes on behind the end of its message"));
        };
        stored = stored.saturating_add(size);
        values = values.saturating_add(match codec {
            Some(codec) => unpacked(bytes, codec)?,
            None => size,
        });
    }
    if values > VALUES.max(stored.min(to_u64(body.len())).saturating_mul(TIMES)) {
        return Err(damaged(format!("a batch would unpack to {values} bytes")));
    }
    // A value takes a bit at least; of columns that hold nothing but nulls no row is a record.
    let rows = length(batch.length())?;
    if rows > values.saturating_mul(8) {
        return Err(damaged(format!("a batch of {rows} rows holds no values")));
    }
    Ok(())
}

/// How long a compressed buffer says that it is, where that can be.
fn unpacked(bytes: &[u8], codec: CompressionType) -> Result<u64, ArrowError> {
    let Some((first, packed)) = bytes.split_first_chunk() else {
        return match bytes.is_empty() {
            true => Ok(0),
            false => Err(damaged("a compressed buffer is too short for its length")),
        };
    };
    let packed = to_u64(packed.len());
    match i64::from_le_bytes(*first) {
        -1 => Ok(packed),
        unpacked => {
            let unpacked = length(unpacked)?;
            match unpacked <= packed.saturating_mul(most(codec)) {
                true => Ok(unpacked),
                false => Err(damaged(format!(
                    "`{unpacked}` is no length of {packed} compressed bytes"
                ))),
            }
        }
    }
}

/// How many bytes one compressed byte can stand for: in LZ4 a byte adds 255 to a length at most, in
/// Zstandard a block of 128 KiB takes 4 bytes at least.
fn most(codec: CompressionType) -> u64 {
    match codec {
        CompressionType::LZ4_FRAME => 255,
        _ => 32 * 1024,
    }
}

pub(super) fn to_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

pub(super) fn to_usize(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_buffers_hold_what_they_can() {
        let buffer = |length: i64, packed: usize| {
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.resize(8 + packed, 0);
            bytes
        };
        let lz4 = |length, packed| unpacked(&buffer(length, packed), CompressionType::LZ4_FRAME);
        let zstd = |length, packed| unpacked(&buffer(length, packed), CompressionType::ZSTD);
        assert_eq!(lz4(2550, 10).ok(), Some(2550));
        assert!(lz4(2551, 10).is_err());
        assert_eq!(zstd(327_680, 10).ok(), Some(327_680));
        assert!(zstd(327_681, 10).is_err());
        assert_eq!(lz4(-1, 10).ok(), Some(10));
        assert!(lz4(-2, 10).is_err());
        assert_eq!(unpacked(&[], CompressionType::ZSTD).ok(), Some(0));
        assert!(unpacked(&[0; 7], CompressionType::ZSTD).is_err());
    }
}
