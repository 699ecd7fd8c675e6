//! From a text to its objects: Kubernetes objects and image scans, in any of their wrappers.
//!
//! "Wrappers: `List`, `PodList` and other typed lists (items without kind), bare array (items with
//! or without kind; of lists, too), JSONL, multi-document YAML, one object per file, dict keyed by
//! id" (formats, section 1).

pub(crate) mod prose;
pub(crate) mod unrendered;

use posture_core::issue::IssueKind;
use serde_json::value::RawValue;

use crate::envelope::{self, Envelope, Head, Outside, Value};
use crate::images::Format;
use crate::json::Broken;
use crate::kindless::{self, Told};
use crate::object::Object;
use crate::output::{EXPECTED, Output};
use crate::{dispatch, images, json, refused, yaml};

/// Reads every object of a text.
pub(crate) fn read(text: &str, output: &mut Output<'_>) {
    let (text, logs) = prose::without_logs(text);
    if logs > 0 {
        let containers = if logs == 1 { "container" } else { "containers" };
        let message = format!("the logs of {logs} {containers} are not used");
        output.issue(IssueKind::UnusedFile, "", message);
    }
    if text.trim().is_empty() {
        return;
    }
    if is_json(&text) {
        read_json(&text, output);
    } else if prose::may_be_yaml(&text) {
        read_yaml(&text, output);
    } else if let Some(refused) = refused::of_text(&text) {
        output.refused(refused, "");
    } else if images::is_cyclonedx_xml(&text) {
        let message = "CycloneDX is not read as XML, expected it as JSON: convert it";
        output.issue(IssueKind::UnknownFormat, "", message);
    } else if !unrendered::read_kindless_kustomization(&text, output) {
        let message = format!("the text is of no known format, {EXPECTED}");
        output.issue(IssueKind::UnusedFile, "", message);
    }
}

/// A JSON string holds no line break, so a line that starts with `---` is YAML's, and a template
/// starts with two braces.
fn is_json(text: &str) -> bool {
    let trimmed = text.trim();
    (trimmed.starts_with(['{', '[']) || trimmed == "null")
        && !trimmed.starts_with("{{")
        && memchr::memmem::find(text.as_bytes(), b"\n---").is_none()
}

/// Reads the values of a text one after the other. A broken one costs itself and what cannot be
/// told apart from it: the next line that begins with `{` begins a new value.
fn read_json(text: &str, output: &mut Output<'_>) {
    let (mut rest, mut lines_before) = (text, 0);
    while let Err(broken) = json::values(rest, lines_before, &mut |value, at| {
        read_value(value, at, output);
    }) {
        let mut was_list = false;
        if !broken.rest.starts_with(['{', '[']) && output.is_all_unknown() {
            // a line of a log of which other lines are JSON
            output.unknown(&broken.at);
        } else {
            tell_of_break(&broken, lines_before, output);
            was_list = read_before_break(broken.rest, &broken.at, output);
        }
        match json::next_value(broken.rest).filter(|_| !was_list) {
            Some(next) => {
                let read = rest.len().saturating_sub(next.len());
                let read = rest.get(..read).unwrap_or_default();
                lines_before = json::count_lines(read).saturating_add(lines_before);
                rest = next;
            }
            None => return,
        }
    }
}

fn tell_of_break(broken: &Broken<'_>, lines_before: usize, output: &mut Output<'_>) {
    let line = broken.error.line().saturating_add(lines_before);
    let column = broken.error.column();
    let reason = json::message(&broken.error);
    let message = format!("not well-formed JSON from column {column} on: {reason}");
    output.issue(IssueKind::Syntax, &format!("line {line}"), message);
}

fn read_yaml(text: &str, output: &mut Output<'_>) {
    let documents = yaml::documents(text);
    let mut template = None;
    for (index, document) in documents.iter().enumerate() {
        let at = match documents.len() {
            1 => String::new(),
            _ => format!("document {}", index.saturating_add(1)),
        };
        let action = unrendered::action(document);
        match (yaml::to_json(document), action) {
            (Ok(value), Some(action)) if unrendered::has_templated_name(&value) => {
                template.get_or_insert(action);
            }
            (Err(_), Some(action)) => {
                template.get_or_insert(action);
            }
            (Ok(value), _) => {
                // it was well-formed, and so is its JSON
                let _ = json::values(value.get(), 0, &mut |value, _| {
                    read_value(value, &at, output);
                });
            }
            (Err(message), None) => {
                let message = format!("not well-formed YAML: {message}");
                output.issue(IssueKind::Syntax, &at, message);
            }
        }
    }
    if let Some(action) = template {
        unrendered::tell_of_template(&action, output);
    }
}

