use posture_core::issue::{Issue, IssueKind};
use posture_core::model::Fragment;

use crate::read_text;

fn namespace(name: &str) -> String {
    format!(r#"{{"apiVersion": "v1", "kind": "Namespace", "metadata": {{"name": "{name}"}}}}"#)
}

/// Name and place of each namespace.
fn namespaces(fragment: &Fragment) -> Vec<(&str, &str)> {
    let namespaces = fragment.namespaces.iter();
    namespaces
        .map(|namespace| (namespace.name.as_str(), namespace.origin.at.as_str()))
        .collect()
}

fn places(issues: &[Issue]) -> Vec<(IssueKind, &str)> {
    issues
        .iter()
        .map(|issue| (issue.kind, issue.at.as_str()))
        .collect()
}

#[test]
fn every_wrapper() {
    let (a, b) = (namespace("a"), namespace("b"));
    let item = r#"{"metadata": {"name": "a"}}"#;
    for (text, expected) in [
        (a.clone(), vec![("a", "")]),
        (format!("\n\n  {a}\n\n"), vec![("a", "")]),
        (format!("\u{feff}{a}\r\n"), vec![("a", "")]),
        (format!("{a}\n{b}\n"), vec![("a", "line 1"), ("b", "line 2")]),
        (format!("\n{a}{b}"), vec![("a", "line 2"), ("b", "line 2")]),
        (format!("[{a}, {b}]"), vec![("a", "[0]"), ("b", "[1]")]),
        (format!(r#"{{"id1": {a}, "id2": {b}}}"#), vec![("a", "`id1`"), ("b", "`id2`")]),
        (format!(r#"{{"crd": [{a}, {b}], "none": []}}"#), vec![("a", "`crd` [0]"), ("b", "`crd` [1]")]),
        (format!(r#"{{"items": [{a}], "kind": "List"}}"#), vec![("a", "items[0]")]),
        (format!(r#"{{"items": [{a}]}}"#), vec![("a", "items[0]")]),
        (
            format!(r#"[{{"kind": "NamespaceList", "apiVersion": "v1", "items": [{item}]}}, {b}]"#),
            vec![("a", "[0] items[0]"), ("b", "[1]")],
        ),
        (
            format!(r#"{{"items": [{item}, {b}], "kind": "NamespaceList", "apiVersion": "v1"}}"#),
            vec![("a", "items[0]"), ("b", "items[1]")],
        ),
        (
            format!("{a}\n{{\"kind\": \"List\", \"items\": [{b}]}}\n"),
            vec![("a", "line 1"), ("b", "line 2 items[0]")],
        ),
        ("kind: Namespace\nmetadata:\n  name: a\n".to_owned(), vec![("a", "")]),
        (
            "kind: Namespace\r\nmetadata: {name: a}\r\n---\r\nkind: Namespace\r\nmetadata: {name: b}\r\n"
                .to_owned(),
            vec![("a", "document 1"), ("b", "document 2")],
        ),
        (
            "kind: NamespaceList\nitems:\n- metadata: {name: a}\n".to_owned(),
            vec![("a", "items[0]")],
        ),
        (format!("{a}\n---\n{b}\n"), vec![("a", "document 1"), ("b", "document 2")]),
    ] {
        let (fragment, issues) = read_text(&text);
        assert_eq!(namespaces(&fragment), expected, "{text}");
        assert!(issues.is_empty(), "{text}: {issues:?}");
    }
}

#[test]
fn a_syntax_error_keeps_what_was_read_before_it() {
    let (a, b) = (namespace("a"), namespace("b"));
    for (text, expected, place) in [
        (
            format!("{a}\n{b}\n{{\"kind\": "),
            vec![("a", "line 1"), ("b", "line 2")],
            "line 3",
        ),
        (
            format!("{a}\n{{broken}}\n{b}"),
            vec![("a", "line 1"), ("b", "line 3")],
            "line 2",
        ),
        (
            format!("{a}\n\n{{\"kind\": \"Namespace\", \n{b}\n"),
            vec![("a", "line 1"), ("b", "line 4")],
            "line 4",
        ),
        (
            format!("[{a}, {b}, {{"),
            vec![("a", "[0]"), ("b", "[1]")],
            "line 1",
        ),
        (
            format!(r#"{{"items": [{a}, {b}"#),
            vec![("a", "items[0]"), ("b", "items[1]")],
            "line 1",
        ),
        (
            format!("{{\"kind\": \"List\", \"items\": [{a},\n!"),
            vec![("a", "items[0]")],
            "line 2",
        ),
        (a.replace("}}", ""), vec![], "line 1"),
    ] {
        let (fragment, issues) = read_text(&text);
        assert_eq!(namespaces(&fragment), expected, "{text}");
        assert_eq!(places(&issues), [(IssueKind::Syntax, place)], "{text}");
    }
}

#[test]
fn a_broken_yaml_document_costs_itself_alone() {
    let (fragment, issues) = read_text(
        "kind: Namespace\nmetadata: {name: a}\n---\nkind: [\n---\nkind: Namespace\nmetadata: {name: b}\n",
    );
    assert_eq!(
        namespaces(&fragment),
        [("a", "document 1"), ("b", "document 3")]
    );
    assert_eq!(places(&issues), [(IssueKind::Syntax, "document 2")]);
    assert!(
        issues[0].message.contains(" at line "),
        "{}",
        issues[0].message
    );
}

#[test]
fn a_bad_object_costs_itself_alone() {
    let text = format!(
        r#"{{"kind": "List", "items": [null, 7, {{"metadata": {{}}}}, {{"kind": "Pod", "spec": 7}}, {}]}}"#,
        namespace("a")
    );
    let (fragment, issues) = read_text(&text);
    assert_eq!(namespaces(&fragment), [("a", "items[4]")]);
    let invalid = |at| (IssueKind::InvalidObject, at);
    let expected = ["items[0]", "items[1]", "items[2]", "items[3]"].map(invalid);
    assert_eq!(places(&issues), expected);
    assert_eq!(
        issues[2].message,
        "the object has no `kind`, and none can be told from its fields"
    );
    assert_eq!(
        issues[3].message,
        "Pod is not valid: spec: invalid type: integer `7`, expected a pod spec"
    );
}

#[test]
fn a_wrong_type_is_told_in_words_of_json() {
    let (_, issues) = read_text(r#"{"kind": "Deployment", "spec": {"replicas": "2"}}"#);
    assert_eq!(
        issues[0].message,
        "Deployment is not valid: replicas: invalid type: string \"2\", expected a whole number"
    );
    let (_, issues) = read_text(r#"{"kind": "Pod", "spec": {"containers": {}}}"#);
    assert_eq!(
        issues[0].message,
        "Pod is not valid: containers: invalid type: object, expected an array"
    );
}

#[test]
fn formats_that_are_known_and_not_read_are_named() {
    for (text, message) in [
        (
            r#"{"spdxVersion": "SPDX-2.3"}"#,
            "SPDX, a bill of materials, is not read",
        ),
        (
            r#"{"artifacts": [], "source": {}}"#,
            "Syft's bill of materials is not read",
        ),
        (
            r#"{"document": {}, "product_tree": {}}"#,
            "CSAF is not read",
        ),
        (
            "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>",
            "CycloneDX is not read as XML",
        ),
    ] {
        let (_, issues) = read_text(text);
        assert_eq!(
            (issues.len(), issues[0].kind),
            (1, IssueKind::UnknownFormat),
            "{text}"
        );
        let told = &issues[0].message;
        assert!(told.starts_with(&format!("{message}, expected")), "{told}");
    }
}

#[test]
fn what_is_empty_or_unknown_is_told_once() {
    use IssueKind::{Empty, UnknownFormat, UnusedFile};
    for (text, kind) in [
        ("", Empty),
        ("  \n\n", Empty),
        ("null", Empty),
        ("{}", Empty),
        ("[]", Empty),
        (r#"{"kind": "List", "items": []}"#, Empty),
        (r#"{"items": null}"#, Empty),
        (r#"{"a": 1}"#, UnknownFormat),
        (r#"{"a": {"b": 1}}"#, UnknownFormat),
        ("[1, 2]", UnknownFormat),
        (r#"["an error", "another"]"#, UnknownFormat),
        (r#"[{"a": 1}, {"b": 2}]"#, UnknownFormat),
        ("{\"a\": 1}\n{\"a\": 2}\n", UnknownFormat),
        ("I0101 a line of a log\n", UnusedFile),
        ("# Notes\n\nNothing to see.\n", UnusedFile),
        ("7", UnusedFile),
        ("kind: of prose: that is: no YAML", IssueKind::Syntax),
    ] {
        let (fragment, issues) = read_text(text);
        assert!(namespaces(&fragment).is_empty());
        assert!(
            issues.iter().all(|issue| issue.kind == kind),
            "{text}: {issues:?}"
        );
        assert_eq!(issues.len(), 1, "{text}: {issues:?}");
    }
}

#[test]
fn nested_lists_are_not_followed() {
    let text = r#"{"kind": "List", "items": [{"kind": "List", "items": []}]}"#;
    let (_, issues) = read_text(text);
    assert_eq!(issues[0].message, "1 object of kind `List` is not used");
    let deep = "[".repeat(100_000);
    assert_eq!(places(&read_text(&deep).1), [(IssueKind::Syntax, "line 1")]);
    let deep = format!("{deep}{}", "]".repeat(100_000));
    assert_eq!(read_text(&deep).1.len(), 1);
}

#[test]
fn a_log_of_json_and_text_is_told_of_once() {
    let log = "{\"level\": \"info\"}\nplain text {\n{\"level\": \"warn\"}\nmore\n".repeat(50);
    let (_, issues) = read_text(&log);
    assert_eq!(
        (issues.len(), issues[0].kind),
        (1, IssueKind::UnknownFormat)
    );
    let (fragment, issues) = read_text(&format!("{}\nplain text\n", namespace("a")));
    assert_eq!(
        (fragment.namespaces.len(), issues[0].kind),
        (1, IssueKind::Syntax)
    );
}

#[test]
fn heapster_is_named() {
    let text = r#"[{"metrics": {"cpu/usage": [{"value": 0}]}, "labels": {"type": "pod"}}, {"metrics": {}}]"#;
    let (_, issues) = read_text(text);
    assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::UnusedFile));
    assert!(
        issues[0]
            .message
            .starts_with("the metrics of Heapster are not used")
    );
}
