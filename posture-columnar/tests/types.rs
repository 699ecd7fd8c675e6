//! Columns of every type that a log is kept in give the records of its lines.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::{Int8Type, Int32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int64Array, LargeListArray, LargeStringArray,
    ListArray, ListViewArray, NullArray, RecordBatch, StringArray, StringViewArray, StructArray,
    TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array, UInt16Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use posture_columnar::{ColumnError, Columns, ParquetFile, RecordReader};
use posture_core::issue::{Issue, Issues};
use posture_formats::flows::{Chunks, FlowFormat, FlowLog, FlowReader, Layout};

const CALICO: FlowLog = FlowLog {
    format: FlowFormat::Calico,
    layout: Layout::Lines,
};

/// Two records and, between them, a row that is none.
const LINES: &str = r#"
{"start_time": 1700000000, "end_time": 1700000300, "action": "allow", "reporter": "src", "proto": "tcp", "source_type": "wep", "source_namespace": "shop", "source_name_aggr": "web-*", "source_labels": {"labels": ["app=web", "tier=1"]}, "dest_type": "net", "dest_ip": "9.9.9.9", "dest_port": 443, "dest_domains": ["a.example", "b.example"], "policies": {"enforced_policies": ["1|__PROFILE__|pro:kns.shop|allow|0", "0|t|np:shop/p|pass|-1"]}, "num_flows": 3, "bytes_in": 10, "bytes_out": 20}
{"end_time": 1700000600, "action": "maybe", "reporter": "dst", "source_type": "net", "dest_type": "wep"}
{"end_time": 1700000600, "action": "deny", "reporter": "dst", "source_type": "net", "source_ip": "1.1.1.1", "dest_type": "wep", "dest_namespace": "shop", "dest_name": "web-1", "dest_labels": {"labels": []}, "dest_domains": ["c.example"], "policies": {"all_policies": ["0|t|np:shop/p|deny|0"]}}
"#;

fn expected() -> Vec<String> {
    let (mut records, mut issues) = (Vec::new(), Issues::default());
    let mut chunks = Chunks::new(LINES.as_bytes(), CALICO);
    let mut reader = FlowReader::new("log", CALICO);
    while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
        reader.read(&chunk, &mut issues, &mut |record| {
            records.push(format!("{record:?}"));
        });
    }
    assert_eq!(issues.into_list().len(), 1);
    records
}

fn read(batches: &[RecordBatch]) -> (Vec<String>, Vec<Issue>) {
    let columns = Columns::new(batches[0].schema_ref()).unwrap();
    assert_eq!(columns.not_used(), []);
    let mut reader = RecordReader::new("log", columns);
    let (mut records, mut issues) = (Vec::new(), Issues::default());
    for batch in batches {
        reader.read(batch, &mut issues, &mut |record| {
            records.push(format!("{record:?}"));
        });
    }
    (records, issues.into_list())
}

type Named = (&'static str, ArrayRef);

fn check(columns: Vec<Named>) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let (records, issues) = read(std::slice::from_ref(&batch));
    assert_eq!(records, expected());
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].at, "row 2");
    assert_eq!(
        issues[0].message,
        "`action` is `maybe`, expected `allow` or `deny`"
    );
    // Slices begin anywhere, and may hold nothing.
    let slices = [
        batch.slice(0, 0),
        batch.slice(0, 1),
        batch.slice(1, 1),
        batch.slice(2, 1),
    ];
    assert_eq!(read(&slices), (records, issues));
}

