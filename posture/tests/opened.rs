//! An input that is held open gives the result of its files, and so do its bytes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use posture::core::recommend::Wanted;
use posture::{File, Opened};

#[test]
fn every_case_is_the_same_after_it_was_bytes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    let folders = entries(&corpus).into_iter().filter(|path| path.is_dir());
    let mut number = 0;
    for folder in folders {
        let files = files(&folder.join("input"));
        let request = fs::read_to_string(folder.join("request.json"));
        let request = request.unwrap_or_else(|_| "{}".to_owned());
        let named = files.iter().map(|(name, bytes)| File { name, bytes });
        let expected = posture::score_json(&named.collect::<Vec<_>>(), &request).unwrap();
        let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut told = Vec::new();
        let opened = Opened::read(files, request, &mut |bytes| told.push(bytes)).unwrap();
        let name = folder.display();
        assert_eq!(opened.report().to_json(), expected, "{name}");
        assert!(told.is_sorted(), "{name}: {told:?}");
        assert_eq!(told.last(), Some(&size), "{name}");
        let again = Opened::from_bytes(&opened.to_bytes()).unwrap();
        assert_eq!(again.report().to_json(), expected, "{name}");
        let recommended = [&opened, &again].map(recommended);
        assert_eq!(recommended[0], recommended[1], "{name}");
        number += 1;
    }
    assert!(number > 50, "{number} cases");
}

#[test]
fn other_bytes_are_refused() {
    let file = (
        "list.json".to_owned(),
        br#"{"kind": "List", "items": []}"#.to_vec(),
    );
    let opened = Opened::read(vec![file], "{}".to_owned(), &mut |_| {}).unwrap();
    let bytes = opened.to_bytes();
    for cut in 0..bytes.len() {
        assert!(Opened::from_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
    let newer = String::from_utf8(bytes)
        .unwrap()
        .replace("\"opened_version\":1", "\"opened_version\":2");
    let error = Opened::from_bytes(newer.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an input of version 2, expected version 1"
    );
}

fn recommended(opened: &Opened) -> String {
    let Opened {
        prepared,
        tally,
        issues,
        ..
    } = opened;
    let all = prepared.recommend(tally, issues.clone(), &Wanted::default(), &BTreeSet::new());
    all.unwrap().to_json()
}

/// All files below a folder by their paths there, sorted.
fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().to_string_lossy();
            files.push((name.into_owned(), fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.map(|entry| entry.unwrap().path()).collect()
}
