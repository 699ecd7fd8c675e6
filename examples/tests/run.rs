//! The README shows what the examples print.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Begins a block about an example.
const BLOCK: &str = "```console\n$ cargo run -p posture-examples --example ";

#[test]
fn examples_print_what_the_readme_shows() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let mut names = Vec::new();
    for block in readme.split(BLOCK).skip(1) {
        let (name, rest) = block.split_once('\n').unwrap();
        let (shown, _) = rest.split_once("```").unwrap();
        // Beside the folder of this test's program is that of the examples, which `cargo test` builds, too.
        let program = env::current_exe().unwrap();
        let program = program
            .ancestors()
            .nth(2)
            .unwrap()
            .join("examples")
            .join(name);
        assert!(program.exists(), "not built: {}", program.display());
        let output = Command::new(program).output().unwrap();
        assert!(output.status.success(), "{name}: {output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), shown, "{name}");
        names.push(name);
    }
    assert_eq!(names, ["quickstart", "weights"]);
}
