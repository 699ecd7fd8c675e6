//! The archive that a collection is.

use std::io::{self, BufWriter, Seek};
use std::path::Path;

use posture_collect::{Archive, List};
use tempfile::NamedTempFile;

use super::flows::Rows;
use super::objects::Objects;

/// Writes an archive that only its owner may read, and gives its size. What breaks off leaves nothing
/// behind.
pub(crate) fn write(path: &Path, objects: &Objects, rows: Option<Rows>) -> io::Result<u64> {
    let Objects { collection, lists } = objects;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut archive = Archive::new(collection.at, BufWriter::new(file));
    let mut text = serde_json::to_vec_pretty(collection)?;
    text.push(b'\n');
    archive.add("collection.json", text.len() as u64, text.as_slice())?;
    if let Some(mut rows) = rows.filter(|rows| rows.count > 0) {
        let size = rows.file.metadata()?.len();
        rows.file.rewind()?;
        archive.add("flows.jsonl", size, rows.file)?;
    }
    let mut named: Vec<(String, &List)> = lists.iter().map(|list| (name_of(list), list)).collect();
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (name, list) in named {
        let mut text = Vec::new();
        list.write(&mut text)?;
        archive.add(&name, text.len() as u64, text.as_slice())?;
    }
    let out = archive.finish()?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    let size = file.as_file().metadata()?.len();
    file.persist(path).map_err(|error| error.error)?;
    Ok(size)
}

/// The file of a list, by its kind and group: `objects/networkpolicy.networking.k8s.io.json`.
fn name_of(list: &List) -> String {
    let kind = list.kind.to_ascii_lowercase();
    match list.api_version.split_once('/') {
        Some((group, _)) => format!("objects/{kind}.{group}.json"),
        None => format!("objects/{kind}.json"),
    }
}
