//! `CycloneDX` documents as JSON: scans of images, VEX, and bills of materials without either.

mod component;
mod vex;
mod vulnerability;

use posture_core::issue::IssueKind;
use posture_core::model::{Bom, Scan};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::vex::element_name;
use super::{Found, Identity, Reading, non_empty, unix_seconds};
use component::{Component, Components};
use vulnerability::Vulnerability;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a document")]
struct Document<'a> {
    serial_number: Option<String>,
    version: Option<u64>,
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow)]
    components: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Metadata<'a> {
    timestamp: Option<String>,
    component: Option<Component>,
    #[serde(borrow)]
    tools: Option<&'a RawValue>,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// A bill of materials without vulnerabilities.
    BillOfMaterials,
    /// Vulnerabilities that were looked for and found, or none of them.
    Scan,
    /// Statements on vulnerabilities.
    Vex,
}

/// A document in parts.
struct Parts {
    at: Option<i64>,
    serial: Option<String>,
    version: u64,
    root: Option<Component>,
    components: Components,
    /// By their place in the document.
    vulnerabilities: Vec<(usize, Vulnerability)>,
}

/// Reads one document.
pub(super) fn read(json: &str, reading: &mut Reading<'_>) {
    let Some(document) = reading.open::<Document>(json) else {
        return;
    };
    let metadata = document.metadata.as_ref();
    let timestamp = metadata.and_then(|metadata| metadata.timestamp.as_deref());
    let by_grype = metadata
        .and_then(|metadata| metadata.tools)
        .is_some_and(|tools| tools.get().contains("\"grype\""));
    let lists_any = document.vulnerabilities.is_some();
    let list = document.vulnerabilities.unwrap_or_default();
    let vulnerabilities = reading.each("vulnerability", &list, "vulnerabilities", Ok);
    let serial = document.serial_number.as_deref().map(str::to_lowercase);
    let parts = Parts {
        at: timestamp.and_then(unix_seconds),
        serial: serial.map(|serial| serial.trim_start_matches("urn:uuid:").to_owned()),
        version: document.version.unwrap_or(1),
        root: document.metadata.and_then(|metadata| metadata.component),
        components: Components::read(document.components.unwrap_or_default(), reading),
        vulnerabilities,
    };
    let looked = !list.is_empty() || (lists_any && by_grype);
    match parts.purpose(looked) {
        Purpose::Vex => vex::read(&parts, reading),
        Purpose::Scan => read_scan(&parts, reading),
        Purpose::BillOfMaterials => refuse(&parts, reading),
    }
}

impl Parts {
    /// "VEX is what says of each vulnerability how it was analysed and lists no components, or is of
    /// something else than an image" (formats, section 5). "A list without any vulnerability is a
    /// scan only by a tool that lists what it looked for" (formats, section 5).
    fn purpose(&self, looked: bool) -> Purpose {
        let mut list = self.vulnerabilities.iter();
        let is_analysed = |(_, of): &(usize, Vulnerability)| of.is_analysed();
        let is_vex = if self.of_image() {
            self.components.is_empty() && list.len() > 0 && list.all(is_analysed)
        } else {
            list.any(is_analysed)
        };
        match is_vex {
            true => Purpose::Vex,
            false if looked => Purpose::Scan,
            false => Purpose::BillOfMaterials,
        }
    }

    fn of_image(&self) -> bool {
        self.root.as_ref().is_some_and(Component::is_image)
    }

    fn bom(&self) -> Option<Bom> {
        let root = self.root.as_ref();
        Some(Bom {
            serial: self.serial.clone()?,
            version: self.version,
            root: root.and_then(Component::reference).map(element_name),
        })
    }

    /// What it is about, in words.
    fn subject(&self) -> String {
        let named = |component: &Component| {
            let kind = non_empty(component.kind.as_ref()).unwrap_or("component");
            format!("the {kind} `{}`", component.name())
        };
        let unnamed = || "something that it does not name".to_owned();
        self.root.as_ref().map_or_else(unnamed, named)
    }
}

fn read_scan(parts: &Parts, reading: &mut Reading<'_>) {
    let Some(root) = parts.root.as_ref().filter(|root| root.is_image()) else {
        reading.not_an_image(&parts.subject());
        return;
    };
    let identity: Identity = root.identity();
    let mut findings = Vec::new();
    for (index, vulnerability) in &parts.vulnerabilities {
        match vulnerability.findings(&parts.components, root) {
            Ok(found) => findings.extend(found),
            Err(reason) => {
                let at = format!("vulnerabilities[{index}]");
                let message = format!("vulnerability {reason}");
                reading.issue_at(IssueKind::InvalidObject, &at, message);
            }
        }
    }
    let scan = Scan {
        at: parts.at,
        complete: true,
        bom: parts.bom(),
        findings,
        ..Scan::default()
    };
    reading.scan(Found::new(identity, scan), root.name());
}

/// Tells that a bill of materials is no scan.
fn refuse(parts: &Parts, reading: &mut Reading<'_>) {
    match parts.root.as_ref().filter(|root| root.is_image()) {
        Some(root) => {
            let why = "is a bill of materials and lists no vulnerabilities; its image is unscanned";
            reading.partial(root.name(), why);
        }
        None => reading.not_an_image(&parts.subject()),
    }
}

#[cfg(test)]
mod tests;
