//! Any text is read or refused; what is read is written so that it reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use posture_core::selector::Selector;

fuzz_target!(|text: &str| {
    match Selector::parse(text) {
        Ok(selector) => assert_eq!(Selector::parse(&selector.to_string()), Ok(selector)),
        Err(error) => {
            assert!(error.at <= text.chars().count());
            error.pointing(text);
        }
    }
});
