//! VEX as `CycloneDX`: vulnerabilities with an analysis.

use posture_core::issue::IssueKind;
use posture_core::model::{Digest, Purl, VexProduct, VexStatement};

use super::Parts;
use super::component::Component;
use super::vulnerability::{Affected, State, Vulnerability};
use crate::images::vex::{Product, packages};
use crate::images::{Reading, non_empty, unix_seconds, without_id};

/// Reads the statements of a document.
pub(super) fn read(parts: &Parts, reading: &mut Reading<'_>) {
    for (position, vulnerability) in &parts.vulnerabilities {
        match statement(parts, vulnerability) {
            Ok(Some(statement)) => reading.fragment.vex.push(VexStatement {
                document: reading.origin.clone(),
                position: *position,
                ..statement
            }),
            Ok(None) => {}
            Err(reason) => {
                let at = format!("vulnerabilities[{position}]");
                let message = format!("vulnerability {reason}");
                reading.issue_at(IssueKind::InvalidObject, &at, message);
            }
        }
    }
}

/// The statement on a vulnerability; none where it was not analysed.
fn statement(parts: &Parts, of: &Vulnerability) -> Result<Option<VexStatement>, String> {
    let Some(state) = of.state()? else {
        return Ok(None);
    };
    let id = non_empty(of.id.as_ref()).ok_or_else(without_id)?;
    let references = of.references.iter().flatten();
    let others = references.filter_map(|reference| non_empty(reference.id.as_ref()));
    let analysis = of.analysis.as_ref();
    let time = analysis.and_then(|of| of.last_updated.as_ref().or(of.first_issued.as_ref()));
    let time = time.and_then(|time| unix_seconds(time));
    let affected = of.affects.iter().flatten();
    Ok(Some(VexStatement {
        at: time.or(parts.at),
        vulnerabilities: others.chain([id]).map(str::to_owned).collect(),
        products: affected
            .flat_map(|affected| products(parts, affected))
            .collect(),
        suppresses: state == State::Cleared,
        ..VexStatement::default()
    }))
}

/// What is affected: the document's own subject, a component in it, or something elsewhere.
///
/// "What is said of a component is said of it in the document's subject, not wherever it is" (formats,
/// section 5).
fn products(parts: &Parts, affected: &Affected) -> Vec<VexProduct> {
    let Some(reference) = non_empty(affected.reference.as_ref()) else {
        return Vec::new();
    };
    let root = parts.root.as_ref();
    let is_root = |root: &&Component| root.reference() == Some(reference);
    let mut product = Product::default();
    let mut inside = None;
    if let Some(root) = root.filter(is_root) {
        add_component(&mut product, root, affected);
    } else if let Some(component) = parts.components.get(reference) {
        match root {
            Some(root) => {
                add_component(&mut product, root, affected);
                inside = Some(component.purl().into_iter().collect::<Vec<_>>());
            }
            None => add_component(&mut product, component, affected),
        }
    } else {
        let urls = packages(std::iter::once(reference));
        match urls.into_iter().next() {
            Some(purl) => add_purl(&mut product, &purl, affected),
            None if reference.starts_with("urn:cdx:") => product.add_name(reference),
            None => {}
        }
    }
    product.within(inside.as_deref())
}

/// An image by its digests, without these by its names; anything else by its package URL.
fn add_component(product: &mut Product, component: &Component, affected: &Affected) {
    if component.is_image() {
        let identity = component.identity();
        product.add_platform(identity.platform);
        let digests = identity.manifests.iter().chain(&identity.config);
        let digests: Vec<&str> = digests.map(Digest::as_str).collect();
        for digest in &digests {
            let (algorithm, hash) = digest.split_once(':').unwrap_or_default();
            product.add_hash(algorithm, hash);
        }
        for name in identity.names.iter().filter(|_| digests.is_empty()) {
            product.add_reference(&name.to_string());
        }
    } else if let Some(purl) = component.purl() {
        add_purl(product, &purl, affected);
    }
}

/// A package URL; without a version, where versions are listed, one for each. Ranges are not read.
fn add_purl(product: &mut Product, purl: &Purl, affected: &Affected) {
    let versions = affected.versions.as_deref().unwrap_or_default();
    if purl.version.is_some() || versions.is_empty() {
        product.add_purl(purl.clone());
        return;
    }
    for version in versions.iter().filter_map(|of| of.version.clone()) {
        product.add_purl(Purl {
            version: Some(version),
            ..purl.clone()
        });
    }
}
