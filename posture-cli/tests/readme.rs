//! The README shows what the program prints.

mod common;

use std::fs;
use std::path::Path;

use common::stdout;

#[test]
fn the_readme_shows_the_demo() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (_, rest) = readme.split_once("```text\n").expect("a text block");
    let (shown, _) = rest.split_once("```\n").expect("its end");
    let demo = stdout(&["demo"], 0);
    let (report, _closing) = demo
        .split_once("\nThis was an example")
        .expect("a closing line");
    if std::env::var_os("POSTURE_BLESS").is_some() {
        fs::write(&path, readme.replacen(shown, report, 1)).unwrap();
    } else {
        assert_eq!(
            shown, report,
            "run the tests with POSTURE_BLESS=1 and read the diff"
        );
    }
}
