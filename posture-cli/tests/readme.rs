//! The README shows what the program prints.

mod common;

use std::fs;
use std::path::Path;

use common::posture;

/// What tells of a text that is shown: the command between these two, then a text block.
const COMMAND: (&str, &str) = (
    "<!-- The output of `posture ",
    "`, held to it by a test. -->\n```text\n",
);

#[test]
fn the_readme_shows_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = root.join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let mut blessed = readme.clone();
    let mut blocks = readme.split(COMMAND.0);
    blocks.next();
    let mut commands = Vec::new();
    for rest in blocks {
        let (command, rest) = rest.split_once(COMMAND.1).expect("a text block");
        let (shown, _) = rest.split_once("```\n").expect("its end");
        let printed = printed(&root, command);
        if std::env::var_os("POSTURE_BLESS").is_some() {
            let of = |text: &str| format!("{}{command}{}{text}```", COMMAND.0, COMMAND.1);
            blessed = blessed.replacen(&of(shown), &of(&printed), 1);
        } else {
            assert_eq!(
                shown, printed,
                "run the tests with POSTURE_BLESS=1 and read the diff"
            );
        }
        commands.push(command.split(' ').next().unwrap());
    }
    assert_eq!(commands, ["demo", "explain", "verdict", "policies"]);
    if blessed != readme {
        fs::write(&path, blessed).unwrap();
    }
}

/// What a command prints, without what the demo says of other commands.
fn printed(root: &Path, command: &str) -> String {
    let arguments: Vec<&str> = command.split(' ').collect();
    let output = posture(&arguments).current_dir(root).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    match text.split_once("\nThis was an example") {
        Some((report, _closing)) => report.to_owned(),
        None => text,
    }
}
