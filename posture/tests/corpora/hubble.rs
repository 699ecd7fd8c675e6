//! Real flows of Hubble, counted a second time over the raw JSON.
//!
//! | what | flows | why |
//! |---|---|---|
//! | all | 1916 | one a line, none is left out |
//! | turned round, as told | 631 | `is_reply`, or `reply` in 5 that are older than `is_reply` |
//! | turned round, as it looks | 7 | of the 131 without a direction: port 14250 or 9080 to one above 32768 (4), echo replies (3) |
//! | speaks for its source | 1691 | `EGRESS` |
//! | speaks for its destination | 101 | 94 `INGRESS`; the 7 above come from an endpoint of the node |
//! | speaks for neither | 124 | no direction, and no endpoint of the node: seen on the way into a tunnel |

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use posture::core::issue::Issues;
use posture::core::model::{EndKind, Record, Reporter, Trace};
use posture::formats::detect::{Content, detect};
use posture::formats::flows::{Chunks, FlowFormat, FlowReader};
use serde_json::Value;

/// How many flows there are of a kind.
type Counts = BTreeMap<String, u64>;

/// Every flow is read; ends, directions and what is turned round are those of the raw JSON.
pub(crate) fn flows_of_hubble(root: &Path) {
    let folder = root.join("flows/hubble-otel/testdata");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let mut total = Counts::new();
    for path in paths {
        let bytes = fs::read(&path).expect("a readable file");
        let (read, raw) = (read(&bytes), raw(&bytes));
        println!("{}: {read:?}", path.display());
        assert_eq!(read, raw, "{}", path.display());
        for (kind, count) in read {
            *total.entry(kind).or_default() += count;
        }
    }
    println!("all: {total:?}");
    let count = |kind: &str| total.get(kind).copied().unwrap_or_default();
    assert_eq!(
        [
            count("flow"),
            count("turned round"),
            count("for its source"),
            count("for its destination"),
            count("for neither"),
        ],
        [1916, 631 + 7, 1691, 94 + 7, 124]
    );
    // 457 policy verdicts: 208 by who and port, and 249 by port, which a redirection does not tell.
    assert_eq!(count("decided by a policy"), 208);
}

/// What the reader says.
fn read(bytes: &[u8]) -> Counts {
    let Content::FlowLog(log) = detect(bytes) else {
        panic!("expected a flow log");
    };
    assert_eq!(log.format, FlowFormat::Hubble);
    let (mut counts, mut issues, mut workloads) =
        (Counts::new(), Issues::default(), BTreeSet::new());
    let lines: Vec<Value> = lines(bytes).collect();
    let mut flows = lines.iter().map(|line| &line["flow"]);
    let mut reader = FlowReader::new("flows", log);
    let mut chunks = Chunks::of_size(1000, bytes, log);
    let mut buffer = Vec::new();
    while let Some(chunk) = chunks.next(buffer).expect("a whole stream") {
        reader.read(&chunk, &mut issues, &mut |record| {
            let flow = flows.next().expect("a flow for each record");
            count(record, flow, &mut counts, &mut workloads);
        });
        buffer = chunk.into_buffer();
    }
    assert_eq!(issues.into_list(), []);
    counts.insert("workloads".to_owned(), workloads.len() as u64);
    counts
}

fn count(record: &Record<'_>, flow: &Value, counts: &mut Counts, workloads: &mut BTreeSet<String>) {
    let mut add = |kind: &str| *counts.entry(kind.to_owned()).or_default() += 1;
    add("flow");
    let address = record.source.address.expect("an address").to_string();
    let is_turned = address == text(&flow["IP"]["destination"]);
    assert_ne!(flow["IP"]["source"], flow["IP"]["destination"]);
    if is_turned {
        add("turned round");
    }
    let (from, to) = match is_turned {
        true => (&flow["destination"], &flow["source"]),
        false => (&flow["source"], &flow["destination"]),
    };
    // Whom a record speaks for is an endpoint of the node that tells of it.
    match record.reporter {
        Reporter::Source => {
            add("for its source");
            assert!(from["ID"].is_u64(), "{flow}");
        }
        Reporter::Destination => {
            add("for its destination");
            assert!(to["ID"].is_u64(), "{flow}");
        }
        Reporter::Unknown => add("for neither"),
        Reporter::Forward => panic!("{flow}"),
    }
    if record.traces.enforced != Trace::Absent {
        add("decided by a policy");
    }
    for end in [&record.source, &record.destination] {
        add(match end.kind {
            EndKind::Workload if end.name.is_none() => "end: pod without a name",
            EndKind::Workload => "end: workload",
            EndKind::Host => "end: host",
            EndKind::Network => "end: network",
            EndKind::NetworkSet | EndKind::Unknown => panic!("{flow}"),
        });
        if let (Some(namespace), Some(_)) = (end.namespace, end.name) {
            let generated = end.aggregate.expect("pods of controllers");
            workloads.insert(format!("{namespace}/{generated}"));
        }
    }
}

/// The same of the raw JSON.
fn raw(bytes: &[u8]) -> Counts {
    let (mut counts, mut workloads) = (Counts::new(), BTreeSet::new());
    for line in lines(bytes) {
        let flow = &line["flow"];
        let mut add = |kind: &str| *counts.entry(kind.to_owned()).or_default() += 1;
        add("flow");
        let port = |key: &str| flow["l4"]["TCP"][key].as_u64().unwrap_or_default();
        let direction = flow["traffic_direction"].as_str();
        let looks_like_a_reply = direction.is_none()
            && (port("source_port") < 32_768 && port("destination_port") >= 32_768
                || flow["l4"]["ICMPv4"] == serde_json::json!({}));
        if flow["is_reply"] == true || flow["reply"] == true || looks_like_a_reply {
            add("turned round");
        }
        add(match direction {
            Some("EGRESS") => "for its source",
            Some("INGRESS") => "for its destination",
            None if flow["source"]["ID"].is_u64() => "for its destination",
            _ => "for neither",
        });
        if flow["policy_match_type"] == 2 {
            add("decided by a policy");
        }
        for end in [&flow["source"], &flow["destination"]] {
            let labels = end["labels"].to_string();
            add(match end["pod_name"].as_str() {
                // The proxy calls pods `world` that it does not know: 221 of 323.
                Some(pod) => {
                    let pod = &pod[..pod.len() - 5];
                    workloads.insert(format!("{}/{pod}*", text(&end["namespace"])));
                    "end: workload"
                }
                None if labels.contains("reserved:world") => "end: network",
                None if labels.contains("reserved:") => "end: host",
                None => "end: pod without a name",
            });
        }
    }
    counts.insert("workloads".to_owned(), workloads.len() as u64);
    counts
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = Value> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("a line of JSON"))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