fn text(values: [Option<&str>; 3]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// A list of texts; lists that are none are null.
fn list(values: [Option<&[&str]>; 3]) -> ListArray {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for value in values {
        for text in value.unwrap_or_default() {
            builder.values().append_value(text);
        }
        builder.append(value.is_some());
    }
    builder.finish()
}

fn field(name: &str, array: &dyn Array) -> Arc<Field> {
    Arc::new(Field::new(name, array.data_type().clone(), true))
}

const SOURCE_LABELS: [Option<&[&str]>; 3] = [Some(&["app=web", "tier=1"]), None, None];
const DEST_LABELS: [Option<&[&str]>; 3] = [None, None, Some(&[])];
const DOMAINS: [Option<&[&str]>; 3] = [
    Some(&["a.example", "b.example"]),
    None,
    Some(&["c.example"]),
];
const ENFORCED: [Option<&[&str]>; 3] = [
    Some(&[
        "1|__PROFILE__|pro:kns.shop|allow|0",
        "0|t|np:shop/p|pass|-1",
    ]),
    None,
    None,
];
const ALL: [Option<&[&str]>; 3] = [None, None, Some(&["0|t|np:shop/p|deny|0"])];

fn texts(make: impl Fn([Option<&str>; 3]) -> ArrayRef) -> Vec<Named> {
    vec![
        ("action", make([Some("allow"), Some("maybe"), Some("deny")])),
        ("reporter", make([Some("src"), Some("dst"), Some("dst")])),
        ("source_type", make([Some("wep"), Some("net"), Some("net")])),
        ("source_namespace", make([Some("shop"), None, Some("-")])),
        ("source_name_aggr", make([Some("web-*"), None, Some("")])),
        ("source_ip", make([None, None, Some("1.1.1.1")])),
        ("dest_type", make([Some("net"), Some("wep"), Some("wep")])),
        ("dest_namespace", make([None, None, Some("shop")])),
        ("dest_name", make([Some("-"), None, Some("web-1")])),
        ("dest_ip", make([Some("9.9.9.9"), None, None])),
    ]
}

#[test]
fn plain_columns() {
    let mut columns = texts(text);
    let numbers =
        |values: [Option<i64>; 3]| Arc::new(Int64Array::from(values.to_vec())) as ArrayRef;
    columns.extend([
        ("start_time", numbers([Some(1_700_000_000), None, None])),
        (
            "end_time",
            numbers([
                Some(1_700_000_300),
                Some(1_700_000_600),
                Some(1_700_000_600),
            ]),
        ),
        ("proto", text([Some("tcp"), None, None])),
        (
            "dest_port",
            Arc::new(UInt16Array::from(vec![Some(443), None, None])) as ArrayRef,
        ),
        ("num_flows", numbers([Some(3), None, None])),
        ("bytes_in", numbers([Some(10), None, None])),
        ("bytes_out", numbers([Some(20), None, None])),
        ("source_labels", Arc::new(list(SOURCE_LABELS))),
        ("dest_labels", Arc::new(list(DEST_LABELS))),
        ("dest_domains", Arc::new(list(DOMAINS))),
        ("enforced_policies", Arc::new(list(ENFORCED))),
        ("pending_policies", Arc::new(NullArray::new(3))),
        ("all_policies", Arc::new(list(ALL))),
        ("something_else", Arc::new(NullArray::new(3))),
    ]);
    check(columns);
}

#[test]
fn dictionaries_timestamps_and_floats() {
    let keyed = |values: [Option<&str>; 3]| {
        Arc::new(values.into_iter().collect::<DictionaryArray<Int8Type>>()) as ArrayRef
    };
    let floats = |values: [f64; 3]| Arc::new(Float64Array::from(values.to_vec())) as ArrayRef;
    let mut columns = texts(keyed);
    let time = TimestampMillisecondArray::from(vec![
        1_700_000_300_999,
        1_700_000_600_000,
        1_700_000_600_001,
    ]);
    let start = TimestampNanosecondArray::from(vec![Some(1_700_000_000_000_000_000), None, None]);
    columns.extend([
        ("start_time", Arc::new(start.with_timezone("UTC")) as ArrayRef),
        ("end_time", Arc::new(time)),
        ("proto", Arc::new(UInt8Array::from(vec![Some(6), None, None]))),
        ("dest_port", floats([443.0, f64::NAN, f64::NAN])),
        ("num_flows", floats([3.0, f64::NAN, 0.0])),
        ("bytes_in", floats([10.0, f64::NAN, f64::NAN])),
        ("bytes_out", floats([20.0, f64::NAN, f64::NAN])),
        ("source_labels", text([Some(r#"{"labels": ["app=web", "tier=1"]}"#), None, None])),
        ("dest_labels", text([None, None, Some("[]")])),
        ("dest_domains", keyed([Some(r#"["a.example", "b.example"]"#), Some("-"), Some("c.example")])),
        (
            "policies",
            keyed([
                Some(r#"{"enforced_policies": ["1|__PROFILE__|pro:kns.shop|allow|0", "0|t|np:shop/p|pass|-1"]}"#),
                None,
                Some(r#"{"all_policies": ["0|t|np:shop/p|deny|0"]}"#),
            ]),
        ),
    ]);
    check(columns);
}

#[test]
fn structs_large_lists_and_views() {
    let view = |values: [Option<&str>; 3]| {
        Arc::new(values.into_iter().collect::<StringViewArray>()) as ArrayRef
    };
    let mut columns = texts(view);
    let labels = |array: ListArray, is_there: [bool; 3]| -> ArrayRef {
        let field = field("labels", &array);
        let nulls = NullBuffer::from(is_there.to_vec());
        Arc::new(StructArray::new(
            vec![field].into(),
            vec![Arc::new(array)],
            Some(nulls),
        ))
    };
    let large = |array: ListArray| -> ArrayRef {
        let offsets: Vec<i64> = array.offsets().iter().map(|at| i64::from(*at)).collect();
        let item = Arc::new(Field::new("item", DataType::Utf8, true));
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Arc::new(LargeListArray::new(
            item,
            offsets,
            array.values().clone(),
            array.nulls().cloned(),
        ))
    };
    let domains: ArrayRef = {
        let values: StringArray = ["b.example", "a.example", "b.example", "c.example"]
            .map(Some)
            .to_vec()
            .into();
        let item = Arc::new(Field::new("item", DataType::Utf8, true));
        let (offsets, sizes) = (
            ScalarBuffer::from(vec![1, 0, 3]),
            ScalarBuffer::from(vec![2, 1, 1]),
        );
        let nulls = NullBuffer::from(vec![true, false, true]);
        Arc::new(ListViewArray::new(
            item,
            offsets,
            sizes,
            Arc::new(values),
            Some(nulls),
        ))
    };
    let traces = {
        let (enforced, all) = (large(list(ENFORCED)), large(list(ALL)));
        let fields = vec![
            field("enforced_policies", &enforced),
            field("all_policies", &all),
        ];
        Arc::new(StructArray::new(fields.into(), vec![enforced, all], None)) as ArrayRef
    };
    let keyed: DictionaryArray<UInt64Type> = [Some("tcp"), None, Some("-")].into_iter().collect();
    let numbers =
        |values: [Option<i64>; 3]| Arc::new(Int64Array::from(values.to_vec())) as ArrayRef;
    // A list that is there in a struct that is not says nothing.
    let hidden: [Option<&[&str]>; 3] =
        [Some(&["app=web", "tier=1"]), Some(&["x=y"]), Some(&["x=y"])];
    columns.extend([
        ("start_time", numbers([Some(1_700_000_000), None, None])),
        (
            "end_time",
            numbers([
                Some(1_700_000_300),
                Some(1_700_000_600),
                Some(1_700_000_600),
            ]),
        ),
        ("proto", Arc::new(keyed) as ArrayRef),
        ("dest_port", numbers([Some(443), None, None])),
        ("num_flows", numbers([Some(3), None, None])),
        ("bytes_in", numbers([Some(30), None, None])),
        ("source_labels", labels(list(hidden), [true, false, false])),
        (
            "dest_labels",
            labels(list(DEST_LABELS), [false, false, true]),
        ),
        ("dest_domains", domains),
        ("policies", traces),
        (
            "dest_service_name",
            Arc::new(LargeStringArray::from(vec![None, None, Some("alone")])),
        ),
    ]);
    check(columns);
}

#[test]
fn what_is_wrong_with_columns_is_said() {
    let schema = |end: DataType, more: Vec<Field>| {
        let needed = ["action", "reporter", "source_type", "dest_type"];
        let mut fields: Vec<Field> = needed
            .map(|name| Field::new(name, DataType::Utf8, true))
            .into();
        fields.push(Field::new("end_time", end, true));
        fields.extend(more);
        arrow_schema::Schema::new(fields)
    };
    let said = |error: ColumnError| error.to_string();
    assert_eq!(
        Columns::new(&arrow_schema::Schema::empty())
            .map_err(said)
            .unwrap_err(),
        "the column `end_time` is missing, expected Unix seconds or timestamps"
    );
    assert_eq!(
        Columns::new(&schema(DataType::Utf8, Vec::new()))
            .map_err(said)
            .unwrap_err(),
        "the column `end_time` is of type `Utf8`, expected Unix seconds or timestamps"
    );
    let twice = vec![Field::new("end_time", DataType::Int64, true)];
    assert_eq!(
        Columns::new(&schema(DataType::Int32, twice))
            .map_err(said)
            .unwrap_err(),
        "the column `end_time` is there 2 times, expected once"
    );
    let odd = vec![
        Field::new("dest_port", DataType::Utf8, true),
        Field::new("dest_ip", DataType::Utf8, true),
        Field::new("dest_ip", DataType::Utf8, true),
        Field::new("dest_ip", DataType::Utf8, true),
        Field::new("source_labels", DataType::Int64, true),
        Field::new("enforced_policies", DataType::Utf8, true),
    ];
    let columns = Columns::new(&schema(DataType::Int32, odd)).unwrap();
    let said: Vec<String> = columns.not_used().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "the column `dest_ip` is there 3 times, expected once",
            "the column `dest_port` is of type `Utf8`, expected whole numbers",
            "the column `source_labels` is of type `Int64`, expected a list of texts, a struct with \
             a list `labels`, or JSON as text",
            "the column `enforced_policies` is of type `Utf8`, expected a list of texts",
        ]
    );
}

#[test]
fn a_column_of_a_parquet_file_that_cannot_be_used_is_told() {
    let names = ["action", "reporter", "source_type", "dest_type"];
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["src"]));
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![7]));
    let columns = names.map(|name| (name, texts.clone()));
    let more = ["end_time", "source_namespace"].map(|name| (name, numbers.clone()));
    let batch = RecordBatch::try_from_iter(columns.into_iter().chain(more)).unwrap();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    let file = writer.into_inner().unwrap();

    let file = ParquetFile::open("log", bytes::Bytes::from(file)).unwrap();
    let mut issues = Issues::default();
    file.report_columns(&mut issues);
    let told: Vec<String> = issues
        .into_list()
        .into_iter()
        .map(|issue| issue.message)
        .collect();
    assert_eq!(
        told,
        ["the column `source_namespace` is of type `Int64`, expected text; it is taken as unknown"]
    );
}

#[test]
fn a_bad_value_costs_its_row() {
    let mut columns: Vec<Named> = texts(text);
    let keyed: DictionaryArray<Int32Type> = [Some("tcp"), Some("tcp"), Some("nothing")]
        .into_iter()
        .collect();
    columns[0].1 = text([Some("allow"); 3]);
    columns.extend([
        (
            "end_time",
            Arc::new(Int64Array::from(vec![None, Some(i64::MAX), Some(1)])) as ArrayRef,
        ),
        (
            "bytes_in",
            Arc::new(Float64Array::from(vec![0.5, 1.0, 1.0])),
        ),
        ("proto", Arc::new(keyed)),
    ]);
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let (records, issues) = read(&[batch]);
    assert!(records.is_empty());
    let said: Vec<(&str, &str)> = issues
        .iter()
        .map(|issue| (issue.at.as_str(), issue.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("row 1", "`end_time` is missing"),
            (
                "row 2",
                "`end_time` is `9223372036854775807`, expected Unix seconds, a whole number before the \
                 year 10000"
            ),
            (
                "row 3",
                "`proto` is `nothing`, expected a protocol's name or its number, 0 to 255"
            ),
        ]
    );
}
