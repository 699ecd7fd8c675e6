//! The documents of a folder: JSON and YAML, those in archives too.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use posture_core::issue::Issues;
use posture_core::model::Record;
use posture_formats::archive::{self, Member};
use posture_formats::detect::{Content, detect};
use posture_formats::flows::{Chunks, FlowReader};
use serde_json::Value;

/// Every document of Kubernetes objects below a folder, with the name of its file.
pub(crate) fn of_objects(folder: &Path) -> Vec<(String, Value)> {
    let documents = files(folder).into_iter().flat_map(|(name, bytes)| {
        let values = values(&bytes);
        values.into_iter().map(move |value| (name.clone(), value))
    });
    let is_of_objects =
        |(_, value): &(String, Value)| posture_collect::used(value.clone()).is_some();
    documents.filter(is_of_objects).collect()
}

/// Every file below a folder, those in archives too.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for path in paths(folder) {
        let bytes = fs::read(&path).unwrap();
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        let mut each = |member: Member<'_>, _: &mut Issues| {
            files.push((
                member.name().to_owned(),
                member.bytes().unwrap_or_default().into_owned(),
            ));
        };
        archive::walk(&name, Cursor::new(bytes), &mut Issues::default(), &mut each);
    }
    files
}

/// The values of a file; none where it is no JSON and no YAML.
pub(crate) fn values(bytes: &[u8]) -> Vec<Value> {
    let Some(text) = std::str::from_utf8(bytes)
        .ok()
        .filter(|_| detect(bytes) == Content::Documents)
    else {
        return Vec::new();
    };
    let json = serde_json::Deserializer::from_str(text).into_iter();
    json.collect::<Result<Vec<Value>, _>>()
        .unwrap_or_else(|_| serde_saphyr::from_multiple(text).unwrap_or_default())
}

/// Hands on every record of a flow log.
pub(crate) fn records(bytes: &[u8], each: &mut dyn FnMut(&Record<'_>)) {
    let mut issues = Issues::default();
    let mut read = |member: Member<'_>, issues: &mut Issues| {
        if let Content::FlowLog(log) = detect(member.head()) {
            let mut reader = FlowReader::new("flows", log);
            let mut chunks = Chunks::new(member, log);
            let mut buffer = Vec::new();
            while let Some(chunk) = chunks.next(buffer).unwrap() {
                reader.read(&chunk, issues, each);
                buffer = chunk.into_buffer();
            }
        }
    };
    archive::walk("flows", Cursor::new(bytes), &mut issues, &mut read);
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => paths.push(path),
            }
        }
    }
    paths.sort();
    paths
}
