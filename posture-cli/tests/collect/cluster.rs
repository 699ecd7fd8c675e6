//! A cluster that a `kubectl` tells of which serves files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::common::{example, folder_of, posture};

/// Serves what lies beside it as `kubectl` does. What it cannot list says so in a file of its own.
const KUBECTL: &str = r#"#!/bin/sh
folder=$(dirname "$0")
echo "$@" >> "$folder/asked"
case "$1" in
  api-resources) cat "$folder/resources" ;;
  get)
    if [ -f "$folder/$2.refusal" ]; then
      echo "W1129 10:00:00.000000 a warning" >&2
      cat "$folder/$2.refusal" >&2
      exit 1
    fi
    cat "$folder/$2.json" ;;
esac
"#;

/// A cluster that a `kubectl` in a folder of its own tells of.
pub(crate) struct Cluster {
    folder: PathBuf,
}

impl Cluster {
    /// The cluster of these documents, each a list as `kubectl` prints it.
    pub(crate) fn of(test: &str, documents: &[Value]) -> Self {
        let folder = folder_of(&format!("collect-{test}"));
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir_all(&folder).unwrap();
        let cluster = Self { folder };
        let mut resources = vec!["configmaps".to_owned(), "secrets".to_owned()];
        for kind in posture_collect::asked() {
            let (resource, version) = kind.resources().next().unwrap();
            let of_kind =
                |item: &&Value| item["kind"] == kind.name && item["apiVersion"] == version;
            let items = documents
                .iter()
                .flat_map(|list| list["items"].as_array().unwrap());
            let items: Vec<&Value> = items.filter(of_kind).collect();
            if !items.is_empty() || resource == "networkpolicies.networking.k8s.io" {
                let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
                cluster.serve(&format!("{resource}.json"), &list.to_string());
                resources.push(resource);
            }
        }
        cluster.serve("resources", &(resources.join("\n") + "\n"));
        cluster.serve("kubectl", KUBECTL);
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(cluster.path("kubectl"), executable).unwrap();
        cluster
    }

    /// The example cluster, as far as `kubectl` knows it.
    pub(crate) fn boutique(test: &str) -> Self {
        let documents = ["objects.json", "networkpolicies.json"];
        let documents = documents.map(|file| json(&example(&format!("boutique/{file}"))));
        Self::of(test, &documents)
    }

    pub(crate) fn path(&self, file: &str) -> String {
        self.folder.join(file).to_str().unwrap().to_owned()
    }

    pub(crate) fn serve(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Collects it into an archive.
    pub(crate) fn collect(&self, archive: &str, more: &[&str]) -> Output {
        let (kubectl, archive) = (self.path("kubectl"), self.path(archive));
        let arguments = [
            "collect",
            "--kubectl",
            &kubectl,
            "-o",
            &archive,
            "--now",
            "2026-11-20T11:00:00Z",
        ];
        posture(&[&arguments, more].concat()).output().unwrap()
    }
}

pub(crate) fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

pub(crate) fn ok(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn failed(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The result of some paths, without what names of files are part of.
pub(crate) fn score(paths: &[&str]) -> Value {
    let mut result = result(paths);
    result.as_object_mut().unwrap().remove("issues");
    result
}

/// The messages of all issues of some paths.
pub(crate) fn told(paths: &[&str]) -> Vec<String> {
    let result = result(paths);
    let issues = result["issues"].as_array().unwrap();
    let messages = issues.iter().map(|issue| issue["message"].as_str());
    messages
        .map(|message| message.unwrap().to_owned())
        .collect()
}

fn result(paths: &[&str]) -> Value {
    let arguments = [
        "score",
        "--format",
        "json",
        "--now",
        "2026-11-20T11:00:00Z",
        "--items",
        "all",
    ];
    let output = posture(&[&arguments, paths].concat()).output().unwrap();
    json(ok(&output).as_bytes())
}

/// All that is in an archive, unpacked.
pub(crate) fn unpacked(archive: &str) -> String {
    tar(&["-xzOf", archive])
}

/// One file of an archive.
pub(crate) fn member(archive: &str, name: &str) -> String {
    tar(&["-xzOf", archive, name])
}

fn tar(arguments: &[&str]) -> String {
    let output = Command::new("tar").args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
