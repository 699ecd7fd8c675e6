//! Where the blocks of one page run.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::root;

/// Issues that say that a text has not the form that it should have.
const FORM: [&str; 5] = [
    "unknown_format",
    "syntax",
    "invalid_object",
    "unread_policy",
    "unused_kind",
];

/// A folder as pages speak of it. What belongs to the repository is at its place; `dump/`, `objects.json`,
/// `flows.jsonl` and `scans/`, which stand for files of the reader, are those of `examples/clusters/tiny`, and so is
/// `dumps/west` beside `dumps/east`.
pub(crate) struct Session {
    folder: PathBuf,
}

impl Session {
    /// A new folder for a page.
    pub(crate) fn new(page: &str) -> Self {
        let name = page.replace('/', "-");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("pages")
            .join(name);
        let _ = fs::remove_dir_all(&folder);
        for inner in ["bin", "dumps"] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        let root = root().canonicalize().unwrap();
        let clusters = root.join("examples/clusters");
        let links = [
            ("bin/posture", PathBuf::from(env!("CARGO_BIN_EXE_posture"))),
            ("cases", root.join("cases")),
            ("examples", root.join("examples")),
            ("dump", clusters.join("tiny")),
            ("dumps/east", clusters.join("boutique")),
            ("dumps/west", clusters.join("tiny")),
            ("objects.json", clusters.join("tiny/objects.yaml")),
            ("flows.jsonl", clusters.join("tiny/flows.jsonl")),
            ("scans", clusters.join("tiny/scans")),
        ];
        for (name, target) in links {
            symlink(target, folder.join(name)).unwrap();
        }
        Self { folder }
    }

    /// What each command after `$ ` prints, below it.
    pub(crate) fn console(&self, block: &str) -> Result<String, String> {
        let commands: Vec<&str> = block
            .lines()
            .filter_map(|line| line.strip_prefix("$ "))
            .collect();
        if commands.is_empty() || !block.starts_with("$ ") {
            return Err("expected a command after `$ ` in the first line".to_owned());
        }
        let shown = commands.iter().map(|command| {
            let printed = self.run(command)?;
            Ok(format!("$ {command}\n{printed}"))
        });
        shown.collect()
    }

    /// What a script prints, on both of its outputs, when it succeeds.
    pub(crate) fn run(&self, script: &str) -> Result<String, String> {
        let path = format!("{}:/usr/bin:/bin", self.folder.join("bin").display());
        let output = Command::new("bash")
            .args(["-euc", &format!("exec 2>&1\n{script}")])
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", path)
            .env("COLUMNS", "100")
            .env("HOME", &self.folder)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        if output.status.success() {
            Ok(printed)
        } else {
            Err(format!("{}: {script}\n{printed}", output.status))
        }
    }

    /// Whether `posture` understands a text: objects without a fault in their form, anything else as a method.
    pub(crate) fn read(&self, text: &str) -> Result<(), String> {
        fs::write(self.folder.join("block.yaml"), text).unwrap();
        if !text.contains("kind:") && !text.contains("\"kind\":") {
            return self.run("posture score dump --method block.yaml").map(drop);
        }
        let result = self.run("posture score block.yaml --format json")?;
        let result: Value = serde_json::from_str(&result).unwrap();
        let issues = result["issues"].as_array().unwrap().iter();
        let faults: Vec<&Value> = issues
            .filter(|issue| FORM.iter().any(|kind| issue["kind"] == **kind))
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(format!("{faults:?}"))
        }
    }
}
