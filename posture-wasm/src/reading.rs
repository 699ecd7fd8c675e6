//! Files that are read as they come.

use std::hint::black_box;

use js_sys::Function;
use posture::formats::detect::{self, Content};
use posture::{Apart, Opening, Scans, Traffic};
use wasm_bindgen::prelude::*;

use crate::Assessment;

/// So many times their own size is made of files, about, beside them.
const BESIDE: usize = 2;

/// Likewise of packed archives.
const UNPACKED: usize = 20;

/// So many bytes tell a packed archive.
const MAGIC: usize = 4;

/// No more than this is asked for at once, in bytes.
const MOST: usize = 1 << 30;

/// Files that are read as they come, and let go of then; but flow logs, which wait for the end.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reading(Opening<Vec<u8>>);

#[wasm_bindgen]
impl Reading {
    /// Begins to read files that have so many bytes together; 0 where that is not known.
    #[wasm_bindgen(constructor)]
    pub fn new(size: usize) -> Self {
        make_room(size.saturating_mul(BESIDE));
        Self(Opening::default())
    }

    /// Reads a file, if it has no flow logs in it. Returns how many bytes were read so far.
    pub fn add(&mut self, name: String, content: Vec<u8>) -> usize {
        make_room(unpacked(&content));
        self.0.add(name, content).read
    }

    /// Takes what `scans` said of a file of so many bytes; throws an `Error` for other bytes. Returns how many bytes
    /// were read so far.
    pub fn join(&mut self, size: usize, scans: &[u8]) -> Result<usize, JsError> {
        let scans = Scans::from_bytes(scans)?;
        Ok(self.0.join(size, scans))
    }

    /// Makes the cluster of all that was added; `request` is that of `Assessment`, and it throws what that
    /// throws. Nothing can be added after that but traffic.
    pub fn listen(self, request: &str) -> Result<Listening, JsError> {
        Ok(Listening(self.0.listen(request)?))
    }
}

/// A cluster whose flow logs are yet to be read.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Listening(posture::Listening<Vec<u8>>);

#[wasm_bindgen]
impl Listening {
    /// Takes what `traffic` gave; throws an `Error` for other bytes.
    pub fn hear(&mut self, traffic: &[u8]) -> Result<(), JsError> {
        self.0.hear(Traffic::from_bytes(traffic)?);
        Ok(())
    }

    /// The assessment of all that was added and heard; `progress` is that of `Assessment`.
    pub fn finish(self, progress: Option<Function>) -> Assessment {
        Assessment::of(self.0.finish(&mut telling(progress)), None)
    }
}

/// So many bytes of a file tell how it may be read.
#[wasm_bindgen]
pub fn head_size() -> usize {
    detect::HEAD
}

/// How a file may be read, by its first `head_size()` bytes: by `Reading.add`; apart, such as in another worker, by
/// `traffic`; or apart by `scans`, which finds out whether there is anything else in it.
#[wasm_bindgen(unchecked_return_type = "\"not\" | \"traffic\" | \"scans\"")]
pub fn apart(head: &[u8]) -> String {
    let how = match Apart::of(head) {
        Apart::Not => "not",
        Apart::Traffic => "traffic",
        Apart::Scans => "scans",
    };
    how.to_owned()
}

/// What a flow log says, for `Listening.hear`; nothing where the file is none. `progress`, if given, is called with
/// the number of bytes that were read so far.
#[wasm_bindgen]
pub fn traffic(name: &str, content: &[u8], progress: Option<Function>) -> Option<Vec<u8>> {
    Some(Traffic::read(name, content, &mut telling(progress))?.to_bytes())
}

/// What the scans in a file say, for `Reading.join`; nothing where there is anything else in it.
#[wasm_bindgen]
pub fn scans(name: &str, content: &[u8]) -> Option<Vec<u8>> {
    make_room(unpacked(content));
    Some(Scans::read(name, content)?.to_bytes())
}

/// What calls `progress`, if it is given.
pub(crate) fn telling(progress: Option<Function>) -> impl FnMut(usize) {
    move |bytes| {
        if let Some(progress) = &progress {
            // what the page makes of it must not stop the reading
            let _ = progress.call1(&JsValue::NULL, &JsValue::from(bytes));
        }
    }
}

/// Asks for the memory that files are likely to need beside their own.
pub(crate) fn make_room_beside<'f>(files: impl Iterator<Item = &'f [u8]>) {
    let sizes = files.map(|bytes| unpacked(bytes).max(bytes.len().saturating_mul(BESIDE)));
    make_room(sizes.fold(0, usize::saturating_add));
}

/// So many bytes are likely to be in a packed archive; none are in other files.
fn unpacked(bytes: &[u8]) -> usize {
    match detect::detect(bytes.get(..MAGIC).unwrap_or(bytes)) {
        Content::Archive(_) => bytes.len().saturating_mul(UNPACKED),
        _ => 0,
    }
}

/// Asks for memory at once: an allocator that runs out of it again and again looks through all of its gaps each time.
/// What is never used costs addresses, and where systems count what was promised, that.
fn make_room(size: usize) {
    let mut room: Vec<u8> = Vec::new();
    // a size that is refused is halved: to ask for nothing is refused by nobody
    let mut sizes = std::iter::successors(Some(size.min(MOST)), |size| Some(size / 2));
    sizes.find(|size| room.try_reserve_exact(*size).is_ok());
    black_box(&room);
}
