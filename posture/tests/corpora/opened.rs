//! Real files give the same result after they were bytes, and when files are read apart.

use std::fs;
use std::path::Path;

use posture::Saved;

use crate::joined::joined;
use crate::world::files;

/// Clusters, scans and flow logs.
const FOLDERS: [&str; 6] = [
    "cluster/bookinfo",
    "cluster/microservices-demo",
    "cluster/sonobuoy",
    "policy/netpol-analyzer/tests/onlineboutique",
    "images",
    "flows",
];

pub(crate) fn results_survive_being_bytes(root: &Path) {
    for folder in FOLDERS {
        let paths = files(&root.join(folder));
        assert!(!paths.is_empty(), "{folder}");
        let read = paths.iter().map(|path| {
            let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
            (name.into_owned(), fs::read(path).expect("a readable file"))
        });
        let saved = Saved::read(read.clone().collect(), "{}".to_owned(), &mut |_| {});
        let saved = saved.expect("objects have names");
        let expected = saved.opened.report();
        let again = Saved::from_bytes(&saved.to_bytes()).expect("what was written");
        assert_eq!(again.opened.report(), expected, "{folder}");
        let (apart, count) = joined(read.collect(), "{}");
        assert_eq!(count.logs > 0, folder == "flows", "{folder}: {count:?}");
        assert!(count.scans > 0 || folder != "images", "{count:?}");
        assert_eq!(apart.report(), expected, "{folder}");
        let bytes = apart.to_bytes(&saved.made_of);
        let again = Saved::from_bytes(&bytes).expect("what was written");
        assert_eq!(again.opened.report(), expected, "{folder}");
    }
}
