//! What selectors select.

use super::parse;
use crate::selector::{Label, Labels};

/// "Absent label: `!=` and `not in` are TRUE; `==`, `in`, `contains`, `starts`, `ends`, `has` are
/// FALSE" (policy semantics, section 2).
#[test]
fn present_and_absent_labels() {
    for (text, selected, not_selected, absent) in [
        ("k == 'ab'", "ab", "a", false),
        ("k != 'ab'", "a", "ab", true),
        ("k in {'ab', 'cd'}", "cd", "abcd", false),
        ("k not in {'ab', 'cd'}", "abcd", "cd", true),
        ("k contains 'b'", "abc", "ac", false),
        ("k starts with 'ab'", "abc", "cab", false),
        ("k ends with 'ab'", "cab", "abc", false),
        ("!k == 'ab'", "a", "ab", true),
        ("!k not in {'ab'}", "ab", "a", false),
    ] {
        let selector = parse(text);
        let is = |value: &str| Labels::from([("k".to_owned(), value.to_owned())]);
        assert!(selector.matches(&is(selected)), "{text}: {selected}");
        assert!(
            !selector.matches(&is(not_selected)),
            "{text}: {not_selected}"
        );
        assert_eq!(selector.matches(&Labels::new()), absent, "{text}: absent");
    }
    assert!(parse("has(k)").matches(&Labels::from([("k".to_owned(), String::new())])));
    assert!(!parse("has(k)").matches(&Labels::new()));
}

/// What is known can settle what is not.
#[test]
fn unknown_labels() {
    let label = |key: &str| match key {
        "x" => Label::Is("y"),
        "u" => Label::Unknown,
        _ => Label::Absent,
    };
    for (text, expected) in [
        ("has(u)", None),
        ("!has(u)", None),
        ("u not in {}", None),
        ("has(u) && has(x)", None),
        ("has(u) && has(a)", Some(false)),
        ("has(u) || has(x)", Some(true)),
        ("has(u) || has(a)", None),
        ("!(has(u) && has(a)) && global()", Some(true)),
    ] {
        assert_eq!(parse(text).evaluate(&label), expected, "{text}");
    }
}
