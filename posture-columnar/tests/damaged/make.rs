//! Small files of each kind.

use arrow_ipc::writer::StreamWriter;
use posture_columnar::{Form, Writer};
use posture_core::issue::Issues;
use posture_formats::flows::{Chunks, FlowFormat, FlowLog, FlowReader, Layout};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Parquet.
    Parquet,
    /// An Arrow file, compressed.
    File,
    /// An Arrow stream.
    Stream,
}

/// How many records a file has.
pub(crate) const ROWS: usize = 12;

fn log() -> String {
    let line = |number: usize| {
        let end = 1_700_000_000 + number * 300;
        let action = ["allow", "deny"][number % 2];
        format!(
            r#"{{"start_time":{end},"end_time":{end},"action":"{action}","reporter":"src","proto":"tcp","source_type":"wep","source_namespace":"shop","source_name_aggr":"web-*","source_labels":{{"labels":["app=web","tier={number}"]}},"dest_type":"net","dest_ip":"9.9.9.{number}","dest_port":443,"dest_domains":["a.example"],"policies":{{"enforced_policies":["0|t|np:shop/p|{action}|{number}"]}},"num_flows":{number},"bytes_in":10}}
"#
        )
    };
    (0..ROWS).map(line).collect()
}

/// A file of so many records.
pub(crate) fn file(kind: Kind) -> Vec<u8> {
    let form = if kind == Kind::Parquet {
        Form::Parquet
    } else {
        Form::Arrow
    };
    let what = FlowLog {
        format: FlowFormat::Calico,
        layout: Layout::Lines,
    };
    let mut writer = Writer::new(form, Vec::new()).unwrap();
    let log = log();
    let (mut chunks, mut reader) = (
        Chunks::new(log.as_bytes(), what),
        FlowReader::new("log", what),
    );
    while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
        reader.read(&chunk, &mut Issues::default(), &mut |record| {
            writer.write(record).unwrap();
        });
    }
    let file = writer.finish().unwrap().0;
    match kind {
        Kind::Stream => stream(&file),
        _ => file,
    }
}

/// The same in a stream, in several batches, not compressed.
fn stream(file: &[u8]) -> Vec<u8> {
    let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(file), None).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &reader.schema()).unwrap();
    for batch in reader {
        let batch = batch.unwrap();
        writer.write(&batch.slice(0, ROWS / 2)).unwrap();
        writer.write(&batch.slice(ROWS / 2, ROWS / 2)).unwrap();
    }
    writer.into_inner().unwrap()
}
