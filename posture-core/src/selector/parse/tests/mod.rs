//! What is read, and how deep and long it may be.

mod canonical;
mod errors;
mod evaluation;
mod properties;

use std::collections::BTreeSet;

use crate::selector::Selector;

fn parse(text: &str) -> Selector {
    Selector::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn has(key: &str) -> Selector {
    Selector::Has(key.to_owned())
}

fn equals(key: &str, value: &str) -> Selector {
    Selector::Equals(key.to_owned(), value.to_owned())
}

fn set(values: &[&str]) -> BTreeSet<String> {
    values.iter().copied().map(str::to_owned).collect()
}

#[test]
fn each_atom_in_each_spelling() {
    let (k, v) = (|| "k".to_owned(), || "v".to_owned());
    let both = || set(&["v", "w"]);
    for (text, expected) in [
        ("", Selector::All),
        (" \t", Selector::All),
        ("all()", Selector::All),
        (" all( \t) ", Selector::All),
        ("global()", Selector::Global),
        ("global( )", Selector::Global),
        ("has(k)", has("k")),
        ("has(\tk )", has("k")),
        ("k == 'v'", equals("k", "v")),
        ("k==\"v\"", equals("k", "v")),
        ("\tk  ==\t'v' ", equals("k", "v")),
        ("k != 'v'", Selector::NotEquals(k(), v())),
        ("k!='v'", Selector::NotEquals(k(), v())),
        ("k contains 'v'", Selector::Contains(k(), v())),
        ("k contains'v'", Selector::Contains(k(), v())),
        ("k starts with 'v'", Selector::StartsWith(k(), v())),
        ("k starts \t with'v'", Selector::StartsWith(k(), v())),
        ("k startswith 'v'", Selector::StartsWith(k(), v())),
        ("k ends with 'v'", Selector::EndsWith(k(), v())),
        ("k endswith 'v'", Selector::EndsWith(k(), v())),
        ("k in {'v', \"w\"}", Selector::In(k(), both())),
        ("k in{'w','v','w',}", Selector::In(k(), both())),
        ("k in { }", Selector::In(k(), set(&[]))),
        ("k not in {'v', 'w'}", Selector::NotIn(k(), both())),
        ("k notin{ 'v' , 'w' , }", Selector::NotIn(k(), both())),
        ("k not\tin {}", Selector::NotIn(k(), set(&[]))),
    ] {
        assert_eq!(parse(text), expected, "{text}");
    }
}

/// "Labels named `has`, `in`, `all` are legal as labels" (policy semantics, section 2).
#[test]
fn words_of_the_language_are_labels_too() {
    for word in [
        "all",
        "global",
        "has",
        "in",
        "not",
        "notin",
        "contains",
        "starts",
        "startswith",
        "ends",
        "endswith",
        "with",
    ] {
        assert_eq!(parse(&format!("{word} == 'v'")), equals(word, "v"));
        assert_eq!(parse(&format!("has({word})")), has(word));
        assert_eq!(
            parse(&format!("!{word}in in {{}}")).to_string(),
            format!("!{word}in in {{}}")
        );
        let twice = format!("{word} contains '{word}'");
        assert_eq!(
            parse(&twice),
            Selector::Contains(word.to_owned(), word.to_owned())
        );
    }
}

/// "Label characters `[A-Za-z0-9_./-]`, at most 512 bytes" (policy semantics, section 2).
#[test]
fn labels() {
    let longest = "a".repeat(512);
    for label in [
        "app.kubernetes.io/part-of_2",
        "0",
        "-",
        "./_",
        "Z/a/9",
        &longest,
    ] {
        assert_eq!(parse(&format!("has({label})")), has(label));
        assert_eq!(parse(&format!("{label}==''")), equals(label, ""));
    }
}

/// "Literals in single or double quotes, no escapes" (policy semantics, section 2).
#[test]
fn values_are_what_stands_between_the_quotes() {
    for value in ["", " ", "it's", r"C:\", r"\n", "&& {}", "a\nb", "“ü”"] {
        assert_eq!(parse(&format!("k == \"{value}\"")), equals("k", value));
    }
    assert_eq!(parse("k == '\"'"), equals("k", "\""));
}

#[test]
fn precedence_and_grouping() {
    let (a, b, c) = (|| has("a"), || has("b"), || has("c"));
    let not = |inner| Selector::Not(Box::new(inner));
    for (text, expected) in [
        ("!k == 'v'", not(equals("k", "v"))),
        ("!!has(a)", a()),
        ("! ! \t!has(a)", not(a())),
        ("!(!has(a))", a()),
        ("((has(a)))", a()),
        ("has(a)&&has(b)&&has(c)", Selector::And(vec![a(), b(), c()])),
        (
            "has(a) || has(b) || has(c)",
            Selector::Or(vec![a(), b(), c()]),
        ),
        (
            "has(a) || has(b) && has(c)",
            Selector::Or(vec![a(), Selector::And(vec![b(), c()])]),
        ),
        (
            "has(a) && has(b) || has(c)",
            Selector::Or(vec![Selector::And(vec![a(), b()]), c()]),
        ),
        (
            "(has(a) || has(b)) && has(c)",
            Selector::And(vec![Selector::Or(vec![a(), b()]), c()]),
        ),
        (
            "has(a) && (has(b) && has(c))",
            Selector::And(vec![a(), Selector::And(vec![b(), c()])]),
        ),
        ("!has(a) && has(b)", Selector::And(vec![not(a()), b()])),
        ("!(has(a) && has(b))", not(Selector::And(vec![a(), b()]))),
    ] {
        assert_eq!(parse(text), expected, "{text}");
    }
}

/// 64 levels are read and written; one more is refused, and so is nesting without end.
#[test]
fn depth_is_limited() {
    let nested = |levels: usize| "(".repeat(levels) + "has(x)" + &")".repeat(levels);
    assert_eq!(parse(&nested(64)), has("x"));
    let error = Selector::parse(&nested(65)).unwrap_err();
    assert_eq!(error.at, 64);
    assert_eq!(
        error.message,
        "expected at most 64 parentheses within each other"
    );
    assert_eq!(
        Selector::parse(&"(!".repeat(1_000_000)).unwrap_err().at,
        128
    );

    // with each level in parentheses that the text does not have
    let grouped = |levels: usize| {
        let open = "has(x) || has(y) && !(".repeat(levels);
        open + "all()" + &")".repeat(levels)
    };
    let selector = parse(&grouped(32));
    assert_eq!(parse(&selector.to_string()), selector);
    let error = Selector::parse(&format!(" {}", grouped(33))).unwrap_err();
    assert_eq!(error.at, 1);
    assert_eq!(
        error.message,
        "expected at most 64 levels of `&&` and `||` within each other, found 66"
    );
}

#[test]
fn length_is_not() {
    let negations = "!".repeat(1_000_001) + "has(x)";
    assert_eq!(parse(&negations), has("x").negated());
    let parts = vec!["(!has(x) || !has(x))"; 100_000].join(" && ");
    let part = Selector::Or(vec![has("x").negated(); 2]);
    assert_eq!(parse(&parts), Selector::And(vec![part; 100_000]));
}