/// Reads the members of a list or array that lie before the place where the text breaks off, and
/// says whether it is one.
fn read_before_break(text: &str, at: &str, output: &mut Output<'_>) -> bool {
    if text.starts_with('[') {
        let elements = envelope::elements(text).0;
        if !elements.is_empty() {
            read_elements(elements, at, output);
        }
        return true;
    }
    let envelope = envelope::open(text).0;
    match &envelope.items {
        Some(items) if !items.is_empty() => {
            read_list(envelope, at, output);
            true
        }
        _ => false,
    }
}

/// Whether an array is what Heapster exports: objects with series of measurements.
fn is_heapster(elements: &[&RawValue]) -> bool {
    elements.first().is_some_and(|first| {
        let outside = envelope::open(first.get()).0;
        let metrics = outside.field("metrics");
        outside.kind.is_none() && metrics.is_some_and(|series| series.get().contains("\"cpu/"))
    })
}

fn read_value(value: Value<'_>, at: &str, output: &mut Output<'_>) {
    let json = value.json;
    match value.outside {
        Outside::Object(envelope) => read_object(json, envelope, at, output),
        Outside::Array(elements) => match images::recognise_array(&elements) {
            Some(format) => read_scan(format, json, at, output),
            None if is_heapster(&elements) => {
                let message = format!("the metrics of Heapster are not used, {EXPECTED}");
                output.issue(IssueKind::UnusedFile, at, message);
            }
            None => read_elements(elements, at, output),
        },
        Outside::Plain if json == "null" => {
            let message = format!("the content is `null`, {EXPECTED}");
            output.issue(IssueKind::Empty, at, message);
        }
        Outside::Plain => output.unknown(at),
    }
}

/// A top-level object: a list, a Kubernetes object, a scan, or a wrapper.
fn read_object(json: &str, envelope: Envelope<'_>, at: &str, output: &mut Output<'_>) {
    if is_list(&envelope) {
        read_list(envelope, at, output);
    } else if envelope.kind.is_some() {
        let Envelope {
            api_version, kind, ..
        } = envelope;
        read_kubernetes(json, &Head { api_version, kind }, None, at, output);
    } else if let Some(format) = images::recognise(&envelope) {
        read_scan(format, json, at, output);
    } else if envelope.fields.is_empty() {
        output.issue(
            IssueKind::Empty,
            at,
            format!("the object is empty, {EXPECTED}"),
        );
    } else if is_dictionary(&envelope) {
        read_dictionary(envelope, at, output);
    } else {
        read_kindless(json, &envelope, at, output);
    }
}

fn is_list(envelope: &Envelope<'_>) -> bool {
    let kind = envelope.kind.as_ref();
    envelope.items.is_some() && kind.is_none_or(|kind| kind.ends_with("List"))
}

/// An object without a kind that is no scan either.
fn read_kindless(json: &str, envelope: &Envelope<'_>, at: &str, output: &mut Output<'_>) {
    if let Some(refused) = refused::of_object(envelope) {
        output.refused(refused, at);
    } else if let Some(known) = images::unread(envelope) {
        let message = format!("{known} is not read, {EXPECTED}");
        output.issue(IssueKind::UnknownFormat, at, message);
    } else if envelope.field("metadata").is_none() {
        output.unknown(at);
    } else if let Some(Told { kind, api_version }) = kindless::recognise(json) {
        dispatch::read(
            &Object::new(&kind, api_version.as_deref(), json, at),
            output,
        );
    } else {
        let message = "the object has no `kind`, and none can be told from its fields";
        output.issue(IssueKind::InvalidObject, at, message);
    }
}

