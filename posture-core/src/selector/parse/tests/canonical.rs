//! How selectors are written.

use super::{equals, has, parse, set};
use crate::selector::Selector;

#[test]
fn canonical_text() {
    for (text, canonical) in [
        ("", "all()"),
        ("\t( (global( ) ) )", "global()"),
        ("has( x )", "has(x)"),
        ("x=='y'", r#"x == "y""#),
        ("x=='\"'", r#"x == '"'"#),
        ("x != \"'\"", r#"x != "'""#),
        ("x contains''", r#"x contains """#),
        ("x startswith 'y'", r#"x starts with "y""#),
        ("x endswith 'y'", r#"x ends with "y""#),
        ("x in {'y','Z','y','\"',}", r#"x in {'"', "Z", "y"}"#),
        ("x notin { }", "x not in {}"),
        ("!x=='y'", r#"!x == "y""#),
        ("!!!has(x)", "!has(x)"),
        ("has(x)&&!has(y)", "(has(x) && !has(y))"),
        ("has(x)||has(y)&&has(z)", "(has(x) || (has(y) && has(z)))"),
        (
            "!(has(x)&&((has(y)&&all())))",
            "!(has(x) && (has(y) && all()))",
        ),
    ] {
        let selector = parse(text);
        assert_eq!(selector.to_string(), canonical, "{text}");
        assert_eq!(parse(canonical), selector, "{text}");
    }
}

/// Selectors that no text has are written as what they mean.
#[test]
fn groups_of_none_and_one() {
    for (selector, text) in [
        (Selector::And(vec![]), "all()"),
        (Selector::Or(vec![]), "!all()"),
        (Selector::And(vec![has("x")]), "has(x)"),
        (Selector::Or(vec![Selector::And(vec![has("x")])]), "has(x)"),
    ] {
        assert_eq!(selector.to_string(), text);
    }
}

/// What cannot be written stands in backticks, where the text is refused.
#[test]
fn what_cannot_be_written_is_refused() {
    let long = "k".repeat(513);
    for (selector, text, at) in [
        (
            equals("k", "\"' || has(x) || k == '"),
            "k == `\"' || has(x) || k == '`",
            5,
        ),
        (
            Selector::In("k".to_owned(), set(&["'\"", "a"])),
            "k in {`'\"`, \"a\"}",
            6,
        ),
        (equals("has(x) || k", "v"), "`has(x) || k` == \"v\"", 0),
        (has("ü"), "has(`ü`)", 4),
        (has(""), "has(``)", 4),
        (has(&long), &format!("has(`{long}`)"), 4),
    ] {
        assert_eq!(selector.to_string(), text);
        assert_eq!(Selector::parse(text).unwrap_err().at, at, "{text}");
    }
}
