//! `posture` for JavaScript: the files and the request go in, the JSON text of the result comes out.
//!
//! No logic lives here; what a result means is documented in the crate `posture`.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

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
    if names.len() != contents.len() {
        return Err(JsError::new(&format!(
            "expected as many contents as names, got {} contents and {} names",
            contents.len(),
            names.len(),
        )));
    }
    let contents: Vec<Vec<u8>> = contents.iter().map(Uint8Array::to_vec).collect();
    let files: Vec<posture::File<'_>> = names
        .iter()
        .zip(&contents)
        .map(|(name, bytes)| posture::File { name, bytes })
        .collect();
    posture::score_json(&files, request).map_err(|error| JsError::new(&error.to_string()))
}
