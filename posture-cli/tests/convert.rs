//! Flow logs in columns: what is written of them, and that the score stays the same.

mod common;

use std::fs;
use std::path::Path;

use common::{example, file, folder_of, piped, posture, score, stderr, stdout};

/// A name in a folder of its own, under which nothing is.
fn free(folder: &str, name: &str) -> String {
    let path = folder_of(folder).join(name);
    let _ = fs::remove_file(&path);
    path.to_str().unwrap().to_owned()
}

fn result(flows: &str) -> String {
    let paths = [
        "boutique/objects.json",
        "boutique/networkpolicies.json",
        "boutique/scans",
        flows,
    ];
    stdout(&score(&[&paths[..], &["--format", "json"]].concat()), 0)
}

#[test]
fn the_score_stays_the_same() {
    let expected = result("boutique/flows.jsonl");
    for name in ["flows.parquet", "flows.arrow"] {
        let written = free("convert-same", name);
        let said = stdout(&["convert", "boutique/flows.jsonl", "-o", &written], 0);
        let lines = example("boutique/flows.jsonl")
            .split(|byte| *byte == b'\n')
            .count()
            - 1;
        assert!(said.starts_with(&format!("{lines} records of ")), "{said}");
        assert_eq!(result(&written), expected, "{name}");

        let again = free("convert-again", &format!("again-{name}"));
        stdout(&["convert", &written, "-o", &again], 0);
        assert_eq!(
            fs::read(&again).unwrap(),
            fs::read(&written).unwrap(),
            "{name} is a fixed point"
        );

        // From a pipe the file is read whole.
        let paths = [
            "boutique/objects.json",
            "boutique/networkpolicies.json",
            "boutique/scans",
            "-",
        ];
        let arguments = score(&[&paths[..], &["--format", "json"]].concat());
        assert_eq!(
            piped(&arguments, &fs::read(&written).unwrap()),
            expected,
            "{name}"
        );
    }
}

#[test]
fn what_is_no_record_is_told() {
    let whole = example("tiny/flows.jsonl");
    let first = whole.split(|byte| *byte == b'\n').next().unwrap();
    let broken = b"\n{\"reporter\": \"src\", \"start_time\": 1}\n";
    let log = file("convert-told", "flows.jsonl", &[first, broken].concat());
    let written = free("convert-told", "flows.parquet");
    let arguments = [
        "convert",
        &log,
        "boutique/objects.json",
        "-o",
        &written,
        "--strict",
    ];
    let said = stdout(&arguments, 4);
    assert!(said.starts_with("1 record of "), "{said}");
    assert!(
        said.contains("\n1 file without a flow log passed over\n"),
        "{said}"
    );
    assert!(said.contains("`end_time` is missing"), "{said}");
    assert!(!Path::new(&format!("{written}.partial")).exists());
    let more = free("convert-told", "more.parquet");
    let said = stdout(&["convert", &written, "-o", &more, "--strict"], 0);
    assert!(said.starts_with("1 record of "), "{said}");
}

#[test]
fn nothing_is_replaced_unasked() {
    let written = file("convert-replaced", "flows.parquet", b"old");
    let said = stderr(&["convert", "boutique/flows.jsonl", "-o", &written], 2);
    assert!(
        said.contains("exists, expected a new file, or `--force` to replace it"),
        "{said}"
    );
    assert_eq!(fs::read(&written).unwrap(), b"old");
    stdout(
        &["convert", "boutique/flows.jsonl", "-o", &written, "--force"],
        0,
    );
    assert!(fs::read(&written).unwrap().starts_with(b"PAR1"));
    let said = stderr(&["convert", "boutique/flows.jsonl", "-o", "flows.csv"], 2);
    assert!(
        said.contains("expected a name that ends in `.parquet` or `.arrow`"),
        "{said}"
    );
    assert_eq!(
        posture(&["convert"]).output().unwrap().status.code(),
        Some(2)
    );
}

#[test]
fn columns_that_are_no_flow_log_cost_themselves() {
    let broken = file(
        "convert-broken",
        "broken.parquet",
        b"PAR1 and nothing that follows",
    );
    let said = stdout(
        &score(&["tiny/objects.yaml", "tiny/flows.jsonl", &broken]),
        0,
    );
    assert!(said.contains("not readable as Parquet"), "{said}");
}

