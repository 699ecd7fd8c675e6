//! Images, by name and digest, and what scanners found in them.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{HighRiskFrom, Origin, Platform, Purl};

/// A content digest: `sha256:` and 64 hexadecimal digits, or another algorithm likewise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Digest(String);

impl Digest {
    /// The digest in a text, which must be nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, hex) = text.split_once(':')?;
        let valid = matches!(algorithm, "sha256" | "sha384" | "sha512")
            && hex.len() >= 64
            && hex.bytes().all(|b| b.is_ascii_hexdigit());
        valid.then(|| Self(text.to_ascii_lowercase()))
    }

    /// `sha256:...`
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An image name with its registry made explicit: "`nginx` = `docker.io/library/nginx:latest` =
/// `index.docker.io/library/nginx:latest`" (scoring, section 5).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct ImageName {
    /// Registry and repository: `docker.io/library/nginx`.
    pub repository: String,
    /// The tag; none only where a digest stands in its place.
    pub tag: Option<String>,
}

impl ImageName {
    /// Splits a reference such as `nginx:1.25@sha256:...` into its normalised name and digest;
    /// none for texts that name no image.
    pub fn parse(reference: &str) -> Option<(Self, Option<Digest>)> {
        let (name, digest) = match reference.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::parse(digest)?)),
            None => (reference, None),
        };
        let after_slash = name.rfind('/').map_or(0, |slash| slash + 1);
        let (path, tag) = match name.get(after_slash..)?.split_once(':') {
            Some((last, tag)) => (name.get(..after_slash + last.len())?, Some(tag)),
            None => (name, None),
        };
        let plausible = |part: &str| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
        };
        if !plausible(path) || path.ends_with('/') || tag.is_some_and(|tag| !plausible(tag)) {
            return None;
        }
        let tag = match (tag, &digest) {
            (None, None) => Some("latest"),
            (tag, _) => tag,
        };
        let name = Self {
            repository: normalise_repository(path),
            tag: tag.map(str::to_owned),
        };
        Some((name, digest))
    }
}

fn normalise_repository(path: &str) -> String {
    let (registry, rest) = match path.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
        _ => ("docker.io", path),
    };
    let registry = match registry {
        "index.docker.io" | "registry-1.docker.io" => "docker.io",
        other => other,
    };
    match registry {
        "docker.io" if !rest.contains('/') => format!("docker.io/library/{rest}"),
        _ => format!("{registry}/{rest}"),
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tag {
            Some(tag) => write!(f, "{}:{tag}", self.repository),
            None => f.write_str(&self.repository),
        }
    }
}

/// What is known of the image that a container runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageIdentity {
    /// Its name, from the spec.
    pub name: Option<ImageName>,
    /// The manifest digest that the runtime reports.
    pub running: Option<Digest>,
    /// The manifest digest that the spec pins; of a multi-platform image it differs from the
    /// running one.
    pub pinned: Option<Digest>,
    /// The config digest (image id) that the runtime reports.
    pub config: Option<Digest>,
}

impl ImageIdentity {
    /// What tells it apart, best first: "a distinct running image, by digest; by normalised reference
    /// where no digest is known" (scoring, section 1).
    pub fn digests(&self) -> impl Iterator<Item = &Digest> {
        let all = [&self.running, &self.pinned, &self.config];
        all.into_iter().flatten()
    }
}

/// A scanner's report on one image.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Scan {
    /// When the scan was made, Unix seconds.
    pub at: Option<i64>,
    /// Whether it finished and looked for vulnerabilities; otherwise its image is unscanned.
    pub complete: bool,
    /// Names of the image.
    pub names: BTreeSet<ImageName>,
    /// Manifest digests of the image.
    pub manifests: BTreeSet<Digest>,
    /// Config digest (image id) of the image.
    pub config: Option<Digest>,
    /// What the image is built for, of several platforms that its manifest digests may be of.
    pub platform: Platform,
    /// Which container the image was found in, where an operator says so.
    pub operator: Option<OperatorLabels>,
    /// The bill of materials that the report is part of.
    pub bom: Option<Bom>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Where it was read.
    pub origin: Origin,
}

impl Scan {
    /// Whether both are one report, read twice.
    pub(super) fn reports_the_same(&self, other: &Self) -> bool {
        let facts = |scan: &Self| (scan.at, scan.complete);
        facts(self) == facts(other)
            && self.names == other.names
            && self.manifests == other.manifests
            && self.config == other.config
            && self.platform == other.platform
            && self.operator == other.operator
            && self.bom == other.bom
            && self.findings == other.findings
    }
}

