//! Rows are read as the records that they were written from.

use std::path::Path;
use std::sync::Arc;

use posture_collect::write_row;
use posture_core::model::{Record, Trace};
use posture_formats::detect::{Content, detect};
use posture_formats::flows::calico::hit_text;

use crate::documents;

pub(crate) fn rows_are_read_as_their_records(folder: &Path) {
    let mut records = 0;
    for (name, bytes) in documents::files(folder) {
        if !matches!(detect(&bytes), Content::FlowLog(_)) {
            continue;
        }
        let (mut rows, mut expected, mut read) = (Vec::new(), Vec::new(), Vec::new());
        documents::records(&bytes, &mut |record| {
            expected.push(seen(record));
            write_row(record, &mut rows).unwrap();
        });
        documents::records(&rows, &mut |record| read.push(seen(record)));
        assert_eq!(read, expected, "{name}");
        records += read.len();
    }
    assert!(records > 0, "no flows in {}", folder.display());
}

/// All of a record. A hit whose name does not say its kind says it in a row.
fn seen(record: &Record<'_>) -> String {
    let hits = |trace: &Trace| match trace {
        Trace::Hits(hits) => hits
            .iter()
            .map(|hit| format!("{} {:?} {}", hit_text(hit), hit.kind, hit.staged))
            .collect(),
        other => vec![format!("{other:?}")],
    };
    let (enforced, pending) = (hits(&record.traces.enforced), hits(&record.traces.pending));
    let rest = Record {
        traces: Arc::default(),
        ..record.clone()
    };
    format!("{rest:?} {enforced:?} {pending:?}")
}
