//! Laws of reading, writing and evaluating, held against inputs at random.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

use crate::selector::{Label, Labels, Selector};

fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab]",
        "all|global|has|in|not|contains|starts|with",
        "[A-Za-z0-9_./-]{1,12}"
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{0,2}", "[^\"]{0,6}", "[^']{0,6}"]
}

fn atom(
    key: impl Strategy<Value = String> + 'static,
    value: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = Selector> {
    let (key, value) = (key.boxed(), value.boxed());
    let pair = || (key.clone(), value.clone());
    let set = || (key.clone(), btree_set(value.clone(), 0..4));
    prop_oneof![
        Just(Selector::All),
        Just(Selector::Global),
        key.clone().prop_map(Selector::Has),
        pair().prop_map(|(k, v)| Selector::Equals(k, v)),
        pair().prop_map(|(k, v)| Selector::NotEquals(k, v)),
        pair().prop_map(|(k, v)| Selector::Contains(k, v)),
        pair().prop_map(|(k, v)| Selector::StartsWith(k, v)),
        pair().prop_map(|(k, v)| Selector::EndsWith(k, v)),
        set().prop_map(|(k, v)| Selector::In(k, v)),
        set().prop_map(|(k, v)| Selector::NotIn(k, v)),
    ]
}

/// Any selector over these atoms, also one that no text has.
fn over(atoms: impl Strategy<Value = Selector> + 'static) -> impl Strategy<Value = Selector> {
    atoms.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|s| Selector::Not(Box::new(s))),
            vec(inner.clone(), 0..4).prop_map(Selector::And),
            vec(inner, 0..4).prop_map(Selector::Or),
        ]
    })
}

fn selector() -> impl Strategy<Value = Selector> {
    over(atom(key(), value()))
}

/// Few keys and values, so that selectors and labels meet.
fn meeting() -> impl Strategy<Value = Selector> {
    let atom = || atom("[ab]", "[ab]{0,3}");
    prop_oneof![atom(), over(atom())]
}

fn labels() -> impl Strategy<Value = Labels> {
    btree_map("[ab]", "[ab]{0,3}", 0..3)
}

/// Text that is nearly a selector.
fn nearly() -> impl Strategy<Value = String> {
    const WORDS: [&str; 36] = [
        "a", "has", "all", "global", "in", "not", "notin", "starts", "with", "contains", "(", ")",
        "{", "}", ",", "==", "!=", "=", "!", "&&", "||", "&", "|", "'", "\"", "'v'", "\"w\"", " ",
        "\t", "\n", "has(a)", "all()", "a == 'v'", "“", "é", "\u{202e}",
    ];
    vec(prop::sample::select(&WORDS[..]), 0..24).prop_map(|words| words.concat())
}

/// What the parser gives for its text: no groups of none or one, no `!` of `!`.
fn normal(selector: Selector) -> Selector {
    let group = |parts: Vec<Selector>, of: fn(Vec<Selector>) -> Selector, none: Selector| {
        let mut parts: Vec<Selector> = parts.into_iter().map(normal).collect();
        match parts.len() {
            0 => none,
            1 => parts.remove(0),
            _ => of(parts),
        }
    };
    match selector {
        Selector::Not(inner) => normal(*inner).negated(),
        Selector::And(parts) => group(parts, Selector::And, Selector::All),
        Selector::Or(parts) => group(parts, Selector::Or, Selector::All.negated()),
        atom => atom,
    }
}

/// The language in the words of section 2: "Absent label: `!=` and `not in` are TRUE; `==`, `in`,
/// `contains`, `starts`, `ends`, `has` are FALSE."
fn selects(selector: &Selector, labels: &Labels) -> bool {
    let of = |key: &String| labels.get(key).cloned();
    let is_in =
        |key: &String, set: &BTreeSet<String>| set.iter().any(|v| of(key).as_ref() == Some(v));
    match selector {
        Selector::All | Selector::Global => true,
        Selector::Has(k) => labels.contains_key(k),
        Selector::Equals(k, v) => labels.iter().any(|label| label == (k, v)),
        Selector::NotEquals(k, v) => !labels.iter().any(|label| label == (k, v)),
        Selector::In(k, set) => is_in(k, set),
        Selector::NotIn(k, set) => !is_in(k, set),
        Selector::Contains(k, part) => of(k).is_some_and(|v| v.split(part).nth(1).is_some()),
        Selector::StartsWith(k, part) => {
            of(k).is_some_and(|v| v.bytes().take(part.len()).eq(part.bytes()))
        }
        Selector::EndsWith(k, part) => {
            of(k).is_some_and(|v| v.bytes().rev().take(part.len()).eq(part.bytes().rev()))
        }
        Selector::Not(inner) => !selects(inner, labels),
        Selector::And(parts) => !parts.iter().any(|part| !selects(part, labels)),
        Selector::Or(parts) => parts.iter().any(|part| selects(part, labels)),
    }
}

proptest! {
    #![proptest_config(cases())]

    /// parse(text(s)) = s
    #[test]
    fn what_is_written_is_read(selector in selector()) {
        let selector = normal(selector);
        prop_assert_eq!(Selector::parse(&selector.to_string()), Ok(selector));
    }

    /// parse(text(s)) = normal(s), which selects the same
    #[test]
    fn what_no_text_has_is_written_as_what_it_means(selector in meeting(), labels in labels()) {
        let read = Selector::parse(&selector.to_string()).unwrap();
        prop_assert_eq!(read.matches(&labels), selector.matches(&labels));
        prop_assert_eq!(read, normal(selector));
    }

    /// parse(text(s)) is s or refused, whatever its keys and values
    #[test]
    fn nothing_is_read_as_another_selector(selector in over(atom(".*", ".*['\"].*"))) {
        let selector = normal(selector);
        if let Ok(read) = Selector::parse(&selector.to_string()) {
            prop_assert_eq!(read, selector);
        }
    }

    /// parse(text(parse(t))) = parse(t); errors point into the text
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![nearly(), any::<String>()]) {
        match Selector::parse(&text) {
            Ok(selector) => prop_assert_eq!(Selector::parse(&selector.to_string()), Ok(selector)),
            Err(error) => {
                prop_assert!(error.at <= text.chars().count());
                prop_assert!(error.message.chars().all(|c| !c.is_control()));
                let shown = error.pointing(&text);
                let (line, caret) = shown.split_once('\n').unwrap();
                prop_assert!(line.chars().all(|c| !c.is_control()));
                prop_assert!(caret.trim_start_matches(' ') == "^");
            }
        }
    }

    /// evaluate = the plain words of the language
    #[test]
    fn evaluation_is_that_of_the_words(selector in meeting(), labels in labels()) {
        prop_assert_eq!(selector.matches(&labels), selects(&selector, &labels));
    }

    /// What is decided without knowing some labels is so whatever they are
    #[test]
    fn what_is_not_known_does_not_decide(
        selector in meeting(), known in labels(), hidden in btree_set("[ab]", 0..3),
        rest in labels(),
    ) {
        let told = |key: &str| match hidden.contains(key) {
            true => Label::Unknown,
            false => known.get(key).into(),
        };
        if let Some(decided) = selector.evaluate(&told) {
            let mut all = known.clone();
            all.retain(|key, _| !hidden.contains(key));
            all.extend(rest.into_iter().filter(|(key, _)| hidden.contains(key)));
            prop_assert_eq!(selects(&selector, &all), decided);
        }
    }
}
