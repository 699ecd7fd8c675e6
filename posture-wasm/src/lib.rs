//! `posture` for JavaScript: files and a request go in, JSON text comes out.
//!
//! No logic lives here; what a result means is documented in the crate `posture`.

mod assessment;
mod history;
mod reading;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

pub use assessment::Assessment;
pub use history::explain_delta;
pub use reading::{Listening, Reading, apart, head_size, scans, traffic};

// its symbols have to be there, nothing else
#[cfg(target_family = "wasm")]
use posture_wasm_memcmp as _;

/// Reading allocates much: the allocator of the standard library takes a tenth of its time.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Scores files that are already in memory.
///
/// `names[i]` is the name of `contents[i]`; `request` is the text of a JSON object, `"{}"` for the
/// defaults. Returns the result as canonical JSON text: the same input gives the same characters.
/// Throws an `Error` when the request or the input as a whole cannot be used.
#[wasm_bindgen]
#[expect(
    clippy::needless_pass_by_value,
    reason = "JavaScript hands over values, never references"
)]
pub fn score(
    names: Vec<String>,
    contents: Vec<Uint8Array>,
    request: &str,
) -> Result<String, JsError> {
    let contents = named(names, &contents)?;
    let files: Vec<posture::File<'_>> = contents
        .iter()
        .map(|(name, bytes)| posture::File { name, bytes })
        .collect();
    Ok(posture::score_json(&files, request)?)
}

/// Each content with its name.
fn named(names: Vec<String>, contents: &[Uint8Array]) -> Result<Vec<(String, Vec<u8>)>, JsError> {
    if names.len() != contents.len() {
        return Err(JsError::new(&format!(
            "expected as many contents as names, got {} contents and {} names",
            contents.len(),
            names.len(),
        )));
    }
    let contents = contents.iter().map(Uint8Array::to_vec);
    Ok(names.into_iter().zip(contents).collect())
}
