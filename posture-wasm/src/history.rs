//! What history keeps of results.

use posture::core::history::{Point, explain};
use wasm_bindgen::prelude::*;

/// The difference between two points of history (`Assessment.point`, or of `posture history`), and the
/// parts that sum to it, as JSON text. Throws an `Error` for a text that is no point.
#[wasm_bindgen]
pub fn explain_delta(before: &str, after: &str) -> Result<String, JsError> {
    let before = Point::from_json(before)?;
    let after = Point::from_json(after)?;
    Ok(explain(&before, &after).to_json())
}
