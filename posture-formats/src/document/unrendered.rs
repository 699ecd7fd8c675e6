//! What must be rendered before it can be read: Helm templates and kustomizations.

use std::collections::BTreeSet;

use posture_core::issue::IssueKind;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json;
use crate::object::Object;
use crate::output::Output;
use crate::{envelope, yaml};

/// How much of a template's action is quoted.
const QUOTED: usize = 40;

/// What a kustomization may hold without changing the objects that it names.
const HARMLESS: [&str; 5] = ["apiVersion", "kind", "metadata", "resources", "bases"];

/// What a kustomization that does not say its kind is known by.
const NAMES_FILES: [&str; 4] = ["resources:", "bases:", "components:", "helmCharts:"];

/// An action of a template, and its line in the file.
pub(super) struct Action {
    line: u64,
    text: String,
}

/// The first action of a template in a document: `{{ .Values.name }}`.
pub(super) fn action(document: &yaml::Document<'_>) -> Option<Action> {
    let text = document.text;
    let at = memchr::memmem::find_iter(text.as_bytes(), b"{{").find(|at| {
        let rest = text.get(at.saturating_add(2)..).unwrap_or_default();
        is_action(rest.trim_start_matches('-').trim_start())
    })?;
    let (before, from) = text.split_at_checked(at)?;
    let line = before.bytes().filter(|byte| *byte == b'\n').count() as u64;
    let end = from
        .find("}}")
        .map_or(from.len(), |end| end.saturating_add(2));
    let whole = from.get(..end).unwrap_or(from);
    let quoted: String = whole
        .chars()
        .take(QUOTED)
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect();
    let dots = if quoted.len() < whole.len() {
        "..."
    } else {
        ""
    };
    Some(Action {
        line: document.line.saturating_add(line),
        text: format!("{quoted}{dots}"),
    })
}

/// Whether this is the inside of an action: a field, a variable, a comment or a word.
fn is_action(inside: &str) -> bool {
    let word: String = inside
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let next = inside.get(word.len()..).unwrap_or_default();
    inside.starts_with(['.', '$', '('])
        || inside.starts_with("/*")
        || (!word.is_empty() && next.starts_with([' ', '}', '-']))
}

#[derive(Deserialize)]
struct Named {
    metadata: Option<Names>,
}

#[derive(Deserialize)]
struct Names {
    name: Option<String>,
    namespace: Option<String>,
}

/// Whether a well-formed document is a template all the same: its name is one.
pub(super) fn has_templated_name(value: &RawValue) -> bool {
    let object: Option<Named> = json::from_str(value.get()).ok();
    let metadata = object.and_then(|object| object.metadata);
    metadata.is_some_and(|metadata| {
        let mut names = metadata.name.iter().chain(&metadata.namespace);
        names.any(|name| name.contains("{{"))
    })
}

/// Tells of a file in which documents are templates.
pub(super) fn tell_of_template(action: &Action, output: &mut Output<'_>) {
    let message = format!(
        "`{}` is a template and is not rendered here; give what `helm template` prints",
        action.text
    );
    output.issue(
        IssueKind::Unrendered,
        &format!("line {}", action.line),
        message,
    );
}

/// Tells of a kustomization: what it changes is not seen.
pub(crate) fn read_kustomization(object: &Object<'_>, output: &mut Output<'_>) {
    let fields = envelope::open(object.json).0.fields;
    let keys = fields.iter().map(|(key, _)| key.as_ref());
    if !tell_of_kustomization(keys, object.at, output) {
        output.unused(object.kind);
    }
}

/// Tells of a kustomization that does not say its kind, and says whether the text is one.
pub(super) fn read_kindless_kustomization(text: &str, output: &mut Output<'_>) -> bool {
    let lines = || {
        text.lines()
            .filter(|line| !line.starts_with([' ', '#', '-', '\t']) && !line.trim().is_empty())
    };
    let names_files = lines().any(|line| NAMES_FILES.iter().any(|key| line.starts_with(key)));
    let keys: Option<Vec<&str>> = lines().map(|line| Some(line.split_once(':')?.0)).collect();
    match keys {
        Some(keys) if names_files && keys.iter().all(|key| KEYS.contains(key)) => {
            if !tell_of_kustomization(keys.into_iter(), "", output) {
                output.unused("Kustomization");
            }
            true
        }
        _ => false,
    }
}

