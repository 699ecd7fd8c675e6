//! What is read, and what is said about what cannot be read.

mod common;

use common::{example, file, folder_of, piped, posture, score, stdout};

/// The warnings at the end of a table, without their heading.
fn warnings(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let heading = lines
        .iter()
        .position(|line| line.ends_with(" warning") || line.ends_with(" warnings"))
        .unwrap_or_else(|| panic!("no warnings: {text}"));
    let mut warnings: Vec<String> = Vec::new();
    for line in &lines[heading + 1..] {
        match (line.strip_prefix("    "), warnings.last_mut()) {
            (Some(more), Some(last)) => *last = format!("{last} {more}"),
            _ => warnings.push(line.trim_start().to_owned()),
        }
    }
    warnings
}

/// What is said of a file of `bytes`, beside which the smallest example is scored.
fn warning(folder: &str, bytes: &[u8]) -> String {
    file(folder, "given", bytes);
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clusters/tiny");
    let output = posture(&["score", "given"])
        .args(["objects.yaml", "flows.jsonl"].map(|name| format!("{examples}/{name}")))
        .current_dir(folder_of(folder))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("2 of 2 pods running"), "{text}");
    warnings(&text).join("\n")
}

#[test]
fn bad_files_cost_themselves_alone() {
    assert_eq!(warning("empty", b""), "given: the file is empty");
    let binary = [0x7F, b'E', b'L', b'F', 0, 0, 1];
    assert_eq!(
        warning("binary", &binary),
        "given: the content is binary, expected text"
    );
    let unknown = "given: the content is of no known format, expected a Kubernetes object or list, \
                   flows of Calico or Cilium, or a scan or VEX as Trivy, Grype, CycloneDX and OpenVEX write \
                   them";
    let truncated = &example("boutique/objects.json")[..5000];
    assert_eq!(
        warning("truncated", truncated),
        "given, line 207: not well-formed JSON from column 2 on: EOF while parsing an object"
    );
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(10_000_000));
    assert_eq!(warning("long", long.as_bytes()), unknown);
    let directory = br#"{"SchemaVersion": 2, "ArtifactName": "/src", "ArtifactType": "filesystem", "Results": []}"#;
    assert_eq!(
        warning("of-a-directory", directory),
        "given: trivy report on the filesystem `/src`; expected one on a container image"
    );
}

#[test]
fn a_broken_line_costs_that_line() {
    let mut log = b"{\"reporter\": \"src\", cut\n".to_vec();
    log.extend(example("tiny/flows.jsonl"));
    assert_eq!(
        warning("broken-line", &log),
        "given, line 1: key must be a string at column 21"
    );
}

#[test]
fn standard_input_is_read_like_a_file() {
    let arguments = score(&["--format", "json", "tiny/objects.yaml", "-"]);
    let from_stdin = piped(&arguments, &example("tiny/flows.jsonl"));
    let from_file = stdout(
        &score(&["--format", "json", "tiny/objects.yaml", "tiny/flows.jsonl"]),
        0,
    );
    assert_eq!(from_stdin, from_file);
    let objects = piped(
        &score(&["-", "--format", "json", "tiny/flows.jsonl"]),
        &example("tiny/objects.yaml"),
    );
    assert_eq!(objects, from_file);
}

#[test]
fn the_order_of_paths_changes_nothing() {
    let one = stdout(
        &score(&[
            "--format",
            "json",
            "tiny/flows.jsonl",
            "tiny/scans",
            "tiny/objects.yaml",
        ]),
        0,
    );
    let other = stdout(
        &score(&[
            "--format",
            "json",
            "tiny/objects.yaml",
            "tiny/scans/nginx.json",
            "tiny/flows.jsonl",
        ]),
        0,
    );
    assert_eq!(one, other);
}

#[test]
fn directories_are_read_without_hidden_files() {
    let folder = folder_of("directory");
    std::fs::create_dir_all(folder.join("inner")).unwrap();
    file(
        "directory",
        "inner/objects.yaml",
        &example("tiny/objects.yaml"),
    );
    file("directory", ".hidden.json", b"{");
    let folder = folder.to_str().unwrap();
    let text = stdout(&score(&["--policies-complete", "--strict", folder]), 0);
    assert!(text.contains("2 of 2 pods running"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_directory_is_told_and_not_followed() {
    let folder = folder_of("linked");
    file("linked", "objects.yaml", &example("tiny/objects.yaml"));
    let _ = std::os::unix::fs::symlink(".", folder.join("itself"));
    let path = folder.to_str().unwrap();
    let json = stdout(&score(&["--format", "json", path]), 0);
    let result: serde_json::Value = serde_json::from_str(&json).unwrap();
    let told = result["issues"].as_array().unwrap().iter();
    let told: Vec<&str> = told.filter_map(|issue| issue["message"].as_str()).collect();
    assert!(
        told.contains(&"a link to a directory is not followed"),
        "{told:?}"
    );
    assert_eq!(result["coverage"]["pods"]["total"], 2);
}

#[test]
fn an_empty_directory_is_told() {
    let folder = folder_of("nothing");
    let folder = folder.to_str().unwrap();
    let text = stdout(&score(&["--policies-complete", folder]), 0);
    assert!(text.starts_with("Cluster Security Score  no data\nno score: no namespace was found"));
    assert_eq!(
        warnings(&text),
        [format!("{folder}: the directory holds no files")]
    );
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_told_and_the_rest_goes_on() {
    let folder = folder_of("unreadable");
    file("unreadable", "objects.yaml", &example("tiny/objects.yaml"));
    let _ = std::os::unix::fs::symlink("nowhere", folder.join("link.json"));
    let text = stdout(&score(&[folder.to_str().unwrap()]), 0);
    assert!(text.contains("2 of 2 pods running"), "{text}");
    let told = format!(
        "{}/link.json: the file does not exist",
        folder.to_str().unwrap()
    );
    assert_eq!(warnings(&text), [told]);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_quiet() {
    use std::process::Stdio;
    let mut child = posture(&["demo", "--format", "json", "--items", "all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
