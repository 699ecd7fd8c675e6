//! Rows are read as the records that they were written from.

use std::path::Path;

use posture_collect::write_row;
use posture_formats::detect::{Content, detect};

use crate::documents;

pub(crate) fn rows_are_read_as_their_records(folder: &Path) {
    let mut records = 0;
    for (name, bytes) in documents::files(folder) {
        if !matches!(detect(&bytes), Content::FlowLog(_)) {
            continue;
        }
        let (mut rows, mut expected, mut read) = (Vec::new(), Vec::new(), Vec::new());
        documents::records(&bytes, &mut |record| {
            expected.push(format!("{record:?}"));
            write_row(record, &mut rows).unwrap();
        });
        documents::records(&rows, &mut |record| read.push(format!("{record:?}")));
        assert_eq!(read, expected, "{name}");
        records += read.len();
    }
    assert!(records > 0, "no flows in {}", folder.display());
}
