//! A stream that is kept while it is read.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// How many bytes a part has, before it is packed.
const PART: usize = 1 << 20;

/// A stream, of which each part is handed on as soon as it was read. Who takes parts slowly lets the
/// stream wait.
pub(super) struct Tee<'t, R> {
    stream: R,
    part: Vec<u8>,
    digest: Option<Sha256>,
    each: &'t mut dyn FnMut(Vec<u8>) -> Result<(), Problem>,
}

/// What is left when a stream is at its end.
pub(super) struct End {
    /// What was not handed on.
    pub(super) last: Vec<u8>,
    /// The SHA-256 of the whole, where it was asked for.
    pub(super) digest: Option<Vec<u8>>,
}

impl<'t, R: Read> Tee<'t, R> {
    pub(super) fn new(
        stream: R,
        digest: Option<Sha256>,
        each: &'t mut dyn FnMut(Vec<u8>) -> Result<(), Problem>,
    ) -> Self {
        Self {
            stream,
            part: Vec::new(),
            digest,
            each,
        }
    }

    pub(super) fn end(self) -> End {
        End {
            last: self.part,
            digest: self.digest.map(|digest| digest.finalize().to_vec()),
        }
    }
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        if let Some(digest) = &mut self.digest {
            digest.update(read);
        }
        self.part.extend_from_slice(read);
        if self.part.len() >= PART {
            (self.each)(std::mem::take(&mut self.part)).map_err(io::Error::other)?;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_on_and_what_is_left_is_the_stream() {
        let stream: Vec<u8> = (0..=255).cycle().take(5 * PART / 2).collect();
        let mut parts = Vec::new();
        let mut each = |part: Vec<u8>| {
            parts.push(part);
            Ok(())
        };
        let mut tee = Tee::new(stream.as_slice(), Some(Sha256::new()), &mut each);
        let mut read = Vec::new();
        tee.read_to_end(&mut read).unwrap();
        let end = tee.end();
        assert_eq!(read, stream);
        assert!(parts.len() >= 2, "{}", parts.len());
        assert_eq!([parts.concat(), end.last].concat(), stream);
        assert_eq!(end.digest.unwrap(), Sha256::digest(&stream).to_vec());
    }

    #[test]
    fn who_refuses_a_part_ends_the_stream() {
        let stream = vec![0; 3 * PART];
        let mut each = |_| Err(Problem::later("full"));
        let mut tee = Tee::new(stream.as_slice(), None, &mut each);
        let error = tee.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(
            super::super::body::problem_of(error),
            Problem::later("full")
        );
    }
}