/// The container that an operator's report is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct OperatorLabels {
    /// Namespace of the owner.
    pub namespace: String,
    /// Kind of the owner, often `ReplicaSet`.
    pub kind: String,
    /// Name of the owner.
    pub name: String,
    /// Name of the container.
    pub container: String,
}

/// A bill of materials, as statements of VEX refer to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Bom {
    /// Its serial number, without `urn:uuid:`.
    pub serial: String,
    /// Its version.
    pub version: u64,
    /// The element that is the image itself.
    pub root: Option<String>,
}

/// One vulnerability in one package.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Finding {
    /// `CVE-2021-44228`, `GHSA-...`
    pub id: String,
    /// The package that has it.
    pub package: String,
    /// The package URL of the package.
    pub purl: Option<Purl>,
    /// The package in the scan's bill of materials.
    pub element: Option<String>,
    /// The severity label; none where the scanner gives none that says anything.
    pub severity: Option<CveSeverity>,
    /// The CVSS base score times ten (0 to 100): version 3, else 2, else 4.
    pub cvss_tenths: Option<u8>,
    /// "status `not_affected`, false positive, VEX `not_affected` or resolved" (scoring, section 5).
    pub suppressed: bool,
}

/// A severity label of a vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CveSeverity {
    /// Of no consequence.
    Negligible,
    /// CVSS below 4.0.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 and above.
    Critical,
}

impl Finding {
    /// The severity: "Severity label first; no label: CVSS v3 (else v2, v4) base score"; none is
    /// "unknown, not high, counted in coverage" (scoring, section 5).
    pub fn effective_severity(&self) -> Option<CveSeverity> {
        self.severity.or_else(|| {
            self.cvss_tenths.map(|tenths| match tenths {
                0 => CveSeverity::Negligible,
                1..40 => CveSeverity::Low,
                40..70 => CveSeverity::Medium,
                70..90 => CveSeverity::High,
                90.. => CveSeverity::Critical,
            })
        })
    }

    /// Whether it makes its image a high-risk one.
    pub fn is_high_risk(&self, from: HighRiskFrom) -> bool {
        !self.suppressed
            && self
                .effective_severity()
                .is_some_and(|severity| severity >= from.severity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(reference: &str) -> String {
        ImageName::parse(reference).expect(reference).0.to_string()
    }

    #[test]
    fn names_are_normalised() {
        for reference in [
            "nginx",
            "nginx:latest",
            "library/nginx",
            "docker.io/nginx",
            "docker.io/library/nginx:latest",
            "index.docker.io/library/nginx:latest",
        ] {
            assert_eq!(
                name(reference),
                "docker.io/library/nginx:latest",
                "{reference}"
            );
        }
        assert_eq!(name("grafana/loki:2.9"), "docker.io/grafana/loki:2.9");
        assert_eq!(name("localhost/a"), "localhost/a:latest");
        assert_eq!(name("reg:5000/a/b"), "reg:5000/a/b:latest");
        assert_eq!(name("reg:5000/a/b:1"), "reg:5000/a/b:1");
        let digest = format!("sha256:{}", "a".repeat(64));
        let (pinned, found) = ImageName::parse(&format!("quay.io/x/y@{digest}")).unwrap();
        assert_eq!(
            (pinned.to_string(), pinned.tag),
            ("quay.io/x/y".to_owned(), None)
        );
        assert_eq!(found.unwrap().as_str(), digest);
        for bad in ["", "a/", "a b", ":1", "a:", "a@sha256:12"] {
            assert_eq!(ImageName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn severity_thresholds() {
        let finding = |severity, cvss_tenths| Finding {
            id: "CVE-1".to_owned(),
            package: "p".to_owned(),
            severity,
            cvss_tenths,
            ..Finding::default()
        };
        let high = HighRiskFrom::High;
        assert!(finding(Some(CveSeverity::High), None).is_high_risk(high));
        assert!(
            !finding(Some(CveSeverity::Medium), Some(98)).is_high_risk(high),
            "label first"
        );
        assert!(finding(None, Some(70)).is_high_risk(high));
        assert!(!finding(None, Some(69)).is_high_risk(high));
        assert!(!finding(None, None).is_high_risk(HighRiskFrom::Medium));
        assert!(finding(None, Some(90)).is_high_risk(HighRiskFrom::Critical));
        assert!(!finding(None, Some(89)).is_high_risk(HighRiskFrom::Critical));
        assert!(finding(None, Some(40)).is_high_risk(HighRiskFrom::Medium));
        assert!(!finding(None, Some(39)).is_high_risk(HighRiskFrom::Medium));
        let suppressed = Finding {
            suppressed: true,
            ..finding(Some(CveSeverity::Critical), None)
        };
        assert!(!suppressed.is_high_risk(high));
    }
}
