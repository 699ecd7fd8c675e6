//! "How the score is calculated" works its example out by hand: each number is one of its case.

use std::fs;

use serde_json::Value;

use crate::root;

/// The rows of the table, and the types that they are about.
const ROWS: [(&str, &str); 4] = [
    ("High-risk images", "high_risk_images"),
    ("Unscanned images", "unscanned_images"),
    ("Egress access", "egress_access"),
    ("Namespace isolation", "namespace_isolation"),
];

#[test]
fn the_worked_example_is_its_case() {
    let page = fs::read_to_string(root().join("docs/score.md")).unwrap();
    let picture = fs::read_to_string(root().join("docs/pictures/score.svg")).unwrap();
    let expected = fs::read(root().join("cases/worked-example/expected.json")).unwrap();
    let result: Value = serde_json::from_slice(&expected).unwrap();
    let namespaces = result["namespaces"].as_array().unwrap();
    let shop = namespaces
        .iter()
        .find(|it| it["namespace"] == "shop")
        .unwrap();
    for (title, name) in ROWS {
        let of = &shop["types"][name];
        let (part, whole, lost) = (&of["part"], &of["whole"], &of["contribution"]);
        let row = format!("| {title} | {part} of {whole} | 12.5 × {part}/{whole} = {lost} |");
        assert!(page.contains(&row), "expected the row `{row}`");
        let cell = format!("{part} of {whole}: {lost} lost");
        assert!(picture.contains(&cell), "expected `{cell}` in the picture");
    }
    let (score, own) = (&result["score"], &shop["score"]);
    for sum in [
        format!("= 100 − 6.25 − 3.125 − 6.25 − 3.125 = {score}\n"),
        format!("= 100 − 25 × (2/4 + 1/4 + 1/2 + 1/4) = {own}\n"),
        format!("= ({own} + 100) / 2                   = {score}\n"),
    ] {
        assert!(page.contains(&sum), "expected `{sum}`");
    }
}
