//! An input that is held open gives the result of its files, and so do its bytes.

#[path = "support/folder.rs"]
mod folder;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use posture::core::dismissal::Snapshot;
use posture::core::history::Point;
use posture::core::model::Preset;
use posture::core::recommend::Wanted;
use posture::core::remedy::ActionId;
use posture::core::report::Item;
use posture::core::request::MaxItems;
use posture::{File, NotOpened, Opened, Request, Saved};

use folder::{entries, files};

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
        let saved = Saved::read(files, request, &mut |bytes| told.push(bytes)).unwrap();
        let opened = &saved.opened;
        let name = folder.display();
        assert_eq!(opened.report().to_json(), expected, "{name}");
        assert!(told.is_sorted(), "{name}: {told:?}");
        assert_eq!(told.last(), Some(&size), "{name}");
        let again = Saved::from_bytes(&saved.to_bytes()).unwrap().opened;
        assert_eq!(again.report().to_json(), expected, "{name}");
        let recommended = [opened, &again].map(recommended);
        assert_eq!(recommended[0], recommended[1], "{name}");
        number += 1;
    }
    assert!(number > 50, "{number} cases");
}

#[test]
fn what_is_asked_of_one_action_is_what_the_whole_result_says() {
    let (mut listed, mut points) = (0, 0);
    for (folder, Saved { opened, .. }) in saved_cases() {
        let Opened {
            prepared, tally, ..
        } = &opened;
        let every_item = Request {
            max_items: MaxItems::All,
            ..prepared.request.clone()
        };
        let full = opened.report_of(&every_item);
        assert_eq!(opened.point(), Point::of(&full), "{folder}");
        points += 1;
        for action in &full.actions {
            let id: ActionId = action.id.parse().unwrap();
            let page = |start| prepared.items(tally, &id, start..start + 3).unwrap();
            let pages = (0..action.item_count).step_by(3).flat_map(page);
            let known = |item: Item| (item.key, item.units, item.points);
            let pages: Vec<_> = pages.map(known).collect();
            let items: Vec<_> = action.items.iter().cloned().map(known).collect();
            assert_eq!(pages, items, "{folder} {id}");
            assert_eq!(page(action.item_count), [], "{folder} {id}");
            let keys = items.iter().map(|(key, ..)| key.as_str());
            let snapshot = prepared.snapshot(tally, &id);
            assert_eq!(snapshot, Some(Snapshot::of(keys)), "{folder} {id}");
            listed += items.len();
        }
        let nowhere: ActionId = "scan-images/nowhere".parse().unwrap();
        assert_eq!(prepared.items(tally, &nowhere, 0..1), None);
        assert_eq!(prepared.snapshot(tally, &nowhere), None);
    }
    assert!(points > 50 && listed > 50, "{points} cases, {listed} items");
}

/// Every case of the corpus, held open.
fn saved_cases() -> impl Iterator<Item = (String, Saved)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    let folders = entries(&corpus).into_iter().filter(|path| path.is_dir());
    folders.map(|folder| {
        let request = fs::read_to_string(folder.join("request.json"));
        let request = request.unwrap_or_else(|_| "{}".to_owned());
        let saved = Saved::read(files(&folder.join("input")), request, &mut |_| {});
        (folder.display().to_string(), saved.unwrap())
    })
}

#[test]
fn bytes_by_another_preset_are_the_files_by_it() {
    let by = r#"{"preset": "calico-preview", "method": {}}"#;
    let (mut equal, mut moved) = (0, 0);
    for (folder, saved) in saved_cases().filter(|(_, of)| of.made_of.request == "{}") {
        let bytes = saved.to_bytes();
        let files = files(&Path::new(&folder).join("input"));
        let named = files.iter().map(|(name, bytes)| File { name, bytes });
        let expected = posture::score_json(&named.collect::<Vec<_>>(), by).unwrap();
        let other = Saved::from_bytes_by(&bytes, Preset::CalicoPreview).unwrap();
        assert_eq!(other.opened.report().to_json(), expected, "{folder}");
        let back = Saved::from_bytes_by(&other.to_bytes(), Preset::Default).unwrap();
        let (back, own) = (back.opened.report(), saved.opened.report());
        assert_eq!(back, own, "{folder}");
        equal += 1;
        moved += usize::from(other.opened.report().score != own.score);
    }
    assert!(
        equal > 30 && moved > 3,
        "{equal} cases, {moved} with another score"
    );
}

#[test]
fn a_preset_that_judges_traffic_otherwise_is_refused() {
    let request = r#"{"method": {"evidence": "current"}}"#.to_owned();
    let saved = Saved::read(Vec::new(), request, &mut |_| {}).unwrap();
    let error = Saved::from_bytes_by(&saved.to_bytes(), Preset::Default).unwrap_err();
    assert!(matches!(error, NotOpened::JudgedOtherwise), "{error}");
}

#[test]
fn of_flow_logs_the_tally_alone_is_saved() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    let files = files(&corpus.join("example-a/input"));
    let saved = Saved::read(files.clone(), "{}".to_owned(), &mut |_| {}).unwrap();
    let (logs, others): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|(name, _)| name.starts_with("flows"));
    assert!(!logs.is_empty() && !others.is_empty());
    assert_eq!(saved.made_of.files, others);
    assert!(saved.opened.tally.edge_count() > 0);
}

#[test]
fn other_bytes_are_refused() {
    let file = (
        "list.json".to_owned(),
        br#"{"kind": "List", "items": []}"#.to_vec(),
    );
    let saved = Saved::read(vec![file], "{}".to_owned(), &mut |_| {}).unwrap();
    let bytes = saved.to_bytes();
    for cut in 0..bytes.len() {
        assert!(Saved::from_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
    let newer = String::from_utf8(bytes)
        .unwrap()
        .replace("\"opened_version\":1", "\"opened_version\":2");
    let error = Saved::from_bytes(newer.as_bytes()).unwrap_err();
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
