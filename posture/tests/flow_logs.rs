//! Flow logs give the same result in any layout, packed or not, and on any number of threads.

use std::io::{Cursor, Write};
use std::num::NonZeroUsize;

use posture::core::engine::Engine;
use posture::{Intake, Request, Tallying};
use posture_core::conclude;

/// A row of a log; which one, some numbers say.
fn row(number: u64) -> String {
    let (pod, peer, port) = (number % 7, number % 5, 8000 + number % 3);
    let decided = ["np:shop/default.web", "pro:kns.shop"][usize::from(number.is_multiple_of(2))];
    format!(
        r#"{{"start_time":{number},"end_time":{},"reporter":"src","action":"allow","proto":"tcp","source_type":"wep","source_namespace":"shop","source_name_aggr":"web-{pod}-*","dest_type":"wep","dest_namespace":"pay","dest_name_aggr":"api-{peer}-*","dest_port":{port},"num_flows":{pod},"policies":{{"enforced_policies":["0|default|{decided}|allow|0"]}}}}"#,
        number + 300
    )
}

/// Rows of which every thousandth is broken.
fn rows() -> Vec<String> {
    let broken = |number| number % 1000 == 999;
    (0..20_000)
        .map(|number| match broken(number) {
            true => row(number).replace("\"allow\"", "\"alow\""),
            false => row(number),
        })
        .collect()
}

fn result(name: &str, log: &[u8], threads: usize) -> String {
    let request = Request::default();
    let mut intake = Intake::default();
    assert!(intake.add_bytes(name, log), "a flow log");
    let (cluster, mut issues) = intake.cluster(&request).unwrap();
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let threads = NonZeroUsize::new(threads).unwrap();
    let mut tallying = Tallying::new(&cluster, &engine, request.method.evidence, threads);
    tallying.read_file(name, Cursor::new(log), &mut issues);
    assert_eq!(tallying.logs()[0].records, 19_980);
    conclude(&cluster, &engine, &tallying.finish(), &request, issues).to_json()
}

#[test]
fn threads_change_nothing() {
    let log = rows().join("\n").into_bytes();
    assert!(log.len() > 4 << 20, "a log of several chunks");
    let one = result("log", &log, 1);
    assert!(one.contains("line 19000"), "issues name lines");
    for threads in [2, 3, 8] {
        assert_eq!(result("log", &log, threads), one, "{threads} threads");
    }
}

#[test]
fn layouts_change_nothing_but_the_places_of_issues() {
    let rows = rows();
    let lines = result("log", rows.join("\n").as_bytes(), 2).replace("line ", "record ");
    for text in [
        format!("[{}]", rows.join(",\n")),
        format!("{{\"took\":3,\"hits\":{{\"hits\":[{}]}}}}", rows.join(",")),
        format!("{{\"items\":[{}],\"total\":9}}", rows.join(", ")),
        rows.join("").replace(",\"proto", ",\n  \"proto"),
    ] {
        assert_eq!(result("log", text.as_bytes(), 2), lines, "{}", &text[..40]);
    }
}

#[test]
fn packing_changes_nothing() {
    let text = rows().join("\n").into_bytes();
    let plain = result("log", &text, 1);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&text).unwrap();
    assert_eq!(result("log", &gzip.finish().unwrap(), 2), plain);
}

#[test]
fn a_log_that_breaks_off_gives_what_came_before_and_an_issue() {
    let text = rows().join("\n").into_bytes();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(&text).unwrap();
    let mut packed = gzip.finish().unwrap();
    packed.truncate(packed.len() / 2);
    let (mut intake, request) = (Intake::default(), Request::default());
    assert!(intake.add_bytes("log.gz", &packed));
    let (cluster, mut issues) = intake.cluster(&request).unwrap();
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let mut tallying = Tallying::new(
        &cluster,
        &engine,
        request.method.evidence,
        NonZeroUsize::MIN,
    );
    tallying.read_file("log.gz", Cursor::new(&packed), &mut issues);
    assert!((9_000..11_000).contains(&tallying.logs()[0].records));
    let told = issues.into_list();
    let broken = told
        .iter()
        .find(|issue| issue.message.contains("ends too early"));
    assert_eq!(broken.unwrap().file, "log.gz");
}
