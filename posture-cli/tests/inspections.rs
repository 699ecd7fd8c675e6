//! What was read, and how it was joined.

mod common;

use common::{example, file, folder_of, piped, posture, stdout};

#[test]
fn a_cluster_with_everything() {
    insta::assert_snapshot!(stdout(&["inspect", "boutique"], 0));
}

#[test]
fn a_narrow_terminal() {
    let output = posture(&["inspect", "--top", "3", "boutique"])
        .env("COLUMNS", "60")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for line in text.lines() {
        assert!(line.chars().count() <= 60, "{line}");
    }
}

#[test]
fn every_file_is_there_with_its_facts_and_issues() {
    let json = stdout(&["inspect", "tiny", "--format", "json"], 0);
    let inspection: serde_json::Value = serde_json::from_str(&json).unwrap();
    let files = inspection["files"].as_array().unwrap();
    let of = |name: &str| {
        let found = files
            .iter()
            .find(|file| file["file"] == format!("tiny/{name}"));
        found.unwrap_or_else(|| panic!("{name} in {files:?}"))
    };
    assert_eq!(of("objects.yaml")["facts"]["pods"], 2);
    assert_eq!(of("flows.jsonl")["facts"]["records"], 5);
    assert_eq!(of("flows.jsonl")["format"], "Calico flow log");
    let images = inspection["images"].as_array().unwrap();
    assert_eq!(images.len(), 2);
    assert_eq!(
        images
            .iter()
            .filter(|image| image["scan"].is_null())
            .count(),
        1
    );
    assert_eq!(inspection["coverage"]["records"]["total"], 5);
    assert!(inspection.get("score").is_none(), "no score");
}

#[test]
fn files_of_archives_and_pipes_are_there_too() {
    let log = String::from_utf8(example("tiny/flows.jsonl")).unwrap();
    let broken = log.replacen("\"allow\"", "\"alow\"", 1);
    let text = piped(&["inspect", "-"], broken.as_bytes());
    assert!(
        text.contains("stdin  Calico flow log  4 records       1"),
        "{text}"
    );
    assert!(
        text.contains("1 warning\n  invalid_record  stdin, line 1: `action` is `alow`"),
        "{text}"
    );

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, log.as_bytes()).unwrap();
    file("packed", "flows.gz", &gzip.finish().unwrap());
    let output = posture(&["inspect", "."])
        .current_dir(folder_of("packed"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("./flows.gz  Calico flow log  5 records       -"),
        "{text}"
    );
}

#[test]
fn a_scan_of_no_image_and_an_image_without_a_scan_are_told() {
    let scan =
        br#"{"SchemaVersion": 2, "ArtifactName": "other:1", "ArtifactType": "container_image",
        "Metadata": {"RepoTags": ["other:1"]}, "Results": []}"#;
    let scan = file("unmatched", "scan.json", scan);
    let text = stdout(&["inspect", "tiny/objects.yaml", &scan], 0);
    assert!(text.contains("Scans of no running image"), "{text}");
    assert!(text.contains("docker.io/library/other:1"), "{text}");
    assert!(text.contains("unscanned  -"), "{text}");
}