/// Lines that say little, or something odd: no type and no reporter, ICMP, no ports, no names.
const ODD: [(&str, &str, &str); 3] = [
    (
        "whisker-flows",
        "flows.jsonl",
        concat!(
            r#"{"start_time":"2026-11-20T10:00:00Z","end_time":"2026-11-20T10:00:15Z","action":"Deny","source_name":"web-755cdc7957-*","source_namespace":"shop","source_labels":"","dest_name":"-","dest_namespace":"-","dest_labels":"","protocol":"icmp","reporter":"Dst","policies":{"enforced":[],"pending":[]}}"#,
            "\n",
            r#"{"start_time":"2026-11-20T10:00:00Z","end_time":"2026-11-20T10:00:15Z","action":"Allow","source_name":"web-755cdc7957-*","source_namespace":"shop","dest_name":"PRIVATE NETWORK","dest_namespace":"-","protocol":"sctp","dest_port":0,"reporter":"Src"}"#,
            "\n",
        ),
    ),
    (
        "goldmane-flows",
        "flows.jsonl",
        concat!(
            r#"{"id":"90","flow":{"Key":{"sourceName":"web-755cdc7957-*","sourceNamespace":"shop","destName":"pub","destNamespace":"-","proto":"icmp","action":"Deny"},"startTime":"1795168800","endTime":"1795168815"}}"#,
            "\n",
            r#"{"id":"91","flow":{"Key":{"sourceName":"-","sourceNamespace":"shop","sourceType":"WorkloadEndpoint","destName":"-","destNamespace":"-","destType":"EndpointTypeUnspecified","proto":"udp","reporter":"ReporterUnspecified","action":"Allow"},"startTime":"1795168800","endTime":"1795168815","sourceLabels":["app=web"]}}"#,
            "\n",
        ),
    ),
    (
        "hubble-flows",
        "flows.jsonl",
        concat!(
            r#"{"flow":{"time":"2026-01-01T00:00:30Z","verdict":"FORWARDED","IP":{"source":"10.0.1.5","destination":"203.0.113.9","ipVersion":"IPv4"},"l4":{"ICMPv4":{"type":8}},"source":{"identity":2001,"namespace":"shop","labels":["k8s:app=web"],"pod_name":"web-755cdc7957-x7k2p"},"destination":{"labels":["reserved:world"],"identity":2},"Type":"L3_L4","event_type":{"type":4},"traffic_direction":"EGRESS"}}"#,
            "\n",
            r#"{"flow":{"time":"2026-01-01T00:00:31Z","verdict":"DROPPED","IP":{"source":"10.0.1.5","destination":"10.0.2.7","ipVersion":"IPv4"},"source":{"identity":2001,"labels":["k8s:app=web","k8s:io.kubernetes.pod.namespace=shop"]},"destination":{"identity":2002,"labels":["k8s:app=api","k8s:io.kubernetes.pod.namespace=bank"]},"Type":"L3_L4","event_type":{"type":1},"traffic_direction":"TRAFFIC_DIRECTION_UNKNOWN"}}"#,
            "\n",
            r#"{"flow":{"time":"2026-01-01T00:00:32Z","verdict":"FORWARDED","IP":{"source":"2001:db8::1","destination":"10.0.2.7"},"l4":{"ICMPv6":{"type":128,"code":0}},"source":{"identity":9},"destination":{"identity":2002,"namespace":"bank","labels":["k8s:app=api"]},"Type":"L3_L4","event_type":{"type":4},"traffic_direction":"INGRESS"}}"#,
            "\n",
        ),
    ),
];

/// The result without places of files in it: what is not told of rows is the same.
fn without_places(result: &str) -> serde_json::Value {
    fn drop_places(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(object) => {
                object.remove("issues");
                object.values_mut().for_each(drop_places);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(drop_places),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(result).unwrap();
    drop_places(&mut value);
    value
}

#[test]
fn flows_of_other_formats_stay_the_same() {
    for (case, log, odd) in ODD {
        let case = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../cases")
            .join(case)
            .join("input");
        let (mut others, mut logs) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(&case).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            match name.contains("flows") {
                true => logs.push(path.to_str().unwrap().to_owned()),
                false => others.push(path.to_str().unwrap().to_owned()),
            }
        }
        logs.push(file(
            &format!(
                "convert-{}",
                case.parent()
                    .unwrap()
                    .file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
            ),
            log,
            odd.as_bytes(),
        ));
        let score = |logs: &[&str]| {
            let mut arguments = vec!["score", "--now", "2026-11-20T11:00:00Z", "--format", "json"];
            arguments.extend(others.iter().map(String::as_str));
            arguments.extend(logs);
            let output = posture(&arguments).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let logs: Vec<&str> = logs.iter().map(String::as_str).collect();
        let lines = score(&logs);
        assert!(lines.contains("\"score\""), "{lines}");
        for name in ["flows.parquet", "flows.arrow"] {
            let written = free("convert-others", name);
            let arguments = [&["convert"], &logs[..], &["-o", &written, "--force"]].concat();
            let said = stdout(&arguments, 0);
            assert!(!said.contains("not "), "{said}");
            assert_eq!(
                without_places(&score(&[&written])),
                without_places(&lines),
                "{case:?} {name}"
            );
        }
    }
}

#[test]
fn a_damaged_file_costs_its_rest() {
    let written = free("convert-damaged", "flows.parquet");
    stdout(&["convert", "boutique/flows.jsonl", "-o", &written], 0);
    let mut bytes = fs::read(&written).unwrap();
    for byte in &mut bytes[4..400] {
        *byte ^= 0xff;
    }
    let damaged = file("convert-damaged", "damaged.parquet", &bytes);
    let one = |threads: &str| {
        stdout(
            &score(&[
                "boutique/objects.json",
                &damaged,
                "--threads",
                threads,
                "--format",
                "json",
            ]),
            0,
        )
    };
    assert!(one("1").contains("are not read"), "{}", one("1"));
    assert_eq!(one("1"), one("4"));
}
