//! What a cluster is made of, as bytes: to be made anew on another machine.

use posture_core::json;
use serde::{Deserialize, Serialize};

/// The version of the form below.
const VERSION: u32 = 1;

/// The input of an assessment, and the request, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The request, in JSON.
    pub request: String,
    /// Names and contents.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The first line; the contents follow it, one after the other.
#[derive(Deserialize, Serialize)]
struct Head {
    bundle_version: u32,
    request: String,
    /// Names and sizes.
    files: Vec<(String, usize)>,
}

/// Bytes that are no bundle.
#[derive(Debug, thiserror::Error)]
pub enum NotABundle {
    /// They do not begin like one.
    #[error("no input of an engine: {0}")]
    Invalid(#[from] serde_json::Error),
    /// Another version wrote them.
    #[error("an input of version {0}, expected version {VERSION}")]
    Version(u32),
    /// They end too early, or too late.
    #[error("no input of an engine: its size is not what it says")]
    Size,
}

impl Bundle {
    /// Names, sizes and the request in a line of JSON, and all contents after it.
    pub fn to_bytes<'f>(
        request: &str,
        files: impl Iterator<Item = (&'f str, &'f [u8])>,
    ) -> Vec<u8> {
        let files: Vec<_> = files.collect();
        let head = Head {
            bundle_version: VERSION,
            request: request.to_owned(),
            files: files
                .iter()
                .map(|(name, bytes)| ((*name).to_owned(), bytes.len()))
                .collect(),
        };
        let mut written = serde_json::to_vec(&head).unwrap_or_default();
        written.push(b'\n');
        for (_, bytes) in files {
            written.extend_from_slice(bytes);
        }
        written
    }

    /// What [`Bundle::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotABundle`] for other bytes, or those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotABundle> {
        let line = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let head: Head = json::read_bytes(line)?;
        if head.bundle_version != VERSION {
            return Err(NotABundle::Version(head.bundle_version));
        }
        let mut rest = bytes
            .get(line.len().saturating_add(1)..)
            .unwrap_or_default();
        let mut files = Vec::new();
        for (name, size) in head.files {
            let (content, more) = rest.split_at_checked(size).ok_or(NotABundle::Size)?;
            files.push((name, content.to_vec()));
            rest = more;
        }
        match rest.is_empty() {
            true => Ok(Self {
                request: head.request,
                files,
            }),
            false => Err(NotABundle::Size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let files: [(&str, &[u8]); 3] = [("a\n", b"1\n2"), ("b", b""), ("a\n", b"\xff")];
        let bytes = Bundle::to_bytes("{\"now\": 1}", files.into_iter());
        let read = Bundle::from_bytes(&bytes).unwrap();
        assert_eq!(read.request, "{\"now\": 1}");
        let all = read
            .files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()));
        assert!(all.eq(files));
        for cut in 0..bytes.len() {
            assert!(Bundle::from_bytes(&bytes[..cut]).is_err(), "{cut}");
        }
        let longer = [bytes.as_slice(), b"x"].concat();
        assert!(matches!(Bundle::from_bytes(&longer), Err(NotABundle::Size)));
        let other = br#"{"bundle_version": 9, "request": "", "files": []}"#;
        assert!(matches!(
            Bundle::from_bytes(other),
            Err(NotABundle::Version(9))
        ));
    }
}