/// What a kustomization may hold.
const KEYS: [&str; 26] = [
    "apiVersion",
    "bases",
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generatorOptions",
    "generators",
    "helmCharts",
    "helmGlobals",
    "images",
    "labels",
    "metadata",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "openapi",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "resources",
];

fn tell_of_kustomization<'k>(
    keys: impl Iterator<Item = &'k str>,
    at: &str,
    output: &mut Output<'_>,
) -> bool {
    let changes: BTreeSet<String> = keys
        .filter(|key| !HARMLESS.contains(key))
        .map(|key| format!("`{key}`"))
        .collect();
    if changes.is_empty() {
        return false;
    }
    let message = format!(
        "a kustomization is not rendered here, so its {} change nothing; give what `kustomize build` prints instead",
        Vec::from_iter(changes).join(", ")
    );
    output.issue(IssueKind::Unrendered, at, message);
    true
}

#[cfg(test)]
mod tests {
    use posture_core::issue::Issue;

    use super::*;
    use crate::read_text;

    fn told(text: &str) -> Vec<(IssueKind, String, String)> {
        let told = |issue: Issue| (issue.kind, issue.at, issue.message);
        read_text(text).1.into_iter().map(told).collect()
    }

    #[test]
    fn a_template_is_told_of_once() {
        let template = "{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
---
kind: Service
metadata:
  name: {{ include \"x\" . }}
{{- end }}
---
kind: Namespace
metadata: {name: plain}
";
        let (fragment, _) = read_text(template);
        assert_eq!(fragment.namespaces.len(), 1);
        assert_eq!(
            told(template),
            [(
                IssueKind::Unrendered,
                "line 1".to_owned(),
                "`{{- if .Values.enabled }}` is a template and is not rendered here; give what `helm template` prints".to_owned()
            )]
        );
        let quoted = "# a chart\nkind: Namespace\nmetadata: {name: \"{{ .Release.Name }}\"}\n";
        let (fragment, issues) = read_text(quoted);
        assert_eq!((fragment.namespaces.len(), issues.len()), (0, 1));
        assert_eq!(
            (issues[0].kind, issues[0].at.as_str()),
            (IssueKind::Unrendered, "line 3")
        );
    }

    #[test]
    fn what_holds_templates_for_others_is_read() {
        let text = "kind: Namespace
metadata:
  name: a
  annotations: {template: '{{ range .Alerts }}{{ .Name }}{{ end }}'}
";
        let (fragment, issues) = read_text(text);
        assert_eq!((fragment.namespaces.len(), issues.len()), (1, 0));
        assert!(told("kind: Namespace\nmetadata: {{a: b}: [\n")[0].0 == IssueKind::Syntax);
    }

    #[test]
    fn kustomizations_are_told_of_where_they_change_something() {
        let head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
        let files = "resources:\n- a.yaml\n";
        let changes = "namespace: shop\nimages:\n- name: web\n  newTag: '2'\n";
        for text in [
            format!("{head}{files}{changes}"),
            format!("{files}{changes}"),
        ] {
            let told = told(&text);
            assert_eq!(
                (told.len(), told[0].0),
                (1, IssueKind::Unrendered),
                "{told:?}"
            );
            assert_eq!(
                told[0].2,
                "a kustomization is not rendered here, so its `images`, `namespace` change nothing; give what `kustomize build` prints instead"
            );
        }
        for text in [format!("{head}{files}"), files.to_owned()] {
            let told = told(&text);
            assert_eq!(
                (told.len(), told[0].0),
                (1, IssueKind::UnusedKind),
                "{told:?}"
            );
        }
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {}\n";
        assert_eq!(told(flux)[0].0, IssueKind::UnusedKind);
        assert_eq!(
            told("resources:\n- a\nvalues: 1\n")[0].0,
            IssueKind::UnusedFile
        );
    }
}
