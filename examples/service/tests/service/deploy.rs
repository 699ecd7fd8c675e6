//! The manifests, by the score itself.

use std::path::Path;

use posture::core::issue::Severity;
use posture::core::request::Request;

#[test]
fn the_manifests_lose_nothing_to_network_policies() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/posture.yaml");
    let manifests = std::fs::read(path).unwrap();
    let files = [posture::File {
        name: "posture.yaml",
        bytes: &manifests,
    }];
    let report = posture::score(&files, &Request::default()).unwrap();
    assert_eq!(report.coverage.pods.declared, 1);
    let warnings = report
        .issues
        .iter()
        .filter(|issue| issue.severity == Severity::Warning);
    assert_eq!(warnings.count(), 0, "{:?}", report.issues);
    // No scans, so the images cost nothing: both other types are static, and nothing is open.
    assert_eq!(
        report.score.map(|score| score.to_string()),
        Some("100".to_owned())
    );
}
