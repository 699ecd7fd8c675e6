//! Zstandard as a stream: frames one behind the other.

use std::error::Error;
use std::io::{self, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Reads what a Zstandard file holds.
pub(super) struct ZstdDecoder<R> {
    source: R,
    decoder: FrameDecoder,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    /// Before a frame, or at the end.
    Between,
    /// In a frame.
    Within,
    /// At the end, or behind an error.
    Done,
}

impl<R: Read> ZstdDecoder<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            decoder: FrameDecoder::new(),
            state: State::Between,
        }
    }

    /// Goes to the first block of the next frame, past those that hold no data.
    fn start_frame(&mut self) -> io::Result<State> {
        loop {
            let mut magic = Vec::new();
            self.source.by_ref().take(4).read_to_end(&mut magic)?;
            if magic.is_empty() {
                return Ok(State::Done);
            }
            let frame = magic.as_slice().chain(&mut self.source);
            match self.decoder.reset(frame) {
                Ok(()) => return Ok(State::Within),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = self.source.by_ref().take(u64::from(length));
                    io::copy(&mut skipped, &mut io::sink())?;
                }
                Err(error) => return Err(broken(&error)),
            }
        }
    }

    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.state {
                State::Done => return Ok(0),
                State::Between => self.state = self.start_frame()?,
                State::Within if self.decoder.can_collect() > 0 => {
                    return self.decoder.read(buffer);
                }
                State::Within if self.decoder.is_finished() => {
                    self.check()?;
                    self.state = State::Between;
                }
                State::Within => {
                    self.decoder
                        .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                        .map_err(|error| broken(&error))?;
                }
            }
        }
    }

    /// A frame may end in a checksum of what it holds.
    fn check(&self) -> io::Result<()> {
        let told = self.decoder.get_checksum_from_data();
        if told.is_some() && told != self.decoder.get_calculated_checksum() {
            let message = "the checksum of a Zstandard frame does not match";
            return Err(io::Error::new(ErrorKind::InvalidData, message));
        }
        Ok(())
    }
}

impl<R: Read> Read for ZstdDecoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let result = self.fill(buffer);
        if result.is_err() {
            self.state = State::Done;
        }
        result
    }
}

fn broken(error: &FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return io::Error::new(error.kind(), error.to_string());
        }
        cause = error.source();
    }
    io::Error::new(ErrorKind::InvalidData, error.to_string())
}
