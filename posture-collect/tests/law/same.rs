//! What is kept is read as all of it: the same facts, the same issues.

use std::path::Path;

use posture_core::issue::Issues;
use serde_json::Value;

use crate::documents::of_objects;

pub(crate) fn what_is_kept_is_read_as_all_of_it(folder: &Path) {
    let documents = of_objects(folder);
    assert!(!documents.is_empty(), "no objects in {}", folder.display());
    for (name, document) in documents {
        let used = posture_collect::used(document.clone()).expect("objects");
        let (expected, given) = (read(&name, &document), read(&name, &used));
        assert_eq!(given, expected, "{name}: {used} of {document}");
        let again = posture_collect::used(used.clone());
        assert_eq!(again.as_ref(), Some(&used), "{name}: what is kept stays");
    }
}

/// All that is read of a document, and all that is told.
fn read(name: &str, document: &Value) -> String {
    let mut issues = Issues::default();
    let fragment = posture_formats::read(name, document.to_string().as_bytes(), &mut issues);
    format!("{fragment:?} {:?}", issues.into_list())
}
