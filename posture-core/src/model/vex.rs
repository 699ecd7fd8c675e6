//! VEX: what a vendor or a user says of vulnerabilities that scanners find.

use std::collections::{BTreeMap, BTreeSet};

use super::{Bom, Digest, Finding, ImageName, Origin, Platform, Purl, Scan};

/// One statement: some products are affected by a vulnerability, or they are not.
///
/// "Of several statements that fit a finding the newest decides" (formats, section 5).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct VexStatement {
    /// When it was made, Unix seconds.
    pub at: Option<i64>,
    /// The document that it stands in.
    pub document: Origin,
    /// Its place in that document.
    pub position: usize,
    /// The ids of the vulnerability.
    pub vulnerabilities: BTreeSet<String>,
    /// What it is about.
    pub products: Vec<VexProduct>,
    /// Whether the vulnerability is none there: `not_affected`, `fixed` and the like.
    pub suppresses: bool,
}

/// A product of a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct VexProduct {
    /// The product.
    pub subject: VexSubject,
    /// What it is built for, where it is an image.
    pub platform: Platform,
    /// The packages in it that the statement is about; none where it is about all of it.
    pub packages: Option<Vec<Purl>>,
}

/// By what a product is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub enum VexSubject {
    /// A package URL, of an image or of a package wherever it is.
    Url(Purl),
    /// The digest of an image.
    Digest(Digest),
    /// The name of an image; without a tag every tag.
    Name(ImageName),
    /// An element of a bill of materials.
    Element {
        /// Its serial number.
        serial: String,
        /// Its version.
        version: u64,
        /// The element.
        element: String,
    },
}

/// What became of the statements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VexUse {
    /// Statements that were read.
    pub statements: usize,
    /// Statements that fit no finding of any scan.
    pub unmatched: usize,
}

/// Marks the findings that statements clear. A finding that its scanner suppresses stays so.
pub(super) fn apply(statements: &[VexStatement], scans: &mut [Scan]) -> VexUse {
    let mut by_vulnerability: BTreeMap<&str, Vec<(usize, &VexStatement)>> = BTreeMap::new();
    for (number, statement) in statements.iter().enumerate() {
        for id in &statement.vulnerabilities {
            let of_id = by_vulnerability.entry(id).or_default();
            of_id.push((number, statement));
        }
    }
    let mut matched = BTreeSet::new();
    for scan in scans.iter_mut().filter(|_| !statements.is_empty()) {
        let mut findings = std::mem::take(&mut scan.findings);
        for finding in &mut findings {
            let of_id = by_vulnerability.get(finding.id.as_str());
            let fitting: Vec<_> = of_id
                .into_iter()
                .flatten()
                .filter(|(_, statement)| statement.fits(scan, finding))
                .collect();
            matched.extend(fitting.iter().map(|(number, _)| *number));
            let fitting = fitting.into_iter().map(|(_, statement)| *statement);
            finding.suppressed |= last_word(fitting);
        }
        findings.sort_unstable();
        findings.dedup();
        scan.findings = findings;
    }
    VexUse {
        statements: statements.len(),
        unmatched: statements.len().saturating_sub(matched.len()),
    }
}

/// Whether the newest of some statements clears a finding: of equally new ones in one document the
/// last, in several documents one that does not.
fn last_word<'a>(statements: impl Iterator<Item = &'a VexStatement>) -> bool {
    let mut by_document: BTreeMap<&Origin, (Option<i64>, usize, bool)> = BTreeMap::new();
    for statement in statements {
        let word = (statement.at, statement.position, statement.suppresses);
        let last = by_document.entry(&statement.document).or_insert(word);
        *last = word.max(*last);
    }
    by_document
        .into_values()
        .map(|(at, _, suppresses)| (at, !suppresses))
        .max()
        .is_some_and(|(_, holds)| !holds)
}

impl VexStatement {
    fn fits(&self, scan: &Scan, finding: &Finding) -> bool {
        self.products.iter().any(|product| {
            product.platform.may_be(&scan.platform)
                && product.subject.fits(scan, finding)
                && product.packages.as_ref().is_none_or(|packages| {
                    packages
                        .iter()
                        .any(|package| is_in_package(package, finding))
                })
        })
    }
}

impl VexSubject {
    fn fits(&self, scan: &Scan, finding: &Finding) -> bool {
        match self {
            Self::Url(url) if url.is_image() => {
                Platform::of_image(url).may_be(&scan.platform) && is_url_of(url, scan)
            }
            Self::Url(url) => is_in_package(url, finding),
            Self::Digest(digest) => has_digest(scan, digest),
            Self::Name(name) => has_name(scan, &name.repository, name.tag.as_deref()),
            Self::Element {
                serial,
                version,
                element,
            } => scan.bom.as_ref().is_some_and(|bom| {
                bom.is(serial, *version)
                    && (bom.root.as_ref() == Some(element)
                        || finding.element.as_ref() == Some(element))
            }),
        }
    }
}

impl Bom {
    fn is(&self, serial: &str, version: u64) -> bool {
        self.version == version && self.serial.eq_ignore_ascii_case(serial)
    }
}

fn is_in_package(package: &Purl, finding: &Finding) -> bool {
    let exact = finding.purl.as_ref();
    exact.is_some_and(|exact| package.covers(exact))
}

/// Whether an image's package URL names the image of a scan: by its digest; without one by name and
/// tag, in any registry where it does not say which.
fn is_url_of(url: &Purl, scan: &Scan) -> bool {
    match (url.image_digest(), url.image_name()) {
        (Some(digest), _) => has_digest(scan, &digest),
        (None, Some(name)) => has_name(scan, &name.repository, name.tag.as_deref()),
        (None, None) => scan.names.iter().any(|name| {
            name.repository.rsplit('/').next() == Some(url.name.as_str())
                && (url.image_tag().is_none() || name.tag.as_deref() == url.image_tag())
        }),
    }
}

fn has_digest(scan: &Scan, digest: &Digest) -> bool {
    scan.manifests.contains(digest) || scan.config.as_ref() == Some(digest)
}

fn has_name(scan: &Scan, repository: &str, tag: Option<&str>) -> bool {
    scan.names
        .iter()
        .any(|name| name.repository == repository && (tag.is_none() || name.tag.as_deref() == tag))
}

#[cfg(test)]
mod tests;
