//! Calico's own tests of its selector language.

use std::fs;
use std::path::Path;

use posture_core::selector::{Labels, Selector};
use serde::Deserialize;

#[derive(Deserialize)]
struct Selectors {
    valid: Vec<Case>,
    invalid: Vec<String>,
}

/// A selector, and labels that it selects and does not select.
#[derive(Deserialize)]
struct Case {
    selector: String,
    matches: Vec<Labels>,
    does_not_match: Vec<Labels>,
}

/// What is read selects as Calico does, also once it is written and read again; what Calico refuses
/// is refused.
pub(crate) fn selectors_of_calico(root: &Path) {
    let bytes = fs::read(root.join("policy/calico-selectors/selectors.json")).unwrap();
    let Selectors { valid, invalid } = serde_json::from_slice(&bytes).unwrap();
    let mut maps = 0;
    for case in &valid {
        let text = &case.selector;
        let read = Selector::parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"));
        let again = Selector::parse(&read.to_string());
        assert_eq!(again.as_ref(), Ok(&read), "`{text}` is written as `{read}`");
        let selected = case.matches.iter().map(|labels| (labels, true));
        let others = case.does_not_match.iter().map(|labels| (labels, false));
        for (labels, expected) in selected.chain(others) {
            assert_eq!(read.matches(labels), expected, "`{text}` on {labels:?}");
            maps += 1;
        }
    }
    for text in &invalid {
        if let Ok(read) = Selector::parse(text) {
            panic!("`{text}` is read as `{read}`");
        }
    }
    let (valid, invalid) = (valid.len(), invalid.len());
    assert_eq!((valid, invalid), (58, 26), "the whole corpus");
    println!("calico selectors: {valid} valid, {invalid} invalid, {maps} label maps");
}
