//! What the plain reader reads, the other one reads alike.

use proptest::prelude::*;

use super::*;

/// What a plain row says, and what the reader of all rows says of the same text.
fn both(text: &str, expected: &mut Expected) -> (Option<String>, Result<String, String>) {
    let plain = row(text, expected).map(|row| format!("{row:?}"));
    let any = json::from_str::<Row<'_>>(text).map(|row| format!("{row:?}"));
    (plain, any.map_err(|error| error.to_string()))
}

const ROW: &str = r#"{"start_time":1,"end_time":12345678901,"source_ip":null,"source_labels":{"labels":["a=[b","c=}"]},"x":[1,{"y":null}],"source_name_aggr":"frontend-755cdc7957-*","z":true,"proto":6,"dest_port": 443, "policies" : {},"dest_domains":[]}"#;

#[test]
fn a_plain_row_says_the_same() {
    let mut expected = Expected::default();
    for _ in 0..2 {
        let (plain, any) = both(ROW, &mut expected);
        assert_eq!(plain, any.ok());
        assert!(plain.is_some());
    }
    // other keys in between, and the first ones again
    let other = r#"{"reporter":"src","end_time":2}"#;
    assert!(both(other, &mut expected).0.is_some());
    assert!(both(ROW, &mut expected).0.is_some());
}

#[test]
fn what_is_unusual_is_left_to_the_other_reader() {
    for text in [
        r#"{"proto":"t\u0063p"}"#,
        r#"{"end_time":1.0}"#,
        r#"{"end_time":01}"#,
        r#"{"num_flows":-1}"#,
        r#"{"end_time":253402300800}"#,
        r#"{"dest_port":65536}"#,
        r#"{"proto":256}"#,
        r#"{"proto":true}"#,
        r#"{"action":1}"#,
        r#"{"x":[1,]}"#,
        r#"{"end_time":1,"end_time":1}"#,
        r#"{"_source":{}}"#,
        r#"{"source_ip":"a	b"}"#,
        r#"{"source_ip":"cut}"#,
        r#"{"end_time":1"#,
        r#"{"end_time":1}}"#,
        "{}",
        "[]",
        "",
    ] {
        assert!(row(text, &mut Expected::default()).is_none(), "{text}");
    }
}

#[test]
fn numbers_of_many_digits() {
    for digits in 1..=20 {
        let text = format!(r#"{{"bytes_in":{}}}"#, "9".repeat(digits));
        let (plain, any) = both(&text, &mut Expected::default());
        let expected = any.ok().filter(|_| digits <= DIGITS);
        assert_eq!(plain, expected, "{text}");
    }
}

#[test]
fn ends_of_texts() {
    for length in 0..40 {
        let text = format!("{}\"x", "a".repeat(length));
        assert_eq!(end_of_text(text.as_bytes(), 0), Some(length));
        for unusual in ['\\', '\n', '\u{1f}', '\0'] {
            let before = format!("{}{unusual}\"", "é".repeat(length));
            assert_eq!(
                end_of_text(before.as_bytes(), 0),
                None,
                "{length} {unusual:?}"
            );
            let after = format!("{}\"{unusual}", "a".repeat(length));
            assert_eq!(end_of_text(after.as_bytes(), 0), Some(length));
        }
        assert_eq!(end_of_text("\u{7f} !~".repeat(length).as_bytes(), 0), None);
    }
}

fn value() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "null",
        "0",
        "7",
        "443",
        "1795132800",
        "-1",
        "1e3",
        "1.5",
        "01",
        "true",
        "\"\"",
        "\"-\"",
        "\"tcp\"",
        "\"a b\"",
        "\"\\n\"",
        "\"é\"",
        "[]",
        "{}",
        "[\"a\"]",
        "{\"labels\":[\"a=b\"]}",
        "[1,]",
        "[}",
        "\"",
        "",
        " 1 ",
        "{\"a\":\"}\"}",
    ])
    .prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "start_time",
        "end_time",
        "action",
        "proto",
        "num_flows",
        "source_ip",
        "dest_port",
        "source_labels",
        "dest_domains",
        "policies",
        "_source",
        "host",
        "@timestamp",
        "a\\u0062",
    ]);
    let space = prop::sample::select(vec!["", "", "", " "]);
    let member =
        (key, space, value()).prop_map(|(key, space, value)| format!("\"{key}\":{space}{value}"));
    (
        prop::collection::vec(member, 0..6),
        prop::sample::select(vec!["}", "}", "}", "", "} ", "}}"]),
    )
        .prop_map(|(members, end)| format!("{{{}{end}", members.join(",")))
}

proptest! {
    #[test]
    fn plain_rows_are_rows(texts in prop::collection::vec(text(), 1..8)) {
        let mut expected = Expected::default();
        for text in texts {
            let (plain, any) = both(&text, &mut expected);
            if let Some(plain) = plain {
                // What is nested may still be broken: see `is_whole`.
                if let Ok(any) = any {
                    prop_assert_eq!(plain, any, "{}", text);
                } else {
                    let nested = text.contains("[1,]") || text.contains("[}");
                    prop_assert!(nested, "{}", text);
                }
            }
        }
    }
}
