//! Files that are read as they come.

use std::hint::black_box;

use js_sys::Function;
use posture::Opening;
use posture::formats::detect::{Content, detect};
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

/// Files that are read as they come, so that the caller may let go of each before the next one is there.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reading(Opening);

#[wasm_bindgen]
impl Reading {
    /// Begins to read files that have so many bytes together; 0 where that is not known.
    #[wasm_bindgen(constructor)]
    pub fn new(size: usize) -> Self {
        make_room(size.saturating_mul(BESIDE.saturating_add(1)));
        Self(Opening::default())
    }

    /// Reads a file; flow logs wait for the end. Returns how many bytes were read so far.
    pub fn add(&mut self, name: String, content: Vec<u8>) -> usize {
        make_room(unpacked(&content));
        self.0.add(name, content)
    }

    /// The assessment of all that was added; `request` and `progress` are those of `Assessment`, and it
    /// throws what that throws. Nothing can be added after that.
    pub fn finish(
        self,
        request: String,
        progress: Option<Function>,
    ) -> Result<Assessment, JsError> {
        let opened = self.0.finish(request, &mut telling(progress))?;
        Ok(Assessment::of(opened))
    }
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
    match detect(bytes.get(..MAGIC).unwrap_or(bytes)) {
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
