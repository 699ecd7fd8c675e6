//! Runs the command line.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A command that runs among the example clusters, at the end of their story, in 100 columns.
pub(crate) fn posture(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_posture"));
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clusters"))
        .env("COLUMNS", "100")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .args(arguments);
    command
}

/// Arguments that score the given paths at the end of the story.
pub(crate) fn score<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--now", "2026-11-20T11:00:00Z"], arguments].concat()
}

/// What is said on standard output by a run that exits with `code`.
pub(crate) fn stdout(arguments: &[&str], code: i32) -> String {
    let output = run(posture(arguments), code);
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

/// What is said on standard error by a run that exits with `code`.
pub(crate) fn stderr(arguments: &[&str], code: i32) -> String {
    let output = run(posture(arguments), code);
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr)
}

/// What is said on standard error by a run that exits with `code`, whatever it says on standard output.
pub(crate) fn said(arguments: &[&str], code: i32) -> String {
    text(&run(posture(arguments), code).stderr)
}

/// What is said on standard output by a run that is given `input` and exits with 0.
pub(crate) fn piped(arguments: &[&str], input: &[u8]) -> String {
    let mut child = posture(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    text(&output.stdout)
}

/// A file of the example clusters.
pub(crate) fn example(path: &str) -> Vec<u8> {
    fs::read(format!(
        "{}/../examples/clusters/{path}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

/// A new file in a folder of its own.
pub(crate) fn file(folder: &str, name: &str, bytes: &[u8]) -> String {
    let path = folder_of(folder).join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A folder for one test.
pub(crate) fn folder_of(test: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&path).unwrap();
    path
}

fn run(mut command: Command, code: i32) -> Output {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The times of all points of a sound history.
pub(crate) fn times(history: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(history).unwrap();
    let check = "PRAGMA integrity_check";
    let check: String = connection.query_row(check, [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut statement = connection
        .prepare("SELECT body FROM point ORDER BY at, series")
        .unwrap();
    let bodies = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    let time = |body: String| {
        let point: serde_json::Value = serde_json::from_str(&body).unwrap();
        point["at"].as_str().unwrap().to_owned()
    };
    bodies.map(|body| time(body.unwrap())).collect()
}
