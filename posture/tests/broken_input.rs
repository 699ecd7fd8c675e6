//! Whatever happens to the bytes of real files, there is a result, nothing panics, and what was lost
//! is told.

use std::fs;
use std::path::Path;

use posture::core::points::Points;
use posture::{File, Report, Request};
use proptest::prelude::*;
use proptest::sample::Index;

const FILES: [&str; 5] = [
    "tiny/objects.yaml",
    "tiny/flows.jsonl",
    "tiny/scans/nginx.json",
    "boutique/networkpolicies.json",
    "boutique/staged.yaml",
];

/// Something that happens to a file.
#[derive(Clone, Debug)]
enum Damage {
    CutOff(Index),
    Remove(Index, usize),
    Insert(Index, Vec<u8>),
    Repeat(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    let token = prop::sample::select(vec![
        "null",
        "{}",
        "[]",
        "{",
        "[",
        "\"",
        "\n",
        "-1",
        "1e999",
        "---\n",
        "&a [*a]",
        "\u{feff}",
        "kind: Pod\n",
    ]);
    let inserted = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..4),
        token.prop_map(|token| token.as_bytes().to_vec()),
    ];
    prop_oneof![
        at().prop_map(Damage::CutOff),
        (at(), 1..40_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), inserted).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at(), 1..40_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let end = |start: usize, length: usize| (start + length).min(bytes.len());
        match damage {
            Damage::CutOff(at) => bytes.truncate(at.index(bytes.len())),
            Damage::Remove(at, length) => {
                let start = at.index(bytes.len());
                bytes.drain(start..end(start, *length));
            }
            Damage::Insert(at, inserted) => {
                let start = at.index(bytes.len());
                bytes.splice(start..start, inserted.iter().copied());
            }
            Damage::Repeat(at, length) => {
                let start = at.index(bytes.len());
                let repeated = bytes[start..end(start, *length)].to_vec();
                bytes.splice(start..start, repeated);
            }
        }
    }
    bytes
}

fn score(contents: &[(&str, Vec<u8>)]) -> Report {
    let files: Vec<File<'_>> = contents
        .iter()
        .map(|(name, bytes)| File { name, bytes })
        .collect();
    posture::score(&files, &Request::default()).expect("readers refuse objects without names")
}

fn contents() -> Vec<(&'static str, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/clusters");
    FILES
        .map(|name| (name, fs::read(folder.join(name)).expect("an example")))
        .to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_survived(
        which in any::<Index>(),
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let mut contents = contents();
        let which = which.index(contents.len());
        let (name, bytes) = contents.swap_remove(which);
        contents.push((name, damaged(bytes, &damages)));
        let report = score(&contents);
        if let Some(score) = report.score {
            prop_assert!((Points::ZERO..=Points::HUNDRED).contains(&score), "{score}");
        }
        prop_assert!(serde_json::from_str::<serde_json::Value>(&report.to_json()).is_ok());
    }

    #[test]
    fn noise_is_told(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let report = score(&[("noise", bytes)]);
        prop_assert!(!report.issues.is_empty());
        prop_assert_eq!(report.score, None);
    }
}
