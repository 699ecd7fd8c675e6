//! Lines of a flow log with everything odd that a log may hold.

use proptest::prelude::*;
use proptest::sample::select;

/// A field and its value, or neither.
fn field(name: &'static str, values: &[&'static str]) -> BoxedStrategy<String> {
    let values = values.to_vec();
    let text = move |(is_there, value)| match is_there {
        true => format!(", \"{name}\": {value}"),
        false => String::new(),
    };
    (prop::bool::weighted(0.97), select(values))
        .prop_map(text)
        .boxed()
}

fn concat(parts: Vec<BoxedStrategy<String>>) -> BoxedStrategy<String> {
    parts.prop_map(|parts| parts.concat()).boxed()
}

fn end(side: &'static str) -> BoxedStrategy<String> {
    let name = move |part: &str| -> &'static str { Box::leak(format!("{side}_{part}").into()) };
    let kinds = [
        r#""wep""#, r#""wep""#, r#""wep""#, r#""net""#, r#""net""#, r#""ns""#, r#""hep""#,
    ];
    let namespaces = [
        r#""shop""#,
        r#""pay""#,
        r#""-""#,
        r#""""#,
        "null",
        r#""a\"b""#,
    ];
    let names = [r#""web-5d8f-x1""#, r#""api-0""#, r#""-""#, "null", r#""π""#];
    let aggregates = [
        r#""web-5d8f-*""#,
        r#""api-*""#,
        r#""pub""#,
        r#""pvt""#,
        r#""-""#,
        "null",
    ];
    let addresses = [
        r#""10.0.0.1""#,
        r#""10.0.0.2""#,
        r#""10.0.9.9""#,
        r#""9.9.9.9""#,
        r#""9.9.9.8""#,
        r#""1.1.1.1""#,
        r#""::ffff:9.9.9.9""#,
        r#""fd00::1""#,
        r#""169.254.169.254""#,
        r#""-""#,
        "null",
        r#""somewhere""#,
    ];
    let ports = [
        "443", "0", "65535", "null", "8080", "443", "80", "null", "5432", "65536",
    ];
    let labels = [
        "null",
        r#"{"labels": ["app=web", "a=b=c", "flag"]}"#,
        r#"["app=api"]"#,
        "[]",
        r#"{"labels": []}"#,
        r#"{"labels": null}"#,
        r#"{"labels": ["app=web", "app=other"]}"#,
        "7",
    ];
    concat(vec![
        field(name("type"), &kinds),
        field(name("namespace"), &namespaces),
        field(name("name"), &names),
        field(name("name_aggr"), &aggregates),
        field(name("ip"), &addresses),
        field(name("port"), &ports),
        field(name("labels"), &labels),
    ])
}

fn policies() -> BoxedStrategy<String> {
    let traces = [
        "null",
        "{}",
        "[]",
        r#"{"all_policies": ["1|__PROFILE__|pro:kns.shop|allow|0", "0|t|snp:shop/p|deny|0"]}"#,
        r#"{"enforced_policies": ["0|default|shop/default.web|allow"]}"#,
        r#"{"enforced_policies": ["0|__PROFILE__|__PROFILE__.kns.shop|allow|0"], "pending_policies": []}"#,
        r#"{"enforced_policies": ["0|__PROFILE__|__PROFILE__.kns.shop|allow|0"],
            "pending_policies": ["0|t|ns/staged:t.p|allow|1"]}"#,
        r#"{"enforced_policies": ["2|broken"], "pending_policies": ["0|t|np:a/p|allow|-2"]}"#,
        r#"{"enforced_policies": ["0|t|t.p|pass|-1", "1|d|knp:shop/web|deny|-1"], "transit_policies": ["x"]}"#,
    ];
    let traces = traces.map(|text| -> &'static str { Box::leak(text.replace('\n', " ").into()) });
    field("policies", &traces)
}

/// A line, most often a record.
pub(super) fn line() -> impl Strategy<Value = String> {
    let times = (0..4_i64, 0..3_i64, any::<bool>()).prop_map(|(end, length, has_start)| {
        let end = 1_700_000_000 + end * 300;
        match has_start {
            true => format!(
                "\"start_time\": {}, \"end_time\": {end}",
                end - length * 100
            ),
            false => format!("\"end_time\": {end}"),
        }
    });
    concat(vec![
        times.boxed(),
        field("action", &[r#""allow""#, r#""allow""#, r#""deny""#]),
        field(
            "reporter",
            &[r#""src""#, r#""dst""#, r#""dst, fwd""#, r#""fwd""#],
        ),
        field(
            "proto",
            &[
                r#""tcp""#,
                r#""UDP""#,
                "6",
                "132",
                r#""udplite""#,
                r#""-""#,
                "null",
                r#""foo""#,
            ],
        ),
        end("source"),
        end("dest"),
        policies(),
        field("num_flows", &["1", "17", "null", "18446744073709551615"]),
        field("bytes_in", &["0", "100", "null"]),
        field("bytes_out", &["7", "9223372036854775808", "null"]),
        field("dest_service_namespace", &[r#""shop""#, r#""-""#, "null"]),
        field("dest_service_name", &[r#""web""#, r#""-""#, "null"]),
        field(
            "dest_domains",
            &[
                "null",
                r#"["a.example", "-", "b.example"]"#,
                r#""c.example""#,
                r#""-""#,
                "[]",
                r#"[""]"#,
            ],
        ),
    ])
    .prop_map(|fields| format!("{{{fields}}}\n"))
}
