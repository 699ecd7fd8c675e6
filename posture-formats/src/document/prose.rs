//! What of a text is worth reading: logs and prose lie beside the objects in many dumps.

use std::borrow::Cow;

/// What `kubectl cluster-info dump` writes around the logs of a container, between its lists.
const LOGS_START: &str = "==== START logs for container ";
const LOGS_END: &str = "==== END logs for container ";

/// Whether a text may be Kubernetes YAML: it names a kind, and begins as YAML does or has the two keys
/// of every object where an object has them.
pub(super) fn may_be_yaml(text: &str) -> bool {
    names_a_kind(text) && (begins_as_yaml(text) || has_both_keys(text))
}

/// Whether a text has the key that every Kubernetes object has: a quick no to logs and prose.
fn names_a_kind(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), b"kind").any(|at| {
        let rest = text.get(at.saturating_add(4)..).unwrap_or_default();
        rest.trim_start_matches(['"', '\'']).starts_with(':')
    })
}

/// Whether a text begins as YAML does: with an entry, an element or a comment.
pub(crate) fn begins_as_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| {
        let is_marker = line.starts_with("---") || line.starts_with("...");
        !(line.is_empty() || is_marker || line.starts_with(['#', '%']))
    });
    match first {
        Some(line) => {
            line == "-" || line.starts_with("- ") || starts_as_collection(line) || is_entry(line)
        }
        // what there is stands behind a marker: `--- {kind: Pod}`
        None => true,
    }
}

fn starts_as_collection(line: &str) -> bool {
    line.starts_with(['{', '[', '&', '!'])
}

/// `key: value`, the key being one word.
fn is_entry(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else {
        return false;
    };
    let key = key.trim_end().trim_matches(['"', '\'']);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '$');
    !key.is_empty() && key.chars().all(is_word) && (value.is_empty() || value.starts_with(' '))
}

fn has_both_keys(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("apiVersion:") && has("kind:")
}

/// A text with the logs of containers blanked out, so that lines keep their numbers, and how many
/// containers they are of.
pub(super) fn without_logs(text: &str) -> (Cow<'_, str>, u64) {
    if memchr::memmem::find(text.as_bytes(), LOGS_START.as_bytes()).is_none() {
        return (Cow::Borrowed(text), 0);
    }
    let (mut kept, mut containers, mut within) = (String::new(), 0_u64, false);
    for line in text.split_inclusive('\n') {
        if line.starts_with(LOGS_START) {
            containers = containers.saturating_add(1);
            within = true;
        }
        if !within {
            kept.push_str(line);
        } else if line.ends_with('\n') {
            kept.push('\n');
        }
        if line.starts_with(LOGS_END) {
            within = false;
        }
    }
    (Cow::Owned(kept), containers)
}

#[cfg(test)]
mod tests {
    use posture_core::issue::IssueKind;

    use super::*;
    use crate::read_text;

    #[test]
    fn yaml_and_logs_that_speak_of_kinds() {
        for text in [
            "kind: Pod\n",
            "# a comment\n---\napiVersion: v1\nkind: Pod\n",
            "- kind: Pod\n",
            "--- {kind: Pod}\n",
            "{\"kind\": \"Pod\"}\n",
            "\"kind\": Pod\n",
            "items:\n- kind: Pod\n",
            "some words first\napiVersion: v1\nkind: Pod\n",
        ] {
            assert!(may_be_yaml(text), "{text}");
        }
        for text in [
            "I0817 17:04:34.750065 24 e2e.go:129] Starting\npods: {\"kind\":\"PodList\"}\n",
            "2024-01-01T00:00:00Z level=info msg=x kind: Pod\n",
            "time=\"2024\" msg=x\nobj: kind: Pod\n",
            "a: b\n",
        ] {
            assert!(!may_be_yaml(text), "{text}");
        }
    }

    #[test]
    fn logs_between_the_lists_of_a_dump() {
        let list = |name: &str| {
            format!(
                r#"{{"kind": "NamespaceList", "items": [{{"metadata": {{"name": "{name}"}}}}]}}"#
            )
        };
        let text = format!(
            "{}\n{LOGS_START}c of pod a/p ====\n{{\"level\": \"info\"}}\nkind: x: y\n{LOGS_END}c of pod a/p ====\n{}\n{LOGS_START}d of pod a/q ====\ncut",
            list("a"),
            list("b")
        );
        let (fragment, issues) = read_text(&text);
        let names: Vec<_> = fragment
            .namespaces
            .iter()
            .map(|n| (n.name.as_str(), n.origin.at.as_str()))
            .collect();
        assert_eq!(names, [("a", "line 1 items[0]"), ("b", "line 6 items[0]")]);
        assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::UnusedFile));
        assert_eq!(issues[0].message, "the logs of 2 containers are not used");
    }
}
