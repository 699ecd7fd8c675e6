use posture_core::issue::IssueKind;

use crate::flows::testing;

/// A row of a connection to the network.
const ROW: &str = r#"{"start_time": 1, "end_time": 2, "reporter": "src", "action": "allow", "proto": "tcp", "source_type": "wep", "source_namespace": "shop", "source_name_aggr": "web-*", "dest_type": "net", "dest_name_aggr": "pub", "policies": {"enforced_policies": ["0|__PROFILE__|pro:kns.shop|allow|0"]}}"#;

#[test]
fn rows_in_every_wrapper() {
    let hit = format!(
        "{{\"_index\": \"flows\", \"_id\": \"x\", \"_score\": 1.0, \"_source\": {ROW}, \"sort\": [1]}}"
    );
    let answer = format!(
        "{{\"took\": 2, \"timed_out\": false, \"hits\": {{\"total\": {{\"value\": 2, \"relation\": \"eq\"}}, \"max_score\": 1.0, \"hits\": [{hit}, {hit}]}}, \"aggregations\": {{}}}}"
    );
    for (text, count) in [
        (format!("{ROW}\n{ROW}\n"), 2),
        (format!("{hit}\n{hit}\n"), 2),
        (answer.clone(), 2),
        (answer.replacen('{', "{\"_scroll_id\": \"abc\", ", 1), 2),
        (answer.replace(", ", ",\n "), 2),
        (format!("{answer}\n{answer}\n"), 4),
        (format!("{{\"docs\": [{hit}, {hit}]}}"), 2),
        (
            format!("{{\"items\": [{ROW}, {ROW}], \"total_hits\": 2, \"after_key\": {{}}}}"),
            2,
        ),
        (
            format!("{{\"total_hits\": 2, \"items\": [{ROW}, {ROW}]}}"),
            2,
        ),
        (format!("[{ROW}, {hit}]"), 2),
    ] {
        let (seen, told) = testing::read(&text);
        assert_eq!((seen.len(), told), (count, Vec::new()), "{text}");
        for record in seen {
            assert_eq!(record.source, "Workload shop/web-*");
            assert_eq!(record.enforced, "0|__PROFILE__|pro:kns.shop|Allow|0");
        }
    }
}

#[test]
fn lines_of_the_bulk_interface_are_no_broken_rows() {
    let text = format!(
        "{{\"index\": {{\"_index\": \"flows\"}}}}\n{ROW}\n{{\"create\": {{}}}}\n{ROW}\n{{\"x\": 1}}\n"
    );
    let (seen, told) = testing::read(&text);
    assert_eq!(seen.len(), 2);
    let told: Vec<_> = told
        .iter()
        .map(|issue| (issue.kind, issue.at.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (IssueKind::InvalidRecord, "line 5"),
            (IssueKind::UnusedKind, "line 1"),
            (IssueKind::UnusedKind, "line 3"),
        ]
    );
}

#[test]
fn what_is_nested_in_a_row_is_json_or_the_row_is_broken() {
    let whole =
        r#"{"end_time":2,"reporter":"src","action":"allow","source_type":"wep","dest_type":"net"}"#;
    for key in [
        "source_labels",
        "dest_labels",
        "dest_domains",
        "policies",
        "of_no_use",
    ] {
        for (nested, count) in [("[]", 1), (r#"{"x":[1,]}"#, 0), ("[x]", 0)] {
            let row = whole.replacen('{', &format!("{{\"{key}\":{nested},"), 1);
            let (seen, told) = testing::read(&format!("{whole}\n{row}\n"));
            assert_eq!((seen.len(), told.len()), (1 + count, 1 - count), "{row}");
        }
    }
}

#[test]
fn traces_of_every_array() {
    let with = |policies: &str| {
        let row = ROW.split(", \"policies\"").next().unwrap();
        let (seen, told) = testing::read(&format!("{row}, \"policies\": {policies}}}"));
        assert_eq!(told, []);
        seen[0].enforced.clone()
    };
    for (policies, expected) in [
        (
            r#"{"all_policies": ["0|t|a/t.p|deny|1"]}"#,
            "0|t|a/t.p|Deny|1",
        ),
        (
            r#"{"all_policies": ["0|t|a/t.q|deny|1"], "enforced_policies": ["0|t|np:a/p|allow|2"], "pending_policies": ["0|t|snp:a/r|deny|0"]}"#,
            "0|t|np:a/p|Allow|2",
        ),
        (r#"{"transit_policies": ["0|t|gnp:p|allow|2"]}"#, "Absent"),
        ("null", "Absent"),
    ] {
        assert_eq!(with(policies), expected, "{policies}");
    }
}
