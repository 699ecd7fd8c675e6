//! The body of a request as a stream to read on a thread that may wait.

use std::io::{self, BufReader, Cursor, Read};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use flate2::bufread::MultiGzDecoder;
use http_body_util::BodyExt;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::problem::Problem;

/// The largest window of Zstandard, as a power of two: the 8 MiB that HTTP has for it (RFC 9659). It is memory that
/// a sender demands.
const WINDOW: u32 = 23;

/// A body as it arrives. Who reads no further lets its sender wait.
struct Arriving {
    body: Body,
    runtime: Handle,
    patience: Duration,
    chunk: Bytes,
}

/// A stream of no more than so many bytes.
struct Limited<R> {
    stream: R,
    left: u64,
    limit: u64,
}

/// The body of a request, unpacked where it is packed with gzip or Zstandard, and no longer than a limit.
/// Errors of the stream are [`Problem`]s; see [`problem_of`].
pub(crate) fn reader(body: Body, limit: u64, patience: Duration) -> io::Result<Box<dyn Read>> {
    let arriving = Arriving {
        body,
        runtime: Handle::current(),
        patience,
        chunk: Bytes::new(),
    };
    let mut arriving = BufReader::new(arriving);
    let mut start = Vec::new();
    arriving.by_ref().take(4).read_to_end(&mut start)?;
    let whole = Cursor::new(start.clone()).chain(arriving);
    let unpacked: Box<dyn Read> = match start.as_slice() {
        [0x1F, 0x8B, ..] => Box::new(MultiGzDecoder::new(whole)),
        [0x28, 0xB5, 0x2F, 0xFD] => {
            let mut decoder = zstd::Decoder::with_buffer(whole)?;
            decoder.window_log_max(WINDOW)?;
            Box::new(decoder)
        }
        _ => Box::new(whole),
    };
    Ok(Box::new(Limited {
        stream: unpacked,
        left: limit,
        limit,
    }))
}

/// The problem that a stream of [`reader`] broke with.
pub(crate) fn problem_of(error: io::Error) -> Problem {
    match error.downcast::<Problem>() {
        Ok(problem) => problem,
        Err(error) => {
            let detail = format!(
                "the body cannot be unpacked: {error}, expected gzip, or Zstandard with a window of 8 MiB at most"
            );
            Problem::new(StatusCode::BAD_REQUEST, detail)
        }
    }
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            let next = async { timeout(self.patience, self.body.frame()).await };
            match self.runtime.block_on(next) {
                Err(_) => {
                    let detail = format!(
                        "nothing arrived for {} s, expected the rest of the body",
                        self.patience.as_secs()
                    );
                    return Err(io::Error::other(Problem::new(
                        StatusCode::REQUEST_TIMEOUT,
                        detail,
                    )));
                }
                Ok(None) => return Ok(0),
                Ok(Some(Err(error))) => {
                    let detail = format!("the body broke off: {error}");
                    return Err(io::Error::other(Problem::new(
                        StatusCode::BAD_REQUEST,
                        detail,
                    )));
                }
                Ok(Some(Ok(frame))) => self.chunk = frame.into_data().unwrap_or_default(),
            }
        }
        let mut chunk = self.chunk.as_ref();
        let count = chunk.read(buffer)?;
        drop(self.chunk.split_to(count));
        Ok(count)
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => {
                self.left = left;
                Ok(count)
            }
            None => Err(io::Error::other(too_large(self.limit))),
        }
    }
}

/// That a body is longer than its limit.
pub(crate) fn too_large(limit: u64) -> Problem {
    let mib = limit.div_ceil(1024 * 1024);
    let detail = format!("the body is too large, expected at most {mib} MiB, unpacked");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}
