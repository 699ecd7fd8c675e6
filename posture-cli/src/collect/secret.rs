//! The secret that pseudonyms are made with, wherever it is kept.

use std::env;
use std::fs;
use std::path::Path;

use posture_collect::Key;

use crate::input;

/// The key that a text tells: `file:PATH` and `env:NAME` say where it is kept, so that it is not in the
/// list of processes.
pub(crate) fn key(text: &str) -> Result<Key, String> {
    let secret = if let Some(path) = text.strip_prefix("file:") {
        let read = fs::read(path).map_err(|error| format!("the file {}", input::why(&error)))?;
        read.trim_ascii().to_vec()
    } else if let Some(name) = text.strip_prefix("env:") {
        let value = env::var(name).map_err(|_| format!("there is no variable `{name}`"))?;
        value.trim().as_bytes().to_vec()
    } else if Path::new(text).exists() {
        return Err("this is a file, expected `file:PATH` for the key that it holds".to_owned());
    } else {
        text.as_bytes().to_vec()
    };
    Key::new(&secret).map_err(|error| error.to_string())
}
