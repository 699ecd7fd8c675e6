//! The exact messages and places of errors.

use crate::selector::{Selector, SelectorError};

fn error(text: &str) -> SelectorError {
    Selector::parse(text).expect_err(text)
}

const OPERAND: &str = "expected a label, `has(..)`, `all()`, `global()`, `!` or `(`, found";
const OPERATOR: &str =
    "expected `==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after label";

const VALUE: &str = "expected a value in quotes";

/// Texts, where the error points, and what it says.
fn check(cases: &[(&str, usize, &str)]) {
    for (text, at, message) in cases {
        let message = message
            .replace("OPERAND", OPERAND)
            .replace("OPERATOR", OPERATOR)
            .replace("VALUE", VALUE);
        let expected = SelectorError { at: *at, message };
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn no_operand() {
    check(&[
        ("%", 0, "OPERAND `%`"),
        ("()", 1, "OPERAND `)`"),
        ("!", 1, "OPERAND the end"),
        ("(", 1, "OPERAND the end"),
        ("has(a) &&", 9, "OPERAND the end"),
        ("has(a) && || has(b)", 10, "OPERAND `||`"),
        ("'a1' == b", 0, "OPERAND `'a1'`"),
        ("\"FOO", 0, "OPERAND `\"`"),
        ("\n", 0, "OPERAND `\\n`"),
        ("a == 'é' && é", 12, "OPERAND `é`"),
    ]);
}

#[test]
fn no_operator() {
    check(&[
        ("a", 1, "OPERATOR `a`, found the end"),
        ("a  ", 3, "OPERATOR `a`, found the end"),
        ("a = 'b'", 2, "OPERATOR `a`, found `=`"),
        ("a b", 2, "OPERATOR `a`, found `b`"),
        ("a & b", 2, "OPERATOR `a`, found `&`"),
        ("a && b", 2, "OPERATOR `a`, found `&&`"),
        ("a inn {'b'}", 2, "OPERATOR `a`, found `inn`"),
        ("a IN {'b'}", 2, "OPERATOR `a`, found `IN`"),
        ("a (b)", 2, "OPERATOR `a`, found `(`"),
        ("any()", 3, "OPERATOR `any`, found `(`"),
        ("a\n== 'b'", 1, "OPERATOR `a`, found `\\n`"),
        ("a\u{a0}== 'b'", 1, "OPERATOR `a`, found `\\u{a0}`"),
        (
            "a starts 'b'",
            9,
            "expected `with` after `starts`, found `'b'`",
        ),
        (
            "a ends width 'b'",
            7,
            "expected `with` after `ends`, found `width`",
        ),
        ("a not {'b'}", 6, "expected `in` after `not`, found `{`"),
        ("all ()", 4, "expected no blank between `all` and `(`"),
        (
            "! global\t()",
            9,
            "expected no blank between `global` and `(`",
        ),
        ("has (a)", 4, "expected no blank between `has` and `(`"),
    ]);
}

#[test]
fn no_value() {
    check(&[
        ("b == b", 5, "VALUE after `==`, found `b`"),
        ("b === 'b'", 4, "VALUE after `==`, found `=`"),
        ("b != ||", 5, "VALUE after `!=`, found `||`"),
        ("b contains {'b'}", 11, "VALUE after `contains`, found `{`"),
        (
            "b starts with b",
            14,
            "VALUE after `starts with`, found `b`",
        ),
        ("b startswith b", 13, "VALUE after `startswith`, found `b`"),
        ("b ends with", 11, "VALUE after `ends with`, found the end"),
        ("b endswith `b`", 11, "VALUE after `endswith`, found ```"),
        ("b == “b”", 5, "VALUE after `==`, found `“`"),
        (
            "b == \"c' && has(d)",
            5,
            "expected a value that ends with `\"`",
        ),
        ("b in {'c', 'd}", 11, "expected a value that ends with `'`"),
    ]);
}

#[test]
fn no_set() {
    check(&[
        ("b in \"\"", 5, "expected `{` after `in`, found `\"\"`"),
        (
            "b not in ('c')",
            9,
            "expected `{` after `not in`, found `(`",
        ),
        ("b notin", 7, "expected `{` after `notin`, found the end"),
        ("b in {c}", 6, "VALUE or `}`, found `c`"),
        ("b in {\"\", ||", 10, "VALUE or `}`, found `||`"),
        ("b in {,}", 6, "VALUE or `}`, found `,`"),
        ("b in {'c',,}", 10, "VALUE or `}`, found `,`"),
        ("b in {'c' 'd'}", 10, "expected `,` or `}`, found `'d'`"),
        ("b in {'c'", 9, "expected `,` or `}`, found the end"),
    ]);
}

#[test]
fn no_end() {
    check(&[
        ("a == 'b' &", 9, "expected `&&`, `||` or the end, found `&`"),
        (
            "a == 'b' and has(c)",
            9,
            "expected `&&`, `||` or the end, found `and`",
        ),
        ("has(a))", 6, "expected `&&`, `||` or the end, found `)`"),
        ("has(a)\n", 6, "expected `&&`, `||` or the end, found `\\n`"),
        ("(a == 'b'", 9, "expected `&&`, `||` or `)`, found the end"),
        (
            "(has(a) | has(b))",
            8,
            "expected `&&`, `||` or `)`, found `|`",
        ),
    ]);
}

#[test]
fn no_function() {
    check(&[
        ("has()", 4, "expected a label after `has(`, found `)`"),
        ("has('a')", 4, "expected a label after `has(`, found `'a'`"),
        ("has(é)", 4, "expected a label after `has(`, found `é`"),
        ("has(a", 5, "expected `)` after `has(a`, found the end"),
        ("has(a, b)", 5, "expected `)` after `has(a`, found `,`"),
        ("all(a)", 4, "expected `)` after `all(`, found `a`"),
        ("global(", 7, "expected `)` after `global(`, found the end"),
    ]);
}

#[test]
fn long_input_is_cut() {
    let (label, forty) = ("k".repeat(513), "k".repeat(40));
    let found = "expected a label of at most 512 characters, found 513";
    assert_eq!(
        error(&format!("!{label} == 'v'")).to_string(),
        format!("{found} at character 2")
    );
    assert_eq!(
        error(&format!("has({label})")).to_string(),
        format!("{found} at character 5")
    );
    assert_eq!(
        error(&format!("a {label}")).message,
        format!("{OPERATOR} `a`, found `{forty}…`")
    );
    assert_eq!(
        error(&format!("{} ~", "k".repeat(512))).message,
        format!("{OPERATOR} `{forty}…`, found `~`")
    );
}

#[test]
fn the_first_character_is_1_for_people() {
    assert_eq!(
        error("a = 'é'").to_string(),
        format!("{OPERATOR} `a`, found `=` at character 3")
    );
}

/// The text, and under its character a caret.
#[test]
fn pointing() {
    for (text, shown, caret) in [
        ("a = 'b'", "a = 'b'", 2),
        ("= 'b'", "= 'b'", 0),
        ("a ", "a ", 2),
        ("\ta\t=", " a =", 3),
        ("a == 'é' && é", "a == 'é' && é", 12),
        ("a == '日本' && é", "a == '日本' && é", 15),
        ("a == 'x\ny' c", "a == 'x\\ny' c", 12),
        ("a == '\u{1b}[2J' c", "a == '\\u{1b}[2J' c", 17),
        ("a == '\u{202e}' c", "a == '\\u{202e}' c", 16),
        ("a == 'e\u{301}' c", "a == 'e\\u{301}' c", 16),
        ("a == '\\' \"c\"", "a == '\\' \"c\"", 9),
    ] {
        assert_eq!(
            error(text).pointing(text),
            format!("{shown}\n{}^", " ".repeat(caret))
        );
    }
}

#[test]
fn pointing_into_long_texts_and_past_their_end() {
    let text = |more| format!("a == '{}' ~ {}", "x".repeat(100), "y".repeat(more));
    let cut = |text: &str| error(text).pointing(text).contains("y…");
    assert!(!cut(&text(28)) && cut(&text(29)));
    let text = text(100);
    let shown = error(&text).pointing(&text);
    let (line, caret) = shown.split_once('\n').unwrap();
    assert_eq!(line, format!("…{}' ~ {}…", "x".repeat(58), "y".repeat(28)));
    assert_eq!(caret, format!("{}^", " ".repeat(61)));
    assert_eq!(error(&text).pointing("é"), "é\n ^");
}