/// Items without a kind have it from the list: a `PodList` holds pods.
fn read_list(envelope: Envelope<'_>, at: &str, output: &mut Output<'_>) {
    let kind = envelope
        .kind
        .as_deref()
        .and_then(|kind| kind.strip_suffix("List"));
    let kind = kind.filter(|kind| !kind.is_empty());
    if let Some(kind) = kind {
        dispatch::note_source(kind, &mut output.fragment.sources);
    }
    let typed = kind.map(|kind| Typed {
        kind,
        api_version: envelope.api_version.as_deref(),
    });
    let items = envelope.items.unwrap_or_default();
    if items.is_empty() && typed.is_none() {
        let message =
            "the list is empty and does not say of what, expected a typed one to mean none";
        output.issue(IssueKind::Empty, at, message);
    }
    for (index, item) in items.into_iter().enumerate() {
        read_member(item, typed, &place(at, &format!("items[{index}]")), output);
    }
}

fn read_elements(elements: Vec<&RawValue>, at: &str, output: &mut Output<'_>) {
    if elements.is_empty() {
        output.issue(
            IssueKind::Empty,
            at,
            format!("the array is empty, {EXPECTED}"),
        );
    }
    if elements.iter().all(|element| !is_composed(element)) {
        // texts or numbers, such as the errors that a bundle lists
        for _ in elements {
            output.unknown(at);
        }
        return;
    }
    for (index, element) in elements.into_iter().enumerate() {
        let at = place(at, &format!("[{index}]"));
        match envelope::open(element.get()) {
            (envelope, None) if is_list(&envelope) => read_list(envelope, &at, output),
            _ => read_member(element, None, &at, output),
        }
    }
}

fn is_composed(value: &RawValue) -> bool {
    value.get().starts_with(['{', '['])
}

/// Objects by id, or arrays of objects by the name of their resource.
fn is_dictionary(envelope: &Envelope<'_>) -> bool {
    envelope.fields.iter().all(|(_, value)| is_composed(value))
        && envelope.fields.iter().any(|(_, value)| {
            let elements = envelope::elements(value.get()).0;
            let first = elements.first().copied().unwrap_or(value);
            let outside = envelope::open(first.get()).0;
            let has_kind = || outside.kind.is_some() || kindless::recognise(first.get()).is_some();
            outside.field("metadata").is_some() && has_kind()
        })
}

fn read_dictionary(envelope: Envelope<'_>, at: &str, output: &mut Output<'_>) {
    for (id, value) in envelope.fields {
        let at = place(at, &format!("`{id}`"));
        if value.get().starts_with('[') {
            for (index, element) in envelope::elements(value.get()).0.into_iter().enumerate() {
                read_member(element, None, &place(&at, &format!("[{index}]")), output);
            }
        } else {
            read_member(value, None, &at, output);
        }
    }
}

/// The kind and version that a typed list gives its items.
#[derive(Clone, Copy)]
struct Typed<'a> {
    kind: &'a str,
    api_version: Option<&'a str>,
}

/// A member of a list, array or dictionary.
fn read_member(value: &RawValue, typed: Option<Typed<'_>>, at: &str, output: &mut Output<'_>) {
    let json = value.get();
    match envelope::head(json) {
        Err(error) => output.issue(IssueKind::InvalidObject, at, json::message(&error)),
        Ok(head) if head.kind.is_some() || typed.is_some() => {
            read_kubernetes(json, &head, typed, at, output);
        }
        Ok(_) => {
            let envelope = envelope::open(json).0;
            match images::recognise(&envelope) {
                Some(format) => read_scan(format, json, at, output),
                None => read_kindless(json, &envelope, at, output),
            }
        }
    }
}

fn read_kubernetes(
    json: &str,
    head: &Head,
    typed: Option<Typed<'_>>,
    at: &str,
    output: &mut Output<'_>,
) {
    let kind = head.kind.as_deref().or(typed.map(|typed| typed.kind));
    let api_version = head.api_version.as_deref();
    let api_version = api_version.or(typed.and_then(|typed| typed.api_version));
    let object = Object::new(kind.unwrap_or_default(), api_version, json, at);
    dispatch::read(&object, output);
}

fn read_scan(format: Format, json: &str, at: &str, output: &mut Output<'_>) {
    output.recognised = true;
    let origin = output.origin(at);
    images::read(format, json, &origin, &mut output.fragment, output.issues);
}

fn place(outer: &str, inner: &str) -> String {
    match outer {
        "" => inner.to_owned(),
        _ => format!("{outer} {inner}"),
    }
}

#[cfg(test)]
mod tests;
