//! Whatever a report of a scan or a VEX document is, it is read or told.

#![no_main]

use libfuzzer_sys::fuzz_target;
use posture_core::issue::Issues;
use posture_core::model::Cluster;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(report) = std::str::from_utf8(rest) else {
        return;
    };
    let text = match first % 8 {
        0 => report.to_owned(),
        1 => format!(r#"{{"SchemaVersion": 2, "ArtifactType": "container_image", "Results": {report}}}"#),
        2 => format!(
            r#"{{"kind": "VulnerabilityReport", "apiVersion": "aquasecurity.github.io/v1alpha1", "metadata": {{"name": "r", "namespace": "a"}}, "report": {report}}}"#
        ),
        3 => format!(r#"{{"ClusterName": "c", "Resources": {report}}}"#),
        4 => format!(r#"{{"source": {{"type": "image", "target": "a:1"}}, "matches": {report}}}"#),
        5 => format!(
            r#"{{"bomFormat": "CycloneDX", "metadata": {{"component": {{"type": "container", "name": "a:1"}}}}, "components": [{{"bom-ref": "a", "purl": "pkg:npm/a@1"}}], "vulnerabilities": {report}}}"#
        ),
        6 => format!(r#"{{"bomFormat": "CycloneDX", "vulnerabilities": {report}}}"#),
        _ => format!(r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "statements": {report}}}"#),
    };
    let mut issues = Issues::default();
    let fragment = posture_formats::read("file", text.as_bytes(), &mut issues);
    drop(Cluster::build(fragment, &[], true, &mut issues));
});
