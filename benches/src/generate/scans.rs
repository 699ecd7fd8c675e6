//! The scans of a cluster's images.

use serde_json::{Value, json};

use super::{Cluster, Image, Random};

/// What scanners find in images of this kind: real findings, in the order of the identifiers.
const FINDINGS: [Finding; 6] = [
    Finding::new(
        "CVE-2020-36518",
        "jackson-databind",
        "2.13.2",
        "2.13.2.1",
        "HIGH",
    ),
    Finding::new(
        "CVE-2021-44228",
        "log4j-core",
        "2.14.1",
        "2.15.0",
        "CRITICAL",
    ),
    Finding::new(
        "CVE-2022-37434",
        "zlib",
        "1.2.12-r1",
        "1.2.12-r2",
        "CRITICAL",
    ),
    Finding::new(
        "CVE-2023-5363",
        "libcrypto3",
        "3.1.3-r0",
        "3.1.4-r0",
        "HIGH",
    ),
    Finding::new("CVE-2024-37891", "urllib3", "2.2.1", "2.2.2", "MEDIUM"),
    Finding::new(
        "CVE-2025-22870",
        "golang.org/x/net",
        "v0.35.0",
        "0.36.0",
        "MEDIUM",
    ),
];
/// The findings from this place on are neither high nor critical.
const FIRST_MEDIUM: usize = 4;

struct Finding {
    id: &'static str,
    package: &'static str,
    installed: &'static str,
    fixed: &'static str,
    severity: &'static str,
}

impl Finding {
    const fn new(
        id: &'static str,
        package: &'static str,
        installed: &'static str,
        fixed: &'static str,
        severity: &'static str,
    ) -> Self {
        Self {
            id,
            package,
            installed,
            fixed,
            severity,
        }
    }
}

/// One Trivy report per scanned image, with the name of its file (without `.json`): of ten images
/// one is unscanned, three have high or critical findings.
pub fn scans(cluster: &Cluster) -> Vec<(String, Value)> {
    let random = &mut Random::new(cluster.shape.seed, 2);
    cluster
        .images
        .iter()
        .filter_map(|image| {
            let findings = match random.below(10) {
                0 => return None,
                1..=3 => some(&FINDINGS, random),
                4..=6 => some(&FINDINGS[FIRST_MEDIUM..], random),
                _ => Vec::new(),
            };
            let name = image.repository.rsplit('/').next().unwrap_or_default();
            Some((name.to_owned(), report(image, &findings)))
        })
        .collect()
}

/// From one of the findings on to the last, so that the worst one decides.
fn some<'a>(findings: &'a [Finding], random: &mut Random) -> Vec<&'a Finding> {
    let highs = findings
        .iter()
        .filter(|finding| matches!(finding.severity, "HIGH" | "CRITICAL"))
        .count();
    findings.iter().skip(random.below(highs.max(1))).collect()
}

fn report(image: &Image, findings: &[&Finding]) -> Value {
    let vulnerabilities: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "FixedVersion": finding.fixed,
                "InstalledVersion": finding.installed,
                "PkgName": finding.package,
                "Severity": finding.severity,
                "Status": "fixed",
                "VulnerabilityID": finding.id,
            })
        })
        .collect();
    json!({
        "ArtifactName": image.reference(),
        "ArtifactType": "container_image",
        "CreatedAt": "2026-11-19T02:10:41Z",
        "Metadata": {
            "ImageID": image.id,
            "RepoDigests": [image.pinned()],
            "RepoTags": [image.reference()],
        },
        "Results": [{ "Class": "lang-pkgs", "Target": "app", "Type": "jar", "Vulnerabilities": vulnerabilities }],
        "SchemaVersion": 2,
    })
}
