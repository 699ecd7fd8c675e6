//! An input that is held open gives the result of its files, and so do its bytes, which tell no secret.

use std::fs;
use std::path::{Path, PathBuf};

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
        let mut read = 0;
        let opened = Opened::read(files, request, &mut |bytes| read = bytes).unwrap();
        let name = folder.display();
        assert_eq!(opened.report().to_json(), expected, "{name}");
        assert!(read >= size, "{name}: {read} of {size} bytes");
        let again = Opened::from_bytes(&opened.to_bytes()).unwrap();
        assert_eq!(again.report().to_json(), expected, "{name}");
        number += 1;
    }
    assert!(number > 50, "{number} cases");
}

#[test]
fn bytes_tell_no_secret() {
    let pod = br#"{"kind": "Pod", "apiVersion": "v1", "metadata": {"namespace": "shop", "name": "web"},
        "spec": {"containers": [{"name": "web", "image": "nginx", "env": [{"name": "KEY", "value": "hunter2"}]}]},
        "status": {"phase": "Running"}}"#;
    let notes = b"the password is hunter2";
    let files = [("pod.json", pod.as_slice()), ("notes.txt", notes)];
    let files = files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
    let opened = Opened::read(files.into(), "{}".to_owned(), &mut |_| {}).unwrap();
    let bytes = opened.to_bytes();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("nginx"));
    assert!(!text.contains("hunter2"), "{text}");
    let again = Opened::from_bytes(&bytes).unwrap();
    assert_eq!(again.report(), opened.report());
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
