//! Selectors as texts.

use posture_core::selector::Selector;
use serde::Deserialize;

use crate::object::Invalid;

/// A selector; none where the text is empty, which says the same as no field at all.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct SelectorText(Option<Selector>);

impl TryFrom<String> for SelectorText {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        match Selector::parse(&text) {
            Ok(selector) => Ok(Self(Some(selector))),
            Err(error) => Err(Invalid::new(error.to_string())),
        }
    }
}

/// The selector of a field that may be missing.
pub(super) fn given(field: Option<SelectorText>) -> Option<Selector> {
    field.and_then(|SelectorText(selector)| selector)
}
