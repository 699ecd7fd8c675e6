//! Real files give the same result after they were bytes.

use std::fs;
use std::path::Path;

use posture::Opened;

use crate::world::files;

/// Clusters, and folders of scans.
const FOLDERS: [&str; 5] = [
    "cluster/bookinfo",
    "cluster/microservices-demo",
    "cluster/sonobuoy",
    "policy/netpol-analyzer/tests/onlineboutique",
    "images",
];

pub(crate) fn results_survive_being_bytes(root: &Path) {
    for folder in FOLDERS {
        let paths = files(&root.join(folder));
        assert!(!paths.is_empty(), "{folder}");
        let read = paths.iter().map(|path| {
            let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
            (name.into_owned(), fs::read(path).expect("a readable file"))
        });
        let opened = Opened::read(read.collect(), "{}".to_owned(), &mut |_| {});
        let opened = opened.expect("objects have names");
        let bytes = opened.to_bytes();
        let again = Opened::from_bytes(&bytes).expect("what was written");
        assert_eq!(again.report(), opened.report(), "{folder}");
    }
}
